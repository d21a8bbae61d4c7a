from dataclasses import fields, replace
from functools import cache
from math import comb, exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.abstention import Features
from bot.errors import GoldError
from bot.evaluation.calibrate import Example, Fit, _best_strength, _log_loss, _table, choose_threshold, fit, upper_limit
from bot.evaluation.measures import Judged

SIZE = len(fields(Features))


def told(*rows: tuple[float, bool]) -> Judged:
    """Of rows of confidence and right, all answerable."""
    confidence, right = zip(*rows, strict=True)
    return Judged(np.arange(len(rows)), np.array(confidence, float), np.array(right, bool), np.ones(len(rows), bool))


def example(value: float, right: bool, cluster: str, answerable: bool = True) -> Example:
    """Its first feature has a value, the others are zero."""
    return Example(Features(value, *([0.0] * (SIZE - 1))), right, answerable, cluster)


def examples(count: int, noise: float) -> list[Example]:
    """The higher the first feature, the more are right."""
    random = np.random.default_rng(7)
    values = random.random(count)
    right = values + noise * random.standard_normal(count) > 0.5
    return [
        example(float(value), bool(is_right), f"item {number}", answerable=bool(is_right) or number % 2 == 0)
        for number, (value, is_right) in enumerate(zip(values, right, strict=True))
    ]


@pytest.fixture(autouse=True)
def fewer_divisions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.evaluation.calibrate._REPEATS", 2)  # quicker; more make what is found steadier, not another


@cache
def fitted_on(count: int, noise: float, target_risk: float) -> Fit:
    return fit(examples(count, noise), target_risk)


def test_limits_of_a_share_from_tables() -> None:
    """Clopper and Pearson, one-sided 95%: 0 of 59 is the rule that 59 without an error carry 5%."""
    found = [upper_limit(wrong, answered) for wrong, answered in ((0, 59), (0, 1), (1, 10), (5, 100), (2, 20))]
    assert found == pytest.approx([1 - 0.05 ** (1 / 59), 0.95, 0.39416, 0.10225, 0.28262], abs=5e-6)
    assert round(upper_limit(0, 59), 4) == 0.0495
    assert (upper_limit(3, 3), upper_limit(0, 0)) == (1.0, 1.0)


@given(st.integers(1, 80), st.data())
def test_a_share_at_the_limit_gives_so_few_errors_in_one_of_twenty(answered: int, data: st.DataObject) -> None:
    wrong = data.draw(st.integers(0, answered - 1))
    limit = upper_limit(wrong, answered)
    assert sum(comb(answered, k) * limit**k * (1 - limit) ** (answered - k) for k in range(wrong + 1)) == pytest.approx(0.05)


def test_the_threshold_lies_midway_below_the_last_answer_that_keeps_the_risk() -> None:
    """Of 60 answers one wrong is 1.7%, with 95% confidence at most 7.7%."""
    rows = [*((0.9, True) for _ in range(59)), (0.5, False), (0.4, False), (0.3, False), (0.2, False)]
    assert choose_threshold(told(*rows), 0.01) == (0.7, False)
    assert choose_threshold(told(*rows), 0.02) == (0.45, False)
    assert choose_threshold(told(*rows), 0.08) == (0.1, False)
    assert choose_threshold(told(*rows[:-3]), 0.08) == (0.25, True)


def test_the_lowest_confidence_counts_at_which_the_risk_is_kept() -> None:
    """The surest answer is wrong; 3 wrong of 203 are 1.5%, with 95% confidence at most 3.8%."""
    rows = [(1.0, False), *((0.8, True) for _ in range(200)), (0.1, False), (0.1, False), *((0.05, False) for _ in range(50))]
    assert choose_threshold(told(*rows), 0.05) == (0.075, True)


def test_whether_the_risk_is_kept_with_confidence_is_told_apart() -> None:
    rows = [(0.9, True), (0.8, True), (0.6, False), (0.5, True)]
    assert choose_threshold(told(*rows), 0.05) == (0.7, False)
    assert choose_threshold(told(*rows), 0.25) == (0.25, False)


def test_where_not_even_the_surest_answer_is_right_none_is_given() -> None:
    threshold, is_met = choose_threshold(told((0.9, False), (0.9, True), (0.8, False)), 0.05)
    assert 0.9 < threshold < 0.9001
    assert not is_met


