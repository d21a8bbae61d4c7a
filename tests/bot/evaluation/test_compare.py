from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from bot.errors import GoldError
from bot.evaluation.compare import Comparison, Difference, compare, mcnemar
from bot.evaluation.evaluate import About, Evaluation, evaluate
from bot.evaluation.gold import GoldItem
from tests.judged_answers import answer, answered, gold, item, response


def facts(name: str, **fields: Any) -> GoldItem:
    return item(name, **{"key_facts": [["one"], ["two"], ["three"], ["four"]], **fields})


def evaluated(given: dict[GoldItem, str]) -> Evaluation:
    """Each item answered by a text; "-" stands for none."""
    responses = [response(answer("abstained", confidence=0.1) if text == "-" else answered(text)) for text in given.values()]
    return evaluate(gold(*given), responses, About(receipt={}))


def changed(before: list[str], after: list[str], **fields: Any) -> Comparison:
    items = [facts(f"q{number}", **fields) for number in range(len(before))]
    return compare(evaluated(dict(zip(items, before, strict=True))), evaluated(dict(zip(items, after, strict=True))))


def difference(comparison: Comparison, name: str) -> Difference:
    (found,) = (one for one in comparison.differences if one.measure == name)
    return found


def test_an_evaluation_does_not_differ_from_itself() -> None:
    same = changed(["one two", "-", "three"], ["one two", "-", "three"])
    assert (same.better, same.worse, same.left_out) == ((), (), 0)
    assert {one.interval for one in same.differences} == {(0.0, 0.0)}
    assert {one.p for one in same.differences} == {1.0, None}
    assert {one.is_better for one in same.differences} == {None}
    assert all(one.before == one.after for one in same.differences)


def test_what_became_right_and_what_became_wrong() -> None:
    found = changed(["one", "one two", "-", "one two"], ["one two", "one", "one two", "one two"])
    assert [(old.id, old.text, new.text) for old, new in found.better] == [("q0", "one", "one two"), ("q2", "", "one two")]
    assert [(old.id, old.text, new.text) for old, new in found.worse] == [("q1", "one two", "one")]
    right = difference(found, "right")
    assert (right.before, right.after, right.count, right.p) == (2 / 4, 3 / 4, 4, 1.0)


def test_a_measure_is_compared_over_the_items_that_have_it_in_both() -> None:
    found = difference(changed(["one", "-", "one two", "one"], ["one two three", "one", "one two", "-"]), "key_fact_recall")
    assert (found.before, found.after, found.count) == ((1 / 4 + 2 / 4) / 2, (3 / 4 + 2 / 4) / 2, 2)
    assert found.interval == (0.0, 0.5)
    assert found.p is None


def test_a_change_beyond_chance_is_told_with_its_direction() -> None:
    found = changed(["-"] * 6 + ["one two"] * 6, ["one two"] * 12)
    coverage, refusal = difference(found, "coverage"), difference(found, "false_refusal")
    assert (coverage.before, coverage.after, coverage.p, coverage.is_better) == (0.5, 1.0, 2 / 2**6, True)
    assert (refusal.before, refusal.after, refusal.is_better) == (0.5, 0.0, True)
    back = changed(["one two"] * 12, ["-"] * 6 + ["one two"] * 6)
    assert (difference(back, "coverage").is_better, difference(back, "false_refusal").is_better) == (False, False)


def test_few_items_that_all_change_alike_may_be_chance() -> None:
    found = difference(changed(["-"] * 5, ["one two"] * 5), "right")
    assert (found.interval, found.p, found.is_better) == ((1.0, 1.0), 2 / 2**5, None)


def test_one_item_is_no_more_than_chance() -> None:
    found = difference(changed(["one"], ["one two"]), "key_fact_recall")
    assert (found.before, found.after, found.interval, found.is_better) == (1 / 4, 2 / 4, None, None)


def test_paraphrases_are_one_question() -> None:
    found = difference(changed(["one"] * 9, ["one two"] * 9, group="g"), "right")
    assert (found.interval, found.is_better) == (None, None)


def test_an_item_whose_judgement_was_changed_is_another_one() -> None:
    before = evaluated({facts("q1"): "one two", facts("q2"): "one", facts("q3"): "one"})
    after = evaluated({facts("q1", tags=["moved"], split="test"): "one", facts("q2", must_not=["x"]): "one", facts("q4"): "one"})
    found = compare(before, after)
    assert ([old.id for old, _ in found.worse], found.left_out) == (["q1"], 4)
    assert difference(found, "right").count == 1


def test_evaluations_of_other_items_cannot_be_compared() -> None:
    with pytest.raises(GoldError, match="the two evaluations share no item"):
        compare(evaluated({facts("q1"): "one"}), evaluated({facts("q2"): "one"}))


def test_the_exact_test_is_for_scores_that_are_either_or() -> None:
    found = changed(["one two", "one"], ["one", "one"], relevant=["d#a"], must_not=["x"], group="g")
    assert {one.measure for one in found.differences if one.p is not None} == {
        *(
            "success@1",
            "success@5",
            "status_accuracy",
            "right",
            "forbidden",
            "coverage",
            "false_refusal",
            "risk",
            "same_status",
            "same_facts",
        ),
        *("crisis_false_alarm", "decline_false_alarm", "clarify_false_alarm"),
    }
    assert {one.measure for one in found.differences if one.p is None} == {
        *("recall@1", "recall@5", "recall@20", "mrr@10", "ndcg@10", "key_fact_recall", "key_fact_recall_best", "crag"),
    }


def test_the_exact_test_is_for_what_is_recognised_and_what_cannot_be_answered() -> None:
    names = {"abstained": "false_answer", "crisis": "crisis_recall", "declined": "decline_recall", "clarify": "clarify_recall"}
    for expected, name in names.items():
        found = changed(["-", "-"], ["one", "-"], expected=expected, key_facts=[])
        assert difference(found, name).p == 1.0
        assert {one.measure for one in found.differences if one.p is None} == {"crag"}


@pytest.mark.parametrize(
    ("measure", "after", "interval", "is_better"),
    [
        ("crag", 0.6, (0.01, 0.2), True),
        ("crag", 0.6, (0.0, 0.2), None),
        ("crag", 0.6, (-0.1, 0.3), None),
        ("crag", 0.4, (-0.2, -0.01), False),
        ("crag", 0.4, (-0.2, 0.0), None),
        ("aurc", 0.6, (0.01, 0.2), False),
        ("aurc", 0.4, (-0.2, -0.01), True),
        ("crag", 0.6, None, None),
    ],
)
def test_a_change_is_beyond_chance_where_its_interval_leaves_zero_out(
    measure: str, after: float, interval: tuple[float, float] | None, is_better: bool | None
) -> None:
    assert Difference(measure, 0.5, after, interval, None, 9).is_better is is_better


def test_values_of_the_exact_test() -> None:
    """0 of 5: 2 / 32; 1 of 8: 2 * (1 + 8) / 256."""
    assert (mcnemar(0, 5), mcnemar(5, 0), mcnemar(1, 7), mcnemar(0, 0), mcnemar(3, 3)) == (0.0625, 0.0625, 0.0703125, 1.0, 1.0)
    assert mcnemar(0, 2000) == 0.0  # smaller than any number there is


@given(st.integers(0, 200), st.integers(0, 200))
def test_the_exact_test_is_the_binomial_one(up: int, down: int) -> None:
    expected = binomtest(up, up + down, 0.5).pvalue if up + down else 1.0
    assert mcnemar(up, down) == pytest.approx(expected, rel=1e-9)
