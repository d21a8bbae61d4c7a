"""Ranking against a brute-force oracle over a tiny index."""

import numpy as np
import pytest

from bot.config import RetrievalConfig
from bot.errors import QuestionError
from bot.fusion import combine
from bot.lexicon import Names
from bot.retriever import Query, question_in, rank, single_signal, top_passages
from indexer.corpus_tables import CorpusTables
from indexer.embedder import Vectors
from indexer.index import Index
from indexer.lexical_index import words
from indexer.whitening import whiten

pytestmark = pytest.mark.model

NO_NAMES = Names()

QUESTIONS = ["how long does green tea steep", "do drones sting", "does the moon have air", "sourdough smells of vinegar", "xylophone"]


def normalised(values: list[float]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    array = np.array(values)
    return (array - array.min()) / (array.max() - array.min()) if array.max() > array.min() else np.zeros(len(array))


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_score_is_what_a_plain_computation_gives(mixed_index: Index, question: str) -> None:
    config = RetrievalConfig(dense=0.4, sentence=0.3, lexical=0.2, key=0.1)
    query = Query.of(question, mixed_index, NO_NAMES)
    ranking = rank(mixed_index, query, config)

    def encode(texts: list[str]) -> Vectors:
        return whiten(mixed_index.embedder.encode(texts), mixed_index.whitening)

    expected: dict[int, tuple[float, float, float, float]] = {}
    lexical = mixed_index.lexical.scores(words(question))
    for number in range(mixed_index.manifest.counts.passages):
        passage = mixed_index.store.passage(number)
        rows = [sentence.number for sentence in passage.sentences]
        sentences = mixed_index.sentence_vectors[rows].astype(np.float32)
        keys = encode(list(mixed_index.store.keys_of_section(passage.section_number)))
        expected[number] = (
            float(encode([f"{passage.titles}. {passage.text}"])[0] @ query.vector),
            float((sentences @ query.vector).max()),
            float(lexical[number]),
            float((keys @ query.vector).max()),
        )
    assert sorted(ranking.passages.tolist()) == sorted(expected)  # so few passages that every one is a candidate
    for place, number in enumerate(ranking.passages.tolist()):
        signals = (ranking.dense[place], ranking.sentence[place], ranking.lexical[place], ranking.key[place])
        assert [float(signal) for signal in signals] == pytest.approx(expected[number], abs=1e-5)
    order = ranking.passages.tolist()
    columns = [normalised([expected[number][signal] for number in order]) for signal in range(4)]
    combined = 0.4 * columns[0] + 0.3 * columns[1] + 0.2 * columns[2] + 0.1 * columns[3]
    assert ranking.combined.tolist() == pytest.approx(combined.tolist(), abs=1e-4)
    assert ranking.combined.tolist() == sorted(ranking.combined.tolist(), reverse=True)


def test_one_signal_alone_ranks_by_itself(mixed_index: Index) -> None:
    query = Query.of("how long does green tea steep", mixed_index, NO_NAMES)
    ranking = rank(mixed_index, query, single_signal("lexical"))
    assert ranking.lexical.tolist() == sorted(ranking.lexical.tolist(), reverse=True)


def test_an_unknown_signal_is_named() -> None:
    with pytest.raises(QuestionError, match="no ranking 'magic'; choose combined, dense, sentence, lexical, key"):
        single_signal("magic")


def test_another_way_to_ask_finds_its_section(mixed_index: Index) -> None:
    query = Query.of("brewing time for tea", mixed_index, NO_NAMES)
    best = top_passages(mixed_index, rank(mixed_index, query, RetrievalConfig()), 1)
    assert (best[0].passage.document.id, best[0].passage.section.id) == ("tea", "how-long-should-tea-steep")


@pytest.mark.parametrize("question", ["brewing time for tea", "Brewing TIME -- for tea?!", "how long should tea steep"])
def test_a_question_that_somebody_taught_leads_to_its_section(mixed_index: Index, question: str) -> None:
    ranking = rank(mixed_index, Query.of(question, mixed_index, NO_NAMES), RetrievalConfig())
    sections = [mixed_index.store.passage(int(number)).section.id for number in ranking.passages]
    taught = sections.count("how-long-should-tea-steep")
    assert set(sections[:taught]) == {"how-long-should-tea-steep"}
    assert set(ranking.combined[:taught].tolist()) == {1.0}
    assert max(ranking.combined[taught:].tolist()) <= np.float32(0.8)


@pytest.mark.parametrize("question", ["brewing time for the tea", "what is the time for tea", "brewing"])
def test_a_question_that_is_only_like_a_taught_one_is_ranked_as_any_other(mixed_index: Index, question: str) -> None:
    query, config = Query.of(question, mixed_index, NO_NAMES), RetrievalConfig(dense=0.4, sentence=0.3, lexical=0.2, key=0.1)
    ranking = rank(mixed_index, query, config)
    signals = ((0.4, ranking.dense), (0.3, ranking.sentence), (0.2, ranking.lexical), (0.1, ranking.key))
    assert ranking.combined.tolist() == combine(signals).tolist()


def test_one_signal_alone_knows_nothing_of_taught_questions(mixed_index: Index) -> None:
    ranking = rank(mixed_index, Query.of("brewing time for tea", mixed_index, NO_NAMES), single_signal("dense"))
    assert ranking.combined.tolist() == combine([(1.0, ranking.dense)]).tolist()


def test_a_limit_above_what_there_is_gives_all(mixed_index: Index) -> None:
    query = Query.of("tea", mixed_index, NO_NAMES)
    assert len(top_passages(mixed_index, rank(mixed_index, query, RetrievalConfig()), 1000)) == mixed_index.manifest.counts.passages


# The query


def cosine(one: Vectors, other: Vectors) -> float:
    return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Is it safe?", "Is it safe?"),
        ("tell me about tea", "tell me about tea"),
        ("I drank 2.5 cups of tea v.2", "I drank 2.5 cups of tea v.2"),  # a full stop within a word ends nothing
        ("I drank cold tea. Is it safe? Thanks in advance.", "Is it safe?"),
        ("Is it safe? I drank cold tea.", "Is it safe?"),
        ("I drank tea. Is it safe? It was cold! Will it pass?", "Is it safe? Will it pass?"),
        ("I drank cold tea! It tasted flat. tell me why", "tell me why"),  # without a sign the last sentence asks
        ("I drank cold tea\nis it safe\n\n", "is it safe"),
        ("is it safe?\nI drank cold tea", "is it safe?"),
        ("I drank cold tea. Is it safe?! thanks", "Is it safe?!"),
        ("Is it safe? (tea)", "Is it safe?"),  # a subject added to a question counts for less than it; more was tried and ranked worse
        ("", ""),
        ("   ", "   "),
        ("?", "?"),
        ("\n\n", "\n\n"),
    ],
)
def test_of_a_story_it_is_the_sentences_that_ask_which_count(text: str, asked: str) -> None:
    assert question_in(text) == asked


