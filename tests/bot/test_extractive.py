"""Which sentences answer, over the small mixed index."""

from dataclasses import replace
from itertools import pairwise

import pytest

from bot.config import ExtractionConfig, RetrievalConfig
from bot.extractive import ChosenSentence, _list_around, choose_sentences, coverage
from bot.fit import Facets, Fit
from bot.lexicon import Names
from bot.question import Asked
from bot.retriever import FoundPassage, Query, rank, top_passages
from indexer.corpus_tables import Lexicon
from indexer.documents import BlockKind
from indexer.index import Index
from indexer.lexical_index import words
from indexer.store import StoredSentence

pytestmark = pytest.mark.model


NO_NAMES = Names()
NAMES = Names.compile(
    Lexicon.model_validate(
        {
            "checked": "2026-01-01",
            "drug": [
                {"name": "tea", "drug_class": "drink"},
                {"name": "coffee", "drug_class": "drink"},
                {"name": "bread", "drug_class": "food", "names": ["sourdough", "loaf"]},
                {"name": "honey bee", "drug_class": "insect", "names": ["bees", "swarms", "drones", "workers"]},
                {"name": "moon", "drug_class": "body", "names": ["mars"]},
            ],
            "property": [
                {"name": "sting", "of_drug": True, "asked": [r"\bsting\w*"]},
                {"name": "life", "of_drug": True, "asked": [r"\bliv\w+"], "told": [r"\b(liv\w+|leav\w+)"]},
            ],
        }
    )
)


def asked_of(index: Index, question: str, names: Names = NO_NAMES) -> tuple[Query, Fit, tuple[FoundPassage, ...]]:
    query = Query.of(question, index, names)
    fit = Fit(Asked.in_text(question, names, query.drugs), names, Facets(names))
    return query, fit, top_passages(index, rank(index, query, RetrievalConfig()), 6, fit.passage, 0.2)


def chosen(
    index: Index, question: str, config: ExtractionConfig | None = None, names: Names = NO_NAMES, said: str = ""
) -> list[ChosenSentence]:
    query, fit, found = asked_of(index, question, names)
    return list(choose_sentences(index, query, found, config or ExtractionConfig(), fit, said))


def texts(index: Index, question: str, config: ExtractionConfig | None = None, names: Names = NO_NAMES, said: str = "") -> list[str]:
    return [scored.sentence.text for scored in chosen(index, question, config, names, said)]


def test_the_sentence_that_answers_comes_first(mixed_index: Index) -> None:
    assert texts(mixed_index, "does the moon have air")[0] == "The Moon has no air."


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
    """Where the question is open; else the one that settles it stands in front, and the others follow in their order."""
    wide = ExtractionConfig(margin=9.0)
    led, in_order = chosen(mixed_index, "how long does green tea steep", wide), chosen(mixed_index, "steeping green tea", wide)
    assert [one.sentence.number for one in in_order] == sorted(one.sentence.number for one in in_order)
    assert led[0].sentence.text.startswith("Green tea steeps for two minutes")
    for answer in (led[1:], in_order):
        assert len({one.passage.number for one in answer}) < len(answer)
        assert_in_reading_order(answer)


def assert_in_reading_order(answer: list[ChosenSentence]) -> None:
    for before, after in pairwise(answer):
        if before.passage.number == after.passage.number:
            assert before.sentence.number < after.sentence.number


def test_a_sentence_that_says_the_same_is_left_out(mixed_index: Index) -> None:
    assert len(texts(mixed_index, "how long does tea steep", ExtractionConfig(duplicate=-1.0, margin=9.0))) == 1


def test_a_sentence_is_scored_by_itself_its_passage_its_place_and_its_form(mixed_index: Index) -> None:
    """Against the formula: 0.5 of its cosine, 2 times its passage's score, 0.25 for the one that opens the passage, 0.125 for a time."""
    config = ExtractionConfig(similarity=0.5, passage=2.0, opening=0.25, shape=0.125, margin=99.0, sentences=99, passages=99, duplicate=9.0)
    query, fit, passages = asked_of(mixed_index, "how long does green tea steep")
    found = {passage.passage.number: passage for passage in passages}
    answer = choose_sentences(mixed_index, query, passages, config, fit)
    for scored in answer:
        if scored.sentence.kind != "paragraph" or scored.sentence.text.startswith("It "):
            continue  # brought along by another, whose score it has
        cosine = float(mixed_index.sentence_vectors.similarities(query.vector, [scored.sentence.number])[0])
        opens = scored.sentence.number == scored.passage.sentences[0].number
        times = any(word in scored.sentence.text for word in (" minutes", " days", " day.", " weeks"))
        expected = 0.5 * cosine + 2.0 * found[scored.passage.number].score + 0.25 * opens + 0.125 * times
        assert scored.score == pytest.approx(expected, abs=1e-5), scored.sentence.text
    assert len({scored.sentence.number == scored.passage.sentences[0].number for scored in answer}) == 2


