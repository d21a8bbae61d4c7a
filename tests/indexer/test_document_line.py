from dataclasses import fields, replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from indexer.corpus_tables import CorpusTables
from indexer.document_line import document_line, document_of
from indexer.documents import Block, Document, Mark, Place, Section, Source
from tests.conftest import read_folder

WHOLE = Document(
    id="tea",
    title="Tea",
    text="Tea\n\nTea is hot.",
    blocks=(Block("heading", 0, 3, 2), Block("item", 5, 16, 0, "Tea:")),
    sections=(Section("tea", "Tea", 0, 16, ("Drinks",)),),
    marks=(Mark(16, ("BOOK", "2")),),
    sources=(Source("BOOK", "A book", "Tea board", "https://tea.example", 2024), Source("2", "A letter")),
    url="https://tea.example/tea",
    group="drinks",
    reviewed="2026-01-01",
    reviewed_by="A. B.",
    review_due="2027-01-01",
    asked={"tea": ("is tea hot", "hot tea")},
    pages=(Place(0, 1), Place(5, 2)),
)


def test_every_field_comes_back() -> None:
    assert document_of(document_line(WHOLE)) == WHOLE


def test_another_value_makes_another_line() -> None:
    bare = Document("tea", "Tea", "", (), ())
    lines = {document_line(replace(bare, **{field.name: getattr(WHOLE, field.name)})) for field in fields(Document)}
    assert len(lines) == len(fields(Document)) - 1  # id and title are the same


@given(st.text())
def test_any_text_stays_on_one_line(text: str) -> None:
    document = Document("x", text, text, (), ())
    line = document_line(document)
    assert b"\n" not in line
    assert document_of(line) == document


def test_documents_of_every_format_come_back(mixed_folder: Path, tables: CorpusTables) -> None:
    documents = list(read_folder(mixed_folder, tables).documents)
    assert [document_of(document_line(document)) for document in documents] == documents
