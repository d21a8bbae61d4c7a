"""`citewell check`: findings on standard output, counts on standard error, exit 1 where there is an error."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.written_corpus import TEA, write_corpus

if TYPE_CHECKING:
    from tests.api.conftest import Run

pytestmark = pytest.mark.usefixtures("bare_environment")
DAY = ("--today", "2026-03-01")
FILE = "documents/drinks/tea.md"
BARE = {FILE: ("hot.[^TEABOOK]", "hot.")}
FEW = {"topics.toml": ('["tea", "ice"]', '["tea", "ice", "milk"]')}


def test_a_corpus_without_fault_passes(run: "Run", tmp_path: Path) -> None:
    assert run("check", write_corpus(tmp_path), *DAY) == (0, "", "2 documents, 4 sections, 9 sentences, 0 errors, 0 warnings\n")


def test_an_error_is_a_line_and_exit_1(run: "Run", tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path, BARE)
    assert run("check", corpus / FILE, *DAY) == (
        1,
        f"{corpus / FILE}:20: no footnote behind 'Green tea is hot.'; add [^SOURCE] after it, or leave it out\n",
        "2 documents, 4 sections, 9 sentences, 1 errors, 0 warnings\n",
    )


def test_a_warning_alone_passes(run: "Run", tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path, FEW)
    assert run("check", corpus, *DAY) == (
        0,
        f"{corpus}/topics.toml:5: warning: no document covers 'milk'; write one, or take the topic out\n",
        "2 documents, 4 sections, 9 sentences, 0 errors, 1 warnings\n",
    )


def test_the_corpus_here_is_checked_where_no_path_is_given(run: "Run", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = write_corpus(tmp_path, BARE)
    for folder, shown in ((tmp_path, f"corpus/{FILE}"), (corpus, FILE), (corpus / "documents", f"{corpus}/{FILE}")):
        monkeypatch.chdir(folder)
        code, out, _ = run("check", *DAY)
        assert (code, out.partition(":")[0]) == (1, shown)


def test_paths_of_one_corpus_are_one_check_and_of_two_are_two(run: "Run", tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path, BARE)
    other = write_corpus(tmp_path / "other")
    assert run("check", corpus / FILE, corpus, *DAY).err.startswith("2 documents, ")
    assert run("check", corpus, other / FILE, *DAY).err.startswith("4 documents, ")


def test_json_has_each_finding_and_the_counts(run: "Run", tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path, BARE)
    code, out, err = run("check", corpus, *DAY, "--format", "json")
    assert (code, err) == (1, "")
    assert json.loads(out) == {
        "findings": [
            {
                "file": str(corpus / FILE),
                "line": 20,
                "message": "no footnote behind 'Green tea is hot.'; add [^SOURCE] after it, or leave it out",
                "rule": "footnote",
                "severity": "error",
                "section": "tea#how-hot-is-green-tea",
            }
        ],
        "documents": 2,
        "sections": 4,
        "sentences": 9,
        "errors": 1,
        "warnings": 0,
    }


def test_the_day_decides_what_is_due(run: "Run", tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path)
    assert run("check", corpus, "--today", "2027-02-01").out.count("the review of this document was due") == 0
    assert run("check", corpus, "--today", "2027-02-02").out.count("the review of this document was due on 2027-02-01") == 2


def test_a_release_wants_helplines_that_were_tried(run: "Run", tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path, {"helplines.toml": ('hours = "24/7"\nchecked = "2026-02-20"\n\n', 'hours = "24/7"\n\n')})
    assert run("check", corpus, *DAY).code == 0
    assert run("check", corpus, *DAY, "--release").code == 1


def test_the_calendar_has_what_was_never_done_and_then_the_earliest(run: "Run", tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path, {"helplines.toml": ('hours = "24/7"\nchecked = "2026-02-20"\n\n', 'hours = "24/7"\n\n')})
    assert run("check", corpus, "--calendar") == (
        0,
        f"never done  {corpus}/helplines.toml:2: trying the line us-911\n"
        f"2026-03-22  {corpus}/helplines.toml:10: trying the line us-tea\n"
        f"2026-05-12  {corpus}/lexicon.toml:2: reading the lexicon through\n"
        f"2027-01-31  {corpus}/documents/drinks/ice.md:27: another look at 'As of January 2026'\n"
        f"2027-02-01  {corpus}/documents/drinks/ice.md:8: the review of this document\n"
        f"2027-02-01  {corpus}/documents/drinks/tea.md:8: the review of this document\n",
        "",
    )
    first, *_ = json.loads(run("check", corpus, "--calendar", "--format", "json").out)["due"]
    assert first == {"day": None, "what": "trying the line us-911", "file": f"{corpus}/helplines.toml", "line": 2, "section": ""}


def test_the_coverage_counts_sections_by_topic_and_by_drug_and_question(run: "Run", tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path, FEW)
    assert json.loads(run("check", corpus, "--coverage", "--format", "json").out) == {
        "topics": {"drinks": {"tea": 2, "ice": 2, "milk": 0}},
        "kinds": {"green tea": {"how long": 1, "how strong": 1}, "ice water": {"how long": 0, "how strong": 1}},
    }
    table = run("check", corpus, "--coverage").out
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in table.splitlines() if line.startswith("│")]
    assert rows == [
        ["drinks", "tea", "2"],
        ["drinks", "ice", "2"],
        ["drinks", "milk", "none"],
        ["green tea", "1", "1"],
        ["ice water", "-", "1"],
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["nowhere"], 1, "nowhere does not exist; give a document, or the folder of a corpus"),
        ([], 1, ". is in no corpus; a corpus is a folder with sources.toml and documents/ in it"),
        (["."], 1, ". is in no corpus; a corpus is a folder with sources.toml and documents/ in it"),
        ([".", "--today", "soon"], 2, "--today 'soon' is no day; write it as YYYY-MM-DD"),
        ([".", "--calendar", "--coverage"], 2, "--calendar and --coverage each stand alone; see `citewell --help`"),
    ],
)
def test_wrong_use_is_one_line(
    run: "Run", tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, line: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("check", *arguments).error(code) == line


def test_an_unknown_format_is_refused(run: "Run", tmp_path: Path) -> None:
    assert "'xml' is not one of 'text', 'json'" in run("check", write_corpus(tmp_path), "--format", "xml").error(2)


def test_coverage_needs_topics(run: "Run", tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path, {FILE: ("topics: [tea]\n", "")})
    (corpus / "topics.toml").unlink()
    assert run("check", corpus, "--coverage").error(1).startswith(f"{corpus} has no topics.toml; write one")


def test_the_corpus_is_only_read(run: "Run", tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path)
    before = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*")}
    run("check", corpus, *DAY)
    assert {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*")} == before
    assert (corpus / FILE).read_text(encoding="utf-8") == TEA


@pytest.mark.parametrize(("package", "extra"), [("textstat", "check"), ("markdown_it", "index")])
def test_a_package_that_is_missing_is_named_with_what_installs_it(
    run: "Run", tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str, extra: str
) -> None:
    for name in [name for name in sys.modules if name.startswith(("indexer.check", "indexer.readers.markdown", package))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    assert run("check", write_corpus(tmp_path)).error(1) == f"this needs the package {package}; run `pip install 'citewell[{extra}]'`"
