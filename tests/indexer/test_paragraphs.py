"""Lines to paragraphs, told from where they begin and end."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.readers.page_lines import lines_of
from indexer.readers.paragraphs import Paragraph, joined, paragraphs_of, words_of
from tests.pdf_files import Words, column, run_of, width, wrapped

TEA = (
    "Black tea steeps for three to five minutes in water that has just boiled. Green tea steeps for two minutes in water of eighty "
    "degrees; longer makes it bitter. Mint and Camomile are no teas in the strict sense of the word, although most shops sell them as such."
)
ICE = (
    "Ice is water that is frozen. It takes up more room than the water it was made of, which is why pipes burst in winter. "
    "Sea ice is less salty than the sea, since the salt stays behind when the water freezes."
)


def paragraphs(*words: Words) -> list[Paragraph]:
    return paragraphs_of(lines_of(map(run_of, words)), 1)


def texts(*words: Words) -> list[str]:
    return [" ".join(paragraph.lines) for paragraph in paragraphs(*words)]


# Paragraphs


def test_lines_below_each_other_are_one_paragraph() -> None:
    (paragraph,) = paragraphs(*column(72, 700, [TEA]))
    assert " ".join(paragraph.lines) == TEA
    assert len(paragraph.lines) > 2
    assert paragraph.pages == [1] * len(paragraph.lines)
    assert (paragraph.size, paragraph.is_bold, paragraph.is_item, paragraph.ends) == (10, False, False, True)


@pytest.mark.parametrize("room", [200, 300, 468])
@pytest.mark.parametrize("gap", [6, 12])
def test_white_space_parts_paragraphs(room: float, gap: float) -> None:
    assert texts(*column(72, 700, [TEA, ICE, TEA], room, gap=gap)) == [TEA, ICE, TEA]


@pytest.mark.parametrize("indent", [10, 15, 30])
def test_an_indented_line_begins_a_paragraph(indent: float) -> None:
    full = [text[:140] for text in (TEA, ICE, TEA, ICE)]
    assert {len(wrapped(text, 468, indent=indent)) for text in full} == {2}
    assert texts(*column(72, 700, full, indent=indent)) == [" ".join(text.split()) for text in full]


def test_an_indented_line_begins_a_paragraph_below_a_line_that_is_full() -> None:
    full = ["Tea is drunk hot by almost everybody in winter.", "Some take it with milk, some with lemon, none both."]
    room = max(map(width, full))
    lines = [Words(72, 700 - 12 * number, line) for number, line in enumerate(full)]
    assert room - width(full[1]) < 1
    assert texts(*lines, Words(87, 676, "Ice is water that is"), Words(72, 664, "frozen.")) == [
        " ".join(full),
        "Ice is water that is frozen.",
    ]


def test_paragraphs_of_three_lines_stay_whole_and_the_next_is_parted_by_its_indent() -> None:
    lines = [
        Words(84, 700, "Tea is drunk hot by almost everybody in winter,"),
        Words(72, 688, "some take it with milk, some take it with lemon,"),
        Words(72, 676, "and nobody that we have ever met takes it with b"),
        Words(84, 664, "Ice is drunk by nobody at all in any of winters,"),
        Words(72, 652, "though some have it in a glass of water in June,"),
        Words(72, 640, "and others take it with a slice of green lemon b"),
    ]
    first, second = texts(*lines)
    assert first == " ".join(words.text for words in lines[:3])
    assert second == " ".join(words.text for words in lines[3:])


def test_a_line_that_ended_before_it_had_to_ends_its_paragraph() -> None:
    short = "Tea is drunk all over the world, and nobody knows exactly since when people have done so, for want of sources. None."
    assert len(wrapped(short, 468)) == 2
    assert texts(*column(72, 700, [short, TEA, ICE])) == [short, TEA, ICE]


def test_a_line_that_ended_early_goes_on_where_the_next_begins_with_a_small_letter() -> None:
    assert texts(Words(72, 700, "Tea is drunk"), Words(72, 688, "all over the world, " + ICE[:60]), Words(72, 676, ICE[60:140])) == [
        f"Tea is drunk all over the world, {ICE[:60].strip()} {ICE[60:140].strip()}"
    ]


def test_other_letters_begin_another_paragraph() -> None:
    small = [words._replace(size=7) for words in column(72, 660, ["tea board handbook, second edition"])]
    assert texts(*column(72, 700, [TEA])[:2], *small)[-1] == "tea board handbook, second edition"


def test_a_bold_line_above_ordinary_ones_is_a_paragraph_of_its_own() -> None:
    first, second = paragraphs(Words(72, 712, "Green tea", bold=True), *column(72, 700, [TEA]))
    assert (first.lines, first.is_bold, second.is_bold) == (["Green tea"], True, False)


def test_a_bold_word_that_opens_a_line_parts_nothing() -> None:
    opening = Words(72, 700, "Black", bold=True)
    lines = column(72, 700, [TEA])
    rest = Words(72 + width("Black "), 700, lines[0].text.removeprefix("Black "))
    assert texts(opening, rest, *lines[1:]) == [TEA]


# Items


@pytest.mark.parametrize("bullet", ["•", "*", "▪", "◦", "●"])
def test_a_bullet_opens_an_item(bullet: str) -> None:
    found = paragraphs(
        Words(72, 712, "Tea keeps when it is:"), Words(80, 700, f"{bullet} kept dry"), Words(80, 688, f"{bullet} kept away from light")
    )
    assert [(" ".join(paragraph.lines), paragraph.is_item) for paragraph in found] == [
        ("Tea keeps when it is:", False),
        ("kept dry", True),
        ("kept away from light", True),
    ]


@pytest.mark.parametrize("dash", ["–", "-"])
def test_a_dash_opens_an_item_where_a_paragraph_begins(dash: str) -> None:
    lines = ("kept dry", "kept away from light", "kept closed")
    found = paragraphs(
        Words(72, 720, "Tea keeps when it is:"), *(Words(80, 700 - 12 * n, f"{dash} {line}") for n, line in enumerate(lines))
    )
    assert [(" ".join(paragraph.lines), paragraph.is_item) for paragraph in found[1:]] == [(line, True) for line in lines]


@pytest.mark.parametrize("numbers", [("1.", "2.", "3."), ("1)", "2)", "3)"), ("(1)", "(2)", "(3)"), ("a)", "b)", "c)")])
def test_numbers_in_order_open_items(numbers: tuple[str, ...]) -> None:
    found = paragraphs(*(Words(72, 700 - 12 * place, f"{number} Warm the pot well") for place, number in enumerate(numbers)))
    assert [(paragraph.lines, paragraph.is_item) for paragraph in found] == [(["Warm the pot well"], True)] * 3


def test_an_item_goes_on_in_the_lines_that_hang_under_its_text() -> None:
    first, *further = wrapped(TEA, 300)
    words = [Words(72, 700, f"• {first}"), *(Words(72 + width("• "), 688 - 12 * n, line) for n, line in enumerate(further))]
    last = Words(72, 688 - 12 * len(further), "• kept dry")
    assert texts(*words, last) == [TEA, "kept dry"]


def test_a_number_within_a_wrapped_line_opens_no_item() -> None:
    assert texts(
        Words(72, 700, "The daily dose for grown people was lowered from sixty milligrams to"),
        Words(72, 688, "40. Then it was raised again, because the lower one had not helped in"),
        Words(72, 676, "any of the groups."),
    ) == [
        "The daily dose for grown people was lowered from sixty milligrams to 40. Then it was raised again, because the lower one "
        "had not helped in any of the groups."
    ]


def test_a_range_that_is_wrapped_before_its_dash_opens_no_item() -> None:
    assert len(texts(Words(72, 700, "Tea is left to steep for some minutes, usually from 3"), Words(72, 688, "– 5, in hot water."))) == 1


# Words cut at the end of a line


@pytest.mark.parametrize(
    ("lines", "whole"),
    [
        (["Tea con-", "tains caffeine"], "Tea contains caffeine"),
        (["a well-", "known tea"], "a well-known tea"),
        (["the self-", "made tea"], "the self-made tea"),
        (["from 1990-", "1995 on"], "from 1990-1995 on"),
        (["the Anglo-", "Saxon tea"], "the Anglo-Saxon tea"),
        (["a state-of-the-", "art kettle"], "a state-of-the-art kettle"),
        (["Tea -", "hot"], "Tea - hot"),
        (["Tea", "is", "hot"], "Tea is hot"),
    ],
)
def test_a_word_cut_at_the_end_of_a_line_is_whole_and_a_hyphen_of_its_own_stays(lines: list[str], whole: str) -> None:
    assert joined(lines, Counter())[0] == whole


def test_what_the_document_writes_elsewhere_decides_over_a_hyphen() -> None:
    assert joined(["long-", "term use"], words_of(["Long-term use is rare."]))[0] == "long-term use"
    assert joined(["half-", "time"], words_of(["The halftime is rare."]))[0] == "halftime"


def test_a_word_that_is_cut_itself_decides_nothing() -> None:
    assert words_of(["a con-", "tains B2 x-ray"]) == Counter(["a", "tains", "b", "x-ray"])


def test_where_each_line_begins_is_told() -> None:
    assert joined(["Tea con-", "tains", "caffeine"], Counter()) == ("Tea contains caffeine", [0, 7, 13])


@given(st.lists(st.text("abcXY.,é", min_size=1, max_size=8), max_size=6))
def test_lines_without_a_hyphen_are_joined_by_spaces(lines: list[str]) -> None:
    assert joined(lines, Counter()) == (" ".join(lines), [match.start() for match in re.finditer(r"\S+", " ".join(lines))])


# Whether a paragraph has ended


@pytest.mark.parametrize("line", ["Tea is hot.", "Is it?", "It is!", "these:", "He said “hot.”", "hot.)", "hot.\u00b9\u00b2", 'hot."'])
def test_a_paragraph_ends_as_a_sentence_does(line: str) -> None:
    assert Paragraph(["a", line], [1, 1], 10, is_bold=False).ends


@pytest.mark.parametrize("line", ["Tea is", "Tea,", "con-", "(hot)", "Tea 3.5"])
def test_a_paragraph_without_such_an_end_may_go_on(line: str) -> None:
    assert not Paragraph([line], [1], 10, is_bold=False).ends


@pytest.mark.parametrize("dash", ["-", "–"])
def test_a_dash_directly_below_a_line_that_ends_in_a_colon_opens_an_item(dash: str) -> None:
    lines = [Words(72, 700, "Tea keeps when it is:"), Words(72, 688, f"{dash} dry"), Words(72, 676, f"{dash} dark")]
    assert [(paragraph.lines, paragraph.is_item) for paragraph in paragraphs(*lines)] == [
        (["Tea keeps when it is:"], False),
        (["dry"], True),
        (["dark"], True),
    ]
