"""Vectors of chance."""

import numpy as np

from indexer.embedder import Vectors


def unit_vectors(count: int, dimension: int, seed: int) -> Vectors:
    """Vectors of length 1, in every direction alike."""
    vectors = np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit
