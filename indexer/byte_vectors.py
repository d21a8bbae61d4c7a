"""Vectors of one byte a number: a fourth of the size of float32, in a file of which only the rows asked for are read."""

import mmap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from indexer.array_file import let_go, write_rows
from indexer.embedder import Vectors

_LARGEST = 127
_LARGE = 256 << 20  # bytes
_LET_GO = 10_000  # rows looked at; some fifteen questions
Rows = npt.NDArray[np.void]


def row_type(dimension: int) -> "np.dtype[np.void]":
    """A row: its numbers as signed bytes, and what to multiply them by. Together, so that a row is read from one place."""
    return np.dtype([("scale", "<f4"), ("codes", "i1", (dimension,))])


def packed(vectors: Vectors) -> Rows:
    """Rows for vectors of shape (count, dimension); each number is off by at most 1/254 of its row's largest."""
    rows = np.zeros(len(vectors), dtype=row_type(vectors.shape[1]))
    scales = np.abs(vectors).max(axis=1, initial=0) / np.float32(_LARGEST)
    rows["scale"] = scales
    rows["codes"] = np.rint(vectors / np.where(scales, scales, 1)[:, None])
    return rows


class ByteVectors:
    """Numbered vectors, read-only, memory-mapped; cosines with unit vectors are off by some 0.001."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._looked_at = 0

    @classmethod
    def load(cls, file: Path) -> "ByteVectors":
        """The vectors saved in a file."""
        rows: Any = np.load(file, mmap_mode="r", allow_pickle=False)
        if rows.dtype.names != ("scale", "codes"):
            raise ValueError(f"{file.name} holds no vectors of bytes")
        rows._mmap.madvise(mmap.MADV_RANDOM)  # else the system reads a hundred kilobytes around each row
        return cls(np.asarray(rows))

    @staticmethod
    def save(file: Path, blocks: Iterable[Vectors], shape: tuple[int, int]) -> None:
        """Write vectors of shape (count, dimension), given block by block, to a file. Raises OSError."""
        write_rows(file, map(packed, blocks), row_type(shape[1]), shape[0])

    @property
    def shape(self) -> tuple[int, int]:
        """How many there are, and their dimension."""
        return len(self._rows), self._rows.dtype["codes"].shape[0]

    def of(self, numbers: Sequence[int] | npt.NDArray[np.integer[Any]]) -> Vectors:
        """The numbered vectors, shape (len(numbers), dimension), in the order asked for."""
        rows = self._chosen(numbers)
        found: Vectors = rows["codes"] * rows["scale"][:, None]
        return found

    def similarities(self, vector: Vectors, numbers: Sequence[int] | npt.NDArray[np.integer[Any]]) -> Vectors:
        """Similarity of one vector to each of the numbered ones, in the order asked for."""
        rows = self._chosen(numbers)
        found: Vectors = (rows["codes"].astype(np.float32) @ vector) * rows["scale"]
        return found

    def _chosen(self, numbers: Sequence[int] | npt.NDArray[np.integer[Any]]) -> Rows:
        rows: Rows = self._rows[np.asarray(numbers, dtype=np.int64)]
        self._looked_at += len(rows)
        if self._looked_at > _LET_GO and self._rows.nbytes > _LARGE:
            self._looked_at = 0
            let_go(self._rows)
        return rows

    def __len__(self) -> int:
        return len(self._rows)
