"""Where columns and tables are, told from places alone."""

from collections.abc import Iterable, Sequence

import pytest

from indexer.readers.page_layout import Column, read_order
from indexer.readers.page_lines import lines_of
from indexer.readers.page_tables import PageTable
from indexer.readers.pdf_page import Page
from indexer.readers.pdf_rules import Rule
from tests.pdf_files import Words, column, grid, run_of

PROSE = (
    "Black tea steeps for three to five minutes in water that has just boiled. Green tea steeps for two minutes in water of eighty "
    "degrees; longer makes it bitter. Mint is no tea in the strict sense of the word, although most shops sell it as such. "
)
MORE = (
    "Ice is water that is frozen. It takes up more room than the water it was made of, which is why pipes burst in winter. Sea ice is "
    "less salty than the sea, since the salt stays behind when the water freezes. Snow is made of small crystals of ice. "
)
THIRD = (
    "Bread is baked from flour, water, salt and yeast. The dough is kneaded, left to rise in a warm place, and baked for forty minutes. "
    "Steam in the oven keeps the crust soft for long enough to let the loaf rise. Old bread makes good soup and better pudding. "
)
ROWS = (("Tea", "Water", "Minutes"), ("Green", "80 degrees", "2"), ("Black", "100 degrees", "3 to 5"), ("White", "75 degrees", "1"))


def parts(words: Iterable[Words], rules: Sequence[Rule] = ()) -> list[Column | PageTable]:
    return read_order(Page(number=1, runs=tuple(map(run_of, words)), rules=tuple(rules), aside=(), pictures=0, unreadable=0))


def ruled(lefts: Sequence[float], heights: Sequence[float]) -> list[Rule]:
    return [Rule(line.x, line.to_y, line.to_x, line.y) for line in grid(lefts, heights)]


def texts(found: Iterable[Column | PageTable]) -> list[str]:
    """Each column as one text; a table as its rows."""
    return [
        " ".join(run.text for line in part.lines for run in line)
        if isinstance(part, Column)
        else "/".join("|".join(" ".join(cell) for cell in row) for row in part.rows)
        for part in found
    ]


def read_on(found: Iterable[Column | PageTable]) -> str:
    """All that is read, in order."""
    return " ".join(texts(found))


def laid_out(rows: Iterable[Sequence[str]], lefts: Sequence[float], top: float = 600, step: float = 14) -> list[Words]:
    """Cells of a line each, on the same baseline in each row."""
    return [
        Words(left, top - step * number, text) for number, row in enumerate(rows) for left, text in zip(lefts, row, strict=True) if text
    ]


def cells(rows: Iterable[Sequence[str]]) -> str:
    return "/".join("|".join(row) for row in rows)


# Lines


def test_runs_on_one_baseline_are_a_line_from_left_to_right() -> None:
    lines = lines_of(map(run_of, [Words(300, 700, "right"), Words(72, 701, "left"), Words(72, 680, "below"), Words(72, 720, "above")]))
    assert [[piece.text for piece in line] for line in lines] == [["above"], ["left", "right"], ["below"]]


def test_a_page_of_nothing_has_no_parts() -> None:
    assert parts([]) == []


# Columns


def test_one_column_is_read_from_the_top_down() -> None:
    assert read_on(parts(column(72, 700, [PROSE, MORE], gap=6))) == f"{PROSE}{MORE}".strip()


@pytest.mark.parametrize("gutter", [12, 18, 30, 60])
@pytest.mark.parametrize("shift", [0, 5])
def test_two_columns_are_read_one_after_the_other(gutter: float, shift: float) -> None:
    room = (468 - gutter) / 2
    right = column(72 + room + gutter, 700 - shift, [MORE * 2], room)
    assert read_on(parts([*column(72, 700, [PROSE * 2], room), *right])) == f"{PROSE * 2}{MORE * 2}".strip()


@pytest.mark.parametrize("gutter", [12, 20])
def test_three_columns_are_read_one_after_the_other(gutter: float) -> None:
    room = (468 - 2 * gutter) / 3
    words = [line for number, text in enumerate((PROSE, MORE, THIRD)) for line in column(72 + number * (room + gutter), 700, [text], room)]
    assert read_on(parts(words)) == f"{PROSE}{MORE}{THIRD}".strip()


def test_a_title_across_two_columns_is_read_first() -> None:
    title = Words(72, 730, "A study of the temperature at which tea is drunk in several countries", 14, bold=True)
    words = [title, *column(72, 700, [PROSE * 2], 225), *column(315, 700, [MORE * 2], 225)]
    assert read_on(parts(words)) == f"{title.text} {PROSE * 2}{MORE * 2}".strip()


def test_a_line_across_two_columns_parts_what_stands_above_from_what_stands_below() -> None:
    title = Words(72, 600, "What the second half of this page, below this line, is all about in the end", 14, bold=True)
    words = [*column(72, 700, [PROSE], 225), *column(315, 700, [MORE], 225), title]
    words += [*column(72, 570, [THIRD], 225), *column(315, 570, [PROSE], 225)]
    assert read_on(parts(words)) == f"{PROSE}{MORE}{title.text} {THIRD}{PROSE}".strip()


def test_a_footer_across_two_columns_is_read_last() -> None:
    note = column(72, 300, [MORE], 468, size=8)
    words = [*column(72, 700, [PROSE * 2], 225), *column(315, 700, [THIRD * 2], 225), *note]
    assert read_on(parts(words)) == f"{PROSE * 2}{THIRD * 2}{MORE}".strip()


def test_columns_of_unequal_length_are_read_one_after_the_other() -> None:
    words = [*column(72, 700, [PROSE * 3], 225), *column(315, 700, [MORE], 225)]
    assert read_on(parts(words)) == f"{PROSE * 3}{MORE}".strip()