@given(st.lists(st.tuples(st.integers(0, 10_000), st.booleans()), min_size=1, max_size=40), st.sampled_from([0.01, 0.1, 0.3, 0.5]))
def test_the_threshold_keeps_the_risk_it_was_chosen_for(rows: list[tuple[int, bool]], target: float) -> None:
    """Against trying every confidence, of four digits as confidences have."""
    threshold, is_met = choose_threshold(told(*((steps / 10_000, right) for steps, right in rows)), target)

    def answered_from(least: float) -> tuple[int, int]:
        given_out = [right for steps, right in rows if steps / 10_000 >= least]
        return sum(not right for right in given_out), len(given_out)

    tried = [answered_from(level) for level in {steps / 10_000 for steps, _ in rows}]
    kept = [answered for wrong, answered in tried if wrong / answered <= target]
    wrong, answered = answered_from(threshold)
    assert answered == max(kept or [0])
    assert is_met == (upper_limit(wrong, answered) <= target)


def test_a_feature_that_tells_right_from_wrong_is_learnt() -> None:
    given_out, fitted = examples(200, 0.3), fitted_on(200, 0.3, 0.1)
    weight, *others = (getattr(fitted.model.weights, field.name) for field in fields(Features))
    assert weight > 1
    assert others == [0.0] * (SIZE - 1)
    assert fitted.model.probability(given_out[0].features) == pytest.approx(
        1 / (1 + exp(-fitted.model.bias - weight * getattr(given_out[0].features, fields(Features)[0].name)))
    )
    assert (fitted.questions, fitted.right) == (200, sum(one.right for one in given_out))
    assert 0.8 < fitted.auroc < 1
    assert 0 < fitted.ece < 0.15


@pytest.mark.parametrize("value", [0.1, 1.0])
def test_a_feature_that_is_always_the_same_takes_nothing_from_the_others(value: float) -> None:
    """The spread of 200 times 0.1 is 3e-17."""
    given_out = [
        Example(Features(getattr(one.features, fields(Features)[0].name), *([value] * (SIZE - 1))), one.right, one.answerable, one.cluster)
        for one in examples(200, 0.3)
    ]
    fitted = fit(given_out, 0.1)
    assert fitted.auroc == pytest.approx(fitted_on(200, 0.3, 0.1).auroc, abs=0.01)
    first, *others = (getattr(fitted.model.weights, field.name) for field in fields(Features))
    assert first > 1
    assert np.abs(others).max() < 0.5


def test_features_are_learnt_alike_whatever_their_scale() -> None:
    first = fields(Features)[0].name
    scaled = [
        Example(replace(one.features, **{first: getattr(one.features, first) / 50}), one.right, one.answerable, one.cluster)
        for one in examples(200, 0.3)
    ]
    fitted, before = fit(scaled, 0.1), fitted_on(200, 0.3, 0.1)
    assert (fitted.auroc, fitted.coverage, fitted.model.threshold) == pytest.approx((before.auroc, before.coverage, before.model.threshold))
    assert getattr(fitted.model.weights, first) == pytest.approx(50 * getattr(before.model.weights, first), rel=1e-3)


def test_noise_is_learnt_less_the_more_of_it_there_is() -> None:
    """The strength with the least loss is taken: a weak one where the features tell nothing, a strong one where they tell all."""
    random = np.random.default_rng(5)
    noise = [Example(Features(*random.random(SIZE)), bool(number % 2), True, f"item {number}") for number in range(60)]
    clear = examples(60, 0.01)

    def best(given_out: list[Example]) -> float:
        table, right = _table(given_out)
        return _best_strength(table, right, np.arange(len(right)))[0]

    assert (best(noise), best(clear)) == (0.1, 3.0)


def test_coefficients_have_four_digits_and_the_same_examples_give_the_same_fit() -> None:
    fitted = fitted_on(200, 0.3, 0.1)
    assert fitted == fit(examples(200, 0.3), 0.1)
    numbers = [fitted.model.bias, fitted.model.threshold, *(getattr(fitted.model.weights, field.name) for field in fields(Features))]
    assert numbers == [round(number, 4) for number in numbers]


