"""A short version of `python -m tests.load`: real servers under load keep their promises."""

from pathlib import Path

import pytest

from tests.load.ending import killed_worker, stopped
from tests.load.endurance import endurance
from tests.load.full_disk import full_disk
from tests.load.overload import overload
from tests.load.slow_senders import slow_senders
from tests.load.swaps import swaps

pytestmark = [pytest.mark.load, pytest.mark.model]


@pytest.fixture(scope="module")
def index(tiny_versions: Path) -> Path:
    """An index that answers in a few milliseconds: it is the server around it that is looked at."""
    return tiny_versions / "index"


def test_whoever_cannot_be_answered_hears_so_at_once_and_whoever_is_in_danger_is_answered(tmp_path: Path, index: Path) -> None:
    assert overload(tmp_path, index, clients=40, seconds=4, queue=2).faults == []


def test_many_requests_leave_memory_files_and_threads_as_they_were(tmp_path: Path, index: Path) -> None:
    assert endurance(tmp_path, index, requests=3_000, growth=10, cache=20).faults == []


def test_no_request_fails_while_versions_of_the_index_are_swapped(tmp_path: Path, index: Path) -> None:
    assert swaps(tmp_path, index, times=2).faults == []


def test_a_worker_that_is_killed_takes_only_its_own_connections_with_it(tmp_path: Path, index: Path) -> None:
    assert killed_worker(tmp_path, index, seconds=1).faults == []


@pytest.mark.parametrize("workers", [1, 2])
def test_what_was_accepted_is_answered_before_the_server_ends(workers: int, tmp_path: Path, index: Path) -> None:
    assert stopped(tmp_path, index, seconds=1, workers=workers).faults == []


def test_a_full_disk_keeps_nobody_from_an_answer(tmp_path: Path, index: Path) -> None:
    assert full_disk(tmp_path, index, seconds=0.5).faults == []


def test_slow_senders_are_cut_off_and_nobody_else_notices_them(tmp_path: Path, index: Path) -> None:
    assert slow_senders(tmp_path, index, slow=300, seconds=0.5).faults == []
