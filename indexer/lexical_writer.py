"""The postings of an index, written. `lexical_index.py` reads them.

Passages come one after the other, postings are wanted word by word: what each batch counts goes into a file, and once it is known how often
each word comes, every posting is put in its place. Beyond the words themselves, memory holds a few numbers a word and a passage.
"""

import json
import weakref
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexer.array_file import new_array
from indexer.lexical_index import PARAMETERS
from indexer.word_table import WordTable

_K1 = 1.5
_B = 0.75
_AT_ONCE = 1 << 21  # postings put in place at a time
_POSTING = np.dtype([("word", "<i4"), ("passage", "<i4"), ("times", "<i4")])
Integers = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class CountedWords:
    """The words of some passages: `words[word[i]]` comes `times[i]` times in a passage.

    The passages' own follow each other; `sizes` has how many different words each holds, `lengths` how many words in all.
    """

    words: Sequence[str]
    word: Integers
    times: Integers
    sizes: Integers
    lengths: Integers


def counted_words(passages: Iterable[Sequence[str]]) -> CountedWords:
    """Count the words of passages, given as `lexical_index.words` has them."""
    numbers: dict[str, int] = {}
    word: list[int] = []
    times: list[int] = []
    sizes: list[int] = []
    lengths: list[int] = []
    for passage in passages:
        counted = Counter(passage)
        word += [numbers.setdefault(name, len(numbers)) for name in counted]
        times += counted.values()
        sizes.append(len(counted))
        lengths.append(len(passage))
    arrays = (np.array(values, dtype=np.int32) for values in (word, times, sizes, lengths))
    return CountedWords(tuple(numbers), *arrays)


class LexicalWriter:
    """Writes the postings of passages into a folder. Passages get their numbers in the order they are added."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._numbers: dict[str, int] = {}
        self._holding = np.zeros(0, dtype=np.int64)  # in how many passages each word stands
        self._lengths: list[Integers] = []
        self._count = 0
        self._unsorted = folder / "postings.unsorted"
        self._stream = self._unsorted.open("wb")
        weakref.finalize(self, self._stream.close)

    def add(self, counted: CountedWords) -> None:
        """Add passages."""
        numbers = self._numbers
        known = np.array([numbers.setdefault(word, len(numbers)) for word in counted.words], dtype=np.int32)
        postings = np.empty(len(counted.word), dtype=_POSTING)
        postings["word"] = known[counted.word]
        postings["passage"] = np.repeat(np.arange(self._count, self._count + len(counted.sizes), dtype=np.int32), counted.sizes)
        postings["times"] = counted.times
        if len(numbers) > len(self._holding):
            self._holding = np.concatenate([self._holding, np.zeros(len(numbers), dtype=np.int64)])  # room for as many again
        self._holding[known] += np.bincount(counted.word, minlength=len(known))
        self._stream.write(postings.data)
        self._lengths.append(counted.lengths)
        self._count += len(counted.sizes)

    def close(self) -> None:
        """Put the postings in their places, and write what they are found by."""
        self._stream.close()
        holding = self._holding[: len(self._numbers)]
        first = np.concatenate([[0], np.cumsum(holding)]).astype(np.int64)
        self._place(first, holding)
        self._unsorted.unlink()
        np.save(self._folder / "first_postings.npy", first)
        WordTable.build(self._numbers).save(self._folder)
        (self._folder / PARAMETERS).write_text(json.dumps({"k1": _K1, "b": _B, "passages": self._count}) + "\n", encoding="utf-8")

    def _place(self, first: npt.NDArray[np.int64], holding: npt.NDArray[np.int64]) -> None:
        """Write passages and impacts word by word."""
        passages = new_array(self._folder / "passages.npy", np.int32, int(first[-1]))
        impacts = new_array(self._folder / "impacts.npy", np.float32, int(first[-1]))
        lengths = np.concatenate([*self._lengths, np.zeros(0, dtype=np.int32)])
        softened = _K1 * (1 - _B + _B * lengths / max(lengths.mean() if len(lengths) else 0.0, 1e-9))
        tells = np.log1p((self._count - holding + 0.5) / (holding + 0.5))
        following = first[:-1].copy()
        with self._unsorted.open("rb") as stream:
            while len(block := np.fromfile(stream, dtype=_POSTING, count=_AT_ONCE)):
                block = block[np.argsort(block["word"], kind="stable")]  # passages stay in order
                words, starts, sizes = np.unique(block["word"], return_index=True, return_counts=True)
                places = np.repeat(following[words] - starts, sizes) + np.arange(len(block))
                following[words] += sizes
                times = block["times"].astype(np.float64)
                passages[places] = block["passage"]
                impacts[places] = tells[block["word"]] * times / (times + softened[block["passage"]])
