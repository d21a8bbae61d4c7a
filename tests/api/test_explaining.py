"""`citewell ask --explain`: each step behind an answer, in words."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.api.conftest import Run

pytestmark = [pytest.mark.usefixtures("bare_environment"), pytest.mark.model]


def test_each_step_is_shown_before_the_answer(run: "Run", corpus_index_folder: Path) -> None:
    code, out, err = run("ask", "is xans an opioid? and how long does narcan last?", "--explain", "--index", corpus_index_folder)
    assert (code, err) == (0, "")
    steps, _, answer = out.partition("\n\nNo, Xanax is not an opioid")
    assert answer
    for line in (
        "1. is xans an opioid?",
        "   stands alone as: is xans an opioid?",
        "   drugs: xans = alprazolam (benzodiazepine), opioid = opioid (opioid); combined",
        "   searched: is xans an opioid? (alprazolam)",
        "2. and how long does narcan last?",
        "   asks about: duration; answered by: time",
    ):
        assert line in steps.splitlines()
    assert "is-xanax-an-opioid#is-xanax-an-opioid" in steps
    assert "features:    key " in steps
    assert "answered from 0.6000" in steps


def test_what_a_follow_up_inherits_is_shown(run: "Run", corpus_index_folder: Path, tmp_path: Path) -> None:
    turns = tmp_path / "turns.json"
    turns.write_text(json.dumps([{"role": "user", "content": "what are xans"}]), encoding="utf-8")
    out = run("ask", "why?", "--explain", "--history", turns, "--index", corpus_index_folder).out
    assert "   stands alone as: why? (what are xans)" in out.splitlines()
    assert "   wanted: why" in out.splitlines()


def test_danger_is_said_to_be_recognised_before_anything(run: "Run", corpus_index_folder: Path) -> None:
    out = run("ask", "he took oxy and is not breathing", "--explain", "--index", corpus_index_folder).out
    assert out.startswith("raises: emergency, by a pattern\n")
    assert "\nlike exemplars of: emergency " in out
    assert "\nnothing was searched\n" in out
    assert "Call 911 now" in out


@pytest.mark.parametrize("other", [("--json",), ("--batch", "questions.jsonl")])
def test_steps_are_for_people(run: "Run", tmp_path: Path, other: tuple[str, ...]) -> None:
    code, out, err = run("ask", "x", "--explain", *other, "--index", tmp_path)
    assert (code, out) == (2, "")
    assert err == "citewell: --explain is read by people; use it without --json and --batch\n"
