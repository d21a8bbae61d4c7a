"""A process reads what nobody can vouch for. `tests/hostile_reader.py` is that process where a document has to misbehave."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from indexer.documents import Document
from indexer.errors import DocumentError, IndexerError
from indexer.readers import BoundedReader, bounded, read_documents
from indexer.readers.reader import read_file
from tests.docx_files import docx, paragraph
from tests.hostile_reader import SECONDS
from tests.small_corpus import SMALL, json_lines, written

TWO = json_lines({"id": "a", "text": "Tea."}, {"id": "b", "text": "Ice."})


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list["subprocess.Popen[bytes]"]:
    """The processes, as they are started."""
    processes: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def noted(*arguments: Any, **options: Any) -> "subprocess.Popen[bytes]":
        processes.append(start(*arguments, **options))
        return processes[-1]

    monkeypatch.setattr(subprocess, "Popen", noted)
    return processes


@pytest.fixture(scope="module")
def reader() -> Iterator[BoundedReader]:
    with BoundedReader(SMALL) as reader:
        yield reader


@pytest.fixture(scope="module")
def hostile() -> Iterator[BoundedReader]:
    """A reader of files that misbehave as their names say."""
    with pytest.MonkeyPatch.context() as patch, BoundedReader(SMALL) as reader:
        patch.setattr(bounded, "__name__", "tests.hostile_reader")
        patch.setattr(bounded, "LONGEST_READING", SECONDS)
        yield reader


def told(reader: BoundedReader, file: Path) -> list[str]:
    """The id of each document of a file, or what is said against it."""
    results = [entry.result for entry in reader.read(file)]
    return [result.id if isinstance(result, Document) else str(result).removeprefix(f"{file}: ") for result in results]


# Ordinary files


def test_a_file_is_read_as_in_this_process(tmp_path: Path, reader: BoundedReader) -> None:
    files = [
        written(tmp_path, "tea.md", "---\ngroup: drinks\n---\n## Green\n\nTea is hot.[^TEABOOK] Call {helpline:us-911}.\n"),
        written(tmp_path, "tea.docx", docx(paragraph("Tea is hot."))),
        written(tmp_path, "gone.md", "---\nwithdrawn: wrong\n---\n"),
        written(tmp_path, "x.jsonl", TWO),
        written(tmp_path, "note.txt", "tea is drunk hot,\0or cold."),
        written(tmp_path, "empty.md", ""),
        written(tmp_path, "x.rtf", ""),
        tmp_path / "nothing.md",
    ]
    for file in files:
        there, here = list(reader.read(file)), list(read_file(file, SMALL))
        assert [(entry.where, entry.notes) for entry in there] == [(entry.where, entry.notes) for entry in here]
        for one, other in zip(there, here, strict=True):
            assert one.result == other.result or (isinstance(one.result, DocumentError) and str(one.result) == str(other.result))


def test_one_process_reads_all_files_and_ends_with_the_reader(tmp_path: Path, started: list["subprocess.Popen[bytes]"]) -> None:
    files = [written(tmp_path, f"{name}.md", "Tea is hot.") for name in "abc"]
    with BoundedReader(SMALL) as reader:
        assert [document.id for document in read_documents(files, reader.read).documents] == ["a", "b", "c"]
        (process,) = started
        assert process.poll() is None
    assert process.returncode is not None


def test_a_reader_that_reads_nothing_starts_no_process(started: list["subprocess.Popen[bytes]"]) -> None:
    with BoundedReader(SMALL):
        pass
    assert started == []


def test_the_process_ends_where_an_error_ends_the_run(tmp_path: Path, started: list["subprocess.Popen[bytes]"]) -> None:
    with pytest.raises(ZeroDivisionError), BoundedReader(SMALL) as reader:
        list(reader.read(written(tmp_path, "tea.md", "Tea is hot.")))
        raise ZeroDivisionError
    assert started[0].returncode is not None


def test_the_encoding_that_was_named_is_used(tmp_path: Path) -> None:
    file = written(tmp_path, "tea.txt", "чай горячий.".encode("koi8-r"))
    with BoundedReader(SMALL, "koi8-r") as reader:
        (entry,) = reader.read(file)
    assert isinstance(entry.result, Document)
    assert entry.result.text == "чай горячий."


def test_a_name_that_is_no_unicode_is_read(tmp_path: Path, reader: BoundedReader) -> None:
    file = tmp_path / "t\udce9.md"
    try:
        file.write_text("Tea is hot.")
    except OSError:
        pytest.skip("this file system takes Unicode names only")
    (entry,) = reader.read(file)
    assert isinstance(entry.result, Document)


# Files that misbehave


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("endless", f"takes longer than {SECONDS} seconds to read"),
        ("hungry", "needs more than 2,048 MB of memory, or is damaged (signal 6)"),
        ("wild", "needs more than 2,048 MB of memory, or is damaged (signal 11)"),
    ],
)
def test_a_file_that_ends_the_process_is_a_problem_and_the_next_is_read(
    tmp_path: Path, hostile: BoundedReader, name: str, reason: str
) -> None:
    bad, good = written(tmp_path, f"{name}.jsonl", TWO), written(tmp_path, "tea.md", "Tea is hot.")
    assert told(hostile, good) == ["tea"]
    *read, said = told(hostile, bad)
    assert (read, said.partition("; ")[0]) == (["a", "b"], reason)
    assert told(hostile, good) == ["tea"]


def test_an_error_of_ours_is_a_problem_of_that_file_and_the_next_is_read(tmp_path: Path, hostile: BoundedReader) -> None:
    bad, good = written(tmp_path, "faulty.md", "Tea is hot."), written(tmp_path, "tea.md", "Tea is hot.")
    first, second = told(hostile, bad)
    assert first == "faulty"
    assert second == "cannot be read (ZeroDivisionError: ); save its text as .md or .txt"
    assert told(hostile, good) == ["tea"]


def test_each_document_of_a_file_has_time_of_its_own(tmp_path: Path, hostile: BoundedReader) -> None:
    assert told(hostile, written(tmp_path, "slow.jsonl", TWO)) == ["a", "b"]


def test_the_time_between_two_files_is_nobodys(tmp_path: Path, hostile: BoundedReader) -> None:
    file = written(tmp_path, "tea.md", "Tea is hot.")
    assert told(hostile, file) == ["tea"]
    time.sleep(1.1 * SECONDS)
    assert told(hostile, file) == ["tea"]


def test_a_problem_of_the_process_names_its_file_on_one_line(tmp_path: Path, hostile: BoundedReader) -> None:
    file = written(tmp_path, "a\n/wild.md", "Tea is hot.")
    *_, entry = hostile.read(file)
    assert entry.where == f"{tmp_path}/a\\n/wild.md"
    assert str(entry.result).startswith(f"{tmp_path}/a\\n/wild.md: needs more than 2,048 MB")


def test_a_process_that_cannot_start_is_no_fault_of_the_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "__name__", "indexer.readers.not_there")
    with BoundedReader(SMALL) as reader, pytest.raises(IndexerError, match="cannot be read in this installation; run `citewell doctor`"):
        list(reader.read(tmp_path / "tea.md"))
