"""Mapped pages that were looked at are given back, and read again when they are wanted."""

import os
from pathlib import Path

import numpy as np
import pytest

from indexer.array_file import let_go, mapped
from indexer.byte_vectors import ByteVectors
from indexer.lexical_index import LexicalIndex, words
from indexer.lexical_writer import LexicalWriter, counted_words

_COUNT = 40_000  # rows of 100 numbers: 4 MB


def resident(file: Path) -> int:
    """Bytes of a mapped file that count as this process's memory."""
    lines = Path(f"/proc/{os.getpid()}/smaps").read_text().splitlines()
    at = next(number for number, line in enumerate(lines) if line.endswith(str(file)))
    return 1024 * int(next(line for line in lines[at:] if line.startswith("Rss:")).split()[1])


def test_a_mapped_array_is_let_go_of_and_is_still_there(tmp_path: Path) -> None:
    np.save(tmp_path / "rows.npy", np.arange(1_000_000))
    array = mapped(tmp_path / "rows.npy")
    assert int(array.sum()) == 499_999_500_000
    assert resident(tmp_path / "rows.npy") >= 8_000_000
    let_go(array)
    assert resident(tmp_path / "rows.npy") == 0
    assert int(array[-1]) == 999_999


def test_an_array_in_memory_is_left_alone() -> None:
    array = np.arange(5)
    let_go(array)
    assert array.tolist() == [0, 1, 2, 3, 4]


def test_of_large_vectors_pages_are_let_go_of_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.byte_vectors._LARGE", 1 << 20)
    vectors = np.random.default_rng(0).normal(size=(_COUNT, 100)).astype(np.float32)
    ByteVectors.save(tmp_path / "vectors.npy", [vectors], vectors.shape)
    loaded = ByteVectors.load(tmp_path / "vectors.npy")
    first = loaded.of([0, 1])
    loaded.of(np.arange(9_000))
    assert resident(tmp_path / "vectors.npy") >= 900_000
    loaded.of(np.arange(9_000, 20_000))
    assert resident(tmp_path / "vectors.npy") == 0
    assert loaded.of([0, 1]).tolist() == first.tolist()


def test_small_vectors_stay(tmp_path: Path) -> None:
    vectors = np.ones((20_000, 100), dtype=np.float32)
    ByteVectors.save(tmp_path / "vectors.npy", [vectors], vectors.shape)
    loaded = ByteVectors.load(tmp_path / "vectors.npy")
    loaded.of(np.arange(20_000))
    assert resident(tmp_path / "vectors.npy") >= 2_000_000


def test_postings_are_let_go_of_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = LexicalWriter(tmp_path / "bm25")
    writer.add(counted_words(words(f"tea cup{number % 7}") for number in range(5_000)))
    writer.close()
    loaded = LexicalIndex.load(tmp_path / "bm25")
    file = tmp_path / "bm25" / "impacts.npy"
    scores = loaded.scores(["tea", "cup3"])
    assert resident(file) > 0
    monkeypatch.setattr("indexer.lexical_index._LET_GO", 1_000)
    assert loaded.scores(["tea", "cup3"]).tolist() == scores.tolist()
    assert resident(file) == 0