def test_a_short_box_beside_the_text_is_not_read_into_its_lines() -> None:
    words = [*column(72, 700, [PROSE * 2], 300), *column(400, 660, [THIRD[:120]], 140)]
    assert PROSE.strip() in read_on(parts(words))
    assert THIRD[:120].strip() in read_on(parts(words))


def test_prose_in_two_columns_is_no_table() -> None:
    assert all(isinstance(part, Column) for part in parts([*column(72, 700, [PROSE * 2], 225), *column(315, 700, [MORE * 2], 225)]))


def test_items_with_bullets_far_from_their_text_are_no_table() -> None:
    items = [
        Words(72 + 20 * (number % 2), 700 - 14 * (number // 2), text) for number, text in enumerate(["•", "kept dry", "•", "kept dark"] * 2)
    ]
    (part,) = parts(items)
    assert isinstance(part, Column)
    assert [[piece.text for piece in line] for line in part.lines] == [["• kept dry"], ["• kept dark"]] * 2


# Ruled tables


LEFTS = [72, 200, 330, 460]


def test_a_ruled_table_is_its_rows_and_cells() -> None:
    words = laid_out(ROWS, [76, 204, 334], top=604, step=20)
    (part,) = parts(words, ruled(LEFTS, [620, 600, 580, 560, 540]))
    assert texts([part]) == [cells(ROWS)]


def test_cells_of_several_lines_are_kept_together() -> None:
    words = [
        *laid_out([("Tea", "How it is made")], [76, 204], top=604),
        *column(76, 584, ["Green"]),
        *column(204, 584, ["Steep it for two minutes in water of eighty degrees"], 120),
        *column(76, 544, ["Black"]),
        *column(204, 544, ["Steep it for three to five minutes"], 120),
    ]
    (part,) = parts(words, ruled([72, 200, 330], [620, 600, 560, 520]))
    assert texts([part]) == [
        "Tea|How it is made/Green|Steep it for two minutes in water of eighty degrees/Black|Steep it for three to five minutes"
    ]


def test_an_empty_cell_stays_empty() -> None:
    rows = (("Tea", "Water", "Minutes"), ("Green", "", "2"), ("", "100 degrees", "3 to 5"))
    (part,) = parts(laid_out(rows, [76, 204, 334], top=604, step=20), ruled(LEFTS, [620, 600, 580, 560]))
    assert texts([part]) == [cells(rows)]


def test_a_table_is_read_where_it_stands() -> None:
    words = [*column(72, 700, [PROSE]), *laid_out(ROWS, [76, 204, 334], top=604, step=20), *column(72, 500, [MORE])]
    assert texts(parts(words, ruled(LEFTS, [620, 600, 580, 560, 540]))) == [PROSE.strip(), cells(ROWS), MORE.strip()]


def test_a_table_without_upright_lines_is_a_table() -> None:
    rules = [Rule(72, height, 460, height) for height in (620, 600, 580, 560, 540)]
    (part,) = parts(laid_out(ROWS, [76, 204, 334], top=604, step=20), rules)
    assert texts([part]) == [cells(ROWS)]


def test_a_table_ruled_above_and_below_only_is_a_table() -> None:
    rules = [Rule(72, height, 460, height) for height in (620, 600, 540)]
    (part,) = parts(laid_out(ROWS, [76, 204, 334], top=604, step=20), rules)
    assert texts([part]) == [cells(ROWS)]


def test_a_frame_around_prose_is_no_table() -> None:
    frame = ruled([60, 550], [720, 640])
    assert texts(parts(column(72, 700, [PROSE]), frame)) == [PROSE.strip()]


def test_a_line_under_a_heading_is_no_table() -> None:
    words = [Words(72, 712, "Tea", 14, bold=True), *column(72, 690, [PROSE])]
    assert texts(parts(words, [Rule(72, 708, 540, 708)])) == [f"Tea {PROSE.strip()}"]


def test_prose_between_two_lines_across_the_page_is_no_table() -> None:
    rules = [Rule(72, 720, 540, 720), Rule(72, 600, 540, 600)]
    assert texts(parts(column(72, 700, [PROSE]), rules)) == [PROSE.strip()]


# Tables without ruled lines


def test_words_that_stand_in_columns_over_several_lines_are_a_table() -> None:
    (part,) = parts(laid_out(ROWS, [72, 200, 330]))
    assert texts([part]) == [cells(ROWS)]


def test_an_unruled_table_among_paragraphs_is_found() -> None:
    words = [*column(72, 700, [PROSE]), *laid_out(ROWS, [72, 200, 330]), *column(72, 500, [MORE])]
    assert texts(parts(words)) == [PROSE.strip(), cells(ROWS), MORE.strip()]


def test_names_and_what_they_stand_for_are_a_table() -> None:
    pairs = (("Name", "Ketamine"), ("Form", "Solution for injection"), ("Dose", "As the doctor says"), ("Keep", "Below 25 degrees"))
    (part,) = parts(laid_out(pairs, [72, 200]))
    assert texts([part]) == [cells(pairs)]


def test_two_lines_of_columns_are_too_few_for_a_table() -> None:
    found = parts(laid_out(ROWS[:2], [72, 200, 330]))
    assert all(isinstance(part, Column) for part in found)
    assert read_on(found) == "Tea Water Minutes Green 80 degrees 2"


@pytest.mark.parametrize("step", [12, 14, 18])
def test_figures_stay_with_their_row(step: float) -> None:
    rows = [("Item", "2023", "2024"), *((f"Tea {number}", f"{number}0", f"{number}5") for number in range(1, 9))]
    (part,) = parts(laid_out(rows, [72, 250, 350], step=step))
    assert texts([part]) == [cells(rows)]
