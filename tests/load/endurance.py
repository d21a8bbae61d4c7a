"""Very many requests: memory, open files and threads stay as they are."""

import asyncio
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from tests.load.fleet import Tally, ask_all
from tests.load.outcome import Outcome
from tests.load.questions import mostly_repeated, titles
from tests.load.served import Served, serving, wait_for

_CLIENTS = 16
_PARTS = 4
_TOLD = {"resident": "memory (MB)", "own": "memory shared with nobody (MB)", "files": "open files", "threads": "threads"}
_PER_CONNECTION = 10
_THREADS = 20  # of a worker: those that answer, those that wait for disks, and a few that watch
_FRESH = 0.1  # of the questions are asked for the first time


class Use(NamedTuple):
    """What a process holds: memory in MB, with and without what others share, such as mapped files of the index; open files; threads."""

    resident: float
    own: float
    files: int
    threads: int


def endurance(folder: Path, index: Path, requests: int, growth: float, cache: int = 200, workers: int = 2) -> Outcome:
    """Requests in four parts. The first two warm up, and fill whatever is kept at hand; in the others no worker may grow by `growth` MB."""
    found, tally = Outcome(), Tally()
    questions = mostly_repeated(3, _FRESH, titles(index, 100))
    with serving(folder, index, workers, cache=cache, queue=_CLIENTS) as served:
        uses = [_uses(served)]
        for _ in range(_PARTS):
            part = asyncio.run(ask_all(served.port, _CLIENTS, islice(questions, requests // _PARTS), per_connection=_PER_CONNECTION))
            tally.include(part)
            uses.append(_uses(served))
    by_worker = list(zip(*uses, strict=True))
    found.note("requests", tally.total)
    found.note_tally(tally)
    for what in ("resident", "own", "files", "threads"):
        told = "; ".join(" ".join(f"{getattr(use, what):.0f}" for use in worker) for worker in by_worker)
        found.note(f"{_TOLD[what]} of each worker at the start and after each quarter", told)
    grown = [worker[-1].resident - worker[_PARTS // 2].resident for worker in by_worker]
    found.note("what each worker grew in the second half (MB)", " ".join(f"{value:+.1f}" for value in grown))
    found.expect_none_failed(tally)
    found.expect(max(grown) < growth, f"a worker grew by {max(grown):.1f} MB")
    for worker in by_worker:
        half, end = worker[_PARTS // 2], worker[-1]
        found.expect(end.files <= half.files + _CLIENTS // 4, f"open files grew from {half.files} to {end.files}")
        found.expect(end.threads <= _THREADS, f"a worker has {end.threads} threads")
    return found


def _uses(served: Served) -> list[Use]:
    """What each worker holds, once the connections that were closed have gone."""
    wait_for(lambda: not sum(served.connections().values()), 10)
    return [_use(Path(f"/proc/{pid}")) for pid in sorted(served.worker_pids())]


def _use(process: Path) -> Use:
    memory = _numbers(process / "smaps_rollup")
    own = memory["Private_Dirty"] + memory["Private_Clean"]
    return Use(memory["Rss"] / 1024, own / 1024, len(list((process / "fd").iterdir())), _numbers(process / "status")["Threads"])


def _numbers(file: Path) -> dict[str, int]:
    """The lines of a file of /proc that hold a number."""
    parts = [line.split() for line in file.read_text(encoding="utf-8").splitlines()]
    return {part[0].rstrip(":"): int(part[1]) for part in parts if len(part) > 1 and part[1].isdecimal()}
