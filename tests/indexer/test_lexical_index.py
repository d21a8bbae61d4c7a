from collections.abc import Sequence
from math import log
from pathlib import Path

import numpy as np
import pytest

from indexer.lexical_index import LexicalIndex, words
from indexer.lexical_writer import LexicalWriter, counted_words

TEXTS = [
    "Ketamine is not an opioid; ketamine blocks receptors.",
    "Opioids switch on opioid receptors and slow breathing.",
    "Xanax is a benzodiazepine.",
    "",
    "Naloxone reverses opioids, not benzodiazepines.",
]


def index_of(folder: Path, texts: Sequence[str], at_once: int = 2) -> LexicalIndex:
    """The index of texts, written so many at a time."""
    writer = LexicalWriter(folder / "bm25")
    for first in range(0, len(texts), at_once):
        writer.add(counted_words(map(words, texts[first : first + at_once])))
    writer.close()
    return LexicalIndex.load(folder / "bm25")


def bm25(query: str, texts: list[str], number: int) -> float:
    """Lucene's BM25 with k1 = 1.5 and b = 0.75, from the formula."""
    split = [words(text) for text in texts]
    average = sum(map(len, split)) / len(split)
    score = 0.0
    for word in words(query):
        holding = sum(word in found for found in split)
        if holding:
            times = split[number].count(word)
            idf = log(1 + (len(split) - holding + 0.5) / (holding + 0.5))
            score += idf * times / (times + 1.5 * (1 - 0.75 + 0.75 * len(split[number]) / average))
    return score


@pytest.mark.parametrize("query", ["ketamine", "is an opioid addictive", "opioid receptors opioid", "benzodiazepines and naloxone"])
def test_scores_are_those_of_the_formula(tmp_path: Path, query: str) -> None:
    scores = index_of(tmp_path, TEXTS).scores(words(query))
    assert scores.tolist() == pytest.approx([bm25(query, TEXTS, number) for number in range(len(TEXTS))], abs=1e-5)


def test_words_that_stand_nowhere_score_and_find_nothing(tmp_path: Path) -> None:
    index = index_of(tmp_path, TEXTS)
    assert index.scores(words("gabapentin?")).tolist() == [0.0] * 5
    assert index.search(words("gabapentin? \ud800"), 10).tolist() == index.search([], 10).tolist() == []


def test_words_are_stemmed_folded_and_without_stop_words() -> None:
    assert words("What are the Symptoms of ketamine's withdrawal? Café") == ["symptom", "ketamin", "withdraw", "cafe"]


def test_negation_is_kept() -> None:
    assert words("is it not safe without food") == ["not", "safe", "without", "food"]


def many_texts(count: int) -> list[str]:
    """Texts of few words and many, some of them frequent, some alike."""
    chance = np.random.default_rng(0)
    return [" ".join(f"w{int(number)}" for number in chance.zipf(1.3, size=chance.integers(0, 30)) if number < 500) for _ in range(count)]


@pytest.mark.parametrize("limit", [1, 7, 50, 5000])
def test_search_gives_what_a_sort_of_all_scores_gives(tmp_path: Path, limit: int) -> None:
    index = index_of(tmp_path, many_texts(2000), at_once=300)
    for query in (["w1"], ["w1", "w2", "w3", "w40"], ["w9", "w9", "w100"], ["w300", "unheard"], ["w1", "w400", "w450"], ["w40", "w41"]):
        scores = index.scores(query)
        expected = np.argsort(-scores, kind="stable")[:limit]
        assert index.search(query, limit).tolist() == expected[scores[expected] > 0].tolist()
        assert index.best(query, scores, limit).tolist() == index.search(query, limit).tolist()


def test_texts_give_the_same_bytes_however_many_are_written_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []
    for at_once, postings in ((1, 1 << 21), (7, 100), (500, 1_000)):
        monkeypatch.setattr("indexer.lexical_writer._AT_ONCE", postings)
        folder = tmp_path / str(at_once)
        folder.mkdir()
        index_of(folder, many_texts(500), at_once)
        written.append({file.name: file.read_bytes() for file in (folder / "bm25").iterdir()})
    assert written[0] == written[1] == written[2]
    assert sorted(written[0]) == [
        "first_postings.npy",
        "impacts.npy",
        "parameters.json",
        "passages.npy",
        "word_slots.npy",
        "word_starts.npy",
        "words.txt",
    ]


def test_an_index_without_words_is_whole_and_finds_nothing(tmp_path: Path) -> None:
    index = index_of(tmp_path, ["", "it is"])
    assert (len(index), index.is_whole(), index.search(["tea"], 5).tolist()) == (2, True, [])


def test_a_rarer_word_tells_more(tmp_path: Path) -> None:
    index = index_of(tmp_path, TEXTS)
    assert (len(index), index.is_whole()) == (5, True)
    assert index.rarity("unheard") == pytest.approx(log(1 + 5 / 0.5))
    assert index.rarity("xanax") == pytest.approx(log(1 + 5 / 1))
    assert index.rarity("opioid") == pytest.approx(log(1 + 5 / 3))
