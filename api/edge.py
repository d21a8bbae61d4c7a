"""What every request passes first and every response last: an id, limits of time and size, headers, a line of log; no error gets past."""

import asyncio
import time
from dataclasses import dataclass, field
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.logs import logger
from api.metrics import Metrics
from api.problems import accident
from api.schemas import BODY_LIMIT

REQUEST_ID = "X-Request-Id"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
_HSTS = "max-age=31536000"
_METHODS = ("GET", "POST", "HEAD", "OPTIONS")
_SLOWEST_READER = 6  # times the time limit that whoever takes their time to read a response may take in all


class TooSlowError(HTTPException):
    """A request that did not arrive in time."""

    def __init__(self) -> None:
        super().__init__(408, "the request took too long to arrive; send it again")


class TooLargeError(HTTPException):
    """A request whose body is over the limit."""

    def __init__(self) -> None:
        super().__init__(413, "the request body is over 64 KiB; send a shorter question and history")


@dataclass(slots=True)
class _Exchange:
    """One request and its response, as far as it has come."""

    request_id: str = field(default_factory=lambda: uuid4().hex)
    started: float = field(default_factory=time.perf_counter)
    status: int | None = None


class Edge:
    """The outermost layer around an application."""

    def __init__(self, app: ASGIApp, metrics: Metrics, timeout: float) -> None:
        """`timeout` are the seconds that a request may take to arrive."""
        self._app = app
        self._metrics = metrics
        self._timeout = timeout

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        exchange = _Exchange()
        scope.setdefault("state", {})["request_id"] = exchange.request_id
        try:
            async with asyncio.timeout(self._timeout * _SLOWEST_READER):
                await self._guarded(exchange, scope, receive, send)
        except TimeoutError:
            logger().warning("gave up on a slow reader", request_id=exchange.request_id)
        finally:
            self._tell(exchange, scope)

    async def _guarded(self, exchange: _Exchange, scope: Scope, receive: Receive, send: Send) -> None:
        """Whatever is raised ends here: a server that printed it would print what was asked."""
        with_headers = self._with_headers(exchange, scope, send)
        try:
            await self._app(scope, self._bounded(scope, receive), with_headers)
        except Exception as error:
            logger().error("a request failed", request_id=exchange.request_id, exc_info=error)
            if exchange.status is None and "app" in scope:
                await accident(Request(scope))(scope, receive, with_headers)

    def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        """The request's body, as long as it comes in time and is not over the limit. Raises TooSlowError or TooLargeError."""
        deadline = time.monotonic() + self._timeout
        declared = Headers(scope=scope).get("content-length", "")
        is_declared = declared.isdecimal()
        size = int(declared[:20]) if is_declared else 0
        is_whole = False

        async def receive_bounded() -> Message:
            nonlocal size, is_whole
            if is_whole:
                return await receive()
            if size > BODY_LIMIT:
                raise TooLargeError
            try:
                message = await asyncio.wait_for(receive(), max(deadline - time.monotonic(), 0.001))
            except TimeoutError as late:
                raise TooSlowError from late
            size += 0 if is_declared else len(message.get("body", b""))
            if size > BODY_LIMIT:
                raise TooLargeError
            is_whole = not message.get("more_body", False)
            return message

        return receive_bounded

    def _with_headers(self, exchange: _Exchange, scope: Scope, send: Send) -> Send:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID] = exchange.request_id
                usage = scope["state"].get("usage")
                headers.update(usage.headers() if usage is not None else {})
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", _HSTS)
            await send(message)

        return send_with_headers

    def _tell(self, exchange: _Exchange, scope: Scope) -> None:
        """One line and three numbers, with the route's own name: an address that was made up could hold anything."""
        seconds = time.perf_counter() - exchange.started
        route = getattr(scope.get("route"), "path", "none")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        status = exchange.status or 499
        self._metrics.requests.labels(route, method, str(status)).inc()
        self._metrics.request_seconds.labels(route).observe(seconds)
        caller, refused = scope["state"].get("caller"), scope["state"].get("problem")
        if refused is not None:
            self._metrics.refusals.labels(refused).inc()
        logger().info(
            "request",
            request_id=exchange.request_id,
            method=method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
            key=caller.key if caller else None,
        )
