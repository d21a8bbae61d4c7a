"""The arithmetic of the benchmark. The benchmark itself is no test and is never collected."""

import pytest

from tests.benchmarks.figures import Row, quantile, ratio_words
from tests.benchmarks.forward_pass import stage_shares
from tests.benchmarks.indexing import changed_text
from tests.benchmarks.questions import answerable_items, drawn_questions, turned
from tests.benchmarks.table import cells


def test_a_ratio_is_citewell_for_one_of_the_best_peer() -> None:
    row = Row("time", "lower", {"Citewell": 2.0, "Haystack": 10.0, "LangChain": 8.0, "txtai": None}, 1 / 4)
    assert (row.best, row.ratio("Haystack"), row.ratio("txtai"), row.is_met) == ("LangChain", 0.2, None, True)
    assert cells(row) == ["1/4", "1/5", "1/4", "-", "-", "at most 1/4", "met"]


def test_more_is_better_where_texts_are_counted() -> None:
    row = Row("rate", "higher", {"Citewell": 29.0, "Haystack": 10.0, "LangChain": 8.0}, 3)
    assert (row.best, row.ratio("Haystack"), row.is_met) == ("Haystack", 2.9, False)


def test_nothing_is_met_where_nothing_was_measured() -> None:
    row = Row("time", "lower", {"Citewell": 2.0, "Haystack": None}, 1 / 4)
    assert (row.best, row.is_met, cells(row)[0]) == (None, None, "-")


def test_a_score_is_shown_as_it_is() -> None:
    row = Row("nDCG@10", "higher", {"Citewell": 0.7, "txtai": 0.64}, is_score=True)
    assert cells(row) == ["0.700 : 0.640", "-", "-", "-", "0.640", "", ""]


@pytest.mark.parametrize(("ratio", "words"), [(0.25, "1/4"), (1.0, "1x"), (3.217, "3.22x"), (None, "-"), (1 / 137.3, "1/137")])
def test_a_ratio_in_words(ratio: float | None, words: str) -> None:
    assert ratio_words(ratio) == words


@pytest.mark.parametrize(("share", "value"), [(0.0, 1.0), (0.5, 2.5), (0.95, 3.85), (1.0, 4.0)])
def test_quantiles_lie_between_neighbours(share: float, value: float) -> None:
    assert quantile([4.0, 1.0, 3.0, 2.0], share) == pytest.approx(value)
    assert quantile([], share) is None


def test_the_shares_of_stages_are_of_all_the_time() -> None:
    assert stage_shares([{"encoding": 1.0, "rest": 1.0}, {"encoding": 2.0}]) == {"encoding": 0.75, "rest": 0.25}


def test_no_question_is_asked_twice() -> None:
    first, second, last = drawn_questions(30, 300, 10_000)
    assert (len(first), len(second)) == (30, 300)
    assert len({*first, *second, *last}) == len(answerable_items()) == 330 + len(last)


def test_everybody_is_asked_first_at_their_turn() -> None:
    assert [turned("abc", turn)[0] for turn in range(4)] == ["a", "b", "c", "a"]
    assert turned("abc", 1) == ["b", "c", "a"]


def test_a_changed_document_has_a_sentence_more() -> None:
    before = "---\nid: tea\n---\n\n## What is tea?\n\nTea is a drink.\n\n## Is it hot?\n\nYes.\n"
    assert changed_text(before) == before.replace("Tea is", "This sentence is new. Tea is")
