"""Nearest vectors by inner product, exact, on FAISS."""

import errno
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from indexer.embedder import Vectors


class VectorIndex:
    """Unit vectors numbered 0 to n-1 in the order given; similarities are cosines."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors, *, half: bool = False) -> "VectorIndex":
        """An exact index, right up to about 100,000 vectors (15 ms a search there, on two cores); of half the size with float16."""
        dimension, metric = vectors.shape[1], faiss.METRIC_INNER_PRODUCT
        index = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, metric) if half else faiss.IndexFlatIP(dimension)
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @classmethod
    def load(cls, file: Path) -> "VectorIndex":
        """The index saved in a file."""
        return cls(faiss.read_index(str(file)))

    def save(self, file: Path) -> None:
        """Write the index to a file. Raises OSError."""
        try:
            faiss.write_index(self._index, str(file))
        except RuntimeError as problem:  # what the library makes of a full disk
            raise OSError(errno.EIO, "FAISS could not write its file", str(file)) from problem

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """The length of each vector."""
        return int(self._index.d)

    def search(self, vector: Vectors, limit: int) -> npt.NDArray[np.int64]:
        """Numbers of the `limit` nearest to one vector, nearest first; fewer where there are fewer."""
        return self.nearest(vector, limit)[0]

    def nearest(self, vector: Vectors, limit: int) -> tuple[npt.NDArray[np.int64], Vectors]:
        """Numbers of the `limit` nearest to one vector, and their similarities, nearest first; fewer where there are fewer."""
        _use_one_thread()
        similarities, numbers = self._index.search(vector[None, :], min(limit, len(self)))
        is_one = numbers[0] >= 0
        return numbers[0][is_one], similarities[0][is_one]

    def similarities(self, vector: Vectors, numbers: Sequence[int]) -> Vectors:
        """Similarity of one vector to each of the numbered ones, in the order asked for."""
        if not len(numbers):
            return np.empty(0, dtype=np.float32)
        _use_one_thread()
        rows: Vectors = self._index.reconstruct_batch(np.asarray(numbers, dtype=np.int64))
        return rows @ vector


def _use_one_thread() -> None:
    """Parallel over questions, not within one: threads that wait for each other cost ten times the search.

    It holds for the calling thread alone, so what is said once, where this is imported, is not heard by those that answer.
    """
    faiss.omp_set_num_threads(1)
