"""Nothing that a visitor writes, and no address of theirs, stands anywhere afterwards: in no log, no count, no file, no refusal."""

import asyncio
import io
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote_plus

import pytest
from fastapi.testclient import TestClient
from httpx2 import Client, HTTPTransport, Response

from api.bounded_pool import OverloadedError
from api.insights import Insights
from api.keys import Keyring
from api.rate_limit import RateLimiter
from api.services import Services
from bot.pipeline import Bot
from indexer.store import Store
from tests.applications import distant_client, local_client, services_of

WORD, NAME, PHONE = "zanzibarian-7x3q", "Zebedee Quillfeather", "0134-778-8990"
SAID = f"{WORD} my name is {NAME}, call {PHONE}"
VISITOR, FORWARDED = "203.0.113.77", "198.51.100.66"
PLANTED = re.compile("zanzibarian|7x3q|zebedee|quillfeather|778-8990|7788990|203.0.113.77|198.51.100.66", re.IGNORECASE)
TEA = "How long should black tea steep?"
TODAY = date(2026, 11, 29)
HEADERS = {
    "User-Agent": SAID,
    "Referer": f"https://{WORD}.example/{PHONE}",
    "Cookie": f"name={WORD}",
    "X-Request-Id": WORD,
    "Accept-Language": WORD,
    "X-Forwarded-For": FORWARDED,
    "Forwarded": f"for={FORWARDED}",
    "traceparent": WORD,
}


def check_clean(text: str | bytes) -> None:
    """That nothing planted is in a text, however it is written."""
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    for form in (plain, unquote_plus(plain)):
        found = PLANTED.search(form)
        assert found is None, form[max(found.start() - 100, 0) : found.end() + 100]


def check_files(folder: Path, *secrets: str) -> None:
    """That nothing planted is in a file of a folder, nor in its name, nor any of some secrets."""
    for file in folder.rglob("*"):
        check_clean(file.name)
        if file.is_file():
            content = file.read_bytes()
            check_clean(content)
            assert not [secret for secret in secrets if secret.encode() in content]


def check_reply(reply: Response) -> Response:
    """That a reply holds nothing planted; an answer may hold the question it was asked."""
    check_clean("\n".join(f"{name}: {value}" for name, value in reply.headers.items()))
    if reply.status_code >= 400 and "html" not in reply.headers.get("content-type", ""):
        check_clean(reply.content)
    return reply


