"""Versions of an index that become live while clients ask: none of them notices, and one that is damaged never answers."""

import asyncio
import hashlib
import json
import shutil
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

from indexer.manifest import DIGEST_LENGTH, MANIFEST, file_digest
from indexer.versions import live_version, make_live
from tests.load.connection import Reply
from tests.load.fleet import ask_during
from tests.load.outcome import Outcome
from tests.load.questions import mostly_repeated, titles
from tests.load.served import Served, serving, wait_for

_CLIENTS = 8
_MARK = " (second version)"
_DATABASE = "documents.sqlite"
_SECONDS = 20.0  # within which each worker has noticed, also where it is kept busy
_REFUSED = "the index of before still answers"


def swaps(folder: Path, index: Path, times: int, workers: int = 2) -> Outcome:
    """Between two versions to and fro, at last to a damaged one, while clients ask. In the second each title bears a mark."""
    found, copy = Outcome(), folder / "index"
    versions = _three_versions(index, copy)
    questions = mostly_repeated(4, 0.2, titles(copy, 30))
    first, second, damaged = (file_digest(version / MANIFEST) for version in versions)
    by_version: Counter[str] = Counter()

    def look(_: str, reply: Reply) -> None:
        if reply.status == 200:
            answer = reply.json()
            digest = answer["receipt"]["index"]
            by_version[digest] += 1
            marked = {citation["document_title"].endswith(_MARK) for citation in answer["citations"]}
            found.expect(marked <= {digest == second}, "an answer quotes another version than its receipt names")

    with serving(folder, copy, workers, queue=_CLIENTS) as served:
        swapping = ask_during(
            lambda: _swapped(served, copy, versions, times), served.port, _CLIENTS, questions, look=look, per_connection=20
        )
        tally, readiness = asyncio.run(swapping)
        refusals, errors = served.logged(_REFUSED), served.errors()
    found.note("versions made live", f"{times}, and a damaged one")
    found.note_tally(tally)
    found.note("answers by version: first, second, damaged", [by_version[digest] for digest in (first, second, damaged)])
    found.note("looks at /readyz meanwhile, by whether it was ready", dict(readiness))
    found.note("what was logged of the damaged version", f"{len(refusals)} times by {workers} workers")
    found.expect_none_failed(tally)
    found.expect(bool(by_version[first] and by_version[second]), "one of the versions never answered")
    found.expect(set(by_version) <= {first, second}, "the damaged version answered")
    found.expect(set(readiness) == {True}, "/readyz was not always ready")
    found.expect(len(refusals) == workers, f"the damaged version was reported {len(refusals)} times by {workers} workers")
    found.expect(not errors, f"errors in the log: {errors[:3]}")
    return found


def _swapped(served: Served, index: Path, versions: tuple[Path, Path, Path], times: int) -> Counter[bool]:
    """Make one version after the other live, each once all workers have taken up the one before; how often it was ready, and not."""
    first, second, damaged = versions
    readiness: Counter[bool] = Counter()

    def is_reached(words: str, count: int) -> bool:
        readiness[served.is_ready()] += 1
        return len(served.logged(words)) >= count

    for number in range(1, times + 1):
        make_live(index, second if number % 2 else first)
        wait_for(lambda number=number: is_reached("took up index", number * served.workers), _SECONDS)  # type: ignore[misc]
    make_live(index, damaged)
    wait_for(lambda: is_reached(_REFUSED, served.workers), _SECONDS)
    time.sleep(1.5)  # as long as it takes each worker to look once more, which it must not report
    return readiness


def _three_versions(index: Path, copy: Path) -> tuple[Path, Path, Path]:
    """A copy of an index with its live version, one like it but for a mark in each title, and one of which a file is damaged."""
    live = live_version(index)
    first = copy / "versions" / live.name
    shutil.copytree(live, first)
    staging = copy / "versions" / "second"
    shutil.copytree(live, staging)
    with closing(sqlite3.connect(staging / _DATABASE)) as connection, connection:
        connection.execute("UPDATE documents SET title = title || ?", (_MARK,))
    second = _named(staging, 800_000, indent=1)
    staging = copy / "versions" / "damaged"
    shutil.copytree(live, staging)
    damaged = _named(staging, 900_000, indent=2)
    content = bytearray((damaged / "vectors.faiss").read_bytes())
    content[len(content) // 2] ^= 0xFF
    (damaged / "vectors.faiss").write_bytes(content)
    make_live(copy, first)
    return first, second, damaged


def _named(staging: Path, number: int, indent: int) -> Path:
    """A version under its name, once its manifest tells of its files as they are."""
    manifest = json.loads((staging / MANIFEST).read_bytes())
    manifest["files"][_DATABASE] = file_digest(staging / _DATABASE)
    content = json.dumps(manifest, indent=indent).encode()
    (staging / MANIFEST).write_bytes(content)
    return staging.rename(staging.parent / f"{number}-{hashlib.sha256(content).hexdigest()[:DIGEST_LENGTH]}")
