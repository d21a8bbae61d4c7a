"""The text of an index: documents, sections, passages, sentences and sources, in one read-only SQLite file.

Passages and sentences are numbered from 0 in reading order; those numbers are the rows of the vector files.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexer.chunking import Passage
from indexer.documents import Block, BlockKind, Document, Mark, Section, Source
from indexer.sentences import Sentence

_SCHEMA = """
CREATE TABLE documents (number INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL, url TEXT,
                        "group" TEXT, reviewed TEXT, reviewed_by TEXT, review_due TEXT,
                        blocks TEXT NOT NULL, marks TEXT NOT NULL, source_ids TEXT NOT NULL);
CREATE TABLE sections  (number INTEGER PRIMARY KEY, document INTEGER NOT NULL, id TEXT NOT NULL, title TEXT NOT NULL,
                        start INTEGER NOT NULL, "end" INTEGER NOT NULL, parents TEXT NOT NULL);
CREATE TABLE passages  (number INTEGER PRIMARY KEY, section INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
                        titles TEXT NOT NULL, first_sentence INTEGER NOT NULL, sentence_count INTEGER NOT NULL);
CREATE TABLE sentences (number INTEGER PRIMARY KEY, passage INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
                        kind TEXT NOT NULL, context TEXT NOT NULL);
CREATE TABLE keys      (number INTEGER PRIMARY KEY, section INTEGER NOT NULL, text TEXT NOT NULL);
CREATE TABLE sources   (id TEXT PRIMARY KEY, title TEXT NOT NULL, publisher TEXT, url TEXT, year INTEGER) WITHOUT ROWID;
CREATE INDEX sections_of_document ON sections (document);
CREATE INDEX keys_of_section ON keys (section);
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


@dataclass(frozen=True, slots=True)
class Counts:
    """How much an index holds."""

    documents: int
    passages: int
    sentences: int
    keys: int


@dataclass(frozen=True, slots=True)
class Numbering:
    """How the numbers hang together, as arrays: ranking looks these up by the hundred, too often for SQL.

    `passage_sections[p]` and `key_sections[k]` are the sections of passage p and key k, ascending. The sentences of passage p are
    `first_sentences[p]` up to `first_sentences[p + 1]`.
    """

    counts: Counts
    passage_sections: npt.NDArray[np.int32]
    first_sentences: npt.NDArray[np.int32]
    key_sections: npt.NDArray[np.int32]


