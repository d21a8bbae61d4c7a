import json
from pathlib import Path
from typing import Any

import pytest

from bot.errors import GoldError
from bot.evaluation.evaluate import About, BinShown, CurvePoint, Evaluation, evaluate, read_evaluation
from bot.evaluation.gold import GoldItem
from bot.evaluation.responses import Response
from tests.judged_answers import answer, answered, gold, item, response, withheld

ABOUT = About(receipt={"index": "abc", "calibration": None}, documents="def", threshold=0.65)
FACTS: dict[str, Any] = {"relevant": ["d#a"], "key_facts": [["one"], ["two"]], "tags": ["k"]}
ITEMS = (
    item("q1", group="g", **FACTS),
    item("q2", group="g", **FACTS),
    item("q3", split="test", **FACTS),
    item("q4", "abstained", tags=["k", "off"]),
    item("q5", "crisis", tags=["off"], history=[{"role": "user", "content": "hi"}]),
)
RESPONSES = (
    response(answered("one", "d#a", confidence=0.9), sections=("d#a", "d#b"), spans=(True,), milliseconds=10),
    withheld(answered("three", "d#b", confidence=0.5)),
    response(answered("one two", "d#a", "d#b", confidence=0.8), sections=("d#b", "d#a"), spans=(True, False), milliseconds=30),
    response(answered("x", "d#b", confidence=0.7), milliseconds=20),
    response(answer("crisis", "Call 911."), answer("crisis", "Call 911."), milliseconds=5.12345),
)


def evaluated(*pairs: tuple[GoldItem, Response]) -> Evaluation:
    return evaluate(gold(*(one for one, _ in pairs)), [given for _, given in pairs], ABOUT)


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return evaluate(gold(*ITEMS), RESPONSES, ABOUT, {"words": [("d#a",), ("d#a",), ("d#x", "d#a"), (), ()]})


def test_each_measure_is_the_mean_over_the_items_it_applies_to(evaluation: Evaluation) -> None:
    found = {name: (measure.value, measure.count) for name, measure in evaluation.measures.items()}
    assert found == {
        "recall@1": (pytest.approx(1 / 3), 3),
        "recall@5": (pytest.approx(2 / 3), 3),
        "recall@20": (pytest.approx(2 / 3), 3),
        "success@1": (pytest.approx(1 / 3), 3),
        "success@5": (pytest.approx(2 / 3), 3),
        "mrr@10": (pytest.approx((1 + 0 + 1 / 2) / 3), 3),
        "ndcg@10": (pytest.approx((1 + 0 + 0.6309297535714575) / 3), 3),
        "status_accuracy": (pytest.approx(3 / 5), 5),
        "key_fact_recall": (pytest.approx((1 / 2 + 1) / 2), 2),
        "key_fact_recall_best": (pytest.approx((1 / 2 + 0 + 1) / 3), 3),
        "right": (pytest.approx(3 / 5), 5),
        "crag": (pytest.approx((1 + 0 + 1 - 1 + 1) / 5), 5),
        "sentence_precision": (pytest.approx((1 + 1 / 2) / 2), 2),
        "citation_precision": (pytest.approx((1 + 1 / 2) / 2), 2),
        "citation_recall": (1, 2),
        "span_validity": (pytest.approx((1 + 1 / 2) / 2), 2),
        "coverage": (pytest.approx(2 / 3), 3),
        "false_refusal": (pytest.approx(1 / 3), 3),
        "false_answer": (1, 1),
        "risk": (pytest.approx(1 / 3), 3),
        "crisis_recall": (1, 1),
        "crisis_false_alarm": (0, 4),
        "decline_false_alarm": (0, 5),
        "clarify_false_alarm": (0, 5),
        "same_status": (0, 1),
        "same_facts": (0, 1),
        "auroc_answerable": (pytest.approx(2 / 3), 4),
        "auroc_right": (1, 4),
        "aurc": (pytest.approx((0 + 0 + 1 / 3 + 2 / 4) / 4), 4),
        "coverage@risk2": (pytest.approx(2 / 3), 4),
        "coverage@risk5": (pytest.approx(2 / 3), 4),
        "ece": (pytest.approx((0.1 + 0.2 + 0.7 + 0.5) / 4), 4),
        "median_ms": (10, 5),
        "p95_ms": (28, 5),
    }


