"""`citewell evaluate`: measures in tables, files, floors and comparisons, of the bot here or of a server."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Never

import pytest

from bot.pipeline import Bot
from tests.gold_files import FOUR, UNSTATED, answered, write_gold

if TYPE_CHECKING:
    from tests.api.conftest import Evaluate, Run

pytestmark = pytest.mark.usefixtures("bare_environment")
PROGRAM = """
import sys
import api.evaluating
from api.cli import main
api.evaluating._peak_memory = lambda: float(sum(name in sys.modules for name in ("ir_measures", "sklearn", "scipy.stats", "matplotlib")))
main()
"""


def cells(out: str) -> dict[str, list[str]]:
    """The rows of all tables, by their first cell."""
    rows = [[cell.strip() for cell in line.strip("│┃").replace("┃", "│").split("│")] for line in out.splitlines() if line[:1] in "│┃"]
    return {first: others for first, *others in rows}


# Tables


@pytest.mark.model
def test_both_splits_have_a_column_and_the_last_line_counts(evaluate: "Evaluate") -> None:
    code, out, err = evaluate()
    rows = cells(out)
    assert (code, err) == (0, UNSTATED)
    assert rows["measure"] == ["dev", "test"]
    assert rows["key_fact_recall"] == ["1.000 1", "0.500 (0.000 to 1.000) 2"]
    assert rows["risk <"] == ["0.000 1", "0.500 (0.000 to 1.000) 2"]
    assert rows["false_answer <"] == ["0.000 1", "-"]
    assert rows["expected"] == ["abstained", "answered"]
    assert rows["answered"] == ["-", "3"]
    assert rows["abstained"] == ["1", "-"]
    assert out.splitlines()[-2].startswith("memory: ")
    assert out.splitlines()[-1] == "3 of 4 questions right"


@pytest.mark.model
def test_one_split_alone(evaluate: "Evaluate") -> None:
    code, out, err = evaluate("--split", "dev")
    assert (code, err, out.splitlines()[-1]) == (0, "", "2 of 2 questions right")
    assert cells(out)["measure"] == ["dev"]


@pytest.mark.model
def test_a_gold_set_is_files_and_folders_and_its_notes_are_said(run: "Run", gold: Path, tmp_path: Path, mixed_index_folder: Path) -> None:
    more = write_gold(tmp_path / "more.jsonl", [answered("tea", "dev", "what is tea made from", draft=True, source="Tea ...", grade=3)])
    code, out, err = run("evaluate", "--gold", gold.parent, "--gold", more, "--index", mixed_index_folder)
    assert (code, out.splitlines()[-1]) == (0, "4 of 5 questions right")
    assert err == (
        f"note: {more}:1: the field 'grade' is not known and not used\n"
        'note: 1 draft that nobody accepted; look at each, mend it, and take "draft" out\n' + UNSTATED
    )


# Files


@pytest.mark.model
def test_the_output_holds_all_that_was_measured(evaluate: "Evaluate", tmp_path: Path, mixed_index_folder: Path) -> None:
    outcome = evaluate("--output", tmp_path / "a.json")
    assert outcome.err == f"{UNSTATED}written: {tmp_path / 'a.json'}\n"
    found = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert [(item["id"], item["right"], item["status"]) for item in found["items"]] == [
        ("moons", True, "answered"),
        ("phone", True, "abstained"),
        ("swarm", True, "answered"),
        ("bake", False, "answered"),
    ]
    assert found["measures"]["success@1"] == {"value": 1.0, "low": 1.0, "high": 1.0, "count": 3}
    assert list(found["ablation"]) == ["BM25", "dense", "passage + sentence", "full"]
    assert all(way["success@5"]["count"] == 3 for way in found["ablation"].values())
    assert found["ablation"]["full"]["success@1"]["value"] == 1.0
    about = found["about"]
    assert (about["server"], about["target_risk"], len(about["documents"])) == (None, None, 64)
    assert 0 < about["threshold"] < 1
    assert 50 < about["memory_mb"] < 20_000
    assert about["receipt"]["index"] == Bot.open(mixed_index_folder).receipt().index
    assert list(tmp_path.rglob("*.new")) == []


@pytest.mark.model
def test_the_report_is_a_page_with_plots(evaluate: "Evaluate", tmp_path: Path) -> None:
    assert evaluate("--report", tmp_path / "r.html").code == 0
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert page.startswith("<!")
    assert "<svg" in page
    assert "baking the loaf" in page


@pytest.mark.model
def test_other_rankings_are_made_for_files_alone(evaluate: "Evaluate", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*given: object) -> Never:
        raise ZeroDivisionError

    monkeypatch.setattr("bot.evaluation.ablation.ablated_rankings", fail)
    assert evaluate().code == 0
    with pytest.raises(ZeroDivisionError):
        evaluate("--output", tmp_path / "a.json")
    assert not (tmp_path / "a.json").exists()


@pytest.mark.model
def test_a_file_that_cannot_be_written_is_left_as_it_was(evaluate: "Evaluate", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.json").write_text("before", encoding="utf-8")

    def fail(*given: object) -> Never:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    code, _, err = evaluate("--output", tmp_path / "a.json")
    assert (code, err) == (
        1,
        f"{UNSTATED}citewell: {tmp_path / 'a.json'} cannot be written (No space left on device); free space, or check permissions\n",
    )
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == "before"
    assert list(tmp_path.rglob("*.new")) == []


@pytest.mark.model
def test_memory_is_measured_before_what_measures_is_loaded(gold: Path, tmp_path: Path, mixed_index_folder: Path) -> None:
    arguments = ("evaluate", "--gold", gold, "--index", mixed_index_folder, "--output", tmp_path / "a.json")
    subprocess.run([sys.executable, "-c", PROGRAM, *map(str, arguments)], check=True, capture_output=True)
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["about"]["memory_mb"] == 0


# The gate


@pytest.mark.model
def test_floors_are_pinned_beside_the_gold_set_and_hold(evaluate: "Evaluate", gold: Path) -> None:
    file = gold.parent / "baseline.json"
    code, out, err = evaluate("--gate", "--update")
    assert (code, out.splitlines()[-1], err) == (0, f"floors pinned ({file})", UNSTATED)
    pinned = json.loads(file.read_text(encoding="utf-8"))
    assert (pinned["bounds"]["dev"]["right"], pinned["bounds"]["test"]["right"], pinned["lowered"]) == (0.99, 0.49, [])
    assert file.read_text(encoding="utf-8").startswith('{\n "format": 1,\n')
    code, out, err = evaluate("--gate")
    assert (code, out.splitlines()[-2:], err) == (0, ["3 of 4 questions right", f"all floors hold ({file})"], UNSTATED)
    assert evaluate("--gate", "--baseline", file, "--split", "dev").code == 0


@pytest.mark.model
def test_a_measure_below_its_floor_fails_and_is_named(evaluate: "Evaluate", gold: Path, tmp_path: Path) -> None:
    evaluate("--gate", "--update")
    file = gold.parent / "baseline.json"
    pinned = json.loads(file.read_text(encoding="utf-8"))
    pinned["bounds"]["test"] |= {"right": 0.8, "risk": 0.1}
    file.write_text(json.dumps(pinned), encoding="utf-8")
    code, out, err = evaluate("--gate", "--output", tmp_path / "a.json")
    assert (code, "all floors hold" in out) == (1, False)
    assert err.splitlines()[1:] == [
        f"written: {tmp_path / 'a.json'}",
        "test: right is 0.5000, below the 0.8 that is pinned",
        "test: risk is 0.5000, above the 0.1 that is pinned",
    ]
    before = file.read_text(encoding="utf-8")
    code, _, err = evaluate("--gate", "--update")
    assert (code, file.read_text(encoding="utf-8")) == (1, before)
    assert err.splitlines()[1] == (
        "citewell: these floors would be let down: test right 0.8 to 0.49, test risk 0.1 to 0.51; "
        "mend the cause, or say why with --lower REASON"
    )
    code, out, err = evaluate("--gate", "--update", "--lower", "the fact was wrong")
    assert (code, err.splitlines()[1:]) == (
        0,
        [
            "let down: test right from 0.8 to 0.49: the fact was wrong",
            "let down: test risk from 0.1 to 0.51: the fact was wrong",
        ],
    )
    assert [one["reason"] for one in json.loads(file.read_text(encoding="utf-8"))["lowered"]] == ["the fact was wrong"] * 2
    assert evaluate("--gate").code == 0


@pytest.mark.model
def test_another_gold_set_keeps_the_gate_shut(evaluate: "Evaluate", gold: Path) -> None:
    evaluate("--gate", "--update")
    write_gold(gold, FOUR[:3])
    code, _, err = evaluate("--gate")
    assert (code, err.splitlines()[0]) == (
        1,
        "the gold set changed since the floors were pinned; look at the report, then pin anew with --gate --update",
    )


@pytest.mark.model
def test_floors_of_a_split_that_is_not_measured_are_not_lost(evaluate: "Evaluate", gold: Path) -> None:
    evaluate("--gate", "--update")
    before = (gold.parent / "baseline.json").read_text(encoding="utf-8")
    code, _, err = evaluate("--gate", "--update", "--split", "test")
    assert (code, err.splitlines()[-1]) == (2, "citewell: dev has floors too, and was not measured; pin them without --split")
    assert (gold.parent / "baseline.json").read_text(encoding="utf-8") == before


@pytest.mark.model
def test_a_baseline_that_is_none_is_named(evaluate: "Evaluate", gold: Path) -> None:
    (gold.parent / "baseline.json").write_text("{}", encoding="utf-8")
    code, _, err = evaluate("--gate")
    assert code == 1
    assert err.splitlines()[-1].startswith(f"citewell: {gold.parent / 'baseline.json'} is no baseline (")


# Comparing


@pytest.mark.model
def test_two_evaluations_are_compared_item_by_item(run: "Run", evaluate: "Evaluate", gold: Path, tmp_path: Path) -> None:
    evaluate("--output", tmp_path / "a.json")
    before = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    after = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    after["items"][0] |= {"right": False, "why": "abstained instead of answered", "scores": {"right": 0.0}}
    after["items"][3]["right"] = True
    after["items"] = after["items"][:1] + after["items"][2:]
    (tmp_path / "b.json").write_text(json.dumps(after | {"gold": "other"}), encoding="utf-8")
    code, out, err = run("evaluate", "--compare", tmp_path / "a.json", tmp_path / "b.json")
    assert code == 0
    assert err == (
        "note: the gold set changed between the two; what both have alike is compared\n"
        "note: 1 items are in one of the two alone and left out\n"
    )
    assert cells(out)["right"][:2] == ["0.667", "0.333"]
    assert out.splitlines()[-3:] == [
        f"became right: bake: baking the loaf ({before['items'][3]['why']})",
        "became wrong: moons: How many moons has Mars? (abstained instead of answered)",
        "1 became right, 1 became wrong",
    ]


def test_a_comparison_wants_evaluations(run: "Run", tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}", encoding="utf-8")
    assert (
        run("evaluate", "--compare", tmp_path / "a.json", tmp_path / "a.json")
        .error(1)
        .startswith(f"{tmp_path / 'a.json'} is no evaluation;")
    )
    assert (
        run("evaluate", "--compare", tmp_path / "b.json", tmp_path / "a.json").error(1).startswith(f"{tmp_path / 'b.json'}: cannot be read")
    )


# Wrong use, and gold sets that are wrong


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ([], "name a gold set, for example: citewell evaluate --gold tests/gold; see `citewell --help`"),
        (["--gold", "g", "--update"], "--baseline and --update go with --gate; see `citewell --help`"),
        (["--gold", "g", "--baseline", "b"], "--baseline and --update go with --gate; see `citewell --help`"),
        (["--gold", "g", "--gate", "--lower", "why"], "--lower goes with --gate --update; see `citewell --help`"),
        (["--gold", "g", "--gate", "--update", "--lower", " "], "--lower wants the reason in words; see `citewell --help`"),
        (["--gold", "g", "--compare", "a", "b"], "--compare stands alone; see `citewell --help`"),
        (["--gold", "g", "--url", "x", "--index", "i"], "--url asks a server, which has an index of its own; leave out --index or --url"),
        (["--gold", "g", "--report", "no/r.html"], "--report no/r.html: there is no folder no; make it, or name another"),
        (["--gold", "g", "--output", "."], "--output . is a folder; name a file in it"),
        (["--gold", "g", "--gate", "--update", "--baseline", "no/b"], "--baseline no/b: there is no folder no; make it, or name another"),
    ],
)
def test_wrong_use_is_one_line(run: "Run", options: list[str], line: str) -> None:
    assert run("evaluate", *options).error(2) == line


def test_a_gold_set_without_floors_cannot_be_gated(run: "Run", gold: Path) -> None:
    assert run("evaluate", "--gold", gold, "--gate").error(1) == (
        f"{gold.parent / 'baseline.json'}: no floors are pinned there; pin them with `citewell evaluate --gate --update`"
    )


def test_the_first_wrong_line_is_named_and_the_others_counted(run: "Run", tmp_path: Path) -> None:
    file = write_gold(tmp_path / "g.jsonl", [FOUR[0], "{", {**FOUR[1], "expected": "maybe"}])
    line = run("evaluate", "--gold", file).error(1)
    assert line.startswith(f"{file}:2: this is not JSON (")
    assert line.endswith(" (and 1 more; `citewell gold check` lists them)")


def test_a_gold_set_that_is_not_there_is_named(run: "Run", tmp_path: Path) -> None:
    assert run("evaluate", "--gold", "none").error(1) == "none does not exist; name a gold set, or a folder that holds some"
    write_gold(tmp_path / "g.jsonl", FOUR[:2])
    assert run("evaluate", "--gold", "g.jsonl", "--split", "test").error(1).startswith("no item is of the split 'test'")


def test_without_an_index_there_is_nothing_to_evaluate(run: "Run", gold: Path) -> None:
    assert run("evaluate", "--gold", gold).error(1).startswith("there is no index in .citewell/index; run `citewell index`")


@pytest.mark.model
def test_sections_that_are_not_there_are_named_and_counted(run: "Run", tmp_path: Path, mixed_index_folder: Path) -> None:
    items = [{**FOUR[0], "relevant": ["mars#core"]}, {**FOUR[2], "relevant": ["wasps#swarms", "bees#swarms"]}]
    file = write_gold(tmp_path / "g.jsonl", items)
    assert run("evaluate", "--gold", file, "--index", mixed_index_folder).error(1) == (
        "moons: the documents hold no section 'mars#core'; `citewell document ID --json` lists a document's sections "
        "(and 1 more; `citewell gold check` lists them)"
    )


@pytest.mark.model
@pytest.mark.parametrize("package", ["ir_measures", "scipy", "sklearn"])
def test_a_package_that_is_missing_is_named_with_the_extra(
    run: "Run", gold: Path, monkeypatch: pytest.MonkeyPatch, mixed_index_folder: Path, package: str
) -> None:
    for name in [name for name in sys.modules if name.startswith(("bot.evaluation.", "api.evaluation_tables", f"{package}."))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    command = "evaluate" if package == "ir_measures" else "calibrate"
    line = run(command, "--gold", gold, "--index", mixed_index_folder).err.splitlines()[-1]
    assert line.startswith(f"citewell: this needs the package {package}")
    assert line.endswith("; run `pip install 'citewell[evaluate]'`")
