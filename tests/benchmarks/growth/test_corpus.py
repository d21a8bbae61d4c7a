import json
from itertools import islice
from pathlib import Path

import numpy as np

from tests.benchmarks.growth.corpus import made_documents, write_corpus
from tests.benchmarks.growth.words import Words, made_up, ranks_of, share_below

WORDS = Words(["the", "of", "tea", "bread"])


def test_a_corpus_is_the_beginning_of_every_larger_one() -> None:
    small, large = list(made_documents(700, WORDS)), made_documents(5_000, WORDS)
    assert sum(len(document.sections) for document in small) == 700
    beginning = list(islice(large, len(small)))
    assert beginning[:-1] == small[:-1]
    assert beginning[-1].sections[: len(small[-1].sections)] == small[-1].sections


def test_a_question_has_the_subjects_of_its_own_section(tmp_path: Path) -> None:
    questions = write_corpus(tmp_path / "corpus.jsonl", 50, WORDS, 5)
    assert [question.section for question in questions] == [0, 12, 24, 36, 49]
    records = [json.loads(line) for line in (tmp_path / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]
    titles = [title for record in records for title in record["text"].split("\n\n")[::2]]
    for question in questions:
        subjects = set(titles[question.section].lower().rstrip("?").split()) & set(question.text.split())
        assert len(subjects) >= 3
        assert 5 <= len(question.text.split()) <= 9


def test_words_are_used_by_rank() -> None:
    ranks = ranks_of(np.linspace(0, 1, 200_001)[:-1])
    assert ranks.min() == 1
    for rank in (2, 10, 1_000):
        assert abs(np.mean(ranks < rank) - share_below(rank)) < 1e-4
    rare = [np.mean((ranks >= first) & (ranks < 10 * first)) for first in (10**4, 10**5, 10**6)]
    assert np.allclose(np.divide(rare[:-1], rare[1:]), 10**0.77, rtol=0.05)  # the tail falls as rank^-1.77


def test_each_rank_has_a_word_of_its_own() -> None:
    assert WORDS.word(3) == "tea"
    assert len({WORDS.word(rank) for rank in range(1, 200_001)}) == 200_000
    assert len({made_up(number) for number in range(10**9, 10**9 + 1_000)}) == 1_000
