import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.lexical_index import STOP_WORDS, spoken_words, words
from indexer.vocabulary import Vocabulary

WORDS = ("tea", "café", "steeps", "30s", "茶", "x")


def vocabulary(*spoken: str) -> Vocabulary:
    """Words with vectors that tell them apart: the first has (1, 0), the second (2, 1), and so on."""
    rows = np.array([[at + 1, at] for at in range(len(spoken))], dtype=np.float16).reshape(len(spoken), 2)
    return Vocabulary(spoken, rows)


def test_words_are_looked_up_in_the_order_asked_for() -> None:
    found = vocabulary(*WORDS).of(["steeps", "tea", "30s", "steeps"])
    assert found.dtype == np.float32
    assert found.tolist() == [[3.0, 2.0], [1.0, 0.0], [4.0, 3.0], [3.0, 2.0]]


def test_words_that_are_not_known_are_left_out() -> None:
    assert vocabulary(*WORDS).of(["unheard", "café", "Tea", "tea "]).tolist() == [[2.0, 1.0]]


@pytest.mark.parametrize("asked", [[], ["unheard"]])
def test_without_a_known_word_there_is_no_vector(asked: list[str]) -> None:
    assert vocabulary(*WORDS).of(asked).shape == (0, 2)


def test_words_are_known_as_they_are_spoken() -> None:
    known = vocabulary(*WORDS)
    assert [word in known for word in ("tea", "steeps", "30s", "茶")] == [True] * 4
    assert [word in known for word in ("steep", "TEA", "", "unheard")] == [False] * 4
    assert len(known) == 6


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    saved = vocabulary(*WORDS)
    saved.save(tmp_path)
    loaded = Vocabulary.load(tmp_path)
    assert len(loaded) == len(saved)
    assert loaded.of(WORDS).tolist() == saved.of(WORDS).tolist()
    assert loaded.vectors.dtype == np.float16
    assert loaded.vectors.shape == (6, 2)
    assert isinstance(loaded.vectors, np.memmap)


def test_the_words_can_be_read_without_this_software(tmp_path: Path) -> None:
    vocabulary(*WORDS).save(tmp_path)
    assert (tmp_path / "words.json").read_text(encoding="utf-8") == json.dumps(list(WORDS), ensure_ascii=False)
    assert np.load(tmp_path / "word_vectors.npy").tolist()[2] == [3.0, 2.0]


def test_an_index_without_a_word_that_means_something_has_an_empty_vocabulary(tmp_path: Path) -> None:
    vocabulary().save(tmp_path)
    loaded = Vocabulary.load(tmp_path)
    assert (len(loaded), loaded.of(["tea"]).shape) == (0, (0, 2))


# The words that go in


def test_words_are_spoken_without_case_accents_apostrophes_and_stop_words() -> None:
    assert spoken_words("What are the Symptoms of ketamine's WITHDRAWAL? Café, don\u2019t!") == [
        "symptoms",
        "ketamines",
        "withdrawal",
        "cafe",
        "dont",
    ]


def test_words_are_spoken_in_order_as_often_as_they_stand() -> None:
    assert spoken_words("tea steeps; tea is steeped") == ["tea", "steeps", "tea", "steeped"]


def test_numbers_and_negations_are_kept() -> None:
    assert spoken_words("not 5 mg, nor 0.5; no M30s without a test") == ["not", "5", "mg", "nor", "0", "5", "no", "m30s", "without", "test"]


def test_letters_of_other_shapes_are_the_same_words() -> None:
    assert spoken_words("\U0001d5eb\U0001d5d4\U0001d5e1 \uff38anax \u2163 tea") == ["xan", "xanax", "iv", "tea"]  # bold, wide, a numeral


def test_a_text_of_stop_words_says_nothing() -> None:
    assert spoken_words("What is it?  -- \n") == []


@given(st.text(max_size=60))
def test_a_spoken_word_alone_is_spoken_the_same(text: str) -> None:
    """So that a question's word is found where a passage's was kept, whatever stood around either."""
    spoken = spoken_words(text)
    assert not STOP_WORDS & set(spoken)
    assert [spoken_words(word) for word in spoken] == [[word] for word in spoken]
    assert len(words(text)) == len(spoken)
