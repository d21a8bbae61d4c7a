"""Answers at hand: the same bytes as computed ones, for what is the same in all that an answer hangs on, and nothing of anybody's own."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import answer_cache, asking
from api.answer_cache import AnswerCache, answer_name
from api.services import Services
from bot.answer import Answer, Interpretation, Receipt, Status
from bot.calibration import IndexCalibration
from bot.pipeline import Bot, Draft
from tests.applications import local_client, services_of

TEA = "How long should black tea steep?"
RECEIPT = Receipt("a" * 64, "encoder", None, "0.1.0")
TODAY = date(2026, 11, 29)


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions that were computed, not taken from what is at hand."""
    questions: list[str] = []
    draft = Bot.draft

    def counting(self: Bot, question: str, *rest: Any, **options: Any) -> Draft:
        questions.append(question)
        return draft(self, question, *rest, **options)

    monkeypatch.setattr(Bot, "draft", counting)
    return questions


@pytest.fixture
def services(tea: Bot) -> Services:
    return services_of(tea)


@pytest.fixture
def client(services: Services) -> TestClient:
    return local_client(services)


def ask(client: TestClient, question: str = TEA, **fields: object) -> bytes:
    reply = client.post("/v1/ask", json={"question": question, **fields})
    assert reply.status_code == 200
    return reply.content


def drafted(status: Status = "answered") -> Draft:
    return Draft(Answer(status, "text", (), (), 0.9, (), (), (), Interpretation("a question"), RECEIPT))


def cached(services: Services) -> float:
    value = services.metrics.cached._value.get()
    assert isinstance(value, float)
    return value


@pytest.mark.parametrize("question", [TEA, "How many moons has Mars?", "steep"])
def test_an_answer_at_hand_has_the_bytes_of_the_one_that_was_computed(
    services: Services, client: TestClient, computed: list[str], question: str
) -> None:
    first = ask(client, question)
    assert [ask(client, question), ask(client, question)] == [first, first]
    assert computed == [question]
    assert cached(services) == 2


@pytest.mark.parametrize("path", ["/v1/ask/stream", "/ask"])
def test_an_answer_at_hand_serves_every_form(tea: Bot, computed: list[str], path: str) -> None:
    def asked(client: TestClient) -> bytes:
        body: dict[str, Any] = {"data": {"question": TEA}} if path == "/ask" else {"json": {"question": TEA}}
        return client.post(path, **body).content

    fresh, served = local_client(services_of(tea)), local_client(services_of(tea))
    ask(served)
    assert len(computed) == 1
    assert asked(served) == asked(fresh)
    assert len(computed) == 2


def test_a_streamed_answer_is_at_hand_afterwards(client: TestClient, computed: list[str], tea: Bot) -> None:
    client.post("/v1/ask/stream", json={"question": TEA})
    assert ask(client) == ask(local_client(services_of(tea, cache=0)))
    assert computed == [TEA, TEA]


@pytest.mark.parametrize(
    "fields",
    [
        {"country": "GB"},
        {"question": TEA.lower()},
        {"question": f"{TEA} Is it hot?"},
        {"history": [{"role": "user", "content": "What is tea?"}]},
    ],
)
def test_what_differs_is_computed(client: TestClient, computed: list[str], fields: dict[str, object]) -> None:
    ask(client)
    ask(client, **{"question": TEA, **fields})  # type: ignore[arg-type]
    assert len(computed) == 2


@pytest.mark.parametrize("history", [[], None])
def test_no_history_is_none_however_it_is_written(client: TestClient, computed: list[str], history: list[object] | None) -> None:
    assert ask(client) == ask(client, history=history)
    assert len(computed) == 1


def test_what_is_said_in_a_conversation_is_not_kept(services: Services, client: TestClient, computed: list[str]) -> None:
    history = [{"role": "user", "content": "What is tea?"}, {"role": "assistant", "content": "A drink."}]
    assert ask(client, history=history) == ask(client, history=history)
    assert len(computed) == 2
    assert (cached(services), len(services.cache._answers)) == (0, 0)


@pytest.mark.parametrize("question", ["He is not breathing", "How much ketamine can I mix with xanax to get high?"])
def test_cards_and_refusals_are_not_kept(services: Services, client: TestClient, question: str) -> None:
    assert ask(client, question) == ask(client, question)
    assert (cached(services), len(services.cache._answers)) == (0, 0)


