"""Whether drawn vectors lie as real ones do: `python -m tests.benchmarks.growth.realism [--index FOLDER]`, for passages and sentences.

Beside each other are the vectors of an index, and drawn ones of as many made-up texts: how near any two are, how near the nearest
is, how much nearer than the tenth, and how many of the ten nearest lie in the nearest cells of an inverted file.
"""

import argparse
import os
import sys
from pathlib import Path

import faiss
import numpy as np

from indexer.embedder import Vectors
from indexer.index import Index
from tests.benchmarks.growth.corpus import made_documents
from tests.benchmarks.growth.stored import Kind, stored_texts
from tests.benchmarks.growth.vectors import DrawnEmbedder
from tests.benchmarks.growth.words import Words
from tests.benchmarks.growth.writing import real_words

_LOOKED_AT = 500  # vectors whose neighbours are looked for
_TENTH = 10
_CELLS = (4, 16, 64)  # looked into, of 4 times the square root of as many as there are vectors
_SHARES = (5, 25, 50, 75, 95)


def neighbourhood(vectors: Vectors) -> dict[str, float | list[float]]:
    """How unit vectors lie: what they have in common, in how many directions they spread, and quantiles of cosines."""
    chosen = np.linspace(0, len(vectors) - 1, min(_LOOKED_AT, len(vectors))).astype(int)
    cosines = vectors[chosen] @ vectors.T
    pairs = cosines.ravel()[::37]
    cosines[np.arange(len(chosen)), chosen] = -1
    best = -np.sort(np.partition(-cosines, _TENTH, axis=1)[:, :_TENTH], axis=1)
    variances = np.linalg.eigvalsh(np.cov(vectors.T))
    return {
        "length of the mean": float(np.linalg.norm(vectors.mean(axis=0))),
        "directions, effective": float(variances.sum() ** 2 / (variances**2).sum()),
        "cosine of any two, mean": float(pairs.mean()),
        "cosine of any two, deviation": float(pairs.std()),
        "cosine of the nearest": _quantiles(best[:, 0]),
        "cosine of the tenth": _quantiles(best[:, -1]),
        "nearest less tenth": _quantiles(best[:, 0] - best[:, -1]),
        f"recall@10 in {_CELLS} cells": _cell_recall(vectors),
    }


def _cell_recall(vectors: Vectors) -> list[float]:
    """The share of the ten nearest to vectors that were held out, that lie in the cells nearest to them."""
    is_held_out = np.zeros(len(vectors), dtype=bool)
    is_held_out[:: max(len(vectors) // _LOOKED_AT, 1) + 1] = True
    asked, kept = vectors[is_held_out], vectors[~is_held_out]
    exact = np.argpartition(-(asked @ kept.T), _TENTH, axis=1)[:, :_TENTH]
    cells = faiss.IndexIVFFlat(faiss.IndexFlatIP(kept.shape[1]), kept.shape[1], int(4 * len(kept) ** 0.5), faiss.METRIC_INNER_PRODUCT)
    cells.cp.min_points_per_centroid = 1  # or it says that they are few, which is the same for both
    cells.train(kept)
    cells.add(kept)
    shares = []
    for cells.nprobe in _CELLS:
        found = cells.search(asked, _TENTH)[1]
        shares.append(float(np.mean([len(np.intersect1d(one, other)) / _TENTH for one, other in zip(exact, found, strict=True)])))
    return shares


def _quantiles(values: Vectors) -> list[float]:
    return [float(value) for value in np.percentile(values, _SHARES)]


def _made_texts(count: int) -> dict[Kind, list[str]]:
    """Made-up texts of each kind, as an index would encode them."""
    made: dict[Kind, list[str]] = {"passages": [], "sentences": []}
    for document in made_documents(count, Words(real_words())):
        for section in document.sections:
            made["passages"].append(f"{document.title}. {section.title}. {' '.join(section.sentences)}")
            made["sentences"] += section.sentences
    return made


def _shown(value: float | list[float]) -> str:
    return " ".join(f"{one:.2f}" for one in value) if isinstance(value, list) else f"{value:.2f}"


def main() -> int:
    """Print both beside each other. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.growth.realism", description="Drawn vectors beside real ones.")
    parser.add_argument("--index", type=Path, default=Path(os.environ.get("CITEWELL_INDEX", ".citewell/index")))
    parser.add_argument("--texts", type=int, default=3000, help="of each kind, at most")
    given = parser.parse_args()
    index = Index.load(given.index)
    drawn = DrawnEmbedder(index.embedder.settings)
    for kind, texts in _made_texts(given.texts).items():
        real = next(stored_texts(index.folder, kind, given.texts))
        beside = neighbourhood(index.embedder.encode(real))
        for what, value in neighbourhood(drawn.encode(texts[: len(real)])).items():
            sys.stdout.write(f"{kind:10} {what:30} {_shown(beside[what]):32} {_shown(value)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
