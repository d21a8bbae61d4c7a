"""The index folder: immutable versions side by side, and one small file that names the live one.

A version is written into a hidden sibling, flushed to disk, renamed into place, and only then named in `current`, itself replaced by
one rename. Whatever is interrupted, `current` names a whole version; the next run sweeps away what was begun.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from indexer.errors import IndexerError, IndexMissingError, WriteError
from indexer.manifest import DIGEST_LENGTH, MANIFEST, REBUILD, file_digest

STAGING = ".writing"
_NAME = re.compile(rf"\d{{6,}}-[0-9a-f]{{{DIGEST_LENGTH}}}")
_KEPT = 3  # the live version, the one before it, and the newest of the others


def live_version(folder: Path) -> Path:
    """The folder of the live version. Raises IndexMissingError."""
    try:
        name = (folder / "current").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        if list_versions(folder):
            raise IndexMissingError(f"{folder / 'current'} cannot be read, so no version is live; {REBUILD}") from problem
        raise IndexMissingError(no_index(folder)) from problem
    version = folder / "versions" / name
    if not _NAME.fullmatch(name) or not version.is_dir():
        raise IndexMissingError(f"{folder / 'current'} names a version that is not there; {REBUILD}")
    return version


def live_or_none(folder: Path) -> Path | None:
    """The folder of the live version, or None where no version is."""
    try:
        return live_version(folder)
    except IndexMissingError:
        return None


def no_index(folder: Path) -> str:
    """What is said of a folder without any version."""
    return f"there is no index in {folder}; run `citewell index` to build one, or name another with --index"


def list_versions(folder: Path) -> list[Path]:
    """Every version in a folder, whole or not, the newest first."""
    try:
        named = [version for version in (folder / "versions").iterdir() if _NAME.fullmatch(version.name)]
    except OSError:
        return []
    return sorted(named, key=number_of, reverse=True)


def number_of(version: Path) -> int:
    """A version's number; each new one is higher than all before it, whatever the clock says."""
    return int(version.name.split("-")[0])


@contextmanager
def index_lock(folder: Path) -> Iterator[None]:
    """Held while an index is written, or another version is made live. Raises IndexerError that says who holds it.

    The kernel lets go of the lock when its holder ends, however that happens.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "lock").open("a+", encoding="utf-8")
    except (PermissionError, NotADirectoryError, FileExistsError) as problem:
        raise WriteError(f"{folder} cannot be written ({problem.strerror}); choose another folder with --index") from problem
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            file.seek(0)
            holder = file.read().strip() or "another run"
            raise IndexerError(f"{holder} is writing into {folder}; wait until it has finished") from problem
        file.truncate(0)
        file.write(f"process {os.getpid()} (since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC)\n")
        file.flush()
        yield


def publish(folder: Path, write: Callable[[Path], None]) -> Path:
    """Let `write` fill a new version folder, manifest last; make it live. Returns the version's folder."""
    versions = folder / "versions"
    versions.mkdir(exist_ok=True)
    with staged(versions / STAGING) as staging:
        write(staging)
        flush_tree(staging)
        number = max(map(number_of, list_versions(folder)), default=0) + 1
        target = versions / f"{number:06d}-{file_digest(staging / MANIFEST)[:DIGEST_LENGTH]}"
        staging.rename(target)
    _flush(versions)
    make_live(folder, target)
    return target


def make_live(folder: Path, version: Path) -> None:
    """Name another version in `current`; of the others, those that are oldest and were not live just now are let go."""
    before = live_or_none(folder)
    beside = folder / "current.new"
    beside.write_text(version.name + "\n", encoding="utf-8")
    _flush(beside)
    beside.replace(folder / "current")
    _flush(folder)
    with suppress(OSError):  # a folder above that may be passed through, not read
        _flush(folder.parent)
    kept = dict.fromkeys([version, *([before] if before else []), *list_versions(folder)])
    for old in list(kept)[_KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


@contextmanager
def staged(staging: Path) -> Iterator[Path]:
    """An empty folder to write into; gone again where that fails."""
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    try:
        yield staging
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise


def leftovers(folder: Path) -> list[Path]:
    """What runs that were cut short have left behind."""
    staging = [folder / where / STAGING for where in ("versions", "cache/encoders", "cache/classifiers")]
    found = [*staging, folder / "current.new"]
    return [path for path in found if path.exists()]


def sweep(folder: Path) -> None:
    """Remove what runs that were cut short have left behind."""
    for path in leftovers(folder):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


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
