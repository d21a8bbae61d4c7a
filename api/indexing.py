"""`citewell index`: documents are read, what became of each is said, and an index is written."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from api.history import counted
from indexer.build import build_index
from indexer.config import IndexConfig
from indexer.corpus_tables import CorpusTables
from indexer.documents import Document, Tombstone
from indexer.errors import DocumentError, shown
from indexer.progress import Progress
from indexer.readers import BoundedReader, Entry, FoundFiles, Reading, find_files, read_documents
from indexer.sentences import split_sentences

Say = Callable[[str], None]
_LISTED = 200  # problems; a file of a million broken lines would hide everything else


@dataclass(frozen=True, slots=True)
class Inputs:
    """Which documents are read, and how. `encoding` is that of files which are not UTF-8 and do not name their own."""

    paths: Sequence[Path]
    tables: CorpusTables
    ignore: Sequence[str] = ()
    encoding: str | None = None

    def read(self, progress: Progress) -> tuple[FoundFiles, Reading]:
        """Every document, each within its limits. Raises DocumentError for a path that is not there."""
        found = find_files(self.paths, self.ignore)
        with BoundedReader(self.tables, self.encoding) as reader:
            return found, read_documents(found.files, reader.read, lambda: progress("reading", 1, len(found.files)))


def write_index(inputs: Inputs, folder: Path, config: IndexConfig, progress: Progress, say: Say, *, strict: bool) -> str:
    """Index the documents; in one line what came of it. Raises IndexerError, where `strict` also for a document that cannot be read."""
    started = time.monotonic()
    found, reading = inputs.read(progress)
    problems = _problems(found, reading)
    try:
        _refuse(problems, strict=strict)
        summary = build_index(reading, folder, config, inputs.tables, report=say, progress=progress)
    finally:
        for line in _remarks(found, reading):
            say(line)
    done = {
        "written": f"{summary.reused} of {summary.texts} vectors reused",
        "made live": "written before and made live",
        "unchanged": "nothing changed",
    }[summary.outcome]
    counts = [
        counted(summary.documents, "document"),
        counted(summary.passages, "passage"),
        counted(summary.sentences, "sentence"),
        *([f"{len(reading.tombstones)} withdrawn"] if reading.tombstones else []),
        *([f"{len(problems)} left out"] if problems else []),
    ]
    return f"{', '.join(counts)}; {done}; {time.monotonic() - started:.1f} s; version {summary.version}"


def dry_run(inputs: Inputs, progress: Progress, *, strict: bool) -> Iterator[str]:
    """A line for each file: what it would become. Raises DocumentError at the end, where `strict` and one cannot be read."""
    found, reading = inputs.read(progress)
    for entry in reading.entries:
        yield _would_become(entry)
        yield from (f"  note: {note}" for note in entry.notes)
    yield from (f"left out: {problem}" for problem in found.problems)
    yield from (f"{shown(file)}: passed over, {reason}" for file, reason in found.passed_over)
    problems = _problems(found, reading)
    counts = f"{counted(reading.documents_read, 'document')}, {len(reading.tombstones)} withdrawn, {len(problems)} left out"
    yield f"{counts}, {counted(len(found.passed_over), 'file')} passed over; nothing was written"
    _refuse(problems, strict=strict)


def _problems(found: FoundFiles, reading: Reading) -> tuple[str, ...]:
    return (*found.problems, *reading.problems)


def _refuse(problems: Sequence[str], *, strict: bool) -> None:
    if strict and problems:
        raise DocumentError(f"{counted(len(problems), 'document')} cannot be read, and --strict wants all; mend those listed")


def _remarks(found: FoundFiles, reading: Reading) -> Iterator[str]:
    """What the owner of the documents should know, the most important last."""
    if found.passed_over:
        yield f"{counted(len(found.passed_over), 'file')} passed over (--dry-run lists them)"
    yield from reading.remarks
    problems = _problems(found, reading)
    yield from (f"left out: {problem}" for problem in problems[:_LISTED])
    if len(problems) > _LISTED:
        yield f"left out: {len(problems) - _LISTED:,} more (--dry-run lists them all)"


def _would_become(entry: Entry) -> str:
    match entry.result:
        case Document() as document:
            sizes = [
                *([counted(len({page.number for page in document.pages}), "page")] if document.pages else []),
                counted(len(document.sections), "section"),
                counted(len(split_sentences(document)), "sentence"),
                counted(len(document.text), "character"),
            ]
            return f"{entry.where}: document {document.id!r}, {document.title!r}: {', '.join(sizes)}"
        case Tombstone() as tombstone:
            return f"{entry.where}: withdrawn {tombstone.id!r}, {tombstone.title!r}: {tombstone.reason}"
        case problem:
            return f"left out: {problem}"
