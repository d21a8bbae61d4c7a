"""`citewell doctor`: each thing that can be wrong is said with what mends it, and nothing is changed."""

import fcntl
import os
import shutil
from collections import namedtuple
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Never

import pytest

from api import doctor
from api.doctor import _NEEDED_TO_INDEX
from api.findings import Finding
from bot.pipeline import Bot
from indexer import build
from indexer.build import build_index
from indexer.config import IndexConfig
from indexer.corpus_tables import CorpusTables
from indexer.errors import CorpusError
from indexer.versions import list_versions, live_version
from tests.conftest import read_folder
from tests.tiny_encoder import write_tiny_encoder

if TYPE_CHECKING:
    from tests.api.conftest import Run

Usage = namedtuple("Usage", "total used free")
Examine = Callable[[], tuple[object, list[str]]]


@pytest.fixture
def examine(run: "Run", tiny: Path, monkeypatch: pytest.MonkeyPatch) -> Examine:
    """The exit code for the index of `tiny`, and the lines that do not begin with ok."""
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(0, 0, 10**12))

    def call() -> tuple[object, list[str]]:
        before = {path: path.read_bytes() for path in (tiny / "index").rglob("*") if path.is_file() and path.name != "lock"}
        outcome = run("doctor", "--index", tiny / "index")
        assert outcome.err == ""
        assert {path: path.read_bytes() for path in (tiny / "index").rglob("*") if path.is_file() and path.name != "lock"} == before
        lines = outcome.out.splitlines()
        assert all(line.startswith(("ok     ", "WRONG  ")) for line in lines)
        return outcome.code, [line.removeprefix("WRONG  ") for line in lines if not line.startswith("ok ")]

    return call


def test_a_finding_is_well_where_nothing_has_to_be_mended() -> None:
    assert (Finding("a").line(), Finding("a").is_well) == ("ok     a", True)
    assert (Finding("a", "do b").line(), Finding("a", "do b").is_well) == ("WRONG  a; do b", False)


def test_where_all_is_well_every_line_says_ok(run: "Run", examine: Examine, tiny: Path, tiny_model: Path) -> None:
    newer, older = list_versions(tiny / "index")
    assert examine() == (0, [])
    lines = [line.removeprefix("ok     ") for line in run("doctor", "--index", tiny / "index").out.splitlines()]
    assert lines[0].startswith("citewell 0.1.0, Python 3.")
    assert lines[1:9] == [
        "packages for serving and indexing",
        "safety rules and helplines",
        "settings",
        "keys: none, so only this machine and the server's own pages are answered",
        "no question is kept",
        f"index {tiny / 'index'}: version {newer.name} is live, 5 documents, 8 passages",
        "calibration: as shipped; `citewell calibrate --gold FILE` would fit it to these documents",
        f"version {older.name} (not live)",
    ]
    assert lines[9].startswith("embedding cache: ")
    assert lines[10:] == [f"model {tiny_model}"]


def test_the_index_of_the_settings_is_examined_where_no_option_names_one(run: "Run", tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEWELL_INDEX", str(tiny / "index"))
    assert f"ok     index {tiny / 'index'}: version " in run("doctor").out


def test_no_index_is_wrong(run: "Run", tmp_path: Path) -> None:
    outcome = run("doctor", "--index", tmp_path / "none")
    assert outcome.code == 1
    assert outcome.out.splitlines()[-1] == (
        f"WRONG  index: there is no index in {tmp_path / 'none'}; run `citewell index` to build one, or name another with --index"
    )
    assert not (tmp_path / "none").exists()


def test_a_damaged_live_version_is_wrong_with_both_ways_out(examine: Examine, tiny: Path) -> None:
    newer, older = list_versions(tiny / "index")
    (newer / "safety.json").write_bytes(b"{}")
    assert examine() == (
        1,
        [
            f"index: the index file {newer / 'safety.json'} has changed since it was written; "
            f"run `citewell index` to build it again, or `citewell index --rollback` to go back to version {older.name}"
        ],
    )


def test_a_damaged_version_that_is_not_live_is_wrong_and_can_go(examine: Examine, tiny: Path) -> None:
    older = list_versions(tiny / "index")[1]
    (older / "safety.json").unlink()
    assert examine() == (
        1,
        [
            f"version {older.name} (not live): the index file {older / 'safety.json'} cannot be read (No such file or directory); "
            f"nothing uses it, so remove {older}"
        ],
    )


def test_a_pointer_to_nowhere_is_wrong(examine: Examine, tiny: Path) -> None:
    newest = list_versions(tiny / "index")[0].name
    (tiny / "index" / "current").write_text("000009-0123456789ab")
    assert examine() == (
        1,
        [
            f"index: {tiny / 'index' / 'current'} names a version that is not there; "
            f"run `citewell index` to build it again, or `citewell index --rollback` to go back to version {newest}"
        ],
    )


def test_what_a_killed_run_left_is_wrong(examine: Examine, tiny: Path) -> None:
    rubbish = tiny / "index" / "versions" / ".writing"
    rubbish.mkdir()
    assert examine() == (1, [f"a run was cut short and left {rubbish}; run `citewell index`, which sweeps that away"])


@pytest.mark.parametrize("intact", [0, 4096])
def test_a_damaged_cache_is_wrong(examine: Examine, tiny: Path, intact: int) -> None:
    cache = tiny / "index" / "cache" / "embeddings.sqlite"
    content = cache.read_bytes()
    cache.write_bytes(content[:intact] + b"\xa5" * (len(content) - intact))
    code, (line,) = examine()
    assert code == 1
    assert line.startswith(f"embedding cache {cache} is damaged (")
    assert line.endswith("); run `citewell index`, which begins it anew, or remove it")


def test_a_run_at_work_is_no_fault(run: "Run", examine: Examine, tiny: Path) -> None:
    (tiny / "index" / "versions" / ".writing").mkdir()  # its own
    with (tiny / "index" / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write("process 7 (since 2026-01-01 00:00:00 UTC)\n")
        file.flush()
        assert examine() == (0, [])
        out = run("doctor", "--index", tiny / "index").out
    assert f"ok     process 7 (since 2026-01-01 00:00:00 UTC) is writing into {tiny / 'index'}\n" in out


def test_a_model_that_has_changed_is_wrong(
    run: "Run", tiny: Path, tmp_path: Path, tables: CorpusTables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "export_encoder", write_tiny_encoder)
    model = tmp_path / "model"
    model.mkdir()
    (model / "config.json").write_text("{}")
    (model / "vocab.txt").write_text("tea")
    reading = read_folder(tiny / "documents", tables)
    build_index(reading, tiny / "index", IndexConfig(str(model)), tables, report=lambda line: None, progress=lambda *told: None)
    assert f"ok     model {model}\n" in run("doctor", "--index", tiny / "index").out
    (model / "vocab.txt").write_text("coffee")
    outcome = run("doctor", "--index", tiny / "index")
    assert outcome.code == 1
    assert f"WRONG  the model {model} is not what it was when the index was built; run `citewell index`\n" in outcome.out


def test_a_model_that_is_not_installed_is_not_needed_to_serve(examine: Examine, run: "Run", tiny: Path, tiny_model: Path) -> None:
    tiny_model.rename(tiny_model.with_name("away"))
    try:
        assert examine() == (0, [])
        assert f"model {tiny_model}" not in run("doctor", "--index", tiny / "index").out
    finally:
        tiny_model.with_name("away").rename(tiny_model)


def test_little_space_is_wrong(examine: Examine, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**12, 0, 300 * 2**20 - 1))
    assert examine() == (1, [f"299 MB are free on the disk of {tiny / 'index'}; free 300 MB before indexing"])
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**12, 0, 300 * 2**20))
    assert examine() == (0, [])


