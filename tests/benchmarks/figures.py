"""What a run comes to: rows that set Citewell beside its peers, and figures of Citewell alone, with the target of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from tests.benchmarks.bench import CITEWELL, Bench

Better = Literal["lower", "higher"]
Raw = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One thing measured of every system. `values` are raw, by system; None where a system could not be measured.

    Shown are ratios, as bare times hang on the machine; a `score` is shown as it is. `target` bounds the ratio to the best peer.
    """

    name: str
    better: Better
    values: Mapping[str, float | None]
    target: float | None = None
    is_score: bool = False

    def ratio(self, peer: str) -> float | None:
        """Citewell's value for each of a peer's."""
        own, other = self.values.get(CITEWELL), self.values.get(peer)
        return own / other if own is not None and other else None

    @property
    def best(self) -> str | None:
        """The best of the peers, None where none was measured."""
        known = {name: value for name, value in self.values.items() if name != CITEWELL and value is not None}
        choose = min if self.better == "lower" else max
        return choose(known, key=lambda name: known[name]) if known else None

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met; None where there is none, or nothing to hold against it."""
        ratio = self.ratio(self.best) if self.best else None
        if self.target is None or ratio is None:
            return None
        return ratio <= self.target if self.better == "lower" else ratio >= self.target


@dataclass(frozen=True, slots=True)
class Own:
    """A figure of Citewell alone, in words, beside its target in words."""

    name: str
    shown: str
    target: str = ""
    is_met: bool | None = None


class Part(Protocol):
    """A module that measures one part: raw figures, which are kept as JSON, and what they come to."""

    TITLE: str
    READING: str

    def measure(self, bench: Bench) -> Raw:
        """The raw figures. May take minutes."""
        ...

    def figures(self, raw: Raw) -> Sequence[Row | Own]:
        """What is shown of them."""
        ...


def ratio_words(ratio: float | None) -> str:
    """A ratio as people say it: "1/4.1" or "3.2x"; a dash where there is none."""
    if ratio is None or ratio <= 0:
        return "-"
    return f"{ratio:.3g}x" if ratio >= 1 else f"1/{1 / ratio:.3g}"


def target_words(row: Row) -> str:
    """The bound on the ratio, in words."""
    return "" if row.target is None else f"{'at most' if row.better == 'lower' else 'at least'} {ratio_words(row.target)}"


def met_words(is_met: bool | None) -> str:
    """Whether a target is met, in words."""
    return "" if is_met is None else "met" if is_met else "not met"


def quantile(values: Sequence[float], share: float) -> float | None:
    """A quantile by linear interpolation; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])
