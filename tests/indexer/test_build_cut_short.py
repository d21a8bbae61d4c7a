"""Runs that the system ends: killed processes, full disks, folders that may only be read. All are real, where this machine lets them be."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from time import sleep

import pytest

from bot.pipeline import Bot
from indexer.build import Summary
from indexer.errors import IndexerError, WriteError
from indexer.index import Index, version_problem
from indexer.versions import leftovers, list_versions, live_version

Build = Callable[..., Summary]

# A run in a process of its own: `python -c RUN documents index model point`, which kills itself at that point.
RUN = """
import dataclasses, os, shutil, signal, sys
from pathlib import Path
from indexer import build, version_writer, versions
from indexer.config import IndexConfig
from indexer.corpus_tables import load_tables
from indexer.readers import find_files, read_documents
from indexer.readers.reader import read_file

documents, folder, model, point = sys.argv[1:]

def die(*arguments, **options):
    os.kill(os.getpid(), signal.SIGKILL)

batches = 0
def progress(stage, done, total):
    global batches
    batches += stage == "encoding"
    if point == f"batch {batches}":
        die()

if point == "manifest":
    version_writer.ManifestConfig = die
elif point == "flush":
    versions.flush_tree = die
elif point == "renamed":
    versions.make_live = die
elif point == "current.new":
    Path.replace = die
elif point == "current":
    shutil.rmtree = lambda path, **options: die() if path.name[0] == "0" else None
shipped = load_tables()
tables = dataclasses.replace(shipped, safety={**shipped.safety, "exemplars": {}})
reading = read_documents(find_files([Path(documents)]).files, lambda file: read_file(file, tables))
print("begun", flush=True)
try:
    print(build.build_index(reading, Path(folder), IndexConfig(model), tables, print, progress).version)
except Exception as problem:
    print(f"{type(problem).__name__}: {problem}", file=sys.stderr)
    sys.exit(1)
