from collections.abc import Callable
from pathlib import Path

import pytest

from indexer import cutters
from indexer.build import Summary
from indexer.corpus_tables import CorpusTables
from indexer.cutters import cut_documents
from indexer.cutting import CutDocuments, Means
from indexer.document_line import document_line
from indexer.documents import Document
from indexer.embedder import load_embedder
from indexer.errors import IndexerError
from indexer.lexical_writer import CountedWords, Integers
from indexer.versions import live_version
from tests.conftest import read_folder


def means(tiny: Path, digest: str = "as now", earlier: Path | None = None) -> Means:
    (encoder,) = (tiny / "index" / "cache" / "encoders").iterdir()
    return Means(40, encoder, digest, earlier)


def cut(how: Means, lines: list[bytes]) -> list[CutDocuments]:
    return list(cut_documents(lines, sum(map(len, lines)), how, load_embedder(how.encoder)))


@pytest.fixture
def lines(tiny: Path, tables: CorpusTables, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The lines of five documents, cut two or three at a time."""
    monkeypatch.setattr(cutters, "_BATCH", 500)
    return list(read_folder(tiny / "documents", tables).lines())


def alike(some: list[CutDocuments]) -> list[object]:
    """What can be compared of documents that are cut up."""
    return [(one.cuts, one.spoken, one.counted.words, *(array.tolist() for array in arrays(one.counted))) for one in some]


def arrays(counted: CountedWords) -> tuple[Integers, ...]:
    return counted.word, counted.times, counted.sizes, counted.lengths


def test_documents_are_cut_into_passages_keys_and_words(tiny: Path, lines: list[bytes]) -> None:
    batches = cut(means(tiny), lines)
    cuts = [one for batch in batches for one in batch.cuts]
    assert [one.document.id for one in cuts] == ["bees", "bread", "moon", "mars", "tea"]
    assert 1 < len(batches) < 5
    moon = cuts[2]
    assert [text for _, text in moon.keys] == ["The Moon"]
    (passage,) = moon.passages
    assert moon.document.text[passage.start : passage.end] == "The Moon orbits the Earth in 27 days. The Moon has no air."
    counted = batches[-1].counted
    assert counted.sizes.sum() == len(counted.word) == len(counted.times)
    assert {"steeps", "brewing"} <= set(batches[-1].spoken)
    assert {"steep", "brew"} <= set(counted.words)


def test_other_processes_cut_the_same_in_the_same_order(tiny: Path, lines: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    here = cut(means(tiny), lines * 3)
    monkeypatch.setattr(cutters, "_FEW", 0)
    assert alike(cut(means(tiny), lines * 3)) == alike(here)


def test_what_cannot_be_cut_in_another_process_is_an_error(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutters, "_FEW", 0)
    with pytest.raises(IndexerError, match=r"a document cannot be cut \(JSONDecodeError: .*\); run `citewell index` again"):
        cut(means(tiny), [b"no document"])


def test_a_process_that_ends_is_an_error(tiny: Path, lines: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutters, "_FEW", 0)
    broken = means(tiny)._replace(encoder=tiny)
    with pytest.raises(IndexerError, match="a process that cuts documents has ended; run `citewell index` again"):
        list(cut_documents(lines, 10**6, broken, load_embedder(means(tiny).encoder)))


# Cut by an earlier run


def stored(tiny: Path, build_tiny: Callable[..., Summary], monkeypatch: pytest.MonkeyPatch) -> tuple[Path, str]:
    """The store of a version, and what stood for its means."""
    seen: list[Means] = []
    real = Means.cutter

    def cutter(self: Means, embedder: object) -> object:
        seen.append(self)
        return real(self, embedder)  # type: ignore[arg-type]

    (tiny / "documents" / "new.txt").write_text("New\n\nNew is new.\n", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(Means, "cutter", cutter)
        build_tiny(tiny / "documents", tiny / "index")
    return live_version(tiny / "index") / "documents.sqlite", seen[0].digest


def test_a_document_that_an_earlier_version_holds_is_not_cut_again(
    tiny: Path, tables: CorpusTables, build_tiny: Callable[..., Summary], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, digest = stored(tiny, build_tiny, monkeypatch)
    lines = list(read_folder(tiny / "documents", tables).lines())
    how = means(tiny, digest, store)._replace(budget=10**6)
    fresh = cut(how._replace(earlier=None), lines)
    split: list[str] = []
    monkeypatch.setattr("indexer.cutting.split_passages", lambda document, *rest: split.append(document.id))
    assert alike(cut(how, lines)) == alike(fresh)
    assert split == []


@pytest.mark.parametrize("change", ["text", "means", "damage"])
def test_a_document_that_is_not_quite_the_same_is_cut_again(
    tiny: Path, tables: CorpusTables, build_tiny: Callable[..., Summary], monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    store, digest = stored(tiny, build_tiny, monkeypatch)
    document = next(document for document in read_folder(tiny / "documents", tables).documents if document.id == "moon")
    if change == "text":
        document = Document(**{**{name: getattr(document, name) for name in document.__slots__}, "url": None})
    if change == "damage":
        store.write_bytes(store.read_bytes()[:4096] + b"\xa5" * 8192)
    how = means(tiny, "otherwise" if change == "means" else digest, store)
    split: list[str] = []
    monkeypatch.setattr("indexer.cutting.split_passages", lambda document, *rest: split.append(document.id) or [])  # type: ignore[func-returns-value]
    cut(how, [document_line(document)])
    assert split == ["moon"]
