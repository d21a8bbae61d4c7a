"""Errors as application/problem+json (RFC 9457), each with a stable `type`. Those of ask routes carry helplines."""

import json
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.answer import Resource
from bot.errors import QuestionError
from bot.pipeline import Bot
from indexer.errors import IndexUnusableError

_NAMES = {
    404: ("not-found", "There is nothing at this address"),
    405: ("method-not-allowed", "This address takes another method"),
    410: ("withdrawn", "This document was withdrawn"),
    413: ("too-large", "The request is too large"),
    422: ("invalid-request", "The request is not of the right form"),
    500: ("internal", "Something went wrong here"),
    503: ("no-index", "No index is loaded"),
}


def problem(request: Request, status: int, detail: str) -> JSONResponse:
    """A problem as the client gets it."""
    name, title = _NAMES.get(status, (f"http-{status}", "The request failed"))
    content: dict[str, Any] = {
        "type": f"urn:citewell:problem:{name}",
        "title": title,
        "status": status,
        "detail": detail,
    }
    bot: Bot | None = getattr(request.app.state, "bot", None)
    if request.url.path.startswith(("/v1/ask", "/ask")) and bot is not None:
        lines = bot.safety.helplines_for(None, ("emergency", "crisis"), per_purpose=1)
        content["resources"] = [Resource.from_helpline(line).to_dict() for line in lines]
    return JSONResponse(content, status, media_type="application/problem+json")


def install_error_handlers(app: FastAPI) -> None:
    """Map every exception that reaches the edge to a problem."""

    @app.exception_handler(QuestionError)
    def _question(request: Request, error: QuestionError) -> Response:
        return problem(request, 422, str(error))

    @app.exception_handler(RequestValidationError)
    def _validation(request: Request, error: RequestValidationError) -> Response:
        return _card(request, error.body) or problem(request, 422, _what_is_wrong(error))

    @app.exception_handler(IndexUnusableError)
    def _index(request: Request, error: IndexUnusableError) -> Response:
        # The message names paths of this machine: for the operator's log (it is printed at start), not for visitors.
        response = problem(request, 503, "the answers are not available right now; try again in a few minutes")
        response.headers["Retry-After"] = "60"
        return response

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> Response:
        if error.status_code == HTTPStatus.BAD_REQUEST:
            return problem(request, 422, "the body cannot be read; send JSON in UTF-8")
        is_unnamed = error.detail == HTTPStatus(error.status_code).phrase
        response = problem(request, error.status_code, "the API is described at /openapi.json" if is_unnamed else str(error.detail))
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(Exception)
    def _unexpected(request: Request, error: Exception) -> Response:
        return problem(request, 500, "the request failed; nothing of it was kept")


def _card(request: Request, body: Any) -> Response | None:
    """Whoever is in danger is answered, whatever else is wrong with their request."""
    if not request.url.path.startswith("/v1/ask"):
        return None
    if isinstance(body, bytes | str):  # JSON sent without saying so
        with suppress(ValueError, RecursionError):
            body = json.loads(body)
    values = body if isinstance(body, dict) else {}
    question, country = values.get("question"), values.get("country")
    if not isinstance(question, str):
        return None
    card = request.app.state.bot.crisis(question, country if isinstance(country, str) else None)
    return JSONResponse(card.to_dict()) if card is not None else None


def _what_is_wrong(error: RequestValidationError) -> str:
    """The first fault, in words that hold nothing of what was sent: names of fields are the client's words too."""
    first = error.errors()[0]
    match first["type"]:
        case "json_invalid":
            return "the body is not JSON; send a JSON object"
        case "extra_forbidden":
            return "the body holds a field that is not known here; /openapi.json lists those there are"
        case _:
            where = ".".join(str(part) for part in first["loc"] if part != "body")
            return (
                f"{where}: {first['msg']}" if where else "the body is not a JSON object with a content type of application/json; send one"
            )


class TooLargeAsProblem:
    """The framework refuses a body over its limit in plain text, past all exception handlers; this makes it a problem like the others."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application around another."""
        refused = False

        async def watch(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and message["status"] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                refused = True
            if not refused:
                await send(message)

        await self._app(scope, receive, watch)
        if refused:
            detail = "the request body is over 64 KiB; send a shorter question and history"
            await problem(Request(scope), HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)(scope, receive, send)