@pytest.mark.parametrize("question", ["do swarms sting", "do bees live with honey"])
def test_a_sentence_that_fits_less_is_scored_less(mixed_index: Index, question: str) -> None:
    """By the weight of the fit, for as much as it lacks."""
    wide = ExtractionConfig(fit=0.0, margin=99.0, sentences=99, passages=99, duplicate=9.0)
    _, fit, _ = asked_of(mixed_index, question, NAMES)
    without, counted = chosen(mixed_index, question, wide, NAMES), chosen(mixed_index, question, replace(wide, fit=0.4), NAMES)
    lost = {one.sentence.number: one.score for one in without}
    lacking = {one.sentence.number: 1 - fit.sentence(one.sentence, one.passage) for one in without if one.sentence.kind == "paragraph"}
    assert max(lacking.values()) > 0
    for scored in counted:
        if scored.sentence.kind == "paragraph" and not scored.sentence.text.startswith("It "):
            assert scored.score == pytest.approx(lost[scored.sentence.number] - 0.4 * lacking[scored.sentence.number], abs=1e-5)


def test_the_sentence_that_opens_a_passage_is_preferred(mixed_index: Index) -> None:
    """It answers its heading; the first of a passage wins where it counts enough, another where it does not."""
    one = ExtractionConfig(margin=0.0, opening=0.0)
    assert texts(mixed_index, "longer makes tea bitter", one) == ["Green tea steeps for two minutes; longer makes green tea bitter."]
    opening = ExtractionConfig(margin=0.0, opening=0.9)
    assert texts(mixed_index, "longer makes tea bitter", opening) == ["Black tea steeps for three to five minutes."]


def test_coverage_weighs_words_by_how_much_they_tell(mixed_index: Index) -> None:
    query = Query.of("tea xylophone", mixed_index, NO_NAMES)
    tea, unknown = mixed_index.lexical.rarity("tea"), mixed_index.lexical.rarity("xylophon")
    assert coverage(query, words("Teas of the world")) == pytest.approx(tea / (tea + unknown))
    assert coverage(Query.of("what is it", mixed_index, NO_NAMES), ["anything"]) == 0.0


# What was asked


WIDE = ExtractionConfig(margin=99.0, sentences=99, passages=99)


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("how long does tea steep", {"What is tea?", "How long should tea steep?"}),
        ("how long does bread bake", {"Feeding the starter", "Baking"}),
        ("how long do bees live", {"Honey bees", "Swarms"}),
        ("does the moon sting", {"The Moon", "Mars"}),
        ("is bread like the moon", {"Feeding the starter", "Baking", "The Moon", "Mars"}),  # two compared: of either
    ],
)
def test_sentences_on_other_drugs_only_are_not_quoted(mixed_index: Index, question: str, about: set[str]) -> None:
    assert {scored.passage.section.title for scored in chosen(mixed_index, question, WIDE, NAMES)} <= about
    assert len({scored.passage.section.title for scored in chosen(mixed_index, question, WIDE)}) > len(about)


def test_where_everything_is_on_other_drugs_nothing_is_quoted(mixed_index: Index) -> None:
    """Of the passages found, those on other things than tea are all that is left."""
    query, fit, found = asked_of(mixed_index, "how long does tea steep", NAMES)
    elsewhere = [one for one in found if one.passage.document.title != "Tea"]
    assert elsewhere
    assert choose_sentences(mixed_index, query, elsewhere, WIDE, fit) == ()
    assert choose_sentences(mixed_index, query, (), WIDE, fit) == ()


def test_of_a_drug_that_no_document_names_nothing_is_quoted(mixed_index: Index) -> None:
    assert "Black tea steeps for three to five minutes." in texts(mixed_index, "how long does coffee steep", WIDE)
    assert chosen(mixed_index, "how long does coffee steep", WIDE, NAMES) == []


