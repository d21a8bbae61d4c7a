"""Seconds by stage: none is lost and none is counted twice, whatever is raised."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from indexer.stage_clock import REST, StageClock, stage, timed_stages


@pytest.fixture
def spend(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[float], None]]:
    """`spend(seconds)` lets time pass: no other time passes in a test that has it."""
    now = 100.0

    def pass_by(seconds: float) -> None:
        nonlocal now
        now += seconds

    monkeypatch.setattr("indexer.stage_clock.time.perf_counter", lambda: now)
    yield pass_by
    monkeypatch.undo()


def test_what_belongs_to_no_stage_is_the_rest(spend: Callable[[float], None]) -> None:
    with timed_stages() as clock:
        spend(1)
        with stage("reading"):
            spend(2)
        spend(4)
    assert clock.seconds == {REST: 5, "reading": 2}


def test_a_stage_within_another_is_taken_out_of_it(spend: Callable[[float], None]) -> None:
    with timed_stages() as clock, stage("outer"):
        spend(1)
        with stage("inner"):
            spend(2)
            with stage("innermost"):
                spend(4)
        spend(8)
    assert clock.seconds == {REST: 0, "outer": 9, "inner": 2, "innermost": 4}


def test_a_stage_within_itself_is_counted_once(spend: Callable[[float], None]) -> None:
    with timed_stages() as clock, stage("reading"):
        spend(1)
        with stage("reading"):
            spend(2)
    assert clock.seconds == {REST: 0, "reading": 3}


def test_a_stage_that_comes_twice_is_one_sum(spend: Callable[[float], None]) -> None:
    with timed_stages() as clock:
        for seconds in (1, 2):
            with stage("reading"):
                spend(seconds)
    assert clock.seconds == {REST: 0, "reading": 3}


def test_a_function_can_be_a_stage(spend: Callable[[float], None]) -> None:
    @stage("squaring")
    def squared(number: int) -> int:
        spend(3)
        return number * number

    with timed_stages() as clock:
        assert [squared(2), squared(3)] == [4, 9]
    assert clock.seconds == {REST: 0, "squaring": 6}


def test_an_exception_loses_no_time_and_leaves_every_stage(spend: Callable[[float], None]) -> None:
    with timed_stages() as clock:
        with pytest.raises(ValueError, match="of the test"), stage("outer"), stage("inner"):
            spend(2)
            raise ValueError("of the test")
        spend(4)
    assert clock.seconds == {REST: 4, "outer": 0, "inner": 2}


def test_an_exception_that_ends_everything_ends_the_clock_too(spend: Callable[[float], None]) -> None:
    clocks: list[StageClock] = []

    def fail() -> None:
        with timed_stages() as clock:
            clocks.append(clock)
            with stage("reading"):
                spend(2)
                raise ValueError("of the test")

    with pytest.raises(ValueError, match="of the test"):
        fail()
    assert clocks[0].seconds == {REST: 0, "reading": 2}
    with stage("later"):  # nobody listens any more
        spend(8)
    assert clocks[0].seconds == {REST: 0, "reading": 2}


def test_stages_without_a_listener_are_let_be() -> None:
    with stage("reading"):
        pass


def test_a_clock_within_another_takes_over_until_its_end(spend: Callable[[float], None]) -> None:
    with timed_stages() as outer:
        with timed_stages() as inner, stage("reading"):
            spend(2)
        with stage("writing"):
            spend(4)
    assert inner.seconds == {REST: 0, "reading": 2}
    assert outer.seconds == {REST: 2, "writing": 4}


def test_each_thread_has_its_own_clock() -> None:
    both = threading.Barrier(2, timeout=5)
    clocks: dict[str, StageClock] = {}

    def work(name: str) -> None:
        with timed_stages() as clock:
            both.wait()
            with stage(name):
                both.wait()
            both.wait()
        clocks[name] = clock

    threads = [threading.Thread(target=work, args=(name,)) for name in ("first", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert {name: set(clock.seconds) for name, clock in clocks.items()} == {"first": {REST, "first"}, "second": {REST, "second"}}


def test_all_stages_add_up_to_the_whole_in_real_time() -> None:
    begun = time.perf_counter()
    with timed_stages() as clock:
        for _ in range(100):
            with stage("outer"), stage("inner"):
                sum(range(1_000))
    whole = time.perf_counter() - begun
    assert whole - 0.01 < sum(clock.seconds.values()) <= whole
    assert clock.seconds["inner"] > 0
