"""Whitening against the formula written out: the mean scatter within classes, shrunk, and its inverse square root."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.embedder import Vectors
from indexer.whitening import whiten, within_class_whitening

Classes = npt.NDArray[np.int32]


def unit_vectors(count: int, dimension: int, seed: int) -> Vectors:
    vectors = np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def classes_of(*numbers: int) -> Classes:
    return np.array(numbers, dtype=np.int32)


def oracle(vectors: Vectors, classes: Classes) -> npt.NDArray[np.float64]:
    """The same by loops: no matrix function but the one that takes an inverse square root apart."""
    dimension = vectors.shape[1]
    scatter, members = np.zeros((dimension, dimension)), 0
    for number in set(classes.tolist()):
        own = [vector.astype(np.float64) for vector, other in zip(vectors, classes, strict=True) if other == number]
        if len(own) >= 3:
            centre = sum(own) / len(own)
            members += len(own)
            for vector in own:
                scatter += np.outer(vector - centre, vector - centre)
    covariance = scatter / members
    shrunk = covariance + np.eye(dimension) * 3.0 * (1 + 1000 / members) * np.trace(covariance) / dimension
    variances, directions = np.linalg.eig(shrunk)
    root: npt.NDArray[np.float64] = directions @ np.diag(variances**-0.5) @ np.linalg.inv(directions)
    scaled: npt.NDArray[np.float64] = root / (np.trace(root) / dimension)
    return scaled


@pytest.mark.parametrize("seed", range(5))
def test_the_matrix_is_that_of_the_formula(seed: int) -> None:
    vectors = unit_vectors(60, 12, seed)
    classes = np.random.default_rng(seed + 100).integers(0, 14, 60).astype(np.int32)
    assert 0 < sum(np.bincount(classes) < 3) < 14  # some classes are left out
    np.testing.assert_allclose(within_class_whitening(vectors, classes), oracle(vectors, classes), atol=1e-6)


def test_with_many_texts_it_is_far_from_the_identity() -> None:
    """At the sizes that matter the shrinkage leaves directions apart."""
    vectors, classes = unit_vectors(6_000, 6, seed=1), np.arange(6_000, dtype=np.int32) // 6
    vectors[:, 0] *= 5
    matrix = within_class_whitening(vectors, classes)
    np.testing.assert_allclose(matrix, oracle(vectors, classes), atol=1e-5)
    assert matrix[0, 0] < 0.7
    assert matrix[1, 1] > 1.0


@pytest.mark.parametrize(
    "classes",
    [classes_of(0, 1, 2, 3, 4, 5), classes_of(0, 0, 1, 1, 2, 2), classes_of(7, 7, 3, 5, 9, 9)],
    ids=["one each", "two each", "numbers that skip"],
)
def test_where_no_class_has_three_members_nothing_is_moved(classes: Classes) -> None:
    matrix = within_class_whitening(unit_vectors(6, 4, seed=2), classes)
    assert matrix.dtype == np.float32
    assert matrix.tolist() == np.eye(4).tolist()


def test_a_class_of_three_members_is_enough() -> None:
    matrix = within_class_whitening(unit_vectors(6, 4, seed=2), classes_of(0, 0, 0, 1, 1, 2))
    assert np.abs(matrix - np.eye(4)).max() > 1e-5


def test_members_that_are_all_alike_move_nothing() -> None:
    """Titles that differ in case alone have one vector; a spread of nothing has no inverse."""
    vectors = np.repeat(unit_vectors(2, 4, seed=3), 3, axis=0)
    assert within_class_whitening(vectors, classes_of(0, 0, 0, 1, 1, 1)).tolist() == np.eye(4).tolist()


def test_small_classes_have_no_say() -> None:
    vectors, classes = unit_vectors(9, 5, seed=4), classes_of(0, 0, 0, 0, 0, 1, 1, 2, 3)
    np.testing.assert_allclose(within_class_whitening(vectors, classes), within_class_whitening(vectors[:5], classes[:5]), atol=1e-7)


def test_where_the_centres_of_classes_lie_has_no_say() -> None:
    """What sets subjects apart is not taken for wording: only the spread around each centre counts."""
    spread = 0.1 * unit_vectors(30, 5, seed=5)
    classes = np.arange(30, dtype=np.int32) // 5
    apart = spread + 10 * np.repeat(unit_vectors(6, 5, seed=6), 5, axis=0)
    np.testing.assert_allclose(within_class_whitening(apart, classes), within_class_whitening(spread, classes), atol=1e-4)


def test_a_direction_that_varies_within_classes_counts_less() -> None:
    """Wording varies along the first axis, the subject along the second; after whitening the subject counts for more."""
    random = np.random.default_rng(7)
    subject = np.repeat(random.standard_normal((500, 1)), 4, axis=0)
    table = np.concatenate([random.standard_normal((2_000, 1)), subject, np.full((2_000, 1), 2.0)], axis=1).astype(np.float32)
    vectors = table / np.linalg.norm(table, axis=1, keepdims=True)
    matrix = within_class_whitening(vectors, np.arange(2_000, dtype=np.int32) // 4)
    asked = np.array([[0.0, 0.0, 1.0]], dtype=np.float32)
    reworded, other = (np.array([row], dtype=np.float32) / np.sqrt(1.25) for row in ([0.5, 0.0, 1.0], [0.0, 0.5, 1.0]))
    before = [float((asked @ near.T)[0, 0]) for near in (reworded, other)]
    after = [float((whiten(asked, matrix) @ whiten(near, matrix).T)[0, 0]) for near in (reworded, other)]
    assert before[0] == pytest.approx(before[1])
    assert after[0] > before[0] > after[1]


def test_vectors_keep_their_shape_and_type() -> None:
    matrix = within_class_whitening(unit_vectors(30, 6, seed=8), np.zeros(30, dtype=np.int32))
    for shape in ((6,), (1, 6), (0, 6), (5, 6)):
        vectors = unit_vectors(5, 6, seed=9).reshape(-1)[: int(np.prod(shape))].reshape(shape)
        whitened = whiten(vectors, matrix)
        assert whitened.shape == shape
        assert whitened.dtype == np.float32


def test_one_vector_is_whitened_as_it_is_among_others() -> None:
    vectors = unit_vectors(30, 6, seed=8)
    matrix = within_class_whitening(vectors, np.zeros(30, dtype=np.int32))
    np.testing.assert_allclose([whiten(vector, matrix) for vector in vectors], whiten(vectors, matrix), atol=1e-6)


@settings(max_examples=60, deadline=None)
@given(
    classes=st.lists(st.integers(0, 4), min_size=1, max_size=30),
    dimension=st.integers(1, 8),
    seed=st.integers(0, 2**20),
    copies=st.booleans(),
)
def test_whatever_the_texts_unit_vectors_stay_unit_vectors(classes: list[int], dimension: int, seed: int, copies: bool) -> None:
    vectors = unit_vectors(1 if copies else len(classes), dimension, seed)
    vectors = np.repeat(vectors, len(classes), axis=0) if copies else vectors
    matrix = within_class_whitening(vectors, np.array(classes, dtype=np.int32))
    assert matrix.dtype == np.float32
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-5)
    assert np.linalg.eigvalsh(matrix.astype(np.float64)).min() > 0  # nothing is turned round or lost
    assert float(np.trace(matrix)) == pytest.approx(dimension, rel=1e-4)
    np.testing.assert_allclose(np.linalg.norm(whiten(vectors, matrix), axis=1), 1.0, atol=1e-5)
