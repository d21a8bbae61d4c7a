"""Arrays in NumPy's file format, written row by row or at any place, so that none of them has to be in memory as a whole."""

import mmap
import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt


def write_rows(file: Path, blocks: Iterable[npt.NDArray[Any]], dtype: npt.DTypeLike, count: int) -> None:
    """Write an array of `count` rows, given block by block, as `np.save` would. Raises OSError."""
    with file.open("wb") as stream:
        _write_head(stream, np.dtype(dtype), count)
        for block in blocks:
            stream.write(np.ascontiguousarray(block, dtype=dtype).data)


def new_array(file: Path, dtype: npt.DTypeLike, count: int) -> npt.NDArray[Any]:
    """A file of an array to be filled at any place, memory-mapped. Raises OSError where the disk has no room for all of it.

    Room is taken up at once: a disk that is full when a page is written would end the process.
    """
    with file.open("wb") as stream:
        _write_head(stream, np.dtype(dtype), count)
        if size := count * np.dtype(dtype).itemsize:
            os.posix_fallocate(stream.fileno(), stream.tell(), size)
    array: npt.NDArray[Any] = np.load(file, mmap_mode="r+", allow_pickle=False)
    return array


def mapped(file: Path) -> npt.NDArray[Any]:
    """The array of a file, memory-mapped, read-only."""
    return np.asarray(np.load(file, mmap_mode="r", allow_pickle=False))


def let_go(array: npt.NDArray[Any]) -> None:
    """Give the pages of a mapped array back: once looked at they count as this process's memory, and the system keeps them at hand."""
    base: Any = array
    while base is not None and not isinstance(base, mmap.mmap):
        base = base.base
    if base is not None:
        base.madvise(mmap.MADV_DONTNEED)


def _write_head(stream: IO[bytes], dtype: np.dtype[Any], count: int) -> None:
    head = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": (count,)}
    np.lib.format.write_array_header_1_0(stream, head)
    stream.flush()
