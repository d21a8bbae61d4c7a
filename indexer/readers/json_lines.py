"""JSON lines: a document a line. Read line by line, so a file may be as long as the disk allows."""

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from indexer.documents import well_formed
from indexer.errors import DocumentError, shown
from indexer.readers.encoding import cleaned
from indexer.readers.front_matter import WEB_ADDRESS, checked_id, reason_of
from indexer.readers.limits import LONGEST_TEXT

_LONGEST_LINE = 8 * LONGEST_TEXT  # bytes: escapes make up to six of a sign
_UTF8_MARK = b"\xef\xbb\xbf"


class Record(BaseModel):
    """One line of a .jsonl file."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str = Field(min_length=1)
    title: str = ""
    text: str
    url: str | None = Field(None, pattern=WEB_ADDRESS)


def read_json_lines(file: Path) -> Iterator[tuple[str, Record | DocumentError]]:
    """Each record of a file, or what is wrong with it, and where it stands. Raises OSError."""
    shown_path = shown(file)
    with file.open("rb") as stream:
        number = 0
        while line := stream.readline(_LONGEST_LINE):
            number += 1
            where = f"{shown_path}:{number}"
            if len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
                while (rest := stream.readline(_LONGEST_LINE)) and not rest.endswith(b"\n"):
                    pass
                yield where, DocumentError(f"{where}: the line is longer than {_LONGEST_LINE:,} bytes; split its text over several lines")
                continue
            if line.removeprefix(_UTF8_MARK).strip():
                try:
                    yield where, _record(line.removeprefix(_UTF8_MARK) if number == 1 else line, where)
                except DocumentError as problem:
                    yield where, problem


def _record(line: bytes, where: str) -> Record:
    try:
        record = Record.model_validate(json.loads(line.decode("utf-8")))
        name = checked_id(well_formed(record.id).strip())
    except UnicodeDecodeError as problem:
        raise DocumentError(f"{where}: byte {problem.start} of the line is not UTF-8; save the file as UTF-8") from problem
    except (ValueError, RecursionError) as problem:
        raise DocumentError(f'{where}: {reason_of(problem)}; each line holds {{"id", "title", "text"}} and may hold "url"') from problem
    title = " ".join(cleaned(record.title).text.split()) or name
    return Record(id=name, title=title, text=cleaned(record.text).text, url=record.url)
