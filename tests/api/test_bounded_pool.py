"""The threads that compute: never more jobs at once than threads, never more waiting than may wait, and nobody waits for long."""

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, NoReturn, TypeVar

import pytest

from api.bounded_pool import BoundedPool, OverloadedError
from bot.pipeline import Bot
from tests.applications import services_of

Value = TypeVar("Value")
LONG = 5.0  # seconds that nothing here takes unless it is broken


class Gate:
    """A job that ends when it is let go."""

    def __init__(self) -> None:
        self.is_open = threading.Event()
        self.begun = 0
        self.at_once = self.most_at_once = 0
        self._lock = threading.Lock()

    def __call__(self) -> str:
        with self._lock:
            self.begun += 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        assert self.is_open.wait(LONG)
        with self._lock:
            self.at_once -= 1
        return "done"


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.is_open.set()


def run(work: Callable[[], Awaitable[Value]]) -> Value:
    async def bounded() -> Value:
        async with asyncio.timeout(LONG):
            return await work()

    return asyncio.run(bounded())


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.001)


def begin(pool: BoundedPool, gate: Gate, jobs: int) -> list[asyncio.Task[str]]:
    return [asyncio.create_task(pool.run(gate)) for _ in range(jobs)]


async def ended(pool: BoundedPool, tasks: list[asyncio.Task[str]], gate: Gate) -> list[str | BaseException]:
    gate.is_open.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    await until(lambda: pool.running == 0)
    return results


def test_a_job_gives_what_it_returns() -> None:
    async def work() -> int:
        return await BoundedPool(1, 0, LONG).run(lambda: 42)

    assert run(work) == 42


def test_no_more_jobs_run_at_once_than_there_are_threads(gate: Gate) -> None:
    async def work() -> list[str | BaseException]:
        pool = BoundedPool(2, 10, LONG)
        tasks = begin(pool, gate, 7)
        await until(lambda: gate.begun == 2)
        assert (pool.running, pool.waiting, pool.has_room) == (2, 5, False)
        return await ended(pool, tasks, gate)

    assert run(work) == ["done"] * 7
    assert (gate.begun, gate.most_at_once) == (7, 2)


def test_what_waits_begins_in_the_order_it_came() -> None:
    begun: list[int] = []

    async def work() -> None:
        pool = BoundedPool(1, 20, LONG)
        await asyncio.gather(*(pool.run(lambda number=number: begun.append(number)) for number in range(20)))  # type: ignore[misc]

    run(work)
    assert begun == list(range(20))


@pytest.mark.parametrize("queue", [0, 3])
def test_what_is_beyond_the_queue_is_refused_at_once(gate: Gate, queue: int) -> None:
    async def work() -> tuple[float, int]:
        pool = BoundedPool(1, queue, LONG)
        tasks = begin(pool, gate, 1 + queue)
        await until(lambda: pool.running == 1 and pool.waiting == queue)
        asked = time.monotonic()
        for _ in range(3):
            with pytest.raises(OverloadedError):
                await pool.run(gate)
        took = time.monotonic() - asked
        assert await ended(pool, tasks, gate) == ["done"] * (1 + queue)
        assert await pool.run(lambda: "again") == "again"
        return took, gate.begun

    took, begun = run(work)
    assert took < 0.1
    assert begun == 1 + queue


def test_the_rest_of_something_waits_though_the_queue_is_full(gate: Gate) -> None:
    async def work() -> str:
        pool = BoundedPool(1, 0, LONG)
        first = begin(pool, gate, 1)
        await until(lambda: pool.running == 1)
        rest = asyncio.create_task(pool.run(lambda: "rest", is_rest=True))
        await until(lambda: pool.waiting == 1)
        await ended(pool, first, gate)
        return await rest

    assert run(work) == "rest"


def test_nobody_waits_longer_than_patience_in_the_queue(gate: Gate) -> None:
    async def work() -> float:
        pool = BoundedPool(1, 5, 0.1)
        first = begin(pool, gate, 1)
        await until(lambda: pool.running == 1)
        asked = time.monotonic()
        with pytest.raises(OverloadedError):
            await pool.run(lambda: "never")
        took = time.monotonic() - asked
        assert pool.waiting == 0
        assert isinstance((await ended(pool, first, gate))[0], OverloadedError)
        return took

    assert 0.09 < run(work) < 1


def test_patience_is_for_waiting_and_running_together(gate: Gate) -> None:
    async def work() -> float:
        pool = BoundedPool(1, 5, 0.3)
        asked = time.monotonic()
        first = asyncio.create_task(pool.run(lambda: time.sleep(0.2)))
        await until(lambda: pool.running == 1)
        with pytest.raises(OverloadedError):
            await pool.run(gate)
        took = time.monotonic() - asked
        await first
        await ended(pool, [], gate)
        return took

    assert 0.29 < run(work) < 0.45


def test_a_job_that_took_too_long_holds_its_thread_until_it_ends(gate: Gate) -> None:
    async def work() -> None:
        pool = BoundedPool(1, 0, 0.05)
        with pytest.raises(OverloadedError):
            await pool.run(gate)
        assert (pool.running, pool.has_room) == (1, False)
        with pytest.raises(OverloadedError):
            await pool.run(lambda: "no room")
        gate.is_open.set()
        await until(lambda: pool.running == 0)
        assert pool.has_room
        assert await pool.run(lambda: "room") == "room"

    run(work)
    assert gate.most_at_once == 1


