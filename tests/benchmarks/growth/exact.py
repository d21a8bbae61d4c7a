"""What an index finds beside what it would find if it left nothing out, in a process of its own.

Vectors are drawn once more from the texts, so that what is exact does not hang on how the index keeps them.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from indexer.embedder import Vectors
from indexer.index import Index
from indexer.lexical_index import words
from indexer.vector_index import VectorIndex
from indexer.whitening import whiten
from tests.benchmarks.growth.apart import answer
from tests.benchmarks.growth.asked import read_questions
from tests.benchmarks.growth.drawn import drawn_questions
from tests.benchmarks.growth.stored import Kind, stored_texts

_FIRST = 10
_BLOCK = 20_000  # texts


def compare(folder: str, questions_file: str) -> dict[str, Any]:
    """recall@10 of passage vectors, key vectors and BM25, for all questions."""
    with drawn_questions():
        index = Index.load(Path(folder))
    questions = [question.text for question in read_questions(Path(questions_file))]
    vectors = np.stack([index.encode_query(question) for question in questions])
    return {
        "passages": _vector_recall(index, index.vectors, "passages", vectors),
        "keys": _vector_recall(index, index.keys, "keys", vectors),
        "bm25": float(np.mean([_lexical_recall(index, words(question)) for question in questions])),
    }


def _vector_recall(index: Index, found_by: VectorIndex, kind: Kind, vectors: Vectors) -> float:
    blocks = stored_texts(index.folder, kind, _BLOCK)
    nearest = nearest_of((whiten(index.embedder.encode(texts), index.whitening) for texts in blocks), vectors)
    pairs = zip(nearest, vectors, strict=True)
    return float(np.mean([len(np.intersect1d(exact, found_by.search(vector, _FIRST))) / len(exact) for exact, vector in pairs]))


def nearest_of(blocks: Iterator[Vectors], vectors: Vectors) -> npt.NDArray[np.int64]:
    """Numbers of the vectors that are nearest to each question's, shape (questions, 10), out of blocks in their order."""
    numbers = np.empty((len(vectors), 0), dtype=np.int64)
    best = np.empty((len(vectors), 0), dtype=np.float32)
    first = 0
    for block in blocks:
        own = np.broadcast_to(np.arange(first, first + len(block)), (len(vectors), len(block)))
        numbers, best = np.hstack([numbers, own]), np.hstack([best, vectors @ block.T])
        if best.shape[1] > _FIRST:
            chosen = np.argpartition(-best, _FIRST - 1, axis=1)[:, :_FIRST]
            numbers, best = np.take_along_axis(numbers, chosen, axis=1), np.take_along_axis(best, chosen, axis=1)
        first += len(block)
    return numbers


def _lexical_recall(index: Index, asked: Sequence[str]) -> float:
    """The share of the ten best scores that are reached; whichever of those of one score is found."""
    scores = index.lexical.scores(asked)
    least = np.partition(scores, -_FIRST)[-_FIRST:].min() if len(scores) > _FIRST else scores.min()
    found = scores[index.lexical.search(asked, _FIRST)]
    wanted = min(_FIRST, int((scores > 0).sum()))
    return float((found >= least).sum() / wanted) if wanted else 1.0


if __name__ == "__main__":
    answer(compare)