def test_each_split_is_measured_by_itself(evaluation: Evaluation) -> None:
    assert {split: measures["right"].value for split, measures in evaluation.splits.items()} == {"dev": 2 / 4, "test": 1.0}
    assert {split: measures["median_ms"].value for split, measures in evaluation.splits.items()} == {
        "dev": pytest.approx(7.561725),
        "test": 30,
    }
    assert evaluation.splits["dev"]["aurc"].value == pytest.approx((0 + 1 / 2 + 2 / 3) / 3)
    assert "same_status" not in evaluation.splits["test"]


def test_a_measure_of_one_question_has_no_interval_and_of_several_has_one(evaluation: Evaluation) -> None:
    assert {(one.low, one.high) for one in evaluation.splits["test"].values()} == {(None, None)}
    right = evaluation.measures["right"]
    assert right.low is not None and right.high is not None
    assert 0 <= right.low < right.value < right.high <= 1
    assert (evaluation.measures["coverage"].low, evaluation.measures["coverage"].high) == (0.5, 1.0)
    assert (evaluation.measures["median_ms"].low, evaluation.measures["median_ms"].high) != (None, None)


def test_paraphrases_alone_are_one_question() -> None:
    """Two ways of asking, one right and one not, tell no more of other questions than one would."""
    found = evaluated((ITEMS[0], RESPONSES[0]), (ITEMS[1], RESPONSES[1]))
    assert {(one.low, one.high) for one in found.measures.values()} == {(None, None)}


def test_tags_of_at_least_three_items_are_measured(evaluation: Evaluation) -> None:
    assert set(evaluation.tags) == {"k"}
    assert (evaluation.tags["k"]["right"].value, evaluation.tags["k"]["right"].count) == (2 / 4, 4)


def test_fewer_are_not() -> None:
    three = [(item(f"q{number}", tags=["a", "b"] if number else ["a"]), response(answered("x"))) for number in range(3)]
    assert set(evaluated(*three).tags) == {"a"}


def test_how_often_each_status_was_given_for_the_one_expected(evaluation: Evaluation) -> None:
    assert evaluation.confusion == {"abstained": {"answered": 1}, "answered": {"abstained": 1, "answered": 2}, "crisis": {"crisis": 1}}


def test_the_curves_hold_every_confidence_and_every_tenth(evaluation: Evaluation) -> None:
    assert evaluation.curve == (
        CurvePoint(confidence=0.9, risk=0, coverage=1 / 3),
        CurvePoint(confidence=0.8, risk=0, coverage=2 / 3),
        CurvePoint(confidence=0.7, risk=1 / 3, coverage=2 / 3),
        CurvePoint(confidence=0.5, risk=2 / 4, coverage=1),
    )
    assert evaluation.reliability == (
        BinShown(low=0.5, count=1, confidence=0.5, right=0),
        BinShown(low=0.7, count=1, confidence=0.7, right=0),
        BinShown(low=0.8, count=1, confidence=0.8, right=1),
        BinShown(low=0.9, count=1, confidence=0.9, right=1),
    )


def test_other_rankings_are_measured_beside(evaluation: Evaluation) -> None:
    assert set(evaluation.ablation) == {"words"}
    reciprocal_rank = evaluation.ablation["words"]["mrr@10"]
    assert reciprocal_rank.value == pytest.approx(2.5 / 3)
    assert reciprocal_rank.count == 3
    assert "right" not in evaluation.ablation["words"]


def test_what_became_of_each_item(evaluation: Evaluation) -> None:
    first, second, _, fourth, fifth = evaluation.items
    assert (first.id, first.split, first.cluster, first.tags) == ("q1", "dev", "group g", ("k",))
    assert (first.status, first.confidence, first.right, first.text) == ("answered", 0.9, True, "one")
    assert (first.relevant, first.sections, first.scores["recall@1"]) == (("d#a",), ("d#a", "d#b"), 1.0)
    assert (second.status, second.right, second.text) == ("abstained", False, "three")
    assert (fourth.right, fourth.scores["false_answer"]) == (False, 1.0)
    assert (fifth.confidence, fifth.text, fifth.milliseconds) == (None, "Call 911.", 5.123)
    assert fifth.history == ({"role": "user", "content": "hi"},)
    assert first.judgement == ITEMS[0].judgement


