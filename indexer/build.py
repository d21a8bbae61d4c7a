"""The indexing pipeline: read, split, encode, write beside, make live."""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from indexer.chunking import Passage, split_passages
from indexer.config import IndexConfig
from indexer.corpus_tables import CorpusTables
from indexer.documents import Document, Section
from indexer.embedder import ENCODER_SETTINGS, Embedder, load_embedder, load_settings
from indexer.embedding_cache import EmbeddingCache
from indexer.errors import DocumentError, IndexUnusableError, ModelError
from indexer.export import export_encoder, fingerprint, locate_model
from indexer.index import PROBE_TEXT, Index
from indexer.lexical_index import LexicalIndex
from indexer.manifest import MANIFEST, Manifest, ManifestConfig, ManifestCounts, list_files, read_manifest
from indexer.readers import corpus_files, read_documents
from indexer.store_writer import StoreWriter
from indexer.vector_index import VectorIndex
from indexer.versions import flush_tree, index_lock, publish

# Told (stage, texts done since last told, texts in all).
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did. `reused` of `texts` vectors came from the cache; `problems` has a line for each document left out."""

    documents: int
    passages: int
    sentences: int
    texts: int
    reused: int
    seconds: float
    unchanged: bool
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Pieces:
    """A document cut up: its passages, and the keys (titles and other ways to ask) of its sections."""

    document: Document
    passages: list[Passage]
    keys: list[tuple[Section, str]]


def build_index(
    paths: Sequence[Path],
    folder: Path,
    config: IndexConfig,
    tables: CorpusTables,
    report: Callable[[str], None],
    progress: Progress,
) -> Summary:
    """Index the documents at `paths` into `folder` and make the result live. Raises IndexerError; the old version then stays live."""
    started = time.monotonic()
    files = corpus_files(paths)
    reading = read_documents(files, tables)
    if not reading.documents:
        reason = (
            reading.problems[0] if reading.problems else f"no document was found in {', '.join(map(str, paths))}; name a file or folder"
        )
        raise DocumentError(reason)
    with index_lock(folder):
        encoder = _encoder_folder(folder / "cache", config.model, report)
        embedder = load_embedder(encoder)
        digest = _corpus_digest(reading.documents, tables)
        counts = _counts_if_same(folder, config, embedder, digest)
        unchanged = counts is not None
        texts = reused = 0
        if counts is None:
            pieces = [_cut(document, config, embedder) for document in reading.documents]
            with EmbeddingCache(folder / "cache" / "embeddings.sqlite", embedder) as cache:
                version = publish(folder, lambda target: _write(target, pieces, config, tables, digest, encoder, cache, progress))
                texts, reused = cache.reused + cache.encoded, cache.reused
            counts = read_manifest(version).counts
    seconds = time.monotonic() - started
    return Summary(counts.documents, counts.passages, counts.sentences, texts, reused, seconds, unchanged, reading.problems)


def _encoder_folder(cache: Path, model: str, report: Callable[[str], None]) -> Path:
    """The exported encoder, made once for each model and kept; made again where the kept one is damaged."""
    source = locate_model(model)
    target = cache / "encoders" / fingerprint(source)
    if not _is_whole(target):
        report(f"preparing the encoder {model} (once)")
        staging = target.with_suffix(".writing")
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(parents=True)
        export_encoder(source, staging, model, report)
        flush_tree(staging)
        shutil.rmtree(target, ignore_errors=True)
        staging.rename(target)
    return target


def _is_whole(encoder: Path) -> bool:
    try:
        files = load_settings(encoder).files
        return {name: digest for name, digest in list_files(encoder).items() if name != ENCODER_SETTINGS} == files
    except ModelError:
        return False


def _counts_if_same(folder: Path, config: IndexConfig, embedder: Embedder, digest: str) -> ManifestCounts | None:
    """What the live version holds, where it is whole and made of the same documents by the same means; else None."""
    try:
        live = Index.load(folder)
    except IndexUnusableError:
        return None
    live.store.close()
    manifest = live.manifest
    same = manifest.corpus_digest == digest and manifest.config.model_dump() == asdict(config) and manifest.encoder == embedder.settings
    return manifest.counts if same else None


def _corpus_digest(documents: Sequence[Document], tables: CorpusTables) -> str:
    """Of all that goes in: documents, tables, and this package's own code, as other code may cut the same documents otherwise."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(file.read_bytes())
    for document in documents:
        digest.update(json.dumps(asdict(document), ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass"))
    digest.update(json.dumps(_tables_as_json(tables), ensure_ascii=False).encode())
    return digest.hexdigest()


def _tables_as_json(tables: CorpusTables) -> dict[str, object]:
    helplines = {name: helpline.model_dump(exclude={"id"}) for name, helpline in tables.helplines.items()}
    return {"helplines": helplines, "safety": dict(tables.safety)}


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


def _write(
    target: Path,
    pieces: Sequence[_Pieces],
    config: IndexConfig,
    tables: CorpusTables,
    digest: str,
    encoder: Path,
    cache: EmbeddingCache,
    progress: Progress,
) -> None:
    """Everything a version holds, its manifest last."""
    encoder_settings = cache.embedder.settings
    prompt = encoder_settings.passage_prompt
    passage_texts = [_passage_text(piece, passage) for piece in pieces for passage in piece.passages]
    sentence_texts = [text for piece in pieces for text in _sentence_texts(piece)]
    key_texts = [encoder_settings.query_prompt + text for piece in pieces for _, text in piece.keys]
    total = len(passage_texts) + len(sentence_texts) + len(key_texts)

    def advance(done: int) -> None:
        progress("encoding", done, total)

    VectorIndex.build(cache.encode([prompt + text for text in passage_texts], advance)).save(target / "vectors.faiss")
    np.save(
        target / "sentence_vectors.npy",
        cache.encode([prompt + text for text in sentence_texts], advance).astype(np.float16),
    )
    VectorIndex.build(cache.encode(key_texts, advance)).save(target / "keys.faiss")
    LexicalIndex.build([_lexical_text(piece, passage) for piece in pieces for passage in piece.passages]).save(target / "bm25")
    store = StoreWriter(target / "documents.sqlite")
    for piece in pieces:
        store.add(piece.document, piece.passages, piece.keys)
    numbering = store.close()
    np.save(target / "passage_sections.npy", numbering.passage_sections)
    np.save(target / "first_sentences.npy", numbering.first_sentences)
    np.save(target / "key_sections.npy", numbering.key_sections)
    shutil.copytree(encoder, target / "encoder", copy_function=_link)
    for name, table in _tables_as_json(tables).items():
        (target / f"{name}.json").write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    manifest = Manifest(
        config=ManifestConfig(**asdict(config)),
        corpus_digest=digest,
        encoder=encoder_settings,
        probe=tuple(round(float(value), 6) for value in cache.embedder.encode([PROBE_TEXT])[0]),
        counts=ManifestCounts(**asdict(numbering.counts)),
        files=list_files(target),
    )
    (target / MANIFEST).write_text(manifest.model_dump_json(indent=1) + "\n", encoding="utf-8")


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


def _link(source: str, target: str) -> None:
    """A second name for the same bytes where the disk allows that: each version holds its encoder at no cost."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
