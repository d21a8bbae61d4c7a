"""The text of an index: documents, sections, passages, sentences and sources, in one read-only SQLite file.

Passages and sentences are numbered from 0 in reading order; those numbers are the rows of the vector files.
`store_writer.py` writes it, with libraries that only indexing needs.
"""

import json
import sqlite3
import weakref
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from indexer.documents import Block, BlockKind, Document, Mark, Place, Section, Source, Tombstone

_MAPPED = 32 << 20  # bytes; of a larger file the system would count as memory all that was ever looked at
_DOCUMENTS_KEPT = 32
_PASSAGES_KEPT = 1024  # each keeps its document
_PASSAGES = """
SELECT passages.number, passages.section, passages.start, passages."end", passages.titles,
       sections.document, sections.id, sections.title, sections.start, sections."end", sections.parents
FROM passages JOIN sections ON sections.number = passages.section WHERE passages.number IN ({})
"""
_SENTENCES = """
SELECT passages.number, sentences.number, sentences.start, sentences."end", sentences.kind
FROM passages JOIN sentences ON sentences.number >= first_sentence AND sentences.number < first_sentence + sentence_count
WHERE passages.number IN ({}) ORDER BY sentences.number
"""


@dataclass(frozen=True, slots=True)
class StoredSentence:
    """A sentence with its number and its own words."""

    number: int
    start: int
    end: int
    kind: BlockKind
    text: str


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with all that is needed to rank, quote and cite it. `document` is without its blocks."""

    number: int
    section_number: int
    section: Section
    document: "StoredDocument"
    start: int
    end: int
    titles: str
    sentences: tuple[StoredSentence, ...]

    @property
    def text(self) -> str:
        """The passage's own words."""
        return self.document.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """What stands above a document's sections, its text, and where sources are marked in it."""

    number: int
    id: str
    title: str
    text: str
    url: str | None
    group: str | None
    reviewed: str | None
    reviewed_by: str | None
    review_due: str | None
    marks: tuple[Mark, ...]
    pages: tuple[Place, ...]


