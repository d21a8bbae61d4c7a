"""Another version of the index while a server runs: taken up without a request dropped, or refused, and the one before kept."""

import gc
import shutil
import time
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from api import services as services_module
from api.live_bot import LiveBot
from api.metrics import Metrics
from api.services import Services
from api.settings import Settings
from bot.abstention import Calibration
from bot.calibration import CALIBRATION, CalibrationFile, save_calibration
from bot.pipeline import Bot
from indexer.build import Summary
from indexer.index import roll_back
from indexer.versions import live_version
from tests.applications import local_client

Build = Callable[..., Summary]
TODAY = date(2026, 11, 29)
STING = "Do swarms sting?"


def texts(bot: Bot, question: str = STING) -> str:
    return bot.answer(question, today=TODAY).text


def refreshed(live: LiveBot) -> list[str]:
    """What is said by a look for another version."""
    said: list[str] = []
    live.refresh(said.append)
    return said


def change(home: Path, build_tiny: Build, sentence: str) -> Path:
    """Another version, in which swarms are something else; its folder."""
    page = f"<html><body><main><h1>Honey bees</h1><h2>Swarms</h2><p>Swarms rarely sting, {sentence}.</p></main></body></html>"
    (home / "documents" / "bees.html").write_text(page, encoding="utf-8")
    build_tiny(home / "documents", home / "index")
    return live_version(home / "index")


def fit(version: Path, index: str, threshold: float) -> None:
    file = CalibrationFile.of(
        Calibration(threshold=threshold),
        index=index,
        gold="g",
        code="c",
        target_risk=0.05,
        questions=1,
        right=1,
        risk=0.0,
        bound=0.0,
        coverage=1.0,
        auroc=1.0,
        ece=0.0,
    )
    save_calibration(version, file)


def test_where_nothing_has_changed_nothing_is_done(tiny: Path) -> None:
    live = LiveBot.open(tiny / "index")
    bot = live.bot
    assert [refreshed(live), refreshed(live)] == [[], []]
    assert live.bot is bot
    assert (live.taken_up, live.refused) == (0, 0)


def test_a_new_version_is_taken_up_and_said_once(tiny: Path, build_tiny: Build) -> None:
    live = LiveBot.open(tiny / "index")
    before, written = live.bot.receipt().index, live.written
    version = change(tiny, build_tiny, "and hum")
    assert refreshed(live) == [f"took up index {version.name}"]
    assert refreshed(live) == []
    assert "Swarms rarely sting, and hum. [1]" in texts(live.bot)
    assert live.bot.receipt().index != before
    assert (live.taken_up, live.refused) == (1, 0)
    assert live.written == version.stat().st_mtime > written


def test_a_version_that_was_gone_back_to_is_taken_up(tiny: Path) -> None:
    live = LiveBot.open(tiny / "index")
    assert "Swarms rarely sting." in texts(live.bot)
    earlier = roll_back(tiny / "index")
    assert refreshed(live) == [f"took up index {earlier.name}"]
    assert "Swarms" not in texts(live.bot)


def test_another_calibration_is_taken_up_and_so_is_its_end(tiny: Path) -> None:
    live = LiveBot.open(tiny / "index")
    version = live_version(tiny / "index")
    index = live.bot.receipt().index
    assert index is not None
    receipts = [live.bot.receipt().calibration]
    for threshold in (1.0, 0.0):
        fit(version, index, threshold)
        assert refreshed(live) == [f"took up index {version.name}"]
        receipts.append(live.bot.receipt().calibration)
        assert live.bot.answer(STING, today=TODAY).status == ("answered" if threshold == 0 else "abstained")
    (version / CALIBRATION).unlink()
    assert refreshed(live) == [f"took up index {version.name}"]
    assert (receipts[0], live.bot.receipt().calibration) == (None, None)
    assert len(set(receipts)) == 3


def test_a_damaged_version_is_refused_and_said_once(tiny: Path, build_tiny: Build) -> None:
    live = LiveBot.open(tiny / "index")
    bot = live.bot
    version = change(tiny, build_tiny, "and hum")
    (version / "documents.sqlite").write_bytes(b"damaged")
    (said,) = refreshed(live)
    assert said.startswith(f"the index file {version / 'documents.sqlite'} ")
    assert said.endswith("; the index of before still answers")
    assert [refreshed(live), refreshed(live)] == [[], []]
    assert live.bot is bot
    assert "Swarms rarely sting." in texts(live.bot)
    assert (live.taken_up, live.refused) == (0, 1)
    mended = change(tiny, build_tiny, "and dance")
    assert refreshed(live) == [f"took up index {mended.name}"]


