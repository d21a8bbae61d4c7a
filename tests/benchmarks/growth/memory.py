"""What a process, or a process with all that it started, holds in memory, by what the kernel says of it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

_OFTEN = 0.1  # seconds between two looks


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes. `private` belongs to no file; `pss` adds a share of mapped files; `rss` counts shared pages in full.

    Pages of mapped files are taken back by the kernel when somebody else needs them; private ones are not.
    """

    rss: int = 0
    pss: int = 0
    private: int = 0

    def __add__(self, other: "Memory") -> "Memory":
        return Memory(self.rss + other.rss, self.pss + other.pss, self.private + other.private)

    def peak(self, other: "Memory") -> "Memory":
        """The larger of each."""
        return Memory(max(self.rss, other.rss), max(self.pss, other.pss), max(self.private, other.private))


def memory_of(process: int) -> Memory:
    """The memory of one process; nothing of one that has ended."""
    with suppress(OSError, ValueError):
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
        said = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines}
        return Memory(said["Rss"], said["Pss"], said["Pss_Anon"])
    return Memory()


def memory_of_tree(process: int) -> Memory:
    """The memory of a process and of all that it started, and these again."""
    return sum(map(memory_of, [process, *_descendants(process)]), Memory())


@dataclass(slots=True)
class Peak:
    """The most that was seen so far."""

    memory: Memory


@contextmanager
def watched(process: int) -> Iterator[Peak]:
    """The peak of a process and all that it starts, looked at ten times a second until the end."""
    peak, is_over = Peak(Memory()), Event()

    def look() -> None:
        while not is_over.is_set():
            begun = time.perf_counter()
            peak.memory = peak.memory.peak(memory_of_tree(process))
            is_over.wait(max(_OFTEN, 10 * (time.perf_counter() - begun)))  # walking through gigabytes of pages must not cost the run

    thread = Thread(target=look, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        is_over.set()
        thread.join()


def _descendants(process: int) -> list[int]:
    parents = dict(_parents())
    found = [process]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found[1:]


def _parents() -> Iterator[tuple[int, int]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError, ValueError, IndexError):
                yield int(folder.name), int((folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
