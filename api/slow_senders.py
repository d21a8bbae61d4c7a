"""HTTP/1.1 in which the head of a request has to arrive in time, and whoever closes only their own side still gets an answer."""

import asyncio
import socket
from typing import Any

import h11
from uvicorn.protocols.http.flow_control import CLOSE_HEADER
from uvicorn.protocols.http.h11_impl import H11Protocol

_SECONDS, _LINGER, _LAST_LOOK = 10.0, 2.0, 0.25
_PIECE = 4 * 1024  # bytes
_STOPPING = "is_stopping"  # is set on what all connections share, once they have been told to end


class PatientProtocol(H11Protocol):
    """uvicorn's protocol, whose own timer runs only between two requests: a head that never ends would hold its connection for good."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See asyncio.Protocol."""
        super().connection_made(transport)
        # asyncio does so only where it made the socket itself; workers share one, and responses would wait 40 ms for their second half.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._await_rest(_SECONDS)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        # The limit on heads is looked at whenever one is not whole yet; one that came at once would never be looked at.
        for start in range(0, len(data), _PIECE):
            super().data_received(data[start : start + _PIECE])
            if self.transport.is_closing():
                break
        if hasattr(self.server_state, _STOPPING) and not self.transport.is_closing():
            self.shutdown()  # it was let in at the very moment in which all others were told
        if self._is_idle() and self.conn.their_state in (h11.IDLE, h11.SEND_BODY):
            self._await_rest(_SECONDS)
        else:
            self._forget_timer()

    def on_response_complete(self) -> None:
        """Hang up soon on whoever goes on with a request that has been answered; at once, and they might never read the response."""
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY:
            self._await_rest(_LINGER)

    def shutdown(self) -> None:
        """Answer what is on its way, and tell its sender that this connection takes no more: they would ask into the void."""
        setattr(self.server_state, _STOPPING, True)
        if self._is_idle():
            # What was sent before may not have been read yet, where the process is busy: to close now would throw it away.
            self.loop.call_later(_LAST_LOOK, self._hang_up)
            return
        super().shutdown()
        self.cycle.scope["headers"] = [*self.cycle.scope["headers"], CLOSE_HEADER]

    def eof_received(self) -> bool:  # type: ignore[override]
        """Keep the connection for a response that is on its way to a whole request."""
        is_whole = self.conn.their_state not in (h11.IDLE, h11.SEND_BODY)
        if self._is_idle() or not is_whole or self.scheme == "https":  # TLS cannot be closed on one side
            return False
        if not self.conn.trailing_data[0]:
            self.cycle.keep_alive = False  # nothing more can come
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        self._forget_timer()
        super().connection_lost(exc)

    def _hang_up(self) -> None:
        if self._is_idle() and not self.transport.is_closing():
            super().shutdown()

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _await_rest(self, seconds: float) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(seconds, self.transport.close)

    def _forget_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
