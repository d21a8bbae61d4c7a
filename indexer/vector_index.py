"""Nearest vectors by inner product, on FAISS, out of a memory-mapped file. `vector_writer.py` writes large ones."""

import errno
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import faiss
import numpy as np
import numpy.typing as npt

from indexer.embedder import Vectors

# How vectors are compared: as float32, as float16; or all by four bits for four numbers, and the nearest of these by a byte a number.
VectorKind = Literal["exact", "half", "scanned"]
_FEWEST = 100  # vectors looked for in a scan, so that the first ten are right


class VectorIndex:
    """Unit vectors numbered 0 to n-1 in the order given; similarities are cosines, where they are scanned to about 0.002."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors, *, half: bool = False) -> "VectorIndex":
        """An index that compares every vector, for some thousands; of half the size with float16."""
        dimension, metric = vectors.shape[1], faiss.METRIC_INNER_PRODUCT
        index = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, metric) if half else faiss.IndexFlatIP(dimension)
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @classmethod
    def load(cls, file: Path) -> "VectorIndex":
        """The index saved in a file, memory-mapped."""
        return cls(faiss.read_index(str(file), faiss.IO_FLAG_MMAP_IFC))

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

    @property
    def kind(self) -> VectorKind:
        """How vectors are kept and compared."""
        if isinstance(self._index, faiss.IndexRefine):
            return "scanned"
        return "exact" if isinstance(self._index, faiss.IndexFlatIP) else "half"

    def search(self, vector: Vectors, limit: int) -> npt.NDArray[np.int64]:
        """Numbers of the `limit` nearest to one vector, nearest first; fewer where there are fewer."""
        return self.nearest(vector, limit)[0]

    def nearest(self, vector: Vectors, limit: int) -> tuple[npt.NDArray[np.int64], Vectors]:
        """Numbers of the `limit` nearest to one vector, and their similarities, nearest first; fewer where there are fewer."""
        use_one_thread()
        similarities, numbers = self._index.search(vector[None, :], min(max(limit, _FEWEST), len(self)))
        is_one = numbers[0] >= 0
        return numbers[0][is_one][:limit], similarities[0][is_one][:limit]

    def similarities(self, vector: Vectors, numbers: Sequence[int] | npt.NDArray[np.int64]) -> Vectors:
        """Similarity of one vector to each of the numbered ones, in the order asked for."""
        if not len(numbers):
            return np.empty(0, dtype=np.float32)
        use_one_thread()
        rows: Vectors = self._index.reconstruct_batch(np.asarray(numbers, dtype=np.int64))
        return rows @ vector


def use_one_thread() -> None:
    """Parallel over questions, not within one: threads that wait for each other cost ten times the search.

    It holds for the calling thread alone, so what is said once, where this is imported, is not heard by those that answer.
    """
    faiss.omp_set_num_threads(1)
