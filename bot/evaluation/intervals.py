"""Confidence intervals by bootstrap over clusters: paraphrases of one question are drawn together, as they fall and rise together.

Of a single cluster nothing can be said: drawn as often as it may be, it stays the same.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

_RESAMPLES = 1_000
_SEED = 20261128  # fixed, so that the same responses give the same report
_LEVEL = 0.95
Weights = npt.NDArray[np.int64]
Interval = tuple[float, float]


def resamples(clusters: Sequence[str], count: int = _RESAMPLES) -> Weights:
    """How often each item is drawn in each resample, shape (count, items); clusters are drawn with replacement, as many as there are."""
    _, cluster_of = np.unique(np.array(clusters), return_inverse=True)
    number = int(cluster_of.max()) + 1 if len(clusters) else 0
    drawn = np.random.default_rng(_SEED).multinomial(number, np.full(number, 1 / number), size=count) if number else np.zeros((count, 0))
    weights: Weights = drawn.astype(np.int64)[:, cluster_of]
    return weights


def percentiles(values: npt.NDArray[np.float64]) -> Interval | None:
    """The middle 95% of what resampling gave; None where it gave nothing to count on."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return None
    low, high = np.quantile(finite, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return float(low), float(high)


def mean_interval(values: npt.NDArray[np.float64], weights: Weights) -> Interval | None:
    """The interval of a mean; NaN stands for items without a score. `values` has shape (items,)."""
    scored = np.isfinite(values)
    if _is_one_cluster(weights[:, scored]):
        return None
    totals = weights[:, scored] @ values[scored]
    with np.errstate(invalid="ignore"):
        return percentiles(totals / weights[:, scored].sum(axis=1))


def statistic_intervals(
    statistics: Callable[[npt.NDArray[np.int64]], Mapping[str, float | None]], weights: Weights
) -> dict[str, Interval | None]:
    """The intervals of any statistics, by name; they are computed from the places of the items drawn."""
    places = np.arange(weights.shape[1])
    if _is_one_cluster(weights):
        return dict.fromkeys(statistics(places))
    drawn = [statistics(np.repeat(places, row)) for row in weights]
    return {
        name: percentiles(np.array([np.nan if found[name] is None else found[name] for found in drawn], dtype=np.float64))
        for name in drawn[0]
    }


def _is_one_cluster(weights: Weights) -> bool:
    """Whether all items were drawn alike, or there is none."""
    return bool((weights == weights[:, :1]).all())
