"""Every exception that reaches the edge becomes a problem; but whoever is in danger is answered first, whatever else is wrong."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from api.access import AccessError
from api.bounded_pool import OverloadedError
from api.insights import StorageError
from api.keys import KeysError
from api.logs import logger
from api.pages import PAGE_HEADERS, Reader, problem_page
from api.problems import OVERLOADED, STORAGE, UNREADABLE_KEYS, ProblemResponse, accident, helplines, is_ask, problem
from api.rate_limit import RateLimitedError
from api.rescue import card, question_in
from bot.errors import QuestionError
from indexer.errors import IndexUnusableError

_SOON, _LATER = 5, 60  # seconds: a queue is worked off in less than the first; the second is for what somebody has to mend
Handler = Callable[[Request, Any], Awaitable[ProblemResponse]]


def install_error_handlers(app: FastAPI) -> None:
    """Map every exception that reaches the edge to a problem."""
    for kind, handler in _HANDLERS.items():
        app.add_exception_handler(kind, _after_danger(handler))


def _after_danger(handler: Handler) -> Callable[[Request, Any], Awaitable[Response]]:
    """A handler for a refused request; on ask routes, a card where the message speaks of danger, and a page where one was expected."""

    async def handle(request: Request, error: Any) -> Response:
        if not is_ask(request):
            return await handler(request, error)
        answered = await card(request)
        if answered is not None:
            return answered
        refused = await handler(request, error)
        return await _page(request, refused) if _wants_a_page(request) else refused

    return handle


async def _question(request: Request, error: QuestionError) -> ProblemResponse:
    return problem(request, 422, str(error))


async def _validation(request: Request, error: RequestValidationError) -> ProblemResponse:
    return problem(request, 422, _what_is_wrong(error))


async def _access(request: Request, error: AccessError) -> ProblemResponse:
    response = problem(request, error.status, error.detail)
    if error.status == HTTPStatus.UNAUTHORIZED:
        # A browser asks for a password where a page is meant for people, and must not where a script asks.
        response.headers["WWW-Authenticate"] = 'Basic realm="Citewell"' if request.url.path == "/insights" else "Bearer"
    return response


async def _keys(request: Request, error: KeysError) -> ProblemResponse:
    logger().error(str(error))
    return problem(request, 503, "keys cannot be checked right now; try again in a few minutes", UNREADABLE_KEYS, _LATER)


async def _rate(request: Request, error: RateLimitedError) -> ProblemResponse:
    request.state.usage = error.usage
    return problem(request, 429, f"wait {error.usage.reset} seconds before you ask again", retry_after=error.usage.reset)


async def _overloaded(request: Request, error: OverloadedError) -> ProblemResponse:
    return problem(request, 503, "many people are asking just now; try again in a moment", OVERLOADED, _SOON)


async def _storage(request: Request, error: StorageError) -> ProblemResponse:
    return problem(request, 503, str(error), STORAGE, _LATER)


async def _index(request: Request, error: IndexUnusableError) -> ProblemResponse:
    # The message names paths of this machine: for the operator's log (it is printed at start), not for visitors.
    return problem(request, 503, "the answers are not available right now; try again in a few minutes", retry_after=_LATER)


async def _unexpected(request: Request, error: Exception) -> ProblemResponse:
    return accident(request)


def _unreadable(request: Request) -> ProblemResponse:
    """A body that is no text; nothing is unpacked, as a few bytes can be packed that fill a memory."""
    if "content-encoding" in request.headers:
        return problem(request, 415, "the body cannot be read; send it as it is, without a Content-Encoding")
    return problem(request, 422, "the body cannot be read; send JSON in UTF-8")


async def _http(request: Request, error: HTTPException) -> ProblemResponse:
    if error.status_code == HTTPStatus.BAD_REQUEST:
        return _unreadable(request)
    is_unnamed = error.detail == HTTPStatus(error.status_code).phrase
    response = problem(request, error.status_code, "the API is described at /docs" if is_unnamed else str(error.detail))
    response.headers.update(error.headers or {})
    return response


_HANDLERS: dict[type[Exception], Handler] = {
    QuestionError: _question,
    RequestValidationError: _validation,
    AccessError: _access,
    KeysError: _keys,
    RateLimitedError: _rate,
    OverloadedError: _overloaded,
    IndexUnusableError: _index,
    StorageError: _storage,
    HTTPException: _http,
    Exception: _unexpected,
}


def _what_is_wrong(error: RequestValidationError) -> str:
    """The first fault, in words that hold nothing of what was sent: names of fields are the client's words too."""
    first = error.errors()[0]
    match first["type"]:
        case "json_invalid":
            return "the body is not JSON; send a JSON object"
        case "extra_forbidden":
            return "the body holds a field that is not known here; /docs lists those there are"
        case _:
            # The field, and numbers of places in it: other names below it are the client's own.
            where = ".".join(str(part) for place, part in enumerate(first["loc"]) if place == 1 or (place > 1 and isinstance(part, int)))
            return (
                f"{where}: {first['msg']}" if where else "the body is not a JSON object with a content type of application/json; send one"
            )


def _wants_a_page(request: Request) -> bool:
    return request.url.path == "/ask" and "text/html" in request.headers.get("accept", "")


async def _page(request: Request, refused: ProblemResponse) -> Response:
    """A problem for people, with what they typed, so that nothing is lost."""
    content = refused.content
    services = request.app.state.services
    safety, reader = services.live.bot.safety, Reader(is_kept=services.settings.store_text)
    page = problem_page(content["title"], content["detail"], await question_in(request) or "", helplines(safety), safety, reader)
    kept = {name: refused.headers[name] for name in ("Allow", "Retry-After", "WWW-Authenticate") if name in refused.headers}
    return HTMLResponse(page, refused.status_code, headers={**PAGE_HEADERS, **kept})
