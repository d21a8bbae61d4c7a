"""Every measure, by values worked out by hand."""

from math import log2
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.measures import (
    MEASURES,
    RETRIEVAL,
    Bin,
    Judged,
    Scores,
    abstention_measures,
    aurc,
    auroc,
    ece,
    is_right,
    item_scores,
    judged,
    reliability,
    retrieval_scores,
    risk_coverage,
    searched_text,
    stability_scores,
)
from bot.evaluation.responses import Response
from tests.judged_answers import answer, answered, item, response, withheld

# --- ranking ---


def ranked(relevant: list[str], *sections: str) -> Scores:
    (scores,) = retrieval_scores([item(relevant=relevant)], [sections])
    return scores


def test_the_measures_of_a_ranking() -> None:
    """Relevant sections rank second and fourth, a third one not at all."""
    gain = 1 / log2(3) + 1 / log2(5)
    ideal = 1 / log2(2) + 1 / log2(3) + 1 / log2(4)
    assert ranked(["d#a", "d#b", "d#c"], "d#x", "d#a", "d#y", "d#b") == pytest.approx(
        {
            "recall@1": 0,
            "recall@5": 2 / 3,
            "recall@20": 2 / 3,
            "success@1": 0,
            "success@5": 1,
            "mrr@10": 1 / 2,
            "ndcg@10": gain / ideal,
        }
    )


def test_recall_is_not_capped_where_more_sections_are_relevant_than_are_looked_at() -> None:
    relevant = [f"d#{number}" for number in range(7)]
    scores = ranked(relevant, *relevant)
    assert (scores["recall@1"], scores["recall@5"], scores["recall@20"]) == pytest.approx((1 / 7, 5 / 7, 1))
    assert scores["ndcg@10"] == 1.0


def at_rank(rank: int) -> Scores:
    return ranked(["d#a"], *[f"d#x{number}" for number in range(1, rank)], "d#a")


@pytest.mark.parametrize(
    ("name", "last", "there"),
    [
        ("recall@1", 1, 1.0),
        ("success@1", 1, 1.0),
        ("recall@5", 5, 1.0),
        ("success@5", 5, 1.0),
        ("mrr@10", 10, 1 / 10),
        ("ndcg@10", 10, 1 / log2(11)),
        ("recall@20", 20, 1.0),
    ],
)
def test_what_is_looked_at_ends_at_the_rank_in_the_name(name: str, last: int, there: float) -> None:
    assert (at_rank(last)[name], at_rank(last + 1)[name]) == pytest.approx((there, 0))


def test_a_ranking_without_any_section_scores_nothing_and_is_measured() -> None:
    assert ranked(["d#a"]) == dict.fromkeys(RETRIEVAL, 0.0)


def test_a_section_named_twice_is_one() -> None:
    assert ranked(["d#a", "d#a", "d#b"], "d#a")["recall@1"] == 1 / 2


def test_each_item_has_the_scores_of_its_own_ranking_and_none_without_sections() -> None:
    items = [item("q1"), item("q2", relevant=["d#a"]), item("q3", relevant=["d#a"])]
    scores = retrieval_scores(items, [("d#a",), ("d#x", "d#a"), ("d#a",)])
    assert [one.get("mrr@10") for one in scores] == [None, 1 / 2, 1.0]
    assert scores[0] == {}
    assert retrieval_scores([item("q1")], [("d#a",)]) == [{}]
    assert retrieval_scores([], []) == []


# --- one answer ---


def scored(expected: str, given: dict[str, Any], attempt: dict[str, Any] | None = None, **fields: Any) -> Scores:
    return item_scores(item(expected=expected, **fields), response(given, attempt))


def test_every_status_by_every_status_expected() -> None:
    """status_accuracy, right, and what crag gives for it: only a missing answer is neither right nor wrong."""
    statuses = ("answered", "abstained", "clarify", "declined", "crisis")
    for expected in statuses:
        for status in statuses:
            scores = scored(expected, answer(status))
            same = float(status == expected)
            crag = 1.0 if same else 0.0 if (expected, status) == ("answered", "abstained") else -1.0
            assert (scores["status_accuracy"], scores["right"], scores["crag"]) == (same, same, crag)
    assert scored("answered", answered("x"), key_facts=[["y"]])["crag"] == -1.0


