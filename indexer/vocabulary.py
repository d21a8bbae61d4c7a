"""The words of an index with a vector each, so that a question's words can be compared with a passage's one by one."""

from collections.abc import Iterable
from pathlib import Path

from indexer.byte_vectors import ByteVectors
from indexer.embedder import Vectors
from indexer.word_table import WordTable


class Vocabulary:
    """Words as they are spoken (not stemmed), each once, and their unit vectors, numbered alike; both stay in their files."""

    def __init__(self, words: WordTable, vectors: ByteVectors) -> None:
        self._words, self._vectors = words, vectors

    @classmethod
    def load(cls, folder: Path) -> "Vocabulary":
        """The vocabulary saved in a folder: the words' table, and `vectors.npy`."""
        return cls(WordTable.load(folder), ByteVectors.load(folder / "vectors.npy"))

    def of(self, words: Iterable[str]) -> Vectors:
        """The vectors of those words that are known, in their order."""
        return self._vectors.of(self._words.numbers(words))

    @property
    def shape(self) -> tuple[int, int]:
        """How many words there are, and the dimension of their vectors; (0, 0) where its parts do not belong together."""
        return self._vectors.shape if self._words.is_whole() and len(self._words) == len(self._vectors) else (0, 0)

    def __contains__(self, word: str) -> bool:
        return self._words.number(word) is not None

    def __len__(self) -> int:
        return len(self._words)
