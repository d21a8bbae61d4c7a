"""`citewell gold`: every problem of a gold set is a line, and drafts are a person's to accept."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.gold_files import FOUR, UNSTATED, write_gold

if TYPE_CHECKING:
    from tests.api.conftest import Run

pytestmark = pytest.mark.usefixtures("bare_environment")


# Checking a gold set


def test_a_gold_set_without_fault_is_counted(run: "Run", gold: Path) -> None:
    code, out, err = run("gold", "check", gold)
    assert (code, out) == (0, "4 items (dev 2, test 2), no problem\n")
    assert err.startswith("note: the sections and facts were not looked up: there is no index in .citewell/index; ")


def test_every_problem_is_a_line_and_exit_1(run: "Run", tmp_path: Path) -> None:
    file = write_gold(tmp_path / "g.jsonl", [FOUR[0], {**FOUR[0], "split": "test"}, {"id": "x"}])
    code, out, _ = run("gold", "check", file)
    lines = out.splitlines()
    assert (code, len(lines)) == (1, 5)
    assert lines[0] == f"{file}:3: split: Field required; mend the item"
    assert lines[1] == f"{file}:1: the id 'moons' stands 2 times; give each item one of its own"


def test_a_gold_set_is_not_checked_where_there_is_none(run: "Run", tmp_path: Path) -> None:
    assert run("gold", "check", "none").error(1) == "none does not exist; name a gold set, or a folder that holds some"
    (tmp_path / "empty.jsonl").touch()
    code, out, err = run("gold", "check", "empty.jsonl")
    assert (code, out, err.splitlines()[-1].startswith("citewell: the gold set holds no item; ")) == (1, "", True)
    write_gold(tmp_path / "g.jsonl", FOUR)
    assert run("gold", "check", "g.jsonl", "--index", "no").error(1).startswith("there is no index in no; ")
    assert run("gold", "check").error(2).startswith("Missing argument 'FILE...'")


@pytest.mark.model
def test_a_gold_set_is_held_against_the_documents(run: "Run", tmp_path: Path, mixed_index_folder: Path) -> None:
    file = write_gold(tmp_path / "g.jsonl", [*FOUR, {**FOUR[0], "id": "m2", "question": "moons?", "relevant": ["mars#core"]}])
    assert run("gold", "check", file, "--index", mixed_index_folder) == (
        1,
        "m2: the documents hold no section 'mars#core'; `citewell document ID --json` lists a document's sections\n"
        + UNSTATED.removeprefix("note: "),
        "",
    )


# Drafting one


@pytest.mark.model
def test_drafts_are_written_for_a_person_and_pass_the_check(run: "Run", tmp_path: Path, mixed_index_folder: Path) -> None:
    code, out, err = run("gold", "suggest", "--output", "d.jsonl", "--limit", "6", "--index", mixed_index_folder)
    assert (code, out) == (0, "")
    assert re.fullmatch(r'6 items \(dev \d, test \d\) drafted: look at each beside its "source", .*', err.splitlines()[0])
    assert err.splitlines()[1] == (
        "then run `citewell gold check d.jsonl`, `citewell calibrate --gold d.jsonl` and `citewell evaluate --gold d.jsonl`"
    )
    printed = run("gold", "suggest", "--limit", "6", "--index", mixed_index_folder)
    assert printed.out == (tmp_path / "d.jsonl").read_text(encoding="utf-8")
    assert all(line["draft"] is True and line["source"] for line in printed.lines)
    code, out, err = run("gold", "check", "d.jsonl", "--index", mixed_index_folder)
    assert (code, out.endswith(", no problem\n")) == (0, True)
    assert err == 'note: 6 drafts that nobody accepted; look at each, mend it, and take "draft" out\n'


@pytest.mark.model
def test_what_a_person_mended_is_not_written_over(run: "Run", tmp_path: Path, mixed_index_folder: Path) -> None:
    (tmp_path / "d.jsonl").write_text("mended", encoding="utf-8")
    assert run("gold", "suggest", "--output", "d.jsonl", "--index", mixed_index_folder).error(2) == (
        "d.jsonl is there already, maybe mended by hand; name another file"
    )
    assert (tmp_path / "d.jsonl").read_text(encoding="utf-8") == "mended"
    assert run("gold", "suggest", "--output", "no/d.jsonl").error(2).startswith("--output no/d.jsonl: there is no folder no;")


def test_without_an_index_nothing_is_drafted(run: "Run") -> None:
    assert run("gold", "suggest").error(1).startswith("there is no index in .citewell/index; ")
