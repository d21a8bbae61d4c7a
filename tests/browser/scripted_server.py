"""A server of answers that does what a test says: answers at once or late, refuses, breaks off, or never says anything."""

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest

from api.answer_forms import done, opening
from api.widget.script import Script, chat_script, strings_script
from bot.answer import Answer
from tests.api.pages.sample_pages import SAFETY, answer
from tests.browser.site import QuietHandler, listening

INFO: dict[str, Any] = {
    "software": "0.1.0",
    "index": {"id": "a", "corpus": "b", "documents": 82, "passages": 500, "embedding_model": "m", "encoder": "int8"},
    "calibration": {"questions": 474, "coverage": 0.67, "risk": 0.05, "bound": 0.07},
    "stores_text": False,
    "retention_days": None,
}

_OPEN = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"}  # to pages of any origin


@dataclass
class Reply:
    """What one question gets: an answer's events up to the `cut`-th, held before the `held`-th until `released`, or a refusal."""

    answer: Answer = field(default_factory=answer)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None
    held: int | None = None
    released: threading.Event = field(default_factory=threading.Event)
    raw: bytes | None = None  # sent in place of all events

    def chunks(self) -> list[bytes]:
        """What is sent, in its pieces."""
        if self.raw is not None:
            return [self.raw]
        if self.status != 200:
            return [json.dumps({"type": "urn:citewell:problem:x", "title": "No", "status": self.status, "detail": "No."}).encode()]
        return [*opening(self.answer), done(self.answer)][: self.cut]


@dataclass
class Scripted:
    """The server: `replies` are given in their order, the last one again and again; what came in is kept as it came."""

    address: str = ""
    replies: list[Reply] = field(default_factory=list)
    info: dict[str, Any] = field(default_factory=lambda: dict(INFO))
    rating_status: int = 204
    asked: list[dict[str, Any]] = field(default_factory=list)
    ratings: list[dict[str, Any]] = field(default_factory=list)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)  # method, path, headers in lower case

    def reset(self) -> None:
        """As before the first test."""
        for reply in self.replies:
            reply.released.set()
        self.__init__(self.address)  # type: ignore[misc]

    def next_reply(self) -> Reply:
        """What the question at hand gets."""
        return (self.replies[min(len(self.asked), len(self.replies)) - 1]) if self.replies else Reply()


@cache
def chat() -> Script:
    """The chat with the shipped helplines."""
    return chat_script(SAFETY)


def hasty(monkeypatch: pytest.MonkeyPatch, **milliseconds: str) -> None:
    """Serve the chat with other bounds for waiting."""
    text = chat().text
    for name, value in milliseconds.items():
        text, count = re.subn(rf"\b{name}=[\d_]+", f"{name}={value}", text)
        assert count == 1
    monkeypatch.setattr(f"{__name__}.chat", lambda: Script(text))


def _handler(server: Scripted) -> type[QuietHandler]:
    class Handler(QuietHandler):
        def do_GET(self) -> None:  # noqa: N802
            self._note()
            match self.path:
                case "/widget/citewell-chat.js":
                    self._send(200, chat().plain, "text/javascript")
                case "/widget/strings/es.js":
                    self._send(200, strings_script("es").plain, "text/javascript")
                case "/v1/info":
                    self._send(200, json.dumps(server.info).encode(), "application/json")
                case _:
                    self._send(404, b"<!doctype html><title>Elsewhere</title>", "text/html")

        def do_POST(self) -> None:  # noqa: N802
            self._note()
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path == "/v1/feedback":
                server.ratings.append(body)
                self._send(server.rating_status, b"", "application/json")
                return
            server.asked.append(body)
            reply = server.next_reply()
            kind = "text/event-stream" if reply.status == 200 else "application/problem+json"
            self.begin({"Content-Type": kind, "Connection": "close", **_OPEN, **reply.headers}, reply.status)
            for number, chunk in enumerate(reply.chunks()):
                if number == reply.held:
                    reply.released.wait(20)
                try:
                    self.wfile.write(chunk)
                    self.wfile.flush()
                except OSError:  # the chat gave it up
                    return

        def do_OPTIONS(self) -> None:  # noqa: N802
            self._note()
            self.begin({**_OPEN, "Access-Control-Allow-Headers": "Content-Type, Authorization"}, 204)

        def _note(self) -> None:
            server.requests.append((self.command, self.path, {name.lower(): value for name, value in self.headers.items()}))

        def _send(self, status: int, content: bytes, kind: str) -> None:
            self.give(content, {"Content-Type": f"{kind}; charset=utf-8", **_OPEN}, status)

    return Handler


@contextmanager
def scripted_server() -> Iterator[Scripted]:
    """The server, as long as it is wanted."""
    server = Scripted()
    with listening(_handler(server)) as server.address:
        yield server
        server.reset()