@pytest.mark.parametrize(("kind", "name"), [("crisis", "crisis"), ("declined", "decline"), ("clarify", "clarify")])
def test_what_is_recognised_and_what_is_taken_for_it(kind: str, name: str) -> None:
    def both(expected: str, status: str) -> tuple[float | None, float | None]:
        scores = scored(expected, answer(status))
        return scores.get(f"{name}_recall"), scores.get(f"{name}_false_alarm")

    assert both(kind, kind) == (1.0, None)
    assert both(kind, "answered") == (0.0, None)
    assert both("answered", kind) == (None, 1.0)
    assert both("answered", "abstained") == (None, 0.0)


@pytest.mark.parametrize(
    ("expected", "status", "coverage", "false_refusal", "false_answer", "risk"),
    [
        ("answered", "answered", 1.0, 0.0, None, 0.0),
        ("answered", "abstained", 0.0, 1.0, None, None),
        ("answered", "clarify", 0.0, 0.0, None, None),
        ("abstained", "answered", None, None, 1.0, 1.0),
        ("abstained", "abstained", None, None, 0.0, None),
        ("abstained", "crisis", None, None, 0.0, None),
        ("crisis", "answered", None, None, None, None),
        ("declined", "answered", None, None, None, None),
        ("clarify", "abstained", None, None, None, None),
    ],
)
def test_what_is_answered_of_what_can_be(
    expected: str, status: str, coverage: float | None, false_refusal: float | None, false_answer: float | None, risk: float | None
) -> None:
    scores = scored(expected, answer(status))
    found = tuple(scores.get(name) for name in ("coverage", "false_refusal", "false_answer", "risk"))
    assert found == (coverage, false_refusal, false_answer, risk)


def test_an_answer_without_enough_facts_is_a_risk() -> None:
    facts = [["one"], ["two"], ["three"]]
    assert scored("answered", answered("One."), key_facts=facts)["risk"] == 1.0
    assert scored("answered", answered("One, two."), key_facts=facts)["risk"] == 0.0


def test_half_of_the_facts_are_enough_and_nothing_forbidden_may_be_said() -> None:
    facts = item(key_facts=[["one"], ["two"], ["three"], ["four"]], must_not=["five"])
    assert is_right(facts, answered("one two"))
    assert not is_right(facts, answered("one"))
    assert not is_right(facts, answered("one two three four five"))
    assert not is_right(facts, answer("abstained", "one two"))
    assert is_right(item(), answered("anything"))
    assert not is_right(item(must_not=["five"]), answered("five"))


def test_other_replies_are_right_by_their_status_alone() -> None:
    assert is_right(item(expected="declined", key_facts=[["one"]], must_not=["five"]), answer("declined", "five"))
    assert is_right(item(expected="abstained"), answer("abstained"))
    assert not is_right(item(expected="abstained"), answered("x"))


def test_facts_may_stand_in_the_text_the_notices_and_the_resources() -> None:
    given = answer(
        "answered",
        "text",
        notices=[{"kind": "urgent", "text": "Call now.", "citation_ids": []}],
        resources=[{"id": "us-988", "phone": "988", "sms": None, "purpose": ["crisis"]}, {"id": "ca", "url": "https://x.example"}],
    )
    assert searched_text(given) == "text\nCall now.\nus-988\n988\nca\nhttps://x.example"


def test_key_facts_stated_and_in_the_best_answer_found() -> None:
    facts = [["one"], ["two"], ["three"], ["four"]]
    given = scored("answered", answered("one"), answered("one two three"), key_facts=facts)
    assert (given["key_fact_recall"], given["key_fact_recall_best"]) == (1 / 4, 3 / 4)
    kept = item_scores(item(key_facts=facts), withheld(answered("one two three")))
    assert (kept.get("key_fact_recall"), kept["key_fact_recall_best"]) == (None, 3 / 4)


def test_key_facts_are_asked_for_only_where_there_should_be_an_answer() -> None:
    for scores in (scored("answered", answered("x")), scored("abstained", answered("x"), key_facts=[["x"]])):
        assert not {"key_fact_recall", "key_fact_recall_best"} & scores.keys()


def test_where_the_best_answer_is_not_to_be_had_it_is_not_measured() -> None:
    scores = item_scores(item(key_facts=[["x"]]), Response(answered("x"), None, (), (), 1.0))
    assert (scores["key_fact_recall"], scores.get("key_fact_recall_best")) == (1.0, None)


def test_what_must_not_be_said() -> None:
    assert scored("answered", answered("safe"), must_not=["safe"])["forbidden"] == 1.0
    assert scored("declined", answered("safe"), must_not=["safe"])["forbidden"] == 1.0
    assert scored("answered", answered("unsound"), must_not=["safe"])["forbidden"] == 0.0
    assert "forbidden" not in scored("answered", answered("safe"))
    assert "forbidden" not in scored("declined", answer("declined", "safe"), must_not=["safe"])


