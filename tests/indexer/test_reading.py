from collections.abc import Iterator
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from indexer.documents import Document, Tombstone
from indexer.errors import DocumentError
from indexer.readers import Entry, Reading, read_documents
from indexer.readers.reader import read_file
from tests.small_corpus import SMALL, json_lines, written


def reading_of(*files: Path) -> Reading:
    return read_documents(files, lambda file: read_file(file, SMALL))


def test_a_document_that_cannot_be_read_does_not_keep_the_others_out(tmp_path: Path) -> None:
    files = [written(tmp_path, "a.md", "Tea."), written(tmp_path, "b.rtf", "x"), written(tmp_path, "c.md", "Ice.")]
    reading = reading_of(*files)
    assert [document.id for document in reading.documents] == ["a", "c"]
    assert [entry.where for entry in reading.entries] == [str(file) for file in files]
    (problem,) = reading.problems
    assert problem.startswith(f"{files[1]}: the format '.rtf' is not read")


def test_documents_tombstones_and_problems_are_kept_apart(tmp_path: Path) -> None:
    reading = reading_of(
        written(tmp_path, "a.md", "Tea."), written(tmp_path, "b.md", "---\nwithdrawn: wrong\n---\n"), written(tmp_path, "c.md", "")
    )
    assert [document.id for document in reading.documents] == ["a"]
    assert reading.tombstones == (Tombstone("b", "b", "wrong"),)
    assert reading.problems == (f"{tmp_path / 'c.md'}: holds no sentence to quote; add text, or leave the file out",)


def test_a_second_document_with_the_same_id_is_a_problem_that_names_both_files(tmp_path: Path) -> None:
    first, second = written(tmp_path, "a/tea.md", "Tea is hot."), written(tmp_path, "b/tea.txt", "tea is cold.")
    reading = reading_of(first, second)
    assert [document.text for document in reading.documents] == ["Tea is hot."]
    assert reading.problems == (f"{second}: the id 'tea' is taken by {first}; rename one of the two, or give it another id",)


def test_ids_are_unique_over_json_lines_and_files(tmp_path: Path) -> None:
    lines = written(tmp_path, "x.jsonl", json_lines({"id": "ice", "text": "Ice."}, {"id": "tea", "text": "Tea is cold."}))
    reading = reading_of(written(tmp_path, "tea.md", "Tea is hot."), lines)
    assert [document.text for document in reading.documents] == ["Tea is hot.", "Ice."]
    assert reading.problems == (f"{lines}:2: the id 'tea' is taken by {tmp_path / 'tea.md'}; rename one of the two, or give it another id",)


def test_the_id_of_a_withdrawn_document_is_taken(tmp_path: Path) -> None:
    reading = reading_of(written(tmp_path, "a/tea.md", "---\nwithdrawn: wrong\n---\n"), written(tmp_path, "b/tea.md", "Tea is hot."))
    assert (len(reading.tombstones), list(reading.documents), len(reading.problems)) == (1, [], 1)


def test_a_document_that_cannot_be_read_takes_no_id(tmp_path: Path) -> None:
    reading = reading_of(written(tmp_path, "a/tea.md", ""), written(tmp_path, "b/tea.md", "Tea is hot."))
    assert [document.text for document in reading.documents] == ["Tea is hot."]


def test_progress_is_told_once_a_file_whatever_is_in_it() -> None:
    told: list[str] = []

    def read(file: Path) -> Iterator[Entry]:
        told.append(f"reads {file}")
        for number in range(int(file.name)):
            yield Entry(f"{file}:{number}", DocumentError("wrong"))

    reading = read_documents([Path("2"), Path("0")], read, lambda: told.append("read"))
    assert told == ["reads 2", "read", "reads 0", "read"]
    assert [entry.where for entry in reading.entries] == ["2:0", "2:1"]


@given(st.text())
def test_a_problem_is_one_line_that_can_be_printed(words: str) -> None:
    reading = read_documents([Path("x")], lambda file: [Entry("x", DocumentError(f"x: {words}; mend it"))])
    (line,) = reading.problems
    assert line.isprintable()
    assert line.startswith("x: ")
    assert line.endswith("; mend it")


def test_notes_stay_with_their_document() -> None:
    document = Document("tea", "Tea", "Tea.", (), ())
    reading = read_documents([Path("x")], lambda file: [Entry("x", document, ("a note",))])
    assert list(reading.entries) == [Entry("x", document, ("a note",))]
    assert reading.remarks == ("note: x: a note",)


def test_what_waits_on_the_disk_is_read_as_often_as_it_is_asked_for_by_several_at_once(tmp_path: Path) -> None:
    lines = written(tmp_path, "x.jsonl", json_lines(*({"id": f"n{number}", "text": f"Tea {number}."} for number in range(50))))
    reading = reading_of(lines)
    assert reading.documents_read == 50
    pairs = list(zip(reading.documents, reading.lines(), strict=True))
    assert [document.id for document, _ in pairs] == [f"n{number}" for number in range(50)]
    assert sum(len(line) for _, line in pairs) == reading.size


def test_the_digest_is_that_of_documents_and_tombstones_wherever_they_stand(tmp_path: Path) -> None:
    here, there = (reading_of(written(tmp_path, f"{folder}/a.md", "Tea.")) for folder in "xy")
    other = reading_of(written(tmp_path, "z/a.md", "Tea!"))
    gone = reading_of(written(tmp_path, "w/a.md", "---\nwithdrawn: wrong\n---\n"))
    assert here.digest == there.digest
    assert len({here.digest, other.digest, gone.digest, Reading.of(()).digest}) == 4
    assert (gone.remarks, here.remarks) == ((f"withdrawn: {tmp_path / 'w' / 'a.md'}: wrong",), ())
