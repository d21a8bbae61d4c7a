"""Which files below the paths named are documents, and why the others are not."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pathspec import GitIgnoreSpec

from indexer.errors import DocumentError, shown

SUFFIXES = (".md", ".markdown", ".txt", ".html", ".htm", ".pdf", ".docx", ".jsonl")
_NOT_MEANT = (".", "~$")  # hidden; held open by an office program
IGNORE_FILE = ".citewellignore"


@dataclass(slots=True)
class FoundFiles:
    """Files to read in a stable order, those passed over with the reason, and a line for whatever could not be looked at."""

    files: list[Path] = field(default_factory=list)
    passed_over: list[tuple[Path, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def find_files(paths: Iterable[Path], ignore: Sequence[str] = ()) -> FoundFiles:
    """Every file named, and every document below a folder named, each once. Raises DocumentError for a path that is not there.

    `ignore` and the file `.citewellignore` of a folder hold patterns as .gitignore has them.
    """
    found = FoundFiles()
    for path in paths:
        if path.is_dir():
            _walk(path, _patterns(path, ignore), found)
        elif os.path.lexists(path):
            found.files.append(path)
        else:
            raise DocumentError(f"{shown(path)}: no such file or folder; name an existing one, for example corpus/documents")
    first: dict[str, Path] = {}
    for file in found.files:
        first.setdefault(os.path.realpath(file), file)
    found.files = list(first.values())
    return found


def _patterns(folder: Path, ignore: Sequence[str]) -> GitIgnoreSpec:
    try:
        own = (folder / IGNORE_FILE).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        own = []
    except (OSError, UnicodeDecodeError) as problem:
        raise DocumentError(f"{shown(folder / IGNORE_FILE)}: cannot be read ({problem}); mend or remove it") from problem
    try:
        return GitIgnoreSpec.from_lines([*own, *ignore], backend="simple")
    except ValueError as problem:
        raise DocumentError(f"{shown(folder / IGNORE_FILE)} or --ignore: {problem}; mend the pattern") from problem


def _walk(root: Path, patterns: GitIgnoreSpec, found: FoundFiles) -> None:
    """Go through a folder and all below it, through links too, each folder once; hidden ones and an editor's lock files stay out."""
    entered = {_identity(root.stat())}
    waiting, files = [root], []
    while waiting:
        folder = waiting.pop()
        try:
            listed = sorted(os.scandir(folder), key=lambda entry: (entry.is_symlink(), entry.name))  # a folder before a link to it
        except OSError as problem:
            found.problems.append(shown(f"{folder}: cannot be listed ({problem.strerror}); check the folder's permissions"))
            continue
        for entry in listed:
            if entry.name.startswith(_NOT_MEANT):
                continue
            path = folder / entry.name
            if not _is_folder(entry):
                files.append(path)
            elif _identity(entry.stat()) not in entered:
                entered.add(_identity(entry.stat()))
                waiting.append(path)
    for file in sorted(files):
        reason = _reason(file, file.relative_to(root), patterns)
        if reason is None:
            found.files.append(file)
        else:
            found.passed_over.append((file, reason))


def _identity(status: os.stat_result) -> tuple[int, int]:
    """What tells a folder from all others, by whatever path it is reached."""
    return status.st_dev, status.st_ino


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads round in a circle
        return False


def _reason(file: Path, relative: Path, patterns: GitIgnoreSpec) -> str | None:
    """Why a file is passed over; None for a document."""
    if patterns.match_file(relative.as_posix()):
        return "ignored"
    if file.suffix.lower() not in SUFFIXES:
        return f"the format {file.suffix or 'without a suffix'} is not read"
    if file.exists() and not file.is_file():
        return "no ordinary file"
    return None
