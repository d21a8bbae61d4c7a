"""Ranking against a brute-force oracle over a tiny index."""

import numpy as np
import pytest

from bot.config import RetrievalConfig
from bot.errors import QuestionError
from bot.fusion import combine
from bot.retriever import Query, rank, single_signal, top_passages
from indexer.index import Index
from indexer.lexical_index import words

pytestmark = pytest.mark.model

QUESTIONS = ["how long does green tea steep", "do drones sting", "does the moon have air", "sourdough smells of vinegar", "xylophone"]


def normalised(values: list[float]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    array = np.array(values)
    return (array - array.min()) / (array.max() - array.min()) if array.max() > array.min() else np.zeros(len(array))


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_score_is_what_a_plain_computation_gives(mixed_index: Index, question: str) -> None:
    config = RetrievalConfig(dense=0.4, sentence=0.3, lexical=0.2, key=0.1)
    query = Query.of(question, mixed_index)
    ranking = rank(mixed_index, query, config)
    encode = mixed_index.embedder.encode
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
    query = Query.of("how long does green tea steep", mixed_index)
    ranking = rank(mixed_index, query, single_signal("lexical"))
    assert ranking.lexical.tolist() == sorted(ranking.lexical.tolist(), reverse=True)


def test_an_unknown_signal_is_named() -> None:
    with pytest.raises(QuestionError, match="no ranking 'magic'; choose combined, dense, sentence, lexical, key"):
        single_signal("magic")


def test_another_way_to_ask_finds_its_section(mixed_index: Index) -> None:
    query = Query.of("brewing time for tea", mixed_index)
    best = top_passages(mixed_index, rank(mixed_index, query, RetrievalConfig()), 1)
    assert (best[0].passage.document.id, best[0].passage.section.id) == ("tea", "how-long-should-tea-steep")


@pytest.mark.parametrize("question", ["brewing time for tea", "Brewing TIME -- for tea?!", "how long should tea steep"])
def test_a_question_that_somebody_taught_leads_to_its_section(mixed_index: Index, question: str) -> None:
    ranking = rank(mixed_index, Query.of(question, mixed_index), RetrievalConfig())
    sections = [mixed_index.store.passage(int(number)).section.id for number in ranking.passages]
    taught = sections.count("how-long-should-tea-steep")
    assert set(sections[:taught]) == {"how-long-should-tea-steep"}
    assert set(ranking.combined[:taught].tolist()) == {1.0}
    assert max(ranking.combined[taught:].tolist()) <= np.float32(0.8)


@pytest.mark.parametrize("question", ["brewing time for the tea", "what is the time for tea", "brewing"])
def test_a_question_that_is_only_like_a_taught_one_is_ranked_as_any_other(mixed_index: Index, question: str) -> None:
    query, config = Query.of(question, mixed_index), RetrievalConfig()
    ranking = rank(mixed_index, query, config)
    signals = ((0.30, ranking.dense), (0.20, ranking.sentence), (0.35, ranking.lexical), (0.15, ranking.key))
    assert ranking.combined.tolist() == combine(signals).tolist()


def test_one_signal_alone_knows_nothing_of_taught_questions(mixed_index: Index) -> None:
    ranking = rank(mixed_index, Query.of("brewing time for tea", mixed_index), single_signal("dense"))
    assert ranking.combined.tolist() == combine([(1.0, ranking.dense)]).tolist()


def test_a_limit_above_what_there_is_gives_all(mixed_index: Index) -> None:
    query = Query.of("tea", mixed_index)
    assert len(top_passages(mixed_index, rank(mixed_index, query, RetrievalConfig()), 1000)) == mixed_index.manifest.counts.passages