def test_a_damaged_calibration_is_refused(tiny: Path) -> None:
    live = LiveBot.open(tiny / "index")
    (live_version(tiny / "index") / CALIBRATION).write_text("{}", encoding="utf-8")
    (said,) = refreshed(live)
    assert "calibration.json has changed since it was written" in said
    assert refreshed(live) == []
    assert (live.taken_up, live.refused) == (0, 1)


@pytest.mark.parametrize("kind", [ValueError, MemoryError, KeyError, RecursionError])
def test_a_version_that_fails_in_ways_nobody_thought_of_is_refused(
    tiny: Path, build_tiny: Build, monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    live = LiveBot.open(tiny / "index")
    bot = live.bot
    change(tiny, build_tiny, "and hum")

    def fail(_: Path) -> Bot:
        raise kind("of the test")

    monkeypatch.setattr(Bot, "load", fail)
    assert len(refreshed(live)) == 1
    assert refreshed(live) == []
    assert (live.bot, live.refused) == (bot, 1)


@pytest.mark.parametrize("name", ["nonsense", "../../etc", "000001-000000000000", ""])
def test_a_name_of_no_version_changes_nothing(tiny: Path, name: str) -> None:
    live = LiveBot.open(tiny / "index")
    (tiny / "index" / "current").write_text(name, encoding="utf-8")
    assert refreshed(live) == []
    assert "Swarms rarely sting." in texts(live.bot)


def test_an_index_that_appears_later_is_taken_up(tiny: Path, build_tiny: Build, tmp_path: Path) -> None:
    folder = tmp_path / "later"
    live = LiveBot.open(folder)
    assert live.bot.replier is None
    assert live.written == 0
    assert refreshed(live) == []
    shutil.copytree(tiny / "index" / "cache", folder / "cache")
    assert refreshed(live) == []
    build_tiny(tiny / "documents", folder)
    assert refreshed(live) == [f"took up index {live_version(folder).name}"]
    assert "Swarms rarely sting." in texts(live.bot)


def test_a_server_that_began_with_a_damaged_index_takes_up_a_whole_one(tiny: Path, build_tiny: Build) -> None:
    (live_version(tiny / "index") / "documents.sqlite").write_bytes(b"damaged")
    live = LiveBot.open(tiny / "index")
    assert live.bot.replier is None
    assert refreshed(live) == []
    second = change(tiny, build_tiny, "and hum")
    (second / "documents.sqlite").write_bytes(b"damaged")
    (said,) = refreshed(live)
    assert "still answers" not in said
    third = change(tiny, build_tiny, "and dance")
    assert refreshed(live) == [f"took up index {third.name}"]


def test_where_the_index_is_removed_the_one_that_is_loaded_answers(tiny: Path, build_tiny: Build) -> None:
    live = LiveBot.open(tiny / "index")
    cache = shutil.copytree(tiny / "index" / "cache", tiny / "cache")
    shutil.rmtree(tiny / "index")
    assert [refreshed(live), refreshed(live)] == [[], []]
    assert "Swarms rarely sting." in texts(live.bot)
    assert live.bot.usable_index().store.document("bees") is not None
    shutil.copytree(cache, tiny / "index" / "cache")
    version = change(tiny, build_tiny, "and hum")
    assert refreshed(live) == [f"took up index {version.name}"]


def test_whoever_answers_keeps_the_bot_they_began_with(tiny: Path, build_tiny: Build) -> None:
    live = LiveBot.open(tiny / "index")
    bot = live.bot
    change(tiny, build_tiny, "and hum")
    refreshed(live)
    gc.collect()
    assert "Swarms rarely sting." in texts(bot)
    assert "and hum" in texts(live.bot)


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_the_files_of_before_are_let_go_of_when_nobody_reads_them(tiny: Path, build_tiny: Build) -> None:
    live = LiveBot.open(tiny / "index")
    first = weakref.ref(live.bot.usable_index().store)
    texts(live.bot)
    change(tiny, build_tiny, "and hum")
    refreshed(live)
    gc.collect()
    assert first() is None
    before = open_files()
    for number in range(3):
        version = change(tiny, build_tiny, f"and hum {number}")
        refreshed(live)
        texts(live.bot)
        (version / CALIBRATION).write_text("{}", encoding="utf-8")
        assert len(refreshed(live)) == 1
    gc.collect()
    assert open_files() == before


@pytest.mark.usefixtures("quickly")
def test_no_request_fails_while_versions_change(tiny: Path, build_tiny: Build) -> None:
    services = served(tiny)
    expected = {"Swarms rarely sting."}
    numbers, end = count(), time.monotonic() + 20

    def ask_on(_: int) -> list[str]:
        found = []
        while services.live.taken_up < 5 and time.monotonic() < end:
            reply = client.post("/v1/ask", json={"question": STING if next(numbers) % 2 else f"{STING} {next(numbers)}"})
            assert reply.status_code == 200
            answer = reply.json()
            quote = next(citation for citation in answer["citations"] if citation["document_id"] == "bees")
            found.append(quote["quote"])
        return found

    with local_client(services) as client, ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(ask_on, number) for number in range(4)]
        for number in range(5):
            change(tiny, build_tiny, f"version {number}")
            expected.add(f"Swarms rarely sting, version {number}.")
            wait_until(lambda number=number: services.live.taken_up == number + 1)  # type: ignore[misc]
        quotes = [quote for each in asked for quote in each.result(20)]
        last = client.post("/v1/ask", json={"question": STING}).json()["text"]
    assert len(quotes) > 40
    assert set(quotes) <= expected
    assert len(set(quotes)) > 2
    assert last.startswith("Swarms rarely sting, version 4.")


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that looks for another version fifty times a second."""
    monkeypatch.setattr(services_module, "_EVERY", 0.02)


def served(home: Path, data: Path | None = None) -> Services:
    return Services.of(LiveBot.open(home / "index"), Settings(data=data or home / "data"), Metrics())


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.mark.usefixtures("quickly")
def test_a_server_takes_a_new_version_up_by_itself_and_says_so(tiny: Path, build_tiny: Build) -> None:
    services = served(tiny)
    with local_client(services) as client:
        before = client.get("/readyz").json()["index"]
        change(tiny, build_tiny, "and hum")
        wait_until(lambda: client.get("/readyz").json()["index"] != before)
        wait_until(lambda: "citewell_index_swaps 1.0" in client.get("/metrics").text)
        after = client.get("/readyz").json()["index"]
        page = client.get("/metrics").text
        assert f'citewell_index_info{{index="{before[:12]}"}} 0.0' in page
        assert f'citewell_index_info{{index="{after[:12]}"}} 1.0' in page
        assert client.get("/v1/info").json()["index"]["id"] == after


@pytest.mark.usefixtures("quickly")
def test_a_look_that_fails_ends_neither_looking_nor_counting(tiny: Path, build_tiny: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    services = served(tiny)
    refresh, failures = LiveBot.refresh, count()

    def failing(self: LiveBot, report: Callable[[str], None]) -> None:
        if next(failures) < 3:
            raise RuntimeError("of the test")
        refresh(self, report)

    monkeypatch.setattr(LiveBot, "refresh", failing)
    with local_client(services) as client:
        change(tiny, build_tiny, "and hum")
        wait_until(lambda: services.live.taken_up == 1)
        client.post("/v1/ask", json={"question": STING})
    assert (tiny / "data" / "insights.sqlite").exists()


@pytest.mark.usefixtures("quickly")
def test_a_server_stays_ready_beside_a_damaged_version(tiny: Path, build_tiny: Build) -> None:
    services = served(tiny)
    with local_client(services) as client:
        before = client.get("/readyz").json()
        version = change(tiny, build_tiny, "and hum")
        (version / "documents.sqlite").write_bytes(b"damaged")
        (tiny / "index" / "current").write_text(version.name, encoding="utf-8")
        wait_until(lambda: services.live.refused + services.live.taken_up == 1)
        wait_until(lambda: "citewell_index_refused" in client.get("/metrics").text)
        assert client.get("/readyz").status_code == 200
        assert before["status"] == "ready"
