"""The SQLite file of an index, written. `store.py` reads it."""

import json
import sqlite3
from array import array
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexer.chunking import Passage
from indexer.documents import Document, Section, Tombstone

_SCHEMA = """
CREATE TABLE documents (number INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL, url TEXT,
                        "group" TEXT, reviewed TEXT, reviewed_by TEXT, review_due TEXT,
                        blocks TEXT NOT NULL, marks TEXT NOT NULL, source_ids TEXT NOT NULL, pages TEXT NOT NULL, digest BLOB NOT NULL);
CREATE TABLE sections  (number INTEGER PRIMARY KEY, document INTEGER NOT NULL, id TEXT NOT NULL, title TEXT NOT NULL,
                        start INTEGER NOT NULL, "end" INTEGER NOT NULL, parents TEXT NOT NULL);
CREATE TABLE passages  (number INTEGER PRIMARY KEY, section INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
                        titles TEXT NOT NULL, first_sentence INTEGER NOT NULL, sentence_count INTEGER NOT NULL);
CREATE TABLE sentences (number INTEGER PRIMARY KEY, passage INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
                        kind TEXT NOT NULL, context TEXT NOT NULL);
CREATE TABLE keys      (number INTEGER PRIMARY KEY, section INTEGER NOT NULL, text TEXT NOT NULL);
CREATE TABLE tombstones (id TEXT PRIMARY KEY, title TEXT NOT NULL, reason TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sources   (id TEXT PRIMARY KEY, title TEXT NOT NULL, publisher TEXT, url TEXT, year INTEGER) WITHOUT ROWID;
"""
# Made once all rows are there: kept up row by row they cost more.
_INDEXES = """
CREATE INDEX sections_of_document ON sections (document);
CREATE INDEX keys_of_section ON keys (section);
CREATE INDEX passages_of_section ON passages (section);
CREATE INDEX sentences_of_passage ON sentences (passage);
"""


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
        # Nobody reads a file that is not whole, so there is nothing to roll back to.
        self._connection.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_SCHEMA}")
        self._documents = self._sections = 0
        self._passage_sections, self._first_sentences, self._key_sections = array("i"), array("i", [0]), array("i")

    def add(self, document: Document, passages: Sequence[Passage], keys: Sequence[tuple[Section, str]], digest: bytes) -> None:
        """Add one document, its passages in reading order, and the keys (other ways to ask) of its sections.

        `digest` is that of all that the passages were made of.
        """
        run = self._connection.execute
        run(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
                json.dumps([[page.position, page.number] for page in document.pages]),
                digest,
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
            run("INSERT INTO keys VALUES (?, ?, ?)", (len(self._key_sections), numbers[section.id], text))
            self._key_sections.append(numbers[section.id])
        for source in document.sources:
            run("INSERT OR IGNORE INTO sources VALUES (?, ?, ?, ?, ?)", astuple(source))
        self._documents += 1

    def bury(self, tombstone: Tombstone) -> None:
        """Note a document that was taken out, and why."""
        self._connection.execute("INSERT INTO tombstones VALUES (?, ?, ?)", astuple(tombstone))

    def _add_passage(self, passage: Passage, section: int) -> None:
        number, first = len(self._passage_sections), self._first_sentences[-1]
        row = (number, section, passage.start, passage.end, passage.titles, first, len(passage.sentences))
        self._connection.execute("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        sentences = (
            (first + at, number, sentence.start, sentence.end, sentence.kind, sentence.context)
            for at, sentence in enumerate(passage.sentences)
        )
        self._connection.executemany("INSERT INTO sentences VALUES (?, ?, ?, ?, ?, ?)", sentences)
        self._passage_sections.append(section)
        self._first_sentences.append(first + len(passage.sentences))

    def close(self) -> "Numbering":
        """Commit, and say which number belongs to which."""
        self._connection.executescript(_INDEXES)
        self._connection.commit()
        self._connection.close()
        return Numbering(
            counts=Counts(self._documents, len(self._passage_sections), self._first_sentences[-1], len(self._key_sections)),
            passage_sections=np.array(self._passage_sections, dtype=np.int32),
            first_sentences=np.array(self._first_sentences, dtype=np.int32),
            key_sections=np.array(self._key_sections, dtype=np.int32),
        )
