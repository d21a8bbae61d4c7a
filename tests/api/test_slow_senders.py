"""Clients that are slow, rude or only half there, on real connections: none holds anything for good, and none keeps others waiting."""

import asyncio
import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from api import slow_senders
from api.slow_senders import PatientProtocol
from bot.pipeline import Bot
from tests.applications import services_of, serving

HEAD, BODY, ALIVE = 0.3, 0.25, 2  # seconds for a head, for a body, between two requests
SLACK = 2.0  # seconds that a busy machine may be late
LONG = 5.0
TEA = {"question": "How long should black tea steep?"}
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


class Connection:
    """A connection of a client that writes bytes as it likes."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=LONG)
        self._left = b""

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def reply(self) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the next response."""
        head = self._until(lambda data: b"\r\n\r\n" in data).partition(b"\r\n\r\n")
        first, *lines = head[0].decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        self._left = head[2]
        if "content-length" not in headers:
            return int(first.split()[1]), headers, self._until_closed()
        length = int(headers["content-length"])
        body = self._until(lambda data: len(data) >= length)
        self._left = body[length:]
        return int(first.split()[1]), headers, body[:length]

    def seconds_until_closed(self, drip: bytes = b"") -> float:
        """How long the server keeps the connection, in which it says nothing more, while `drip` is sent every now and then."""
        begun = time.monotonic()
        self.socket.settimeout(0.02)
        while time.monotonic() < begun + LONG:
            try:
                if drip:
                    self.socket.sendall(drip)
                data = self.socket.recv(1_000)
            except TimeoutError:
                continue
            except (ConnectionResetError, BrokenPipeError):
                data = b""
            if not data:
                return time.monotonic() - begun
        raise AssertionError("the connection is still open")

    def _until(self, is_there: Callable[[bytes], bool]) -> bytes:
        data = self._left
        while not is_there(data):
            more = self.socket.recv(65_536)
            assert more, f"closed after {data!r}"
            data += more
        return data

    def _until_closed(self) -> bytes:
        data = self._left
        while more := self.socket.recv(65_536):
            data += more
        return data


def post(path: str, body: object, *headers: str, length: int | None = None) -> bytes:
    data = json.dumps(body).encode()
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", *headers]
    lines.append(f"Content-Length: {len(data) if length is None else length}")
    return "\r\n".join([*lines, "", ""]).encode() + data


