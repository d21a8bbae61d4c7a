"""The log: a line of JSON an event, whatever library it comes from, and in none of them what somebody asked."""

import asyncio
import gc
import io
import json
import logging
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn

import pytest
from fastapi.testclient import TestClient

from api.keys import Keyring
from api.live_bot import LiveBot
from api.logs import configure_logs, logger
from bot.pipeline import Bot
from tests.applications import distant_client, local_client, services_of

SECRET = "zanzibarian-7f3a"
TEA = "How long should black tea steep?"


class Lines:
    """What was logged since it was last read, as JSON lines; past the log, nothing may be written."""

    def __init__(self, stream: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
        self._stream = stream
        self._capsys = capsys

    def read(self) -> list[dict[str, Any]]:
        assert self._capsys.readouterr() == ("", "")
        written = self._stream.getvalue()
        self._stream.seek(0)
        self._stream.truncate()
        assert SECRET not in written
        return [json.loads(line) for line in written.splitlines()]


@pytest.fixture
def lines(log_stream: io.StringIO, capsys: pytest.CaptureFixture[str]) -> Lines:
    return Lines(log_stream, capsys)


@pytest.fixture
def client(tea: Bot) -> TestClient:
    return local_client(services_of(tea), raise_server_exceptions=False)


def requests(lines: Lines) -> list[dict[str, Any]]:
    return [line for line in lines.read() if line["event"] == "request"]


def fail(words: str) -> NoReturn:
    try:
        raise KeyError(words)
    except KeyError as cause:
        raise ValueError(f"{words} again") from cause


@pytest.mark.parametrize(
    ("method", "path", "route", "status"),
    [
        ("GET", "/healthz", "/healthz", 200),
        ("GET", f"/documents/{SECRET}", "/documents/{document_id:path}", 404),
        ("GET", f"/v1/documents/{SECRET}?{SECRET}={SECRET}", "/v1/documents/{document_id:path}", 404),
        ("GET", f"/docs/{SECRET}", "/docs/{name}", 404),
        ("GET", f"/{SECRET}", "none", 404),
        ("DELETE", "/v1/ask", "/v1/ask", 405),
        ("GET", f"/v1/insights?month={SECRET}", "/v1/insights", 401),
        ("OPTIONS", f"/{SECRET}", "none", 404),
    ],
)
def test_a_request_is_one_line_with_its_route_and_its_id(
    client: TestClient, lines: Lines, method: str, path: str, route: str, status: int
) -> None:
    reply = client.request(method, path, headers={"User-Agent": SECRET, "Referer": f"https://{SECRET}.example", "X-Request-Id": SECRET})
    (line,) = lines.read()
    at = datetime.fromisoformat(line.pop("timestamp"))
    assert at.tzinfo is not None
    assert 0 <= line.pop("ms") < 5_000
    assert line == {
        "event": "request",
        "level": "info",
        "request_id": reply.headers["X-Request-Id"],
        "method": method if method != "DELETE" else "other",
        "route": route,
        "status": status,
        "key": None,
    }
    assert (reply.status_code, len(line["request_id"])) == (status, 32)


def test_questions_leave_one_line_each_and_none_of_their_words(client: TestClient, lines: Lines) -> None:
    body = {"question": f"{TEA} {SECRET}", "country": SECRET, "history": [{"role": "user", "content": SECRET}]}
    replies = [client.post(path, json=body) for path in ("/v1/ask", "/v1/ask/stream")]
    replies.append(client.post("/ask", data={"question": SECRET, "country": SECRET}))
    replies.append(client.post("/v1/search", json={"query": SECRET}))
    found = requests(lines)
    assert [line["route"] for line in found] == ["/v1/ask", "/v1/ask/stream", "/ask", "/v1/search"]
    assert [line["request_id"] for line in found] == [reply.headers["X-Request-Id"] for reply in replies]
    assert {line["status"] for line in found} == {200}


def test_ids_are_never_the_same(client: TestClient, lines: Lines) -> None:
    for _ in range(20):
        client.get("/healthz")
    assert len({line["request_id"] for line in requests(lines)}) == 20


def test_a_key_is_named_by_its_id_alone(tea: Bot, tmp_path: Path, lines: Lines) -> None:
    presented, key = Keyring(tmp_path).create("secret", SECRET, (), date(2026, 11, 29))
    client = distant_client(services_of(tea, tmp_path))
    client.get("/v1/documents", headers={"Authorization": f"Bearer {presented}"})
    client.get("/v1/documents", headers={"Authorization": f"Bearer {SECRET}"})
    found = lines.read()
    assert [(line["key"], line["status"]) for line in found] == [(key.id, 200), (None, 401)]
    assert presented not in json.dumps(found)


def test_no_line_tells_where_somebody_calls_from(tea: Bot, lines: Lines) -> None:
    client = distant_client(services_of(tea), address="198.51.100.77")
    client.get("/v1/documents", headers={"X-Forwarded-For": "198.51.100.78"})
    client.post("/v1/ask", json={"question": "He is not breathing"})
    assert "198.51.100" not in json.dumps(lines.read())


def test_an_exception_is_its_type_and_where_it_was_raised(client: TestClient, lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(self: Bot, question: str, *_: object, **options: object) -> NoReturn:
        fail(question)

    monkeypatch.setattr(Bot, "draft", failing)
    reply = client.post("/v1/ask", json={"question": f"what is {SECRET}"})
    assert reply.status_code == 500
    failed, asked = lines.read()
    assert (failed["event"], failed["level"], failed["error"]) == ("a request failed", "error", "ValueError")
    assert failed["request_id"] == asked["request_id"] == reply.headers["X-Request-Id"]
    assert failed["at"][-1].startswith(f"{__file__}:")
    assert failed["at"][-1].endswith(" fail")
    assert set(failed) == {"event", "level", "error", "at", "request_id", "timestamp"}
    assert asked["status"] == 500


def test_a_stream_that_breaks_off_is_told_by_type(client: TestClient, lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Bot, "finished", lambda *_: fail(SECRET))
    reply = client.post("/v1/ask/stream", json={"question": TEA})
    broken, asked = lines.read()
    assert (broken["event"], broken["error"], broken["request_id"]) == ("a stream broke off", "ValueError", asked["request_id"])
    assert asked["status"] == reply.status_code == 200


@pytest.mark.parametrize("name", ["uvicorn.error", "asyncio", "sqlite3", "some.library", ""])
def test_other_libraries_are_told_in_the_same_form_by_their_first_line(lines: Lines, name: str) -> None:
    logging.getLogger(name or None).error("Exception in %s application\n%s", "ASGI", SECRET)
    (line,) = lines.read()
    assert (line["event"], line["level"]) == ("Exception in ASGI application", "error")
    assert set(line) == {"event", "level", "timestamp"}


def test_exceptions_that_other_libraries_log_lose_their_words(lines: Lines) -> None:
    try:
        fail(SECRET)
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application\n")
        logging.getLogger("library").error("it failed", exc_info=True, stack_info=True)
    first, second = lines.read()
    assert (first["event"], first["error"], second["error"]) == ("Exception in ASGI application", "ValueError", "ValueError")
    assert first["at"][-1].endswith(" fail")


@pytest.mark.parametrize("name", ["uvicorn.access", "httpx", "library"])
def test_what_other_libraries_say_in_passing_is_not_told(lines: Lines, name: str) -> None:
    logging.getLogger(name).info("GET /documents/%s from 203.0.113.7", SECRET)
    assert lines.read() == []


def test_a_task_that_fails_unseen_is_told_without_its_words(lines: Lines) -> None:
    async def failing() -> None:
        fail(SECRET)

    async def work() -> None:
        task = asyncio.create_task(failing(), name=SECRET)
        await asyncio.sleep(0.01)
        del task
        gc.collect()

    asyncio.run(work())
    (line,) = lines.read()
    assert (line["event"], line["error"]) == ("Task exception was never retrieved", "ValueError")


def test_a_callback_that_fails_is_told_without_what_it_was_called_with(lines: Lines) -> None:
    async def work() -> None:
        asyncio.get_running_loop().call_soon(fail, SECRET)
        await asyncio.sleep(0.01)

    asyncio.run(work())
    (line,) = lines.read()
    assert line["error"] == "ValueError"


def test_where_an_index_was_taken_up_or_refused_is_told(lines: Lines, tiny: Path) -> None:
    live = LiveBot.open(tiny / "index")
    (tiny / "index" / "versions" / (tiny / "index" / "current").read_text().strip() / "calibration.json").write_text("{}", encoding="utf-8")
    live.refresh(logger().warning)
    (line,) = lines.read()
    assert line["level"] == "warning"
    assert line["event"].endswith("the index of before still answers")


def test_on_a_terminal_lines_are_for_people(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], logs_as_before: None
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    configure_logs()
    try:
        fail(SECRET)
    except ValueError as problem:
        logger().error("a request failed", exc_info=problem)
        logging.getLogger("library").exception("it failed\n%s", SECRET)
    told = capsys.readouterr().err
    assert SECRET not in told
    assert "ValueError" in told
    assert not told.startswith("{")
