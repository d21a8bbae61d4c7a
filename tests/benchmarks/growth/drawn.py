"""Drawn vectors in place of the encoder's: where an index is built, and where it answers."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import indexer.index
from indexer.embedder import Embedder, Vectors, load_embedder
from indexer.index import PROBE_TEXT
from tests.benchmarks.growth.vectors import DrawnEmbedder


class HalfDrawnEmbedder:
    """The encoder, whose tokens are counted and whose probe is checked as ever; all other vectors are drawn."""

    def __init__(self, real: Embedder) -> None:
        self.settings = real.settings
        self._real = real
        self._drawn = DrawnEmbedder(real.settings)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See Embedder."""
        return self._real.encode(texts) if list(texts) == [PROBE_TEXT] else self._drawn.encode(texts)

    def count_tokens(self, text: str) -> int:
        """See Embedder."""
        return self._real.count_tokens(text)

    def is_word(self, word: str) -> bool:
        """See Embedder."""
        return self._real.is_word(word)


@contextmanager
def drawn_questions() -> Iterator[None]:
    """Every index that is loaded meanwhile draws the vectors of questions."""

    def load(folder: Path) -> Embedder:
        return HalfDrawnEmbedder(load_embedder(folder))

    with patch.object(indexer.index, "load_embedder", load):
        yield