def test_citations_that_are_the_span_they_claim_to_be() -> None:
    scores = item_scores(item(), response(answered("x", "d#a"), spans=(True, True, False)))
    assert scores["span_validity"] == 2 / 3
    assert "span_validity" not in item_scores(item(), response(answered("x")))


def cited(given: dict[str, Any], relevant: list[str], expected: str = "answered") -> list[float | None]:
    scores = scored(expected, given, relevant=relevant)
    return [scores.get(name) for name in ("sentence_precision", "citation_precision", "citation_recall")]


def test_sentences_and_sections_that_are_relevant() -> None:
    """Three sentences of a relevant section and one of another; two of four relevant sections are cited."""
    given = answered("x", "d#a", "d#a", "d#b", "d#x")
    assert cited(given, ["d#a", "d#b", "d#c", "d#d", "d#d"]) == [3 / 4, 2 / 3, 2 / 4]


def test_a_sentence_rests_on_all_its_citations_and_wording_rests_on_none() -> None:
    said = [{"text": "", "citation_ids": marks} for marks in ([1, 2], [1], [])]
    assert cited(answered("x", "d#a", "d#x", sentences=said), ["d#a"]) == [1 / 2, 1 / 2, 1]


def test_a_single_citation_is_relevant_or_not() -> None:
    assert cited(answered("x", "d#a"), ["d#a"]) == [1, 1, 1]
    assert cited(answered("x", "d#x"), ["d#a"]) == [0, 0, 0]


def test_a_citation_that_is_not_there_is_not_relevant() -> None:
    said = [{"text": "", "citation_ids": [7]}]
    assert cited(answered("x", sentences=said), ["d#a"]) == [0, 0, 0]


def test_nothing_is_said_of_citations_where_there_is_no_quotation_or_nothing_to_hold_it_against() -> None:
    assert cited(answered("x", "d#a"), []) == [None] * 3
    assert cited(answered("x"), ["d#a"]) == [None] * 3
    assert cited({**answered("x", "d#a"), "status": "declined"}, ["d#a"], "declined") == [None] * 3


def test_every_score_is_a_measure_that_says_which_way_is_better() -> None:
    names = {
        *item_scores(item(key_facts=[["x"]], must_not=["y"], relevant=["d#a"]), response(answered("x", "d#a"), spans=(True,))),
        *scored("abstained", answered("x")),
        *(name for kind in ("crisis", "declined", "clarify") for name in scored(kind, answered("x"))),
        *RETRIEVAL,
        *abstention_measures(told((0.5, True, True))),
        *("same_status", "same_facts", "median_ms", "p95_ms"),
    }
    assert names == set(MEASURES)
    lower = {name for name, (_, better) in MEASURES.items() if better == "lower"}
    assert {better for _, better in MEASURES.values()} == {"higher", "lower"}
    alarms = {"crisis_false_alarm", "decline_false_alarm", "clarify_false_alarm"}
    assert lower == {"forbidden", "false_refusal", "false_answer", "risk", "aurc", "ece", "median_ms", "p95_ms", *alarms}


# --- paraphrases ---


def test_paraphrases_that_get_the_same_and_such_that_do_not() -> None:
    facts = [["one"], ["two"]]
    items = [
        item("q1", group="g", key_facts=facts),
        item("q2", group="h", key_facts=facts),
        item("q3", group="g", key_facts=facts),
        item("q4", group="h", key_facts=facts),
        item("q5", key_facts=facts),
    ]
    given = [answered("one"), answered("one"), answered("One again"), answer("abstained", "one two"), answered("two")]
    assert stability_scores(items, [response(one) for one in given]) == [
        {"same_status": 1.0, "same_facts": 1.0},
        {"same_status": 0.0, "same_facts": 0.0},
        {},
        {},
        {},
    ]


def test_the_same_status_with_other_facts() -> None:
    items = [item(name, group="g", key_facts=[["one"], ["two"]]) for name in ("q1", "q2")]
    scores = stability_scores(items, [response(answered("one")), response(answered("two"))])
    assert scores == [{"same_status": 1.0, "same_facts": 0.0}, {}]


@pytest.mark.parametrize(("expected", "facts"), [("answered", []), ("crisis", [["911"]])])
def test_facts_are_the_same_only_where_answers_hold_some(expected: str, facts: list[list[str]]) -> None:
    items = [item(name, expected, group="g", key_facts=facts) for name in ("q1", "q2")]
    assert stability_scores(items, [response(answer("crisis")), response(answer("crisis"))]) == [{"same_status": 1.0}, {}]


