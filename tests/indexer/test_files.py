import inspect
import os
import sys
from pathlib import Path

import pytest

from indexer.errors import DocumentError
from indexer.readers import find_files
from indexer.readers.reader import read_file
from tests.small_corpus import SMALL, problem, written


def found(folder: Path, *ignore: str) -> list[str]:
    """The files below a folder, as they are named from there."""
    return [file.relative_to(folder).as_posix() for file in find_files([folder], ignore).files]


def tree(folder: Path, *names: str) -> None:
    for name in names:
        written(folder, name, "x")


# Which files are documents


def test_files_below_a_folder_are_found_in_a_stable_order(tmp_path: Path) -> None:
    names = ["b.md", "a/z.txt", "a/b/c.HTML", "a.jsonl", "c.markdown", "d.htm", "e.pdf", "f.Docx"]
    tree(tmp_path, *names)
    assert find_files([tmp_path]).files == sorted(tmp_path / name for name in names)


def test_other_formats_below_a_folder_are_passed_over_with_the_reason(tmp_path: Path) -> None:
    tree(tmp_path, "a.md", "c.py", "README", "d.md.bak")
    (tmp_path / "folder.md").mkdir()
    files = find_files([tmp_path])
    assert files.files == [tmp_path / "a.md"]
    assert files.passed_over == [
        (tmp_path / "README", "the format without a suffix is not read"),
        (tmp_path / "c.py", "the format .py is not read"),
        (tmp_path / "d.md.bak", "the format .bak is not read"),
    ]
    assert files.problems == []


def test_hidden_files_and_folders_are_passed_over_in_silence(tmp_path: Path) -> None:
    tree(tmp_path, "a.md", ".b.md", ".git/c.md", "d/.e/f.md")
    files = find_files([tmp_path])
    assert (files.files, files.passed_over, files.problems) == ([tmp_path / "a.md"], [], [])


def test_a_hidden_folder_is_read_when_it_is_named(tmp_path: Path) -> None:
    file = written(tmp_path, ".notes/a.md", "x")
    assert find_files([tmp_path / ".notes"]).files == [file]


def test_paths_are_read_in_the_order_given_and_each_file_once(tmp_path: Path) -> None:
    a, b, c = (written(tmp_path, name, "x") for name in ("a.md", "b.md", "c/c.md"))
    assert find_files([c, tmp_path, b]).files == [c, a, b]


def test_one_file_named_in_two_ways_is_read_once(tmp_path: Path) -> None:
    file = written(tmp_path, "tea.md", "Tea is hot.\n")
    (tmp_path / "x").mkdir()
    assert find_files([file, tmp_path / "x" / ".." / "tea.md"]).files == [file]


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"/tea\.md: no such file or folder; name an existing one"):
        find_files([tmp_path, tmp_path / "tea.md"])


def test_a_folder_without_documents_has_no_files(tmp_path: Path) -> None:
    assert find_files([tmp_path]).files == []


def test_a_file_named_outright_in_a_format_that_is_not_read_is_a_problem(tmp_path: Path) -> None:
    file = written(tmp_path, "tea.rtf", "x")
    assert find_files([file]).files == [file]
    assert problem(tmp_path, "tea.rtf", "x").startswith(": the format '.rtf' is not read; use one of .md, .markdown, .txt,")
    assert problem(tmp_path, "README", "x").startswith(": a file without a suffix is not read; use one of .md, .markdown, .txt,")


# What is ignored


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("*.txt", ["a.md", "drafts/b.md", "drafts/old/c.md"]),
        ("drafts/", ["a.md", "z.txt"]),
        ("drafts/*.md", ["a.md", "drafts/old/c.md", "z.txt"]),
        ("/b.md", ["a.md", "drafts/b.md", "drafts/old/c.md", "z.txt"]),
        ("**/old", ["a.md", "drafts/b.md", "z.txt"]),
        ("# a.md", ["a.md", "drafts/b.md", "drafts/old/c.md", "z.txt"]),
    ],
)
@pytest.mark.parametrize("place", ["file", "option"])
def test_patterns_mean_what_they_mean_to_git(tmp_path: Path, pattern: str, left: list[str], place: str) -> None:
    tree(tmp_path, "a.md", "drafts/b.md", "drafts/old/c.md", "z.txt")
    if place == "file":
        written(tmp_path, ".citewellignore", f"{pattern}\n")
        assert found(tmp_path) == left
    else:
        assert found(tmp_path, pattern) == left


def test_an_ignored_file_is_passed_over_as_such(tmp_path: Path) -> None:
    tree(tmp_path, "a.md", "b.md")
    assert find_files([tmp_path], ["b.*"]).passed_over == [(tmp_path / "b.md", "ignored")]


def test_a_later_pattern_takes_an_earlier_one_back(tmp_path: Path) -> None:
    tree(tmp_path, "a.md", "b.md")
    written(tmp_path, ".citewellignore", "*.md\n")
    assert found(tmp_path, "!b.md") == ["b.md"]


def test_a_file_named_outright_is_read_whatever_the_patterns_say(tmp_path: Path) -> None:
    file = written(tmp_path, "a.md", "x")
    assert find_files([file], ["*.md"]).files == [file]


def test_each_folder_named_has_patterns_of_its_own(tmp_path: Path) -> None:
    tree(tmp_path, "x/a.md", "y/a.md")
    written(tmp_path, "x/.citewellignore", "a.md\n")
    assert find_files([tmp_path / "x", tmp_path / "y"]).files == [tmp_path / "y" / "a.md"]


