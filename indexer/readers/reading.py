"""All files read: the documents that go in, those withdrawn, and a line for each that could not be read.

Documents wait on the disk, in a file without a name that goes with the process, however it ends; only the first few are kept in memory.
"""

import hashlib
import json
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any

from indexer.document_line import document_line, document_of
from indexer.documents import Document, Tombstone
from indexer.errors import DocumentError, shown

# Told once a file has been read.
Advance = Callable[[], None]
_IN_MEMORY = 32 * 2**20  # bytes of documents


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one document: where it stands, what it is now or what is wrong with it, and what its owner should know."""

    where: str
    result: Document | Tombstone | DocumentError
    notes: tuple[str, ...] = ()


class Reading:
    """What became of every document, in the order of the files. Ids are unique among documents and tombstones.

    `documents_read` are as many as go into the index, in `size` bytes; `digest` is the sha256 of these and of what was withdrawn.
    `tombstones` are what its owners took out, `problems` a line for each document that is left out, `remarks` a line for each other thing
    that they should know.
    """

    def __init__(self) -> None:
        self.documents_read = self.size = 0
        self.tombstones: tuple[Tombstone, ...] = ()
        self.problems: tuple[str, ...] = ()
        self.remarks: tuple[str, ...] = ()
        self.digest = ""
        self._spool: Any = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 -- lives as long as the reading
        weakref.finalize(self, self._spool.close)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Reading":
        """The reading of entries whose ids are unique."""
        reading, digest = cls(), hashlib.sha256()
        tombstones: list[Tombstone] = []
        problems: list[str] = []
        remarks: list[str] = []
        for entry in entries:
            remarks += [f"note: {entry.where}: {note}" for note in entry.notes]
            match entry.result:
                case Document() as document:
                    body = document_line(document)
                    reading.documents_read += 1
                    reading.size += len(body)
                    digest.update(body + b"\n")
                case Tombstone() as tombstone:
                    body = json.dumps(["withdrawn", *astuple(tombstone)]).encode()
                    tombstones.append(tombstone)
                    remarks.append(f"withdrawn: {entry.where}: {tombstone.reason}")
                    digest.update(body + b"\n")
                case problem:
                    body = json.dumps(str(problem)).encode()
                    problems.append(str(problem))
            head = json.dumps([type(entry.result).__name__, entry.where, entry.notes]).encode()
            reading._spool.write(head + b"\n" + body + b"\n")
        reading.tombstones, reading.problems, reading.remarks = tuple(tombstones), tuple(problems), tuple(remarks)
        reading.digest = digest.hexdigest()
        return reading

    @property
    def entries(self) -> Iterator[Entry]:
        """What became of each document, read from the disk."""
        for kind, where, notes, body in self._records():
            result: Document | Tombstone | DocumentError
            if kind == Document.__name__:
                result = document_of(body)
            else:
                value = json.loads(body)
                result = Tombstone(*value[1:]) if kind == Tombstone.__name__ else DocumentError(value)
            yield Entry(where, result, tuple(notes))

    @property
    def documents(self) -> Iterator[Document]:
        """What goes into the index, read from the disk."""
        return map(document_of, self.lines())

    def lines(self) -> Iterator[bytes]:
        """The documents as lines, see `document_line`."""
        return (body for kind, _, _, body in self._records() if kind == Document.__name__)

    def _records(self) -> Iterator[tuple[str, str, list[str], bytes]]:
        """Kind, place, notes and body of each entry."""
        position = 0
        while True:
            self._spool.seek(position)  # somebody else may have read in the meantime
            head, body = self._spool.readline(), self._spool.readline()
            position = self._spool.tell()
            if not head:
                return
            kind, where, notes = json.loads(head)
            yield kind, where, notes, body[:-1]


def read_documents(files: Sequence[Path], read: Callable[[Path], Iterable[Entry]], advance: Advance = lambda: None) -> Reading:
    """Read every file with `read`. A document that cannot be read becomes a problem; the others go in."""
    taken: dict[str, str] = {}
    return Reading.of(_unique(entry, taken) for entry in _entries(files, read, advance))


def _entries(files: Sequence[Path], read: Callable[[Path], Iterable[Entry]], advance: Advance) -> Iterator[Entry]:
    for file in files:
        yield from read(file)
        advance()


def _unique(entry: Entry, taken: dict[str, str]) -> Entry:
    """The entry, or a problem where its id is another's; every problem is one line that can be printed."""
    result = entry.result
    if isinstance(result, DocumentError):
        return replace(entry, result=DocumentError(shown(result)))
    if result.id in taken:
        way_out = "rename one of the two, or give it another id"
        return replace(entry, result=DocumentError(f"{entry.where}: the id {result.id!r} is taken by {taken[result.id]}; {way_out}"))
    taken[result.id] = entry.where
    return entry
