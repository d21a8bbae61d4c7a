"""Files that a command leaves: whether there is a place for each, before the work is done."""

from collections.abc import Mapping
from pathlib import Path

from bot.errors import QuestionError
from indexer.errors import shown


def check_places(files: Mapping[str, Path | None]) -> None:
    """Whether each file, by its option, has a folder to stand in. Raises QuestionError."""
    for option, file in files.items():
        if file is not None and file.is_dir():
            raise QuestionError(f"{option} {shown(file)} is a folder; name a file in it")
        if file is not None and not file.parent.is_dir():
            raise QuestionError(f"{option} {shown(file)}: there is no folder {shown(file.parent)}; make it, or name another")