class Store:
    """Reads what a StoreWriter wrote. Safe to use from several threads."""

    def __init__(self, file: Path) -> None:
        # immutable: no locks and no journal, as nobody ever writes to a finished index.
        self._connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        self._connection.execute(f"PRAGMA mmap_size = {_MAPPED}")
        # A server takes up a new version while questions are still answered from this one; the last of them lets go of it.
        weakref.finalize(self, self._connection.close)
        self._kept: OrderedDict[int, StoredPassage] = OrderedDict()
        self._lock = Lock()
        self._stored_document = lru_cache(_DOCUMENTS_KEPT)(self._read_document)  # passages of a ranking share few documents

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def passage(self, number: int) -> StoredPassage:
        """A passage by number, with its sentences, section and document."""
        return self.passages([number])[0]

    def passages(self, numbers: Sequence[int]) -> list[StoredPassage]:
        """Passages by number, in the order asked for."""
        with self._lock:
            known = {number: self._kept[number] for number in numbers if number in self._kept}
        if missing := [number for number in dict.fromkeys(numbers) if number not in known]:
            known.update(self._read_passages(missing))
        with self._lock:
            for number in numbers:
                self._kept[number] = known[number]
                self._kept.move_to_end(number)
            while len(self._kept) > _PASSAGES_KEPT:
                self._kept.popitem(last=False)
        return [known[number] for number in numbers]

    def _read_passages(self, numbers: Sequence[int]) -> dict[int, StoredPassage]:
        marks = ",".join("?" * len(numbers))
        sentences: dict[int, list[tuple[int, int, int, BlockKind]]] = {number: [] for number in numbers}
        for passage, *sentence in self._connection.execute(_SENTENCES.format(marks), numbers):
            sentences[passage].append(tuple(sentence))
        rows = self._connection.execute(_PASSAGES.format(marks), numbers).fetchall()
        return {row[0]: self._passage(row, sentences[row[0]]) for row in rows}

    def _passage(self, row: tuple[Any, ...], sentences: Iterable[tuple[int, int, int, BlockKind]]) -> StoredPassage:
        number, section_number, start, end, titles, document_number, *section = row
        document = self._stored_document(document_number)
        stored = (StoredSentence(at, first, last, kind, document.text[first:last]) for at, first, last, kind in sentences)
        return StoredPassage(number, section_number, _section(*section), document, start, end, titles, tuple(stored))

    def passages_of_section(self, name: str) -> tuple[StoredPassage, ...]:
        """The passages of a section by its name, "document#section", in reading order; none where there is no such section."""
        document, _, section = name.partition("#")
        rows = self._connection.execute(
            "SELECT passages.number FROM passages JOIN sections ON sections.number = passages.section "
            "JOIN documents ON documents.number = sections.document WHERE documents.id = ? AND sections.id = ? ORDER BY passages.number",
            (document, section),
        ).fetchall()
        return tuple(self.passages([number for (number,) in rows]))

    def keys_of_section(self, number: int) -> tuple[str, ...]:
        """The titles and other ways to ask of a section, by its number."""
        return tuple(row[0] for row in self._connection.execute("SELECT text FROM keys WHERE section = ?", (number,)))

    def sources(self, ids: Iterable[str]) -> tuple[Source, ...]:
        """The sources named, in that order."""
        return tuple(Source(*self._one("SELECT id, title, publisher, url, year FROM sources WHERE id = ?", name)) for name in ids)

    def document_list(self) -> list[tuple[str, str, str | None, str | None, str | None]]:
        """Id, title, group, review date and reviewer of every document, in the order they were indexed."""
        return self._connection.execute('SELECT id, title, "group", reviewed, reviewed_by FROM documents ORDER BY number').fetchall()

    def document(self, name: str) -> Document | None:
        """A whole document by id, or None where there is none."""
        row = self._connection.execute("SELECT number, blocks, source_ids FROM documents WHERE id = ?", (name,)).fetchone()
        if row is None:
            return None
        stored = self._stored_document(row[0])
        sections = self._connection.execute(
            'SELECT id, title, start, "end", parents FROM sections WHERE document = ? ORDER BY number', (row[0],)
        )
        return Document(
            id=stored.id,
            title=stored.title,
            text=stored.text,
            blocks=tuple(Block(*values) for values in json.loads(row[1])),
            sections=tuple(_section(*values) for values in sections),
            marks=stored.marks,
            sources=self.sources(json.loads(row[2])),
            url=stored.url,
            group=stored.group,
            reviewed=stored.reviewed,
            reviewed_by=stored.reviewed_by,
            review_due=stored.review_due,
            pages=stored.pages,
        )

    def texts(self) -> Iterator[str]:
        """The text of every document."""
        return (text for (text,) in self._connection.execute("SELECT text FROM documents ORDER BY number"))

    def section_titles(self) -> dict[str, str]:
        """The title of every section, by "document-id#section-id"."""
        rows = self._connection.execute(
            "SELECT documents.id || '#' || sections.id, sections.title FROM sections JOIN documents ON documents.number = sections.document"
        )
        return dict(rows.fetchall())

    def document_count(self) -> int:
        """How many documents there are."""
        return int(self._connection.execute("SELECT count(*) FROM documents").fetchone()[0])

    def tombstones(self) -> list[Tombstone]:
        """Every document that was taken out, and why."""
        return [Tombstone(*row) for row in self._connection.execute("SELECT id, title, reason FROM tombstones")]

    def tombstone(self, name: str) -> Tombstone | None:
        """Why a document was taken out, by its id; None where none was."""
        row = self._connection.execute("SELECT id, title, reason FROM tombstones WHERE id = ?", (name,)).fetchone()
        return Tombstone(*row) if row is not None else None

    def _read_document(self, number: int) -> StoredDocument:
        columns = 'number, id, title, text, url, "group", reviewed, reviewed_by, review_due, marks, pages'
        _, name, title, text, url, group, reviewed, reviewed_by, review_due, marks, pages = self._one(
            f"SELECT {columns} FROM documents WHERE number = ?",  # noqa: S608 -- columns is the constant above
            number,
        )
        placed = tuple(Mark(position, tuple(ids)) for position, ids in json.loads(marks))
        starts = tuple(Place(position, page) for position, page in json.loads(pages))
        return StoredDocument(number, name, title, text, url, group, reviewed, reviewed_by, review_due, placed, starts)

    def _one(self, query: str, *values: int | str) -> tuple:  # type: ignore[type-arg]
        row: tuple = self._connection.execute(query, values).fetchone()  # type: ignore[type-arg]
        return row


def _section(name: str, title: str, start: int, end: int, parents: str) -> Section:
    return Section(name, title, start, end, tuple(json.loads(parents)))
