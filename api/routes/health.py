"""GET /healthz, /readyz and /metrics: is the process alive, can it answer, what has it done."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel

from api.access import AccessError, admit, admit_operator
from api.bounded_pool import OverloadedError
from api.dependencies import IndexDependency, ServicesDependency
from api.examples import ALIVE, METRICS, READY, problems
from api.metrics import CONTENT_TYPE

router = APIRouter(tags=["operation"])


class Health(BaseModel):
    """`index` is the sha256 of the manifest of the index that answers."""

    status: str
    index: str | None = None


@router.get("/healthz", operation_id="isAlive", responses={200: ALIVE}, response_model_exclude_none=True)
async def is_alive() -> Health:
    """The process runs."""
    return Health(status="alive")


@router.get("/readyz", operation_id="isReady", responses={200: READY, **problems(503)})
async def is_ready(index: IndexDependency, services: ServicesDependency) -> Health:
    """An index is loaded, threads are there to answer from it, and the process is not about to stop."""
    if services.is_stopping or services.pool.is_stuck:
        raise OverloadedError
    return Health(status="ready", index=index.digest)


async def _scraper(request: Request, services: ServicesDependency) -> None:
    """Where there are keys, the holder of a secret one; else this machine alone."""
    if services.keyring.current().keys:
        admit_operator(request, services.keyring)
    elif admit(request, services.keyring).kind != "loopback":
        raise AccessError(HTTPStatus.UNAUTHORIZED, "metrics are for this machine until a secret key is made with `citewell keys create`")


@router.get("/metrics", operation_id="getMetrics", response_class=Response, responses={200: METRICS, **problems(401, 403, 503)})
async def metrics(services: ServicesDependency, _: Annotated[None, Depends(_scraper)]) -> Response:
    """Counters and times as Prometheus reads them."""
    return Response(services.metrics.page(), media_type=CONTENT_TYPE)