def test_the_vector_of_one_sentence_is_its_own(mixed_index: Index) -> None:
    for text in ("how long does tea steep", "How long does tea steep?"):
        assert Query.of(text, mixed_index, NO_NAMES).vector.tolist() == mixed_index.encode_query(text).tolist()


def test_the_vector_of_a_story_is_drawn_towards_what_it_asks(mixed_index: Index) -> None:
    asked, story = "Does the Moon have air?", "My sister bakes bread and keeps bees in her garden. Does the Moon have air? I forgot."
    vector = Query.of(story, mixed_index, NO_NAMES).vector
    whole, alone = mixed_index.encode_query(story), mixed_index.encode_query(asked)
    expected = 0.6 * whole + 0.4 * alone
    assert vector.dtype == np.float32
    assert vector.tolist() == pytest.approx((expected / np.linalg.norm(expected)).tolist(), abs=1e-6)
    assert cosine(whole, alone) < cosine(vector, alone) < 1


def test_the_words_of_a_story_are_all_its_words(mixed_index: Index) -> None:
    query = Query.of("I keep bees. Do they sting?", mixed_index, NO_NAMES)
    assert query.words == query.asked == ("keep", "bee", "sting")
    assert query.plain == "i keep bees do they sting"
    assert query.drugs == ()


def test_a_drug_is_searched_for_by_its_own_name_too(mixed_index: Index, tables: CorpusTables) -> None:
    """ "xans" stands in no document; "alprazolam" does."""
    names = Names.compile(tables.lexicon)
    query = Query.of("How long do xans last", mixed_index, names)
    assert query.words == ("long", "xan", "last", "alprazolam")
    assert query.asked == ("long", "xan", "last")
    assert query.plain == "how long do xans last"
    assert [(drug.surface, drug.name) for drug in query.drugs] == [("xans", "alprazolam")]
    assert query.vector.tolist() == mixed_index.encode_query("How long do xans last (alprazolam)").tolist()


def test_several_drugs_are_added_in_the_order_of_the_text(mixed_index: Index, tables: CorpusTables) -> None:
    query = Query.of("valium vs xans with alcohol", mixed_index, Names.compile(tables.lexicon))
    assert query.vector.tolist() == mixed_index.encode_query("valium vs xans with alcohol (diazepam, alprazolam)").tolist()


def test_a_drug_that_is_named_as_the_lexicon_has_it_is_not_added_again(mixed_index: Index, tables: CorpusTables) -> None:
    query = Query.of("how long does Alprazolam last", mixed_index, Names.compile(tables.lexicon))
    assert query.words == query.asked == ("long", "alprazolam", "last")
    assert [drug.name for drug in query.drugs] == ["alprazolam"]
