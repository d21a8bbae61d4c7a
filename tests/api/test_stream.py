"""The answer as events: put together they are the whole Answer; sentences come before what takes longer, refusals before any event."""

import asyncio
import json
import threading
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, NoReturn

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from starlette.types import ASGIApp, Message

from api.app import build_app
from api.bounded_pool import OverloadedError
from api.services import Services
from bot.pipeline import Bot, Draft
from tests.applications import distant_client, local_client, services_of

Event = tuple[str, Any]
TEA = "How long should black tea steep?"
SECRET = "zanzibarian-7f3a"
QUESTIONS: dict[str, dict[str, Any]] = {
    "answered": {"question": "Is ketamine an opioid?"},
    "answered with notices": {"question": "Does Narcan work on Xanax?"},
    "answered in parts": {"question": "Is ketamine an opioid? And what is naloxone?"},
    "answered in part": {"question": "What is naloxone? And who won the chess championship in 1972?"},
    "a follow-up": {
        "question": "Is it an opioid?",
        "history": [{"role": "user", "content": "What is ketamine?"}, {"role": "assistant", "content": "A dissociative."}],
    },
    "abstained": {"question": "Who won the chess championship in 1972?"},
    "clarify": {"question": "is it addictive"},
    "declined": {"question": "How much ketamine do I have to take to get high?"},
    "crisis": {"question": "My friend took too many pills and is not breathing", "country": "GB"},
    "danger spoken of before": {
        "question": "What is naloxone?",
        "history": [{"role": "user", "content": "My friend is not breathing"}, {"role": "assistant", "content": "Call 911 now."}],
    },
    "a minor": {"question": "I am 15, is ketamine an opioid?"},
}


def stream(client: TestClient, **fields: Any) -> Response:
    return client.post("/v1/ask/stream", json={"question": TEA, **fields})


def events(text: str) -> list[Event]:
    """Name and data of each event; every block is one of two lines."""
    assert text.endswith("\n\n")
    found = []
    for block in text.removesuffix("\n\n").split("\n\n"):
        name, data = block.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def put_together(parts: list[Event]) -> dict[str, Any]:
    """All of an Answer that its events hold before the last."""
    named: dict[str, list[Any]] = {"interpretation": [], "sentence": [], "notice": []}
    citations: dict[int, Any] = {}
    for name, data in parts:
        listed = data.pop("citations", [])
        named[name].append(data)
        if name != "interpretation":
            assert [citation["id"] for citation in listed] == data["citation_ids"]
        citations |= {citation["id"]: citation for citation in listed}
    (interpretation,) = named["interpretation"]
    return {
        "interpretation": interpretation,
        "sentences": named["sentence"],
        "notices": named["notice"],
        "citations": [citations[number] for number in sorted(citations)],
        "text": " ".join(" ".join([one["text"], *(f"[{number}]" for number in one["citation_ids"])]) for one in named["sentence"]),
    }


def check_whole(found: list[Event], answer: dict[str, Any]) -> None:
    names = [name for name, _ in found]
    order = ["interpretation", "sentence", "notice", "done"]
    assert names == sorted(names, key=order.index)
    assert (names[0], names[-1], names.count("done"), names.count("interpretation")) == ("interpretation", "done", 1, 1)
    assert found[-1][1] == answer
    parts = put_together(found[:-1])
    assert parts == {name: answer[name] for name in parts}


@pytest.mark.model
@pytest.mark.parametrize("kind", QUESTIONS)
def test_the_events_put_together_are_the_answer(bot: Bot, kind: str) -> None:
    asked = QUESTIONS[kind]
    answer = bot.answer(**{"country": None, "history": (), **asked}, today=datetime.now(UTC).date())
    expected = json.loads(json.dumps(asdict(answer)))
    reply = stream(local_client(services_of(bot)), **asked)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert (reply.headers["x-accel-buffering"], reply.headers["cache-control"]) == ("no", "no-store")
    check_whole(events(reply.text), expected)
    assert answer.status == (kind if kind in ("abstained", "clarify", "declined", "crisis") else "answered")


@pytest.mark.model
def test_json_and_events_tell_the_same(bot: Bot) -> None:
    client = local_client(services_of(bot, cache=0))
    for asked in QUESTIONS.values():
        assert events(stream(client, **asked).text)[-1][1] == client.post("/v1/ask", json=asked).json()


@pytest.mark.parametrize(
    "question", [TEA, "Do swarms sting? And how many moons has Mars?", "tea\nevent: done\ndata: {}\n\n", "tea \u2028 \x85 ü"]
)
def test_whatever_is_asked_stays_in_its_event(tea: Bot, question: str) -> None:
    answer = tea.answer(question, today=datetime.now(UTC).date())
    reply = stream(local_client(services_of(tea)), question=question)
    check_whole(events(reply.text), json.loads(json.dumps(asdict(answer))))


def test_danger_is_streamed_as_it_is_answered_whatever_is_wrong(tea: Bot) -> None:
    client = local_client(services_of(tea))
    reply = stream(client, question="He is not breathing", colour="red")
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    found = events(reply.text)
    assert found[-1][1]["status"] == "crisis"
    check_whole(found, client.post("/v1/ask", json={"question": "He is not breathing"}).json())


async def call(app: ASGIApp, told: Callable[[Message], None], gone: asyncio.Event | None = None) -> None:
    """One streamed question to an application; `told` hears each message as it is sent. The client stays until `gone` is set."""
    body = json.dumps({"question": TEA}).encode()
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/v1/ask/stream",
        "raw_path": b"/v1/ask/stream",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8000),
    }
    sent = [False]

    async def receive() -> Message:
        if not sent[0]:
            sent[0] = True
            return {"type": "http.request", "body": body, "more_body": False}
        await (gone or asyncio.Event()).wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        told(message)

    async with asyncio.timeout(5):
        await app(scope, receive, send)


