"""What was measured, as it stands in growth.json, and what is made of it: exponents and targets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

_RECALL = 0.98
_SLOWER = 10.0  # times, from the smallest size to the largest
_SERVING = 2 * 10**9  # bytes
_MEMORY_OF_LARGEST = 1_000_000  # passages that the limit of memory is for


class _Measured(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Held(_Measured):
    """Bytes in memory; see `memory.Memory`."""

    rss: int
    pss: int
    private: int


class Spread(_Measured):
    """Seconds a question."""

    median: float
    p95: float


class Written(_Measured):
    """A corpus: bytes of its file, and seconds to write it."""

    bytes: int
    seconds: float


class Built(_Measured):
    """A build: seconds in all and by part, the peak of its memory with that of its children, and bytes by file."""

    seconds: float
    parts: dict[str, float]
    peak: Held
    files: dict[str, int]
    documents: int
    sentences: int

    @property
    def size(self) -> int:
        """Bytes of the index."""
        return sum(self.files.values())


class Served(_Measured):
    """A bot asked each question once. `memory` is that before loading, after it and after the questions; no answer waited for `encoder`."""

    load_seconds: float
    memory: dict[Literal["before", "loaded", "asked"], Held]
    answer: Spread
    search: Spread
    encoder: Spread
    stages: dict[str, float]
    statuses: dict[str, int]
    found: float


class Recall(_Measured):
    """recall@10 beside exact search over the same vectors, and beside all scores of BM25."""

    passages: float
    keys: float
    bm25: float


class Sentences(_Measured):
    """Medians of looking at the sentences of a question's candidates, cold and warm, and of the bytes of the pages that hold them."""

    cold_seconds: float
    warm_seconds: float
    bytes: float
    sentences: float


class Resumed(_Measured):
    """A build that was killed after a share of its vectors, and the next: what share of its vectors it had at hand."""

    killed_at: float
    saved: float


class Size(_Measured):
    """All that was measured on an index of so many passages."""

    passages: int
    written: Written
    built: Built
    served: Served
    recall: Recall
    sentences: Sentences
    resumed: Resumed | None = None


class Results(_Measured):
    """growth.json, the smallest size first."""

    format: Literal[1] = 1  # raised with every change that an older reader would trip over
    machine: str
    questions: int
    sizes: tuple[Size, ...]

    @classmethod
    def load(cls, file: Path) -> "Results":
        """What was saved in a file. Raises OSError or ValueError."""
        return cls.model_validate_json(file.read_bytes())

    def save(self, file: Path) -> None:
        """Write the file beside, then put it in its place. Raises OSError."""
        beside = file.with_name(f"{file.name}.new")
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")
        beside.replace(file)


@dataclass(frozen=True, slots=True)
class Target:
    """What was wanted and what came; `is_met` is None where nothing large enough was measured."""

    wanted: str
    found: str
    is_met: bool | None


def exponent(passages: Sequence[float], values: Sequence[float]) -> float | None:
    """The slope of a line through logarithms, by least squares: 1 grows as the passages do, 0 not at all; None for fewer than two."""
    points = [(log(size), log(value)) for size, value in zip(passages, values, strict=True) if value > 0]
    if len({size for size, _ in points}) < 2:
        return None
    sizes, logs = np.array(points).T
    centred = sizes - sizes.mean()
    return float(centred @ logs / (centred @ centred))


def exponent_of(results: Results, value: Callable[[Size], float]) -> float | None:
    """How something grows with the passages."""
    return exponent([size.passages for size in results.sizes], [value(size) for size in results.sizes])


def targets(results: Results) -> list[Target]:
    """Each target of growth, with what came of it."""
    small, large = results.sizes[0], results.sizes[-1]
    has_grown = large.passages > small.passages
    recall = min(min(size.recall.passages, size.recall.keys) for size in results.sizes)
    slower = large.served.answer.median / small.served.answer.median
    served = large.served.memory["asked"].rss
    grown = large.built.peak.private - small.built.peak.private
    larger = large.built.size - small.built.size
    return [
        Target(f"recall@10 of the vector indexes is {_RECALL} or more at every size", f"{recall:.3f}", recall >= _RECALL),
        Target(
            f"a question at {large.passages:,} passages takes {_SLOWER:.0f} times what it takes at {small.passages:,}, or less",
            f"{slower:.1f} times",
            slower <= _SLOWER if has_grown else None,
        ),
        Target(
            f"serving {_MEMORY_OF_LARGEST:,} passages takes 2 GB, or less",
            f"{served / 10**9:.2f} GB at {large.passages:,}",
            served <= _SERVING if large.passages >= 0.9 * _MEMORY_OF_LARGEST else None,
        ),
        Target(
            "a build's memory grows by no more than the index does",
            f"by {max(grown, 0) / 10**9:.2f} GB, the index by {larger / 10**9:.2f} GB",
            grown <= larger if has_grown else None,
        ),
    ]
