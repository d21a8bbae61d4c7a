"""A finished index, loaded: everything a server needs, out of one folder."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from indexer.array_file import mapped
from indexer.byte_vectors import ByteVectors
from indexer.corpus_tables import Helpline, Lexicon, PartnerFact, parse_helplines, read_lexicon, read_partners
from indexer.embedder import Embedder, RememberingEmbedder, Vectors, load_embedder
from indexer.errors import IndexDamagedError, IndexerError, IndexMissingError, IndexUnusableError, WriteError
from indexer.lexical_index import LexicalIndex
from indexer.manifest import MANIFEST, REBUILD, Manifest, check_files, file_digest, read_manifest
from indexer.stage_clock import stage
from indexer.store import Store
from indexer.text_classifier import TextClassifier
from indexer.vector_index import VectorIndex
from indexer.versions import index_lock, list_versions, live_or_none, live_version, make_live, no_index, number_of
from indexer.vocabulary import Vocabulary
from indexer.whitening import whiten

PROBE_TEXT = "Naloxone reverses an opioid overdose; does ketamine, alprazolam or alcohol change what naloxone does?"
CLASSIFIER = "classifier"
# The same encoder gives the same values to five digits on any processor; another model, or text pipeline, is off by 0.01 and more.
_PROBE_TOLERANCE = 0.002


@dataclass(frozen=True, slots=True)
class Index:
    """One version of an index, read-only. `folder` is that version's, `digest` the sha256 of its manifest and stands for all of it.

    `vectors` are those of passages, `keys` those of section titles and other ways to ask; `sentence_vectors` those of
    sentences, memory-mapped. For the number arrays see `store_writer.Numbering`. `classifier` tells of what kind a message is, by
    the exemplars of the safety rules; None where they have none.
    """

    folder: Path
    digest: str
    manifest: Manifest
    store: Store
    embedder: Embedder
    lexical: LexicalIndex
    vectors: VectorIndex
    keys: VectorIndex
    vocabulary: Vocabulary
    whitening: Vectors
    sentence_vectors: ByteVectors
    passage_sections: npt.NDArray[np.int32]
    first_sentences: npt.NDArray[np.int32]
    key_sections: npt.NDArray[np.int32]
    helplines: dict[str, Helpline]
    lexicon: Lexicon
    partners: tuple[PartnerFact, ...]
    safety: dict[str, Any]
    classifier: TextClassifier | None

    @classmethod
    def load(cls, folder: Path) -> "Index":
        """The live version of an index folder. Raises IndexMissingError or IndexDamagedError; never loads a part.

        Where that cannot be, the error offers the version to go back to, if there is one.
        """
        try:
            return cls.load_version(live_version(folder))
        except IndexUnusableError as problem:
            earlier = whole_version_before(folder)
            if earlier is None:
                raise
            raise type(problem)(f"{problem}, or `citewell index --rollback` to go back to version {earlier.name}") from problem

    @classmethod
    def load_version(cls, version: Path) -> "Index":
        """One version folder, every file checked against its checksum, the encoder against its probe."""
        manifest = read_manifest(version)
        check_files(version, manifest)
        store: Store | None = None
        try:
            store = Store(version / "documents.sqlite")
            index = cls(
                folder=version,
                digest=file_digest(version / MANIFEST),
                manifest=manifest,
                store=store,
                embedder=RememberingEmbedder(load_embedder(version / "encoder")),
                lexical=LexicalIndex.load(version / "bm25"),
                vectors=VectorIndex.load(version / "vectors.faiss"),
                keys=VectorIndex.load(version / "keys.faiss"),
                vocabulary=Vocabulary.load(version / "vocabulary"),
                whitening=mapped(version / "whitening.npy"),
                sentence_vectors=ByteVectors.load(version / "sentence_vectors.npy"),
                passage_sections=mapped(version / "passage_sections.npy"),
                first_sentences=mapped(version / "first_sentences.npy"),
                key_sections=mapped(version / "key_sections.npy"),
                helplines=parse_helplines(json.loads((version / "helplines.json").read_bytes())),
                lexicon=read_lexicon((version / "lexicon.json").read_bytes()),
                partners=read_partners((version / "partners.json").read_bytes()),
                safety=json.loads((version / "safety.json").read_bytes()),
                classifier=TextClassifier.load(version / CLASSIFIER) if (version / CLASSIFIER).is_dir() else None,
            )
            index._check(version)
        except Exception as problem:
            if store is not None:
                store.close()
            raise _unusable(version, problem) from problem
        return index

    @stage("encoding")
    def encode_message(self, text: str) -> Vectors:
        """The unit vector of a message as the encoder gives it, shape (dimension,): what exemplars are compared by."""
        vector: Vectors = self.embedder.encode([self.embedder.settings.query_prompt + text])[0]
        return vector

    def encode_query(self, text: str) -> Vectors:
        """The unit vector of a question, shape (dimension,), whitened as all vectors of the index are."""
        return whiten(self.encode_message(text), self.whitening)

    def _check(self, version: Path) -> None:
        counts, encoder = self.manifest.counts, self.manifest.encoder
        belongs = {
            "the encoder is not the one": self.embedder.settings == encoder,
            "the vectors are not of the dimension": self.vectors.dimension == self.keys.dimension == encoder.dimension
            and self.whitening.shape == (encoder.dimension, encoder.dimension),
            "the documents are not as many as": self.store.document_count() == counts.documents,
            "the passages are not as many as": len(self.vectors) == len(self.lexical) == len(self.passage_sections) == counts.passages,
            "the sentences are not as many as": self.sentence_vectors.shape == (counts.sentences, encoder.dimension)
            and len(self.first_sentences) == counts.passages + 1
            and self.first_sentences[-1] == counts.sentences,
            "the words are not those": self.lexical.is_whole() and self.vocabulary.shape == (counts.words, encoder.dimension),
            "the vectors are not of the kind": {"vectors": self.vectors.kind, "keys": self.keys.kind} == self.manifest.kinds,
            "the keys are not as many as": len(self.keys) == len(self.key_sections) == counts.keys,
        }
        for what, fits in belongs.items():
            if not fits:
                raise IndexDamagedError(f"the files of the index in {version} do not belong together: {what} its manifest names; {REBUILD}")
        probe, expected = self.embedder.encode([PROBE_TEXT])[0], np.array(self.manifest.probe, dtype=np.float32)
        if probe.shape != expected.shape or not np.allclose(probe, expected, atol=_PROBE_TOLERANCE):
            raise IndexDamagedError(f"the encoder in {version} no longer computes what the index was built with; {REBUILD}")


def _unusable(version: Path, problem: Exception) -> IndexUnusableError:
    """What a failure to load says of a version. Checksums held, so whatever wrote it thought otherwise, or something is not installed."""
    if isinstance(problem, IndexUnusableError):
        return problem
    if isinstance(problem, IndexerError):
        return IndexUnusableError(str(problem))
    what = " ".join(str(problem).split())  # some libraries say it in several lines
    return IndexDamagedError(f"the index in {version} cannot be loaded ({type(problem).__name__}: {what}); {REBUILD}")


def version_problem(version: Path) -> str | None:
    """What is wrong with a version, None where it is whole."""
    try:
        Index.load_version(version).store.close()
    except IndexUnusableError as problem:
        return str(problem)
    return None


def whole_version_before(folder: Path) -> Path | None:
    """The newest whole version before the live one; where the live one cannot be used and none is before it, the newest whole one."""
    versions = list_versions(folder)
    live = live_or_none(folder)
    if live is not None:
        older = [version for version in versions if number_of(version) < number_of(live)]
        newer = [version for version in versions if number_of(version) > number_of(live)]
        versions = older if not newer or version_problem(live) is None else [*older, *newer]
    return next((version for version in versions if version_problem(version) is None), None)


def roll_back(folder: Path) -> Path:
    """Make the whole version before the live one live. Raises IndexerError where there is none, or a run is writing."""
    if not list_versions(folder):
        raise IndexMissingError(no_index(folder))
    try:
        with index_lock(folder):
            earlier = whole_version_before(folder)
            if earlier is None:
                raise IndexMissingError(f"{folder} holds no earlier version that is whole; {REBUILD}")
            make_live(folder, earlier)
            return earlier
    except OSError as problem:
        raise WriteError(f"{folder} cannot be written ({problem.strerror}); free space on its disk, or check its permissions") from problem