def test_on_a_full_disk_all_else_is_still_said(examine: Examine, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    staging = tiny / "index" / "versions" / ".writing"
    staging.mkdir()
    opened = Path.open

    def full(path: Path, mode: str = "r", *arguments: Any, **options: Any) -> IO[Any]:
        if path.name == "lock":
            raise OSError(28, "No space left on device")
        return opened(path, mode, *arguments, **options)

    monkeypatch.setattr(Path, "open", full)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**12, 10**12, 0))
    assert examine() == (
        1,
        [
            f"0 MB are free on the disk of {tiny / 'index'}; free 300 MB before indexing",
            f"a run was cut short and left {staging}; run `citewell index`, which sweeps that away",
        ],
    )


def test_a_folder_that_may_only_be_read_can_be_served_from(
    examine: Examine, run: "Run", tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK or Path(path) != tiny / "index")
    assert examine() == (0, [])
    assert (
        f"ok     {tiny / 'index'} is read-only; it can be served from, not indexed into\n" in run("doctor", "--index", tiny / "index").out
    )


def test_a_missing_package_is_wrong_and_all_missing_an_installation_that_serves(
    examine: Examine, run: "Run", tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "find_spec", lambda name: None if name in ("torch", "syntok") else name)
    assert examine() == (1, ["packages for indexing are missing: torch, syntok; run `pip install 'citewell[index]'`"])
    monkeypatch.setattr(doctor, "find_spec", lambda name: None)
    assert examine() == (0, [])
    serving = "ok     an installation that serves; indexing would need `pip install 'citewell[index]'`\n"
    assert serving in run("doctor", "--index", tiny / "index").out


def test_every_package_that_is_looked_for_is_one_that_there_is() -> None:
    assert [name for name in _NEEDED_TO_INDEX if find_spec(name) is None] == []


def test_broken_safety_rules_are_wrong(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> Never:
        raise CorpusError("safety.toml: cannot be read")

    monkeypatch.setattr(Bot, "without_index", fail)
    assert examine() == (1, ["safety rules: safety.toml: cannot be read; run `pip install --force-reinstall citewell`"])


def test_a_wrong_setting_is_wrong_and_ends_the_examination(run: "Run", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEWELL_PORT", "http")
    outcome = run("doctor")
    assert (outcome.code, outcome.err) == (1, "")
    assert outcome.out.splitlines()[-1] == (
        "WRONG  settings: CITEWELL_PORT='http': Input should be a valid integer, unable to parse string as an integer; mend or unset it"
    )


def test_several_faults_are_all_said(examine: Examine, tiny: Path) -> None:
    for version in list_versions(tiny / "index"):
        (version / "vectors.faiss").unlink()
    (tiny / "index" / "current.new").write_text("x")
    code, lines = examine()
    assert (code, len(lines)) == (1, 3)
    assert live_version(tiny / "index").name in lines[0]


def test_an_index_without_a_cache_is_well(examine: Examine, tiny: Path) -> None:
    shutil.rmtree(tiny / "index" / "cache")
    assert examine() == (0, [])
