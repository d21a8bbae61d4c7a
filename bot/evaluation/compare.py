"""Two evaluations of the same gold set, item by item: what changed, whether by more than chance, and what got better or worse."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np

from bot.errors import GoldError
from bot.evaluation.evaluate import Evaluation, ItemResult
from bot.evaluation.intervals import Interval, mean_interval, resamples
from bot.evaluation.measures import MEASURES

_EITHER_OR = (
    *("success@1", "success@5", "status_accuracy", "right", "forbidden", "coverage", "false_refusal", "false_answer", "risk"),
    *(f"{kind}_{what}" for kind in ("crisis", "decline", "clarify") for what in ("recall", "false_alarm")),
    *("same_status", "same_facts"),
)
_CHANCE = 0.05


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure before and after over the items that have it in both.

    `interval` is the paired bootstrap's 95% for the difference; `p` the exact McNemar test's for scores that are either 0 or 1, else None.
    """

    measure: str
    before: float
    after: float
    interval: Interval | None
    p: float | None
    count: int

    @property
    def is_better(self) -> bool | None:
        """Whether the change is for the better by more than chance, for the worse, or (None) neither.

        Resampling few items that all change alike gives no spread, so the exact test, where there is one, must agree.
        """
        if self.interval is None or self.interval[0] <= 0 <= self.interval[1] or (self.p is not None and self.p > _CHANCE):
            return None
        return (self.after > self.before) == (MEASURES[self.measure][1] == "higher")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Paired differences, and the items whose answer became right or wrong, before and after.

    `left_out` items are in one of the two alone.
    """

    differences: tuple[Difference, ...]
    better: tuple[tuple[ItemResult, ItemResult], ...]
    worse: tuple[tuple[ItemResult, ItemResult], ...]
    left_out: int


def compare(before: Evaluation, after: Evaluation) -> Comparison:
    """Compare two evaluations over the items that both have. Raises GoldError where they share none."""
    earlier = {_identity(item): item for item in before.items}
    pairs = [(earlier[_identity(item)], item) for item in after.items if _identity(item) in earlier]
    if not pairs:
        raise GoldError("the two evaluations share no item; evaluate both on the same gold set")
    return Comparison(
        differences=tuple(_differences(pairs)),
        better=tuple((old, new) for old, new in pairs if new.right and not old.right),
        worse=tuple((old, new) for old, new in pairs if old.right and not new.right),
        left_out=len(before.items) + len(after.items) - 2 * len(pairs),
    )


def _identity(item: ItemResult) -> tuple[str, str]:
    """An item whose judgement was changed is another one."""
    return item.id, item.judgement


def _differences(pairs: Sequence[tuple[ItemResult, ItemResult]]) -> list[Difference]:
    weights = resamples([new.cluster for _, new in pairs])
    found: list[Difference] = []
    for name in MEASURES:
        old, new = (np.array([pair[at].scores.get(name, np.nan) for pair in pairs]) for at in (0, 1))
        both = np.isfinite(old) & np.isfinite(new)
        if both.any():
            interval = mean_interval(np.where(both, new - old, np.nan), weights)
            p = mcnemar(int((old[both] < new[both]).sum()), int((old[both] > new[both]).sum())) if name in _EITHER_OR else None
            found.append(Difference(name, float(old[both].mean()), float(new[both].mean()), interval, p, int(both.sum())))
    return found


def mcnemar(up: int, down: int) -> float:
    """The exact two-sided p-value that as many items change one way and the other by chance."""
    changed = up + down
    tail = sum(comb(changed, number) for number in range(min(up, down) + 1))
    return min(1.0, 2 * tail / (1 << changed))
