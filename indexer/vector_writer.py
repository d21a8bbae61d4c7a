"""The file of a vector index, written from vectors that come block by block, in the way that suits their number.

Up to LARGEST_EXACT all are compared as they are. Above, every four numbers of a vector become one of sixteen typical ones (product
quantisation): all these codes are gone through, many at a time in a processor's registers, and the nearest are compared by a byte for each
number (Andre, Kermarrec and Le Scouarnec, "Quicker ADC", IEEE TPAMI 43(5), 2021). How many these must be is measured while building.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from indexer.embedder import Vectors
from indexer.vector_index import VectorIndex

LARGEST_EXACT = 20_000  # vectors; a search takes 2 ms then, on one core, and a scan a tenth; but its codes take seconds to learn
_NUMBERS = 4  # of a vector to a code; two find little more, in twice the time and size
_BLOCK = 16_384  # vectors in memory at a time
_SAMPLE = 20_000  # vectors that tell what numbers are typical
_SEED, _ROUNDS = 1, 10  # of k-means
_QUERIES = 300  # to measure by: a standard error of 0.003
_BEST = 10
_MIXED = 0.6  # of another vector is mixed into a query: its nearest are as near as a question's (0.5 to 0.9)
_RECALL = 0.987  # of the ten nearest are to be found; bytes instead of floats alone lose 0.005
_LEAST_COMPARED, _MOST_COMPARED = 4, 64  # times as many vectors as are looked for


def write_vector_index(file: Path, blocks: Iterable[Vectors], count: int, dimension: int) -> None:
    """Write an index of `count` unit vectors, numbered in the order given. Raises OSError."""
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    if count <= LARGEST_EXACT:
        index = faiss.IndexFlatIP(dimension)
        for block in blocks:
            index.add(np.ascontiguousarray(block, dtype=np.float32))
        VectorIndex(index).save(file)
        return
    rows = _Rows(file.with_name(f"{file.name}.rows"), dimension)
    rows.write(blocks)
    index = _scanned(count, dimension, rows)
    rows.file.unlink()
    VectorIndex(index).save(file)


class _Rows:
    """Vectors on the disk while an index is made of them, as float16: they are gone through several times."""

    def __init__(self, file: Path, dimension: int) -> None:
        self.file = file
        self._dimension = dimension

    def write(self, blocks: Iterable[Vectors]) -> None:
        with self.file.open("wb") as stream:
            for block in blocks:
                stream.write(np.ascontiguousarray(block, dtype=np.float16).data)

    def blocks(self) -> Iterator[Vectors]:
        """All of them, in order. Read, not mapped, so that they are in memory for a moment only."""
        with self.file.open("rb") as stream:
            while len(numbers := np.fromfile(stream, dtype=np.float16, count=_BLOCK * self._dimension)):
                yield numbers.reshape(-1, self._dimension).astype(np.float32)

    def chosen(self, numbers: npt.NDArray[np.int64]) -> Vectors:
        """Those of ascending numbers."""
        ends = np.searchsorted(numbers, np.arange(_BLOCK, numbers[-1] + _BLOCK + 1, _BLOCK))
        starts = [0, *ends[:-1].tolist()]
        within = zip(self.blocks(), starts, ends, strict=False)
        return np.concatenate([block[numbers[first:last] - at * _BLOCK] for at, (block, first, last) in enumerate(within)])


def _spread(count: int, wanted: int) -> npt.NDArray[np.int64]:
    """So many numbers below `count`, evenly spread, or all."""
    return np.unique(np.linspace(0, count - 1, min(wanted, count)).astype(np.int64))


def _scanned(count: int, dimension: int, rows: _Rows) -> Any:
    codes = faiss.IndexPQFastScan(dimension, dimension // _NUMBERS, 4, faiss.METRIC_INNER_PRODUCT)
    codes.pq.cp.seed, codes.pq.cp.niter = _SEED, _ROUNDS
    vectors = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
    sample = rows.chosen(_spread(count, _SAMPLE))
    codes.train(sample)
    vectors.train(sample)
    for block in rows.blocks():
        codes.add(block)
        vectors.add(block)
    index = faiss.IndexRefine(codes, vectors)
    _tune(index, count, rows)
    return index


def _tune(index: Any, count: int, rows: _Rows) -> None:
    """Let a search compare as many vectors as it takes to find what a comparison with every vector finds."""
    queries = _queries(count, rows)
    expected = _nearest(queries, rows)
    index.k_factor = _LEAST_COMPARED
    while index.k_factor < _MOST_COMPARED and _recall(VectorIndex(index), queries, expected) < _RECALL:
        index.k_factor *= 2


def _queries(count: int, rows: _Rows) -> Vectors:
    """Vectors of the index, each with some of another one."""
    numbers = _spread(count, 2 * _QUERIES)
    chosen = rows.chosen(numbers)[np.random.default_rng(0).permutation(len(numbers))]
    mixed = chosen[::2] + np.float32(_MIXED) * chosen[1::2]
    unit: Vectors = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
    return unit


def _nearest(queries: Vectors, rows: _Rows) -> npt.NDArray[np.int64]:
    """The numbers of the ten nearest to each query among all."""
    best = np.full((len(queries), _BEST), -np.inf, dtype=np.float32)
    numbers = np.full((len(queries), _BEST), -1, dtype=np.int64)
    for at, block in enumerate(rows.blocks()):
        found = np.concatenate([best, queries @ block.T], axis=1)
        their = np.concatenate([numbers, np.broadcast_to(at * _BLOCK + np.arange(len(block)), (len(queries), len(block)))], axis=1)
        order = np.argpartition(-found, _BEST, axis=1)[:, :_BEST]
        best, numbers = np.take_along_axis(found, order, axis=1), np.take_along_axis(their, order, axis=1)
    return numbers


def _recall(index: VectorIndex, queries: Vectors, expected: npt.NDArray[np.int64]) -> float:
    """The share of the numbers expected that are found."""
    found = [np.isin(index.search(query, _BEST), numbers).sum() for query, numbers in zip(queries, expected, strict=True)]
    return float(np.sum(found) / expected.size)
