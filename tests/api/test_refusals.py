"""Every way in which a question is refused, on every route that takes one; and that whoever is in danger is answered in all of them."""

import asyncio
import gzip
import json
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from starlette.types import Message

from api.app import build_app
from api.services import Services
from bot.pipeline import Bot
from bot.safety import Safety
from indexer.corpus_tables import CorpusTables
from indexer.errors import IndexMissingError
from tests.applications import distant_client, http_scope, local_client, services_of, serving

SECRET = "is my neighbour zanzibarian"
DANGER = "he is not breathing"
CARD = "Call 911 now, or your local emergency number: this may be an overdose or another emergency."
HELPLINES = ["us-911", "us-988"]
JSON, FORM = {"Content-Type": "application/json"}, {"Content-Type": "application/x-www-form-urlencoded"}
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
ROUTES = ("/v1/ask", "/v1/ask/stream", "/ask")
DATA_ROUTES = ROUTES[:2]
KINDS = {
    401: ("unauthorized", "A key is needed"),
    403: ("forbidden", "This key does not reach here"),
    404: ("not-found", "There is nothing at this address"),
    405: ("method-not-allowed", "This address takes another method"),
    413: ("too-large", "The request is too large"),
    415: ("unsupported-encoding", "The request cannot be read"),
    422: ("invalid-request", "The request is not of the right form"),
    429: ("rate-limited", "Too many requests"),
}
NO_INDEX, OVERLOADED = ("no-index", "No index is loaded"), ("overloaded", "Too much is being asked just now")


@pytest.fixture(scope="module")
def without_index(tables: CorpusTables) -> Bot:
    return Bot(Safety.compile(tables.safety, tables.helplines), problem=IndexMissingError("there is no index in /srv/private"))


@pytest.fixture(scope="module")
def client(without_index: Bot) -> TestClient:
    return local_client(services_of(without_index))


@contextmanager
def held(services: Services) -> Iterator[TestClient]:
    """A client of a server whose only thread is busy, and stays so."""
    begun, gate = threading.Event(), threading.Event()

    def job() -> None:
        begun.set()
        gate.wait(20)

    with local_client(services) as client:
        assert client.portal is not None
        held_up = client.portal.start_task_soon(services.pool.run, job)
        try:
            assert begun.wait(10)
            yield client
        finally:
            gate.set()
            held_up.exception(5)


def asked(path: str, question: str, **fields: str) -> tuple[bytes, dict[str, str]]:
    """The body and headers of a question as a route takes it."""
    if path == "/ask":
        return urlencode({"question": question, **fields}).encode(), FORM
    return json.dumps({"question": question, **fields}).encode(), JSON


def ask(client: TestClient, path: str, question: str, **headers: str) -> Response:
    body, kind = asked(path, question)
    return client.post(path, content=body, headers={**kind, **headers})


def problem_of(reply: Response, status: int, kind: tuple[str, str] | None = None) -> dict[str, Any]:
    """The problem of a reply, with helplines and with nothing of what was asked."""
    name, title = kind or KINDS[status]
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json")
    content: dict[str, Any] = reply.json()
    assert {key: content[key] for key in ("type", "title", "status")} == {
        "type": f"urn:citewell:problem:{name}",
        "title": title,
        "status": status,
    }
    assert [line["id"] for line in content["resources"]] == HELPLINES
    assert set(content) == {"type", "title", "status", "detail", "resources"}
    assert "zanzibarian" not in reply.text + repr(reply.headers)
    return content


def events_of(reply: Response) -> list[tuple[str, dict[str, Any]]]:
    pairs = [block.split("\n", 1) for block in reply.text.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in pairs]


