from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.documents import Draft, lay_out
from indexer.readers.markdown import read_markdown

WORDS = st.text("abcdefgé", min_size=1, max_size=6)
LABELS = st.lists(st.sampled_from(["KETLABEL", "1", "a-b"]), max_size=3)
SENTENCES = st.lists(st.tuples(st.lists(WORDS, min_size=1, max_size=4).map(" ".join), LABELS), min_size=1, max_size=5)


def texts(markdown: str) -> list[tuple[str, str]]:
    return [(draft.kind, draft.text.strip()) for draft in read_markdown(markdown).drafts]


def drafts_of(markdown: str) -> list[Draft]:
    """What a Markdown text becomes, without the lines that it stands on."""
    return [replace(draft, places=()) for draft in read_markdown(markdown).drafts]


def test_headings_of_both_styles_keep_their_level() -> None:
    assert drafts_of("Tea\n===\n\nGreen\n-----\n\n### How long?") == [
        Draft("heading", "Tea", level=1),
        Draft("heading", "Green", level=2),
        Draft("heading", "How long?", level=3),
    ]


def test_emphasis_links_and_code_signs_are_not_part_of_the_text() -> None:
    assert texts("**Ke**tamine is *not* an [opi*oid*](https://x.example/y), `so` \\*there\\*.") == [
        ("paragraph", "Ketamine is not an opioid, so *there*.")
    ]


def test_a_bare_address_between_angle_brackets_is_read_as_written() -> None:
    assert texts("See <https://x.example/y_z>.") == [("paragraph", "See https://x.example/y_z.")]


def test_character_references_are_the_signs_they_name() -> None:
    assert texts("Salt &amp; tea &lt; 5 &eacute;") == [("paragraph", "Salt & tea < 5 é")]


def test_a_hard_wrapped_paragraph_is_one_line() -> None:
    assert texts("one\ntwo  \nthree\\\nfour") == [("paragraph", "one two three four")]


def test_the_alternative_text_of_a_picture_is_left_out() -> None:
    assert texts("Tea ![a cup of tea](cup.png).") == [("paragraph", "Tea .")]


def test_a_quotation_is_a_paragraph() -> None:
    assert texts("> Tea is hot.\n> Ice is not.") == [("paragraph", "Tea is hot. Ice is not.")]


def test_each_list_item_is_a_draft_of_its_own() -> None:
    assert texts("- one\n- two\n\n1. three\n2. four") == [("item", "one"), ("item", "two"), ("item", "three"), ("item", "four")]


def test_a_second_paragraph_of_a_list_item_is_an_item_too_and_one_after_the_list_is_not() -> None:
    assert texts("- one\n\n  more\n- two\n\nafter") == [("item", "one"), ("item", "more"), ("item", "two"), ("paragraph", "after")]


def test_the_line_that_leads_into_a_list_is_the_context_of_its_items() -> None:
    drafts = read_markdown("Tea keeps when it is:\n\n- dry\n- dark\n").drafts
    assert [draft.context for draft in drafts] == ["", "Tea keeps when it is:", "Tea keeps when it is:"]


def test_nested_items_keep_the_context_of_the_outer_list() -> None:
    drafts = read_markdown("Tea keeps:\n\n- dry\n  - in a tin\n- dark\n").drafts
    assert [(draft.text, draft.context) for draft in drafts[1:]] == [
        ("dry", "Tea keeps:"),
        ("in a tin", "Tea keeps:"),
        ("dark", "Tea keeps:"),
    ]


def test_a_paragraph_or_heading_that_leads_into_nothing_is_no_context() -> None:
    drafts = read_markdown("Tea keeps.\n\n- dry\n\n## Sorts:\n\n- green\n").drafts
    assert [draft.context for draft in drafts] == ["", "", "", ""]


def test_a_table_is_a_header_and_rows_whose_context_is_the_header() -> None:
    assert drafts_of("| Tea | Water |\n|---|---|\n| **Green** | 80 degrees |\n| Black | 100 |\n") == [
        Draft("header", "Tea | Water"),
        Draft("row", "Green | 80 degrees", context="Tea Water"),
        Draft("row", "Black | 100", context="Tea Water"),
    ]


def test_an_empty_cell_keeps_the_others_in_their_columns() -> None:
    assert texts("| Tea | Cup | Water |\n|---|---|---|\n|  | small | |\n| Green | | 80 |\n")[1:] == [
        ("row", "- | small | -"),
        ("row", "Green | - | 80"),
    ]


def test_a_second_table_has_a_header_of_its_own() -> None:
    drafts = read_markdown("|a|b|\n|-|-|\n|1|2|\n\ntext\n\n|c|d|\n|-|-|\n|3|4|\n").drafts
    assert [(draft.kind, draft.context) for draft in drafts] == [
        ("header", ""),
        ("row", "a b"),
        ("paragraph", ""),
        ("header", ""),
        ("row", "c d"),
    ]


