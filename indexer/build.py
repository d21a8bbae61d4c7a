"""The indexing pipeline: read, split, encode, write beside, make live."""

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal
from zlib import crc32

from indexer import text_classifier
from indexer.config import IndexConfig
from indexer.corpus_tables import ORDINARY, CorpusTables
from indexer.cutters import cut_documents
from indexer.cutting import Means
from indexer.embedder import ENCODER_SETTINGS, Embedder, load_embedder, load_settings
from indexer.embedding_cache import EmbeddingCache
from indexer.errors import DocumentError, IndexUnusableError, ModelError, WriteError
from indexer.export import export_encoder, fingerprint, locate_model
from indexer.index import version_problem
from indexer.manifest import file_digest, list_files, read_manifest
from indexer.progress import Progress
from indexer.readers import Reading
from indexer.stored_texts import StoredTexts
from indexer.version_writer import Plan, Stored, TextVectors, store_documents, tables_as_json, write_rest, write_vectors
from indexer.versions import STAGING, flush_tree, index_lock, list_versions, live_or_none, make_live, publish, staged, sweep

_MOST_ORDINARY = 16_384  # ways of asking that the classifier learns what is ordinary from


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did. `reused` of `texts` vectors came from the cache."""

    version: str
    documents: int
    passages: int
    sentences: int
    texts: int
    reused: int
    outcome: Literal["written", "made live", "unchanged"]


def build_index(
    reading: Reading,
    folder: Path,
    config: IndexConfig,
    tables: CorpusTables,
    report: Callable[[str], None],
    progress: Progress,
    vectors: TextVectors | None = None,
) -> Summary:
    """Index what was read into `folder` and make the result live. Raises IndexerError; the old version then stays live.

    `vectors` stands in for the encoder and its cache.
    """
    if not reading.documents_read:
        raise DocumentError(_nothing_to_index(reading))
    with _writing(folder):
        encoder = _encoder_folder(folder / "cache", config.model, report)
        embedder = load_embedder(encoder)
        code = _code_digest()
        digest = _corpus_digest(reading, tables, code)
        version = _same_version(folder, config, embedder, digest)
        outcome: Literal["written", "made live", "unchanged"] = "unchanged"
        encoded = 0
        if version is None:
            how = f"{code} {config.passage_tokens} {embedder.settings.fingerprint}"
            means = Means(config.passage_tokens, encoder, how, _earlier_store(folder))
            with EmbeddingCache(folder / "cache" / "embeddings.sqlite", embedder) as cache:
                plan = Plan(reading.tombstones, config, tables, digest, encoder, embedder, vectors or cache)
                version = publish(folder, lambda target: _write(target, reading, means, plan, folder / "cache", progress))
                encoded = cache.encoded
            outcome = "written"
        elif version != live_or_none(folder):
            make_live(folder, version)  # a run that was cut short had written it, or somebody went back from it
            outcome = "made live"
        _drop_encoders(folder)
        counts = read_manifest(version).counts
    texts = counts.passages + counts.sentences + counts.keys + counts.words if outcome == "written" else 0
    return Summary(version.name, counts.documents, counts.passages, counts.sentences, texts, max(0, texts - encoded), outcome)


def _write(target: Path, reading: Reading, means: Means, plan: Plan, cache: Path, progress: Progress) -> None:
    """Everything a version holds."""
    documents = cut_documents(reading.lines(), reading.size, means, plan.embedder)
    stored = store_documents(target, documents, plan.tombstones, lambda done: progress("cutting", done, reading.documents_read))
    classifier = _classifier_folder(cache, target, stored, plan, progress)
    write_vectors(target, stored, plan.embedder.settings, plan.vectors, progress)
    write_rest(target, stored, plan, classifier)


def _earlier_store(folder: Path) -> Path | None:
    """The store of the live version, where it is as it was written; None where there is none."""
    live = live_or_none(folder)
    if live is not None:
        with suppress(IndexUnusableError, OSError, KeyError):
            if file_digest(live / "documents.sqlite") == read_manifest(live).files["documents.sqlite"]:
                return live / "documents.sqlite"
    return None


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """The index folder, locked and swept; what the disk refuses is one error of ours."""
    try:
        with index_lock(folder):
            sweep(folder)
            yield
    except (OSError, sqlite3.Error) as problem:
        why = (problem.strerror if isinstance(problem, OSError) else None) or problem
        what = "no version was changed, so free space or mend the permissions and run `citewell index` again"
        raise WriteError(f"the index in {folder} cannot be written ({why}); {what}") from problem


def _nothing_to_index(reading: Reading) -> str:
    out = [
        *([f"{len(reading.tombstones)} withdrawn"] if reading.tombstones else []),
        *([f"{len(reading.problems)} cannot be read"] if reading.problems else []),
    ]
    if not out:
        return "no document was found; name a file or folder that holds one"
    return f"no document is left to index ({', '.join(out)}); mend or add one, or remove the index folder to answer nothing"


def _encoder_folder(cache: Path, model: str, report: Callable[[str], None]) -> Path:
    """The exported encoder, made once for each model and kept; made again where the kept one is damaged."""
    source = locate_model(model)
    target = cache / "encoders" / fingerprint(source)
    if not _is_whole(target):
        report(f"preparing the encoder {model} (once)")
        _make_whole(target, lambda staging: export_encoder(source, staging, model, report))
    return target


def _make_whole(target: Path, fill: Callable[[Path], None]) -> None:
    """Let `fill` write a folder, which is then there as a whole, or not at all."""
    with staged(target.with_name(STAGING)) as staging:
        fill(staging)
        flush_tree(staging)
        shutil.rmtree(target, ignore_errors=True)
        staging.rename(target)


def _classifier_folder(cache: Path, target: Path, stored: Stored, plan: Plan, progress: Progress) -> Path | None:
    """What tells kinds of messages apart, fitted once and kept: on the exemplars of the safety rules, and on what documents answer.

    What a section is asked by is ordinary, unless it stands among the exemplars. None where there are no exemplars.
    """
    exemplars = {text: label for label, texts in plan.tables.safety.get("exemplars", {}).items() for text in texts}
    if not exemplars:
        return None
    with closing(StoredTexts(target / "documents.sqlite")) as texts:
        labelled = dict.fromkeys(_some(texts.keys(), stored.numbering.counts.keys), ORDINARY) | exemplars
    settings = plan.embedder.settings
    parts = (json.dumps(list(labelled.items())), settings.fingerprint, Path(text_classifier.__file__).read_text(encoding="utf-8"))
    folder = cache / "classifiers" / hashlib.sha256("\0".join(parts).encode()).hexdigest()
    if not folder.is_dir():
        prompted = [settings.query_prompt + message for message in labelled]
        vectors = plan.vectors.encode(prompted)
        progress("reading exemplars", len(prompted), len(prompted))
        shutil.rmtree(folder.parent, ignore_errors=True)
        classifier = text_classifier.TextClassifier.fit(list(labelled), list(labelled.values()), vectors)
        _make_whole(folder, classifier.save)
    return folder


def _some(texts: Iterable[str], count: int) -> Iterator[str]:
    """All texts, or of more than enough the same part whenever they are asked for, whatever else changes: those of low checksums."""
    share = 1
    while count // share > _MOST_ORDINARY:
        share *= 2
    return (text for text in texts if crc32(text.encode("utf-8", "surrogatepass")) < 2**32 // share)


def _drop_encoders(folder: Path) -> None:
    """Let go of exported encoders that no version uses any more; each version holds its own."""
    used: set[str] = set()
    for version in list_versions(folder):
        with suppress(IndexUnusableError):
            used.add(read_manifest(version).encoder.fingerprint)
    for encoder in (folder / "cache" / "encoders").iterdir():
        if encoder.name not in used:
            shutil.rmtree(encoder, ignore_errors=True)


def _is_whole(encoder: Path) -> bool:
    try:
        files = load_settings(encoder).files
        return {name: digest for name, digest in list_files(encoder).items() if name != ENCODER_SETTINGS} == files
    except ModelError:
        return False


def _same_version(folder: Path, config: IndexConfig, embedder: Embedder, digest: str) -> Path | None:
    """A version that is whole and was made of the same documents by the same means, the live one first."""
    live = live_or_none(folder)
    versions = sorted(list_versions(folder), key=lambda version: version != live)
    return next((version for version in versions if _is_same(version, config, embedder, digest)), None)


def _is_same(version: Path, config: IndexConfig, embedder: Embedder, digest: str) -> bool:
    try:
        manifest = read_manifest(version)
    except IndexUnusableError:
        return False
    same = manifest.corpus_digest == digest and manifest.config.model_dump() == asdict(config) and manifest.encoder == embedder.settings
    return same and version_problem(version) is None


def _code_digest() -> str:
    """Of this package's own code: other code may cut the same documents otherwise."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _corpus_digest(reading: Reading, tables: CorpusTables, code: str) -> str:
    """Of all that goes in: documents, tables and code."""
    return hashlib.sha256(f"{code} {reading.digest} {json.dumps(tables_as_json(tables), ensure_ascii=False)}".encode()).hexdigest()