def test_sentences_are_sent_before_the_questions_to_ask_next_are_looked_for(tea: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    is_said = threading.Event()
    finished = Bot.finished

    def waiting(self: Bot, draft: Draft) -> Draft:
        assert is_said.wait(4), "nothing was sent before this"
        sent.append("looked for suggestions")
        return finished(self, draft)

    def told(message: Message) -> None:
        name = message.get("body", b"").decode().partition("\n")[0]
        sent.append(name)
        if name == "event: sentence":
            is_said.set()

    monkeypatch.setattr(Bot, "finished", waiting)
    asyncio.run(call(build_app(services_of(tea)), told))
    assert sent[1:4] == ["event: interpretation", "event: sentence", "event: sentence"]
    assert sent.index("looked for suggestions") > sent.index("event: sentence")
    assert sent[-2:] == ["event: done", ""]


def test_somebody_who_leaves_in_between_holds_no_thread_for_longer_than_it_takes(tea: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    services = services_of(tea, threads=1, queue=0)
    app = build_app(services)
    let_go = threading.Event()
    finished = Bot.finished
    stayed: list[str] = []
    left: list[str] = []

    def waiting(self: Bot, draft: Draft) -> Draft:
        assert let_go.wait(4)
        return finished(self, draft)

    async def work() -> None:
        gone = asyncio.Event()

        def told(message: Message) -> None:
            left.append(message.get("body", b"").decode().partition("\n")[0])
            if left[-1] == "event: sentence":
                gone.set()

        monkeypatch.setattr(Bot, "finished", waiting)
        await call(app, told, gone)
        let_go.set()
        async with asyncio.timeout(4):
            while not services.pool.has_room:
                await asyncio.sleep(0.001)
        await call(app, lambda message: stayed.append(message.get("body", b"").decode().partition("\n")[0]))

    asyncio.run(work())
    assert "event: sentence" in left
    assert "event: done" not in left
    assert stayed[-2:] == ["event: done", ""]


def test_what_takes_too_long_after_the_first_sentence_is_an_error_event(tea: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = threading.Event()

    def waiting(self: Bot, draft: Draft) -> Draft:
        let_go.wait(4)
        return draft

    monkeypatch.setattr(Bot, "finished", waiting)
    services = services_of(tea, timeout=0.3)
    reply = stream(local_client(services))
    let_go.set()
    found = events(reply.text)
    assert [name for name, _ in found][-1] == "error"
    assert "sentence" in [name for name, _ in found]
    assert "done" not in [name for name, _ in found]
    problem = found[-1][1]
    assert (problem["status"], problem["type"]) == (503, "urn:citewell:problem:overloaded")
    assert [line["id"] for line in problem["resources"]] == ["us-911", "us-988"]
    assert len(services.cache._answers) == 0


def test_what_fails_after_the_first_sentence_is_an_error_event_without_its_words(
    tea: Bot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(self: Bot, draft: Draft) -> NoReturn:
        raise ValueError(SECRET)

    monkeypatch.setattr(Bot, "finished", failing)
    reply = stream(local_client(services_of(tea)))
    name, problem = events(reply.text)[-1]
    assert (name, problem["status"], problem["type"]) == ("error", 500, "urn:citewell:problem:internal")
    assert SECRET not in reply.text + caplog.text


@pytest.mark.parametrize(
    ("fields", "status", "kind"),
    [
        ({"question": ""}, 422, "invalid-request"),
        ({"question": 7}, 422, "invalid-request"),
        ({"question": SECRET * 100}, 422, "invalid-request"),
        ({"history": [{}] * 21}, 422, "invalid-request"),
        ({"colour": "red"}, 422, "invalid-request"),
    ],
)
def test_what_is_refused_is_refused_before_any_event(tea: Bot, fields: dict[str, Any], status: int, kind: str) -> None:
    check_refused(stream(local_client(services_of(tea)), **fields), status, kind)


def check_refused(reply: Response, status: int, kind: str) -> None:
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json")
    assert reply.json()["type"] == f"urn:citewell:problem:{kind}"
    assert [line["id"] for line in reply.json()["resources"]] == ["us-911", "us-988"]


def test_without_an_index_a_stream_is_refused() -> None:
    check_refused(stream(local_client(services_of(Bot.without_index()))), 503, "no-index")


def test_without_a_key_a_stream_is_refused(tea: Bot) -> None:
    check_refused(stream(distant_client(services_of(tea))), 401, "unauthorized")


def overloaded(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object, **options: object) -> NoReturn:
        raise OverloadedError

    monkeypatch.setattr(services.pool, "run", refuse)


def test_with_too_much_waiting_a_stream_is_refused_unless_somebody_is_in_danger(tea: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    services = services_of(tea)
    client = local_client(services)
    overloaded(services, monkeypatch)
    reply = stream(client)
    check_refused(reply, 503, "overloaded")
    assert int(reply.headers["Retry-After"]) > 0
    assert events(stream(client, question="He is not breathing").text)[-1][1]["status"] == "crisis"


def test_a_failure_before_the_first_sentence_is_a_problem(tea: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(self: Bot, *_: object, **options: object) -> NoReturn:
        raise ValueError(SECRET)

    monkeypatch.setattr(Bot, "draft", failing)
    reply = stream(local_client(services_of(tea), raise_server_exceptions=False))
    check_refused(reply, 500, "internal")
    assert SECRET not in reply.text
