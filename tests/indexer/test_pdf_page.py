"""What pdfium says of a page, in upright points."""

from collections.abc import Sequence

import pypdfium2
import pytest

from indexer.readers.pdf_page import Page, read_page
from indexer.readers.pdf_rules import Rule
from tests.pdf_files import Drawn, Picture, Stroke, Turned, Words, grid, pdf, width


def page_of(*drawn: Drawn, rotate: int = 0, garbled: bool = False) -> Page:
    return pages_of([drawn], rotate, garbled)[0]


def pages_of(pages: Sequence[Sequence[Drawn]], rotate: int = 0, garbled: bool = False) -> list[Page]:
    document = pypdfium2.PdfDocument(pdf(*pages, rotate=rotate, garbled=garbled))
    try:
        return [read_page(document, number) for number in range(1, len(document) + 1)]
    finally:
        document.close()


def texts(*drawn: Drawn) -> list[str]:
    return [run.text for run in page_of(*drawn).runs]


def test_a_line_is_a_run_of_words_with_their_places() -> None:
    (run,) = page_of(Words(72, 700, "Green tea", 12)).runs
    assert (run.text, run.bottom, run.size, run.is_bold) == ("Green tea", 700, 12, False)
    assert [word.text for word in run.words] == ["Green", "tea"]
    assert run.left == pytest.approx(72, abs=0.1)
    assert run.words[0].right == pytest.approx(72 + width("Green", 12), abs=0.1)
    assert run.words[1].left == pytest.approx(72 + width("Green ", 12), abs=0.1)
    assert run.right == pytest.approx(72 + width("Green tea", 12), abs=0.1)


def test_bold_letters_are_told_by_their_font() -> None:
    assert [run.is_bold for run in page_of(Words(72, 700, "Tea", bold=True), Words(72, 680, "Ice")).runs] == [True, False]


def test_lines_come_from_the_top_whatever_the_order_they_were_drawn_in() -> None:
    assert texts(Words(72, 600, "three"), Words(72, 700, "one"), Words(72, 650, "two")) == ["one", "two", "three"]


def test_words_drawn_apart_on_a_line_are_one_run() -> None:
    assert texts(Words(72, 700, "Green"), Words(72 + width("Green "), 700, "tea")) == ["Green tea"]


def test_letters_drawn_apart_are_one_word() -> None:
    assert texts(Words(72, 700, "Gre"), Words(72 + width("Gre"), 700, "en")) == ["Green"]


def test_a_wide_gap_parts_two_runs() -> None:
    assert texts(Words(72, 700, "Green"), Words(200, 700, "80 degrees")) == ["Green", "80 degrees"]


def test_a_gap_instead_of_a_space_parts_two_words() -> None:
    assert texts(Words(72, 700, "Green"), Words(72 + width("Green") + 2.8, 700, "tea")) == ["Green tea"]


def test_letters_s_p_a_c_e_d_out_are_words() -> None:
    x, words = 72.0, []
    for sign in "GREEN TEA":
        words += [Words(x, 700, sign)] if sign != " " else []
        x += width(sign) + 2
    assert texts(*words) == ["GREEN TEA"]


@pytest.mark.parametrize("text", ["5 mg a day", "1 to 2 g", "a b c d", "I V 5 g"])
def test_short_words_keep_the_spaces_between_them(text: str) -> None:
    assert texts(Words(72, 700, text)) == [text]


def test_a_raised_figure_is_raised() -> None:
    assert texts(Words(72, 700, "Tea is hot."), Words(72 + width("Tea is hot."), 704, "12", 6)) == ["Tea is hot.\u00b9\u00b2"]


def test_signs_beyond_ascii_are_what_they_are() -> None:
    assert texts(Words(72, 700, "Café – “une ½ tasse” ± 30 °C, 500 µg, 20 €")) == ["Café – “une ½ tasse” ± 30 °C, 500 µg, 20 €"]


def test_what_stands_outside_the_page_is_not_there() -> None:
    assert texts(Words(72, 700, "Tea"), Words(72, 900, "Above"), Words(-200, 600, "Left")) == ["Tea"]


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_a_page_that_is_shown_turned_reads_the_same(rotate: int) -> None:
    drawn = (Words(72, 700, "Green tea"), Words(72, 680, "is hot."))
    assert [run.text for run in page_of(*drawn, rotate=rotate).runs] == ["Green tea", "is hot."]


def test_ruled_lines_are_given_with_their_ends() -> None:
    page = page_of(Stroke(72, 600, 300, 600), Stroke(72, 500, 72, 600))
    across, upright = sorted(page.rules, key=lambda rule: not rule.is_across)
    for rule, ends in ((across, (72, 600, 300, 600)), (upright, (72, 500, 72, 600))):
        assert (rule.left, rule.bottom, rule.right, rule.top) == pytest.approx(ends, abs=1.1)
    assert (across.is_across, upright.is_across) == (True, False)


def test_short_and_slanting_strokes_are_no_ruled_lines() -> None:
    assert page_of(Stroke(72, 600, 80, 600), Stroke(72, 500, 300, 600)).rules == ()


def test_a_grid_has_every_line() -> None:
    rules = page_of(*grid([72, 150, 300], [700, 650, 600, 550])).rules
    assert (sum(rule.is_across for rule in rules), sum(not rule.is_across for rule in rules)) == (4, 3)


def test_pictures_are_counted() -> None:
    assert [(page.runs, page.pictures) for page in pages_of([[], [Picture()], [Picture(), Picture()]])] == [((), 0), ((), 1), ((), 2)]


def test_pages_are_numbered_from_one() -> None:
    assert [(page.number, page.runs[0].text) for page in pages_of([[Words(72, 700, "a")], [Words(72, 700, "b")]])] == [(1, "a"), (2, "b")]


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_text_that_runs_in_another_direction_stands_aside(angle: int) -> None:
    page = page_of(Words(72, 700, "Tea is hot."), Turned(300, 400, "Ice is not.", angle))
    assert ([run.text for run in page.runs], page.aside) == (["Tea is hot."], ("Ice is not.",))


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_page_whose_text_all_runs_in_another_direction_is_read_along_it(angle: int) -> None:
    step = {90: (12, 0), 180: (0, 12), 270: (-12, 0)}[angle]
    lines = [Turned(300 + step[0] * number, 400 + step[1] * number, text, angle) for number, text in enumerate(("one tea", "two", "three"))]
    page = page_of(*lines)
    assert ([run.text for run in page.runs], page.aside) == (["one tea", "two", "three"], ())


def test_an_empty_page_has_nothing() -> None:
    assert page_of() == Page(number=1, runs=(), rules=(), aside=(), pictures=0, unreadable=0)


def test_signs_whose_letter_the_font_does_not_say_are_counted() -> None:
    page = page_of(Words(72, 700, "abcd"), garbled=True)
    assert page.unreadable == 4


def test_a_rule_is_across_where_it_is_wider_than_high() -> None:
    assert (Rule(0, 0, 9, 1).is_across, Rule(0, 0, 1, 9).is_across) == (True, False)