def test_nobody_who_stopped_waiting_takes_a_thread_with_them(gate: Gate) -> None:
    async def work() -> None:
        pool = BoundedPool(2, 10, LONG)
        tasks = begin(pool, gate, 6)
        await until(lambda: gate.begun == 2)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert (pool.running, pool.waiting, pool.has_room) == (2, 0, False)
        gate.is_open.set()
        await until(lambda: pool.running == 0)
        assert gate.begun == 2
        assert await asyncio.gather(*(pool.run(lambda: 1) for _ in range(8))) == [1] * 8

    run(work)


def test_it_is_stuck_when_every_thread_is_held_for_too_long(gate: Gate) -> None:
    async def work() -> None:
        pool = BoundedPool(2, 0, 0.1)
        assert not pool.is_stuck
        first = begin(pool, gate, 1)
        await until(lambda: pool.running == 1)
        await asyncio.gather(*first, return_exceptions=True)
        assert not pool.is_stuck  # the other thread is free
        second = begin(pool, gate, 1)
        await until(lambda: pool.running == 2)
        assert not pool.is_stuck  # the second has not had its time yet
        await asyncio.gather(*second, return_exceptions=True)
        await until(lambda: pool.is_stuck)
        gate.is_open.set()
        await until(lambda: pool.running == 0)
        assert not pool.is_stuck

    run(work)


@pytest.mark.parametrize("kind", [ValueError, OSError, TimeoutError, KeyError])
def test_what_a_job_raises_is_raised(kind: type[Exception]) -> None:
    def fail() -> NoReturn:
        raise kind("of the test")

    async def work() -> None:
        pool = BoundedPool(1, 0, LONG)
        with pytest.raises(kind, match="of the test"):
            await pool.run(fail)
        await until(lambda: pool.has_room)
        assert await pool.run(lambda: "next") == "next"

    run(work)


def test_the_event_loop_goes_on_while_jobs_run() -> None:
    async def work() -> tuple[int, float]:
        pool = BoundedPool(2, 2, LONG)
        ticks, longest, last = 0, 0.0, time.monotonic()
        jobs = asyncio.gather(*(pool.run(lambda: time.sleep(0.1)) for _ in range(4)))
        while not jobs.done():
            await asyncio.sleep(0.005)
            now = time.monotonic()
            ticks, longest, last = ticks + 1, max(longest, now - last), now
        await jobs
        return ticks, longest

    ticks, longest = run(work)
    assert ticks > 10
    assert longest < 0.1


def test_no_threads_named_are_as_many_as_processors_for_each_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def threads(processors: int | None, **settings: Any) -> int:
        monkeypatch.setattr("os.cpu_count", lambda: processors)
        return services_of(Bot.without_index(), **settings).pool.threads

    assert threads(4) == 4
    assert threads(4, workers=2) == 2
    assert threads(2, workers=3) == 1
    assert threads(None) == 1
    assert threads(4, threads=3, workers=2) == 3


def test_a_closed_pool_begins_nothing_more_and_waits_for_nothing(gate: Gate) -> None:
    async def work() -> None:
        pool = BoundedPool(1, 5, LONG)
        first = begin(pool, gate, 1)
        await until(lambda: gate.begun == 1)
        waiting = begin(pool, gate, 1)
        await until(lambda: pool.waiting == 1)
        pool.close()
        done, late = await ended(pool, [*first, *waiting], gate)
        assert (done, type(late)) == ("done", OverloadedError)
        with pytest.raises(OverloadedError):
            await pool.run(lambda: "late", is_rest=True)
        assert (gate.begun, pool.has_room) == (1, True)

    run(work)


def test_a_job_that_outlives_the_server_is_no_error(gate: Gate, caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> BoundedPool:
        pool = BoundedPool(1, 0, 0.05)
        with pytest.raises(OverloadedError):
            await pool.run(gate)
        pool.close()
        return pool

    before = set(threading.enumerate())
    with caplog.at_level(logging.DEBUG):
        run(work)
        gate.is_open.set()
        for thread in set(threading.enumerate()) - before:
            thread.join(LONG)
    assert [record.name for record in caplog.records if record.name.startswith("concurrent")] == []


def test_jobs_that_end_as_somebody_gives_up_lose_no_thread() -> None:
    async def work() -> tuple[int, int]:
        pool = BoundedPool(3, 20, 0.02)

        async def one(number: int) -> bool:
            try:
                await pool.run(lambda: time.sleep(number % 5 * 0.01))
            except OverloadedError:
                return False
            return True

        results = await asyncio.gather(*(one(number) for number in range(60)))
        await until(lambda: pool.running == 0)
        assert pool.waiting == 0
        gate = Gate()
        tasks = begin(pool, gate, 3)
        await until(lambda: gate.begun == 3)
        await ended(pool, tasks, gate)
        return sum(results), len(results) - sum(results)

    answered, refused = run(work)
    assert answered > 0
    assert refused > 0
