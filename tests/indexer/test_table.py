import pytest

from indexer.documents import Draft
from indexer.readers.table import Cell, is_layout, table_drafts


def rows(*texts: tuple[str, ...]) -> list[list[Cell]]:
    return [[Cell(text) for text in row] for row in texts]


def test_a_row_is_one_line_and_has_the_header_as_context() -> None:
    assert table_drafts(rows(("Tea", "Water"), ("Green", "80"), ("Black", "100"))) == [
        Draft("header", "Tea | Water"),
        Draft("row", "Green | 80", context="Tea Water"),
        Draft("row", "Black | 100", context="Tea Water"),
    ]


@pytest.mark.parametrize(
    "first",
    [
        ("Green", "80 degrees"),  # a figure
        ("Green", "about (80)."),  # a sentence
        ("Green", "$5"),
        ("Green", ""),  # one name alone
        ("Green", "x" * 61),
    ],
)
def test_a_first_row_that_looks_like_the_others_is_no_header(first: tuple[str, str]) -> None:
    assert [draft.kind for draft in table_drafts(rows(first, ("Black", "100")))] == ["row", "row"]


def test_a_row_alone_is_no_header() -> None:
    assert table_drafts(rows(("Tea", "Water"))) == [Draft("row", "Tea | Water")]
    assert table_drafts(rows(("Tea", "Water"), ("", ""))) == [Draft("row", "Tea | Water")]


def test_what_somebody_says_of_the_first_row_goes_before_its_looks() -> None:
    assert [draft.kind for draft in table_drafts(rows(("1", "2"), ("a", "b")), has_header=True)] == ["header", "row"]
    assert [draft.kind for draft in table_drafts(rows(("Tea", "Water"), ("a", "b")), has_header=False)] == ["row", "row"]


def test_an_empty_cell_keeps_the_others_in_their_columns() -> None:
    assert [draft.text for draft in table_drafts(rows(("Tea", "", "Water"), ("", "80", "")))] == ["Tea | - | Water", "- | 80 | -"]


def test_rows_without_words_are_left_out_wherever_they_stand() -> None:
    assert table_drafts(rows(("", ""), ("Tea", "Water"), ("", ""), ("Green", "80"))) == [
        Draft("header", "Tea | Water"),
        Draft("row", "Green | 80", context="Tea Water"),
    ]


def test_a_table_without_words_has_no_drafts() -> None:
    assert table_drafts([]) == table_drafts(rows(("", ""))) == []


def test_marks_count_from_the_start_of_the_row() -> None:
    row = [Cell("Green", ((5, "A"),)), Cell("", ((0, "B"),)), Cell("80", ((1, "C"), (2, "D")))]
    (draft,) = table_drafts([row])
    assert (draft.text, draft.marks) == ("Green | - | 80", ((5, "A"), (8, "B"), (13, "C"), (14, "D")))


def test_a_cell_that_goes_on_from_above_is_found_by_its_words_and_not_quoted() -> None:
    table = [*rows(("Tea", "Water"), ("Green", "80")), [Cell("", carried="Green"), Cell("90")]]
    assert table_drafts(table)[2] == Draft("row", "- | 90", context="Tea Water Green")


def test_rows_keep_the_page_they_stand_on_when_others_are_left_out() -> None:
    drafts = table_drafts(rows(("Tea", "Water"), ("", ""), ("Green", "80")), places=[4, 4, 5])
    assert [draft.places for draft in drafts] == [((0, 4),), ((0, 5),)]


@pytest.mark.parametrize(
    ("table", "lays_out"),
    [
        ([], True),
        (rows(("Tea", "Water")), True),
        (rows(("Tea",), ("Water",)), True),
        (rows(("Tea", "Water"), ("Green", "80")), False),
        (rows(("Tea", "Water"), ("Green", "x" * 600)), False),
        (rows(("Tea", "Water"), ("Green", "x" * 601)), True),
    ],
)
def test_a_single_row_or_column_and_cells_as_long_as_paragraphs_lay_out_a_page(table: list[list[Cell]], lays_out: bool) -> None:
    assert is_layout(table) is lays_out


def test_a_header_without_words_is_still_the_header() -> None:
    assert table_drafts(rows(("", ""), ("Green", "80"), ("Black", "100")), has_header=True) == [
        Draft("row", "Green | 80"),
        Draft("row", "Black | 100"),
    ]