def test_code_is_kept_line_by_line() -> None:
    assert texts("```sh\nmake  run\nmake test\n```\n\n    in = dented\n    too\n") == [
        ("code", "make  run\nmake test"),
        ("code", "in = dented\ntoo"),
    ]


def test_comments_scripts_and_styles_are_not_read() -> None:
    markdown = "<!-- hot > cold:\n\nmore -->\n\n<script>\nalert(1)\n</script>\n\n<style>\np {}\n</style>\n\nTea.\n"
    assert [text for _, text in texts(markdown) if text] == ["Tea."]


def test_the_words_of_an_html_block_are_a_paragraph() -> None:
    assert texts('<div class="note">\nSalt &amp; <b>tea</b>\n</div>\n') == [("paragraph", "Salt & tea")]


def test_a_footnote_mark_is_an_offset_and_a_label() -> None:
    assert drafts_of("Tea is hot.[^A][^B] Ice is not.[^A]") == [
        Draft("paragraph", "Tea is hot. Ice is not.", marks=((11, "A"), (11, "B"), (23, "A")))
    ]


def test_footnotes_with_and_without_a_definition_are_marks_alike() -> None:
    written = "Tea.[^1] Ice.[^ICE]\n\n[^1]: The tea board\n"
    assert drafts_of(written) == [Draft("paragraph", "Tea. Ice.", marks=((4, "1"), (9, "ICE")))]
    assert read_markdown(written).definitions == {"1": "The tea board"}


def test_a_footnote_defined_in_several_blocks_is_joined() -> None:
    assert read_markdown("Tea.[^1]\n\n[^1]: The *tea*\n    board\n\n    - handbook\n").definitions == {"1": "The tea board handbook"}


def test_a_mark_within_emphasis_counts_only_signs_that_are_seen() -> None:
    assert drafts_of("**Tea[^A]** is &amp; was[^B]") == [Draft("paragraph", "Tea is & was", marks=((3, "A"), (12, "B")))]


def test_marks_in_headings_items_and_cells_count_from_the_start_of_their_draft() -> None:
    markdown = "## Tea[^A]?\n\n- hot[^B]\n\n| Tea[^C] | Cup |\n|---|---|\n| [^D] | big[^E] |\n| tin | big[^F] |\n"
    assert [(draft.text, draft.marks) for draft in read_markdown(markdown).drafts] == [
        ("Tea?", ((3, "A"),)),
        ("hot", ((3, "B"),)),
        ("Tea | Cup", ((3, "C"),)),
        ("- | big", ((0, "D"), (7, "E"))),
        ("tin | big", ((9, "F"),)),
    ]


def test_a_mark_in_code_or_after_a_backslash_is_text() -> None:
    assert drafts_of("`[^A]` and \\[^B]") == [Draft("paragraph", "[^A] and [^B]")]


@settings(deadline=None, max_examples=60)
@given(SENTENCES)
def test_marks_stand_right_after_the_sentence_they_were_written_after(sentences: list[tuple[str, list[str]]]) -> None:
    markdown = "# A title\n\n" + " ".join(f"{words}." + "".join(f"[^{label}]" for label in labels) for words, labels in sentences)
    layout = lay_out(read_markdown(markdown).drafts, "T")
    seen = "A title\n\n"
    expected: list[tuple[int, str]] = []
    for words, labels in sentences:
        seen += f"{words}."
        expected += [(len(seen), label) for label in labels]
        seen += " "
    assert layout.text == seen.rstrip()
    assert list(layout.labels) == expected


def test_a_mark_after_a_space_belongs_to_the_sentence_before_it() -> None:
    assert drafts_of("Tea is hot. [^A] Ice is not.") == [Draft("paragraph", "Tea is hot. Ice is not.", marks=((11, "A"),))]


def test_raised_figures_are_raised() -> None:
    assert texts("It is 10<sup>-6</sup> g, not 106.") == [("paragraph", "It is 10⁻⁶ g, not 106.")]


@pytest.mark.parametrize("opening", ["<!-- not for readers\n\n", "<script>\n", "<style>\n"])
def test_what_nobody_closed_goes_on_to_the_end(opening: str) -> None:
    drafts = read_markdown(f"Tea is hot.\n\n{opening}secret\n").drafts
    assert [draft.text for draft in drafts if draft.text.strip()] == ["Tea is hot."]


def test_each_draft_knows_the_lines_of_the_file_it_stands_on() -> None:
    text = "# Tea\n\nTea is *hot*.[^A]\nIce is\\\nnot.\n\n- dry\n- dark,\n  cool\n\n"
    markdown = text + "| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n\n<p>raw</p>\n"
    assert [(draft.text.strip(), draft.places) for draft in read_markdown(markdown).drafts] == [
        ("Tea", ((0, 1),)),
        ("Tea is hot. Ice is not.", ((0, 3), (12, 4), (19, 5))),
        ("dry", ((0, 7),)),
        ("dark, cool", ((0, 8), (6, 9))),
        ("a | b", ((0, 11),)),
        ("1 | 2", ((0, 13),)),
        ("code", ((0, 15),)),
        ("raw", ((0, 19),)),
    ]
