"""What a quotation rests on: spans of a document, whatever signs it is made of."""

import json
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.chunking import split_passages
from indexer.corpus_tables import CorpusTables
from indexer.documents import Document
from indexer.readers import read_documents
from indexer.readers.reader import read_file
from tests.docx_files import cell, docx, paragraph, row, run, style, table
from tests.small_corpus import NO_NAMES

NO_TABLES = CorpusTables(sources={}, helplines={}, lexicon=NO_NAMES, partners=(), safety={})
# Letters that change length when folded, marks that combine, emoji of several code points, right-to-left and wide scripts, odd spaces.
AWKWARD = st.sampled_from(
    [
        *(
            "İ",
            "ß",
            "ﬁ",
            "é",
            "e\u0301",
            "ı",
            "Å",
            "😀",
            "👩‍⚕️",
            "🇺🇸",
            "שלום",
            "مرحبا",
            "漢字",
            "ไทย",
            "\u00a0",
            "\u200b",
            "\u202e",
            "\u2028",
            "\ufeff",
        ),
        *(
            "a",
            "Dr.",
            "No.",
            "3.5",
            "U.S.",
            "end.",
            "Why?",
            "Yes!",
            "…",
            "“quoted.”",
            "(note)",
            ";",
            ":",
            "—",
            "*",
            "#",
            "|",
            "[^1]",
            "`",
            "<b>",
            "&amp;",
        ),
        *(" ", " ", " ", "\n", "\n\n", "\t", "- ", "1. "),
    ]
)
TEXTS = st.lists(AWKWARD, min_size=1, max_size=60).map("".join)


def read(name: str, content: str | bytes) -> tuple[Document, ...]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return tuple(read_documents([file], lambda file: read_file(file, NO_TABLES)).documents)


def check_spans(document: Document) -> None:
    passages = split_passages(document, 20, lambda text: len(text.split()))
    end = 0
    for passage in passages:
        assert passage.start == passage.sentences[0].start
        assert passage.section.start <= passage.start < passage.end <= passage.section.end
        for sentence in passage.sentences:
            text = document.text[sentence.start : sentence.end]
            assert text == text.strip()
            assert any(character.isalnum() for character in text)
            assert end <= sentence.start
            end = sentence.end
    quotable = {place for passage in passages for sentence in passage.sentences for place in range(sentence.start, sentence.end)}
    shown = {place for block in document.blocks if block.kind in ("heading", "header") for place in range(block.start, block.end)}
    lost = [document.text[place] for place in range(len(document.text)) if document.text[place].isalnum() and place not in quotable | shown]
    assert lost == []


@settings(deadline=None, max_examples=150)
@given(TEXTS)
def test_spans_of_plain_text_hold_whatever_it_is_made_of(text: str) -> None:
    for document in read("a.jsonl", json.dumps({"id": "a", "title": "T", "text": text})):
        check_spans(document)


@settings(deadline=None, max_examples=150)
@given(TEXTS)
def test_spans_of_markdown_hold_whatever_it_is_made_of(text: str) -> None:
    for document in read("a.md", text):
        check_spans(document)


@settings(deadline=None, max_examples=100)
@given(TEXTS)
def test_plain_text_loses_no_letter_but_the_numbers_of_its_lists(text: str) -> None:
    for document in read("a.jsonl", json.dumps({"id": "a", "title": "T", "text": text})):
        wanted = [character for character in text if character.isalpha()]
        assert [character for character in document.text if character.isalpha()] == wanted


# Words of a Word document: XML takes no control characters, and paragraphs have no line ends.
WORDS = TEXTS.map(lambda text: " ".join(text.split("\n")))
TABLES = st.lists(st.lists(WORDS, min_size=2, max_size=3), min_size=2, max_size=3)
BLOCKS = st.one_of(
    st.tuples(st.just(""), WORDS),
    st.tuples(st.just("Heading1"), WORDS),
    st.tuples(st.just("ListBullet"), WORDS),
    st.tuples(st.just("table"), TABLES),
)


def word_document(blocks: list[tuple[str, str | list[list[str]]]]) -> bytes:
    body = "".join(
        paragraph(as_run(words), kind)
        if isinstance(words, str)
        else table(*(row(*(cell(paragraph(as_run(cell_words))) for cell_words in cells)) for cells in words))
        for kind, words in blocks
    )
    return docx(body, styles=style("Heading1", "heading 1") + style("ListBullet", "List Bullet"))


def as_run(words: str) -> str:
    """Words as markup, in a run of their own even where they look like an element."""
    return run(escape(words))


def letters(blocks: list[tuple[str, str | list[list[str]]]]) -> list[str]:
    said = "".join(words if isinstance(words, str) else "".join(cell for cells in words for cell in cells) for _, words in blocks)
    return [sign for sign in said if sign.isalnum()]


@settings(deadline=None, max_examples=100)
@given(st.lists(BLOCKS, min_size=1, max_size=6))
def test_spans_of_word_documents_hold_whatever_they_are_made_of(blocks: list[tuple[str, str | list[list[str]]]]) -> None:
    for document in read("a.docx", word_document(blocks)):
        check_spans(document)


@settings(deadline=None, max_examples=100)
@given(st.lists(BLOCKS, min_size=1, max_size=6))
def test_word_documents_lose_no_letter(blocks: list[tuple[str, str | list[list[str]]]]) -> None:
    opening = ("", "Tea is hot.")
    (document,) = read("a.docx", word_document([opening, *blocks]))
    assert [sign for sign in document.text if sign.isalnum()] == letters([opening, *blocks])
