"""`citewell index`: documents are read, what became of each is said, and an index is written or another of its versions made live."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from indexer.build import Progress, build_index
from indexer.config import IndexConfig
from indexer.corpus_tables import CorpusTables
from indexer.documents import Document, Tombstone
from indexer.errors import DocumentError, IndexMissingError, IndexUnusableError, shown
from indexer.index import roll_back, version_problem
from indexer.manifest import read_manifest
from indexer.readers import BoundedReader, Entry, FoundFiles, Reading, find_files, read_documents
from indexer.sentences import split_sentences
from indexer.store import Store
from indexer.versions import list_versions, live_version, no_index

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
    problems = (*found.problems, *reading.problems)
    try:
        if strict and problems:
            raise DocumentError(f"{_counted(len(problems), 'document')} cannot be read, and --strict wants all; mend those listed")
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
        _counted(summary.documents, "document"),
        _counted(summary.passages, "passage"),
        _counted(summary.sentences, "sentence"),
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
    problems = len(found.problems) + len(reading.problems)
    counts = f"{_counted(len(reading.documents), 'document')}, {len(reading.tombstones)} withdrawn, {problems} left out"
    yield f"{counts}, {_counted(len(found.passed_over), 'file')} passed over; nothing was written"
    if strict and problems:
        raise DocumentError(f"{_counted(problems, 'document')} cannot be read, and --strict wants all; mend those listed")


def version_lines(folder: Path) -> Iterator[str]:
    """A line for each version, the newest first. Raises IndexMissingError where there is none."""
    versions = list_versions(folder)
    if not versions:
        raise IndexMissingError(no_index(folder))
    try:
        live = live_version(folder).name
    except IndexUnusableError:
        live = ""
    for version in versions:
        written = datetime.fromtimestamp(version.stat().st_mtime, UTC)
        mark = "live" if version.name == live else "    "
        yield f"{version.name}  {mark}  {written:%Y-%m-%d %H:%M} UTC  {version_problem(version) or _contents(version)}"


def go_back(folder: Path) -> Iterator[str]:
    """Make the whole version before the live one live; what that means, in lines. Raises IndexerError."""
    withdrawn = _tombstones(folder)
    version = roll_back(folder)
    yield f"back to version {version.name}: {_contents(version)}; a server takes it up when it is started again"
    with closing(Store(version / "documents.sqlite")) as store:
        for tombstone in withdrawn:
            if store.document(tombstone.id) is not None:
                yield f"WITHDRAWN since, and answered from again: {tombstone.id} ({tombstone.reason}); run `citewell index` to take it out"


def _tombstones(folder: Path) -> list[Tombstone]:
    """What the live version says was withdrawn, as far as it can be read."""
    try:
        with closing(Store(live_version(folder) / "documents.sqlite")) as store:
            return store.tombstones()
    except (IndexUnusableError, sqlite3.Error):
        return []


def _contents(version: Path) -> str:
    manifest = read_manifest(version)
    return f"{_counted(manifest.counts.documents, 'document')}, {_counted(manifest.counts.passages, 'passage')}, {manifest.encoder.model}"


def _remarks(found: FoundFiles, reading: Reading) -> Iterator[str]:
    """What the owner of the documents should know, the most important last."""
    if found.passed_over:
        yield f"{_counted(len(found.passed_over), 'file')} passed over (--dry-run lists them)"
    for entry in reading.entries:
        yield from (f"note: {entry.where}: {note}" for note in entry.notes)
        if isinstance(entry.result, Tombstone):
            yield f"withdrawn: {entry.where}: {entry.result.reason}"
    problems = (*found.problems, *reading.problems)
    yield from (f"left out: {problem}" for problem in problems[:_LISTED])
    if len(problems) > _LISTED:
        yield f"left out: {len(problems) - _LISTED:,} more (--dry-run lists them all)"


def _would_become(entry: Entry) -> str:
    match entry.result:
        case Document() as document:
            sizes = [
                *([_counted(len({page.number for page in document.pages}), "page")] if document.pages else []),
                _counted(len(document.sections), "section"),
                _counted(len(split_sentences(document)), "sentence"),
                _counted(len(document.text), "character"),
            ]
            return f"{entry.where}: document {document.id!r}, {document.title!r}: {', '.join(sizes)}"
        case Tombstone() as tombstone:
            return f"{entry.where}: withdrawn {tombstone.id!r}, {tombstone.title!r}: {tombstone.reason}"
        case problem:
            return f"left out: {problem}"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