def test_a_question_of_the_wrong_form_is_not_kept(services: Services, client: TestClient) -> None:
    assert client.post("/v1/ask", json={"question": " "}).status_code == 422
    assert len(services.cache._answers) == 0


def test_without_room_every_answer_is_computed(tea: Bot, computed: list[str]) -> None:
    services = services_of(tea, cache=0)
    client = local_client(services)
    assert ask(client) == ask(client)
    assert (len(computed), cached(services)) == (2, 0)


def test_another_calibration_has_other_answers(services: Services, client: TestClient, computed: list[str]) -> None:
    before = ask(client)
    bot = services.live.bot
    services.live.bot = replace(bot, calibration=IndexCalibration(bot.calibration.model, None, "c" * 64))
    after = ask(client)
    assert (len(computed), after) == (2, before.replace(b'"calibration":null', b'"calibration":"' + b"c" * 64 + b'"'))


def test_another_index_has_other_answers(services: Services, client: TestClient, computed: list[str], tiny: Path) -> None:
    (before,) = [version for version in (tiny / "index" / "versions").iterdir() if version.name.startswith("000001-")]
    (tiny / "index" / "current").write_text(before.name, encoding="utf-8")
    question = "Do swarms sting?"
    known = ask(client, question)
    assert b"Swarms rarely sting." in known
    services.live.bot = Bot.open(tiny / "index")
    unknown = ask(client, question)
    assert b"Swarms rarely sting." not in unknown
    assert computed == [question, question]
    services.live.bot.usable_index().store.close()


def test_another_day_has_other_answers(client: TestClient, computed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def on(year: int) -> type[datetime]:
        class Set(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> "Set":
                return cls(year, 5, 1, tzinfo=tz)

        return Set

    texts: list[bytes] = []
    for year in (2026, 2027):
        monkeypatch.setattr(asking, "datetime", on(year))
        texts += [ask(client), ask(client)]
    assert len(computed) == 2
    assert (texts[0], texts[2]) == (texts[1], texts[3])
    assert [b'"freshness"' in text for text in texts] == [False, False, True, True]  # its review was due in between


def test_every_part_of_a_name_tells() -> None:
    other = Receipt("b" * 64, "encoder", None, "0.1.0")
    names = [
        answer_name("q", None, RECEIPT, TODAY),
        answer_name("q ", None, RECEIPT, TODAY),
        answer_name("q", "US", RECEIPT, TODAY),
        answer_name("q", "", RECEIPT, TODAY),
        answer_name("q", None, other, TODAY),
        answer_name("q", None, replace(RECEIPT, calibration="c" * 64), TODAY),
        answer_name("q", None, replace(RECEIPT, software="0.1.1"), TODAY),
        answer_name("q", None, RECEIPT, date(2026, 11, 30)),
        answer_name('q", "US', None, RECEIPT, TODAY),
        answer_name("q \ud800", None, RECEIPT, TODAY),
    ]
    assert len(set(names)) == len(names)
    assert {len(name) for name in names} == {32}
    assert answer_name("q", None, RECEIPT, TODAY) == names[0]


@pytest.mark.parametrize(("status", "is_kept"), [("answered", 1), ("abstained", 1), ("clarify", 1), ("declined", 0), ("crisis", 0)])
def test_it_hangs_on_the_status_whether_an_answer_is_kept(status: Status, is_kept: bool) -> None:
    cache, draft = AnswerCache(5), drafted(status)
    cache.keep(b"name", draft)
    assert cache.get(b"name") == (draft if is_kept else None)


def test_the_answers_asked_for_longest_ago_make_room_for_new_ones() -> None:
    cache = AnswerCache(3)
    for name in (b"1", b"2", b"3"):
        cache.keep(name, drafted())
    cache.get(b"1")
    cache.keep(b"4", drafted())
    assert [cache.get(name) is not None for name in (b"1", b"2", b"3", b"4")] == [True, False, True, True]


def test_an_answer_is_forgotten_in_time_however_often_it_is_asked_for(
    tea: Bot, computed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_cache, "_SECONDS", 0.15)
    services = services_of(tea)
    client, end = local_client(services), time.monotonic() + 2
    while len(computed) < 2:
        assert time.monotonic() < end
        ask(client)
    assert cached(services) > 5
    assert len(services.cache._answers) == 1


def test_many_threads_share_it() -> None:
    cache = AnswerCache(10)

    def work(number: int) -> bool:
        name = bytes([number % 20])
        cache.keep(name, drafted())
        return cache.get(name) is None or True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(2_000)))
    assert len(cache._answers) == 10
