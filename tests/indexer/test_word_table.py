from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.word_table import WordTable

WORDS = ("tea", "café", "te", "teas", "茶", "x")


def test_words_have_the_numbers_of_their_order() -> None:
    table = WordTable.build(WORDS)
    assert [table.number(word) for word in WORDS] == [0, 1, 2, 3, 4, 5]
    assert table.numbers(["x", "unheard", "tea", "x"]) == [5, 0, 5]
    assert len(table) == 6


@pytest.mark.parametrize("word", ["", "t", "Tea", "tea\n", "cafe", "ea", "x\nte", "\ud800"])
def test_what_is_no_word_of_the_table_has_no_number(word: str) -> None:
    assert WordTable.build(WORDS).number(word) is None
    assert WordTable.build(()).number(word) is None


def test_a_saved_table_is_mapped_and_can_be_read_without_this_software(tmp_path: Path) -> None:
    WordTable.build(WORDS).save(tmp_path)
    loaded = WordTable.load(tmp_path)
    assert loaded.is_whole()
    assert loaded.numbers(WORDS) == [0, 1, 2, 3, 4, 5]
    assert (tmp_path / "words.txt").read_text(encoding="utf-8") == "tea\ncafé\nte\nteas\n茶\nx\n"


def test_an_empty_table_is_saved_and_loaded(tmp_path: Path) -> None:
    WordTable.build(()).save(tmp_path)
    loaded = WordTable.load(tmp_path)
    assert (len(loaded), loaded.is_whole(), loaded.numbers(["tea"])) == (0, True, [])


def test_parts_of_two_tables_do_not_make_one(tmp_path: Path) -> None:
    WordTable.build(WORDS).save(tmp_path)
    kept = (tmp_path / "word_starts.npy").read_bytes()
    WordTable.build(WORDS[1:]).save(tmp_path)
    (tmp_path / "word_starts.npy").write_bytes(kept)
    assert not WordTable.load(tmp_path).is_whole()


def test_a_word_that_comes_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="the word 'tea' comes twice"):
        WordTable.build(["tea", "x", "tea"])


@given(st.lists(st.text(alphabet="abä茶0", min_size=1, max_size=3), unique=True, max_size=60), st.text(alphabet="abä茶0", max_size=4))
def test_every_word_is_found_among_many_alike_and_no_other(words: list[str], asked: str) -> None:
    table = WordTable.build(words)
    assert [table.number(word) for word in words] == list(range(len(words)))
    assert table.number(asked) == (words.index(asked) if asked in words else None)