def test_what_the_threshold_gives_is_told() -> None:
    """The risk observed is within the target. Whether it is with confidence too is told, as where the target leaves room for all."""
    fitted = fitted_on(200, 0.1, 0.1)
    assert 0 < fitted.risk <= 0.1 < fitted.bound < 0.2
    assert not fitted.is_met
    assert 0 < fitted.coverage < 1
    assert 0 < fitted.model.threshold < 1
    roomy = fitted_on(200, 0.1, 0.6)
    assert roomy.is_met
    assert (roomy.risk < roomy.bound <= 0.6, roomy.coverage) == (True, 1.0)


def test_risk_bound_and_coverage_are_those_of_the_answers_at_the_threshold() -> None:
    given_out, fitted = examples(200, 0.1), fitted_on(200, 0.1, 0.1)
    table, right = _table(given_out)
    clusters = np.unique([one.cluster for one in given_out], return_inverse=True)[1]
    sure = _best_strength(table, right, clusters)[1]
    answers = [one for one, confidence in zip(given_out, sure.round(4), strict=True) if confidence >= fitted.model.threshold]
    wrong = sum(not one.right for one in answers)
    assert fitted.risk == wrong / len(answers)
    assert fitted.bound == upper_limit(wrong, len(answers))
    assert fitted.coverage == sum(one.answerable for one in answers) / sum(one.answerable for one in given_out)


def test_log_loss_is_that_of_what_came_true() -> None:
    assert _log_loss(np.array([0.9, 0.2]), np.array([True, False])) == pytest.approx(-(log(0.9) + log(0.8)) / 2)
    assert _log_loss(np.array([0.0]), np.array([True])) == pytest.approx(-log(1e-9))  # not infinite


def test_a_looser_risk_answers_more() -> None:
    tight, loose = fitted_on(200, 0.3, 0.1), fitted_on(200, 0.3, 0.3)
    assert tight.model.threshold > loose.model.threshold
    assert tight.coverage < loose.coverage
    assert tight.model.weights == loose.model.weights


def test_a_risk_that_so_few_questions_cannot_carry_is_not_met() -> None:
    fitted = fitted_on(60, 0.1, 0.001)
    assert not fitted.is_met
    assert (fitted.risk, fitted.bound > 0.001) == (0.0, True)


def test_where_nothing_can_be_answered_nothing_is_told_to_be_covered() -> None:
    """No question looks surer than another, and half of the answers are wrong."""
    same = [example(1.0, bool(number % 2), f"item {number}") for number in range(40)]
    fitted = fit(same, 0.01)
    assert (fitted.is_met, fitted.coverage, fitted.risk, fitted.bound) == (False, 0.0, 0.0, 1.0)


def test_questions_are_held_back_with_their_paraphrases() -> None:
    """A feature that only tells clusters apart is of no use for a cluster not seen: the confidence must not tell right from wrong."""
    random = np.random.default_rng(3)
    clusters = [(random.random(SIZE), bool(number % 2)) for number in range(40)]
    given_out = [Example(Features(*values), right, True, f"group {at}") for at, (values, right) in enumerate(clusters) for _ in range(5)]
    assert fit(given_out, 0.1).auroc < 0.7


@pytest.mark.parametrize(
    ("right", "wrong", "what"), [(0, 0, "0 right and 0 not"), (9, 50, "9 right and 50 not"), (50, 9, "50 right and 9 not")]
)
def test_of_too_few_questions_nothing_is_learnt(right: int, wrong: int, what: str) -> None:
    given_out = [example(0.5, number < right, f"item {number}") for number in range(right + wrong)]
    with pytest.raises(GoldError, match=rf"too little to learn from \({what}; 10 of each are needed\); add items to it"):
        fit(given_out, 0.05)


def test_ten_of_each_are_enough() -> None:
    assert fit([example(number / 20, number >= 10, f"item {number}") for number in range(20)], 0.05).questions == 20


@pytest.mark.parametrize("is_right", [True, False])
def test_paraphrases_of_few_questions_are_few_questions(is_right: bool) -> None:
    paraphrased = [example(0.9, is_right, f"group {number % 4}") for number in range(40)]
    others = [example(0.1, not is_right, f"item {number}") for number in range(40)]
    with pytest.raises(GoldError, match=r"too few questions besides paraphrases \(5 of either kind are needed\); add items to it"):
        fit(paraphrased + others, 0.05)
