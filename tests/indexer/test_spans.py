"""What a quotation rests on: spans of a document, whatever signs it is made of."""

import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.chunking import split_passages
from indexer.corpus_tables import CorpusTables
from indexer.documents import Document
from indexer.readers import read_documents
from indexer.readers.reader import read_file

NO_TABLES = CorpusTables(sources={}, helplines={}, safety={})
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


def read(name: str, content: str) -> tuple[Document, ...]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_text(content, encoding="utf-8")
        return read_documents([file], lambda file: read_file(file, NO_TABLES)).documents


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