# --- confidence ---


def told(*rows: tuple[float, bool, bool]) -> Judged:
    """Of rows of confidence, right, answerable."""
    confidence, right, answerable = zip(*rows, strict=True) if rows else ((), (), ())
    return Judged(np.arange(len(rows)), np.array(confidence, float), np.array(right, bool), np.array(answerable, bool))


def area(scores: list[float], positive: list[bool]) -> float | None:
    return auroc(np.array(scores, float), np.array(positive, bool))


def test_auroc_is_the_share_of_pairs_in_the_right_order() -> None:
    """Of 2 x 3 pairs: 0.9 above all three, 0.4 above one and level with one."""
    assert area([0.9, 0.4, 0.1, 0.4, 0.8], [True, True, False, False, False]) == pytest.approx((3 + 1.5) / 6)
    assert area([1, 2, 3], [False, True, True]) == 1.0
    assert area([1, 2, 3], [True, False, False]) == 0.0
    assert area([5, 5, 5], [True, False, True]) == 0.5


def test_auroc_of_one_kind_alone_is_none() -> None:
    assert area([0.1, 0.2], [True, True]) is None
    assert area([0.1, 0.2], [False, False]) is None
    assert area([], []) is None


rows_of_scores = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0]), st.booleans(), st.booleans()), max_size=30)


@given(rows_of_scores)
def test_auroc_agrees_with_counting_every_pair(rows: list[tuple[float, bool, bool]]) -> None:
    above = [one for one, is_positive, _ in rows if is_positive]
    below = [one for one, is_positive, _ in rows if not is_positive]
    pairs = [1.0 if high > low else 0.5 if high == low else 0.0 for high in above for low in below]
    found = area([one for one, _, _ in rows], [is_positive for _, is_positive, _ in rows])
    assert found == (pytest.approx(sum(pairs) / len(pairs)) if pairs else None)


def test_risk_and_coverage_at_each_confidence() -> None:
    curve = risk_coverage(
        told((0.5, False, True), (0.9, True, True), (0.7, True, True), (0.7, False, False), (0.2, False, False), (0.1, True, True))
    )
    assert curve.confidence.tolist() == [0.9, 0.7, 0.5, 0.2, 0.1]
    assert curve.answered.tolist() == [1, 3, 4, 5, 6]
    assert curve.wrong.tolist() == [0, 1, 2, 3, 3]
    assert curve.risk.tolist() == pytest.approx([0, 1 / 3, 2 / 4, 3 / 5, 3 / 6])
    assert curve.coverage.tolist() == pytest.approx([1 / 4, 2 / 4, 3 / 4, 3 / 4, 1])


@given(rows_of_scores)
def test_the_risk_coverage_curve_agrees_with_answering_at_each_confidence(rows: list[tuple[float, bool, bool]]) -> None:
    curve = risk_coverage(told(*rows))
    levels = sorted({confidence for confidence, _, _ in rows}, reverse=True)
    assert curve.confidence.tolist() == levels
    answerable = sum(can for _, _, can in rows)
    for at, level in enumerate(levels):
        given_out = [(right, can) for confidence, right, can in rows if confidence >= level]
        wrong = sum(not right for right, _ in given_out)
        assert (curve.answered[at], curve.wrong[at], curve.risk[at]) == (len(given_out), wrong, wrong / len(given_out))
        assert curve.coverage[at] == (sum(can for _, can in given_out) / answerable if answerable else 0)


def test_the_most_coverage_at_a_risk_is_where_it_holds_again() -> None:
    """The risk is 1/1, 1/2, ... 1/50 with one wrong answer at the top: within 5% from the 20th on, within 2% at the 50th."""
    curve = risk_coverage(told((1.0, False, True), *((0.9 - number / 100, True, True) for number in range(49))))
    assert (curve.coverage_at(0.05), curve.coverage_at(0.02), curve.coverage_at(0.019)) == (1.0, 1.0, 0.0)
    worse = risk_coverage(told((0.9, True, True), (0.8, True, True), (0.7, False, True), (0.6, True, True)))
    assert (worse.coverage_at(0.02), worse.coverage_at(0.25), worse.coverage_at(0.3)) == (2 / 4, 1.0, 1.0)


def test_aurc_is_the_mean_risk_over_every_number_of_answers() -> None:
    assert aurc(told((0.9, True, True), (0.8, False, True), (0.7, True, True))) == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)
    assert aurc(told((0.9, True, True), (0.5, False, True), (0.5, True, True))) == pytest.approx((0 + 1 / 3 + 1 / 3) / 3)
    assert aurc(told((0.5, False, True))) == 1.0
    assert aurc(told()) is None


