"""Cutting in several processes, a core for each. They end with the run that started them, however it ends."""

import gc
import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection
from queue import SimpleQueue

from indexer.cutting import CutDocuments, Means
from indexer.embedder import Embedder, load_embedder
from indexer.errors import IndexerError
from indexer.own_process import start_process

_BATCH = 1 << 18  # bytes of documents at a time: what processes tell each other costs little then
_FEW = 1 << 22  # bytes; for fewer, processes take longer to start than they save
_AHEAD = 2  # batches for each process that wait for their turn


def cut_documents(lines: Iterable[bytes], size: int, means: Means, embedder: Embedder) -> Iterator[CutDocuments]:
    """Documents cut up, some at a time, in their order; `size` is that of all lines. The batches are the same, whoever cuts them."""
    if size <= _FEW:
        yield from map(means.cutter(embedder).cut, _batches(lines))
        return
    workers = [_Worker(means) for _ in range(os.cpu_count() or 1)]
    idle: SimpleQueue[_Worker] = SimpleQueue()
    for worker in workers:
        idle.put(worker)
    pool = ThreadPoolExecutor(len(workers))
    try:
        pending: deque[Future[CutDocuments]] = deque()
        for batch in _batches(lines):
            pending.append(pool.submit(_asked, idle, batch))
            if len(pending) > _AHEAD * len(workers):
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        for worker in workers:
            worker.kill()  # so that nobody waits for its answer any more
        pool.shutdown(cancel_futures=True)
        for worker in workers:
            worker.close()


def _batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line)
        if size >= _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _asked(idle: "SimpleQueue[_Worker]", batch: list[bytes]) -> CutDocuments:
    """What a process that has nothing to do makes of a batch."""
    worker = idle.get()
    try:
        return worker.cut(batch)
    finally:
        idle.put(worker)  # even one that has ended, so that whoever waits for it is told


class _Worker:
    """A process that cuts documents."""

    def __init__(self, means: Means) -> None:
        self._process, self._connection = start_process(__name__)
        self._connection.send(means)

    def cut(self, batch: list[bytes]) -> CutDocuments:
        """Documents cut up. Raises IndexerError where they cannot be, or the process ends."""
        try:
            self._connection.send(batch)
            found: CutDocuments | str = self._connection.recv()
        except (EOFError, OSError) as problem:
            raise IndexerError("a process that cuts documents has ended; run `citewell index` again, or with more memory") from problem
        if isinstance(found, str):
            raise IndexerError(f"a document cannot be cut ({found}); run `citewell index` again")
        return found

    def kill(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()

    def close(self) -> None:
        """Let go of a process that has been ended."""
        self._process.wait()
        self._connection.close()


def _serve(connection: Connection) -> None:
    """Cut documents as they come, until nobody sends any."""
    gc.disable()  # nothing here is in a circle, and looking for circles among small objects takes a third of the time
    with suppress(EOFError, OSError):
        means: Means = connection.recv()
        cutter = means.cutter(load_embedder(means.encoder))
        while True:
            lines = connection.recv()
            try:
                found: CutDocuments | str = cutter.cut(lines)
            except Exception as problem:  # told by the process that is heard
                found = f"{type(problem).__name__}: {problem}"
            connection.send(found)


if __name__ == "__main__":
    _serve(Connection(int(sys.argv[1])))
