from collections.abc import Sequence
from pathlib import Path

import numpy as np

from indexer.embedder import EncoderSettings, Vectors
from indexer.embedding_cache import EmbeddingCache


class CountingEmbedder:
    """Vectors that tell texts apart, and a list of what was encoded."""

    def __init__(self, fingerprint: str = "a") -> None:
        self.settings = EncoderSettings(kind="onnx-int8", model="m", fingerprint=fingerprint, dimension=2, max_tokens=9)
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded += texts
        return np.array([[len(text), ord(text[0])] for text in texts], dtype=np.float32)

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
    assert first.tolist() == [[5, 97], [3, 102], [5, 97]]
    assert second.tolist() == [[3, 102], [4, 112], [5, 97]]


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
    assert vectors[:, 0].tolist() == [float(len(f"text {number}")) for number in range(600)]


def test_no_texts_give_no_vectors(tmp_path: Path) -> None:
    with EmbeddingCache(tmp_path / "cache.sqlite", CountingEmbedder()) as cache:
        assert cache.encode([], quiet).shape == (0, 2)