def test_patterns_with_letters_of_every_script_are_read(tmp_path: Path) -> None:
    tree(tmp_path, "a.md", "тёплый.md")
    written(tmp_path, ".citewellignore", "тёп*\r\n")
    assert found(tmp_path) == ["a.md"]


def test_a_pattern_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"--ignore: .*; mend the pattern$"):
        find_files([tmp_path], ["!"])


@pytest.mark.parametrize("content", [b"caf\xe9*\n", None])
def test_patterns_that_cannot_be_read_are_named(tmp_path: Path, content: bytes | None) -> None:
    if content is None:
        (tmp_path / ".citewellignore").mkdir()
    else:
        written(tmp_path, ".citewellignore", content)
    with pytest.raises(DocumentError, match=r"/\.citewellignore: cannot be read \(.*\); mend or remove it$"):
        find_files([tmp_path])


# Links, pipes and folders that cannot be listed


def test_a_link_that_leads_back_up_is_walked_once(tmp_path: Path) -> None:
    tree(tmp_path, "a/b/tea.md")
    (tmp_path / "a" / "b" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a" / "same").symlink_to(tmp_path / "a", target_is_directory=True)
    assert found(tmp_path) == ["a/b/tea.md"]


def test_a_folder_behind_a_link_is_read(tmp_path: Path) -> None:
    tree(tmp_path, "elsewhere/tea.md")
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "link").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert found(tmp_path / "here") == ["link/tea.md"]


def test_a_file_and_the_link_to_it_are_read_once(tmp_path: Path) -> None:
    tree(tmp_path, "b.md")
    (tmp_path / "a.md").symlink_to(tmp_path / "b.md")
    assert found(tmp_path) == ["a.md"]


def test_a_folder_is_found_under_its_own_name_before_a_link_to_it(tmp_path: Path) -> None:
    tree(tmp_path, "z/tea.md")
    (tmp_path / "a").symlink_to(tmp_path / "z", target_is_directory=True)
    assert found(tmp_path) == ["z/tea.md"]


def test_links_that_lead_round_in_a_circle_end(tmp_path: Path) -> None:
    tree(tmp_path, "a/tea.md", "b/ice.md")
    (tmp_path / "a" / "other").symlink_to(tmp_path / "b", target_is_directory=True)
    (tmp_path / "b" / "other").symlink_to(tmp_path / "a", target_is_directory=True)
    (tmp_path / "one.md").symlink_to(tmp_path / "two.md")
    (tmp_path / "two.md").symlink_to(tmp_path / "one.md")
    files = find_files([tmp_path])
    assert {file.name for file in files.files} == {"tea.md", "ice.md", "one.md", "two.md"}
    assert files.problems == []


def test_folders_deeper_than_calls_can_be_are_walked(tmp_path: Path) -> None:
    folders = [tmp_path]
    for _ in range(150):  # real ones go to two thousand, which takes a minute to walk on some file systems
        folders.append(folders[-1] / "d")
        folders[-1].mkdir()
    file = written(folders[-1], "t.md", "x")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 100)
    try:
        files = find_files([tmp_path]).files
    finally:
        sys.setrecursionlimit(limit)
    assert files == [file]


def test_what_an_office_program_holds_open_is_passed_over_in_silence(tmp_path: Path) -> None:
    tree(tmp_path, "~$tea.docx", "tea.md", "~tea.md")
    files = find_files([tmp_path])
    assert ([file.name for file in files.files], files.passed_over) == (["tea.md", "~tea.md"], [])


def test_a_link_to_nowhere_is_a_problem_of_its_own_when_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "gone.md").symlink_to(tmp_path / "nowhere.md")
    assert found(tmp_path) == ["gone.md"]


def test_a_pipe_is_no_document_and_nobody_waits_for_it(tmp_path: Path) -> None:
    pipe = tmp_path / "tea.md"
    os.mkfifo(pipe)
    files = find_files([tmp_path])
    assert (files.files, files.passed_over) == ([], [(pipe, "no ordinary file")])
    assert find_files([pipe]).files == [pipe]
    (entry,) = read_file(pipe, SMALL)
    assert str(entry.result) == f"{pipe}: is no ordinary file; leave it out"


def test_a_folder_that_cannot_be_listed_is_a_problem_and_the_others_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, "a/tea.md", "lock\ned/ice.md", "z.md")
    listed = os.scandir

    def guarded(folder: str | os.PathLike[str]) -> object:
        if "ed" in Path(folder).name:
            raise PermissionError(13, "Permission denied", str(folder))
        return listed(folder)

    monkeypatch.setattr(os, "scandir", guarded)
    files = find_files([tmp_path])
    assert files.files == [tmp_path / "a" / "tea.md", tmp_path / "z.md"]
    assert files.problems == [f"{tmp_path}/lock\\ned: cannot be listed (Permission denied); check the folder's permissions"]


def test_a_name_that_cannot_be_printed_is_escaped(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"/t\\x1bea\\n\.md: no such file or folder"):
        find_files([tmp_path / "t\x1bea\n.md"])


def test_a_name_that_is_no_unicode_is_found(tmp_path: Path) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md"))
    try:
        file.write_text("x")
    except OSError:
        pytest.skip("this file system takes Unicode names only")
    assert find_files([tmp_path]).files == [file]
