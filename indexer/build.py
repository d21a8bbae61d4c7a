"""The indexing pipeline: read, split, encode, write beside, make live."""

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from indexer import text_classifier
from indexer.chunking import Passage, split_passages
from indexer.config import IndexConfig
from indexer.corpus_tables import ORDINARY, CorpusTables
from indexer.documents import Document, Section, Tombstone
from indexer.embedder import ENCODER_SETTINGS, Embedder, load_embedder, load_settings
from indexer.embedding_cache import EmbeddingCache
from indexer.errors import DocumentError, IndexUnusableError, ModelError, WriteError
from indexer.export import export_encoder, fingerprint, locate_model
from indexer.index import CLASSIFIER, PROBE_TEXT, version_problem
from indexer.lexical_index import LexicalIndex, spoken_words
from indexer.manifest import MANIFEST, Manifest, ManifestConfig, ManifestCounts, list_files, read_manifest
from indexer.readers import Reading
from indexer.store_writer import StoreWriter
from indexer.vector_index import VectorIndex
from indexer.versions import STAGING, flush_tree, index_lock, list_versions, live_or_none, make_live, publish, staged, sweep
from indexer.vocabulary import Vocabulary
from indexer.whitening import whiten, within_class_whitening

# Told (stage, texts done since last told, texts in all).
Progress = Callable[[str, int, int], None]


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


@dataclass(frozen=True, slots=True)
class _Pieces:
    """A document cut up: its passages, and the keys (titles and other ways to ask) of its sections."""

    document: Document
    passages: list[Passage]
    keys: list[tuple[Section, str]]


@dataclass(frozen=True, slots=True)
class _Plan:
    """All that a version is made of. `digest` stands for what goes in; `encoder` and `classifier` are the folders of those made for it."""

    pieces: Sequence[_Pieces]
    tombstones: Sequence[Tombstone]
    config: IndexConfig
    tables: CorpusTables
    digest: str
    encoder: Path
    classifier: Path | None


def build_index(
    reading: Reading,
    folder: Path,
    config: IndexConfig,
    tables: CorpusTables,
    report: Callable[[str], None],
    progress: Progress,
) -> Summary:
    """Index what was read into `folder` and make the result live. Raises IndexerError; the old version then stays live."""
    if not reading.documents:
        raise DocumentError(_nothing_to_index(reading))
    with _writing(folder):
        encoder = _encoder_folder(folder / "cache", config.model, report)
        embedder = load_embedder(encoder)
        digest = _corpus_digest(reading, tables)
        version = _same_version(folder, config, embedder, digest)
        outcome: Literal["written", "made live", "unchanged"] = "unchanged"
        texts = reused = 0
        if version is None:
            pieces = [_cut(document, config, embedder) for document in reading.documents]
            with EmbeddingCache(folder / "cache" / "embeddings.sqlite", embedder) as cache:
                classifier = _classifier_folder(folder / "cache", tables, pieces, cache, progress)
                plan = _Plan(pieces, reading.tombstones, config, tables, digest, encoder, classifier)
                version = publish(folder, lambda target: _write(target, plan, cache, progress))
                texts, reused, outcome = cache.reused + cache.encoded, cache.reused, "written"
        elif version != live_or_none(folder):
            make_live(folder, version)  # a run that was cut short had written it, or somebody went back from it
            outcome = "made live"
        _drop_encoders(folder)
        counts = read_manifest(version).counts
    return Summary(version.name, counts.documents, counts.passages, counts.sentences, texts, reused, outcome)


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


def _classifier_folder(
    folder: Path, tables: CorpusTables, pieces: Sequence[_Pieces], cache: EmbeddingCache, progress: Progress
) -> Path | None:
    """What tells kinds of messages apart, fitted once and kept: on the exemplars of the safety rules, and on what documents answer.

    What a section is asked by is ordinary, unless it stands among the exemplars. None where there are no exemplars.
    """
    exemplars = {text: label for label, texts in tables.safety.get("exemplars", {}).items() for text in texts}
    if not exemplars:
        return None
    labelled = {text: ORDINARY for piece in pieces for _, text in piece.keys} | exemplars
    settings = cache.embedder.settings
    parts = (json.dumps(list(labelled.items())), settings.fingerprint, Path(text_classifier.__file__).read_text(encoding="utf-8"))
    target = folder / "classifiers" / hashlib.sha256("\0".join(parts).encode()).hexdigest()
    if not target.is_dir():
        prompted = [settings.query_prompt + message for message in labelled]
        vectors = cache.encode(prompted, lambda done: progress("reading exemplars", done, len(prompted)))
        shutil.rmtree(target.parent, ignore_errors=True)
        classifier = text_classifier.TextClassifier.fit(list(labelled), list(labelled.values()), vectors)
        _make_whole(target, classifier.save)
    return target


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


