"""A disk that is full: answering goes on, ratings are refused, and all is as before once there is space again."""

import asyncio
import ctypes
import os
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from indexer.index import Index
from tests.load.connection import Connection, Reply
from tests.load.fleet import ask_all
from tests.load.outcome import Outcome
from tests.load.questions import mostly_repeated, titles
from tests.load.served import Served, serving, wait_for

_CLIENTS = 4
_SECONDS = 15.0
_SIZE = "512k"  # of a disk
_DETACH = 2  # MNT_DETACH of umount2


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk that can be full: one in memory, or, where none can be mounted, a folder in which the server's files may not grow."""

    folder: Path
    is_mounted: bool

    def fill(self, served: Served) -> None:
        if not self.is_mounted:
            _limit_files(served, 1)
            return
        with suppress(OSError), (self.folder / "filler").open("wb", buffering=0) as filler:
            while filler.write(bytes(4096)):
                pass

    def empty(self, served: Served) -> None:
        if self.is_mounted:
            (self.folder / "filler").unlink()
        else:
            _limit_files(served, resource.RLIM_INFINITY)


def full_disk(folder: Path, index: Path, seconds: float) -> Outcome:
    """The disk that holds the data folder, and the one for temporary files, is full for a while."""
    found = Outcome()
    often = titles(index, 30)
    sections = _sections(index)
    with _disk(folder / "disk") as disk, serving(folder, index, 2, disk=disk.folder, queue=_CLIENTS, cache=0) as served:
        questions = mostly_repeated(7, 0.3, often)
        tallies, ratings = [asyncio.run(ask_all(served.port, _CLIENTS, questions, seconds=seconds))], [_rate(served.port, sections)]
        wait_for(lambda: _counted(served.data) == tallies[0].count(200), _SECONDS)
        disk.fill(served)
        tallies.append(asyncio.run(ask_all(served.port, _CLIENTS, questions, seconds=seconds)))
        ratings.append(_rate(served.port, sections))
        was_ready = served.is_ready()
        at_most = _counted(served.data)
        disk.empty(served)
        tallies.append(asyncio.run(ask_all(served.port, _CLIENTS, questions, seconds=seconds)))
        ratings.append(_rate(served.port, sections))
        answered = sum(tally.count(200) for tally in tallies)
        with suppress(TimeoutError):
            wait_for(lambda: _counted(served.data) == answered, _SECONDS)
        counted, told = _counted(served.data), served.logged("counts cannot be written")
    statuses = [reply.status for reply in ratings]
    found.note("the disk", "a mounted one" if disk.is_mounted else "a limit on the size of files")
    for name, tally in zip(("before", "while it was full", "afterwards"), tallies, strict=True):
        found.note(f"answers {name}: by status, and a second", f"{tally.statuses()}, {tally.rate():.0f}")
        found.expect_none_failed(tally)
    found.note("ratings before, while it was full, afterwards", statuses)
    found.note("answers given in all, counted, and counted while it was full", f"{answered}, {counted}, {at_most}")
    found.note("what was logged of it", told[:1])
    found.expect(statuses == [204, 503, 204], f"ratings were replied {statuses}")
    found.expect("retry-after" in ratings[1].headers, "the refused rating does not say when to come back")
    found.expect(was_ready, "/readyz was not ready, though answers were given")
    found.expect(counted == answered, f"{counted} counted of {answered} answers")
    found.expect(1 <= len(told) <= 2, f"the full disk was logged {len(told)} times by 2 workers")
    return found


@contextmanager
def _disk(folder: Path) -> Iterator[Disk]:
    folder.mkdir(parents=True)
    libc = ctypes.CDLL(None, use_errno=True)
    is_mounted = libc.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", 0, f"size={_SIZE}".encode()) == 0
    try:
        yield Disk(folder, is_mounted)
    finally:
        if is_mounted:
            libc.umount2(os.fsencode(folder), _DETACH)


def _limit_files(served: Served, size: int) -> None:
    for pid in served.worker_pids():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def _rate(port: int, sections: list[str]) -> Reply:
    async def rate() -> Reply:
        async with Connection(port) as connection:
            return await connection.send("POST", "/v1/feedback", {"receipt": {}, "sections": sections, "rating": "up"})

    return asyncio.run(rate())


def _sections(index: Path) -> list[str]:
    with closing(Index.load(index).store) as store:
        return list(store.section_titles())[:3]


def _counted(data: Path) -> int:
    """The answers that are counted so far."""
    with closing(sqlite3.connect(data / "insights.sqlite", timeout=5)) as connection:
        return int(connection.execute("SELECT SUM(count) FROM counts WHERE kind = 'answer'").fetchone()[0] or 0)
