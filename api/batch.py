"""Files of questions and histories, read whole and checked before anything is answered."""

import json
import sys
from collections.abc import Callable
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
    def history(self) -> list[Any]:
        """The turns before the question; none where the line has none."""
        history: list[Any] = self.values.get("history") or []
        return history

    @property
    def country(self) -> str | None:
        """The line's country, if any."""
        return self.values.get("country")


def read_rows(file: Path, field: str, check: Callable[[Row], object]) -> list[Row]:
    """The JSON lines of a file (`-` for standard input), each with an id and a text under `field`. Raises QuestionError naming the line."""
    rows: list[Row] = []
    for number, line in enumerate(_text(file).split("\n"), start=1):
        if line.strip():
            try:
                rows.append(_row(line, field))
                check(rows[-1])
            except QuestionError as problem:
                raise QuestionError(f"{file}:{number}: {problem}") from problem
    return rows


def read_history(file: Path) -> list[Any]:
    """The turns of one conversation: a JSON list. Raises QuestionError."""
    try:
        turns = _parsed(_text(file))
    except QuestionError as problem:
        raise QuestionError(f"{file}: {problem}") from problem
    if not isinstance(turns, list):
        raise QuestionError(f'{file}: the history is a JSON list of turns, each {{"role": "user" or "assistant", "content": "..."}}')
    return turns


def _row(line: str, field: str) -> Row:
    value = _parsed(line)
    fits = isinstance(value, dict) and isinstance(value.get(field), str) and isinstance(value.get("id"), str | int)
    if not fits or not isinstance(value.get("history"), list | None) or not isinstance(value.get("country"), str | None):
        raise QuestionError(
            f'each line is a JSON object with "id" and "{field}", for `ask` maybe with "history" and "country"; mend this one'
        )
    return Row(value["id"], value[field], value)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as problem:
        raise QuestionError(f"this is not JSON ({problem}); mend it") from problem


def _text(file: Path) -> str:
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return content.decode("utf-8-sig")
    except OSError as problem:
        raise QuestionError(f"{file}: cannot be read ({problem.strerror}); name an existing file, or - for standard input") from problem
    except UnicodeDecodeError as problem:
        raise QuestionError(f"{file}: byte {problem.start} is not UTF-8; save the file as UTF-8") from problem
