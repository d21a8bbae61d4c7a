"""The index folder: immutable versions side by side, and one small file that names the live one.

A version is written into a hidden sibling, flushed to disk, renamed into place, and only then named in `current`, itself replaced by
one rename. Whatever is interrupted, `current` names a whole version.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer.errors import IndexerError, IndexMissingError
from indexer.manifest import DIGEST_LENGTH, MANIFEST, REBUILD, file_digest

_NAME = re.compile(rf"\d{{6,}}-[0-9a-f]{{{DIGEST_LENGTH}}}")
_KEPT = 3  # the live version and the two before it


def live_version(folder: Path) -> Path:
    """The folder of the live version. Raises IndexMissingError."""
    try:
        name = (folder / "current").read_text(encoding="utf-8").strip()
    except OSError as problem:
        raise IndexMissingError(
            f"there is no index in {folder}; run `citewell index` to build one, or name another with --index"
        ) from problem
    version = folder / "versions" / name
    if not name or Path(name).name != name or not version.is_dir():
        raise IndexMissingError(f"{folder / 'current'} names a version that is not there; {REBUILD}")
    return version


@contextmanager
def index_lock(folder: Path) -> Iterator[None]:
    """Held while an index is written. Raises IndexerError where another run holds it, or the folder cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as problem:
                raise IndexerError(f"another run is indexing into {folder}; wait until it has finished") from problem
            yield
    except (PermissionError, NotADirectoryError, FileExistsError) as problem:
        raise IndexerError(f"{folder} cannot be written ({problem.strerror}); choose another folder with --index") from problem


def publish(folder: Path, write: Callable[[Path], None]) -> Path:
    """Let `write` fill a new version folder, manifest last; make it live. Returns the version's folder."""
    versions = folder / "versions"
    versions.mkdir(exist_ok=True)
    staging = versions / ".writing"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir()
    try:
        write(staging)
        flush_tree(staging)
        numbers = [int(version.name.split("-")[0]) for version in _versions(folder)]
        target = versions / f"{max(numbers, default=0) + 1:06d}-{file_digest(staging / MANIFEST)[:DIGEST_LENGTH]}"
        staging.rename(target)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    _flush(versions)
    _name_live(folder, target.name)
    for old in _versions(folder)[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return target


def _versions(folder: Path) -> list[Path]:
    named = (version for version in (folder / "versions").iterdir() if _NAME.fullmatch(version.name))
    return sorted(named, key=lambda version: int(version.name.split("-")[0]))


def _name_live(folder: Path, name: str) -> None:
    beside = folder / "current.new"
    beside.write_text(name + "\n", encoding="utf-8")
    _flush(beside)
    beside.replace(folder / "current")
    _flush(folder)


def flush_tree(folder: Path) -> None:
    """Make sure that a folder and all in it are on the disk."""
    for path in [*folder.rglob("*"), folder]:
        _flush(path)


def _flush(path: Path) -> None:
    """Make sure that a file's bytes, or a folder's names, are on the disk and not only on their way."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
