"""HTTP/1.1 for clients that mean well: the head of a request has to arrive in time, and whoever only closes their own side gets an answer."""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

_SECONDS = 10.0


class PatientProtocol(H11Protocol):
    """uvicorn's protocol, whose own timer runs only between two requests: a head that never ends would hold its connection for good."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See asyncio.Protocol."""
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE and self._is_idle():
            self._await_head()
        else:
            self._forget_timer()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Keep the connection for a response that is on its way to a whole request."""
        is_whole = self.conn.their_state not in (h11.IDLE, h11.SEND_BODY)
        return is_whole and not self._is_idle() and self.scheme != "https"  # TLS cannot be closed on one side

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        self._forget_timer()
        super().connection_lost(exc)

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _await_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(_SECONDS, self.transport.close)

    def _forget_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
