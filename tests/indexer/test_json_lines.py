from pathlib import Path

import pytest

from indexer.documents import Document
from indexer.readers import json_lines as module
from tests.small_corpus import entries, json_lines, read


def results(folder: Path, content: str | bytes) -> list[Document | str]:
    """Each document, or what is said against it behind the file's path."""
    return [
        entry.result if isinstance(entry.result, Document) else str(entry.result).removeprefix(str(folder / "x.jsonl"))
        for entry in entries(folder, "x.jsonl", content)
    ]


def test_each_json_line_is_a_document(tmp_path: Path) -> None:
    lines = json_lines(
        {"id": "Tea 1", "title": "All on\ntea", "text": "Tea is hot.", "url": "https://tea.example"}, {"id": 7, "text": "Ice.", "x": 1}
    )
    first, second = results(tmp_path, lines)
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert (first.id, first.title, first.text, first.url) == ("Tea 1", "All on tea", "Tea is hot.", "https://tea.example")
    assert (second.id, second.title, second.text, second.url) == ("7", "7", "Ice.", None)


def test_a_json_line_is_laid_out_like_a_plain_text(tmp_path: Path) -> None:
    document = read(tmp_path, "x.jsonl", json_lines({"id": "tea", "title": "Tea", "text": "tea is old.\n\nGreen\n\ntea is\nhot.\n- dry"}))
    assert document.text == "tea is old.\n\nGreen\n\ntea is hot.\n\ndry"
    assert [(section.id, section.title) for section in document.sections] == [("introduction", "Tea"), ("green", "Green")]


def test_a_line_separator_within_a_json_line_ends_no_line(tmp_path: Path) -> None:
    assert read(tmp_path, "x.jsonl", '{"id": "tea", "text": "tea is\u2028hot."}\n').id == "tea"


def test_byte_order_mark_and_line_ends_of_json_lines_are_no_text(tmp_path: Path) -> None:
    document = read(tmp_path, "x.jsonl", '\ufeff{"id": "tea", "text": "tea is\\r\\nhot.\\r\\n\\r\\nice."}\r\n\r\n')
    assert (document.id, document.text) == ("tea", "tea is hot.\n\nice.")


def test_half_a_surrogate_pair_is_replaced(tmp_path: Path) -> None:
    assert read(tmp_path, "a.jsonl", '{"id": "a", "text": "Tea \\ud800 is hot."}\n').text == "Tea \ufffd is hot."


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{tea", "Expecting property name enclosed in double quotes"),
        ("[1]", "the line: Input should be a valid dictionary"),
        ('{"id": "tea"}', "text: Field required"),
        ('{"text": "Tea."}', "id: Field required"),
        ('{"id": "", "text": "Tea."}', "id: String should have at least 1 character"),
        ('{"id": "tea", "text": ["Tea."]}', "text: Input should be a valid string"),
        ('{"id": "tea", "text": " … "}', "holds no sentence to quote"),
        ('{"id": "tea", "text": "Tea.", "url": "javascript:alert(1)"}', "url: String should match pattern"),
        ('{"id": "a\\nb", "text": "Tea."}', "an id is 1 to 200 printable signs, no space around them"),
        ('{"id": "..", "text": "Tea."}', "an id is 1 to 200 printable signs, no space around them"),
        ("[" * 100_000, ""),
    ],
)
def test_a_json_line_that_cannot_be_read_is_a_problem_with_its_number(tmp_path: Path, line: str, reason: str) -> None:
    first, said, last = results(tmp_path, f'\n{{"id": "a", "text": "Tea."}}\n{line}\n{{"id": "b", "text": "Ice."}}\n')
    assert isinstance(first, Document)
    assert isinstance(last, Document)
    assert (first.id, last.id) == ("a", "b")
    assert isinstance(said, str)
    assert said.startswith(f":3: {reason}")


def test_a_line_that_is_not_utf8_is_a_problem_and_the_others_are_read(tmp_path: Path) -> None:
    lines = b'{"id": "a", "text": "Tea."}\n{"id": "b", "text": "caf\xe9"}\n{"id": "c", "text": "Ice."}\n'
    first, said, last = results(tmp_path, lines)
    assert isinstance(first, Document)
    assert isinstance(last, Document)
    assert said == ":2: byte 24 of the line is not UTF-8; save the file as UTF-8"


def test_a_line_that_is_too_long_is_a_problem_and_the_next_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LONGEST_LINE", 64)
    long = '{"id": "a", "text": "%s"}\n' % ("Tea. " * 100)
    said, last = results(tmp_path, long + '{"id": "b", "text": "Ice."}\n')
    assert said == ":1: the line is longer than 64 bytes; split its text over several lines"
    assert isinstance(last, Document)
    assert last.id == "b"


def test_a_line_as_long_as_may_be_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = '{"id": "a", "text": "Tea."}\n'
    monkeypatch.setattr(module, "_LONGEST_LINE", len(line))
    assert [result.text for result in results(tmp_path, line * 2) if isinstance(result, Document)] == ["Tea.", "Tea."]


def test_the_last_line_needs_no_line_end(tmp_path: Path) -> None:
    assert read(tmp_path, "x.jsonl", '{"id": "a", "text": "Tea."}').text == "Tea."


def test_a_file_without_a_document_is_a_problem(tmp_path: Path) -> None:
    for content in ("", "\n \n"):
        assert results(tmp_path, content) == [": holds no document; add a line for each, or leave the file out"]


def test_an_address_with_what_a_terminal_would_obey_is_a_problem(tmp_path: Path) -> None:
    (line,) = results(tmp_path, '{"id": "tea", "text": "Tea is hot.", "url": "https://tea.example/\\u001b[31m"}')
    assert "url: String should match pattern" in str(line)
