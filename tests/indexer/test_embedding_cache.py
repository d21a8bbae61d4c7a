import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from indexer.embedder import EncoderSettings, Vectors
from indexer.embedding_cache import EmbeddingCache
from indexer.errors import IndexerError


class CountingEmbedder:
    """Unit vectors that tell texts of different lengths apart, and a list of what was encoded."""

    def __init__(self, fingerprint: str = "a") -> None:
        self.settings = EncoderSettings(kind="onnx-int8", model="m", fingerprint=fingerprint, dimension=2, max_tokens=9)
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded += texts
        lengths = np.array([len(text) / 100 for text in texts], dtype=np.float32)
        return np.stack([lengths, np.sqrt(1 - lengths**2)], axis=1)

    def count_tokens(self, text: str) -> int:
        return len(text.split())


def quiet(done: int) -> None:
    pass


def test_only_new_texts_are_encoded(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    with EmbeddingCache(tmp_path / "cache.sqlite", embedder) as cache:
        first = cache.encode(["apple", "fig", "apple"], quiet)
    with EmbeddingCache(tmp_path / "cache.sqlite", embedder) as cache:
        second = cache.encode(["fig", "pear", "apple"], quiet)
        assert (cache.reused, cache.encoded) == (2, 1)
    assert embedder.encoded == ["apple", "fig", "pear"]
    assert first[:, 0].tolist() == pytest.approx([0.05, 0.03, 0.05])
    assert second[:, 0].tolist() == pytest.approx([0.03, 0.04, 0.05])


def test_another_model_shares_nothing(tmp_path: Path) -> None:
    other = CountingEmbedder("b")
    for embedder in (CountingEmbedder("a"), other):
        with EmbeddingCache(tmp_path / "cache.sqlite", embedder) as cache:
            cache.encode(["apple"], quiet)
    assert other.encoded == ["apple"]


def test_many_texts_are_told_of_batch_by_batch(tmp_path: Path) -> None:
    told: list[int] = []
    with EmbeddingCache(tmp_path / "cache.sqlite", CountingEmbedder()) as cache:
        vectors = cache.encode([f"text {number}" for number in range(600)], told.append)
    assert told == [256, 256, 88]
    assert vectors[:, 0].tolist() == pytest.approx([len(f"text {number}") / 100 for number in range(600)])


def test_no_texts_give_no_vectors(tmp_path: Path) -> None:
    with EmbeddingCache(tmp_path / "cache.sqlite", CountingEmbedder()) as cache:
        assert cache.encode([], quiet).shape == (0, 2)


def test_a_damaged_file_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "cache.sqlite").write_bytes(b"this is no database, and long enough to be looked at as one" * 20)
    with EmbeddingCache(tmp_path / "cache.sqlite", CountingEmbedder()) as cache:
        assert cache.encode(["fig"], quiet)[0, 0] == pytest.approx(0.03)


@pytest.mark.parametrize("damage", ["zeroblob(8)", "x'00'", "x''"])
def test_a_stored_vector_that_cannot_be_one_is_computed_again(tmp_path: Path, damage: str) -> None:
    embedder = CountingEmbedder()
    with EmbeddingCache(tmp_path / "cache.sqlite", embedder) as cache:
        cache.encode(["fig"], quiet)
    with closing(sqlite3.connect(tmp_path / "cache.sqlite")) as connection, connection:
        connection.execute(f"UPDATE vectors SET vector = {damage}")
    with EmbeddingCache(tmp_path / "cache.sqlite", embedder) as cache:
        assert cache.encode(["fig"], quiet)[0, 0] == pytest.approx(0.03)
    assert embedder.encoded == ["fig", "fig"]


def test_a_file_that_cannot_be_opened_is_named_and_kept(tmp_path: Path) -> None:
    (tmp_path / "cache.sqlite").mkdir()
    with pytest.raises(IndexerError, match=r"cache.sqlite: unable to open database file; check the folder"):
        EmbeddingCache(tmp_path / "cache.sqlite", CountingEmbedder())
    assert (tmp_path / "cache.sqlite").is_dir()
