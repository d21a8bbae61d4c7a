"""Answers and passages as they are printed: complete lines in a pipe, a readable width on a terminal."""

import io
import re
import sys

import pytest
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from api.terminal import print_answer, print_passages
from bot.answer import Answer, AnswerSentence, Citation, Interpretation, Notice, Receipt, Resource, Status, marked_text
from bot.retriever import FoundPassage
from indexer.documents import Section, Source
from indexer.store import StoredDocument, StoredPassage

SERVER = "http://127.0.0.1:8000"
LONG = "Ketamine is a dissociative anesthetic, a drug that cuts awareness off from pain and surroundings, and it is not an opioid at all."


class Screen(io.StringIO):
    """A terminal that keeps what is written to it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "COLUMNS", "LINES", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


def citation(
    number: int = 1,
    url: str = "/documents/tea#brewing:~:text=Tea",
    reviewed: str | None = None,
    by: str | None = None,
    page: int | None = None,
) -> Citation:
    sources = Source("B", "The book of tea", None, None, None), Source("L", "A letter", None, None, None)
    return Citation(number, "tea", "Tea", "brewing", "Brewing", "Tea is hot.", 0, 11, page, url, reviewed, by, sources)


def resource(phone: str | None = None, sms: str | None = None, sms_body: str | None = None) -> Resource:
    return Resource("x", "Night line", phone, sms, sms_body, "https://night.example", "24/7", "", "US", ("crisis",), None)


def answer(
    *sentences: AnswerSentence,
    status: Status = "answered",
    citations: tuple[Citation, ...] = (),
    notices: tuple[Notice, ...] = (),
    resources: tuple[Resource, ...] = (),
    suggestions: tuple[str, ...] = (),
) -> Answer:
    receipt = Receipt(None, None, None, "0")
    text = marked_text(sentences)
    return Answer(status, text, sentences, citations, 0.9, notices, resources, suggestions, Interpretation("q"), receipt)


def passage(text: str, title: str = "Tea") -> StoredPassage:
    document = StoredDocument(0, "tea", title, text, None, None, None, None, None, (), ())
    return StoredPassage(0, 0, Section("brewing", "Brewing", 0, len(text)), document, 0, len(text), title, ())


def printed(capsys: pytest.CaptureFixture[str], shown: Answer) -> str:
    print_answer(shown, SERVER)
    return capsys.readouterr().out


def on_screen(monkeypatch: pytest.MonkeyPatch, columns: int, shown: Answer) -> list[str]:
    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("COLUMNS", str(columns))
    print_answer(shown, SERVER)
    return re.sub(r"\x1b\[[\d;]*m", "", screen.getvalue()).splitlines()


def test_an_answer_is_one_text_with_marks_then_its_sources(capsys: pytest.CaptureFixture[str]) -> None:
    shown = answer(AnswerSentence("Tea is hot.", (1,)), AnswerSentence("Tea is old.", (2,)), citations=(citation(1), citation(2)))
    about = "    The book of tea; A letter. no review date, not yet clinician-reviewed\n    http://127.0.0.1:8000/documents/tea#brewing\n"
    assert printed(capsys, shown) == (f"Tea is hot. [1] Tea is old. [2]\n\nSources\n[1] Tea > Brewing\n{about}[2] Tea > Brewing\n{about}")


def test_a_source_with_pages_names_the_one_quoted(capsys: pytest.CaptureFixture[str]) -> None:
    shown = answer(AnswerSentence("Tea is hot.", (1,)), citations=(citation(page=12),))
    assert printed(capsys, shown).splitlines()[3] == "[1] Tea > Brewing, page 12"


def test_a_sentence_may_carry_several_marks(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, answer(AnswerSentence("Tea is hot.", (1, 3)))) == "Tea is hot. [1] [3]\n"


def test_a_card_reads_line_by_line(capsys: pytest.CaptureFixture[str]) -> None:
    shown = answer(AnswerSentence("Call 911 now."), AnswerSentence("Stay."), status="crisis")
    assert printed(capsys, shown) == "Call 911 now.\nStay.\n"


@pytest.mark.parametrize(
    ("reviewed", "by", "line"),
    [
        (None, None, "no review date, not yet clinician-reviewed"),
        ("2026-01-15", None, "reviewed 2026-01-15, not yet clinician-reviewed"),
        ("2026-01-15", "A. Smith, MD", "reviewed 2026-01-15, by A. Smith, MD"),
    ],
)
def test_a_source_says_when_and_by_whom_it_was_reviewed(
    capsys: pytest.CaptureFixture[str], reviewed: str | None, by: str | None, line: str
) -> None:
    shown = answer(AnswerSentence("Tea is hot.", (1,)), citations=(citation(reviewed=reviewed, by=by),))
    assert printed(capsys, shown).splitlines()[4] == f"    The book of tea; A letter. {line}"


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("/documents/tea#brewing:~:text=Tea%20is", "http://127.0.0.1:8000/documents/tea#brewing"),
        ("https://sky.example/moon#:~:text=The%20Moon", "https://sky.example/moon"),
    ],
)
def test_a_link_is_printed_whole_and_without_its_text_fragment(capsys: pytest.CaptureFixture[str], url: str, link: str) -> None:
    shown = answer(AnswerSentence("Tea is hot.", (1,)), citations=(citation(url=url),))
    assert printed(capsys, shown).splitlines()[-1] == f"    {link}"


def test_notices_follow_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    shown = answer(AnswerSentence("Tea is hot."), notices=(Notice("freshness", "This is old."), Notice("medical", "Ask a doctor.")))
    assert printed(capsys, shown) == "Tea is hot.\n\nThis is old.\n\nAsk a doctor.\n"


@pytest.mark.parametrize(
    ("line", "ways"),
    [
        (resource(phone="988"), "call 988"),
        (resource(phone="988", sms="741741"), "call 988 or text 741741"),
        (resource(sms="741741", sms_body="HOME"), "text HOME to 741741"),
        (resource(), "https://night.example"),
    ],
)
def test_a_helpline_is_printed_with_every_way_to_reach_it(capsys: pytest.CaptureFixture[str], line: Resource, ways: str) -> None:
    assert printed(capsys, answer(AnswerSentence("Hello."), resources=(line,))) == f"Hello.\n\nHelp\n- Night line (US): {ways}\n"


def test_suggestions_come_last(capsys: pytest.CaptureFixture[str]) -> None:
    shown = answer(AnswerSentence("Hello."), resources=(resource(phone="1"),), suggestions=("What is tea?", "Is tea old?"))
    assert printed(capsys, shown).endswith("call 1\n\nYou can also ask\n- What is tea?\n- Is tea old?\n")


@pytest.mark.parametrize("text", ["[red]Tea[/red] is hot.", "[link=https://x.example]Tea[/link]", ":smile: is a word", "a \\[b] c"])
def test_words_that_look_like_terminal_markup_are_printed_as_they_are(capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert printed(capsys, answer(AnswerSentence(text))) == f"{text}\n"


def test_a_pipe_gets_no_colors_and_no_wrapped_lines(capsys: pytest.CaptureFixture[str]) -> None:
    shown = answer(AnswerSentence(LONG, (1,)), AnswerSentence(LONG, (2,)))
    assert printed(capsys, shown) == f"{LONG} [1] {LONG} [2]\n"


@pytest.mark.parametrize(("columns", "widest"), [(200, 88), (60, 60)])
def test_lines_on_a_terminal_are_no_wider_than_it_is_nor_than_can_be_read(
    monkeypatch: pytest.MonkeyPatch, columns: int, widest: int
) -> None:
    shown = answer(AnswerSentence(LONG, (1,)), citations=(citation(),), resources=(resource(phone="988"),))
    lines = on_screen(monkeypatch, columns, shown)
    assert widest - 14 < max(map(len, lines)) <= widest


def test_wrapping_on_a_terminal_loses_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = on_screen(monkeypatch, 40, answer(AnswerSentence(LONG, (1,))))
    assert " ".join(lines).split() == [*LONG.split(), "[1]"]


def test_a_link_on_a_narrow_terminal_is_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"https://sky.example/{'moon-' * 12}end"
    lines = on_screen(monkeypatch, 100, answer(AnswerSentence("Hello.", (1,)), citations=(citation(url=address),)))
    assert f"    {address}" in lines


def test_passages_are_numbered_with_their_score_and_section(capsys: pytest.CaptureFixture[str]) -> None:
    print_passages([FoundPassage(passage("Tea is hot."), 0.98765), FoundPassage(passage("Tea is old."), 0.5)])
    assert capsys.readouterr().out == "1. 0.988  tea#brewing\n    Tea is hot.\n2. 0.500  tea#brewing\n    Tea is old.\n"


def test_no_passages_print_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    print_passages([])
    assert capsys.readouterr().out == ""


@given(words=st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12), min_size=1, max_size=40))
@given_settings(deadline=None, max_examples=60)
def test_a_pipe_gets_every_word_on_one_line(words: list[str]) -> None:
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", out)
        print_answer(answer(AnswerSentence(" ".join(words))), SERVER)
    assert out.getvalue() == " ".join(words) + "\n"