def is_card(reply: Response, path: str, first: str = CARD) -> bool:
    """Whether a reply is a card, in the form that its route promises."""
    assert reply.status_code == 200, reply.text
    if path == "/ask":
        assert reply.headers["content-type"] == "text/html; charset=utf-8"
        assert "form-action 'self'" in reply.headers["Content-Security-Policy"]
        return f'<h1 id="now">{first}</h1>' in reply.text
    if path == "/v1/ask/stream":
        assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
        names, data = zip(*events_of(reply), strict=True)
        assert (names[0], set(names[1:-1]), names[-1]) == ("interpretation", {"sentence", "notice"}, "done")
        assert [part["text"] for name, part in events_of(reply) if name == "sentence"] == [part["text"] for part in data[-1]["sentences"]]
        answer = data[-1]
    else:
        assert reply.headers["content-type"] == "application/json"
        answer = reply.json()
    return bool(answer["status"] == "crisis" and answer["sentences"][0]["text"] == first)


Refusal = Callable[[Bot, Bot], TestClient]
# How somebody is refused whatever they ask: their status, and a client that is refused so; the bots are one without an index and one with.
REFUSED: dict[str, tuple[int, tuple[str, str] | None, Refusal]] = {
    "without a key": (401, None, lambda without, _: distant_client(services_of(without))),
    "with a wrong password": (401, None, lambda without, _: distant_client(services_of(without), headers={"Authorization": "Basic eDp4"})),
    "from a strange page": (403, None, lambda without, _: distant_client(services_of(without), headers={"Origin": "https://evil.example"})),
    "too often": (429, None, lambda without, _: used_up(without)),
    "without an index": (503, NO_INDEX, lambda without, _: local_client(services_of(without))),
}


def used_up(bot: Bot) -> TestClient:
    client = distant_client(services_of(bot, rate_per_address="1/day"), headers={"Origin": "http://citewell.example"})
    assert client.get("/v1/info").status_code == 200
    return client


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("way", REFUSED)
def test_whoever_may_not_ask_gets_a_problem_with_helplines(without_index: Bot, tea: Bot, way: str, path: str) -> None:
    status, kind, refuse = REFUSED[way]
    problem_of(ask(refuse(without_index, tea), path, SECRET), status, kind)


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("way", REFUSED)
def test_whoever_may_not_ask_is_answered_in_danger(without_index: Bot, tea: Bot, way: str, path: str) -> None:
    client = REFUSED[way][2](without_index, tea)
    assert is_card(ask(client, path, DANGER), path)
    body, kind = asked(path, DANGER, country="GB")
    assert is_card(client.post(path, content=body, headers=kind), path, CARD.replace("911", "999"))


