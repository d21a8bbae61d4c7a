"""Indexes that the benchmark builds with Citewell's own command."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.bench import COMMAND_LINE, ROOT, Bench
from tests.benchmarks.scifact import SciFact

_REUSED = re.compile(r"(\d+) of (\d+) vectors reused")
_LAST = 300  # signs of an error


@dataclass(frozen=True, slots=True)
class Indexed:
    """What a run of `citewell index` took as a whole process, and how many texts it encoded."""

    seconds: float
    encoded: int


class IndexingError(Exception):
    """`citewell index` failed; the message is what it said."""


def index(bench: Bench, documents: Path, folder: Path, command_line: Sequence[str] = COMMAND_LINE) -> Indexed:
    """Index documents into a folder. Raises IndexingError."""
    begun = time.perf_counter()
    command = [*command_line, "index", str(documents), "--index", str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=bench.environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - begun
    if done.returncode:
        raise IndexingError(done.stderr.strip()[-_LAST:])
    found = _REUSED.search(done.stdout)
    return Indexed(seconds, int(found[2]) - int(found[1]) if found else 0)


def begin_with(folder: Path, other: Path) -> None:
    """Let an index that is not there yet begin with the vectors and the encoder that another one has: exemplars are the same in all."""
    if not folder.exists() and (other / "cache").is_dir():
        shutil.copytree(other / "cache", folder / "cache")


def scifact_documents(bench: Bench, collection: SciFact) -> Path:
    """A file of the abstracts that Citewell reads."""
    file = bench.folder / "scifact" / "abstracts.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps({"id": one.id, "title": one.title, "text": one.text}) for one in collection.abstracts)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def scifact_index(bench: Bench, collection: SciFact) -> Path:
    """Citewell's index of the abstracts; what is there already is not encoded again. Raises IndexingError."""
    folder = bench.folder / "scifact" / "index"
    begin_with(folder, bench.index)
    index(bench, scifact_documents(bench, collection), folder)
    return folder
