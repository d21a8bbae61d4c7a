"""Which sentences answer, over the small mixed index."""

from itertools import pairwise

import numpy as np
import pytest

from bot.config import ExtractionConfig, RetrievalConfig
from bot.extractive import ChosenSentence, _list_around, choose_sentences, coverage
from bot.lexicon import Names
from bot.retriever import Query, rank, top_passages
from indexer.documents import BlockKind
from indexer.index import Index
from indexer.store import StoredSentence

pytestmark = pytest.mark.model


def chosen(index: Index, question: str, config: ExtractionConfig | None = None) -> list[ChosenSentence]:
    query = Query.of(question, index, Names())
    found = top_passages(index, rank(index, query, RetrievalConfig()), 6)
    return list(choose_sentences(index, query, found, config or ExtractionConfig()))


def texts(index: Index, question: str, config: ExtractionConfig | None = None) -> list[str]:
    return [scored.sentence.text for scored in chosen(index, question, config)]


def test_the_sentence_that_answers_comes_first(mixed_index: Index) -> None:
    assert texts(mixed_index, "does the moon have air")[0] in (
        "The Moon has no air.",
        "The Moon orbits the Earth in 27 days.",
    )
    assert "The Moon has no air." in texts(mixed_index, "does the moon have air")


def test_headings_questions_and_table_headers_are_never_offered(mixed_index: Index) -> None:
    for question in ("what is tea", "how long should tea steep", "tea water", "swarms", "baking"):
        for text in texts(mixed_index, question):
            assert not text.endswith("?")
            assert text not in ("Tea | Water", "Swarms", "Baking", "Feeding the starter")


def test_a_question_in_the_text_is_answered_by_the_sentence_after_it(mixed_index: Index) -> None:
    answer = texts(mixed_index, "does tea go stale")
    assert "Old tea tastes flat." in answer
    assert "Does tea go stale?" not in answer


def test_a_sentence_that_leans_on_the_one_before_brings_it(mixed_index: Index) -> None:
    answer = texts(mixed_index, "is it drunk hot or cold")
    assert "It is drunk hot or cold." in answer
    assert answer.index("It is drunk hot or cold.") == answer.index("Tea is a drink made from the leaves of one plant.") + 1


def test_a_list_item_brings_its_lead_in(mixed_index: Index) -> None:
    answer = texts(mixed_index, "how to keep tea dry and away from light")
    assert answer[answer.index("kept dry") - 1] == "Tea keeps well when it is:"
    assert "kept away from light" in answer


def test_a_table_row_is_found_by_its_header(mixed_index: Index) -> None:
    assert "Green | 80 degrees" in texts(mixed_index, "water temperature for green tea")


def test_the_number_of_sentences_and_passages_is_kept(mixed_index: Index) -> None:
    wide = ExtractionConfig(margin=9.0, sentences=4, passages=2)
    answer = chosen(mixed_index, "tea and bread", wide)
    assert 1 <= len(answer) <= 4
    assert len({scored.passage.number for scored in answer}) <= 2


def test_sentences_of_a_passage_stand_in_reading_order(mixed_index: Index) -> None:
    answer = chosen(mixed_index, "how long does tea steep", ExtractionConfig(margin=9.0))
    for before, after in pairwise(answer):
        if before.passage.number == after.passage.number:
            assert before.sentence.number < after.sentence.number


def test_what_was_said_is_not_said_again(mixed_index: Index) -> None:
    assert len(texts(mixed_index, "how long does tea steep", ExtractionConfig(duplicate=-1.0, margin=9.0))) == 1


def test_a_sentence_is_scored_by_itself_its_passage_and_its_place(mixed_index: Index) -> None:
    """Against the formula: 0.5 of its cosine, 2 times its passage's score, and 0.25 for the one that opens the passage."""
    config = ExtractionConfig(similarity=0.5, passage=2.0, opening=0.25, margin=99.0, sentences=99, passages=99, duplicate=9.0)
    query = Query.of("how long does green tea steep", mixed_index, Names())
    found = {passage.passage.number: passage for passage in top_passages(mixed_index, rank(mixed_index, query, RetrievalConfig()), 6)}
    answer = choose_sentences(mixed_index, query, list(found.values()), config)
    for scored in answer:
        if scored.sentence.kind != "paragraph" or scored.sentence.text.startswith("It "):
            continue  # brought along by another, whose score it has
        cosine = float(mixed_index.sentence_vectors[scored.sentence.number].astype(np.float32) @ query.vector)
        opens = scored.sentence.number == scored.passage.sentences[0].number
        assert scored.score == pytest.approx(0.5 * cosine + 2.0 * found[scored.passage.number].score + 0.25 * opens, abs=1e-5)
    assert len({scored.sentence.number == scored.passage.sentences[0].number for scored in answer}) == 2


def test_the_sentence_that_opens_a_passage_is_preferred(mixed_index: Index) -> None:
    """It answers its heading; the first of a passage wins where it counts enough, another where it does not."""
    one = ExtractionConfig(margin=0.0, opening=0.0)
    assert texts(mixed_index, "longer makes tea bitter", one) == ["Green tea steeps for two minutes; longer makes green tea bitter."]
    opening = ExtractionConfig(margin=0.0, opening=0.9)
    assert texts(mixed_index, "longer makes tea bitter", opening) == ["Black tea steeps for three to five minutes."]


def test_coverage_weighs_words_by_how_much_they_tell(mixed_index: Index) -> None:
    query = Query.of("tea xylophone", mixed_index, Names())
    tea, unknown = mixed_index.lexical.rarity("tea"), mixed_index.lexical.rarity("xylophon")
    assert coverage(mixed_index, query, "Teas of the world") == pytest.approx(tea / (tea + unknown))
    assert coverage(mixed_index, Query.of("what is it", mixed_index, Names()), "anything") == 0.0


def sentence_of(number: int, kind: BlockKind, text: str) -> StoredSentence:
    return StoredSentence(number, 0, 0, kind, text)


LIST = [sentence_of(0, "paragraph", "Before."), sentence_of(1, "paragraph", "The steps are:")]
LIST += [sentence_of(2 + step, "item", f"step {step}") for step in range(8)] + [sentence_of(10, "paragraph", "It is done.")]


@pytest.mark.parametrize(
    ("at", "places"),
    [(1, [1, 2, 3, 4, 5]), (2, [1, 2, 3, 4, 5]), (5, [1, 2, 3, 4, 5]), (6, [1, 3, 4, 5, 6]), (9, [1, 6, 7, 8, 9]), (0, []), (10, [])],
)
def test_a_long_list_is_shown_around_the_item_that_answers(at: int, places: list[int]) -> None:
    assert _list_around(LIST, at, 5) == places
