"""An index built of a corpus, in a process of its own, by the means of `citewell index` but for the vectors."""

import shutil
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import indexer.build as build_module
from indexer import version_writer, versions
from indexer.build import build_index
from indexer.config import IndexConfig
from indexer.corpus_tables import CorpusTables, load_tables
from indexer.embedder import Vectors, load_embedder
from indexer.embedding_cache import EmbeddingCache
from indexer.lexical_writer import LexicalWriter
from indexer.readers import BoundedReader, find_files, read_documents
from indexer.stage_clock import stage, timed_stages
from indexer.store_writer import StoreWriter
from indexer.versions import live_version
from tests.benchmarks.growth.apart import PROGRESS, answer
from tests.benchmarks.growth.drawn import HalfDrawnEmbedder

_TELLING = 0.5  # seconds between two lines of progress
# What is done within these belongs to a stage, but for what is done within another of them.
_STAGES: tuple[tuple[Any, str, str], ...] = (
    (build_module, "store_documents", "cutting"),
    (StoreWriter, "add", "store"),
    (StoreWriter, "close", "store"),
    (LexicalWriter, "add", "BM25"),
    (LexicalWriter, "close", "BM25"),
    (build_module, "write_vectors", "sentence and word vectors"),
    (version_writer, "write_vector_index", "vector indexes"),
    (build_module, "write_rest", "checksums"),
    (versions, "flush_tree", "flushing to the disk"),
)


class _Teller:
    """Tells how far each stage of a build has come, in lines of progress."""

    def __init__(self) -> None:
        self._told = time.perf_counter()
        self._done: dict[str, int] = {}

    def advance(self, stage: str, done: int, total: int) -> None:
        """See Progress."""
        self._done[stage] = self._done.get(stage, 0) + done
        if time.perf_counter() - self._told > _TELLING:
            self._told = time.perf_counter()
            sys.stdout.write(f"{PROGRESS}{stage} {self._done[stage] / total:.3f}\n")
            sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class _Vectors:
    """See TextVectors."""

    encode: Callable[[Sequence[str]], Vectors]


def build(corpus: str, folder: str, encoder: str, remember: bool) -> dict[str, Any]:
    """Read and index a corpus; with `remember` the vectors go through the cache, as those of an encoder do."""
    target, tables = Path(folder), bare_tables()
    drawn = HalfDrawnEmbedder(load_embedder(Path(encoder)))
    _bring_encoder(Path(encoder), target / "cache" / "encoders" / drawn.settings.fingerprint)
    with ExitStack() as stack:
        cache = stack.enter_context(EmbeddingCache(target / "cache" / "embeddings.sqlite", drawn)) if remember else None
        reader = stack.enter_context(BoundedReader(tables))
        clock = stack.enter_context(timed_stages())
        _name_stages(stack)
        with stage("reading"):
            reading = read_documents(find_files([Path(corpus)]).files, reader.read)
        vectors = _Vectors(stage("drawing vectors")(_through(cache) if cache else drawn.encode))
        summary = build_index(reading, target, IndexConfig(), tables, lambda line: None, _Teller().advance, vectors)
    version = live_version(target)
    return {
        "documents": summary.documents,
        "passages": summary.passages,
        "sentences": summary.sentences,
        "seconds": clock.seconds,
        "files": sizes_of(version),
        "encoded": cache.encoded if cache else 0,
        "reused": cache.reused if cache else 0,
    }


def _name_stages(stack: ExitStack) -> None:
    """Until the end of the stack, tell the clock of every stage."""
    for owner, name, what in _STAGES:
        stack.enter_context(patch.object(owner, name, stage(what)(getattr(owner, name))))


def bare_tables() -> CorpusTables:
    """The shipped tables without exemplars of danger: what is fitted on them does not grow with an index, and takes half a minute."""
    shipped = load_tables()
    return replace(shipped, safety={**shipped.safety, "exemplars": {}})


def sizes_of(version: Path) -> dict[str, int]:
    """Bytes of each file of a version, those of a folder in it together."""
    return {
        path.name: sum(file.stat().st_size for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file())
        for path in sorted(version.iterdir())
    }


def _bring_encoder(encoder: Path, target: Path) -> None:
    """Put an exported encoder where a build looks for one, as exporting it takes a minute and is not what is measured."""
    if not target.is_dir():
        shutil.copytree(encoder, target)


def _through(cache: EmbeddingCache) -> Callable[[Sequence[str]], Vectors]:
    return lambda texts: cache.encode(texts, lambda done: None)


if __name__ == "__main__":
    answer(build)
