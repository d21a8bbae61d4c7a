"""Problems as application/problem+json (RFC 9457), each with a stable `type`. Those of ask routes carry helplines."""

from typing import Any

from fastapi.responses import JSONResponse
from starlette.requests import Request

from bot.answer import Resource
from bot.safety import Safety

KINDS = {
    401: ("unauthorized", "A key is needed"),
    403: ("forbidden", "This key does not reach here"),
    404: ("not-found", "There is nothing at this address"),
    405: ("method-not-allowed", "This address takes another method"),
    408: ("too-slow", "The request took too long to arrive"),
    410: ("withdrawn", "This document was withdrawn"),
    413: ("too-large", "The request is too large"),
    415: ("unsupported-encoding", "The request cannot be read"),
    422: ("invalid-request", "The request is not of the right form"),
    429: ("rate-limited", "Too many requests"),
    500: ("internal", "Something went wrong here"),
    503: ("no-index", "No index is loaded"),
}
OVERLOADED = ("overloaded", "Too much is being asked just now")
STORAGE = ("storage", "It cannot be kept just now")
UNREADABLE_KEYS = ("keys", "Keys cannot be checked")
SHARED = (OVERLOADED, STORAGE, UNREADABLE_KEYS)  # a 503 as well
_ASK_ROUTES = ("/v1/ask", "/ask")


class ProblemResponse(JSONResponse):
    """A problem as the client gets it; `content` is what it holds."""

    media_type = "application/problem+json"

    def __init__(self, content: dict[str, Any], status: int, headers: dict[str, str] | None) -> None:
        super().__init__(content, status, headers)
        self.content = content


def problem(
    request: Request, status: int, detail: str, kind: tuple[str, str] | None = None, retry_after: int | None = None
) -> ProblemResponse:
    """The problem with a request. `kind` is its name and title, where several share a status."""
    name, title = kind or KINDS.get(status, (f"http-{status}", "The request failed"))
    content: dict[str, Any] = {"type": f"urn:citewell:problem:{name}", "title": title, "status": status, "detail": detail}
    request.state.problem = name
    if is_ask(request):
        content["resources"] = [resource.to_dict() for resource in helplines(request.app.state.services.live.bot.safety)]
    headers = {"Retry-After": str(retry_after)} if retry_after is not None else None
    return ProblemResponse(content, status, headers)


def accident(request: Request) -> ProblemResponse:
    """What is said of an error that nobody foresaw, which is nothing."""
    return problem(request, 500, "the request failed; nothing of it was kept")


def is_ask(request: Request) -> bool:
    """Whether a question was meant to be asked."""
    return request.url.path.startswith(_ASK_ROUTES)


def helplines(safety: Safety) -> list[Resource]:
    """Those that stand beside every problem with asking."""
    return [Resource.from_helpline(line) for line in safety.first_helplines()]
