"""Reading in a process of its own, within limits of time and memory: what a hostile document ends is that process, and no run."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Self

from indexer.corpus_tables import CorpusTables
from indexer.errors import DocumentError, IndexerError, shown
from indexer.own_process import start_process
from indexer.readers.limits import LONGEST_READING, MOST_MEMORY, shown_size
from indexer.readers.reading import Entry


class BoundedReader:
    """Reads files one after the other; a new process takes the place of one that ended. Not safe to use from several threads."""

    def __init__(self, tables: CorpusTables, encoding: str | None = None) -> None:
        self._means = tables, encoding
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop()

    def read(self, file: Path) -> Iterator[Entry]:
        """What became of each document of a file, as `reader.read_file` has it. Raises IndexerError where no file can be read at all."""
        connection = self._connection or self._start()
        try:
            connection.send(file)
            while (entry := connection.recv()) is not None:
                yield entry
        except (EOFError, OSError):
            where = shown(file)
            yield Entry(where, DocumentError(f"{where}: {_why(self._stop())}"))

    def _start(self) -> Connection:
        self._process, connection = start_process(__name__)
        connection.send(self._means)
        self._connection = connection
        return connection

    def _stop(self) -> int:
        """End the process, where it has not ended by itself. Returns its exit code, as `subprocess` has it."""
        if self._process is None or self._connection is None:
            return 0
        self._connection.close()
        self._process.kill()  # no effect on one that has ended
        code = self._process.wait()
        self._process = self._connection = None
        return code


def _why(code: int) -> str:
    """What a document did to the process that read it. Raises IndexerError where the process ended for a reason of its own."""
    if code >= 0:
        raise IndexerError("documents cannot be read in this installation; run `citewell doctor`, which says what is missing")
    if -code == signal.SIGALRM:
        return f"takes longer than {LONGEST_READING} seconds to read; split it, or simplify what is nested in it"
    return f"needs more than {shown_size(MOST_MEMORY)} of memory, or is damaged (signal {-code}); split it, or save its text as .md"


def _serve(connection: Connection) -> None:
    """Read files as they are asked for, until nobody asks. The kernel ends this process when a document takes too long."""
    from indexer.readers.reader import read_file  # every format's library; only this process needs them

    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        tables, encoding = connection.recv()
        while True:
            file = connection.recv()
            signal.alarm(LONGEST_READING)
            try:
                for entry in read_file(file, tables, encoding):
                    connection.send(entry)
                    signal.alarm(LONGEST_READING)
            except MemoryError:
                os.kill(os.getpid(), signal.SIGABRT)
            except Exception as problem:  # what a reader should have told in its own words
                wrong = f"{shown(file)}: cannot be read ({type(problem).__name__}: {problem}); save its text as .md or .txt"
                connection.send(Entry(shown(file), DocumentError(wrong)))
            signal.alarm(0)
            connection.send(None)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return


if __name__ == "__main__":
    _serve(Connection(int(sys.argv[1])))