@pytest.mark.parametrize("way", REFUSED)
def test_a_refusal_is_a_page_where_a_browser_asks(without_index: Bot, tea: Bot, way: str) -> None:
    status, kind, refuse = REFUSED[way]
    reply = ask(refuse(without_index, tea), "/ask", f'{SECRET} <script>"&', **HTML)
    assert (reply.status_code, reply.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert f"<h1>{(kind or KINDS[status])[1]}</h1>" in reply.text
    assert reply.text.count("zanzibarian") == 1  # in the form, where it was written
    assert f"\n{SECRET} &lt;script&gt;&quot;&amp;</textarea>" in reply.text
    assert 'href="tel:911"' in reply.text
    assert "zanzibarian" not in repr(reply.headers)
    assert ("Retry-After" in reply.headers) == (status in (429, 503))
    assert ("WWW-Authenticate" in reply.headers) == (status == 401)


@pytest.mark.parametrize("path", ROUTES)
def test_where_too_much_waits_a_question_is_refused_and_danger_answered(tea: Bot, tmp_path: Path, path: str) -> None:
    with held(services_of(tea, tmp_path, threads=1, queue=0)) as client:
        begun = time.monotonic()
        reply = ask(client, path, SECRET)
        assert problem_of(reply, 503, OVERLOADED)["detail"] == "many people are asking just now; try again in a moment"
        assert reply.headers["Retry-After"] == "5"
        assert is_card(ask(client, path, DANGER), path)
        assert time.monotonic() - begun < 5


@pytest.mark.parametrize("path", ROUTES)
def test_what_waits_too_long_is_refused_and_danger_answered(tea: Bot, tmp_path: Path, path: str) -> None:
    with held(services_of(tea, tmp_path, threads=1, queue=5, timeout=0.2)) as client:
        problem_of(ask(client, path, SECRET), 503, OVERLOADED)
        assert is_card(ask(client, path, DANGER), path)


def test_a_refusal_for_too_much_is_a_page_where_a_browser_asks(tea: Bot, tmp_path: Path) -> None:
    with held(services_of(tea, tmp_path, threads=1, queue=0)) as client:
        reply = ask(client, "/ask", SECRET, **HTML)
    assert (reply.status_code, reply.headers["Retry-After"]) == (503, "5")
    assert f"\n{SECRET}</textarea>" in reply.text


LONG = "we were at the lake and it rained for days. " * 30
# Bodies that are refused by their form: what is sent around a question, and what comes of it; whether the question can be read in it.
MALFORMED: dict[str, tuple[str, dict[str, str], int, str, bool]] = {
    "too long": (f'{{"question": "ASKED. {LONG}"}}', JSON, 422, "the question has", True),
    "too long, at its end": (f'{{"question": "{LONG} ASKED"}}', JSON, 422, "the question has", True),
    "a field too many": (
        '{"question": "ASKED", "colour": "zanzibarian"}',
        JSON,
        422,
        "the body holds a field that is not known here",
        True,
    ),
    "history of the wrong type": (
        '{"question": "ASKED", "history": "zanzibarian"}',
        JSON,
        422,
        "history: Input should be a valid list",
        True,
    ),
    "turn of the wrong type": ('{"question": "ASKED", "history": [["zanzibarian"]]}', JSON, 422, "each turn of the history is", True),
    "country of the wrong type": ('{"question": "ASKED", "country": ["zanzibarian"]}', JSON, 422, "country: Input should be", True),
    "another content type": ('{"question": "ASKED"}', {"Content-Type": "text/plain"}, 422, "the body is not a JSON object with", True),
    "no content type": ('{"question": "ASKED"}', {}, 422, "the body is not a JSON object with", True),
    "a form": ("question=ASKED", FORM, 422, "the body is not a JSON object with", True),
    "a break of lines": ('{"question": "ASKED \n more"}', JSON, 422, "the body is not JSON; send a JSON object", True),
    "a sign of control": ('{"question": "ASKED \x00\x1b more"}', JSON, 422, "the body is not JSON; send a JSON object", True),
    "no UTF-8": ('{"question": "ASKED \udcff"}', JSON, 422, "the body cannot be read; send JSON in UTF-8", True),
    "JSON that ends in the middle": ('{"question": "ASKED"', JSON, 422, "the body is not JSON; send a JSON object", False),
    "no JSON": ("ASKED", JSON, 422, "the body is not JSON; send a JSON object", False),
    "a list": ('["ASKED"]', JSON, 422, "the body is not a JSON object", False),
    "a word": ('"ASKED"', JSON, 422, "the body is not a JSON object", False),
    "a question of the wrong type": ('{"question": ["ASKED"]}', JSON, 422, "question: Input should be a valid string", False),
    "another name": ('{"query": "ASKED"}', JSON, 422, "question: Field required", False),
    "deep": ('{"question": "ASKED", "history": ' + "[" * 60_000, JSON, 422, "the body cannot be read; send JSON in UTF-8", False),
    "deeper": ('{"question": "ASKED", "history": ' + "[" * 100_000, JSON, 413, "the request body is over 64 KiB", False),
    "too large": ('{"question": "ASKED"}' + " " * 66_000, JSON, 413, "the request body is over 64 KiB", False),
}


@pytest.mark.parametrize("path", DATA_ROUTES)
@pytest.mark.parametrize("way", MALFORMED)
def test_a_body_of_the_wrong_form_is_a_problem_with_helplines(client: TestClient, way: str, path: str) -> None:
    body, headers, status, detail, _ = MALFORMED[way]
    reply = client.post(path, content=body.replace("ASKED", SECRET).encode(errors="surrogateescape"), headers=headers)
    assert problem_of(reply, status)["detail"].startswith(detail)


@pytest.mark.parametrize("path", DATA_ROUTES)
@pytest.mark.parametrize("way", [way for way, (*_, can_be_read) in MALFORMED.items() if can_be_read])
def test_danger_is_found_in_a_body_of_the_wrong_form(client: TestClient, way: str, path: str) -> None:
    body, headers, *_ = MALFORMED[way]
    reply = client.post(path, content=body.replace("ASKED", DANGER).encode(errors="surrogateescape"), headers=headers)
    assert is_card(reply, path)


@pytest.mark.parametrize("path", DATA_ROUTES)
@pytest.mark.parametrize("question", ["", " \n\t ", "\u2003"])
def test_an_empty_question_is_a_problem(client: TestClient, path: str, question: str) -> None:
    assert problem_of(ask(client, path, question), 422)["detail"] == "the question is empty; type a question"


@pytest.mark.parametrize(
    ("body", "headers", "status", "detail"),
    [
        ("", FORM, 422, "the form has no field named question; send one"),
        ("asked=ASKED", FORM, 422, "the form has no field named question; send one"),
        ("question=", FORM, 422, "the question is empty; type a question"),
        (f"question=ASKED {LONG}", FORM, 422, "the question has"),
        ("question=ASKED", {}, 422, "send the question as a form does: application/x-www-form-urlencoded"),
        ("question=ASKED", {"Content-Type": "multipart/form-data; boundary=x"}, 422, "send the question as a form does"),
        ('{"question": "ASKED"}', JSON, 422, "send the question as a form does"),
        ("a=b&" * 30 + "question=ASKED", FORM, 422, "the form has no field named question; send one"),
        ("question=ASKED&more=" + "x" * 66_000, FORM, 413, "the request body is over 64 KiB"),
    ],
)
@pytest.mark.parametrize("accept", [{}, HTML])
def test_a_form_of_the_wrong_form_is_a_problem(
    client: TestClient, body: str, headers: dict[str, str], status: int, detail: str, accept: dict[str, str]
) -> None:
    reply = client.post("/ask", content=body.replace("ASKED", SECRET), headers={**headers, **accept})
    if accept:
        assert (reply.status_code, reply.headers["content-type"]) == (status, "text/html; charset=utf-8")
        assert detail in reply.text
    else:
        assert problem_of(reply, status)["detail"].startswith(detail)
    is_readable = ("question=ASKED" in body and not body.startswith("a=b") and status != 413) or headers == JSON
    danger = client.post("/ask", content=body.replace("ASKED", DANGER), headers={**headers, **accept})
    assert (danger.status_code == 200 and is_card(danger, "/ask")) == is_readable


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_another_method_is_a_problem_that_names_the_right_one(client: TestClient, path: str, method: str) -> None:
    reply = client.request(method, path)
    problem_of(reply, 405)
    assert reply.headers["Allow"] == "POST"
    page = client.request(method, path, headers=HTML)
    assert (page.status_code, page.headers["Allow"]) == (405, "POST")
    body, kind = asked(path, DANGER)
    assert is_card(client.request(method, path, content=body, headers=kind), path)


@pytest.mark.parametrize("path", ["/v1/ask/", "/v1/ask/stream/", "/v1/asking", "/ask/"])
def test_an_address_that_is_nearly_right_is_a_problem_and_leads_nowhere(client: TestClient, path: str) -> None:
    reply = ask(client, path, SECRET, Host="evil.example")
    problem_of(reply, 404)
    assert "Location" not in reply.headers
    assert ask(client, path, DANGER).json()["status"] == "crisis"


@pytest.mark.parametrize("path", ROUTES)
def test_what_is_packed_is_not_unpacked(client: TestClient, path: str) -> None:
    body, kind = asked(path, SECRET)
    packed = gzip.compress(body)
    for encoding in ("gzip", "deflate", "br", "x-own"):
        reply = client.post(path, content=packed, headers={**kind, "Content-Encoding": encoding})
        assert problem_of(reply, 415)["detail"] == "the body cannot be read; send it as it is, without a Content-Encoding"
    assert is_card(client.post(path, content=asked(path, DANGER)[0], headers={**kind, "Content-Encoding": "gzip"}), path)


@pytest.mark.parametrize("path", ROUTES)
def test_a_few_bytes_that_would_fill_a_memory_do_not(client: TestClient, path: str) -> None:
    body, kind = asked(path, "x" * 50_000_000)
    packed = gzip.compress(body)
    assert len(packed) < 64 * 1024
    del body
    tracemalloc.start()
    try:
        problem_of(client.post(path, content=packed, headers={**kind, "Content-Encoding": "gzip"}), 415)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def exchange(
    services: Services, path: str, headers: list[tuple[bytes, bytes]], method: str = "GET", body: bytes = b""
) -> tuple[int, str, str]:
    """Status, headers and body of a response to a request that no client would send."""
    sent: list[Message] = []
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else await asyncio.Future()

    async def send(message: Message) -> None:
        sent.append(message)

    scope = http_scope(method, path, headers)
    asyncio.run(asyncio.wait_for(build_app(services)(scope, receive, send), 5))
    head = "\n".join(f"{name.decode('latin-1')}: {value.decode('latin-1')}" for name, value in sent[0]["headers"])
    return sent[0]["status"], head, b"".join(message.get("body", b"") for message in sent).decode()


HERE = (b"host", b"127.0.0.1:8000")


@pytest.mark.parametrize(
    "path",
    [
        "/documents/../../etc/passwd",
        "/documents/..\\..\\etc\\passwd",
        "/documents/%2e%2e%2f",
        "/documents/tea\x00.md",
        "/documents/tea\r\nSet-Cookie: zanzibarian=1",
        "/documents/\ufffd zanzibarian",
        f"/documents/{'zanzibarian' * 10_000}",
        f"/v1/documents/{'../' * 20_000}zanzibarian",
        "/v1/documents/zanzibarian'; DROP TABLE documents; --",
        "/docs/../../pyproject.toml",
        "/docs/..%2f..%2fpyproject.toml",
        "/docs/swagger-ui.css\x00",
        "//evil.example/zanzibarian",
        "/\\evil.example",
        "/v1/zanzibarian\r\n\r\n<script>",
        "",
        "*",
        "http://evil.example/v1/ask",
    ],
)
def test_an_address_that_was_made_up_leads_nowhere_and_is_not_repeated(tea: Bot, path: str) -> None:
    status, head, body = exchange(services_of(tea), path, [HERE])
    assert status == 404
    assert '"type":"urn:citewell:problem:not-found"' in body
    for echoed in ("zanzibarian", "evil", "etc/passwd", "Set-Cookie", "<script>"):
        assert echoed not in head + body


@pytest.mark.parametrize("name", ["origin", "host", "x-request-id", "accept", "authorization", "content-type", "x-forwarded-for", "cookie"])
@pytest.mark.parametrize("value", [b"x\r\nset-cookie: zanzibarian=1", b"\x00\xff zanzibarian", b"zanzibarian" * 2_000, b""])
def test_nothing_of_a_header_comes_back(tea: Bot, name: str, value: bytes) -> None:
    headers = [pair for pair in (HERE, (b"content-type", b"application/json")) if pair[0] != name.encode()]
    body = json.dumps({"question": "how long should tea steep"}).encode()
    status, head, reply = exchange(services_of(tea), "/v1/ask", [*headers, (name.encode(), value)], "POST", body)
    assert status in (200, 401, 403, 422)
    assert "zanzibarian" not in head + reply
    assert "set-cookie" not in head.lower()


@pytest.mark.parametrize("length", [b"9" * 5_000, b"99999999999999999999", b"65537"])
def test_a_length_that_is_too_large_is_refused_before_anything_is_read(tea: Bot, length: bytes) -> None:
    status, _, body = exchange(services_of(tea), "/v1/ask", [HERE, (b"content-length", length)], "POST", b"{}")
    assert (status, json.loads(body)["type"]) == (413, "urn:citewell:problem:too-large")


@pytest.mark.parametrize("length", [b"-1", b"1e9", b"none", b"0x10", b"", "²".encode("latin-1")])
def test_a_body_is_measured_where_its_length_is_no_number(tea: Bot, length: bytes) -> None:
    status, _, body = exchange(services_of(tea), "/v1/ask", [HERE, (b"content-length", length)], "POST", b" " * 66_000)
    assert (status, json.loads(body)["type"]) == (413, "urn:citewell:problem:too-large")


def test_every_request_has_an_id_of_its_own_and_not_the_one_that_was_sent(client: TestClient) -> None:
    ids = [client.get("/healthz", headers={"X-Request-Id": "mine"}).headers["X-Request-Id"] for _ in range(3)]
    assert len(set(ids)) == 3
    assert all(len(request_id) == 32 and set(request_id) <= set("0123456789abcdef") for request_id in ids)


@pytest.mark.parametrize("path", ["/", "/documents/tea", "/v1/documents", "/docs", "/openapi.json", "/v1/info", "/healthz"])
def test_a_page_does_not_lead_where_the_host_header_says(tea: Bot, path: str) -> None:
    host = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    reply = local_client(services_of(tea)).get(path, headers={**host, "Sec-Fetch-Site": "same-origin"})
    assert reply.status_code == 200
    assert "evil.example" not in reply.text + repr(reply.headers)


@pytest.fixture(scope="module")
def port(without_index: Bot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a server as `citewell serve` runs it, in a thread."""
    with serving(services_of(without_index, tmp_path_factory.mktemp("served"))) as port:
        yield port


def said(port: int, request: bytes) -> bytes:
    """All that a server says to some bytes, until it closes the connection."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=5)) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while chunk := connection.recv(65_536):
            received += chunk
        return received


GET, POST = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n", b"POST /v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.mark.parametrize(
    "request_bytes",
    [
        GET + b"X: a\x00b\r\n\r\n",
        GET + b"X: a\rb\r\n\r\n",
        GET + b"X : a\r\n\r\n",
        GET + b"Host: evil.example\r\n\r\n",
        b"GET /healthz\r\n HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /heal thz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\n\r\n",
        POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        POST + b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\n{}",
        POST + b"Content-Length: -2\r\n\r\n{}",
        POST + b"Content-Length: +2\r\n\r\n{}",
        POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_no_http_is_refused_and_the_server_goes_on(port: int, request_bytes: bytes) -> None:
    reply = said(port, request_bytes)
    assert reply.startswith(b"HTTP/1.1 400 ")
    assert reply.count(b"HTTP/1.1") == 1
    assert said(port, GET + b"\r\n").startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("head", [GET + b"X: " + b"y" * 1_000_000, b"GET /" + b"x" * 1_000_000])
def test_a_head_without_an_end_is_cut_off(port: int, head: bytes) -> None:
    with suppress(OSError):  # it is not read to its end
        assert said(port, head).startswith(b"HTTP/1.1 400 ")
    assert said(port, GET + b"\r\n").startswith(b"HTTP/1.1 200 ")


def test_what_follows_a_body_is_no_second_request(port: int) -> None:
    smuggled = GET + b"\r\n"
    reply = said(
        port, POST + b"Content-Length: %d\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" % len(smuggled) + smuggled
    )
    assert reply.startswith(b"HTTP/1.1 422 ")
    assert reply.count(b"HTTP/1.1 ") == 1
    both = said(port, POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n" + smuggled)
    assert both.count(b"HTTP/1.1 ") == 1
