from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syntok import segmenter

from indexer.corpus_tables import CorpusTables
from indexer.documents import BlockKind, Document, Draft, is_text, lay_out
from indexer.readers.markdown import read_markdown
from indexer.sentences import Sentence, sentence_spans, split_sentences
from tests.conftest import read_folder

AWKWARD = [
    *".!?…;:,'\"()[]-/ \t\u00a0\u2009\u2028\u3000",
    *"\u00ad\u200b\u200d\u2060\ufeff\u0301\u0130\u00df\ufb01\u00b2\u0661\u0939\u093f\u3002\u4eba\U0001f600\U0001f1fa\U00010400",
    *["Dr. ", "e.g. ", "don't ", "can\u2019t ", "\u201cNo.\u201d ", "3.5 mg. ", "U.S. ", "No. 5 ", "Yes. Then ", "...", "?!", "a.B", "x;Y"],
]
TEXTS = st.lists(st.sampled_from(AWKWARD) | st.characters(exclude_categories=("Cs", "Cc")), max_size=30).map("".join)
DRAFTS = st.lists(st.tuples(st.sampled_from(["heading", "paragraph", "item", "header", "row"]), TEXTS), max_size=5)


def document(*drafts: Draft) -> Document:
    layout = lay_out(drafts, "T")
    return Document("t", "T", layout.text, layout.blocks, layout.sections)


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def quotes(markdown: str) -> list[str]:
    read = document(*read_markdown(markdown).drafts)
    return [read.text[sentence.start : sentence.end] for sentence in split_sentences(read)]


def test_a_paragraph_is_split_at_the_ends_of_its_sentences() -> None:
    assert split("Tea is hot. Is ice cold? Yes! Good.") == ["Tea is hot.", "Is ice cold?", "Yes!", "Good."]


def test_spans_carry_no_outer_space() -> None:
    assert sentence_spans("  Tea is hot.   Ice is cold. ") == [(2, 13), (16, 28)]


def test_abbreviations_numbers_and_initials_end_no_sentence() -> None:
    for text in (
        "Dr. Smith gave 3.5 mg, e.g. of tea.",
        "The U.S. law of 2018 names it in No. 5 of the list.",
        "J. R. Green (see p. 3) wrote it.",
    ):
        assert split(text) == [text]


def test_contractions_stay_as_they_are_written() -> None:
    assert split("Don't stop. You can\u2019t. It won't do.") == ["Don't stop.", "You can\u2019t.", "It won't do."]


def test_a_closing_quotation_mark_belongs_to_its_sentence() -> None:
    assert split("He said: \u201cTea is hot.\u201d Then he left.") == ["He said: \u201cTea is hot.\u201d", "Then he left."]


def test_a_semicolon_ends_no_sentence() -> None:
    text = "Green tea steeps for two minutes; Longer makes it bitter."
    assert split(text) == [text]


def test_a_piece_without_a_letter_or_digit_joins_the_sentence_before() -> None:
    assert split("Tea is hot. *** !!! \U0001f600") == ["Tea is hot. *** !!! \U0001f600"]


def test_a_text_without_a_letter_or_digit_has_no_sentence() -> None:
    assert sentence_spans("") == sentence_spans(" \u2026 !? ") == []


def test_words_without_a_full_stop_are_a_sentence() -> None:
    assert sentence_spans("kept dry") == [(0, 8)]


@settings(deadline=None, max_examples=60)
@given(TEXTS)
def test_spans_are_ordered_disjoint_and_inside_the_text(text: str) -> None:
    end_of_last = 0
    for start, end in sentence_spans(text):
        assert end_of_last <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        assert is_text(text[start:end])
        end_of_last = end


@settings(deadline=None, max_examples=60)
@given(TEXTS)
def test_no_letter_or_digit_of_a_paragraph_is_lost(text: str) -> None:
    assert [sign for sign in "".join(split(text)) if sign.isalnum()] == [sign for sign in text if sign.isalnum()]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.sampled_from(["don't", "can\u2019t", "won't.", "Then", "3.5", "mg.", "why?", "co-", "\ufb01ne.", "\u2026", "\u200b"]),
        max_size=12,
    )
)
def test_no_sentence_begins_within_a_word(words: list[str]) -> None:
    text = " ".join(words)
    assert all(start == 0 or text[start - 1] == " " for start, _ in sentence_spans(text))


@settings(deadline=None, max_examples=60)
@given(DRAFTS)
def test_sentences_of_a_document_keep_every_letter_but_those_of_headings_and_headers(given_drafts: list[tuple[BlockKind, str]]) -> None:
    read = document(*(Draft(kind, text, level=2) for kind, text in given_drafts))
    sentences = split_sentences(read)
    edges = [edge for sentence in sentences for edge in (sentence.start, sentence.end)]
    said = "".join(read.text[sentence.start : sentence.end] for sentence in sentences)
    written = "".join(text for kind, text in given_drafts if kind not in ("heading", "header"))
    assert edges == sorted(edges)
    assert [sign for sign in said if sign.isalnum()] == [sign for sign in written if sign.isalnum()]


def test_headings_and_table_headers_are_no_sentences() -> None:
    assert quotes("## Is tea hot? Yes.\n\nTea is hot.\n\n| Tea | Water |\n|---|---|\n| Green | 80 |\n") == ["Tea is hot.", "Green | 80"]


