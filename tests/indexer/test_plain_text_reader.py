from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.documents import Draft
from indexer.readers.plain_text import read_plain_text

LINES = st.lists(st.sampled_from(["Tea", "is", "hot,", "été", "ice:", "wet.", "A2"]), min_size=1, max_size=15).map(" ".join)
PARAGRAPHS = st.lists(st.lists(LINES, min_size=1, max_size=4), min_size=1, max_size=4)


def read(text: str) -> list[tuple[str, str]]:
    return [(draft.kind, draft.text.strip()) for draft in read_plain_text(text)]


def test_hard_wrapped_lines_are_joined_and_blank_lines_part_paragraphs() -> None:
    assert read("tea is drunk hot\n  or cold.\n\n \t\n\nice is not.\n") == [
        ("paragraph", "tea is drunk hot or cold."),
        ("paragraph", "ice is not."),
    ]


def test_a_short_line_alone_above_text_is_a_heading() -> None:
    assert read_plain_text("Feeding the starter\n\nthe starter is fed.") == [
        Draft("heading", "Feeding the starter", level=1),
        Draft("paragraph", "the starter is fed."),
    ]


def test_a_heading_may_be_a_question_or_begin_with_a_digit() -> None:
    assert read("Is it safe?\n\n12 rules\n\nyes.") == [("heading", "Is it safe?"), ("heading", "12 rules"), ("paragraph", "yes.")]


def test_the_last_line_of_a_text_is_no_heading() -> None:
    assert read("tea is hot.\n\nThe end") == [("paragraph", "tea is hot."), ("paragraph", "The end")]


def test_a_line_that_ends_like_a_sentence_or_begins_small_is_no_heading() -> None:
    for line in ("Tea is hot.", "Tea is:", "Tea, ice,", "Tea!", "Tea…", "tea"):
        assert read(f"{line}\n\nmore.") == [("paragraph", line), ("paragraph", "more.")]


def test_a_heading_has_at_most_twelve_words() -> None:
    twelve = " ".join(["Tea"] * 12)
    assert [kind for kind, _ in read(f"{twelve}\n\n{twelve} ice\n\nmore.")] == ["heading", "paragraph", "paragraph"]


def test_a_heading_has_at_most_eighty_characters() -> None:
    assert [kind for kind, _ in read(f"{'T' * 80}\n\n{'T' * 81}\n\nmore.")] == ["heading", "paragraph", "paragraph"]


def test_a_line_much_shorter_than_the_one_below_is_a_heading() -> None:
    assert read("Baking\nthe loaf bakes for forty minutes.") == [("heading", "Baking"), ("paragraph", "the loaf bakes for forty minutes.")]


def test_the_first_line_of_a_hard_wrapped_paragraph_is_no_heading() -> None:
    assert read("The loaf bakes for forty\nminutes in a hot oven.") == [("paragraph", "The loaf bakes for forty minutes in a hot oven.")]


def test_a_line_right_above_a_list_is_its_heading() -> None:
    assert read("Sorts of tea\n- green\n- black") == [("heading", "Sorts of tea"), ("item", "green"), ("item", "black")]


def test_an_underlined_line_is_a_heading_whatever_it_says() -> None:
    for line in ("===", "-----", "~~~"):
        assert read(f"tea, ice.\n{line}\nmore.") == [("heading", "tea, ice."), ("paragraph", "more.")]


def test_bullets_and_numbers_open_items() -> None:
    assert read("- one\n* two\n• three\n\u2013 four\n1. five\n2) six\n(3) seven") == [
        ("item", word) for word in ("one", "two", "three", "four", "five", "six", "seven")
    ]


def test_a_numbered_line_alone_above_text_is_a_heading() -> None:
    assert read("1. Tea\n\nmore.") == [("heading", "1. Tea"), ("paragraph", "more.")]


def test_a_wrapped_item_goes_on_until_the_next_bullet() -> None:
    assert read("- one\n  more\n- two") == [("item", "one more"), ("item", "two")]


def test_a_hyphen_or_number_within_a_word_opens_no_item() -> None:
    assert read("-20 degrees is cold,\n1.5 is not.") == [("paragraph", "-20 degrees is cold, 1.5 is not.")]


def test_a_line_that_ends_in_a_colon_is_the_context_of_the_items_below() -> None:
    assert read_plain_text("tea keeps when\nit is:\n- dry\n- dark") == [
        Draft("paragraph", "tea keeps when it is:"),
        Draft("item", "dry", context="tea keeps when it is:"),
        Draft("item", "dark", context="tea keeps when it is:"),
    ]


def test_an_item_that_ends_in_a_colon_is_no_context() -> None:
    assert [draft.context for draft in read_plain_text("- tea:\n- green")] == ["", ""]


def test_markdown_signs_are_plain_signs_here() -> None:
    assert read("tea is **hot** [^1] and `wet`.") == [("paragraph", "tea is **hot** [^1] and `wet`.")]


def test_an_empty_text_has_no_drafts() -> None:
    assert read_plain_text("") == read_plain_text("\n \n\n") == []


@settings(deadline=None, max_examples=60)
@given(PARAGRAPHS)
def test_every_word_is_read_in_order(paragraphs: list[list[str]]) -> None:
    text = "\n\n".join("\n".join(lines) for lines in paragraphs)
    assert " ".join(draft.text for draft in read_plain_text(text)).split() == text.split()


def test_a_wrapped_line_that_begins_with_a_number_is_no_list() -> None:
    assert read("The dose was cut to\n40. Then it rose again.") == [("paragraph", "The dose was cut to 40. Then it rose again.")]


def test_numbered_headings_above_plain_text_are_headings() -> None:
    text = "1. Storage\n\nTea is kept dry and out of the light.\n\n2. Brewing\n\nTea steeps for some minutes in hot water."
    assert [kind for kind, _ in read(text)] == ["heading", "paragraph", "heading", "paragraph"]


def test_numbered_lines_in_a_row_are_items() -> None:
    assert [kind for kind, _ in read("1. Warm the pot\n\n2. Add the tea\n\n3. Pour the water")] == ["item", "item", "item"]


def test_form_feeds_part_paragraphs() -> None:
    assert [text for _, text in read("Hello there to all.\n\n\x0c\nThe second page is here.")] == [
        "Hello there to all.",
        "The second page is here.",
    ]
