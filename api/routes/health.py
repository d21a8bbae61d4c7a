"""GET /healthz and /readyz: is the process alive, can it answer."""

from fastapi import APIRouter
from pydantic import BaseModel

from api.dependencies import IndexDependency
from api.schemas import Problem

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """`index` is the sha256 of the manifest of the index that answers."""

    status: str
    index: str | None = None


@router.get("/healthz", operation_id="isAlive", response_model_exclude_none=True)
def is_alive() -> Health:
    """The process runs."""
    return Health(status="alive")


@router.get("/readyz", operation_id="isReady", responses={503: {"model": Problem}})
def is_ready(index: IndexDependency) -> Health:
    """An index is loaded and can answer."""
    return Health(status="ready", index=index.digest)
