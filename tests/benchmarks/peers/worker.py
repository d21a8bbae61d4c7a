"""A system in a process of its own, told by JSON lines what to do: what is timed is timed here, next to the system.

A line in is {"do": name, ...}, the line out what it gave, with the seconds it took, or {"error": what went wrong}.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TextIO

from tests.benchmarks.peers.system import System, Text


def serve(begin: Callable[[], System]) -> None:
    """Do what the lines of standard input say, until they end. What libraries print goes to standard error."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as replies:
        os.dup2(2, 1)
        worker = Worker(begin)
        for line in sys.stdin:
            _reply(worker, json.loads(line), replies)


def _reply(worker: "Worker", request: dict[str, Any], replies: TextIO) -> None:
    try:
        reply = worker.do(**request)
    except Exception as problem:  # whatever a peer raises is a row that says so
        reply = {"error": f"{type(problem).__name__}: {problem}"}
    print(json.dumps(reply), file=replies, flush=True)


def read_texts(file: Path) -> list[Text]:
    """The texts of a file of JSON lines."""
    return [Text(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]


class Worker:
    """One system, begun with the first request that needs it."""

    def __init__(self, begin: Callable[[], System]) -> None:
        self._begin = begin
        self._system: System | None = None

    def do(self, do: str, **given: Any) -> dict[str, Any]:
        """Do one of the things below, by name."""
        doing: dict[str, Callable[..., dict[str, Any]]] = {
            "build": self.build,
            "open": self.open,
            "search": self.search,
            "threads": self.threads,
            "memory": self.memory,
        }
        return doing[do](**given)

    @property
    def system(self) -> System:
        """The system, which loads its libraries and its model when it is first asked for."""
        if self._system is None:
            self._system = self._begin()
        return self._system

    def build(self, texts: str, folder: str) -> dict[str, Any]:
        """Index the texts of a file; `seconds` are without libraries and what the system loads as it begins."""
        Path(folder).mkdir(parents=True, exist_ok=True)
        system, read = self.system, read_texts(Path(texts))
        begun = time.perf_counter()
        system.build(read, Path(folder))
        return {"seconds": time.perf_counter() - begun, "texts": len(read)}

    def open(self, folder: str) -> dict[str, Any]:
        """Load the index."""
        begun = time.perf_counter()
        self.system.open(Path(folder))
        return {"seconds": time.perf_counter() - begun}

    def search(self, questions: Sequence[str], limit: int) -> dict[str, Any]:
        """Ask one after another: the seconds of each, and what was found."""
        seconds, found = [], []
        for question in questions:
            begun = time.perf_counter()
            ids = self.system.search(question, limit)
            seconds.append(time.perf_counter() - begun)
            found.append(ids)
        return {"seconds": seconds, "found": found}

    def threads(self, questions: Sequence[str], limit: int, threads: int) -> dict[str, Any]:
        """Ask from several threads: the seconds of each question, of all together, and how many failed."""

        def timed(question: str) -> float | str:
            begun = time.perf_counter()
            try:
                self.system.search(question, limit)
            except Exception as problem:  # not every peer can be asked by two at once
                return f"{type(problem).__name__}: {problem}"
            return time.perf_counter() - begun

        with ThreadPoolExecutor(threads) as pool:
            begun = time.perf_counter()
            results = list(pool.map(timed, questions))
            whole = time.perf_counter() - begun
        failed = [one for one in results if isinstance(one, str)]
        return {"seconds": [one for one in results if isinstance(one, float)], "whole": whole, "failed": failed}

    def memory(self) -> dict[str, Any]:
        """What the kernel says the process holds, in bytes."""
        return {"bytes": resident()}


def resident(pid: int | None = None) -> int:
    """The resident memory of a process (this one), in bytes; what files map into it counts."""
    lines = Path(f"/proc/{pid or os.getpid()}/status").read_text(encoding="ascii").splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
