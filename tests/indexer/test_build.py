"""Building: what changed is built and nothing else; whatever stops a run, the old version answers and the next run finishes."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest

from bot.pipeline import Bot
from indexer import build, version_writer, versions
from indexer.build import Summary, build_index
from indexer.config import IndexConfig
from indexer.corpus_tables import CorpusTables
from indexer.documents import Tombstone
from indexer.embedding_cache import EmbeddingCache
from indexer.errors import DocumentError, IndexerError, WriteError
from indexer.index import Index, roll_back, version_problem
from indexer.lexical_writer import LexicalWriter
from indexer.readers import Reading
from indexer.store_writer import StoreWriter
from indexer.versions import index_lock, leftovers, list_versions, live_version
from tests.conftest import read_folder
from tests.tiny_encoder import write_tiny_encoder

Build = Callable[..., Summary]
DAY = date(2026, 2, 1)


@pytest.fixture(autouse=True)
def unflushed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is flushed, and when, is tested with the versions; here it only takes time."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


def cited(folder: Path, question: str) -> list[str]:
    """The documents that an answer quotes."""
    bot = Bot.open(folder)
    answer = bot.answer(question, today=DAY)
    bot.usable_index().store.close()
    return [citation.document_id for citation in answer.citations]


def documents_of(folder: Path) -> list[str]:
    index = Index.load(folder)
    ids = [row[0] for row in index.store.document_list()]
    index.store.close()
    return ids


def change(documents: Path, text: str = "Ducks swim.") -> None:
    (documents / "ducks.txt").write_text(f"Ducks\n\n{text} Ducks fly.\n", encoding="utf-8")


# What is built


def test_the_numbers_of_a_run_are_those_of_its_version(tiny: Path, build_tiny: Build) -> None:
    change(tiny / "documents")
    summary = build_tiny(tiny / "documents", tiny / "index")
    counts = Index.load(tiny / "index").manifest.counts
    assert (summary.documents, summary.passages, summary.sentences) == (counts.documents, counts.passages, counts.sentences) == (6, 9, 25)
    assert summary.version == live_version(tiny / "index").name
    assert summary.version.startswith("000003-")
    assert summary.texts - summary.reused == 7  # two sentences, their passage, the title and three words
    assert summary.outcome == "written"


def test_without_a_change_nothing_is_written(tiny: Path, build_tiny: Build) -> None:
    before = {path: path.stat().st_mtime_ns for path in (tiny / "index" / "versions").rglob("*")}
    summary = build_tiny(tiny / "documents", tiny / "index")
    assert (summary.outcome, summary.texts, summary.reused, summary.documents) == ("unchanged", 0, 0, 5)
    assert {path: path.stat().st_mtime_ns for path in (tiny / "index" / "versions").rglob("*")} == before


def test_what_is_built_anew_is_the_same_byte_for_byte(tiny: Path, build_tiny: Build) -> None:
    live = live_version(tiny / "index")
    shutil.move(live, tiny / "kept")
    build_tiny(tiny / "documents", tiny / "index")
    again = live_version(tiny / "index")
    assert again.name == live.name
    files = [path.relative_to(again) for path in again.rglob("*") if path.is_file()]
    assert len(files) == 27
    assert [file for file in files if (again / file).read_bytes() != (tiny / "kept" / file).read_bytes()] == []


def test_documents_of_before_make_their_version_live_again(tiny: Path, build_tiny: Build) -> None:
    newer, older = list_versions(tiny / "index")
    bees = tiny / "documents" / "bees.html"
    bees.rename(tiny / "bees.html")
    assert build_tiny(tiny / "documents", tiny / "index").version == older.name
    (tiny / "bees.html").rename(bees)
    assert build_tiny(tiny / "documents", tiny / "index").version == newer.name
    assert list_versions(tiny / "index") == [newer, older]


def test_indexing_after_going_back_goes_forward_again(tiny: Path, build_tiny: Build) -> None:
    newer = live_version(tiny / "index")
    roll_back(tiny / "index")
    summary = build_tiny(tiny / "documents", tiny / "index")
    assert (live_version(tiny / "index"), summary.texts) == (newer, 0)


def test_a_passage_of_another_length_makes_another_version(tiny: Path, tables: CorpusTables, tiny_model: Path) -> None:
    config = IndexConfig(str(tiny_model), passage_tokens=32)
    reading = read_folder(tiny / "documents", tables)
    summary = build_index(reading, tiny / "index", config, tables, report=lambda line: None, progress=lambda *told: None)
    assert summary.outcome == "written"
    assert Index.load(tiny / "index").manifest.config.passage_tokens == 32


def test_progress_adds_up_to_all_texts(tiny: Path, build_tiny: Build) -> None:
    told: list[tuple[str, int, int]] = []
    change(tiny / "documents")
    summary = build_tiny(tiny / "documents", tiny / "index", progress=lambda *step: told.append(step))
    assert sum(done for stage, done, _ in told if stage == "encoding") == summary.texts
    assert {(stage, total) for stage, _, total in told} == {("cutting", 6), ("encoding", summary.texts)}


def test_a_document_that_cannot_be_read_is_left_out(tiny: Path, build_tiny: Build) -> None:
    (tiny / "documents" / "broken.md").write_text("---\nid: [\n---\n\nText.")
    assert build_tiny(tiny / "documents", tiny / "index").documents == 5


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "no document was found; name a file or folder that holds one"),
        (
            {"a.md": "", "b.md": "---\nid: [\n---\n"},
            "no document is left to index (2 cannot be read); mend or add one, or remove the index folder to answer nothing",
        ),
        (
            {"a.md": "---\nwithdrawn: It was wrong.\n---\n", "b.md": ""},
            "no document is left to index (1 withdrawn, 1 cannot be read); mend or add one, or remove the index folder to answer nothing",
        ),
        (
            {"a.md": "---\nwithdrawn: It was wrong.\n---\n\nText."},
            "no document is left to index (1 withdrawn); mend or add one, or remove the index folder to answer nothing",
        ),
    ],
)
def test_nothing_to_index_is_an_error_and_the_old_version_stays(tiny: Path, build_tiny: Build, files: dict[str, str], message: str) -> None:
    before = live_version(tiny / "index")
    (tiny / "new").mkdir()
    for name, text in files.items():
        (tiny / "new" / name).write_text(text, encoding="utf-8")
    with pytest.raises(DocumentError) as error:
        build_tiny(tiny / "new", tiny / "index")
    assert str(error.value) == message
    assert live_version(tiny / "index") == before


def test_nothing_to_index_makes_no_folder(tmp_path: Path, tables: CorpusTables) -> None:
    with pytest.raises(DocumentError):
        build_index(Reading.of(()), tmp_path / "index", IndexConfig(), tables, print, lambda *told: None)
    assert not (tmp_path / "index").exists()


def test_a_run_while_another_is_writing_is_refused(tiny: Path, build_tiny: Build) -> None:
    before = live_version(tiny / "index")
    change(tiny / "documents")
    with index_lock(tiny / "index"), pytest.raises(IndexerError, match=rf"process {os.getpid()} \(since .* UTC\) is writing into"):
        build_tiny(tiny / "documents", tiny / "index")
    assert live_version(tiny / "index") == before


# Withdrawn


def withdraw(documents: Path, reason: str) -> None:
    tea = documents / "tea.md"
    tea.write_text(tea.read_text(encoding="utf-8").replace("id: tea\n", f"id: tea\nwithdrawn:{reason}\n"), encoding="utf-8")


def test_a_withdrawn_document_is_gone_from_answers_without_encoding_anything(tiny: Path, build_tiny: Build) -> None:
    question = "How long should black tea steep?"
    assert "tea" in cited(tiny / "index", question)
    withdraw(tiny / "documents", " The times were wrong.")
    summary = build_tiny(tiny / "documents", tiny / "index")
    assert summary.texts == summary.reused > 0
    assert summary.documents == 4
    assert "tea" not in cited(tiny / "index", question)
    index = Index.load(tiny / "index")
    assert index.store.tombstone("tea") == Tombstone("tea", "Tea", "The times were wrong.")
    assert index.store.document("tea") is None
    assert index.store.tombstone("bread") is None
    index.store.close()


def test_another_reason_makes_another_version(tiny: Path, build_tiny: Build) -> None:
    withdraw(tiny / "documents", " Wrong.")
    first = build_tiny(tiny / "documents", tiny / "index")
    withdraw(tiny / "documents", " Wrong.")
    tea = tiny / "documents" / "tea.md"
    tea.write_text("---\nid: tea\ntitle: Tea\nwithdrawn: Out of date.\n---\n", encoding="utf-8")
    second = build_tiny(tiny / "documents", tiny / "index")
    assert second.outcome == "written"
    assert first.version != second.version
    index = Index.load(tiny / "index")
    assert index.store.tombstone("tea") == Tombstone("tea", "Tea", "Out of date.")
    index.store.close()


@pytest.mark.parametrize("reason", ["", " ''", " '  '", " null"])
def test_a_document_withdrawn_without_a_reason_is_a_problem(tiny: Path, tables: CorpusTables, reason: str) -> None:
    withdraw(tiny / "documents", reason)
    reading = read_folder(tiny / "documents", tables)
    assert reading.tombstones == ()
    (problem,) = reading.problems
    assert "withdrawn: say why the document is withdrawn, or remove the line" in problem


def test_a_document_that_comes_back_has_no_tombstone(tiny: Path, build_tiny: Build) -> None:
    kept = (tiny / "documents" / "tea.md").read_bytes()
    withdraw(tiny / "documents", " Wrong.")
    build_tiny(tiny / "documents", tiny / "index")
    (tiny / "documents" / "tea.md").write_bytes(kept)
    build_tiny(tiny / "documents", tiny / "index")
    index = Index.load(tiny / "index")
    assert index.store.tombstone("tea") is None
    assert index.store.document("tea") is not None
    index.store.close()


# Encoders


def exported(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "cache" / "encoders").iterdir())


def another_model(tmp_path: Path, number: int) -> Path:
    model = tmp_path / f"model-{number}"
    model.mkdir()
    (model / "config.json").write_text(f'{{"number": {number}}}')
    return model


def test_encoders_that_no_version_uses_any_more_are_let_go(
    tiny: Path, tables: CorpusTables, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(build, "export_encoder", write_tiny_encoder)
    said: list[str] = []
    kept = exported(tiny / "index")
    for number in range(4):
        config = IndexConfig(str(another_model(tmp_path, number)))
        build_index(read_folder(tiny / "documents", tables), tiny / "index", config, tables, said.append, lambda *told: None)
        used = {Index.load(version.parent.parent).manifest.encoder.fingerprint for version in [live_version(tiny / "index")]}
        assert used <= set(exported(tiny / "index"))
        assert len(exported(tiny / "index")) <= 3
    assert not set(kept) & set(exported(tiny / "index"))
    assert said == [f"preparing the encoder {tmp_path / f'model-{number}'} (once)" for number in range(4)]


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "encoder.json"])
@pytest.mark.parametrize("damage", [lambda file: file.unlink(), lambda file: file.write_bytes(b"x")], ids=["removed", "garbage"])
def test_a_damaged_encoder_of_the_cache_is_made_again_and_no_version_suffers(
    tiny: Path, build_tiny: Build, monkeypatch: pytest.MonkeyPatch, name: str, damage: Callable[[Path], object]
) -> None:
    monkeypatch.setattr(build, "export_encoder", write_tiny_encoder)
    (encoder,) = (tiny / "index" / "cache" / "encoders").iterdir()
    damage(encoder / name)
    assert all(version_problem(version) is None for version in list_versions(tiny / "index"))
    said: list[str] = []
    assert build_tiny(tiny / "documents", tiny / "index", said.append).outcome == "unchanged"
    assert len(said) == 1
    assert sorted(file.name for file in encoder.iterdir()) == ["encoder.json", "model.onnx", "tokenizer.json"]
    said.clear()
    build_tiny(tiny / "documents", tiny / "index", said.append)
    assert said == []


def test_versions_share_no_bytes_with_each_other_nor_with_the_cache(tiny: Path, build_tiny: Build) -> None:
    change(tiny / "documents")
    version = tiny / "index" / "versions" / build_tiny(tiny / "documents", tiny / "index").version
    assert {file.lstat().st_nlink for file in version.rglob("*") if file.is_file()} == {1}
    (encoder,) = (tiny / "index" / "cache" / "encoders").iterdir()
    (encoder / "model.onnx").write_bytes(b"garbage")
    assert all(version_problem(kept) is None for kept in list_versions(tiny / "index"))


# Bad moments


FULL = OSError(28, "No space left on device")
MEND = "mend that (free space, permissions) and run `citewell index` again"
# Where a run can be stopped: the owner and name of what raises, how often it goes well before, and what it raises by nature.
STEPS: list[tuple[Any, str, int, BaseException]] = [
    (EmbeddingCache, "encode", 0, sqlite3.OperationalError("database or disk is full")),
    (EmbeddingCache, "encode", 2, sqlite3.OperationalError("disk I/O error")),
    (faiss, "write_index", 0, RuntimeError("Error: write error (No space left on device)")),
    (faiss, "write_index", 1, RuntimeError("Error: write error (No space left on device)")),
    (np, "save", 0, FULL),
    (np, "save", 5, FULL),
    (LexicalWriter, "add", 0, FULL),
    (LexicalWriter, "close", 0, FULL),
    (os, "posix_fallocate", 0, FULL),
    (StoreWriter, "__init__", 0, sqlite3.OperationalError("unable to open database file")),
    (StoreWriter, "add", 3, sqlite3.OperationalError("database or disk is full")),
    (StoreWriter, "close", 0, sqlite3.OperationalError("database or disk is full")),
    (shutil, "copyfile", 0, FULL),
    (Path, "write_text", 0, FULL),
    (Path, "write_text", 2, FULL),
    (version_writer, "list_files", 0, FULL),
    (versions, "flush_tree", 0, OSError(5, "Input/output error")),
    (os, "fsync", 0, OSError(5, "Input/output error")),
    (versions, "file_digest", 0, OSError(5, "Input/output error")),
    (Path, "rename", 0, FULL),
    (versions, "_flush", 23, OSError(5, "Input/output error")),
    (versions, "_flush", 24, OSError(5, "Input/output error")),
    (versions, "make_live", 0, FULL),
    (Path, "write_text", 4, FULL),
    (Path, "replace", 0, FULL),
]


def stop_at(patch: pytest.MonkeyPatch, owner: Any, name: str, count: int, error: BaseException) -> list[bool]:
    """`owner.name` raises after it went well `count` times; the list returned is empty until it has."""
    real = getattr(owner, name)
    calls = iter(range(count))
    raised: list[bool] = []

    def call(*arguments: Any, **options: Any) -> Any:
        if next(calls, None) is None:
            raised.append(True)
            raise error
        return real(*arguments, **options)

    patch.setattr(owner, name, call)
    return raised


@pytest.mark.parametrize("by_hand", [False, True], ids=["failure", "interrupt"])
@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{getattr(step[0], '__name__', '')}.{step[1]}-{step[2]}")
def test_whatever_stops_a_run_the_old_version_answers_and_the_next_run_finishes(
    tiny: Path, build_tiny: Build, step: tuple[Any, str, int, BaseException], by_hand: bool
) -> None:
    folder = tiny / "index"
    before = live_version(folder)
    change(tiny / "documents")
    owner, name, count, failure = step
    expected = KeyboardInterrupt if by_hand else WriteError
    with pytest.MonkeyPatch.context() as patch, pytest.raises(expected) as error:
        raised = stop_at(patch, owner, name, count, KeyboardInterrupt() if by_hand else failure)
        build_tiny(tiny / "documents", folder)
    assert raised == [True]
    if not by_hand:
        assert str(error.value).startswith(f"the index in {folder} cannot be written (")
        assert str(error.value).isprintable()
        assert str(error.value).endswith("); no version was changed, so free space or mend the permissions and run `citewell index` again")
    assert live_version(folder) == before
    assert cited(folder, "Mars")[0] == "mars"
    summary = build_tiny(tiny / "documents", folder)
    assert (summary.documents, live_version(folder).name) == (6, summary.version)
    assert leftovers(folder) == []
    assert len(list_versions(folder)) == 3
    assert all(version_problem(version) is None for version in list_versions(folder))


def test_a_programming_error_is_not_taken_for_a_full_disk(tiny: Path, build_tiny: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    before = live_version(tiny / "index")
    change(tiny / "documents")
    stop_at(monkeypatch, StoreWriter, "add", 0, RuntimeError("no"))
    with pytest.raises(RuntimeError, match="no"):
        build_tiny(tiny / "documents", tiny / "index")
    assert live_version(tiny / "index") == before
    assert leftovers(tiny / "index") == []


@pytest.mark.parametrize("error", [KeyboardInterrupt(), FULL], ids=["interrupt", "failure"])
@pytest.mark.parametrize("name", ["export_encoder", "flush_tree"])
def test_whatever_stops_the_preparation_of_an_encoder_the_next_run_prepares_it(
    tiny: Path, tables: CorpusTables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, error: BaseException
) -> None:
    folder = tiny / "index"
    before, encoders = live_version(folder), exported(folder)
    monkeypatch.setattr(build, "export_encoder", write_tiny_encoder)
    config = IndexConfig(str(another_model(tmp_path, 1)))
    reading = read_folder(tiny / "documents", tables)
    with pytest.MonkeyPatch.context() as patch, pytest.raises((KeyboardInterrupt, WriteError)):
        stop_at(patch, build, name, 0, error)
        build_index(reading, folder, config, tables, print, lambda *told: None)
    assert (live_version(folder), exported(folder)) == (before, encoders)
    assert version_problem(before) is None
    summary = build_index(reading, folder, config, tables, report=lambda line: None, progress=lambda *told: None)
    assert summary.version == live_version(folder).name != before.name
    assert leftovers(folder) == []


def test_a_run_cut_short_before_its_version_was_named_needs_no_second_writing(tiny: Path, build_tiny: Build) -> None:
    folder = tiny / "index"
    change(tiny / "documents")
    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        stop_at(patch, versions, "make_live", 0, KeyboardInterrupt())
        build_tiny(tiny / "documents", folder)
    written, before, _ = list_versions(folder)
    assert live_version(folder) == before
    stamps = {path: path.stat().st_mtime_ns for path in written.rglob("*")}
    summary = build_tiny(tiny / "documents", folder)
    assert (summary.version, summary.texts, live_version(folder)) == (written.name, 0, written)
    assert {path: path.stat().st_mtime_ns for path in written.rglob("*")} == stamps
    assert len(list_versions(folder)) == 3


def test_a_version_that_was_written_but_is_damaged_is_written_again(tiny: Path, build_tiny: Build) -> None:
    folder = tiny / "index"
    change(tiny / "documents")
    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        stop_at(patch, versions, "make_live", 0, KeyboardInterrupt())
        build_tiny(tiny / "documents", folder)
    written = list_versions(folder)[0]
    (written / "vectors.faiss").write_bytes(b"")
    summary = build_tiny(tiny / "documents", folder)
    assert summary.version == f"000004-{written.name[7:]}"
    assert version_problem(live_version(folder)) is None


def test_a_cache_damaged_past_its_first_page_costs_a_run_only_time(tiny: Path, build_tiny: Build) -> None:
    cache = tiny / "index" / "cache" / "embeddings.sqlite"
    content = cache.read_bytes()
    assert len(content) > 3 * 4096
    cache.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))
    change(tiny / "documents")
    summary = build_tiny(tiny / "documents", tiny / "index")
    assert summary.reused < summary.texts
    assert cited(tiny / "index", "Mars")[0] == "mars"
    (tiny / "documents" / "ducks.txt").unlink()
    (tiny / "documents" / "bees.html").unlink()
    (tiny / "documents" / "tea.md").unlink()
    again = build_tiny(tiny / "documents", tiny / "index")
    assert again.reused == again.texts > 0