@given(rows_of_scores)
def test_aurc_agrees_with_a_loop_over_the_answers(rows: list[tuple[float, bool, bool]]) -> None:
    risks = []
    for level in sorted((confidence for confidence, _, _ in rows), reverse=True):
        given_out = [right for confidence, right, _ in rows if confidence >= level]
        risks.append(1 - sum(given_out) / len(given_out))
    assert aurc(told(*rows)) == (pytest.approx(sum(risks) / len(risks)) if risks else None)


def test_tenths_of_the_scale_of_confidence() -> None:
    rows = told((0.0, False, True), (0.125, True, True), (0.1875, False, True), (0.9375, True, True), (1.0, True, False))
    assert reliability(rows) == [Bin(0.0, 1, 0.0, 0.0), Bin(0.1, 2, 0.15625, 0.5), Bin(0.9, 2, 0.96875, 1.0)]
    assert reliability(told()) == []


def test_calibration_error_is_the_distance_by_the_size_of_the_bins() -> None:
    rows = told((0.6, True, True), (0.65, False, True), (0.62, True, True), (0.2, False, True))
    assert ece(rows) == pytest.approx((3 * abs((0.6 + 0.65 + 0.62) / 3 - 2 / 3) + 1 * 0.2) / 4)
    assert ece(told((1.0, True, True), (0.0, False, False))) == 0.0
    assert ece(told()) is None


def test_the_measures_of_confidence() -> None:
    rows = told(*((0.9, True, True) for _ in range(48)), (0.8, False, True), (0.7, False, True), (0.6, False, False), (0.1, True, True))
    found = abstention_measures(rows)
    assert found == {
        "auroc_answerable": pytest.approx(50 / 51),
        "auroc_right": pytest.approx(48 / 49),
        "aurc": aurc(rows),
        "coverage@risk2": 48 / 51,
        "coverage@risk5": 50 / 51,
        "ece": ece(rows),
    }


def test_where_nothing_is_answerable_nothing_can_be_covered() -> None:
    found = abstention_measures(told((0.2, False, False), (0.4, False, False)))
    assert found["coverage@risk2"] is found["coverage@risk5"] is found["auroc_right"] is None
    assert found["aurc"] == 1.0
    assert found["ece"] == pytest.approx(0.3)
    assert set(abstention_measures(told()).values()) == {None}


def test_rows_are_taken_in_the_order_asked_for_and_as_often() -> None:
    rows = told((0.1, True, False), (0.2, False, True), (0.3, True, True)).take(np.array([2, 0, 2]))
    assert (rows.place.tolist(), rows.confidence.tolist()) == ([2, 0, 2], [0.3, 0.1, 0.3])
    assert (rows.right.tolist(), rows.answerable.tolist()) == ([True, True, True], [True, False, True])


def test_confidence_is_judged_by_the_best_answer_found() -> None:
    items = [
        item("q1", key_facts=[["one"]]),
        item("q2", key_facts=[["one"]]),
        item("q3", "abstained"),
        item("q4", "crisis"),
        item("q5", key_facts=[["one"]]),
        item("q6"),
        item("q7", "clarify"),
    ]
    given = [
        response(answered("one", confidence=0.9)),
        withheld(answered("two", confidence=0.4)),
        withheld(answered("x", confidence=0.3)),
        response(answered("x", confidence=0.8)),
        response(answer("crisis")),
        response(answer("abstained", confidence=0.1), answer("abstained", confidence=0.1)),
        response(answered("x", confidence=0.7)),
    ]
    rows = judged(items, given)
    assert rows.place.tolist() == [0, 1, 2]
    assert rows.confidence.tolist() == [0.9, 0.4, 0.3]
    assert rows.right.tolist() == [True, False, False]
    assert rows.answerable.tolist() == [True, True, False]


def test_every_item_must_have_its_ranking_and_its_response() -> None:
    with pytest.raises(ValueError, match="zip"):
        retrieval_scores([item("q1", relevant=["d#a"])], [])
    with pytest.raises(ValueError, match="zip"):
        judged([item("q1")], [])


def test_without_the_best_answer_the_one_given_is_judged() -> None:
    given = [Response(one, None, (), (), 1.0) for one in (answered("x", confidence=0.7), answer("abstained", confidence=0.2))]
    rows = judged([item("q1"), item("q2")], given)
    assert (rows.place.tolist(), rows.confidence.tolist(), rows.right.tolist()) == ([0], [0.7], [True])
    assert len(judged([], [])) == 0
