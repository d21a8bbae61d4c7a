"""What looking at the candidates' sentences takes of the file of sentence vectors, cold and warm, in a process of its own."""

import mmap
import os
import statistics
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.config import RetrievalConfig
from bot.lexicon import Names
from bot.retriever import Query, best_sentence_scores, rank
from indexer.byte_vectors import ByteVectors
from indexer.index import Index
from tests.benchmarks.growth.apart import answer
from tests.benchmarks.growth.asked import read_questions
from tests.benchmarks.growth.drawn import drawn_questions

_FILE = "sentence_vectors.npy"


def look(folder: str, questions_file: str) -> dict[str, Any]:
    """Medians of seconds and of bytes of pages touched by a question; cold is after the kernel was told to forget the file."""
    with drawn_questions():
        index = Index.load(Path(folder))
    names = Names.compile(index.lexicon, index.embedder.is_word)
    looks = []
    for question in read_questions(Path(questions_file)):
        query = Query.of(question.text, index, names)
        passages = rank(_mapped_anew(index), query, RetrievalConfig()).passages
        _forget(index.folder / _FILE)
        fresh = _mapped_anew(index)
        looks.append((*(_timed(fresh, query, passages) for _ in ("cold", "warm")), *_touched(index, passages)))
    cold, warm, touched, sentences = map(statistics.median, zip(*looks, strict=True))
    return {"cold_seconds": cold, "warm_seconds": warm, "bytes": touched, "sentences": sentences}


def _mapped_anew(index: Index) -> Index:
    """The same index, of whose sentence vectors no page is in this process's memory yet; those of one that is let go are let go with it."""
    return replace(index, sentence_vectors=ByteVectors.load(index.folder / _FILE))


def _timed(index: Index, query: Query, passages: npt.NDArray[np.int64]) -> float:
    begun = time.perf_counter()
    best_sentence_scores(index, query.vector, passages)
    return time.perf_counter() - begun


def _touched(index: Index, passages: npt.NDArray[np.int64]) -> tuple[int, int]:
    """Bytes of the pages that hold the sentences of passages, and how many sentences these are."""
    rows = np.concatenate([np.arange(index.first_sentences[one], index.first_sentences[one + 1]) for one in passages])
    width = (index.folder / _FILE).stat().st_size // len(index.sentence_vectors)
    pages = np.union1d(rows * width // mmap.PAGESIZE, ((rows + 1) * width - 1) // mmap.PAGESIZE)
    return len(pages) * mmap.PAGESIZE, len(rows)


def _forget(file: Path) -> None:
    """Let a file go from the kernel's cache, but for pages that somebody has mapped."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    answer(look)
