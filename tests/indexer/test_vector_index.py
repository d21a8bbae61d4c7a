from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import faiss
import numpy as np
import pytest

from indexer.vector_index import VectorIndex
from tests.indexer.vectors import unit_vectors


def test_search_gives_what_a_sort_of_all_cosines_gives() -> None:
    vectors, queries = unit_vectors(200, 24, seed=1), unit_vectors(20, 24, seed=2)
    index = VectorIndex.build(vectors)
    for query in queries:
        expected = np.argsort(-(vectors @ query), kind="stable")[:15]
        assert index.search(query, 15).tolist() == expected.tolist()


def test_similarities_are_the_cosines_in_the_order_asked_for() -> None:
    vectors, query = unit_vectors(50, 24, seed=3), unit_vectors(1, 24, seed=4)[0]
    numbers = [7, 0, 49, 7]
    np.testing.assert_allclose(VectorIndex.build(vectors).similarities(query, numbers), vectors[numbers] @ query, rtol=1e-6)


def test_fewer_vectors_than_asked_for_are_all_found() -> None:
    vectors = unit_vectors(3, 8, seed=5)
    assert sorted(VectorIndex.build(vectors).search(vectors[0], 100).tolist()) == [0, 1, 2]


def test_no_numbers_give_no_similarities() -> None:
    vectors = unit_vectors(3, 8, seed=5)
    assert VectorIndex.build(vectors).similarities(vectors[0], []).tolist() == []


def test_a_saved_index_finds_the_same(tmp_path: Path) -> None:
    vectors, query = unit_vectors(40, 16, seed=6), unit_vectors(1, 16, seed=7)[0]
    index = VectorIndex.build(vectors)
    index.save(tmp_path / "vectors.faiss")
    loaded = VectorIndex.load(tmp_path / "vectors.faiss")
    assert (len(loaded), loaded.dimension, loaded.kind) == (40, 16, "exact")
    assert VectorIndex.build(vectors, half=True).kind == "half"
    assert loaded.search(query, 10).tolist() == index.search(query, 10).tolist()
    assert loaded.similarities(query, [3, 1]).tolist() == pytest.approx(index.similarities(query, [3, 1]).tolist())


def test_a_search_uses_one_thread_whichever_thread_it_is_made_in() -> None:
    index = VectorIndex.build(np.eye(3, dtype=np.float32))
    with ThreadPoolExecutor(1) as pool:
        pool.submit(index.search, np.eye(3, dtype=np.float32)[0], 1).result()
        assert pool.submit(faiss.omp_get_max_threads).result() == 1
