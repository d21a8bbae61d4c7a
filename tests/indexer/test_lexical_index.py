from math import log
from pathlib import Path

import pytest

from indexer.lexical_index import LexicalIndex, words

TEXTS = [
    "Ketamine is not an opioid; ketamine blocks receptors.",
    "Opioids switch on opioid receptors and slow breathing.",
    "Xanax is a benzodiazepine.",
    "",
    "Naloxone reverses opioids, not benzodiazepines.",
]


def bm25(query: str, texts: list[str], number: int) -> float:
    """Lucene's BM25 with k1 = 1.5 and b = 0.75, from the formula; a text without words counts as one of length 1."""
    split = [words(text) for text in texts]
    average = sum(len(found) or 1 for found in split) / len(split)
    score = 0.0
    for word in words(query):
        holding = sum(word in found for found in split)
        if holding:
            times = split[number].count(word)
            idf = log(1 + (len(split) - holding + 0.5) / (holding + 0.5))
            score += idf * times / (times + 1.5 * (1 - 0.75 + 0.75 * (len(split[number]) or 1) / average))
    return score


@pytest.mark.parametrize("query", ["ketamine", "is an opioid addictive", "opioid receptors opioid", "benzodiazepines and naloxone"])
def test_scores_are_those_of_the_formula(query: str) -> None:
    scores = LexicalIndex.build(TEXTS).scores(words(query))
    assert scores.tolist() == pytest.approx([bm25(query, TEXTS, number) for number in range(len(TEXTS))], abs=1e-5)


def test_words_that_stand_nowhere_score_nothing() -> None:
    assert LexicalIndex.build(TEXTS).scores(words("gabapentin?")).tolist() == [0.0] * 5


def test_words_are_stemmed_folded_and_without_stop_words() -> None:
    assert words("What are the Symptoms of ketamine's withdrawal? Café") == ["symptom", "ketamin", "withdraw", "cafe"]


def test_negation_is_kept() -> None:
    assert words("is it not safe without food") == ["not", "safe", "without", "food"]


def test_a_saved_index_scores_the_same(tmp_path: Path) -> None:
    index = LexicalIndex.build(TEXTS)
    index.save(tmp_path)
    loaded = LexicalIndex.load(tmp_path)
    assert loaded.scores(words("opioid receptors")).tolist() == index.scores(words("opioid receptors")).tolist()
    assert len(loaded) == 5
    assert loaded.rarity("xanax") == index.rarity("xanax")


def test_a_rarer_word_tells_more() -> None:
    index = LexicalIndex.build(TEXTS)
    assert index.rarity("unheard") == pytest.approx(log(1 + 5 / 0.5))
    assert index.rarity("xanax") == pytest.approx(log(1 + 5 / 1))
    assert index.rarity("opioid") == pytest.approx(log(1 + 5 / 3))
