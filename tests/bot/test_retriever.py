"""Ranking against a brute-force oracle over a tiny index."""

from dataclasses import replace

import numpy as np
import pytest

from bot.config import RetrievalConfig
from bot.errors import QuestionError
from bot.fusion import Scores, combine
from bot.lexicon import Names
from bot.retriever import Query, Ranking, rank, single_signal, top_passages
from indexer.corpus_tables import CorpusTables
from indexer.embedder import Vectors
from indexer.index import Index
from indexer.lexical_index import words
from indexer.store import StoredPassage
from indexer.whitening import whiten

pytestmark = pytest.mark.model

NO_NAMES = Names()


def fits_all(passage: StoredPassage) -> float:
    return 1.0


def signals_of(ranking: Ranking) -> tuple[Scores, Scores, Scores, Scores]:
    return ranking.dense, ranking.sentence, ranking.lexical, ranking.key


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
        sentences = mixed_index.sentence_vectors.of(rows)
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
    best = top_passages(mixed_index, rank(mixed_index, query, RetrievalConfig()), 1, fits_all, 0.2)
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
    ranking = rank(mixed_index, query, RetrievalConfig())
    assert len(top_passages(mixed_index, ranking, 1000, fits_all, 0.2)) == mixed_index.manifest.counts.passages


# The best passages, and what was asked


def tea_ranking(index: Index) -> Ranking:
    return rank(index, Query.of("how long does green tea steep", index, NO_NAMES), RetrievalConfig())


def test_passages_that_all_fit_stay_as_they_were_ranked(mixed_index: Index) -> None:
    ranking = tea_ranking(mixed_index)
    found = top_passages(mixed_index, ranking, 6, fits_all, 0.9)
    assert [one.passage.number for one in found] == ranking.passages[:6].tolist()
    assert [one.score for one in found] == pytest.approx(ranking.combined[:6].tolist())
    assert [one.place for one in found] == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(("fit", "unfit", "kept"), [(0.0, 0.2, 0.8), (0.0, 1.0, 0.0), (0.5, 0.2, 0.9), (1.0, 0.2, 1.0), (0.0, 0.0, 1.0)])
def test_a_passage_that_does_not_fit_loses_a_share_of_its_score(mixed_index: Index, fit: float, unfit: float, kept: float) -> None:
    ranking = tea_ranking(mixed_index)
    before = dict(zip(ranking.passages.tolist(), ranking.combined.tolist(), strict=True))
    for one in top_passages(mixed_index, ranking, 6, lambda passage: fit, unfit):
        assert one.score == pytest.approx(kept * before[one.passage.number])


def test_a_passage_that_fits_passes_one_that_does_not(mixed_index: Index) -> None:
    """The place that is told is the one in the ranking, where the signals stand."""
    ranking = tea_ranking(mixed_index)
    first, second = ranking.passages[:2].tolist()
    one, other = top_passages(mixed_index, ranking, 2, lambda passage: float(passage.number != first), 0.9)
    assert (one.passage.number, one.place) == (second, 1)
    assert other.passage.number != first
    every = top_passages(mixed_index, ranking, 99, lambda passage: float(passage.number != first), 0.9)
    assert [found.place for found in every if found.passage.number == first] == [0]
    assert [found.score for found in every] == sorted((found.score for found in every), reverse=True)


def test_how_far_a_passage_s_section_is_from_the_nearest_key_is_told(mixed_index: Index) -> None:
    ranking = tea_ranking(mixed_index)
    key = np.array([0.5, 0.8, 0.1, 0.8, 0.0, *[0.2] * (len(ranking) - 5)], dtype=np.float32)
    found = top_passages(mixed_index, replace(ranking, key=key), 5, fits_all, 0.2)
    assert [one.astray for one in found] == pytest.approx([0.3, 0.0, 0.7, 0.0, 0.8])


def test_only_the_first_twenty_are_looked_at(mixed_index: Index) -> None:
    """A long ranking of the same passages: those behind the twentieth stay where they are."""
    ranking = tea_ranking(mixed_index)
    often = [np.tile(column, 5)[:24] for column in (ranking.combined, *signals_of(ranking))]
    combined, dense, sentence, lexical, key = often
    twice = Ranking(np.tile(ranking.passages, 5)[:24], combined, dense, sentence, lexical, key)
    looked_at: list[int] = []

    def fit(passage: StoredPassage) -> float:
        looked_at.append(passage.number)
        return 0.0

    found = top_passages(mixed_index, twice, 24, fit, 0.5)
    assert looked_at == twice.passages[:20].tolist()
    assert [one.place for one in found[20:]] == [20, 21, 22, 23]
    assert [one.score for one in found[20:]] == pytest.approx(twice.combined[20:24].tolist())


# The query


def cosine(one: Vectors, other: Vectors) -> float:
    return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))


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
    assert query.vector == pytest.approx(drawn(mixed_index, "How long do xans last", "alprazolam"), abs=1e-6)


def drawn(index: Index, question: str, *names: str) -> Vectors:
    """The vector of a question, of which the drugs it means have a fifth, whatever their number."""
    meant = np.sum([index.encode_query(name) for name in names], axis=0)
    vector: Vectors = 0.8 * index.encode_query(question) + 0.2 * meant / np.linalg.norm(meant)
    return vector / np.linalg.norm(vector)


def test_several_drugs_are_added_in_the_order_of_the_text(mixed_index: Index, tables: CorpusTables) -> None:
    query = Query.of("valium vs xans with alcohol", mixed_index, Names.compile(tables.lexicon))
    assert query.text == "valium vs xans with alcohol (diazepam, alprazolam)"
    assert query.vector == pytest.approx(drawn(mixed_index, "valium vs xans with alcohol", "diazepam", "alprazolam"), abs=1e-6)


def test_a_drug_that_is_named_as_the_lexicon_has_it_is_not_added_again(mixed_index: Index, tables: CorpusTables) -> None:
    query = Query.of("how long does Alprazolam last", mixed_index, Names.compile(tables.lexicon))
    assert query.words == query.asked == ("long", "alprazolam", "last")
    assert [drug.name for drug in query.drugs] == ["alprazolam"]