class Told:
    """All that was logged, and all that was written past the log."""

    def __init__(self, stream: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
        self._stream = stream
        self._capsys = capsys

    def check(self) -> str:
        """What was logged, after it was checked."""
        assert self._capsys.readouterr() == ("", "")
        logged = self._stream.getvalue()
        check_clean(logged)
        return logged


@pytest.fixture
def told(log_stream: io.StringIO, capsys: pytest.CaptureFixture[str]) -> Told:
    return Told(log_stream, capsys)


@pytest.fixture
def secret(tmp_path: Path) -> str:
    return Keyring(tmp_path).create("secret", "server", (), TODAY)[0]


@pytest.fixture
def site(tmp_path: Path) -> str:
    return Keyring(tmp_path).create("site", "page", ("https://www.example.org",), TODAY)[0]


@pytest.fixture
def services(tea: Bot, tmp_path: Path) -> Services:
    return services_of(tea, tmp_path)


def visitor(services: Services, key: str | None = None, origin: str | None = None) -> TestClient:
    extra = {**({"Authorization": f"Bearer {key}"} if key else {}), **({"Origin": origin} if origin else {})}
    return distant_client(services, address=VISITOR, raise_server_exceptions=False, headers={**HEADERS, **extra})


def checked(services: Services, folder: Path, told: Told, *secrets: str) -> str:
    """What was logged, after all that can be looked at was."""
    services.insights.flush()
    check_clean(services.metrics.page())
    check_clean(json.dumps(services.insights.report(None, {})))
    check_files(folder, *secrets)
    logged = told.check()
    assert not [one for one in secrets if one in logged]
    return logged


def bodies() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every body that is sent to somewhere, with the words in every place."""
    history = [{"role": "user", "content": SAID}, {"role": "assistant", "content": SAID}]
    for path in ("/v1/ask", "/v1/ask/stream"):
        yield path, {"question": f"{TEA} {SAID}", "history": history, "country": WORD}
        yield path, {"question": f"He is not breathing. {SAID}", "country": WORD}
        yield path, {"question": f"How much ketamine can I mix with xanax to get high? {SAID}"}
        yield path, {"question": SAID, WORD: SAID}
        yield path, {"question": [SAID]}
        yield path, {"question": SAID * 30}
        yield path, {"question": SAID, "history": [{"role": WORD, "content": SAID}]}
        yield path, {"question": SAID, "history": SAID}
        yield path, {"question": SAID, "country": {WORD: SAID}}
        yield path, {WORD: WORD}
    yield "/v1/search", {"query": SAID}
    yield "/v1/search", {"query": SAID, "limit": SAID}
    yield "/v1/search", {"query": {WORD: SAID}, WORD: 1}
    rating = {"receipt": WORD, "sections": ["tea#how-long-should-tea-steep", WORD], "rating": "down", "reason": SAID}
    yield "/v1/feedback", rating
    yield "/v1/feedback", {**rating, "receipt": {WORD: SAID}}
    yield "/v1/feedback", {**rating, "receipt": {WORD: {WORD: [SAID]}}}
    yield "/v1/feedback", {**rating, "rating": WORD}
    yield "/v1/feedback", {**rating, "sections": {WORD: SAID}}
    yield "/v1/feedback", {**rating, "sections": [{WORD: SAID}]}
    yield "/v1/feedback", {**rating, WORD: SAID}
    yield "/v1/feedback", {**rating, "reason": SAID * 30}


def paths() -> Iterator[str]:
    """Every address that is read, with the words in every place."""
    for path in (
        "/",
        "/evaluation",
        "/healthz",
        "/readyz",
        "/metrics",
        "/openapi.json",
        "/docs",
        "/v1/info",
        "/v1/documents",
        "/v1/insights",
        "/insights",
    ):
        yield f"{path}?{WORD}={PHONE}&month={WORD}"
    for path in ("/documents/", "/v1/documents/", "/docs/", "/", "/v1/", "/widget/", "/ask/"):
        yield f"{path}{WORD}?q={SAID}"


def sweep(client: TestClient, *, is_rude: bool = False) -> list[Response]:
    """Every route with words in every place; from the rude, also what is no JSON, too long, or of a kind nobody knows."""
    replies = [client.get(path) for path in paths()]
    for path, body in bodies():
        replies += [client.post(f"{path}?{WORD}={SAID}", json=body)]
    if is_rude:
        replies += rude(client)
    forms: list[dict[str, str]] = [
        {"question": SAID, "country": WORD, "key": WORD, WORD: SAID},
        {"question": f"he is not breathing {SAID}", "key": WORD},
        {WORD: SAID},
        {f"{WORD}{number}": SAID for number in range(30)},
    ]
    replies += [client.post("/ask", data=form, headers={"Accept": accept}) for form in forms for accept in ("text/html", "*/*")]
    return [check_reply(reply) for reply in replies]


def rude(client: TestClient) -> Iterator[Response]:
    """What no client of ours would send."""
    cut = json.dumps({"question": SAID}).encode()[:-4]
    raw = [SAID.encode(), cut, b"\xff" + SAID.encode(), b"[" * 5_000 + SAID.encode(), SAID.encode() * 2_000]
    for path in ("/v1/ask", "/v1/ask/stream", "/v1/search", "/v1/feedback", "/ask"):
        for content in raw:
            for kind in ("application/json", f"text/{WORD}"):
                yield client.post(path, content=content, headers={"Content-Type": kind})
        yield client.post(path, content=SAID.encode(), headers={"Content-Type": "application/json", "Content-Encoding": WORD})
    for method in ("PUT", "DELETE", "OPTIONS", "ZANZIBARIAN"):
        yield client.request(method, f"/v1/ask?{WORD}")


def statuses(replies: Iterable[Response]) -> set[int]:
    return {reply.status_code for reply in replies}


def test_whoever_has_a_key_leaves_no_word(services: Services, tmp_path: Path, told: Told, secret: str) -> None:
    replies = sweep(visitor(services, secret), is_rude=True)
    assert statuses(replies) == {200, 204, 401, 404, 405, 413, 415, 422}
    logged = checked(services, tmp_path, told, secret)
    assert logged.count('"event": "request"') == len(replies)
    assert {file.name for file in tmp_path.iterdir()} == {"keys.json", "lock", "insights.sqlite"}


def test_a_page_of_a_listed_origin_leaves_no_word(services: Services, tmp_path: Path, told: Told, site: str) -> None:
    assert 200 in statuses(sweep(visitor(services, site, "https://www.example.org")))
    checked(services, tmp_path, told, site)


@pytest.mark.parametrize(
    ("key", "origin"), [(None, None), (None, f"https://{WORD}.example"), (WORD, None), (f"cw_secret_{WORD}_{PHONE}", "null")]
)
def test_whoever_is_refused_leaves_no_word(
    services: Services, tmp_path: Path, told: Told, secret: str, key: str | None, origin: str | None
) -> None:
    replies = sweep(visitor(services, key, origin), is_rude=key is None)
    assert 401 in statuses(replies)
    checked(services, tmp_path, told, secret)


def test_whoever_asks_too_often_leaves_no_word(tea: Bot, tmp_path: Path, told: Told, site: str) -> None:
    services = services_of(tea, tmp_path, rate_per_address="1/day")
    replies = sweep(visitor(services, site, "https://www.example.org"))
    assert 429 in statuses(replies)
    checked(services, tmp_path, told, site)
    hidden = repr(vars(services.limiter._memory.storage))
    assert "address:" in hidden
    check_clean(hidden)


def test_without_an_index_nobody_leaves_a_word(tmp_path: Path, told: Told, secret: str) -> None:
    services = services_of(Bot.without_index(), tmp_path, store_text=True)
    assert 503 in statuses(sweep(visitor(services, secret)))
    checked(services, tmp_path, told, secret)


def test_with_too_much_waiting_nobody_leaves_a_word(
    services: Services, tmp_path: Path, told: Told, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object, **options: object) -> NoReturn:
        raise OverloadedError

    monkeypatch.setattr(services.pool, "run", refuse)
    assert 503 in statuses(sweep(visitor(services, secret)))
    checked(services, tmp_path, told, secret)


@pytest.mark.parametrize(
    ("where", "name"),
    [
        (Bot, "draft"),
        (Bot, "finished"),
        (Bot, "crisis"),
        (Bot, "search"),
        (Store, "document"),
        (Store, "tombstone"),
        (Store, "section_titles"),
        (RateLimiter, "hit"),
        (Keyring, "current"),
        (Insights, "rate"),
        (Insights, "count"),
        (Services, "tell"),
    ],
)
def test_whatever_fails_tells_no_word(
    services: Services, tmp_path: Path, told: Told, secret: str, monkeypatch: pytest.MonkeyPatch, where: type[Any], name: str
) -> None:
    def failing(*given: object, **options: object) -> NoReturn:
        try:
            raise KeyError(SAID)
        except KeyError as cause:
            problem = ValueError(f"{SAID} {given!r}")
            problem.add_note(SAID)
            raise problem from cause

    with monkeypatch.context() as broken:
        broken.setattr(where, name, failing)
        replies = sweep(visitor(services, secret))
    assert 500 in statuses(replies) or name == "finished"
    logged = checked(services, tmp_path, told, secret)
    assert '"error": "ValueError"' in logged


def test_a_stream_that_breaks_off_tells_no_word(services: Services, told: Told, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> NoReturn:
        raise ValueError(SAID)

    monkeypatch.setattr(Bot, "finished", failing)
    reply = visitor(services, secret).post("/v1/ask/stream", json={"question": f"{TEA} {WORD}"})
    name, _, data = reply.text.removesuffix("\n\n").rpartition("\n\n")[2].partition("\n")
    assert name == "event: error"
    check_clean(data)
    told.check()


def test_ratings_that_cannot_be_kept_tell_no_word(services: Services, tmp_path: Path, told: Told, secret: str) -> None:
    (tmp_path / "insights.sqlite").mkdir()
    assert 503 in statuses(sweep(visitor(services, secret)))
    services.insights.flush()
    told.check()
    check_files(tmp_path)


def test_tasks_and_callbacks_that_fail_tell_no_word(told: Told) -> None:
    def failing(words: str) -> NoReturn:
        raise ValueError(words)

    async def task() -> None:
        failing(SAID)

    async def work() -> None:
        loop = asyncio.get_running_loop()
        tasks = [asyncio.create_task(task(), name=WORD)]
        loop.call_soon(failing, SAID)
        await loop.run_in_executor(None, time.sleep, 0)
        await asyncio.sleep(0.01)
        tasks.clear()

    asyncio.run(work())
    logged = told.check()
    assert logged.count('"error": "ValueError"') == 2


class Clock:
    """Takes the place of `datetime`; `day` can be set."""

    def __init__(self) -> None:
        self.day = TODAY

    def now(self, tz: tzinfo) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=tz)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("api.insights.datetime", clock)
    return clock


def texts(folder: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(folder / "insights.sqlite")) as connection:
        return connection.execute("SELECT status, text FROM texts ORDER BY rowid").fetchall()


@pytest.fixture
def keeping(tea: Bot, tmp_path: Path) -> Services:
    """A site that keeps questions for 30 days."""
    return services_of(tea, tmp_path, store_text=True, retention_days=30)


def test_questions_are_not_kept_unless_a_site_wants_it(services: Services, tmp_path: Path) -> None:
    local_client(services).post("/v1/ask", json={"question": TEA})
    services.insights.flush()
    assert texts(tmp_path) == []


def test_of_questions_that_are_kept_only_harmless_words_are(keeping: Services, tmp_path: Path, told: Told, secret: str) -> None:
    sweep(visitor(keeping, secret))
    client = visitor(keeping, secret)
    client.post("/v1/ask", json={"question": f"is black tea of {NAME} hot"})
    client.post("/v1/ask", json={"question": f"is black tea hot \N{GRINNING FACE} {PHONE}"})
    checked(keeping, tmp_path, told, secret)
    kept = texts(tmp_path)
    assert ("answered", "is black tea of [...] hot") in kept
    assert ("answered", "is black tea hot [...]") in kept
    assert len(kept) >= 5


def test_half_a_sign_in_a_question_does_not_end_the_keeping(keeping: Services, tmp_path: Path, told: Told) -> None:
    client = local_client(keeping)
    for question in (b"is tea \\ud800 hot", b"is tea hot"):
        reply = client.post("/v1/ask", content=b'{"question": "' + question + b'"}', headers={"Content-Type": "application/json"})
        assert reply.status_code == 200
    keeping.insights.flush()
    assert [text for _, text in texts(tmp_path)] == ["is tea [...] hot", "is tea hot"]


@pytest.mark.parametrize(
    "fields",
    [
        {"question": "He is not breathing"},
        {"question": "He is not breathing", "colour": "red"},
        {"question": "tea", "history": [{"role": "user", "content": "He is not breathing"}]},
        {"question": TEA, "history": [{"role": "user", "content": "He is not breathing"}, {"role": "assistant", "content": "Call 911."}]},
        {"question": f"I am 14. {TEA}"},
    ],
)
@pytest.mark.parametrize("path", ["/v1/ask", "/v1/ask/stream"])
def test_nothing_is_kept_of_somebody_in_danger(keeping: Services, tmp_path: Path, path: str, fields: dict[str, Any]) -> None:
    reply = local_client(keeping).post(path, json=fields)
    assert "911" in reply.text or '"kind":"urgent"' in reply.text
    keeping.insights.flush()
    assert texts(tmp_path) == []


def test_what_was_kept_is_gone_from_the_file_when_its_time_is_over(keeping: Services, tmp_path: Path, clock: Clock) -> None:
    client = local_client(keeping)
    for _ in range(20):
        client.post("/v1/ask", json={"question": "is old black tea flat and bitter"})
    keeping.insights.flush()
    assert b"flat and bitter" in (tmp_path / "insights.sqlite").read_bytes()
    clock.day += timedelta(days=31)
    client.post("/v1/ask", json={"question": "is tea hot"})
    keeping.insights.flush()
    assert texts(tmp_path) == [("answered", "is tea hot")]
    assert not [file for file in tmp_path.iterdir() if b"flat and bitter" in file.read_bytes()]


def test_questions_that_were_kept_are_shown_nowhere(keeping: Services, tmp_path: Path, secret: str) -> None:
    client = visitor(keeping, secret)
    for _ in range(6):
        client.post("/v1/ask", json={"question": "is black tea hot"})
    for path in ("/v1/insights", "/insights", "/metrics"):
        assert "is black tea hot" not in client.get(path).text


SERVER = """if True:
    import sys
    from api.cli import main
    from bot.pipeline import Bot
    draft, finished = Bot.draft, Bot.finished

    def drafted(self, question, *rest, **options):
        if "explode" in question:
            raise ValueError(question)
        return draft(self, question, *rest, **options)

    def whole(self, given):
        if "break" in given.answer.interpretation.question:
            raise ValueError(given)
        return finished(self, given)

    Bot.draft, Bot.finished = drafted, whole
    sys.argv = ["citewell", "serve", "--port", sys.argv[1]]
    main()
"""


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def test_a_server_tells_no_word_and_no_address(tiny_versions: Path, tmp_path: Path) -> None:
    data, temporary, port = tmp_path / "data", tmp_path / "temporary", free_port()
    temporary.mkdir()
    secret = Keyring(data).create("secret", "server", (), TODAY)[0]
    settings = {"INDEX": str(tiny_versions / "index"), "DATA": str(data), "PROXIES": "127.0.0.0/8", "TIMEOUT": "0.5"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CITEWELL_")}
    environment = {**kept, **{f"CITEWELL_{name}": value for name, value in settings.items()}, "TMPDIR": str(temporary)}
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(port)], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        seen = talk(port, secret)
        check_files(data, secret)
        check_files(temporary, secret)
    finally:
        server.send_signal(signal.SIGTERM)
        out, err = server.communicate(timeout=20)
    assert out == ""
    check_clean(err)
    assert secret not in err
    assert "127.0.0.9" not in err  # the address that it was called from
    first, *lines = err.splitlines()
    assert first == f"serving on http://127.0.0.1:{port} (stop with Ctrl+C)"
    told = [json.loads(line) for line in lines]
    assert [line["error"] for line in told if "error" in line] == ["ValueError", "ValueError"]
    assert [line["status"] for line in told if line["event"] == "request" and line["route"] != "/readyz"] == seen
    check_files(data, secret)


def talk(port: int, secret: str) -> list[int]:
    """Ask a server in every way, good and bad; the status of each reply that is logged."""
    headers = {**HEADERS, "Authorization": f"Bearer {secret}"}
    with Client(
        base_url=f"http://127.0.0.1:{port}", transport=HTTPTransport(local_address="127.0.0.9"), headers=headers, timeout=10
    ) as client:
        wait_until_ready(client)
        seen = []
        for path, body in [
            ("/v1/ask", {"question": f"{TEA} {SAID}"}),
            ("/v1/ask", {"question": f"explode {SAID}"}),
            ("/v1/ask/stream", {"question": f"{TEA} break {SAID}"}),
            ("/v1/ask", {"question": SAID, WORD: SAID}),
            ("/v1/ask", {"question": f"He is not breathing {SAID}"}),
            (f"/v1/search?{WORD}", {"query": SAID}),
            ("/v1/feedback", {"receipt": WORD, "sections": [WORD], "rating": "down", "reason": SAID}),
            (f"/{WORD}", {}),
        ]:
            seen.append(check_reply(client.post(path, json=body)).status_code)
        seen.append(check_reply(client.post("/ask", data={"question": SAID, "key": secret})).status_code)
        seen.append(check_reply(client.post("/v1/ask", json={"question": SAID}, headers={"Authorization": f"Bearer {WORD}"})).status_code)
        for path in (f"/documents/{WORD}?{WORD}", f"/v1/insights?month={WORD}", "/v1/insights", "/metrics"):
            reply = check_reply(client.get(path))
            check_clean(reply.content)
            seen.append(reply.status_code)
        assert seen == [200, 500, 200, 422, 200, 200, 204, 404, 200, 401, 404, 422, 200, 200]
    for raw in (
        f"GET /{WORD} HTTP/1.1\r\n{WORD} : {SAID}\r\n\r\n",
        f"{WORD} {SAID}\r\n\r\n",
        f"GET /healthz HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade\r\nX-{WORD}: {SAID}\r\n\r\n",
        f"GET /healthz HTTP/1.1\r\nHost: x\r\nX: {WORD * 2_000}",
        f"POST /v1/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{SAID}",
    ):
        with socket.create_connection(("127.0.0.1", port), timeout=10, source_address=("127.0.0.9", 0)) as connection:
            connection.sendall(raw.encode())
            received = connection.recv(65_536)
            check_clean(received)
            assert received.startswith(b"HTTP/1.1 ")
    return [*seen, 200, 408]


def wait_until_ready(client: Client) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            if client.get("/readyz").status_code == 200:
                return
        except OSError:
            pass
        except Exception as problem:
            if "refused" not in str(problem):
                raise
        assert time.monotonic() < end
        time.sleep(0.05)
