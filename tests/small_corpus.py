"""A corpus of two sources and two helplines, and files of a few words that are read with it."""

import json
from pathlib import Path

from indexer.corpus_tables import CorpusTables, Lexicon, parse_helplines
from indexer.documents import Document, Source
from indexer.errors import DocumentError
from indexer.readers import Entry
from indexer.readers.reader import read_file

TEABOOK = Source("TEABOOK", "Tea handbook", "Tea board", "https://tea.example/handbook", 2024)
ICEBOOK = Source("ICEBOOK", "Ice handbook", "Ice board", "https://ice.example/handbook")
LINES = {
    "us-911": {"name": "Emergency services", "purpose": ["emergency"], "phone": "911"},
    "us-tea": {"name": "Tea & Ice Line", "purpose": ["crisis"], "phone": "832", "sms": "832"},
}
NO_NAMES = Lexicon.model_validate({"checked": "2026-01-01", "drug": []})
SMALL = CorpusTables(
    sources={"TEABOOK": TEABOOK, "ICEBOOK": ICEBOOK},
    helplines=parse_helplines(
        {name: {"country": "US", "url": "https://x.example", "hours": "24/7", **line} for name, line in LINES.items()}
    ),
    lexicon=NO_NAMES,
    partners=(),
    safety={},
)


def written(folder: Path, name: str, content: str | bytes) -> Path:
    """A file of that content below a folder."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def entries(folder: Path, name: str, content: str | bytes, encoding: str | None = None) -> list[Entry]:
    """What becomes of each document of a file of that content."""
    return list(read_file(written(folder, name, content), SMALL, encoding))


def read(folder: Path, name: str, content: str | bytes) -> Document:
    """The one document of a file of that content."""
    (entry,) = entries(folder, name, content)
    assert isinstance(entry.result, Document), entry.result
    return entry.result


def problem(folder: Path, name: str, content: str | bytes) -> str:
    """What is said against a file of that content, behind its path."""
    (entry,) = entries(folder, name, content)
    assert isinstance(entry.result, DocumentError), entry.result
    line = str(entry.result)
    assert line.startswith(str(folder / name))
    assert "\n" not in line
    return line.removeprefix(str(folder / name))


def json_lines(*records: object) -> str:
    """A .jsonl file of these records."""
    return "".join(json.dumps(record) + "\n" for record in records)