def test_a_list_item_is_a_sentence_of_its_own() -> None:
    assert quotes("Tea keeps when it is\n\n- kept dry\n- kept dark. And cold\n\nand so on") == [
        "Tea keeps when it is",
        "kept dry",
        "kept dark.",
        "And cold",
        "and so on",
    ]


def test_a_table_row_is_one_sentence_whatever_stands_in_it() -> None:
    assert quotes("| Tea | Note |\n|---|---|\n| Green | It is hot. Drink it! |\n| Black | |\n") == [
        "Green | It is hot. Drink it!",
        "Black | -",
    ]


def test_code_is_one_sentence() -> None:
    assert quotes("```\nmake. Then\nrun.\n```\n") == ["make. Then\nrun."]


def test_a_sentence_keeps_the_kind_and_context_of_its_block() -> None:
    read = document(
        Draft("paragraph", "Tea keeps:"), Draft("item", "Dry. Dark.", context="Tea keeps:"), Draft("row", "a | b", context="A B")
    )
    assert split_sentences(read) == [
        Sentence(0, 10, "paragraph", ""),
        Sentence(12, 16, "item", "Tea keeps:"),
        Sentence(17, 22, "item", "Tea keeps:"),
        Sentence(23, 28, "row", "A B"),
    ]


def test_sentences_of_every_format_are_spans_of_the_text_that_is_shown(mixed_folder: Path, tables: CorpusTables) -> None:
    documents = {read.id: read for read in read_folder(mixed_folder, tables).documents}
    said = {name: [read.text[sentence.start : sentence.end] for sentence in split_sentences(read)] for name, read in documents.items()}
    assert said == {
        "tea": [
            "Tea is a drink made from the leaves of one plant.",
            "It is drunk hot or cold.",
            "Black tea steeps for three to five minutes.",
            "Green tea steeps for two minutes; longer makes green tea bitter.",
            "Does tea go stale?",
            "Old tea tastes flat.",
            "Tea keeps well when it is:",
            "kept dry",
            "kept away from light",
            "Green | 80 degrees",
            "Black | 100 degrees",
        ],
        "bread": [
            "A sourdough starter is fed with flour and water every day.",
            "A hungry starter smells of vinegar and sinks in the jar.",
            "The loaf bakes for forty minutes in a very hot oven with some steam at the beginning.",
        ],
        "bees": [
            "Honey bees live in colonies of many thousands.",
            "A colony has a single queen.",
            "A swarm leaves the hive in late spring with the old queen.",
            "Swarms rarely sting.",
            "Drones have no sting.",
            "Workers live six weeks in summer.",
        ],
        "moon": ["The Moon orbits the Earth in 27 days.", "The Moon has no air."],
        "mars": ["Mars has two small moons, Phobos and Deimos."],
    }


def test_a_number_goes_on_behind_a_bracket() -> None:
    assert split("Call (800) 555-0199 now. Ask.") == ["Call (800) 555-0199 now.", "Ask."]
    assert split("Tea is hot. (Ice is not.) 5 cups are cold.") == ["Tea is hot.", "(Ice is not.)", "5 cups are cold."]


def test_titles_and_semicolons_end_no_sentence() -> None:
    for text in ("Dr. Green wrote it.", "Rev. Green said so.", "Smith et al. Found it so.", "It is one; It is two."):
        assert sentence_spans(text) == [(0, len(text))]


def test_no_sentence_begins_inside_a_word() -> None:
    text = "co-\n end. Don't"
    assert [text[start:end] for start, end in sentence_spans(text)][-1] in ("Don't", text)


def test_a_text_without_an_end_is_cut_after_a_clause_or_between_words() -> None:
    text = "the lamp stands on the table, " * 50 + "word " * 300 + "x" * 1000
    spans = sentence_spans(text)
    assert max(end - start for start, end in spans) <= 600
    assert text[slice(*spans[0])].endswith("table,")
    assert [text[start - 1].isspace() for start, _ in spans[1:4]] == [True, True, True]
    assert sum(character.isalpha() for start, end in spans for character in text[start:end]) == sum(map(str.isalpha, text))


def test_a_long_text_without_full_stops_is_read_in_stretches_and_no_word_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    stretches: list[int] = []
    process = segmenter.process

    def counted(text: str) -> object:
        stretches.append(len(text))
        return process(text)

    monkeypatch.setattr(segmenter, "process", counted)
    text = " ".join(f"word{number}" for number in range(22_000))[:199_999] + "x"
    spans = sentence_spans(text)
    assert (sum(stretches), max(stretches) <= 50_000) == (200_000, True)
    assert max(end - start for start, end in spans) <= 600
    assert " ".join(text[start:end] for start, end in spans) == text


@pytest.mark.parametrize("sign", [".", "!", "- ", ". ", "?!", "\u2026"])
def test_a_long_run_of_punctuation_makes_no_long_sentence(sign: str) -> None:
    text = f"Tea is hot{sign * (10_000 // len(sign))} Ice is not."
    spans = sentence_spans(text)
    assert max(end - start for start, end in spans) <= 600
    quoted = " ".join(text[start:end] for start, end in spans)
    assert [word for word in ("Tea", "is", "hot", "Ice", "not") if word not in quoted] == []
