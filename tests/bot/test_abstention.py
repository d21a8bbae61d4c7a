from math import exp

import pytest

from bot.abstention import NOTHING_FOUND, Calibration, Features


def test_the_probability_is_the_logistic_of_the_weighted_sum() -> None:
    calibration = Calibration(bias=-1.0, weights=Features(dense=2.0, sentence=0.0, key=1.0, coverage=0.0, words_agree=0.5, lead=0.0))
    features = Features(dense=0.5, sentence=0.9, key=0.3, coverage=0.9, words_agree=1.0, lead=0.2)
    assert calibration.probability(features) == pytest.approx(1 / (1 + exp(-0.8)))


def test_nothing_found_is_nothing_known() -> None:
    assert Calibration().probability(NOTHING_FOUND) < 0.01


@pytest.mark.parametrize("name", ["dense", "sentence", "key", "coverage", "words_agree", "lead"])
def test_each_feature_speaks_for_an_answer(name: str) -> None:
    assert getattr(Calibration().weights, name) > 0
