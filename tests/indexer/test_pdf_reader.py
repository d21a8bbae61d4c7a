"""PDF files to documents: reading order, running heads, headings, tables over pages, and the page of every sentence."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from indexer.documents import Document, Draft, place_at
from indexer.errors import DocumentError
from indexer.readers import pdf as module
from indexer.readers.pdf import read_pdf
from tests.pdf_files import Drawn, Garbled, Picture, Turned, Words, column, grid, pdf, wrapped
from tests.small_corpus import entries, read

TEA = (
    "Black tea steeps for three to five minutes in water that has just boiled. Green tea steeps for two minutes in water of eighty "
    "degrees; longer makes it bitter. Mint is no tea in the strict sense of the word, although most shops sell it as such."
)
ICE = (
    "Ice is water that is frozen. It takes up more room than the water it was made of, which is why pipes burst in winter. Sea ice is "
    "less salty than the sea, since the salt stays behind when the water freezes."
)
BREAD = (
    "Bread is baked from flour, water, salt and yeast. The dough is kneaded, left to rise in a warm place, and baked for forty minutes. "
    "Steam in the oven keeps the crust soft for long enough to let the loaf rise."
)
SNOW = "Snow is made of small crystals of ice. It is white because it scatters light of every colour, and it is quiet because it is soft."
WAY_OUT = "run OCR over it (for example ocrmypdf) and index what that gives"
ROWS = (("Tea", "Water"), ("Green", "80 degrees"), ("Black", "100 degrees"), ("White", "75 degrees"))


def drafts(*pages: Sequence[Drawn]) -> list[Draft]:
    return read_pdf(pdf(*pages), "x.pdf").drafts


def texts(*pages: Sequence[Drawn]) -> list[tuple[str, str]]:
    return [(draft.kind, draft.text) for draft in drafts(*pages)]


def refused(content: bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        read_pdf(content, "x.pdf")
    return str(caught.value)


def body(*paragraphs: str, top: float = 700) -> list[Words]:
    return column(72, top, paragraphs, gap=8)


def table(rows: Sequence[Sequence[str]], top: float) -> list[Drawn]:
    """A ruled table of two columns whose upper edge is there."""
    lines = grid([72, 300, 540], [top - 20 * number for number in range(len(rows) + 1)])
    return [*lines, *(Words(76 + 228 * place, top - 14 - 20 * n, text) for n, row in enumerate(rows) for place, text in enumerate(row))]


def pages_of(document: Document, quote: str) -> tuple[int | None, int | None]:
    """The pages that a quotation begins and ends on."""
    start = document.text.index(quote)
    return place_at(document.pages, start), place_at(document.pages, start + len(quote) - 1)


# Paragraphs and pages


def test_a_page_of_paragraphs_is_read_as_paragraphs() -> None:
    assert drafts(body(TEA, ICE)) == [Draft("paragraph", TEA, places=((0, 1),)), Draft("paragraph", ICE, places=((0, 1),))]


def test_every_sentence_has_its_page(tmp_path: Path) -> None:
    document = read(tmp_path, "x.pdf", pdf(body(TEA), body(ICE), [], body(BREAD)))
    assert document.text == f"{TEA}\n\n{ICE}\n\n{BREAD}"
    assert [pages_of(document, text) for text in (TEA, ICE, BREAD)] == [(1, 1), (2, 2), (4, 4)]


def test_a_paragraph_that_runs_over_a_page_is_one_and_knows_both(tmp_path: Path) -> None:
    lines = wrapped(TEA, 468)
    first = [Words(72, 100 - 12 * number, line) for number, line in enumerate(lines[:2])]
    second = [Words(72, 700, lines[2]), *body(ICE, top=680)]
    assert lines[2][0].islower()
    document = read(tmp_path, "x.pdf", pdf(first, second))
    assert document.text == f"{TEA}\n\n{ICE}"
    assert pages_of(document, TEA) == (1, 2)
    assert pages_of(document, " ".join(lines[:2])) == (1, 1)
    assert pages_of(document, lines[2]) == (2, 2)


def test_a_word_cut_at_the_end_of_a_page_is_whole() -> None:
    assert texts(
        [Words(72, 100, "Nobody knows since when people have been drinking tea, for it is not writ-")], body("ten down anywhere.")
    ) == [("paragraph", "Nobody knows since when people have been drinking tea, for it is not written down anywhere.")]


def test_a_paragraph_that_ended_does_not_go_on_on_the_next_page() -> None:
    small = "pH strips are sold by most shops that sell tea."
    assert texts(body(TEA), body(ICE), body(small)) == [("paragraph", TEA), ("paragraph", ICE), ("paragraph", small)]


def test_two_columns_are_read_one_after_the_other() -> None:
    assert texts([*column(72, 700, [TEA], 225), *column(315, 700, [ICE], 225)]) == [("paragraph", TEA), ("paragraph", ICE)]


def test_a_turned_page_is_read_like_any_other() -> None:
    assert [draft.text for draft in read_pdf(pdf(body(TEA, ICE), rotate=90), "x").drafts] == [TEA, ICE]


def test_items_have_the_line_that_leads_into_them_as_context() -> None:
    drawn = [Words(72, 700, "Tea keeps when it is:"), Words(84, 684, "• kept dry"), Words(84, 670, "• kept away from light")]
    assert drafts([*drawn, *body(ICE, top=640)])[:3] == [
        Draft("paragraph", "Tea keeps when it is:", places=((0, 1),)),
        Draft("item", "kept dry", context="Tea keeps when it is:", places=((0, 1),)),
        Draft("item", "kept away from light", context="Tea keeps when it is:", places=((0, 1),)),
    ]


# Running heads and page numbers


@pytest.mark.parametrize("number", ["{}", "Page {}", "- {} -", "{} of 3", "Page {} / 3"])
def test_running_heads_and_page_numbers_are_no_text(number: str) -> None:
    pages = [
        [Words(72, 750, "The tea board handbook, second edition", 8), *body(text), Words(300, 40, number.format(place), 8)]
        for place, text in enumerate((TEA, ICE, BREAD), start=1)
    ]
    assert texts(*pages) == [("paragraph", TEA), ("paragraph", ICE), ("paragraph", BREAD)]


def test_running_heads_that_change_sides_are_no_text() -> None:
    pages = [
        [Words(72 if place % 2 else 400, 750, "The tea board handbook", 8), *body(text)]
        for place, text in enumerate((TEA, ICE, BREAD, SNOW), start=1)
    ]
    assert [draft.text for draft in drafts(*pages)] == [TEA, ICE, BREAD, SNOW]


def test_a_running_head_of_several_lines_is_no_text() -> None:
    head = [Words(72, 750, "The tea board handbook", 8), Words(72, 740, "Second edition, for libraries", 8)]
    assert [draft.text for draft in drafts(*([*head, *body(text)] for text in (TEA, ICE, BREAD)))] == [TEA, ICE, BREAD]


@pytest.mark.parametrize("number", ["1", "Page 1", "1 / 1"])
def test_the_number_of_the_only_page_is_no_text(number: str) -> None:
    assert [draft.text for draft in drafts([*body(TEA), Words(300, 40, number, 8)])] == [TEA]


def test_a_document_of_one_page_keeps_its_first_and_last_line() -> None:
    first, last = "Tea board of the south", "Ask the board for advice."
    found = [draft.text for draft in drafts([Words(72, 750, first), *body(TEA), Words(72, 40, last)])]
    assert found == [first, TEA, last]


def test_lines_that_only_one_page_has_stay() -> None:
    pages = [[Words(72, 750, f"{name} is a matter of its own"), *body(text)] for name, text in (("Tea", TEA), ("Ice", ICE))]
    assert [draft.text for draft in drafts(*pages)] == ["Tea is a matter of its own", TEA, "Ice is a matter of its own", ICE]


def test_body_text_at_the_height_of_what_repeats_stays() -> None:
    tops = ("Summary", "Water is heated until it boils and", "Summary")
    texts = [(TEA, ICE, BREAD, SNOW), (ICE, BREAD, SNOW, TEA), (BREAD, SNOW, TEA, ICE)]
    pages = [[Words(72, 700, top), *column(72, 688, text, gap=6)] for top, text in zip(tops, texts, strict=True)]
    said = [" ".join((top, *text)) for top, text in zip(tops, texts, strict=True)]
    assert " ".join(draft.text for draft in drafts(*pages)) == " ".join(said)


def test_lines_that_differ_by_a_number_and_are_spaced_alike_stay() -> None:
    steps = [[f"Step {3 * page + number} of brewing is done by hand." for number in range(3)] for page in range(3)]
    pages = [
        [*(Words(72, 700 - 12 * number, step) for number, step in enumerate(own)), *column(72, 664, [TEA, ICE, BREAD, SNOW], gap=6)]
        for own in steps
    ]
    said = " ".join(draft.text for draft in drafts(*pages))
    assert [step for own in steps for step in own if step not in said] == []


def test_a_document_that_says_nearly_the_same_on_every_page_keeps_its_text() -> None:
    pages = [
        [Words(72, 700, f"Cup {number} holds tea."), Words(72, 600, "It is hot."), Words(72, 400, f"{number} g")] for number in (1, 2, 3)
    ]
    assert " ".join(draft.text for draft in drafts(*pages)) == " ".join(
        f"Cup {number} holds tea. It is hot. {number} g" for number in (1, 2, 3)
    )


# Text that runs in another direction


def test_a_watermark_on_every_page_is_no_text() -> None:
    mark = Turned(200, 300, "DRAFT COPY", 45)
    assert [draft.text for draft in drafts([*body(TEA), mark], [*body(ICE), mark])] == [TEA, ICE]


def test_turned_text_on_one_page_is_kept_behind_the_others() -> None:
    found = [draft.text for draft in drafts([*body(TEA), Turned(200, 300, "cups per day", 45)], body(ICE))]
    assert found == [TEA, "cups per day", ICE]


# Headings


def test_larger_letters_are_headings_by_their_size() -> None:
    drawn = [
        Words(72, 740, "All on tea", 20),
        Words(72, 715, "Green tea", 14),
        *body(TEA, top=690),
        Words(72, 620, "Black tea", 14),
        *body(ICE, top=600),
        Words(72, 540, "Late black tea", 12),
        *body(BREAD, top=520),
    ]
    assert [(draft.text, draft.level) for draft in drafts(drawn) if draft.kind == "heading"] == [
        ("All on tea", 1),
        ("Green tea", 2),
        ("Black tea", 2),
        ("Late black tea", 3),
    ]


def test_bold_lines_are_headings_below_the_larger_ones() -> None:
    drawn = [
        Words(72, 740, "All on tea", 20),
        Words(72, 715, "Green tea", bold=True),
        *body(TEA, top=700),
        Words(72, 620, "Black tea", bold=True),
        *body(ICE, top=605),
    ]
    assert [(draft.kind, draft.text, draft.level) for draft in drafts(drawn)] == [
        ("heading", "All on tea", 1),
        ("heading", "Green tea", 2),
        ("paragraph", TEA, 0),
        ("heading", "Black tea", 2),
        ("paragraph", ICE, 0),
    ]


def test_a_heading_over_two_lines_is_one() -> None:
    drawn = [Words(72, 740, "All that there is to be said on", 20), Words(72, 716, "tea and on ice", 20), *body(TEA, ICE)]
    assert texts(drawn)[0] == ("heading", "All that there is to be said on tea and on ice")


def test_a_bold_paragraph_and_a_large_sentence_are_no_headings() -> None:
    bold = [words._replace(bold=True) for words in column(72, 700, [TEA], 400)]
    large = Words(72, 600, "Ask the board for advice.", 14)
    assert [kind for kind, _ in texts([*bold, large, *body(ICE, BREAD, top=560)])] == ["paragraph"] * 4


def test_the_largest_heading_on_top_is_the_title(tmp_path: Path) -> None:
    drawn = [Words(72, 740, "All on tea", 20), Words(72, 715, "Green tea", 14), *body(TEA, ICE, top=690)]
    document = read(tmp_path, "x.pdf", pdf(drawn))
    assert (document.id, document.title, document.text) == ("x", "All on tea", f"Green tea\n\n{TEA}\n\n{ICE}")
    assert [section.id for section in document.sections] == ["green-tea"]


# Tables


def test_a_ruled_table_is_a_header_and_rows() -> None:
    assert drafts([*body(TEA), *table(ROWS, 600), *body(ICE, top=480)]) == [
        Draft("paragraph", TEA, places=((0, 1),)),
        Draft("header", "Tea | Water", places=((0, 1),)),
        Draft("row", "Green | 80 degrees", context="Tea Water", places=((0, 1),)),
        Draft("row", "Black | 100 degrees", context="Tea Water", places=((0, 1),)),
        Draft("row", "White | 75 degrees", context="Tea Water", places=((0, 1),)),
        Draft("paragraph", ICE, places=((0, 1),)),
    ]


@pytest.mark.parametrize("repeated", [True, False])
def test_a_table_over_two_pages_is_one_with_the_header_once(repeated: bool) -> None:
    more = (("Oolong", "90 degrees"), ("Mint", "100 degrees"))
    second = table((ROWS[0], *more) if repeated else more, 720)
    found = drafts([*body(TEA), *table(ROWS, 200)], [*second, *body(ICE, top=600)])
    assert [(draft.text, draft.context, draft.places) for draft in found[1:-1]] == [
        ("Tea | Water", "", ((0, 1),)),
        ("Green | 80 degrees", "Tea Water", ((0, 1),)),
        ("Black | 100 degrees", "Tea Water", ((0, 1),)),
        ("White | 75 degrees", "Tea Water", ((0, 1),)),
        ("Oolong | 90 degrees", "Tea Water", ((0, 2),)),
        ("Mint | 100 degrees", "Tea Water", ((0, 2),)),
    ]


def test_two_tables_on_consecutive_pages_stay_two() -> None:
    other = (("Bread", "Oven"), ("Rye", "hot"), ("Wheat", "hotter"))
    assert [(draft.kind, draft.text, draft.context) for draft in drafts([*body(TEA), *table(ROWS, 200)], table(other, 720))[1:]] == [
        ("header", "Tea | Water", ""),
        ("row", "Green | 80 degrees", "Tea Water"),
        ("row", "Black | 100 degrees", "Tea Water"),
        ("row", "White | 75 degrees", "Tea Water"),
        ("header", "Bread | Oven", ""),
        ("row", "Rye | hot", "Bread Oven"),
        ("row", "Wheat | hotter", "Bread Oven"),
    ]


def test_a_word_cut_within_a_cell_is_whole() -> None:
    lines = grid([72, 300, 540], [600, 580, 540, 520])
    words = [
        Words(76, 586, "Tea"),
        Words(304, 586, "Water"),
        Words(76, 566, "Green"),
        Words(304, 566, "eighty de-"),
        Words(304, 554, "grees"),
    ]
    found = texts([*lines, *words, Words(76, 526, "Black"), Words(304, 526, "hot")])
    assert found == [("header", "Tea | Water"), ("row", "Green | eighty degrees"), ("row", "Black | hot")]


# What cannot be read


def test_pictures_of_pages_hold_no_text() -> None:
    assert refused(pdf([Picture()], [Picture()])) == f"x.pdf: holds no text, only pictures of pages; {WAY_OUT}"


def test_empty_pages_hold_no_text() -> None:
    assert refused(pdf([], [])) == f"x.pdf: holds no text, only empty pages; {WAY_OUT}"


def test_pages_that_are_pictures_among_others_are_noted(tmp_path: Path) -> None:
    (entry,) = entries(tmp_path, "x.pdf", pdf(body(TEA), [Picture()], [], [Picture(), *body(ICE)], [Picture()]))
    assert isinstance(entry.result, Document)
    assert entry.result.text == f"{TEA}\n\n{ICE}"
    assert entry.notes == (f"no text on page 2, 5, only pictures; {WAY_OUT}", "nothing on page 3; look whether that is so")


def test_fonts_that_do_not_say_which_letters_they_draw_are_refused() -> None:
    assert refused(pdf(body(TEA), garbled=True)) == f"x.pdf: its fonts do not say which letters they draw; {WAY_OUT}"


def test_a_few_signs_that_the_font_does_not_say_are_noted() -> None:
    manuscript = read_pdf(pdf([*body(TEA), Garbled(72, 500, "xyz")]), "x.pdf")
    (note,) = manuscript.notes
    assert note.startswith("3 of ")
    assert note.endswith(" signs may be wrong, as a font does not say which letters it draws; look it over")


def test_more_than_a_tenth_that_the_font_does_not_say_is_refused() -> None:
    line = refused(pdf([*body(TEA), Garbled(72, 500, "x" * (len(TEA) // 7))]))
    assert line == f"x.pdf: its fonts do not say which letters they draw; {WAY_OUT}"


def test_a_text_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_TEXT", 100)
    line = refused(pdf(body(TEA)))
    assert line == "x.pdf: holds more than 100 characters by page 1, and that is the limit; split it into several documents"


WHOLE = pdf(body(TEA), body(ICE))


@pytest.mark.parametrize("content", [b"", b"Tea is hot.", b"%PDF-1.4\n", b"%PDF-1.4\n%%EOF\n", WHOLE[:40], b"PK\x03\x04" + WHOLE[200:400]])
def test_what_is_no_pdf_is_refused_in_one_line(content: bytes) -> None:
    line = refused(content)
    assert line.startswith("x.pdf: cannot be read as PDF (")
    assert line.endswith("); open it in a viewer and print it to a new PDF")
    assert "\n" not in line


def test_a_file_cut_short_is_read_or_refused() -> None:
    for size in range(0, len(WHOLE), 97):
        try:
            said = " ".join(draft.text for draft in read_pdf(WHOLE[:size], "x.pdf").drafts)
        except DocumentError as error:
            assert str(error).startswith("x.pdf: ")
        else:
            assert said in (f"{TEA} {ICE}", TEA)


def test_whatever_byte_is_broken_the_file_is_read_or_refused() -> None:
    for place in range(0, len(WHOLE), 29):
        broken = bytearray(WHOLE)
        broken[place] ^= 0xFF
        try:
            read_pdf(bytes(broken), "x.pdf")
        except DocumentError as error:
            assert str(error).startswith("x.pdf: ")
