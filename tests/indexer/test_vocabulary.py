from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.byte_vectors import ByteVectors
from indexer.lexical_index import STOP_WORDS, spoken_words, words
from indexer.vocabulary import Vocabulary
from indexer.word_table import WordTable

WORDS = ("tea", "café", "steeps", "30s", "茶", "x")


def vocabulary(folder: Path, *spoken: str) -> Vocabulary:
    """Words with vectors that tell them apart: the first has (1, 0), the second (2, 1), and so on."""
    rows = np.array([[at + 1, at] for at in range(len(spoken))], dtype=np.float32).reshape(len(spoken), 2)
    WordTable.build(spoken).save(folder)
    ByteVectors.save(folder / "vectors.npy", [rows], (len(spoken), 2))
    return Vocabulary.load(folder)


def test_words_are_looked_up_in_the_order_asked_for(tmp_path: Path) -> None:
    found = vocabulary(tmp_path, *WORDS).of(["steeps", "tea", "30s", "steeps"])
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, [[3, 2], [1, 0], [4, 3], [3, 2]], atol=0.02)


def test_words_that_are_not_known_are_left_out(tmp_path: Path) -> None:
    np.testing.assert_allclose(vocabulary(tmp_path, *WORDS).of(["unheard", "café", "Tea", "tea "]), [[2, 1]], atol=0.01)


@pytest.mark.parametrize("asked", [[], ["unheard"]])
def test_without_a_known_word_there_is_no_vector(tmp_path: Path, asked: list[str]) -> None:
    assert vocabulary(tmp_path, *WORDS).of(asked).shape == (0, 2)


def test_words_are_known_as_they_are_spoken(tmp_path: Path) -> None:
    known = vocabulary(tmp_path, *WORDS)
    assert [word in known for word in ("tea", "steeps", "30s", "茶")] == [True] * 4
    assert [word in known for word in ("steep", "TEA", "", "unheard")] == [False] * 4
    assert (len(known), known.shape) == (6, (6, 2))


def test_a_vector_for_each_word_or_its_parts_do_not_belong_together(tmp_path: Path) -> None:
    vocabulary(tmp_path, *WORDS)
    WordTable.build(WORDS[1:]).save(tmp_path)
    assert Vocabulary.load(tmp_path).shape == (0, 0)


def test_an_index_without_a_word_that_means_something_has_an_empty_vocabulary(tmp_path: Path) -> None:
    empty = vocabulary(tmp_path)
    assert (len(empty), empty.shape, empty.of(["tea"]).shape) == (0, (0, 2), (0, 2))


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
