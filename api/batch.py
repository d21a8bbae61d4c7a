"""Files of questions and histories, read whole and checked before anything is answered."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import QuestionError


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a batch. `values` holds whatever else the line said."""

    name: str | int
    text: str
    values: dict[str, Any]

    @property
    def history(self) -> Any:
        """The turns before the question, unchecked; none where the line has none."""
        return self.values.get("history") or []

    @property
    def country(self) -> str | None:
        """The line's country, if any."""
        return self.values.get("country")


def read_rows(file: Path, fields: Sequence[str], check: Callable[[Row], object]) -> list[Row]:
    """The JSON lines of a file (`-` for standard input), each an id and a text in one of `fields`. Raises QuestionError with the line."""
    rows: list[Row] = []
    text = _text(file)
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                rows.append(_row(line, fields))
                check(rows[-1])
            except QuestionError as problem:
                raise QuestionError(f"{file}:{number}: {problem}") from problem
    return rows


def read_history(file: Path) -> Any:
    """The turns of one conversation, as JSON; their form is the bot's to check. Raises QuestionError."""
    text = _text(file)
    try:
        return _parsed(text)
    except QuestionError as problem:
        raise QuestionError(f"{file}: {problem}") from problem


def _row(line: str, fields: Sequence[str]) -> Row:
    value = _parsed(line)
    values: dict[str, Any] = value if isinstance(value, dict) else {}
    name, country = values.get("id"), values.get("country")
    text = next((values[field] for field in fields if field in values), None)
    if not isinstance(name, str | int) or isinstance(name, bool) or not isinstance(text, str) or not isinstance(country, str | None):
        raise QuestionError(
            f'each line is a JSON object with "id" and "{fields[0]}", for `ask` maybe "history" and "country"; mend this one'
        )
    return Row(name, text, values)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise QuestionError(f"this is not JSON ({problem}); mend it") from problem


def _text(file: Path) -> str:
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return content.decode("utf-8-sig")
    except OSError as problem:
        raise QuestionError(f"{file}: cannot be read ({problem.strerror}); name an existing file, or - for standard input") from problem
    except UnicodeDecodeError as problem:
        raise QuestionError(f"{file}: byte {problem.start} is not UTF-8; save the file as UTF-8") from problem
