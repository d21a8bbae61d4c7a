"""A keep-alive HTTP/1.1 connection that does just enough: what a client computes, the server beside it cannot."""

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any, Self

PATIENCE = 40.0  # seconds; whatever takes longer hangs


class BrokenError(Exception):
    """A connection that could not be made, or ended before a whole reply had come. `sent` is when the request was, 0 for never."""

    def __init__(self, kind: str, sent: float = 0.0) -> None:
        super().__init__(kind)
        self.kind = kind
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole reply; `sent` is a time of time.perf_counter."""

    status: int
    headers: dict[str, str]
    body: bytes
    sent: float
    seconds: float

    def json(self) -> Any:
        return json.loads(self.body)


class Connection:
    """A connection to a port of this machine, made at the first request and again whenever it has gone."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Gone; the next request makes another."""
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None

    async def ask(self, question: str) -> Reply:
        """The reply to a question. Raises BrokenError."""
        return await self.send("POST", "/v1/ask", {"question": question})

    async def get(self, path: str) -> Reply:
        """The reply to a GET. Raises BrokenError."""
        return await self.send("GET", path)

    async def send(self, method: str, path: str, value: object = None) -> Reply:
        """The reply to a request. Raises BrokenError."""
        sent = 0.0
        try:
            async with asyncio.timeout(PATIENCE):
                reader, writer = await self._connected()
                body = b"" if value is None else json.dumps(value).encode()
                sent = time.perf_counter()
                writer.write(_head(method, path, self._port, len(body)) + body)
                status, headers = _parsed(await reader.readuntil(b"\r\n\r\n"))
                content = await reader.readexactly(int(headers["content-length"]) if "content-length" in headers else 0)
        except (OSError, EOFError, TimeoutError) as problem:
            self.close()
            raise BrokenError(type(problem).__name__, sent) from problem
        if headers.get("connection") == "close":
            self.close()
        return Reply(status, headers, content, sent, time.perf_counter() - sent)

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        return self._streams


def _head(method: str, path: str, port: int, length: int) -> bytes:
    kind = f"Content-Type: application/json\r\nContent-Length: {length}\r\n" if length else ""
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{kind}\r\n".encode()


def _parsed(head: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return int(first.split(" ", 2)[1]), headers