class StoreWriter:
    """Fills a new SQLite file. Rows get their numbers in the order they are added."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file)
        self._connection.executescript(_SCHEMA)
        self._documents = self._sections = self._sentences = 0
        self._passages: list[tuple[int, int]] = []
        self._keys: list[int] = []

    def add(self, document: Document, passages: Sequence[Passage], keys: Sequence[tuple[Section, str]]) -> None:
        """Add one document, its passages in reading order, and the keys (other ways to ask) of its sections."""
        run = self._connection.execute
        run(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self._documents,
                document.id,
                document.title,
                document.text,
                document.url,
                document.group,
                document.reviewed,
                document.reviewed_by,
                document.review_due,
                json.dumps(
                    [[block.kind, block.start, block.end, block.level, block.context] for block in document.blocks],
                    ensure_ascii=False,
                ),
                json.dumps([[mark.position, mark.source_ids] for mark in document.marks]),
                json.dumps([source.id for source in document.sources]),
            ),
        )
        numbers: dict[str, int] = {}
        for section in document.sections:
            numbers[section.id] = self._sections
            values = (
                section.id,
                section.title,
                section.start,
                section.end,
                json.dumps(section.parents, ensure_ascii=False),
            )
            run("INSERT INTO sections VALUES (?, ?, ?, ?, ?, ?, ?)", (self._sections, self._documents, *values))
            self._sections += 1
        for passage in passages:
            self._add_passage(passage, numbers[passage.section.id])
        for section, text in keys:
            run("INSERT INTO keys VALUES (?, ?, ?)", (len(self._keys), numbers[section.id], text))
            self._keys.append(numbers[section.id])
        for source in document.sources:
            run("INSERT OR IGNORE INTO sources VALUES (?, ?, ?, ?, ?)", astuple(source))
        self._documents += 1

    def _add_passage(self, passage: Passage, section: int) -> None:
        row = (
            len(self._passages),
            section,
            passage.start,
            passage.end,
            passage.titles,
            self._sentences,
            len(passage.sentences),
        )
        self._connection.execute("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        first_sentence = self._sentences
        for sentence in passage.sentences:
            self._connection.execute("INSERT INTO sentences VALUES (?, ?, ?, ?, ?, ?)", self._sentence_row(sentence))
            self._sentences += 1
        self._passages.append((section, first_sentence))

    def _sentence_row(self, sentence: Sentence) -> tuple[int, int, int, int, str, str]:
        return self._sentences, len(self._passages), sentence.start, sentence.end, sentence.kind, sentence.context

    def close(self) -> "Numbering":
        """Commit, and say which number belongs to which."""
        self._connection.commit()
        self._connection.close()
        sections, first_sentences = zip(*self._passages, strict=True) if self._passages else ((), ())
        return Numbering(
            counts=Counts(self._documents, len(self._passages), self._sentences, len(self._keys)),
            passage_sections=np.array(sections, dtype=np.int32),
            first_sentences=np.array([*first_sentences, self._sentences], dtype=np.int32),
            key_sections=np.array(self._keys, dtype=np.int32),
        )


class Store:
    """Reads what a StoreWriter wrote. Safe to use from several threads."""

    def __init__(self, file: Path) -> None:
        # immutable: no locks and no journal, as nobody ever writes to a finished index.
        self._connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        self._connection.execute("PRAGMA mmap_size = 1073741824")

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def counts(self) -> Counts:
        """How much the index holds."""
        return Counts(*(self._one(f"SELECT count(*) FROM {table}")[0] for table in ("documents", "passages", "sentences", "keys")))  # noqa: S608

    def passage(self, number: int) -> StoredPassage:
        """A passage by number, with its sentences, section and document."""
        section_number, start, end, titles, first, count = self._one(
            'SELECT section, start, "end", titles, first_sentence, sentence_count FROM passages WHERE number = ?',
            number,
        )
        document_number, *values = self._one(
            'SELECT document, id, title, start, "end", parents FROM sections WHERE number = ?', section_number
        )
        document = self._stored_document(document_number)
        rows = self._connection.execute(
            'SELECT number, start, "end", kind FROM sentences WHERE number >= ? AND number < ? ORDER BY number',
            (first, first + count),
        )
        sentences = tuple(StoredSentence(row[0], row[1], row[2], row[3], document.text[row[1] : row[2]]) for row in rows)
        return StoredPassage(number, section_number, _section(*values), document, start, end, titles, sentences)

    def keys_of_section(self, number: int) -> tuple[str, ...]:
        """The titles and other ways to ask of a section, by its number."""
        return tuple(row[0] for row in self._connection.execute("SELECT text FROM keys WHERE section = ?", (number,)))

    def sources(self, ids: Iterable[str]) -> tuple[Source, ...]:
        """The sources named, in that order."""
        return tuple(Source(*self._one("SELECT id, title, publisher, url, year FROM sources WHERE id = ?", name)) for name in ids)

    def document_list(self) -> list[tuple[str, str, str | None, str | None]]:
        """Id, title, group and review date of every document, in the order they were indexed."""
        return self._connection.execute('SELECT id, title, "group", reviewed FROM documents ORDER BY number').fetchall()

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
        )

    def _stored_document(self, number: int) -> StoredDocument:
        columns = 'number, id, title, text, url, "group", reviewed, reviewed_by, review_due, marks'
        _, name, title, text, url, group, reviewed, reviewed_by, review_due, marks = self._one(
            f"SELECT {columns} FROM documents WHERE number = ?",  # noqa: S608 -- columns is the constant above
            number,
        )
        placed = tuple(Mark(position, tuple(ids)) for position, ids in json.loads(marks))
        return StoredDocument(number, name, title, text, url, group, reviewed, reviewed_by, review_due, placed)

    def _one(self, query: str, *values: int | str) -> tuple:  # type: ignore[type-arg]
        row: tuple = self._connection.execute(query, values).fetchone()  # type: ignore[type-arg]
        return row


def _section(name: str, title: str, start: int, end: int, parents: str) -> Section:
    return Section(name, title, start, end, tuple(json.loads(parents)))
