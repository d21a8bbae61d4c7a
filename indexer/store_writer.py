"""The SQLite file of an index, written. `store.py` reads it."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexer.chunking import Passage
from indexer.documents import Document, Section, Tombstone
from indexer.sentences import Sentence

_SCHEMA = """
CREATE TABLE documents (number INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL, url TEXT,
                        "group" TEXT, reviewed TEXT, reviewed_by TEXT, review_due TEXT,
                        blocks TEXT NOT NULL, marks TEXT NOT NULL, source_ids TEXT NOT NULL, pages TEXT NOT NULL);
CREATE TABLE sections  (number INTEGER PRIMARY KEY, document INTEGER NOT NULL, id TEXT NOT NULL, title TEXT NOT NULL,
                        start INTEGER NOT NULL, "end" INTEGER NOT NULL, parents TEXT NOT NULL);
CREATE TABLE passages  (number INTEGER PRIMARY KEY, section INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
                        titles TEXT NOT NULL, first_sentence INTEGER NOT NULL, sentence_count INTEGER NOT NULL);
CREATE TABLE sentences (number INTEGER PRIMARY KEY, passage INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
                        kind TEXT NOT NULL, context TEXT NOT NULL);
CREATE TABLE keys      (number INTEGER PRIMARY KEY, section INTEGER NOT NULL, text TEXT NOT NULL);
CREATE TABLE tombstones (id TEXT PRIMARY KEY, title TEXT NOT NULL, reason TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sources   (id TEXT PRIMARY KEY, title TEXT NOT NULL, publisher TEXT, url TEXT, year INTEGER) WITHOUT ROWID;
CREATE INDEX sections_of_document ON sections (document);
CREATE INDEX keys_of_section ON keys (section);
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
        self._connection.executescript(_SCHEMA)
        self._documents = self._sections = self._sentences = 0
        self._passages: list[tuple[int, int]] = []
        self._keys: list[int] = []

    def add(self, document: Document, passages: Sequence[Passage], keys: Sequence[tuple[Section, str]]) -> None:
        """Add one document, its passages in reading order, and the keys (other ways to ask) of its sections."""
        run = self._connection.execute
        run(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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

    def bury(self, tombstone: Tombstone) -> None:
        """Note a document that was taken out, and why."""
        self._connection.execute("INSERT INTO tombstones VALUES (?, ?, ?)", astuple(tombstone))

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
