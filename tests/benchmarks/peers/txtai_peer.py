"""txtai, as its documentation first shows it: an Embeddings database of vectors and ids.

With `content=True` it would keep the texts too, in SQLite; then it may not be asked from two threads at once.
"""

from collections.abc import Sequence
from pathlib import Path

from txtai import Embeddings

from tests.benchmarks.peers.system import Text


class TxtaiPeer:
    """See System."""

    def __init__(self, model: Path) -> None:
        self._model = str(model)

    def build(self, texts: Sequence[Text], folder: Path) -> None:
        embeddings = Embeddings(path=self._model)
        embeddings.index([(one.id, one.text) for one in texts])
        embeddings.save(str(folder))

    def open(self, folder: Path) -> None:
        self._embeddings = Embeddings()
        self._embeddings.load(str(folder))

    def search(self, question: str, limit: int) -> list[str]:
        return [found for found, _ in self._embeddings.search(question, limit)]
