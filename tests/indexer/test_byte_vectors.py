from pathlib import Path

import numpy as np
import pytest

from indexer.byte_vectors import ByteVectors
from indexer.embedder import Vectors
from tests.indexer.vectors import unit_vectors


def saved(folder: Path, vectors: Vectors) -> ByteVectors:
    count, dimension = vectors.shape
    blocks = (vectors[first : first + 30] for first in range(0, count, 30))
    ByteVectors.save(folder / "vectors.npy", blocks, (count, dimension))
    return ByteVectors.load(folder / "vectors.npy")


def test_similarities_are_the_cosines_in_the_order_asked_for(tmp_path: Path) -> None:
    vectors, query = unit_vectors(100, 384, seed=1), unit_vectors(1, 384, seed=2)[0]
    numbers = [7, 0, 99, 7]
    kept = saved(tmp_path, vectors)
    assert (len(kept), kept.shape) == (100, (100, 384))
    np.testing.assert_allclose(kept.similarities(query, numbers), vectors[numbers] @ query, atol=0.003)
    np.testing.assert_allclose(kept.similarities(vectors[3], [3]), [1.0], atol=0.001)
    assert kept.similarities(query, []).tolist() == []


def test_every_number_is_kept_to_a_part_in_254_of_its_vectors_largest(tmp_path: Path) -> None:
    vectors = unit_vectors(50, 24, seed=3) * np.linspace(0.1, 10, 50, dtype=np.float32)[:, None]
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    assert (np.abs(saved(tmp_path, vectors).of(range(50)) - vectors) <= largest / 253).all()


def test_a_vector_of_zeros_stays_one(tmp_path: Path) -> None:
    assert saved(tmp_path, np.zeros((1, 4), dtype=np.float32)).of([0]).tolist() == [[0.0] * 4]


def test_no_vectors_are_saved_and_loaded(tmp_path: Path) -> None:
    kept = saved(tmp_path, np.zeros((0, 4), dtype=np.float32))
    assert (kept.shape, kept.of([]).shape) == ((0, 4), (0, 4))


def test_an_array_of_another_kind_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "vectors.npy", np.ones((3, 4)))
    with pytest.raises(ValueError, match=r"vectors\.npy holds no vectors of bytes"):
        ByteVectors.load(tmp_path / "vectors.npy")
