from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.intervals import mean_interval, percentiles, resamples, statistic_intervals

NAN = float("nan")


def array(*values: float) -> npt.NDArray[np.float64]:
    return np.array(values, dtype=np.float64)


@given(st.lists(st.sampled_from("abcdefgh"), max_size=30))
def test_as_many_clusters_are_drawn_as_there_are_and_their_items_together(clusters: list[str]) -> None:
    weights = resamples(clusters, 20)
    assert weights.shape == (20, len(clusters))
    first = [clusters.index(name) for name in sorted(set(clusters))]
    assert (weights[:, first].sum(axis=1) == len(first)).all()
    for place, name in enumerate(clusters):
        assert (weights[:, place] == weights[:, clusters.index(name)]).all()


def test_the_same_is_drawn_each_time_a_thousand_times() -> None:
    weights = resamples(["a", "b", "c"])
    assert weights.shape == (1000, 3)
    assert (weights == resamples(["a", "b", "c"])).all()
    assert weights.mean(axis=0) == pytest.approx(array(1, 1, 1), abs=0.1)
    assert len(np.unique(weights, axis=0)) == 10  # every way to draw three times out of three


def test_the_interval_is_the_middle_95_percent() -> None:
    assert percentiles(np.arange(1001, dtype=np.float64)) == pytest.approx((25, 975))
    assert percentiles(array(1, NAN, 1)) == (1, 1)
    assert percentiles(array(NAN, NAN)) is None
    assert percentiles(array()) is None


def test_the_interval_of_values_that_are_all_the_same_is_that_value() -> None:
    weights = resamples(["a", "b", "b", "c"])
    assert mean_interval(array(0.25, 0.25, 0.25, 0.25), weights) == (0.25, 0.25)


def test_the_interval_of_a_mean() -> None:
    """By hand: the mean is 0, 1/2 or 1, the outer ones in a quarter of the resamples each."""
    assert mean_interval(array(0, 1), resamples(["a", "b"])) == (0, 1)
    by_hand = np.array([[2, 0], [1, 1], [0, 2], [1, 1]])
    assert mean_interval(array(1, 3), by_hand) == pytest.approx((1 + 0.075, 3 - 0.075))


def test_a_mean_weighs_items_as_often_as_they_were_drawn() -> None:
    by_hand = np.array([[2, 1, 0], [2, 1, 0]])
    assert mean_interval(array(1, 4, 100), by_hand) == (2, 2)


def test_the_interval_of_a_mean_narrows_as_its_standard_error_does() -> None:
    values = np.arange(400, dtype=np.float64) % 2
    low, high = mean_interval(values, resamples([str(place) for place in range(400)])) or (0, 0)
    assert (low, high) == pytest.approx((0.5 - 1.96 * 0.025, 0.5 + 1.96 * 0.025), abs=0.006)


def test_paraphrases_make_an_interval_no_narrower() -> None:
    """Ten questions asked in forty ways each are ten questions."""
    values = array(0, 0, 0, 0, 0, 1, 1, 1, 1, 1)
    ten = mean_interval(values, resamples(list("abcdefghij")))
    assert mean_interval(np.repeat(values, 40), resamples([name for name in "abcdefghij" for _ in range(40)])) == pytest.approx(ten)


def test_items_without_a_score_are_left_out() -> None:
    assert mean_interval(array(0.5, NAN, 0.5), resamples(["a", "b", "c"])) == (0.5, 0.5)
    with_gap, without = array(0, NAN, 1), array(0, 1)
    both = resamples(["a", "b", "c"])
    assert mean_interval(with_gap, both) == mean_interval(without, both[:, [0, 2]])


@pytest.mark.parametrize(
    ("values", "clusters"),
    [([], []), ([NAN, NAN], ["a", "b"]), ([1.0], ["a"]), ([0.0, 1.0], ["a", "a"]), ([1.0, NAN, 0.0], ["a", "b", "a"])],
)
def test_of_one_cluster_or_none_nothing_can_be_said(values: list[float], clusters: list[str]) -> None:
    assert mean_interval(array(*values), resamples(clusters)) is None


def test_the_intervals_of_statistics_agree_with_those_of_means() -> None:
    values = array(0, 1, 1, 5, 2)
    weights = resamples(["a", "b", "b", "c", "d"])

    def mean(places: npt.NDArray[np.int64]) -> Mapping[str, float | None]:
        return {"mean": float(values[places].mean()), "none": None, "many": float(len(places)) if len(places) > 5 else None}

    found = statistic_intervals(mean, weights)
    assert found["mean"] == pytest.approx(mean_interval(values, weights))
    assert found["none"] is None
    assert found["many"] is not None and found["many"][0] >= 6


@pytest.mark.parametrize("clusters", [[], ["a"], ["a", "a"]])
def test_of_one_cluster_or_none_no_statistic_has_an_interval(clusters: list[str]) -> None:
    assert statistic_intervals(lambda places: {"count": float(len(places))}, resamples(clusters)) == {"count": None}
