"""`citewell chat`: a conversation line by line, of which nothing is kept."""

import builtins
import io
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from api.chat import converse
from bot.answer import Answer, AnswerSentence, Interpretation, Receipt
from bot.pipeline import Bot

if TYPE_CHECKING:
    from tests.api.conftest import Run

DANGER = "My friend took too many pills and is not breathing"
CARD = "Call 911 now, or your local emergency number: this may be an overdose or another emergency."
Turns = list[dict[str, str]]


class Echo:
    """In a bot's place: answers with the question in capitals, and remembers what it was given."""

    problem = None

    def __init__(self) -> None:
        self.heard: list[tuple[str, Turns, str | None]] = []

    def answer(self, question: str, history: Turns, country: str | None, *, today: date) -> Answer:
        self.heard.append((question, list(history), country))
        text = question.upper()
        return Answer(
            "answered", text, (AnswerSentence(text),), (), 0.9, (), (), (), Interpretation(question), Receipt(None, None, None, "0")
        )


@pytest.fixture
def echo(monkeypatch: pytest.MonkeyPatch) -> Echo:
    return Echo()


def typed(monkeypatch: pytest.MonkeyPatch, text: str, is_terminal: bool = False) -> None:
    stream = io.StringIO(text)
    monkeypatch.setattr(stream, "isatty", lambda: is_terminal)
    monkeypatch.setattr(sys, "stdin", stream)


def held(echo: Echo, country: str | None = None) -> int:
    return converse(cast(Bot, echo), country, "http://127.0.0.1:8000")


# Line by line


def test_each_line_is_a_question_and_each_answer_a_text(
    echo: Echo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, "one\n  two  \n")
    assert held(echo, "GB") == 0
    assert capsys.readouterr() == ("ONE\nTWO\n", "")
    assert [(question, country) for question, _, country in echo.heard] == [("one", "GB"), ("two", "GB")]


def test_what_was_said_goes_along_with_the_next_question(echo: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, "one\ntwo\nthree")
    held(echo)
    first = [{"role": "user", "content": "one"}, {"role": "assistant", "content": "ONE"}]
    second = [{"role": "user", "content": "two"}, {"role": "assistant", "content": "TWO"}]
    assert [history for _, history, _ in echo.heard] == [[], first, first + second]


def test_the_history_is_the_last_twenty_turns(echo: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, "".join(f"question {number}\n" for number in range(15)))
    held(echo)
    assert [len(history) for _, history, _ in echo.heard] == [*range(0, 20, 2), 20, 20, 20, 20, 20]
    last = echo.heard[-1][1]
    assert (last[0], last[-1]) == ({"role": "user", "content": "question 4"}, {"role": "assistant", "content": "QUESTION 13"})


@pytest.mark.parametrize("ending", ["quit", "exit", "QUIT", " Exit "])
def test_a_word_ends_the_conversation(echo: Echo, monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    typed(monkeypatch, f"one\n{ending}\ntwo\n")
    assert held(echo) == 0
    assert [question for question, _, _ in echo.heard] == ["one"]


def test_in_a_pipe_empty_lines_are_passed_over(echo: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, "\n\none\n  \n\ntwo\n")
    held(echo)
    assert [question for question, _, _ in echo.heard] == ["one", "two"]


def test_on_a_terminal_a_greeting_says_that_nothing_is_stored_and_an_empty_line_ends(
    echo: Echo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, "one\n\ntwo\n", is_terminal=True)
    assert held(echo) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0].endswith("An empty line or Ctrl+D ends. Nothing is stored.")
    assert out.count("\nYou: ") == 2
    assert [question for question, _, _ in echo.heard] == ["one"]


def test_ctrl_c_ends_the_conversation_without_a_traceback(echo: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: Iterator[str | type[KeyboardInterrupt]] = iter(["one", KeyboardInterrupt])

    def line(prompt: str) -> str:
        typed_now = next(lines)
        if isinstance(typed_now, str):
            return typed_now
        raise typed_now

    typed(monkeypatch, "")
    monkeypatch.setattr(builtins, "input", line)
    assert held(echo) == 0
    assert [question for question, _, _ in echo.heard] == ["one"]


# With an index and without


def test_a_question_that_is_too_long_is_refused_and_the_conversation_goes_on(run: "Run", tiny: Path) -> None:
    outcome = run("chat", "--index", tiny / "index", stdin=f"{'x' * 1001}\nMars\n")
    assert outcome.code == 0
    assert outcome.err == "citewell: the question has 1,001 characters; ask in at most 1,000\n"
    assert outcome.out.startswith("Mars has two small moons, Phobos and Deimos. [1]\n")


@pytest.mark.model
def test_a_follow_up_takes_its_subject_from_what_was_said(run: "Run", corpus_index_folder: Path) -> None:
    alone = run("chat", "--index", corpus_index_folder, stdin="Is it an opioid?\n").out
    outcome = run("chat", "--index", corpus_index_folder, stdin="What is ketamine?\nIs it an opioid?\n")
    assert (outcome.code, outcome.err) == (0, "")
    assert "Ketamine is not an opioid. [1]" in outcome.out
    assert not alone.startswith("Ketamine is not an opioid.")


def test_danger_gets_the_card_without_an_index_and_the_exit_code_tells(run: "Run", tmp_path: Path) -> None:
    outcome = run("chat", "--index", tmp_path, stdin=f"What is tea?\n{DANGER}\n")
    assert outcome.code == 1
    assert outcome.out.startswith(f"{CARD}\n")
    assert outcome.err == f"citewell: there is no index in {tmp_path}; run `citewell index` to build one, or name another with --index\n"


def test_the_card_is_that_of_the_country(run: "Run", tmp_path: Path) -> None:
    assert run("chat", "--country", "GB", "--index", tmp_path, stdin=f"{DANGER}\n").out.startswith("Call 999 now")


def test_danger_is_not_forgotten_by_the_next_question(run: "Run", tiny: Path) -> None:
    out = run("chat", "--index", tiny / "index", stdin=f"{DANGER}\nMars\n").out
    assert out.startswith(CARD)
    assert out.count(CARD) == 2
    assert "Mars has two small moons, Phobos and Deimos. [1]" in out


def test_nothing_of_a_conversation_is_written_to_disk(run: "Run", tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert run("chat", "--index", tiny / "index", stdin="Mars\nWhat is tea?\n").code == 0
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_bytes_that_are_no_letters_end_no_conversation(run: "Run", tiny: Path) -> None:
    outcome = run("chat", "--index", tiny / "index", stdin=b"\xff\xfe\x80\nMars\n")
    assert (outcome.code, outcome.err) == (0, "")
    assert "Mars has two small moons, Phobos and Deimos. [1]\n" in outcome.out


def test_danger_among_bytes_that_are_no_letters_is_seen(run: "Run", tmp_path: Path) -> None:
    assert run("chat", "--index", tmp_path, stdin=b"\xff " + DANGER.encode() + b" \xe9\n").out.startswith(f"{CARD}\n")


def test_nothing_typed_is_a_conversation_that_ends_well(run: "Run", tiny: Path) -> None:
    assert run("chat", "--index", tiny / "index") == (0, "", "")


def test_a_wrong_setting_is_wrong_use(run: "Run", tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEWELL_PORT", "http")
    assert run("chat", "--index", tiny / "index", stdin="What is tea?\n").error(2).startswith("CITEWELL_PORT='http': ")
