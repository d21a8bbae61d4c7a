"""`citewell index --list` and `--rollback`: the versions of an index. Needs nothing that only indexing needs: servers go back as well."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from indexer.documents import Tombstone
from indexer.errors import IndexMissingError, IndexUnusableError
from indexer.index import roll_back, version_problem
from indexer.manifest import read_manifest
from indexer.store import Store
from indexer.versions import list_versions, live_or_none, live_version, no_index


def version_lines(folder: Path) -> Iterator[str]:
    """A line for each version, the newest first. Raises IndexMissingError where there is none."""
    versions = list_versions(folder)
    if not versions:
        raise IndexMissingError(no_index(folder))
    live = live_or_none(folder)
    for version in versions:
        written = datetime.fromtimestamp(version.stat().st_mtime, UTC)
        mark = "live" if version == live else "    "
        yield f"{version.name}  {mark}  {written:%Y-%m-%d %H:%M} UTC  {version_problem(version) or _contents(version)}"


def go_back(folder: Path) -> Iterator[str]:
    """Make the whole version before the live one live; what that means, in lines. Raises IndexerError."""
    withdrawn = _tombstones(folder)
    version = roll_back(folder)
    yield f"back to version {version.name}: {_contents(version)}; a running server takes it up within a second"
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
    return f"{counted(manifest.counts.documents, 'document')}, {counted(manifest.counts.passages, 'passage')}, {manifest.encoder.model}"


def counted(number: int, noun: str) -> str:
    """A number and what it counts: "1 document", "2,000 documents"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