def test_no_more_than_five_sections_are_shown() -> None:
    sections = tuple(f"d#{number}" for number in range(9))
    assert evaluated((item("q1"), response(answered("x"), sections=sections))).items[0].sections == sections[:5]


def why(one: GoldItem, given: Response) -> str:
    return evaluated((one, given)).items[0].why


def test_what_went_wrong_is_said_in_words() -> None:
    facts = item("q1", relevant=["d#a"], key_facts=[["one", "1"], ["two"]], must_not=["x"])
    assert why(facts, response(answered("one two"), sections=("d#a",))) == ""
    assert why(facts, response(answered("1 x"), sections=("d#1", "d#2", "d#3", "d#4", "d#5", "d#a"))) == (
        "no relevant section is among the first five; does not state 'two'; says what it must not: 'x'"
    )
    assert why(facts, withheld(answered("two", confidence=0.2))) == (
        "abstained instead of answered; no relevant section is among the first five; does not state 'one'"
    )
    assert why(item("q1", "declined", must_not=["x"]), response(answered("x"))) == "answered instead of declined"


def test_about_is_kept(evaluation: Evaluation) -> None:
    assert (evaluation.gold, evaluation.about) == ("digest of the gold set", ABOUT)


def test_an_evaluation_of_nothing_measures_nothing() -> None:
    found = evaluated()
    assert (found.measures, found.splits, found.tags, found.curve, found.items) == ({}, {}, {}, (), ())


def test_an_answer_that_takes_no_time_takes_none() -> None:
    found = evaluated((item("q1"), response(answered("x"), milliseconds=0.0))).measures
    assert (found["median_ms"].value, found["p95_ms"].value) == (0.0, 0.0)


def test_what_is_not_known_of_the_bot_is_null() -> None:
    told = About(receipt={})
    assert (told.documents, told.server, told.threshold, told.target_risk, told.memory_mb) == (None,) * 5


def test_every_response_must_have_its_item() -> None:
    with pytest.raises(ValueError, match="zip"):
        evaluate(gold(item("q1")), [], ABOUT)


def test_an_evaluation_is_read_as_it_was_written(tmp_path: Path, evaluation: Evaluation) -> None:
    file = tmp_path / "evaluation.json"
    file.write_text(evaluation.model_dump_json(indent=1), encoding="utf-8")
    assert read_evaluation(file) == evaluation
    json.loads(file.read_text(encoding="utf-8"), parse_constant=pytest.fail)  # no NaN, which is no JSON


def test_the_same_responses_give_the_same_evaluation(evaluation: Evaluation) -> None:
    again = evaluate(gold(*ITEMS), RESPONSES, ABOUT, {"words": [("d#a",), ("d#a",), ("d#x", "d#a"), (), ()]})
    assert again.model_dump_json() == evaluation.model_dump_json()


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"measures": {"right": {"value": float("nan"), "low": None, "high": None, "count": 1}}},
        {"measures": {"right": {"value": float("inf"), "low": None, "high": None, "count": 1}}},
        {"measures": {"right": {"value": None, "low": None, "high": None, "count": 1}}},
        {"items": [{}]},
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, evaluation: Evaluation, change: dict[str, Any]) -> None:
    file = tmp_path / "evaluation.json"
    file.write_text(json.dumps({**json.loads(evaluation.model_dump_json()), **change}), encoding="utf-8")
    with pytest.raises(GoldError, match=r"evaluation\.json is no evaluation; write one with `citewell evaluate --gold FILE --output"):
        read_evaluation(file)


@pytest.mark.parametrize("content", [b"", b"[" * 100_000, b"\xff", b"null", b"{}"])
def test_a_file_that_is_no_evaluation_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "evaluation.json"
    file.write_bytes(content)
    with pytest.raises(GoldError, match="is no evaluation"):
        read_evaluation(file)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match=r"none\.json: cannot be read \(No such file or directory\)"):
        read_evaluation(tmp_path / "none.json")
