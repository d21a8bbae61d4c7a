"""The process of a `BoundedReader`, with less time, in which files do what their names say."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

from indexer.corpus_tables import CorpusTables
from indexer.readers import bounded, reader
from indexer.readers.reading import Entry

SECONDS = 2
_read_file = reader.read_file


def read_file(file: Path, tables: CorpusTables, encoding: str | None = None) -> Iterator[Entry]:
    """What `reader.read_file` says of a file, and then what its name says."""
    for entry in _read_file(file, tables, encoding):
        if file.stem.startswith("slow"):
            time.sleep(0.6 * SECONDS)
        yield entry
    match file.stem:
        case "endless":
            time.sleep(60)
        case "hungry":
            bytearray(8 * 2**30)
        case "wild":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "faulty":
            raise ZeroDivisionError


if __name__ == "__main__":
    setattr(bounded, "LONGEST_READING", SECONDS)  # noqa: B010 -- not exported, and meant to stay so
    reader.read_file = read_file
    bounded._serve(Connection(int(sys.argv[1])))
