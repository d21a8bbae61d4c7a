import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.documents import BlockKind, Draft, Place, is_text, lay_out, place_at, plain, slug, visible, well_formed

KINDS: tuple[BlockKind, ...] = ("heading", "paragraph", "item", "header", "row", "code")


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    text = draw(st.text(st.sampled_from("aé7 \n\t.—\U0001f600"), max_size=12))
    offsets = draw(st.lists(st.integers(0, len(text)), max_size=3))
    kind = draw(st.sampled_from(KINDS))
    return Draft(kind, text, level=draw(st.integers(1, 4)), marks=tuple((offset, f"L{offset}") for offset in offsets))


def headings(*levels_and_titles: tuple[int, str]) -> list[Draft]:
    return [Draft("heading", title, level=level) for level, title in levels_and_titles]


def test_a_slug_is_lower_case_with_one_hyphen_for_each_run_of_other_signs() -> None:
    assert slug("Is ketamine -- an Opioid?") == "is-ketamine-an-opioid"


def test_a_slug_drops_straight_and_curly_apostrophes() -> None:
    assert slug("Don't") == slug("Don\N{RIGHT SINGLE QUOTATION MARK}t") == "dont"


def test_a_slug_keeps_letters_of_every_script_and_digits() -> None:
    assert slug("Über_uns 24/7: Что это?") == "über-uns-24-7-что-это"


def test_a_slug_spells_compatibility_letters_out() -> None:
    assert slug("\N{LATIN SMALL LIGATURE FI}ne x\N{SUPERSCRIPT TWO}") == "fine-x2"


def test_the_slug_of_a_text_without_letters_is_section() -> None:
    assert slug("?! …") == slug("") == "section"


@settings(deadline=None, max_examples=60)
@given(st.text())
def test_a_slug_is_its_own_slug_and_has_no_outer_hyphen(text: str) -> None:
    name = slug(text)
    assert slug(name) == name
    assert re.search(r"^-|-$|--|\s|_", name) is None


def test_text_is_anything_with_a_letter_or_digit() -> None:
    assert [is_text("— 7 —"), is_text("é"), is_text("—…!"), is_text("\U0001f600"), is_text("")] == [True, True, False, False, False]


def test_drafts_are_trimmed_and_set_apart_by_blank_lines() -> None:
    assert lay_out([Draft("paragraph", "  One. "), Draft("paragraph", "Two.\n")], "T").text == "One.\n\nTwo."


def test_items_and_rows_stand_on_lines_of_their_own_below_each_other() -> None:
    layout = lay_out([Draft("paragraph", "P"), Draft("item", "a"), Draft("item", "b"), Draft("header", "h"), Draft("row", "r")], "T")
    assert layout.text == "P\n\na\nb\n\nh\nr"


def test_drafts_without_a_letter_or_digit_are_left_out() -> None:
    layout = lay_out([Draft("paragraph", "***"), Draft("paragraph", "One."), Draft("heading", " — ", level=1)], "T")
    assert layout.text == "One."
    assert [block.kind for block in layout.blocks] == ["paragraph"]


def test_a_block_keeps_the_kind_level_and_context_of_its_draft() -> None:
    first, second = lay_out([Draft("heading", "H", level=3), Draft("row", "r", context="Tea Water")], "T").blocks
    assert (first.kind, first.start, first.end, first.level, first.context) == ("heading", 0, 1, 3, "")
    assert (second.kind, second.start, second.end, second.level, second.context) == ("row", 3, 4, 0, "Tea Water")


def test_a_mark_moves_with_its_draft() -> None:
    layout = lay_out([Draft("paragraph", "One."), Draft("paragraph", "  Two. Three.", marks=((6, "A"), (13, "B")))], "T")
    assert layout.labels == ((10, "A"), (17, "B"))
    assert layout.text[:10] == "One.\n\nTwo."


def test_a_mark_in_the_space_around_a_draft_stays_within_its_block() -> None:
    layout = lay_out([Draft("paragraph", "One."), Draft("paragraph", "  Two.  ", marks=((0, "A"), (8, "B")))], "T")
    assert layout.labels == ((6, "A"), (10, "B"))


def test_nothing_laid_out_is_an_empty_text_without_sections() -> None:
    layout = lay_out([Draft("paragraph", " ")], "T")
    assert (layout.text, layout.blocks, layout.sections, layout.labels) == ("", (), (), ())


@settings(deadline=None, max_examples=60)
@given(st.lists(drafts(), max_size=8))
def test_blocks_are_the_trimmed_drafts_and_nothing_but_line_breaks_lies_between(given_drafts: list[Draft]) -> None:
    layout = lay_out(given_drafts, "T")
    expected: list[tuple[str, str]] = []
    blocks = iter(layout.blocks)
    above = ""  # what stands before a mark without words of its own
    for draft in given_drafts:
        if not is_text(draft.text):
            expected += [(above, label) for _, label in draft.marks]
            continue
        block = next(blocks)
        expected += [
            (layout.text[: block.start] + draft.text[:offset].lstrip()[: block.end - block.start], label) for offset, label in draft.marks
        ]
        above = layout.text[: block.end]
    assert [(layout.text[:position], label) for position, label in layout.labels] == expected


