"""Threads for what computes: as many jobs at once as threads, some more waiting. What would wait too long is refused instead."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

Value = TypeVar("Value")


class OverloadedError(Exception):
    """More is waiting than may wait, or it took too long."""


class BoundedPool:
    """`threads` jobs at once, up to `queue` more waiting, each for `patience` seconds at most, waiting included."""

    def __init__(self, threads: int, queue: int, patience: float) -> None:
        self.threads = threads
        self.waiting = 0
        self._queue = queue
        self._patience = patience
        self._slots = asyncio.Semaphore(self.threads)
        self._executor = ThreadPoolExecutor(self.threads, "answer")
        self._running: dict[int, float] = {}

    @property
    def running(self) -> int:
        """How many jobs are running."""
        return len(self._running)

    @property
    def has_room(self) -> bool:
        """Whether a job would begin at once."""
        return not self._slots.locked()

    @property
    def is_full(self) -> bool:
        """Whether a job would be refused."""
        return self._slots.locked() and self.waiting >= self._queue

    @property
    def is_stuck(self) -> bool:
        """Whether every thread is held by a job that runs for longer than anything may take."""
        now = time.monotonic()
        return sum(now - begun > self._patience for begun in self._running.values()) >= self.threads

    async def run(self, job: Callable[[], Value], *, is_rest: bool = False) -> Value:
        """What a job returns. Raises OverloadedError; a job that has begun runs on, though nobody waits for it any more.

        The rest of something whose first part was done is not refused for what else is waiting.
        """
        if self.is_full and not is_rest:
            raise OverloadedError
        try:
            async with asyncio.timeout(self._patience) as limit:
                await self._wait()
                return await asyncio.wrap_future(self._begin(job))
        except TimeoutError as late:
            if not limit.expired():
                raise  # the job's own
            raise OverloadedError from late

    def close(self) -> None:
        """Begin nothing more."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _wait(self) -> None:
        self.waiting += 1
        try:
            await self._slots.acquire()
        finally:
            self.waiting -= 1

    def _begin(self, job: Callable[[], Value]) -> Future[Value]:
        loop = asyncio.get_running_loop()
        try:
            future = self._executor.submit(job)
        except RuntimeError as closed:
            self._slots.release()
            raise OverloadedError from closed
        self._running[id(future)] = time.monotonic()

        def ended(_: Future[Value]) -> None:
            # Not before the job itself has ended: whoever gave up waiting has not freed its thread.
            with suppress(RuntimeError):  # the loop is closed: the server has stopped meanwhile
                loop.call_soon_threadsafe(self._end, id(future))

        future.add_done_callback(ended)
        return future

    def _end(self, job: int) -> None:
        self._running.pop(job, None)
        self._slots.release()
