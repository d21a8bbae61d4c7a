"""POST /v1/ask: one question, one Answer."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.dependencies import BotDependency
from api.schemas import AskRequest, Problem
from bot.answer import Answer

router = APIRouter(tags=["ask"])
_ERRORS: dict[int | str, dict[str, Any]] = {status: {"model": Problem} for status in (413, 422, 503)}


@router.post("/v1/ask", operation_id="ask", response_model=Answer, responses=_ERRORS)
def ask(request: AskRequest, bot: BotDependency) -> JSONResponse:
    """Answer a question out of the reviewed documents, every sentence with its citation."""
    answer = bot.answer(request.question, request.history or (), request.country, today=datetime.now(UTC).date())
    return JSONResponse(answer.to_dict())
