from pathlib import Path

import pytest

from indexer.errors import IndexerError, IndexMissingError
from indexer.versions import index_lock, live_version, publish


def write_version(text: str, folder: Path) -> None:
    (folder / "manifest.json").write_text(text)


def publish_text(folder: Path, text: str) -> Path:
    return publish(folder, lambda target: write_version(text, target))


def fail_halfway(folder: Path) -> None:
    (folder / "documents.sqlite").write_text("half")
    raise RuntimeError("the disk is full")


def test_what_was_published_last_is_live(tmp_path: Path) -> None:
    publish_text(tmp_path, "one")
    second = publish_text(tmp_path, "two")
    assert live_version(tmp_path) == second
    assert (second / "manifest.json").read_text() == "two"


def test_versions_are_numbered_and_named_by_their_content(tmp_path: Path) -> None:
    names = [publish_text(tmp_path, text).name for text in ("one", "two")]
    assert names == ["000001-7692c3ad3540", "000002-3fc4ccfe7458"]


def test_a_failed_run_leaves_the_old_version_and_no_rubbish(tmp_path: Path) -> None:
    first = publish_text(tmp_path, "one")
    with pytest.raises(RuntimeError, match="disk is full"):
        publish(tmp_path, fail_halfway)
    assert live_version(tmp_path) == first
    assert [path.name for path in (tmp_path / "versions").iterdir()] == [first.name]


def test_rubbish_of_a_killed_run_is_cleared_by_the_next(tmp_path: Path) -> None:
    (tmp_path / "versions" / ".writing").mkdir(parents=True)
    (tmp_path / "versions" / ".writing" / "half").write_text("half")
    version = publish_text(tmp_path, "one")
    assert [path.name for path in version.iterdir()] == ["manifest.json"]
    assert [path.name for path in (tmp_path / "versions").iterdir()] == [version.name]


def test_the_two_versions_before_the_live_one_are_kept(tmp_path: Path) -> None:
    names = [publish_text(tmp_path, str(number)).name for number in range(5)]
    assert sorted(path.name for path in (tmp_path / "versions").iterdir()) == names[2:]


def test_a_folder_without_an_index_says_how_to_build_one(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match=r"no index in .*; run `citewell index`"):
        live_version(tmp_path)


@pytest.mark.parametrize("name", ["000009-gone", "", "../../etc"])
def test_a_pointer_to_nowhere_is_no_index(tmp_path: Path, name: str) -> None:
    publish_text(tmp_path, "one")
    (tmp_path / "current").write_text(name)
    with pytest.raises(IndexMissingError, match="citewell index"):
        live_version(tmp_path)


def test_a_second_run_says_that_another_is_at_work(tmp_path: Path) -> None:
    with index_lock(tmp_path), pytest.raises(IndexerError, match="another run is indexing"), index_lock(tmp_path):
        pass
    with index_lock(tmp_path):
        pass


def test_a_file_in_the_folders_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("a file")
    with pytest.raises(IndexerError, match="cannot be written"), index_lock(tmp_path / "index"):
        pass
