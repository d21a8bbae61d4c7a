"""Words numbered from 0 and found again by a hash table in files, so that half a million of them cost neither time to load nor memory."""

from collections.abc import Iterable
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt

_SPARSE = 2  # slots to a word at least; half of them empty keeps runs of taken ones short


class WordTable:
    """Words, each once. `text` is all of them in UTF-8, a line each; word n begins at `starts[n]`.

    `slots` has a word's number plus 1 at the first place from crc32(word) on that was free, 0 where none is; its length is a power of two.
    """

    def __init__(self, text: bytes | memoryview, starts: npt.NDArray[np.uint32], slots: npt.NDArray[np.uint32]) -> None:
        self._text = memoryview(text)
        self._starts, self._slots = starts.data, slots.data  # a single number costs a tenth of what an array takes for it
        self._mask = len(slots) - 1

    @classmethod
    def build(cls, words: Iterable[str]) -> "WordTable":
        """A table of words, numbered in the order given. Raises ValueError for one that comes twice."""
        encoded = [_encoded(word) for word in words]
        starts = np.cumsum([0, *(len(word) + 1 for word in encoded)], dtype=np.uint32)
        slots = [0] * (1 << (_SPARSE * len(encoded)).bit_length())
        mask = len(slots) - 1
        for number, word in enumerate(encoded):
            slot = crc32(word) & mask
            while taken := slots[slot]:
                if encoded[taken - 1] == word:
                    raise ValueError(f"the word {word.decode()!r} comes twice")
                slot = (slot + 1) & mask
            slots[slot] = number + 1
        return cls(b"".join(word + b"\n" for word in encoded), starts, np.array(slots, dtype=np.uint32))

    @classmethod
    def load(cls, folder: Path) -> "WordTable":
        """The table saved in a folder, memory-mapped."""
        file = folder / "words.txt"
        text = np.memmap(file, mode="r").data if file.stat().st_size else b""  # an empty file cannot be mapped
        starts, slots = (np.load(folder / f"word_{name}.npy", mmap_mode="r", allow_pickle=False) for name in ("starts", "slots"))
        return cls(text, starts, slots)

    def save(self, folder: Path) -> None:
        """Write the table into a folder."""
        (folder / "words.txt").write_bytes(self._text)
        np.save(folder / "word_starts.npy", np.asarray(self._starts))
        np.save(folder / "word_slots.npy", np.asarray(self._slots))

    def number(self, word: str) -> int | None:
        """The number of a word; None where it is not known."""
        encoded = _encoded(word)
        slot = crc32(encoded) & self._mask
        while taken := self._slots[slot]:
            if self._text[self._starts[taken - 1] : self._starts[taken] - 1] == encoded:
                return int(taken) - 1
            slot = (slot + 1) & self._mask
        return None

    def numbers(self, words: Iterable[str]) -> list[int]:
        """The numbers of those words that are known, in their order."""
        return [number for word in words if (number := self.number(word)) is not None]

    def is_whole(self) -> bool:
        """Whether its parts belong together."""
        is_power_of_two = not len(self._slots) & self._mask
        return len(self._text) == self._starts[-1] and is_power_of_two and len(self._slots) >= _SPARSE * len(self)

    def __len__(self) -> int:
        return len(self._starts) - 1


def _encoded(word: str) -> bytes:
    """A word's bytes; a question may hold half of a surrogate pair, which is then no word that is known."""
    return word.encode("utf-8", "surrogatepass")
