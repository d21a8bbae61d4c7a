"""The words of an index with a vector each, so that a question's words can be compared with a passage's one by one."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexer.embedder import Vectors


class Vocabulary:
    """Words as they are spoken (not stemmed), each once, and their unit vectors, shape (words, dimension), float16, memory-mapped."""

    def __init__(self, words: Sequence[str], vectors: npt.NDArray[np.float16]) -> None:
        self.vectors = vectors
        self._rows = {word: row for row, word in enumerate(words)}

    @classmethod
    def load(cls, folder: Path) -> "Vocabulary":
        """The vocabulary saved in a folder."""
        words = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        return cls(words, np.load(folder / "word_vectors.npy", mmap_mode="r", allow_pickle=False))

    def save(self, folder: Path) -> None:
        """Write words and vectors into a folder."""
        (folder / "words.json").write_text(json.dumps(list(self._rows), ensure_ascii=False), encoding="utf-8")
        np.save(folder / "word_vectors.npy", self.vectors)

    def of(self, words: Iterable[str]) -> Vectors:
        """The vectors of those words that are known, in their order."""
        rows = [self._rows[word] for word in words if word in self._rows]
        found: Vectors = self.vectors[rows].astype(np.float32)
        return found

    def __contains__(self, word: str) -> bool:
        return word in self._rows

    def __len__(self) -> int:
        return len(self._rows)
