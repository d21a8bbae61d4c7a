"""The shipped corpus keeps its own rules."""

import re

import pytest

from indexer.corpus_tables import CorpusTables
from indexer.documents import Document
from indexer.readers import find_files
from indexer.sentences import split_sentences
from tests.conftest import CORPUS, read_folder

FILES = find_files([CORPUS / "documents"]).files
LEANING = re.compile(r"(It|Its|This|That|These|Those|They|Their|He|She|However|But|Also|Such)\b")


@pytest.fixture(scope="module")
def documents(tables: CorpusTables) -> tuple[Document, ...]:
    reading = read_folder(CORPUS / "documents", tables)
    assert reading.problems == ()
    return reading.documents


def test_every_document_is_read(documents: tuple[Document, ...]) -> None:
    assert len(documents) == len(FILES) >= 24


def test_ids_titles_groups_and_dates_are_filled_in(documents: tuple[Document, ...]) -> None:
    for document, file in zip(documents, FILES, strict=True):
        assert document.id == file.stem
        assert document.group == file.parent.name
        assert document.reviewed_by is None
        assert document.reviewed is not None and document.review_due is not None
        assert document.reviewed < document.review_due


def test_every_sentence_names_its_source_and_stands_alone(documents: tuple[Document, ...]) -> None:
    for document in documents:
        for sentence in split_sentences(document):
            text = document.text[sentence.start : sentence.end]
            assert any(sentence.start < mark.position <= sentence.end for mark in document.marks) or text.endswith(":"), text
            assert not LEANING.match(text), text


def test_every_section_has_other_ways_to_ask(documents: tuple[Document, ...]) -> None:
    for document in documents:
        assert 4 <= len(document.sections) <= 8
        for section in document.sections:
            assert len(document.asked[section.id]) >= 4, (document.id, section.id)


def test_helpline_numbers_come_from_the_table_alone(tables: CorpusTables) -> None:
    numbers = {number for line in tables.helplines.values() for number in (line.phone, line.sms) if number and len(number) > 3}
    numbers |= {line.phone for line in tables.helplines.values() if line.phone and "emergency" in line.purpose}
    for file in FILES:
        body = file.read_text(encoding="utf-8").split("\n---\n", 1)[1]
        body = re.sub(r"\{helpline:[\w-]+\}|\[\^\w+\]", "", body)
        for number in numbers | {"988"}:
            assert not re.search(rf"(?<!\d){re.escape(number)}(?!\d)", body), (file.name, number)


def test_no_amount_stands_with_a_route(documents: tuple[Document, ...]) -> None:
    amount = r"\d+(\.\d+)? ?(mg|mcg|milligrams?|micrograms?|ml|grams?|mg/kg)\b"
    route = r"\b(inject|snort|swallow|intravenous|intramuscular|into a vein|into a muscle|by mouth|under the tongue)"
    for document in documents:
        for sentence in split_sentences(document):
            text = document.text[sentence.start : sentence.end]
            assert not (re.search(amount, text, re.I) and re.search(route, text, re.I)), text


def test_every_source_is_used(documents: tuple[Document, ...], tables: CorpusTables) -> None:
    assert {source.id for document in documents for source in document.sources} == set(tables.sources)
