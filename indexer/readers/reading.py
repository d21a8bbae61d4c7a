"""All files read: the documents that go in, those withdrawn, and a line for each that could not be read."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from indexer.documents import Document, Tombstone
from indexer.errors import DocumentError, shown

# Told once a file has been read.
Advance = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one document: where it stands, what it is now or what is wrong with it, and what its owner should know."""

    where: str
    result: Document | Tombstone | DocumentError
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of every document, in the order of the files. Ids are unique among documents and tombstones."""

    entries: tuple[Entry, ...]

    @property
    def documents(self) -> tuple[Document, ...]:
        """What goes into the index."""
        return tuple(entry.result for entry in self.entries if isinstance(entry.result, Document))

    @property
    def tombstones(self) -> tuple[Tombstone, ...]:
        """What its owners took out."""
        return tuple(entry.result for entry in self.entries if isinstance(entry.result, Tombstone))

    @property
    def problems(self) -> tuple[str, ...]:
        """A line for each document that is left out."""
        return tuple(str(entry.result) for entry in self.entries if isinstance(entry.result, DocumentError))


def read_documents(files: Sequence[Path], read: Callable[[Path], Iterable[Entry]], advance: Advance = lambda: None) -> Reading:
    """Read every file with `read`. A document that cannot be read becomes a problem; the others go in."""
    taken: dict[str, str] = {}
    return Reading(tuple(_unique(entry, taken) for entry in _entries(files, read, advance)))


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
