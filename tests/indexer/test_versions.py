"""The index folder: what was published is on the disk before it is named, and what was live is never lost."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from indexer import versions
from indexer.errors import IndexerError, IndexMissingError
from indexer.versions import index_lock, leftovers, list_versions, live_version, make_live, publish, sweep


def write_version(text: str, folder: Path) -> None:
    (folder / "bm25").mkdir()
    (folder / "bm25" / "words.json").write_text(text * 3)
    (folder / "documents.sqlite").write_text(text * 2)
    (folder / "manifest.json").write_text(text)


def publish_text(folder: Path, text: str) -> Path:
    return publish(folder, lambda target: write_version(text, target))


def fail_halfway(folder: Path) -> None:
    (folder / "documents.sqlite").write_text("half")
    raise RuntimeError("the disk is full")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "versions").iterdir())


def test_what_was_published_last_is_live(tmp_path: Path) -> None:
    publish_text(tmp_path, "one")
    second = publish_text(tmp_path, "two")
    assert live_version(tmp_path) == second
    assert (second / "manifest.json").read_text() == "two"
    assert (tmp_path / "current").read_text() == f"{second.name}\n"


def test_versions_are_numbered_and_named_by_their_content(tmp_path: Path) -> None:
    assert [publish_text(tmp_path, text).name for text in ("one", "two")] == ["000001-7692c3ad3540", "000002-3fc4ccfe7458"]


def test_versions_are_listed_the_newest_first_and_nothing_else_is(tmp_path: Path) -> None:
    published = [publish_text(tmp_path, text) for text in ("one", "two", "three")]
    for other in ("000001.bak", ".writing", "000004-7692C3AD3540", "4-7692c3ad3540"):
        (tmp_path / "versions" / other).mkdir()
    assert list_versions(tmp_path) == published[::-1]


def test_a_millionth_version_is_newer_than_the_one_before(tmp_path: Path) -> None:
    first = publish_text(tmp_path, "one")
    first = first.rename(first.with_name("999999-7692c3ad3540"))
    make_live(tmp_path, first)
    second = publish_text(tmp_path, "two")
    assert second.name == "1000000-3fc4ccfe7458"
    assert list_versions(tmp_path) == [second, first]
    assert live_version(tmp_path) == second


def test_a_failed_run_leaves_the_old_version_and_no_rubbish(tmp_path: Path) -> None:
    first = publish_text(tmp_path, "one")
    with pytest.raises(RuntimeError, match="disk is full"):
        publish(tmp_path, fail_halfway)
    assert live_version(tmp_path) == first
    assert names(tmp_path) == [first.name]


def test_rubbish_of_a_killed_run_is_cleared_by_the_next(tmp_path: Path) -> None:
    (tmp_path / "versions" / ".writing").mkdir(parents=True)
    (tmp_path / "versions" / ".writing" / "half").write_text("half")
    version = publish_text(tmp_path, "one")
    assert sorted(path.name for path in version.iterdir()) == ["bm25", "documents.sqlite", "manifest.json"]
    assert names(tmp_path) == [version.name]


def test_all_that_a_killed_run_can_leave_is_found_and_swept_away_and_nothing_else(tmp_path: Path) -> None:
    version = publish_text(tmp_path, "one")
    kept = [tmp_path / "versions" / "000001.bak", tmp_path / "cache" / "encoders" / "a", tmp_path / "notes"]
    rubbish = [tmp_path / "versions" / ".writing", tmp_path / "cache" / "encoders" / ".writing"]
    for folder in (*kept, *rubbish):
        folder.mkdir(parents=True)
    (rubbish[0] / "half").write_text("half")
    (tmp_path / "current.new").write_text("000001")
    assert leftovers(tmp_path) == [*rubbish, tmp_path / "current.new"]
    sweep(tmp_path)
    assert leftovers(tmp_path) == []
    assert all(folder.is_dir() for folder in (*kept, version))
    assert live_version(tmp_path) == version


def test_a_folder_without_an_index_says_how_to_build_one(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match=r"no index in .*; run `citewell index`"):
        live_version(tmp_path)


POINTERS = [b"", b"\n", b"\xff\xfe\x00garbage", b"000009-7692c3ad3540", b"../../etc", b"..", b"/etc", b"000001-7692c3ad3540/../..", b"\0"]


@pytest.mark.parametrize("content", POINTERS)
def test_a_pointer_to_nowhere_is_no_index(tmp_path: Path, content: bytes) -> None:
    publish_text(tmp_path, "one")
    (tmp_path / "current").write_bytes(content)
    with pytest.raises(IndexMissingError, match=r"current.*; run `citewell index` to build it again"):
        live_version(tmp_path)


# What is let go


def test_the_two_versions_before_the_live_one_are_kept(tmp_path: Path) -> None:
    published = [publish_text(tmp_path, str(number)).name for number in range(5)]
    assert names(tmp_path) == published[2:]


def test_what_was_live_just_before_is_kept_however_old(tmp_path: Path) -> None:
    first, second, third = (publish_text(tmp_path, text) for text in ("one", "two", "three"))
    make_live(tmp_path, first)
    fourth = publish_text(tmp_path, "four")
    assert names(tmp_path) == [first.name, third.name, fourth.name]
    fifth = publish_text(tmp_path, "five")
    assert names(tmp_path) == [third.name, fourth.name, fifth.name]
    assert not second.exists()


@pytest.mark.parametrize("steps", [[0, 2, 1], [1, 0], [0, 1, 0, 2], [2, 2]])
def test_making_another_version_live_drops_none_of_three(tmp_path: Path, steps: list[int]) -> None:
    published = [publish_text(tmp_path, text) for text in ("one", "two", "three")]
    for step in steps:
        make_live(tmp_path, published[step])
        assert live_version(tmp_path) == published[step]
        assert names(tmp_path) == [version.name for version in published]


def test_a_pointer_to_nowhere_does_not_keep_a_version_from_being_made_live(tmp_path: Path) -> None:
    first, second = publish_text(tmp_path, "one"), publish_text(tmp_path, "two")
    (tmp_path / "current").write_bytes(b"\xff")
    make_live(tmp_path, first)
    assert live_version(tmp_path) == first
    assert names(tmp_path) == [first.name, second.name]


# The clock


class BackwardClock:
    """A clock that was set back by thirty years."""

    @staticmethod
    def now(zone: object) -> datetime:
        return datetime(1996, 1, 1, tzinfo=UTC)


def test_a_clock_set_back_does_not_set_back_the_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    published = [publish_text(tmp_path, "one"), publish_text(tmp_path, "two")]
    monkeypatch.setattr(versions, "datetime", BackwardClock)
    for version in published:
        os.utime(version, (4_000_000_000, 4_000_000_000))
    os.utime(tmp_path / "current", (0, 0))
    third = publish_text(tmp_path, "three")
    os.utime(third, (0, 0))
    assert live_version(tmp_path) == third
    assert [version.name[:6] for version in list_versions(tmp_path)] == ["000003", "000002", "000001"]
    assert publish_text(tmp_path, "four").name.startswith("000004-")


# The lock


def test_a_second_run_says_which_process_is_at_work_and_since_when(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "datetime", BackwardClock)
    with index_lock(tmp_path), pytest.raises(IndexerError) as refusal, index_lock(tmp_path):
        pass
    holder = f"process {os.getpid()} (since 1996-01-01 00:00:00 UTC)"
    assert str(refusal.value) == f"{holder} is writing into {tmp_path}; wait until it has finished"
    with index_lock(tmp_path):
        pass


def test_a_lock_without_words_in_it_is_still_a_lock(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(IndexerError, match="another run is writing into"), index_lock(tmp_path):
            pass


def test_the_words_of_the_run_before_are_gone_from_the_lock(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("process 123456789 (since long ago)\n" * 5)
    with index_lock(tmp_path):
        assert (tmp_path / "lock").read_text().startswith(f"process {os.getpid()} (since ")
        assert "123456789" not in (tmp_path / "lock").read_text()


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    hold = "import sys\nfrom pathlib import Path\nfrom indexer.versions import index_lock\n"
    hold += "with index_lock(Path(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    with subprocess.Popen([sys.executable, "-c", hold, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(IndexerError, match=rf"process {holder.pid} \(since \d{{4}}-.* UTC\) is writing into"), index_lock(tmp_path):
            pass
        holder.kill()
    with index_lock(tmp_path):
        assert f"process {os.getpid()} " in (tmp_path / "lock").read_text()


def test_a_file_in_the_folders_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("a file")
    for folder in (tmp_path / "index", tmp_path / "index" / "below"):
        with pytest.raises(IndexerError, match=r"cannot be written \(.*\); choose another folder with --index"), index_lock(folder):
            pass


def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, *arguments: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(IndexerError) as refusal, index_lock(tmp_path / "index"):
        pass
    assert str(refusal.value) == f"{tmp_path / 'index'} cannot be written (Permission denied); choose another folder with --index"


# What is on the disk


@dataclass
class Disk:
    """What would be left of a folder after a power cut: names and bytes count from the moment they were flushed.

    The strictest disk there is: a file's bytes and a folder's names are there only once they were flushed, but where it could do harm,
    the rename of `current` is there at once. In the very first run, nothing is lost by that.
    """

    root: Path
    bytes_of: dict[int, bytes] = field(default_factory=dict)
    names_of: dict[int, dict[str, int]] = field(default_factory=dict)
    steps: list[tuple[str, str]] = field(default_factory=list)
    images: list[dict[str, bytes]] = field(default_factory=list)

    def flushed(self, path: Path) -> None:
        node = path.stat().st_ino
        if path.is_dir():
            self.names_of[node] = {entry.name: entry.stat().st_ino for entry in path.iterdir()}
        else:
            self.bytes_of[node] = path.read_bytes()
        self.steps.append(("flush", str(path.relative_to(self.root.parent))))
        self.images.append(self.image(self.root.stat().st_ino))

    def moved(self, source: Path, target: Path) -> None:
        self.steps.append(("rename", str(target.relative_to(self.root.parent))))
        self.images.append(self.image(self.root.stat().st_ino))
        before = self.names_of.get(self.root.stat().st_ino)
        if target.name == "current" and before is not None:  # the new name may reach the disk before anybody asks for it
            self.images.append(self.image(self.root.stat().st_ino, before | {"current": target.stat().st_ino}))

    def image(self, folder: int, entries: dict[str, int] | None = None) -> dict[str, bytes]:
        """Every file that a folder has on the disk, by its path."""
        found: dict[str, bytes] = {}
        for name, node in (self.names_of.get(folder, {}) if entries is None else entries).items():
            if node in self.names_of:
                found |= {f"{name}/{path}": content for path, content in self.image(node).items()}
            elif node in self.bytes_of:
                found[name] = self.bytes_of[node]
            else:
                found[name] = b""  # a name without its bytes, or a folder without its names
        return found


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    """The folder `index`, watched."""
    (tmp_path / "index").mkdir()
    disk = Disk(tmp_path / "index")
    sync, rename, replace = os.fsync, os.rename, os.replace

    def watched_sync(descriptor: int) -> None:
        sync(descriptor)
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if path != tmp_path:
            disk.flushed(path)
        else:
            disk.steps.append(("flush", "."))

    def watched(move: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
        def moved(source: Any, target: Any) -> None:
            move(source, target)
            disk.moved(Path(source), Path(target))

        return moved

    monkeypatch.setattr(os, "fsync", watched_sync)
    monkeypatch.setattr(os, "rename", watched(rename))
    monkeypatch.setattr(os, "replace", watched(replace))
    return disk


def test_all_of_a_version_is_flushed_before_it_is_named_and_its_name_after(disk: Disk) -> None:
    version = publish_text(disk.root, "one").name
    named = disk.steps.index(("rename", "index/current"))
    renamed = disk.steps.index(("rename", f"index/versions/{version}"))
    files = ["", "/bm25", "/bm25/words.json", "/documents.sqlite", "/manifest.json"]
    assert sorted(disk.steps[:renamed]) == [("flush", f"index/versions/.writing{name}") for name in files]
    assert disk.steps[renamed + 1 : named] == [("flush", "index/versions"), ("flush", "index/current.new")]
    assert disk.steps[named + 1 :] == [("flush", "index"), ("flush", ".")]


def test_a_power_cut_at_any_step_leaves_a_pointer_to_a_version_that_is_all_there(disk: Disk, tmp_path: Path) -> None:
    first = publish_text(disk.root, "one").name
    before = len(disk.images)
    second = publish_text(disk.root, "two").name
    wanted = {first: "one", second: "two"}
    seen = []
    for image in disk.images[before:]:
        name = image["current"].decode().strip()
        files = {path.removeprefix(f"versions/{name}/"): content for path, content in image.items() if path.startswith(f"versions/{name}/")}
        text = wanted[name].encode()
        assert files == {"bm25/words.json": text * 3, "documents.sqlite": text * 2, "manifest.json": text}
        seen.append(name)
    assert (seen[0], seen[-1], set(seen)) == (first, second, {first, second})


def test_a_power_cut_in_the_very_first_run_leaves_no_pointer_or_a_true_one(disk: Disk) -> None:
    version = publish_text(disk.root, "one").name
    pointed = [image for image in disk.images if "current" in image]
    assert pointed == disk.images[-1:]
    assert pointed[0]["current"].decode() == f"{version}\n"
    assert pointed[0][f"versions/{version}/manifest.json"] == b"one"


def test_a_version_gone_back_to_is_named_on_the_disk(disk: Disk) -> None:
    first = publish_text(disk.root, "one")
    publish_text(disk.root, "two")
    disk.steps.clear()
    make_live(disk.root, first)
    assert disk.steps == [("flush", "index/current.new"), ("rename", "index/current"), ("flush", "index"), ("flush", ".")]
    assert disk.images[-1]["current"].decode() == f"{first.name}\n"


# An exception at any step


STEPS = ["mkdir", "write_text", "rename", "replace", "fsync"]


def stop_after(monkeypatch: pytest.MonkeyPatch, step: str, count: int, error: BaseException) -> None:
    """The step with this name raises, after it went well `count` times."""
    owner: Any = os if step == "fsync" else Path
    real = getattr(owner, step)
    calls = iter(range(count))

    def call(*arguments: Any, **options: Any) -> Any:
        if next(calls, None) is None:
            raise error
        return real(*arguments, **options)

    monkeypatch.setattr(owner, step, call)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device"), RuntimeError("no")], ids=repr)
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("count", range(3))
def test_whatever_stops_a_run_the_old_version_or_the_whole_new_one_is_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, count: int, error: BaseException
) -> None:
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)  # what it is for is tested above; here it only takes time
    first = publish_text(tmp_path, "one")
    with monkeypatch.context() as patch:
        stop_after(patch, step, count, error)
        try:
            publish_text(tmp_path, "two")
        except type(error):
            pass
    live = live_version(tmp_path)
    text = (live / "manifest.json").read_text()
    assert text == "one" or live != first
    assert (live / "bm25" / "words.json").read_text() == text * 3
    sweep(tmp_path)
    assert leftovers(tmp_path) == []
    third = publish_text(tmp_path, "three")
    assert live_version(tmp_path) == third
    assert first.name in names(tmp_path)


def test_the_steps_above_do_stop_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_text(tmp_path, "one")
    for step in STEPS:
        with monkeypatch.context() as patch, pytest.raises(RuntimeError):
            stop_after(patch, step, 0, RuntimeError("no"))
            publish_text(tmp_path, "two")


def test_a_folder_above_that_cannot_be_listed_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "index"
    folder.mkdir()
    flush, tried = versions._flush, []

    def guarded(path: Path) -> None:
        tried.append(path)
        if path == tmp_path:
            raise PermissionError(13, "Permission denied", str(path))
        flush(path)

    monkeypatch.setattr(versions, "_flush", guarded)
    target = publish_text(folder, "one")
    assert live_version(folder) == target
    assert tried[-1] == tmp_path