@pytest.mark.parametrize(
    ("question", "settles"),
    [
        ("how long does green tea steep", "Green tea steeps for two minutes; longer makes green tea bitter."),
        ("how long does black tea steep", "Black tea steeps for three to five minutes."),
        ("is green tea bitter when it steeps", "Green tea steeps for two minutes; longer makes green tea bitter."),
        ("do swarms sting", "Swarms rarely sting."),
        ("does the moon have air", "The Moon has no air."),
    ],
)
def test_the_sentence_that_settles_a_question_stands_in_front(mixed_index: Index, question: str, settles: str) -> None:
    assert texts(mixed_index, question)[0] == settles


def test_the_form_and_the_words_of_a_question_decide_what_stands_in_front(mixed_index: Index) -> None:
    """A time is asked for; the sentence that has most of its words gives none."""
    question, wide = "how long until old tea tastes flat", replace(WIDE, first=0.0)
    by_form = texts(mixed_index, question, replace(wide, lead=2.0, covered=0.0))
    by_words = texts(mixed_index, question, replace(wide, lead=2.0, covered=9.0))
    by_neither = texts(mixed_index, question, replace(wide, lead=0.0, covered=0.0))
    assert " minutes" in by_form[0]
    assert by_words[0] == by_neither[0] == "Old tea tastes flat."
    assert sorted(by_form) == sorted(by_words) == sorted(by_neither)


def test_in_front_of_an_open_question_s_answer_stands_what_is_read_first(mixed_index: Index) -> None:
    """The same sentences; only the question that wants a time has the one with green tea's in front."""
    black, green = "Black tea steeps for three to five minutes.", "Green tea steeps for two minutes; longer makes green tea bitter."
    assert texts(mixed_index, "how long does green tea steep")[:2] == [green, black]
    assert texts(mixed_index, "steeping of green tea")[:2] == [black, green]


@pytest.mark.parametrize("question", ["is it drunk hot or cold", "is tea kept away from light", "how many degrees has black tea"])
def test_a_sentence_that_cannot_stand_alone_is_not_put_in_front(mixed_index: Index, question: str) -> None:
    """However well it answers: it leans on another, or is an item or a row."""
    eager = ExtractionConfig(covered=9.0, first=0.0)
    answer = chosen(mixed_index, question, eager)
    assert answer[0].sentence.kind == "paragraph"
    assert not answer[0].sentence.text.startswith("It ")
    assert_in_reading_order(answer)


@pytest.mark.parametrize(
    ("title", "astray", "is_quoted"),
    [
        ("Do drones sting?", 0.0, True),
        ("Do they sting?", 0.0, True),
        ("Does tea sting?", 0.0, False),
        ("Is tea like bees?", 0.0, False),
        ("Do drones sting?", 0.9, False),
    ],
)
def test_a_yes_or_no_is_quoted_only_below_the_question_it_answers(mixed_index: Index, title: str, astray: float, is_quoted: bool) -> None:
    """A section about other drugs, or far from what is asked, answers something else."""
    query, fit, found = asked_of(mixed_index, "do drones sting", NAMES)
    passage = next(one.passage for one in found if one.passage.section.title == "Swarms")
    polar = replace(passage.sentences[0], text="Yes, drones can sting.")
    changed = replace(passage, sentences=(polar, *passage.sentences[1:]), section=replace(passage.section, title=title))
    answer = choose_sentences(mixed_index, query, [FoundPassage(changed, 1.0, 0, astray)], WIDE, fit)
    assert ("Yes, drones can sting." in [scored.sentence.text for scored in answer]) == is_quoted
    assert len(answer) >= 1


def test_a_sentence_that_was_said_is_left_out(mixed_index: Index) -> None:
    black, green = "Black tea steeps for three to five minutes.", "Green tea steeps for two minutes; longer makes green tea bitter."
    assert texts(mixed_index, "how long does tea steep", WIDE)[:2] == [black, green]
    assert texts(mixed_index, "how long does tea steep", WIDE, said=f"{black} [1]")[0] == green
    left = texts(mixed_index, "how long does tea steep", WIDE, said=f"{black} [1] {green} [2]")
    assert left
    assert not {black, green} & set(left)


def test_where_all_was_said_there_is_nothing_left(mixed_index: Index) -> None:
    _, _, found = asked_of(mixed_index, "how long does tea steep")
    said = "\n".join(one.passage.document.text for one in found)
    assert chosen(mixed_index, "how long does tea steep", said=said) == []


# Lists


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
