from pathlib import Path

import pytest

from indexer.documents import Tombstone
from indexer.errors import DocumentError
from indexer.readers.front_matter import FrontMatter, checked_id, split_front_matter
from tests.small_corpus import entries, problem, read


def test_front_matter_says_what_is_known_about_a_document(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        "steep.md",
        "---\nid: tea\ntitle: All on  tea\ngroup: drinks\nurl: https://tea.example\nreviewed: 2026-01-15\nreviewed_by: Dr. Green\n"
        "review_due: 2026-06-01\nlayout: wide\n---\n\nTea is hot.\n",
    )
    assert (document.id, document.title, document.text) == ("tea", "All on tea", "Tea is hot.")
    assert (document.group, document.url) == ("drinks", "https://tea.example")
    assert (document.reviewed, document.reviewed_by, document.review_due) == ("2026-01-15", "Dr. Green", "2026-06-01")


def test_empty_front_matter_says_nothing(tmp_path: Path) -> None:
    document = read(tmp_path, "tea.md", "---\n---\nTea is hot.\n")
    assert (document.id, document.text) == ("tea", "Tea is hot.")


def test_numbers_as_id_and_title_are_read_as_words(tmp_path: Path) -> None:
    document = read(tmp_path, "tea.md", "---\nid: 7\ntitle: 1984\n---\nTea is hot.\n")
    assert (document.id, document.title) == ("7", "1984")


def test_a_line_of_hyphens_further_down_is_no_front_matter(tmp_path: Path) -> None:
    document = read(tmp_path, "tea.md", "Tea is hot.\n\n---\nid: ice\n\n---\n\nmore.\n")
    assert (document.id, document.text) == ("tea", "Tea is hot.\n\nid: ice\n\nmore.")


def test_a_rule_across_the_page_is_no_front_matter(tmp_path: Path) -> None:
    assert read(tmp_path, "tea.md", "---\n\nTea is hot.\n\n---\n\nMore tea.\n").text == "Tea is hot.\n\nMore tea."


def test_blank_lines_stand_where_the_front_matter_stood() -> None:
    matter, body = split_front_matter("x.md", "---\nid: tea\n---\nTea.\n")
    assert (matter, body) == (FrontMatter(id="tea"), "\n\n\nTea.\n")


@pytest.mark.parametrize(
    ("matter", "reason"),
    [
        ("id: [", "while parsing a flow node"),
        ("reviewed: soon", "reviewed: Input should be a valid date"),
        ("id: ''", "id: an id is 1 to 200 printable signs, no space around them"),
        ("id: ..", "id: an id is 1 to 200 printable signs, no space around them"),
        ("url: javascript:alert(1)", "url: String should match pattern"),
        ("title: ''", "title: String should have at least 1 character"),
        ("withdrawn: ''", "withdrawn: say why the document is withdrawn, or remove the line"),
        ("withdrawn:", "withdrawn: say why the document is withdrawn, or remove the line"),
        ("a: &a [x]\nb: *a", "it repeats a part by an alias (*name); write the part out"),
        ("id: !!python/object/apply:os.system [ls]", "could not determine a constructor for the tag"),
        ("asked: often", "asked: Input should be a valid dictionary"),
        ("asked: {green: how}", "asked.green: Input should be a valid list"),
    ],
)
def test_front_matter_that_cannot_be_read_is_a_problem_that_names_the_key(tmp_path: Path, matter: str, reason: str) -> None:
    line = problem(tmp_path, "tea.md", f"---\n{matter}\n---\n## Green\n\nTea is hot.\n")
    assert line.startswith(": the front matter cannot be read: ")
    assert reason in line
    assert line.endswith("; mend what stands between the two --- lines")


@pytest.mark.parametrize("name", ["a", "Tea 1", "a/b", "тёплый", "x" * 200, "a.b"])
def test_an_id_may_be_any_printable_name(name: str) -> None:
    assert checked_id(name) == name


@pytest.mark.parametrize("name", ["", " ", ".", "../..", "a\nb", "a\tb", " a", "a ", "x" * 201, "a\x1bb", "a\u202eb"])
def test_an_id_that_would_break_a_line_or_an_address_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="an id is 1 to 200 printable signs, no space around them"):
        checked_id(name)


def test_front_matter_of_a_megabyte_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"^x\.md: the front matter cannot be read: it has 1,000,0\d\d characters; mend what stands"):
        split_front_matter("x.md", f"---\nnote: {'x' * 1_000_000}\n---\nTea.\n")


def test_lists_nested_without_end_are_a_problem_and_no_crash(tmp_path: Path) -> None:
    assert problem(tmp_path, "tea.md", f"---\na: {'[' * 1_000}\n---\nTea.\n").startswith(": the front matter cannot be read: ")


def test_an_impossible_date_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    assert "day is out of range" in problem(tmp_path, "tea.md", "---\nreviewed: 2026-02-30\n---\nTea is hot.\n")


def test_a_document_is_withdrawn_with_its_reason_on_one_line(tmp_path: Path) -> None:
    (entry,) = entries(tmp_path, "tea.md", "---\nwithdrawn: >\n  the dose\n  was wrong\n---\n")
    assert entry.result == Tombstone("tea", "tea", "the dose was wrong")


def test_three_dots_close_front_matter_as_well() -> None:
    assert split_front_matter("x.md", "---\nid: tea\n...\nTea.\n") == (FrontMatter(id="tea"), "\n\n\nTea.\n")


def test_front_matter_that_is_never_closed_is_a_problem_and_no_text(tmp_path: Path) -> None:
    line = problem(tmp_path, "tea.md", "---\nid: tea\nwithdrawn: wrong\n\nTea is hot.\n")
    assert line == ": the front matter is not closed; put a line of --- below it"


def test_signs_that_yaml_spells_out_are_cleaned_like_the_text(tmp_path: Path) -> None:
    assert read(tmp_path, "tea.md", '---\ntitle: "tea\\e[31m\\u00adpot"\n---\nTea.\n').title == "tea\ufffd[31mpot"


def test_an_address_has_no_spaces(tmp_path: Path) -> None:
    assert "url: String should match pattern" in problem(tmp_path, "tea.md", '---\nurl: "https://x.example/ onclick=1"\n---\nTea.\n')
