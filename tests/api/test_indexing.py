"""`citewell index` and what it leaves: what is said of each document, versions listed and gone back to, documents taken out."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest

from bot.pipeline import Bot
from indexer.build import Summary
from indexer.corpus_tables import CorpusTables
from indexer.readers import Entry
from indexer.readers.reader import read_file
from indexer.versions import leftovers, list_versions, live_version
from tests.applications import local_client, services_of

if TYPE_CHECKING:
    from tests.api.conftest import Outcome, Run

Index = Callable[..., "Outcome"]
SWAN = """Schwäne

Der Schwan ist ein großer weißer Vogel. Er schwimmt über die Seen und Flüsse und frisst grüne Pflanzen. Für die Küken bauen die Schwäne ein
Nest aus dürren Ästen.
"""
MEASURED = re.compile(r"\d+\.\d s")


class DirectReader:
    """Reads in this process, which is quicker; the limits of the other are tested with the readers."""

    def __init__(self, tables: CorpusTables, encoding: str | None) -> None:
        self._means = tables, encoding

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def read(self, file: Path) -> Iterator[Entry]:
        return read_file(file, *self._means)


@pytest.fixture(autouse=True)
def read_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.indexing.BoundedReader", DirectReader)


@pytest.fixture
def index(run: "Run", tiny: Path, tiny_model: Path) -> Index:
    """`citewell index` over the documents of `tiny` into its index, with options."""

    def call(*options: str | Path) -> "Outcome":
        return run("index", tiny / "documents", "--index", tiny / "index", "--model", tiny_model, *options)

    return call


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Documents of every fate."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    (folder / "owls.txt").write_text("Owls\n\nOwls hunt by night. Owls hear very well.\n", encoding="utf-8")
    (folder / "larks.md").write_text("---\nid: larks\ntitle: Larks\nwithdrawn: They sang at noon.\n---\n\nLarks sing.\n", encoding="utf-8")
    (folder / "torn.md").write_text("---\nid: [\n---\n\nTorn.\n", encoding="utf-8")
    (folder / "swan.txt").write_bytes(SWAN.encode("cp1252"))
    (folder / "photo.png").write_bytes(b"\x89PNG")
    return folder


def on_disk(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in folder.rglob("*")}


# One run


def test_a_run_says_what_it_did_and_which_version_is_live(index: Index, tiny: Path) -> None:
    (tiny / "documents" / "tea.md").unlink()
    outcome = index()
    name = live_version(tiny / "index").name
    assert (outcome.code, outcome.err) == (0, "")
    said = f"4 documents, 6 passages, 12 sentences; 86 of 86 vectors reused; # s; version {name}\n"
    assert MEASURED.sub("# s", outcome.out) == said


def test_a_run_without_a_change_says_so(index: Index, tiny: Path) -> None:
    name = live_version(tiny / "index").name
    assert MEASURED.sub("# s", index().out) == f"5 documents, 8 passages, 23 sentences; nothing changed; # s; version {name}\n"


def test_what_became_of_documents_is_said_the_most_important_last(run: "Run", shelf: Path, tiny: Path, tiny_model: Path) -> None:
    outcome = run("index", shelf, "--index", tiny / "index", "--model", tiny_model)
    said = outcome.err.splitlines()
    assert outcome.code == 0
    assert said[0] == "1 file passed over (--dry-run lists them)"
    assert said[1] == f"withdrawn: {shelf / 'larks.md'}: They sang at noon."
    assert said[2].startswith(f"note: {shelf / 'swan.txt'}: ")
    assert said[3].startswith(f"left out: {shelf / 'torn.md'}: the front matter cannot be read: ")
    assert len(said) == 4
    assert outcome.out.startswith("2 documents, 2 passages, 5 sentences, 1 withdrawn, 1 left out; ")


def test_an_encoding_that_is_named_is_taken_and_nothing_is_noted(run: "Run", shelf: Path, tiny: Path, tiny_model: Path) -> None:
    outcome = run("index", shelf / "swan.txt", "--index", tiny / "index", "--model", tiny_model, "--encoding", "windows-1252")
    assert (outcome.code, outcome.err) == (0, "")
    assert "Schwäne ein Nest aus dürren Ästen." in run("document", "swan", "--index", tiny / "index").out


@pytest.mark.parametrize("name", ["klingon", "", "base64", "rot13"])
def test_an_encoding_that_there_is_none_of_is_an_error(index: Index, name: str) -> None:
    assert index("--encoding", name).error(1) == f"there is no encoding {name!r}; name one that Python knows, such as windows-1252"


def test_files_to_be_ignored_are_passed_over(index: Index, tiny: Path) -> None:
    outcome = index("--ignore", "*.html", "--ignore", "bread.*", "--dry-run")
    passed = [line for line in outcome.out.splitlines() if ": passed over, " in line]
    assert [Path(line.split(": ")[0]).name for line in passed] == ["bees.html", "bread.txt"]
    assert outcome.out.splitlines()[-1] == "3 documents, 0 withdrawn, 0 left out, 2 files passed over; nothing was written"
    assert index("--ignore", "*.html", "--ignore", "bread.*").out.startswith("3 documents, ")


def test_a_document_that_cannot_be_read_fails_a_strict_run(index: Index, tiny: Path) -> None:
    before = on_disk(tiny / "index")
    (tiny / "documents" / "torn.md").write_text("---\nid: [\n---\n", encoding="utf-8")
    outcome = index("--strict")
    assert (outcome.code, outcome.out) == (1, "")
    left, error = outcome.err.splitlines()
    assert left.startswith(f"left out: {tiny / 'documents' / 'torn.md'}: the front matter cannot be read: ")
    assert error == "citewell: 1 document cannot be read, and --strict wants all; mend those listed"
    assert on_disk(tiny / "index") == before
    (tiny / "documents" / "torn.md").unlink()
    assert index("--strict").code == 0


# A dry run


def test_a_dry_run_says_what_each_file_would_become_and_writes_nothing(run: "Run", shelf: Path, tmp_path: Path) -> None:
    before = on_disk(tmp_path)
    outcome = run("index", shelf, "--dry-run", "--index", tmp_path / "index")
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert lines[0] == f"{shelf / 'larks.md'}: withdrawn 'larks', 'Larks': They sang at noon."
    assert lines[1] == f"{shelf / 'owls.txt'}: document 'owls', 'Owls': 1 section, 2 sentences, 40 characters"
    assert lines[2] == f"{shelf / 'swan.txt'}: document 'swan', 'Schwäne': 1 section, 3 sentences, 162 characters"
    assert lines[3].startswith("  note: read as windows-1252, as far as can be told; ")
    assert lines[4].startswith(f"left out: {shelf / 'torn.md'}: the front matter cannot be read: ")
    assert lines[5].startswith(f"{shelf / 'photo.png'}: passed over, ")
    assert lines[6] == "2 documents, 1 withdrawn, 1 left out, 1 file passed over; nothing was written"
    assert len(lines) == 7
    assert on_disk(tmp_path) == before


def test_a_dry_run_leaves_an_index_alone(index: Index, tiny: Path) -> None:
    before = on_disk(tiny)
    (tiny / "documents" / "tea.md").unlink()
    assert index("--dry-run").out.endswith("4 documents, 0 withdrawn, 0 left out, 0 files passed over; nothing was written\n")
    assert {path: stamp for path, stamp in before.items() if path.startswith("index")} == {
        path: stamp for path, stamp in on_disk(tiny).items() if path.startswith("index")
    }


def test_a_strict_dry_run_prints_its_lines_and_fails(run: "Run", shelf: Path) -> None:
    outcome = run("index", shelf, "--dry-run", "--strict")
    assert outcome.code == 1
    assert len(outcome.out.splitlines()) == 7
    assert outcome.err == "citewell: 1 document cannot be read, and --strict wants all; mend those listed\n"


# Versions


EXCLUSIVE = [("--list", "--rollback"), ("--list", "--dry-run"), ("--rollback", "--dry-run"), ("--list", "--rollback", "--dry-run")]


@pytest.mark.parametrize("options", EXCLUSIVE)
def test_options_that_each_stand_alone_are_not_combined(run: "Run", tiny: Path, options: tuple[str, ...]) -> None:
    before = on_disk(tiny)
    message = run("index", *options, "--index", tiny / "index").error(2)
    assert message == "--list, --rollback and --dry-run each stand alone; see `citewell --help`"
    assert on_disk(tiny) == before


@pytest.mark.parametrize("option", ["--list", "--rollback"])
def test_versions_take_no_documents(run: "Run", tiny: Path, option: str) -> None:
    assert run("index", tiny / "documents", option, "--index", tiny / "index").error(2).startswith("--list, --rollback and")


def test_versions_are_listed_the_newest_first_with_what_they_hold(run: "Run", tiny: Path, tiny_model: Path) -> None:
    newer, older = list_versions(tiny / "index")
    os.utime(newer, (0, 1_767_225_660))
    os.utime(older, (0, 1_767_225_600))
    assert run("index", "--list", "--index", tiny / "index") == (
        0,
        f"{newer.name}  live  2026-01-01 00:01 UTC  5 documents, 8 passages, {tiny_model}\n"
        f"{older.name}        2026-01-01 00:00 UTC  4 documents, 6 passages, {tiny_model}\n",
        "",
    )


@pytest.mark.parametrize("name", ["documents.sqlite", "manifest.json"])
def test_a_damaged_version_is_listed_with_what_is_wrong_with_it(run: "Run", tiny: Path, name: str) -> None:
    newer, older = list_versions(tiny / "index")
    (older / name).write_bytes(b"")
    first, second = run("index", "--list", "--index", tiny / "index").out.splitlines()
    assert first.startswith(f"{newer.name}  live  ")
    assert second.startswith(f"{older.name}        ")
    assert f"{older / name} has changed since it was written" in second


def test_where_no_version_is_live_none_is_marked(run: "Run", tiny: Path) -> None:
    (tiny / "index" / "current").unlink()
    lines = run("index", "--list", "--index", tiny / "index").out.splitlines()
    assert [line[19:27] for line in lines] == [" " * 8] * 2


def test_without_an_index_there_are_no_versions(run: "Run", tmp_path: Path) -> None:
    folder = tmp_path / "index"
    message = run("index", "--list", "--index", folder).error(1)
    assert message == f"there is no index in {folder}; run `citewell index` to build one, or name another with --index"
    assert not folder.exists()


def test_going_back_says_to_what_and_that_servers_have_to_hear_of_it(run: "Run", tiny: Path, tiny_model: Path) -> None:
    newer, older = list_versions(tiny / "index")
    assert run("index", "--rollback", "--index", tiny / "index") == (
        0,
        f"back to version {older.name}: 4 documents, 6 passages, {tiny_model}; a running server takes it up within a second\n",
        "",
    )
    assert run("search", "bees", "--limit", "1", "--index", tiny / "index").out.find("bees#") == -1
    message = run("index", "--rollback", "--index", tiny / "index").error(1)
    assert message == f"{tiny / 'index'} holds no earlier version that is whole; run `citewell index` to build it again"
    assert list_versions(tiny / "index") == [newer, older]


def test_a_damaged_index_is_refused_with_both_ways_out_and_going_back_mends_it(run: "Run", tiny: Path) -> None:
    newer, older = list_versions(tiny / "index")
    (newer / "keys.faiss").unlink()
    assert run("search", "tea", "--index", tiny / "index").error(1) == (
        f"the index file {newer / 'keys.faiss'} cannot be read (No such file or directory); "
        f"run `citewell index` to build it again, or `citewell index --rollback` to go back to version {older.name}"
    )
    run("index", "--rollback", "--index", tiny / "index")
    assert run("search", "tea", "--index", tiny / "index").code == 0


def test_a_run_sweeps_away_what_was_begun(index: Index, tiny: Path) -> None:
    (tiny / "index" / "versions" / ".writing").mkdir()
    (tiny / "index" / "current.new").write_text("x")
    assert len(leftovers(tiny / "index")) == 2
    assert index().code == 0
    assert leftovers(tiny / "index") == []


# Withdrawn


@pytest.fixture
def withdrawn(tiny: Path, build_tiny: Callable[..., Summary]) -> Path:
    """An index from which the document on tea was taken out."""
    tea = tiny / "documents" / "tea.md"
    tea.write_text(tea.read_text(encoding="utf-8").replace("title: Tea", "title: <Tea>\nwithdrawn: Wrong & <late>."), encoding="utf-8")
    build_tiny(tiny / "documents", tiny / "index")
    return tiny / "index"


def test_a_withdrawn_document_is_an_error_that_says_why(run: "Run", withdrawn: Path) -> None:
    message = run("document", "tea", "--index", withdrawn).error(1)
    assert message == "'<Tea>' was withdrawn: Wrong & <late>.; no answer quotes it any more"


def test_a_withdrawn_document_is_gone_for_programs_and_readers(withdrawn: Path) -> None:
    bot = Bot.open(withdrawn)
    client = local_client(services_of(bot))
    reply = client.get("/v1/documents/tea")
    assert (reply.status_code, reply.headers["content-type"]) == (410, "application/problem+json")
    assert reply.json() == {
        "type": "urn:citewell:problem:withdrawn",
        "title": "This document was withdrawn",
        "status": 410,
        "detail": "<Tea> was withdrawn: Wrong & <late>.",
    }
    page = client.get("/documents/tea")
    assert (page.status_code, page.headers["content-type"]) == (410, "text/html; charset=utf-8")
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    why = "This document was withdrawn, and answers no longer quote it. The reason given: Wrong &amp; &lt;late&gt;."
    assert f"<h1>&lt;Tea&gt;</h1><p>{why}</p>" in page.text
    assert "tea" not in [entry["id"] for entry in client.get("/v1/documents").json()["documents"]]
    assert client.get("/v1/documents/bread").status_code == 200
    bot.usable_index().store.close()


def test_an_answer_no_longer_quotes_what_was_withdrawn(withdrawn: Path, run: "Run") -> None:
    (found,) = run("search", "How long should black tea steep?", "--json", "--index", withdrawn).lines
    assert {passage["document_id"] for passage in found["passages"]} == {"bees", "bread", "moon", "mars"}


def test_going_back_over_a_withdrawal_says_what_is_answered_from_again(run: "Run", withdrawn: Path) -> None:
    outcome = run("index", "--rollback", "--index", withdrawn)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines()[1:] == [
        "WITHDRAWN since, and answered from again: tea (Wrong & <late>.); run `citewell index` to take it out"
    ]


def test_withdrawing_everything_is_an_error_and_the_old_version_stays(index: Index, tiny: Path) -> None:
    before = live_version(tiny / "index")
    shutil.rmtree(tiny / "documents")
    (tiny / "documents").mkdir()
    (tiny / "documents" / "tea.md").write_text("---\nwithdrawn: Wrong.\n---\n", encoding="utf-8")
    outcome = index()
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.splitlines() == [
        f"withdrawn: {tiny / 'documents' / 'tea.md'}: Wrong.",
        "citewell: no document is left to index (1 withdrawn); mend or add one, or remove the index folder to answer nothing",
    ]
    assert live_version(tiny / "index") == before


def test_withdrawn_without_a_reason_is_left_out_and_said(index: Index, tiny: Path) -> None:
    (tiny / "documents" / "tea.md").write_text("---\nid: tea\nwithdrawn:\n---\n\nTea.\n", encoding="utf-8")
    outcome = index()
    assert outcome.out.startswith("4 documents, 6 passages, 12 sentences, 1 left out; ")
    assert "withdrawn: say why the document is withdrawn, or remove the line" in outcome.err
