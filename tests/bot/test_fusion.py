import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fusion import combine, min_max


def scores(*values: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.array(values, dtype=np.float32)


def test_scores_run_from_nought_to_one() -> None:
    assert min_max(scores(2, 6, 4)).tolist() == [0.0, 1.0, 0.5]


def test_equal_scores_tell_nothing_apart() -> None:
    assert min_max(scores(3, 3)).tolist() == [0.0, 0.0]


def test_no_scores_stay_none() -> None:
    assert min_max(scores()).tolist() == []


def test_the_combination_is_the_weighted_mean() -> None:
    combined = combine([(1.0, scores(0, 10)), (3.0, scores(5, 5)), (4.0, scores(8, 0))])
    assert combined.tolist() == pytest.approx([4 / 8, 1 / 8])


def test_a_signal_of_weight_nought_changes_nothing() -> None:
    assert combine([(1.0, scores(1, 2, 3)), (0.0, scores(9, 1, 5))]).tolist() == combine([(1.0, scores(1, 2, 3))]).tolist()


@given(st.lists(st.tuples(st.floats(-1, 1, width=32), st.floats(0, 50, width=32)), min_size=1, max_size=20))
def test_a_combination_lies_between_nought_and_one(rows: list[tuple[float, float]]) -> None:
    first, second = (scores(*column) for column in zip(*rows, strict=True))
    combined = combine([(0.3, first), (0.7, second)])
    assert combined.min() >= 0
    assert combined.max() <= 1 + 1e-6