@pytest.fixture(scope="module")
def port(tea: Bot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(slow_senders, "_SECONDS", HEAD)
        with serving(services_of(tea, tmp_path_factory.mktemp("data"), timeout=BODY, threads=1), timeout_keep_alive=ALIVE) as port:
            yield port


@pytest.fixture
def connection(port: int) -> Iterator[Connection]:
    with Connection(port) as connection:
        yield connection


@pytest.mark.parametrize("sent", [b"", b"GET /healthz HTTP/1.1\r\n", b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "])
def test_a_head_that_never_ends_is_closed(connection: Connection, sent: bytes) -> None:
    connection.send(sent)
    assert HEAD - 0.1 < connection.seconds_until_closed() < HEAD + SLACK


@pytest.mark.parametrize("drip", [b"a", b"X-More: a\r\n"])
def test_a_head_that_comes_byte_by_byte_is_closed_in_the_same_time(connection: Connection, drip: bytes) -> None:
    connection.send(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n" + (b"X-Slow: " if drip == b"a" else b""))
    assert HEAD - 0.1 < connection.seconds_until_closed(drip) < HEAD + SLACK


def test_a_head_in_two_pieces_is_answered_if_it_is_in_time(connection: Connection) -> None:
    connection.send(HEALTH[:20])
    time.sleep(HEAD / 3)
    connection.send(HEALTH[20:])
    assert connection.reply()[0] == 200


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/ask/stream", "/ask", "/v1/search", "/v1/feedback"])
def test_a_body_that_never_ends_is_told_so(connection: Connection, path: str) -> None:
    begun = time.monotonic()
    connection.send(post(path, TEA, length=1_000))
    status, headers, body = connection.reply()
    assert BODY - 0.1 < time.monotonic() - begun < BODY + SLACK
    assert (status, headers["content-type"]) == (408, "application/problem+json")
    assert json.loads(body)["type"] == "urn:citewell:problem:too-slow"
    assert ("resources" in json.loads(body)) == ("ask" in path)


def test_a_body_that_comes_in_pieces_is_answered_if_it_is_in_time(connection: Connection) -> None:
    whole = post("/v1/ask", TEA)
    for piece in (whole[:-40], whole[-40:-20], whole[-20:]):
        connection.send(piece)
        time.sleep(BODY / 5)
    status, _, body = connection.reply()
    assert (status, json.loads(body)["status"]) == (200, "answered")


@pytest.mark.parametrize("length", [1_000, 60_000, 100_000])
def test_a_body_that_trickles_on_after_it_was_refused_is_cut_off(connection: Connection, length: int) -> None:
    connection.send(post("/v1/ask", TEA, length=length))
    assert connection.reply()[0] == (408 if length < 65_536 else 413)
    assert connection.seconds_until_closed(b" ") < max(HEAD, ALIVE) + SLACK


def test_chunks_that_never_end_are_cut_off(connection: Connection) -> None:
    head = b"POST /v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    connection.send(head + b"1\r\n \r\n")
    assert connection.reply()[0] == 408
    assert connection.seconds_until_closed(b"1\r\n \r\n") < max(HEAD, ALIVE) + SLACK


@pytest.mark.parametrize(("question", "status"), [(TEA["question"], "answered"), ("He is not breathing", "crisis")])
def test_somebody_who_only_stops_writing_gets_an_answer_and_the_connection_is_closed(
    connection: Connection, question: str, status: str
) -> None:
    connection.send(post("/v1/ask", {"question": question}))
    connection.socket.shutdown(socket.SHUT_WR)
    code, _, body = connection.reply()
    assert (code, json.loads(body)["status"]) == (200, status)
    assert connection.seconds_until_closed() < ALIVE - 0.5  # they wait for that, and nothing more can come of them


def test_somebody_who_only_stops_writing_gets_a_stream(connection: Connection) -> None:
    connection.send(post("/v1/ask/stream", TEA, "Connection: close"))
    connection.socket.shutdown(socket.SHUT_WR)
    status, headers, body = connection.reply()
    assert (status, headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert b"event: done" in body


def test_somebody_who_stops_writing_halfway_gets_no_answer_and_leaves_no_error(
    port: int, connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        connection.send(post("/v1/ask", TEA, length=1_000))
        connection.socket.shutdown(socket.SHUT_WR)
        assert connection.seconds_until_closed() < ALIVE - 0.5
        with Connection(port) as other:
            other.send(HEALTH)
            assert other.reply()[0] == 200
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []


@pytest.mark.parametrize("order", [1, 2, 5])
def test_requests_sent_at_once_are_answered_in_order(connection: Connection, order: int) -> None:
    wanted = [post("/v1/search", {"query": "tea"}), HEALTH, post("/v1/ask", TEA), HEALTH.replace(b"/healthz", b"/nothing"), HEALTH]
    connection.send(b"".join(wanted[:order]))
    assert [connection.reply()[0] for _ in range(order)] == [200, 200, 200, 404, 200][:order]


def test_half_a_request_behind_a_whole_one_does_not_hold_the_connection(connection: Connection) -> None:
    connection.send(HEALTH + HEALTH[:20])
    assert connection.reply()[0] == 200
    assert connection.seconds_until_closed(b"a") < HEAD + ALIVE + SLACK


def test_a_connection_is_kept_for_more_requests_and_closed_when_idle(connection: Connection) -> None:
    for _ in range(5):
        connection.send(post("/v1/ask", TEA))
        assert connection.reply()[0] == 200
        time.sleep(0.05)
    assert ALIVE - 0.3 < connection.seconds_until_closed() < ALIVE + SLACK


def test_a_second_request_may_begin_long_after_the_first_head_had_to_be_there(connection: Connection) -> None:
    connection.send(HEALTH)
    assert connection.reply()[0] == 200
    time.sleep(HEAD + 0.1)
    connection.send(HEALTH)
    assert connection.reply()[0] == 200


def test_somebody_who_asks_first_whether_to_send_a_body_is_told_to(connection: Connection) -> None:
    head, _, body = post("/v1/ask", TEA, "Expect: 100-continue").partition(b"\r\n\r\n")
    connection.send(head + b"\r\n\r\n")
    assert connection.socket.recv(1_000).startswith(b"HTTP/1.1 100 ")
    connection.send(body)
    assert connection.reply()[0] == 200


def test_a_header_block_of_more_than_16_kib_is_refused(connection: Connection) -> None:
    connection.send(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + b"a" * 17_000)
    status, _, body = connection.reply()
    assert status in (400, 431)
    assert b"aaa" not in body
    assert connection.seconds_until_closed() < ALIVE - 0.5


def test_a_header_block_that_comes_whole_is_refused_too(connection: Connection) -> None:
    connection.send(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + b"a" * 40_000 + b"\r\n\r\n")
    assert connection.reply()[0] in (400, 431)


@pytest.mark.parametrize("sent", [b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nHost : x\r\n\r\n"])
def test_what_is_no_http_is_refused_and_closed(connection: Connection, sent: bytes, caplog: pytest.LogCaptureFixture) -> None:
    connection.send(sent)
    assert connection.reply()[0] == 400
    assert connection.seconds_until_closed() < ALIVE - 0.5
    assert "nonsense" not in caplog.text


def test_two_lengths_of_one_body_are_refused(connection: Connection) -> None:
    connection.send(post("/v1/ask", TEA, "Content-Length: 7"))
    assert connection.reply()[0] == 400


def test_many_who_say_nothing_keep_nobody_waiting(port: int) -> None:
    with ExitStack() as stack:
        idle = [stack.enter_context(Connection(port)) for _ in range(300)]
        for number, connection in enumerate(idle):
            connection.send(HEALTH[: number % 30])
        begun = time.monotonic()
        for _ in range(5):
            with Connection(port) as other:
                other.send(post("/v1/ask", TEA))
                assert other.reply()[0] == 200
        assert time.monotonic() - begun < 1


def test_somebody_who_does_not_read_holds_no_thread_and_is_left_after_a_while(
    tea: Bot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    services = services_of(tea, tmp_path, timeout=0.1, threads=1)
    with caplog.at_level(logging.WARNING), serving(services) as port, Connection(port) as lazy:
        lazy.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        for _ in range(8):
            lazy.send(b"GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        begun = time.monotonic()
        while "gave up on a slow reader" not in caplog.text:
            with Connection(port) as other:
                other.send(post("/v1/ask", TEA))
                assert other.reply()[0] == 200
            assert time.monotonic() < begun + LONG
            assert services.pool.has_room
        assert time.monotonic() - begun > 0.4


def test_stopping_answers_what_is_on_its_way(tea: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    is_asked, draft = threading.Event(), Bot.draft

    def slow(self: Bot, *rest: Any, **options: Any) -> Any:
        is_asked.set()
        time.sleep(0.2)  # as long as an answer takes
        return draft(self, *rest, **options)

    monkeypatch.setattr(Bot, "draft", slow)
    with ExitStack() as stack:
        port = stack.enter_context(serving(services_of(tea, tmp_path)))
        connection = Connection(port)
        connection.send(post("/v1/ask", TEA))
        assert is_asked.wait(LONG)
        stack.close()
        status, headers, _ = connection.reply()
        assert (status, headers.get("connection")) == (200, "close")
        connection.socket.close()


def test_what_was_sent_before_the_end_and_not_read_yet_is_answered(tea: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutdown, crossing = PatientProtocol.shutdown, [HEALTH]
    with ExitStack() as stack:
        connection = Connection(stack.enter_context(serving(services_of(tea, tmp_path))))
        connection.send(HEALTH)
        assert connection.reply()[0] == 200

        def late(self: PatientProtocol) -> None:
            if crossing:
                connection.send(crossing.pop())
                time.sleep(0.02)  # it is there, but whoever would read it is here
            shutdown(self)

        monkeypatch.setattr(PatientProtocol, "shutdown", late)
        stack.close()
        status, headers, _ = connection.reply()
        assert (status, headers.get("connection")) == (200, "close")
        connection.socket.close()


def test_the_halves_of_a_response_are_sent_at_once(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    options: list[int] = []
    made = PatientProtocol.connection_made

    def noted(self: PatientProtocol, transport: asyncio.Transport) -> None:
        made(self, transport)
        options.append(transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    monkeypatch.setattr(PatientProtocol, "connection_made", noted)
    with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=LONG) as reply:
        assert reply.status == 200
    assert options == [1]
