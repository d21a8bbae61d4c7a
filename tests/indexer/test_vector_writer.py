"""An index written from blocks, against a comparison with every vector; the limit of what is exact is brought down for it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from indexer.embedder import Vectors
from indexer.vector_index import VectorIndex
from indexer.vector_writer import write_vector_index
from tests.indexer.vectors import unit_vectors

COUNT, DIMENSION = 3_000, 64


def alike(seed: int) -> Vectors:
    """Vectors in bundles, as texts on one subject have them."""
    chance = np.random.default_rng(seed)
    bundled = unit_vectors(100, DIMENSION, seed=0)[chance.integers(0, 100, COUNT)] + 0.8 * unit_vectors(COUNT, DIMENSION, seed)
    unit: Vectors = (bundled / np.linalg.norm(bundled, axis=1, keepdims=True)).astype(np.float32)
    return unit


def blocks(vectors: Vectors, size: int) -> Iterator[Vectors]:
    return (vectors[first : first + size] for first in range(0, len(vectors), size))


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.vector_writer.LARGEST_EXACT", 1_000)
    monkeypatch.setattr("indexer.vector_writer._BLOCK", 700)


def test_few_vectors_are_compared_exactly(tmp_path: Path) -> None:
    vectors = alike(1)
    write_vector_index(tmp_path / "few.faiss", blocks(vectors, 256), COUNT, DIMENSION)
    index = VectorIndex.load(tmp_path / "few.faiss")
    assert (index.kind, len(index), index.dimension) == ("exact", COUNT, DIMENSION)
    for query in alike(2)[:20]:
        assert index.search(query, 15).tolist() == np.argsort(-(vectors @ query), kind="stable")[:15].tolist()


@pytest.mark.usefixtures("many")
def test_many_vectors_are_scanned_and_nearly_all_of_the_nearest_found(tmp_path: Path) -> None:
    vectors = alike(1)
    write_vector_index(tmp_path / "many.faiss", blocks(vectors, 256), COUNT, DIMENSION)
    index = VectorIndex.load(tmp_path / "many.faiss")
    assert (index.kind, len(index), index.dimension) == ("scanned", COUNT, DIMENSION)
    queries = alike(2)[:200]
    found = 0
    for query in queries:
        numbers, similarities = index.nearest(query, 10)
        found += len(set(numbers.tolist()) & set(np.argsort(-(vectors @ query))[:10].tolist()))
        np.testing.assert_allclose(similarities, vectors[numbers] @ query, atol=0.01)
        np.testing.assert_allclose(index.similarities(query, numbers), similarities, atol=1e-5)
        assert similarities.tolist() == sorted(similarities.tolist(), reverse=True)
    assert found >= 0.98 * 10 * len(queries)
    assert (tmp_path / "many.faiss").stat().st_size < 0.4 * 4 * vectors.size
    assert [file.name for file in tmp_path.iterdir()] == ["many.faiss"]


@pytest.mark.usefixtures("many")
def test_the_same_vectors_give_the_same_bytes(tmp_path: Path) -> None:
    for name, size in (("one", 256), ("other", 100)):
        write_vector_index(tmp_path / name, blocks(alike(1), size), COUNT, DIMENSION)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


@pytest.mark.usefixtures("many")
def test_where_codes_tell_too_little_more_vectors_are_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Vectors in every direction alike are the worst case: of the ten nearest by code too few are among the nearest."""
    monkeypatch.setattr("indexer.vector_index._FEWEST", 10)
    vectors = unit_vectors(COUNT, DIMENSION, seed=4)
    write_vector_index(tmp_path / "many.faiss", blocks(vectors, 256), COUNT, DIMENSION)
    index = VectorIndex.load(tmp_path / "many.faiss")
    queries = unit_vectors(100, DIMENSION, seed=5)
    found = sum(len(set(index.search(query, 10).tolist()) & set(np.argsort(-(vectors @ query))[:10].tolist())) for query in queries)
    assert found >= 0.97 * 10 * len(queries)