def _corpus_digest(reading: Reading, tables: CorpusTables) -> str:
    """Of all that goes in: documents, tables, and this package's own code, as other code may cut the same documents otherwise."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(file.read_bytes())
    entries: Sequence[Document | Tombstone] = (*reading.documents, *reading.tombstones)
    for entry in entries:
        digest.update(json.dumps(asdict(entry), ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass"))
    digest.update(json.dumps(_tables_as_json(tables), ensure_ascii=False).encode())
    return digest.hexdigest()


def _tables_as_json(tables: CorpusTables) -> dict[str, object]:
    helplines = {name: helpline.model_dump(exclude={"id"}) for name, helpline in tables.helplines.items()}
    return {
        "helplines": helplines,
        "lexicon": tables.lexicon.model_dump(mode="json", by_alias=True),
        "partners": {fact.name: fact.model_dump(exclude={"name"}) for fact in tables.partners},
        "safety": dict(tables.safety),
    }


def _cut(document: Document, config: IndexConfig, embedder: Embedder) -> _Pieces:
    budget = min(config.passage_tokens, embedder.settings.max_tokens)
    passages = split_passages(document, budget, embedder.count_tokens)
    titles = {passage.section.id: (passage.section, passage.titles) for passage in passages}
    keys = [
        (section, text)
        for section, title in titles.values()
        for text in dict.fromkeys((section.title, title, *document.asked.get(section.id, ())))
    ]
    return _Pieces(document, passages, keys)


def _write(target: Path, plan: _Plan, cache: EmbeddingCache, progress: Progress) -> None:
    """Everything a version holds, its manifest last."""
    pieces, encoder_settings = plan.pieces, cache.embedder.settings
    prompt = encoder_settings.passage_prompt
    passage_texts = [_passage_text(piece, passage) for piece in pieces for passage in piece.passages]
    sentence_texts = [text for piece in pieces for text in _sentence_texts(piece)]
    key_texts = [encoder_settings.query_prompt + text for piece in pieces for _, text in piece.keys]
    vocabulary = tuple(dict.fromkeys(word for text in (*passage_texts, *key_texts) for word in spoken_words(text)))
    total = len(passage_texts) + len(sentence_texts) + len(key_texts) + len(vocabulary)

    def advance(done: int) -> None:
        progress("encoding", done, total)

    passages, sentences = (cache.encode([prompt + text for text in texts], advance) for texts in (passage_texts, sentence_texts))
    keys = cache.encode(key_texts, advance)
    word_vectors = cache.encode([encoder_settings.query_prompt + word for word in vocabulary], advance)
    whitening = within_class_whitening(keys, _sections_of_keys(pieces))
    np.save(target / "whitening.npy", whitening)
    VectorIndex.build(whiten(passages, whitening)).save(target / "vectors.faiss")
    np.save(target / "sentence_vectors.npy", whiten(sentences, whitening).astype(np.float16))
    VectorIndex.build(whiten(keys, whitening)).save(target / "keys.faiss")
    Vocabulary(vocabulary, whiten(word_vectors, whitening).astype(np.float16)).save(target)
    LexicalIndex.build([_lexical_text(piece, passage) for piece in pieces for passage in piece.passages]).save(target / "bm25")
    store = StoreWriter(target / "documents.sqlite")
    for piece in pieces:
        store.add(piece.document, piece.passages, piece.keys)
    for tombstone in plan.tombstones:
        store.bury(tombstone)
    numbering = store.close()
    np.save(target / "passage_sections.npy", numbering.passage_sections)
    np.save(target / "first_sentences.npy", numbering.first_sentences)
    np.save(target / "key_sections.npy", numbering.key_sections)
    # Copied, not linked: versions share no bytes, so damage to one leaves the others to go back to.
    _copy(plan.encoder, target / "encoder")
    if plan.classifier is not None:
        _copy(plan.classifier, target / CLASSIFIER)
    for name, table in _tables_as_json(plan.tables).items():
        (target / f"{name}.json").write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    manifest = Manifest(
        config=ManifestConfig(**asdict(plan.config)),
        corpus_digest=plan.digest,
        encoder=encoder_settings,
        probe=tuple(round(float(value), 6) for value in cache.embedder.encode([PROBE_TEXT])[0]),
        counts=ManifestCounts(**asdict(numbering.counts)),
        files=list_files(target),
    )
    (target / MANIFEST).write_text(manifest.model_dump_json(indent=1) + "\n", encoding="utf-8")


def _copy(folder: Path, target: Path) -> None:
    """Every file of a folder."""
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        copy = target / file.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)


def _sections_of_keys(pieces: Sequence[_Pieces]) -> npt.NDArray[np.int32]:
    """For each key a number that it shares with the keys of its section alone."""
    names = [(piece.document.id, section.id) for piece in pieces for section, _ in piece.keys]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return np.array([numbers[name] for name in names], dtype=np.int32)


def _passage_text(piece: _Pieces, passage: Passage) -> str:
    """What is encoded for a passage: its titles, then its own words."""
    return f"{passage.titles}. {piece.document.text[passage.start : passage.end]}"


def _sentence_texts(piece: _Pieces) -> list[str]:
    """What is encoded for each sentence: its own words, after the lead-in or header that gives them meaning."""
    text = piece.document.text
    sentences = [sentence for passage in piece.passages for sentence in passage.sentences]
    return [f"{sentence.context} {text[sentence.start : sentence.end]}".strip() for sentence in sentences]


def _lexical_text(piece: _Pieces, passage: Passage) -> str:
    """What words can find a passage by: its titles, its own words and their contexts, and the other ways people ask."""
    contexts = dict.fromkeys(sentence.context for sentence in passage.sentences)
    asked = piece.document.asked.get(passage.section.id, ())
    return "\n".join((_passage_text(piece, passage), *contexts, *asked))
