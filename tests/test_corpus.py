"""The shipped corpus keeps its own rules."""

import re
from datetime import date
from pathlib import Path

import pytest

from indexer.check.check import check_corpus
from indexer.check.corpus import Corpus, read_corpus
from indexer.corpus_tables import CorpusTables
from indexer.documents import Document
from indexer.readers import find_files
from indexer.sentences import split_sentences
from tests.conftest import CORPUS, read_folder

FILES = find_files([CORPUS / "documents"]).files
REVIEWED = date(2026, 11, 23)  # what falls due later is for the day it does, not for this test


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return read_corpus(CORPUS)


@pytest.fixture(scope="module")
def documents(tables: CorpusTables) -> tuple[Document, ...]:
    reading = read_folder(CORPUS / "documents", tables)
    assert reading.problems == ()
    return tuple(reading.documents)


def test_the_check_finds_no_error(corpus: Corpus) -> None:
    findings = check_corpus(corpus, Path(__file__).parent / "gold", REVIEWED)
    assert [str(finding) for finding in findings if finding.severity == "error"] == []


def test_every_document_is_read(documents: tuple[Document, ...]) -> None:
    assert len(documents) == len(FILES) >= 72


def test_what_is_indexed_is_what_was_checked(documents: tuple[Document, ...], corpus: Corpus) -> None:
    """The check reads documents as written, the index as readers see them: the same sections and sentences, in the same order."""
    checked = {document.id: document for document in corpus.documents}
    for document in documents:
        sections = checked[document.id].sections
        assert [section.id for section in document.sections] == [section.id for section in sections]
        assert len(split_sentences(document)) == sum(len(section.sentences) for section in sections)
        assert set(document.asked) == {section.id for section in sections}


def test_nothing_is_signed_that_nobody_signed(documents: tuple[Document, ...]) -> None:
    assert {document.reviewed_by for document in documents} == {None}


def test_no_amount_of_a_drug_stands_in_a_document(documents: tuple[Document, ...]) -> None:
    """Once more and without the style's own patterns, which could be loosened by a slip."""
    amount = re.compile(r"\d ?(mg|mcg|milligrams?|micrograms?|ml|grams?|mg/kg)\b", re.IGNORECASE)
    assert [document.id for document in documents if amount.search(document.text)] == []


def test_every_helpline_of_a_document_is_in_its_text(documents: tuple[Document, ...], tables: CorpusTables) -> None:
    overdose = next(document for document in documents if document.id == "overdose-first-aid")
    assert "Call 911" in overdose.text
    assert tables.helplines["us-poison"].in_text() in overdose.text
