"""A file that is whole or not there: written beside, flushed, and renamed."""

import os
from pathlib import Path

from indexer.errors import WriteError, shown


def write_whole(file: Path, text: str, mode: int = 0o666) -> None:
    """Write a file in place of one before it, in one step. Raises WriteError; what was there then still is.

    `mode` are its permissions, less the process's umask.
    """
    beside = file.with_name(f"{file.name}.new")
    try:
        beside.unlink(missing_ok=True)  # one left behind would keep its permissions
        with open(beside, "w", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, mode)) as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(file)
    except OSError as problem:
        beside.unlink(missing_ok=True)
        raise WriteError(f"{shown(file)} cannot be written ({problem.strerror}); free space, or check permissions") from problem