@settings(deadline=None, max_examples=60)
@given(st.lists(drafts(), max_size=8))
def test_every_block_lies_in_exactly_one_section_and_section_ids_are_unique(given_drafts: list[Draft]) -> None:
    layout = lay_out(given_drafts, "T")
    for block in layout.blocks:
        assert [section.start <= block.start and block.end <= section.end for section in layout.sections].count(True) == 1
    names = [section.id for section in layout.sections]
    assert len(set(names)) == len(names)


def test_a_section_runs_from_its_heading_to_the_end_of_its_last_block() -> None:
    layout = lay_out(
        [Draft("heading", "A", level=2), Draft("paragraph", "One."), Draft("heading", "B", level=2), Draft("item", "two")], "T"
    )
    assert [layout.text[section.start : section.end] for section in layout.sections] == ["A\n\nOne.", "B\n\ntwo"]


def test_text_above_the_first_heading_is_an_introduction_under_the_title_of_the_document() -> None:
    layout = lay_out([Draft("paragraph", "One."), Draft("heading", "A", level=2)], "All on tea")
    assert [(section.id, section.title, section.start, section.end) for section in layout.sections] == [
        ("introduction", "All on tea", 0, 4),
        ("a", "A", 6, 7),
    ]


def test_a_text_without_headings_is_one_section() -> None:
    layout = lay_out([Draft("paragraph", "One."), Draft("paragraph", "Two.")], "T")
    assert [(section.id, section.title, section.start, section.end) for section in layout.sections] == [("introduction", "T", 0, 10)]


def test_headings_that_say_the_same_are_numbered() -> None:
    sections = lay_out(headings((2, "Risks"), (2, "Risks!"), (2, "risks")), "T").sections
    assert [section.id for section in sections] == ["risks", "risks-2", "risks-3"]


def test_a_number_that_another_heading_has_taken_is_passed_over() -> None:
    sections = lay_out(headings((2, "Risks 2"), (2, "Risks"), (2, "Risks")), "T").sections
    assert [section.id for section in sections] == ["risks-2", "risks", "risks-3"]


def test_a_hundred_thousand_headings_that_say_the_same_have_ids_of_their_own() -> None:
    sections = lay_out(headings(*[(2, "Risks")] * 100_000), "T").sections
    assert [section.id for section in sections] == ["risks", *(f"risks-{number}" for number in range(2, 100_001))]


def test_a_heading_called_introduction_does_not_take_the_id_of_the_opening_text() -> None:
    sections = lay_out([Draft("paragraph", "One."), *headings((2, "Introduction"))], "T").sections
    assert [section.id for section in sections] == ["introduction", "introduction-2"]


def test_parents_are_the_headings_a_section_stands_under() -> None:
    sections = lay_out(headings((1, "A"), (2, "B"), (4, "C"), (3, "D"), (2, "E"), (1, "F")), "T").sections
    assert [section.parents for section in sections] == [(), ("A",), ("A", "B"), ("A", "B"), ("A",), ()]


def test_what_nobody_sees_is_taken_out_of_a_text() -> None:
    assert visible("\ufefftea\u00adpot \u200bis\u2060 hot\u00a0.") == "teapot is hot\u00a0."


def test_halves_of_a_surrogate_pair_are_joined_or_replaced() -> None:
    assert well_formed("tea \ud83d\ude00 \ud83d hot") == "tea \U0001f600 \ufffd hot"


def test_a_page_starts_where_its_first_words_stand_in_the_text() -> None:
    layout = lay_out(
        [
            Draft("paragraph", " One. Two.", places=((0, 3), (6, 4))),
            Draft("paragraph", "***", places=((0, 5),)),
            Draft("paragraph", "Three.", places=((0, 4),)),
            Draft("item", "Four.", places=((0, 6),)),
        ],
        "T",
    )
    assert layout.text == "One. Two.\n\nThree.\n\nFour."
    assert layout.places == (Place(0, 3), Place(5, 4), Place(19, 6))
    assert [place_at(layout.places, position) for position in (0, 4, 5, 11, 18, 19, 99)] == [3, 3, 4, 4, 4, 6, 6]


def test_a_document_without_pages_has_no_page_anywhere() -> None:
    assert place_at((), 7) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("K-hole: what's THAT?!", "k hole whats that"),
        ("don\N{RIGHT SINGLE QUOTATION MARK}t_stop", "dont stop"),
        ("  \N{FULLWIDTH LATIN CAPITAL LETTER X}anax\n2 ", "xanax 2"),
        ("Stra\N{LATIN SMALL LETTER SHARP S}e", "strasse"),
        ("?!", ""),
    ],
)
def test_plain_words_are_what_two_spellings_of_a_question_share(text: str, words: str) -> None:
    assert plain(text) == words
