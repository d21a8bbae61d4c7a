"""Files that a command leaves: written beside and renamed, so that each is whole or not there."""

import os
from collections.abc import Mapping
from pathlib import Path

from bot.errors import QuestionError
from indexer.errors import WriteError, shown


def check_places(files: Mapping[str, Path | None]) -> None:
    """Before the work is done: whether each file, by its option, has a folder to stand in. Raises QuestionError."""
    for option, file in files.items():
        if file is not None and file.is_dir():
            raise QuestionError(f"{option} {shown(file)} is a folder; name a file in it")
        if file is not None and not file.parent.is_dir():
            raise QuestionError(f"{option} {shown(file)}: there is no folder {shown(file.parent)}; make it, or name another")


def write_whole(file: Path, text: str) -> None:
    """Write a file in place of one before it, in one step. Raises WriteError; what was there then still is."""
    beside = file.with_name(f"{file.name}.new")
    try:
        with beside.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(file)
    except OSError as problem:
        beside.unlink(missing_ok=True)
        raise WriteError(f"{shown(file)} cannot be written ({problem.strerror}); free space, or check permissions") from problem
