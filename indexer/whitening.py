"""Within-class covariance normalisation: what different ways of asking the same have no part in comparing.

The titles and other ways of asking of one section mean the same and differ in wording alone. Directions in which they spread are scaled
down in all vectors of an index, so that another wording moves a question less and another subject moves it more (Hatch, Kajarekar and
Stolcke, "Within-class covariance normalization for SVM-based speaker recognition", Interspeech 2006).
"""

import numpy as np
import numpy.typing as npt

from indexer.embedder import Vectors

_FEWEST = 3  # texts of a class; two tell more of themselves than of their spread
_SHRINKAGE = 3.0  # mean variances added to each direction; 1 to 10 rank alike, on this corpus and three small ones
_CAUTION = 1_000  # vectors; with so many the shrinkage doubles, with fewer it grows and the matrix nears a multiple of the identity
_MOST = 16_384  # keys to learn from: the spread of a million tells the same, and takes gigabytes


def sampled_keys(sections: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Which keys to learn from: all, or those of every so many sections. `sections` are their sections, ascending."""
    is_sampled: npt.NDArray[np.bool_] = sections % max(1, -(-len(sections) // _MOST)) == 0
    return is_sampled


def within_class_whitening(vectors: Vectors, classes: npt.NDArray[np.int32]) -> Vectors:
    """The symmetric matrix, shape (dimension, dimension), to multiply vectors by; the identity where no large class spreads."""
    dimension = vectors.shape[1]
    large = np.bincount(classes)[classes] >= _FEWEST
    if not large.any():
        return np.eye(dimension, dtype=np.float32)
    inside, own = vectors[large].astype(np.float64), classes[large]
    numbers, place = np.unique(own, return_inverse=True)
    centroids = np.zeros((len(numbers), dimension))
    np.add.at(centroids, place, inside)
    spread = inside - (centroids / np.bincount(place)[:, None])[place]
    if not spread.any():  # texts that differ in case alone have one vector
        return np.eye(dimension, dtype=np.float32)
    variances, directions = np.linalg.eigh(spread.T @ spread / len(spread))
    scales = 1 / np.sqrt(variances + _SHRINKAGE * (1 + _CAUTION / len(spread)) * variances.mean())
    matrix: Vectors = (directions * scales @ directions.T / scales.mean()).astype(np.float32)
    return matrix


def whiten(vectors: Vectors, matrix: Vectors) -> Vectors:
    """Unit vectors, multiplied and made unit vectors again; shape (..., dimension) as it came."""
    moved = vectors @ matrix
    whitened: Vectors = moved / np.linalg.norm(moved, axis=-1, keepdims=True)
    return whitened
