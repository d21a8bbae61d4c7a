"""Clients that ask at the same time, and what became of it."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from statistics import quantiles
from typing import Any, TypeVar

from tests.load.connection import BrokenError, Connection, Reply

Result = TypeVar("Result")
Look = Callable[[str, Reply], None]
RETRY = 0.25  # seconds before a client that was refused asks again: sooner than it is told to


@dataclass(slots=True)
class Tally:
    """What clients got: replies by status with their seconds, connections that broke, and faults of replies."""

    seconds: dict[int, list[float]] = field(default_factory=dict)
    broken: list[BrokenError] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    took: float = 0.0
    client_share: float = 0.0

    def count(self, status: int) -> int:
        return len(self.seconds.get(status, ()))

    def statuses(self) -> dict[int, int]:
        return {status: len(values) for status, values in sorted(self.seconds.items())}

    @property
    def total(self) -> int:
        return sum(map(len, self.seconds.values()))

    def rate(self, status: int = 200) -> float:
        """Replies of a status a second."""
        return self.count(status) / self.took

    def percentiles(self, status: int = 200) -> tuple[float, float, float]:
        """Median, 95th and 99th percentile of a status, in milliseconds; nan without any."""
        return percentiles(self.seconds.get(status, ()))

    def include(self, other: "Tally") -> None:
        """What was got later on."""
        for status, seconds in other.seconds.items():
            self.seconds.setdefault(status, []).extend(seconds)
        self.broken += other.broken
        self.faults += other.faults
        self.client_share = (self.client_share * self.took + other.client_share * other.took) / (self.took + other.took)
        self.took += other.took

    def add(self, reply: Reply) -> None:
        self.seconds.setdefault(reply.status, []).append(reply.seconds)
        self.faults.update(faults_of(reply))


def percentiles(seconds: Iterable[float]) -> tuple[float, float, float]:
    """Median, 95th and 99th percentile, in milliseconds; nan of less than two."""
    values = [1000 * value for value in seconds]
    if len(values) < 2:
        return (float("nan"),) * 3
    cuts = quantiles(values, n=100, method="inclusive")
    return cuts[49], cuts[94], cuts[98]


def faults_of(reply: Reply) -> Iterator[str]:
    """What a reply lacks of what every one has, or one that refuses to answer."""
    if "x-request-id" not in reply.headers:
        yield "no request id"
    if reply.status in (429, 503):
        if not reply.headers.get("retry-after", "").isdecimal():
            yield f"{reply.status} without Retry-After"
        if not any(line["phone"] for line in reply.json().get("resources", ())):
            yield f"{reply.status} without helplines"


async def ask_all(
    port: int,
    clients: int,
    questions: Iterator[str],
    *,
    seconds: float = float("inf"),
    look: Look = lambda question, reply: None,
    per_connection: int | None = None,
) -> Tally:
    """Let clients ask until the questions or the seconds are over. `per_connection` requests go over each connection."""
    tally, begun, cpu = Tally(), time.perf_counter(), time.process_time()
    end = begun + seconds

    async def client() -> None:
        asked = 0
        async with Connection(port) as connection:
            for question in questions:
                if time.perf_counter() >= end:
                    return
                try:
                    reply = await connection.ask(question)
                except BrokenError as problem:
                    tally.broken.append(problem)
                    await asyncio.sleep(RETRY)
                    continue
                tally.add(reply)
                look(question, reply)
                asked += 1
                if per_connection and asked % per_connection == 0:
                    connection.close()
                if reply.status == 503:
                    await asyncio.sleep(RETRY)

    async with asyncio.TaskGroup() as group:
        for _ in range(clients):
            group.create_task(client())
    tally.took = time.perf_counter() - begun
    tally.client_share = (time.process_time() - cpu) / tally.took
    return tally


async def ask_during(work: Callable[[], Result], port: int, clients: int, questions: Iterator[str], **options: Any) -> tuple[Tally, Result]:
    """Let clients ask, as `ask_all` does, for as long as something is done."""
    working = asyncio.create_task(asyncio.to_thread(work))
    asking = asyncio.create_task(ask_all(port, clients, takewhile(lambda _: not working.done(), questions), **options))
    result = await working
    return await asking, result
