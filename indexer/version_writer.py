"""Everything a version holds, written step by step, so that memory never holds more than one file of it.

Documents are cut and stored first; texts are then read back in the order of their numbers, get their vectors batch by batch, and the
vectors go into their files.
"""

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from itertools import compress, islice
from pathlib import Path
from typing import Protocol

import numpy as np

from indexer.byte_vectors import ByteVectors
from indexer.config import IndexConfig
from indexer.corpus_tables import CorpusTables
from indexer.cutting import CutDocuments
from indexer.documents import Tombstone
from indexer.embedder import Embedder, EncoderSettings, Vectors
from indexer.index import CLASSIFIER, PROBE_TEXT
from indexer.lexical_writer import LexicalWriter
from indexer.manifest import MANIFEST, Manifest, ManifestConfig, ManifestCounts, list_files
from indexer.progress import Progress
from indexer.store_writer import Numbering, StoreWriter
from indexer.stored_texts import StoredTexts
from indexer.vector_index import VectorIndex
from indexer.vector_writer import write_vector_index
from indexer.whitening import sampled_keys, whiten, within_class_whitening
from indexer.word_table import WordTable

_BATCH = 1024  # texts; of fewer, products with a matrix are slow for their size


class TextVectors(Protocol):
    """Where the vectors of texts come from: a cache before an encoder, or what a benchmark draws."""

    def encode(self, texts: list[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimension), float32; the same for a text whenever it is asked for."""
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """What a version is made of, besides documents. `digest` stands for all that goes in; `encoder` is the embedder's folder."""

    tombstones: tuple[Tombstone, ...]
    config: IndexConfig
    tables: CorpusTables
    digest: str
    encoder: Path
    embedder: Embedder
    vectors: TextVectors


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known once documents are stored: how numbers hang together, and every word that is spoken in passages and keys."""

    numbering: Numbering
    words: list[str]

    @property
    def texts(self) -> int:
        """How many texts get a vector."""
        counts = self.numbering.counts
        return counts.passages + counts.sentences + counts.keys + len(self.words)


def store_documents(
    target: Path, documents: Iterable[CutDocuments], tombstones: Iterable[Tombstone], advance: Callable[[int], None]
) -> Stored:
    """Store documents and count their words; `advance` is told how many more are stored."""
    store, lexical = StoreWriter(target / "documents.sqlite"), LexicalWriter(target / "bm25")
    words: dict[str, None] = {}
    for some in documents:
        for cut in some.cuts:
            store.add(*cut)
        lexical.add(some.counted)
        words.update(dict.fromkeys(some.spoken))
        advance(len(some.cuts))
    for tombstone in tombstones:
        store.bury(tombstone)
    numbering = store.close()
    lexical.close()
    for name in ("passage_sections", "first_sentences", "key_sections"):
        np.save(target / f"{name}.npy", getattr(numbering, name))
    return Stored(numbering, list(words))


def write_vectors(target: Path, stored: Stored, settings: EncoderSettings, vectors: TextVectors, progress: Progress) -> None:
    """Encode every text, keys first, as they tell how to whiten; of many, a sample is encoded twice, which a cache makes cheap."""
    counts, dimension = stored.numbering.counts, settings.dimension
    asked, said = settings.query_prompt, settings.passage_prompt
    sections = stored.numbering.key_sections
    sample = sampled_keys(sections)
    total = stored.texts + (0 if sample.all() else int(sample.sum()))

    def encoded(texts: Iterable[str], prompt: str) -> Iterator[Vectors]:
        for batch in _batches(texts):
            yield vectors.encode([prompt + text for text in batch])
            progress("encoding", len(batch), total)

    with closing(StoredTexts(target / "documents.sqlite")) as texts:
        learnt = list(encoded(compress(texts.keys(), sample), asked))
        whitening = within_class_whitening(np.concatenate(learnt), sections[sample])
        np.save(target / "whitening.npy", whitening)
        keys = learnt if sample.all() else encoded(texts.keys(), asked)

        def whitened(texts: Iterable[str], prompt: str) -> Iterator[Vectors]:
            return (whiten(block, whitening) for block in encoded(texts, prompt))

        write_vector_index(target / "keys.faiss", (whiten(block, whitening) for block in keys), counts.keys, dimension)
        write_vector_index(target / "vectors.faiss", whitened(texts.passages(), said), counts.passages, dimension)
        ByteVectors.save(target / "sentence_vectors.npy", whitened(texts.sentences(), said), (counts.sentences, dimension))
        vocabulary = target / "vocabulary"
        vocabulary.mkdir()
        WordTable.build(stored.words).save(vocabulary)
        ByteVectors.save(vocabulary / "vectors.npy", whitened(stored.words, asked), (len(stored.words), dimension))


def write_rest(target: Path, stored: Stored, plan: Plan, classifier: Path | None) -> None:
    """What else a version holds, its manifest last."""
    # Copied, not linked: versions share no bytes, so damage to one leaves the others to go back to.
    _copy(plan.encoder, target / "encoder")
    if classifier is not None:
        _copy(classifier, target / CLASSIFIER)
    for name, table in tables_as_json(plan.tables).items():
        (target / f"{name}.json").write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    manifest = Manifest(
        config=ManifestConfig(**asdict(plan.config)),
        corpus_digest=plan.digest,
        encoder=plan.embedder.settings,
        probe=tuple(round(float(value), 6) for value in plan.embedder.encode([PROBE_TEXT])[0]),
        counts=ManifestCounts(**asdict(stored.numbering.counts), words=len(stored.words)),
        kinds={name: VectorIndex.load(target / f"{name}.faiss").kind for name in ("keys", "vectors")},
        files=list_files(target),
    )
    (target / MANIFEST).write_text(manifest.model_dump_json(indent=1) + "\n", encoding="utf-8")


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    remaining = iter(texts)
    while batch := list(islice(remaining, _BATCH)):
        yield batch


def tables_as_json(tables: CorpusTables) -> dict[str, object]:
    """The tables that a version holds, by the names of their files."""
    helplines = {name: helpline.model_dump(exclude={"id"}) for name, helpline in tables.helplines.items()}
    return {
        "helplines": helplines,
        "lexicon": tables.lexicon.model_dump(mode="json", by_alias=True),
        "partners": {fact.name: fact.model_dump(exclude={"name"}) for fact in tables.partners},
        "safety": dict(tables.safety),
    }


def _copy(folder: Path, target: Path) -> None:
    """Every file of a folder."""
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        copy = target / file.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
