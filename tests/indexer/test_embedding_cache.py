import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from indexer.embedder import EncoderSettings, Vectors
from indexer.embedding_cache import EmbeddingCache


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

    def is_word(self, word: str) -> bool:
        return word == "tea"


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


def test_a_file_that_cannot_be_opened_is_no_damage_and_is_kept(tmp_path: Path) -> None:
    (tmp_path / "cache.sqlite").mkdir()
    with pytest.raises(sqlite3.OperationalError, match="unable to open database file"):
        EmbeddingCache(tmp_path / "cache.sqlite", CountingEmbedder())
    assert (tmp_path / "cache.sqlite").is_dir()


def stored(file: Path) -> list[bytes]:
    with closing(sqlite3.connect(file)) as connection:
        return [row[0] for row in connection.execute("SELECT key FROM vectors")]


def test_damage_past_the_first_page_is_begun_anew_in_the_middle_of_a_run(tmp_path: Path) -> None:
    texts = [f"text {number} {'x' * (number % 60)}" for number in range(600)]
    with EmbeddingCache(tmp_path / "cache.sqlite", CountingEmbedder()) as cache:
        before = cache.encode(texts, quiet)
    content = bytearray((tmp_path / "cache.sqlite").read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    (tmp_path / "cache.sqlite").write_bytes(content)
    embedder = CountingEmbedder()
    with EmbeddingCache(tmp_path / "cache.sqlite", embedder) as cache:
        assert cache.encode(texts, quiet).tolist() == before.tolist()
        assert (cache.reused, cache.encoded) == (0, 600)
    assert embedder.encoded == texts
    assert len(stored(tmp_path / "cache.sqlite")) == 600


def test_damage_that_comes_while_a_run_goes_on_costs_only_time(tmp_path: Path) -> None:
    file = tmp_path / "cache.sqlite"
    texts = [f"text {number}" for number in range(600)]

    def overwrite(done: int) -> None:
        with file.open("r+b") as stream:
            stream.truncate(4096)
            stream.seek(0)
            stream.write(b"\xa5" * 4096)

    with EmbeddingCache(file, CountingEmbedder()) as cache:
        vectors = cache.encode(texts, overwrite)
        again = cache.encode(texts[:3], quiet)
    assert vectors[:, 0].tolist() == pytest.approx([len(text) / 100 for text in texts])
    assert again.tolist() == vectors[:3].tolist()


def test_a_full_disk_is_no_damage_and_what_is_there_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "cache.sqlite"
    with EmbeddingCache(file, CountingEmbedder()) as cache:
        cache.encode(["fig"], quiet)
        cache._connection.execute("PRAGMA max_page_count = 2")
        with pytest.raises(sqlite3.OperationalError, match="database or disk is full"):
            cache.encode([f"text {number}" for number in range(600)], quiet)
        assert cache.encode(["fig"], quiet)[0, 0] == pytest.approx(0.03)
    assert len(stored(file)) == 1


def test_a_run_cut_short_loses_no_batch_it_was_told_of(tmp_path: Path) -> None:
    done: list[int] = []

    def stop(more: int) -> None:
        done.append(more)
        if len(done) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), EmbeddingCache(tmp_path / "cache.sqlite", CountingEmbedder()) as cache:
        cache.encode([f"text {number}" for number in range(600)], stop)
    assert len(stored(tmp_path / "cache.sqlite")) == 512