"""


def started(home: Path, model: Path, point: str = "") -> subprocess.Popen[str]:
    arguments = [sys.executable, "-c", RUN, str(home / "documents"), str(home / "index"), str(model), point]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def many_documents(documents: Path, mark: str) -> None:
    """Enough for several batches."""
    rows = [{"id": f"n{number}", "title": f"Number {number}", "text": f"Here stands {mark} {number}."} for number in range(300)]
    (documents / "many.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def check_that_it_answers(folder: Path) -> None:
    bot = Bot.open(folder)
    answer = bot.answer("Mars", today=date(2026, 2, 1))
    bot.usable_index().store.close()
    assert answer.citations[0].quote == "Mars has two small moons, Phobos and Deimos."


def check_that_the_next_run_finishes(home: Path, build_tiny: Build, documents: int = 305) -> Summary:
    summary = build_tiny(home / "documents", home / "index")
    assert (live_version(home / "index").name, summary.documents) == (summary.version, documents)
    check_that_it_answers(home / "index")
    assert leftovers(home / "index") == []
    assert len(list_versions(home / "index")) <= 3
    assert all(version_problem(version) is None for version in list_versions(home / "index"))
    return summary


# Killed


@pytest.mark.parametrize(
    ("point", "reused", "is_left"),
    [
        ("batch 1", 256, True),
        ("batch 2", 308 + 323, True),
        ("manifest", 945, True),
        ("flush", 945, True),
        ("renamed", 0, False),
        ("current.new", 0, True),
    ],
)
def test_a_run_that_is_killed_leaves_the_old_version_and_its_vectors(
    tiny: Path, tiny_model: Path, build_tiny: Build, point: str, reused: int, is_left: bool
) -> None:
    before = live_version(tiny / "index")
    many_documents(tiny / "documents", "a number")
    with started(tiny, tiny_model, point) as run:
        run.communicate()
    assert run.returncode == -signal.SIGKILL
    assert live_version(tiny / "index") == before
    check_that_it_answers(tiny / "index")
    assert bool(leftovers(tiny / "index")) == is_left
    written = list_versions(tiny / "index")[0]
    summary = check_that_the_next_run_finishes(tiny, build_tiny)
    if written != before:
        assert (summary.version, summary.texts) == (written.name, 0)
    assert summary.reused >= reused


def test_a_run_that_is_killed_once_its_version_is_named_has_done_its_work(tiny: Path, tiny_model: Path, build_tiny: Build) -> None:
    for text in ("Ducks swim.", "Ducks fly."):  # so that there is an older version to let go
        (tiny / "documents" / "ducks.txt").write_text(f"Ducks\n\n{text} Ducks dive.\n", encoding="utf-8")
        before = live_version(tiny / "index")
        with started(tiny, tiny_model, "current" if text == "Ducks fly." else "") as run:
            run.communicate()
    assert run.returncode == -signal.SIGKILL
    assert live_version(tiny / "index") != before
    assert len(list_versions(tiny / "index")) == 4
    check_that_it_answers(tiny / "index")
    assert build_tiny(tiny / "documents", tiny / "index").outcome == "unchanged"
    many_documents(tiny / "documents", "a number")
    check_that_the_next_run_finishes(tiny, build_tiny, documents=306)


def test_runs_killed_at_any_time_do_no_harm(tiny: Path, tiny_model: Path, build_tiny: Build) -> None:
    waits = [random.Random().uniform(0, 0.4) for _ in range(3)]
    for number, wait in enumerate(waits):  # a failure shows them
        many_documents(tiny / "documents", f"the number of {number}")
        with started(tiny, tiny_model) as run:
            assert run.stdout is not None
            assert run.stdout.readline() == "begun\n"
            sleep(wait)
            run.kill()
        check_that_it_answers(tiny / "index")
    check_that_the_next_run_finishes(tiny, build_tiny)


def test_of_two_runs_at_once_the_second_says_who_is_at_work(tiny: Path, tiny_model: Path, build_tiny: Build) -> None:
    many_documents(tiny / "documents", "a number")
    with started(tiny, tiny_model, "batch 1") as run:
        run.communicate()  # the process is gone, its words are still in the lock
    assert f"process {run.pid} " in (tiny / "index" / "lock").read_text()
    check_that_the_next_run_finishes(tiny, build_tiny)

    said: list[str] = []

    def start_another(*told: object) -> None:
        if not said:
            with started(tiny, tiny_model) as second:
                said.extend(second.communicate())

    (tiny / "documents" / "tea.md").unlink()
    build_tiny(tiny / "documents", tiny / "index", progress=start_another)
    assert said[0] == "begun\n"
    assert said[1].startswith(f"IndexerError: process {os.getpid()} (since ")
    assert said[1].endswith(f" UTC) is writing into {tiny / 'index'}; wait until it has finished\n")


# Full disks and folders that may only be read


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if shutil.which("mount") is None or os.geteuid() != 0:
        pytest.skip("only root mounts a disk")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


@pytest.mark.parametrize("left", [0, 20, 60, 100, 200, 300])
def test_a_full_disk_is_named_and_the_next_run_finishes_once_there_is_space(
    mounted: Path, tiny_versions: Path, tiny_model: Path, build_tiny: Build, left: int
) -> None:
    home = Path(shutil.copytree(tiny_versions, mounted / "tiny"))
    before = live_version(home / "index")
    many_documents(home / "documents", "a number")
    filler = mounted / "filler"
    filler.write_bytes(b"\0" * (shutil.disk_usage(mounted).free - left * 1024))
    with pytest.raises(WriteError) as error:
        build_tiny(home / "documents", home / "index")
    message = str(error.value)
    assert message.isprintable()
    assert message.startswith(f"the index in {home / 'index'} cannot be written (")
    assert any(reason in message for reason in ("No space left on device", "disk is full", "disk I/O error", "could not write it"))
    assert live_version(home / "index") == before
    check_that_it_answers(home / "index")
    filler.unlink()
    check_that_the_next_run_finishes(home, build_tiny)


@pytest.mark.parametrize("kilobytes", [8, 60, 200])
def test_a_file_that_may_not_grow_is_named_too(tiny: Path, tiny_model: Path, build_tiny: Build, kilobytes: int) -> None:
    before = live_version(tiny / "index")
    many_documents(tiny / "documents", "a number")
    limited = "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    limited += f"resource.setrlimit(resource.RLIMIT_FSIZE, 2 * ({kilobytes << 10},))\n"
    arguments = [str(tiny / "documents"), str(tiny / "index"), str(tiny_model), ""]
    run = subprocess.run([sys.executable, "-c", limited + RUN, *arguments], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert run.stderr.startswith(f"WriteError: the index in {tiny / 'index'} cannot be written (")
    assert run.stderr.count("\n") == 1
    assert live_version(tiny / "index") == before
    check_that_it_answers(tiny / "index")
    check_that_the_next_run_finishes(tiny, build_tiny)


def test_a_disk_that_may_only_be_read_answers_and_is_named(mounted: Path, tiny_versions: Path, build_tiny: Build) -> None:
    home = Path(shutil.copytree(tiny_versions, mounted / "tiny"))
    (home / "documents" / "tea.md").unlink()
    subprocess.run(["mount", "-o", "remount,ro", mounted], check=True)
    check_that_it_answers(home / "index")
    with pytest.raises(WriteError) as error:
        build_tiny(home / "documents", home / "index")
    assert str(error.value).startswith(f"the index in {home / 'index'} cannot be written (Read-only file system); ")


def test_a_folder_that_may_only_be_read_is_named(tiny: Path, build_tiny: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.open

    def refuse(path: Path, mode: str = "r", *arguments: object, **options: object) -> object:
        if set(mode) & set("wa+"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, mode, *arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(IndexerError) as error:
        build_tiny(tiny / "documents", tiny / "index")
    assert str(error.value) == f"{tiny / 'index'} cannot be written (Permission denied); choose another folder with --index"
    Index.load(tiny / "index").store.close()
