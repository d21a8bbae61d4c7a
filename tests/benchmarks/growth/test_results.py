import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks.growth import section
from tests.benchmarks.growth.apart import done_apart
from tests.benchmarks.growth.exact import nearest_of
from tests.benchmarks.growth.memory import Memory
from tests.benchmarks.growth.results import Results, Size, exponent, targets
from tests.benchmarks.growth.table import in_bytes, lines_of


def _size(passages: int, seconds: float, memory: int, index: int, recall: float = 0.99) -> Size:
    held, spread = asdict(Memory(memory, memory, memory)), {"median": seconds, "p95": 2 * seconds}
    return Size.model_validate(
        {
            "passages": passages,
            "written": {"bytes": 1, "seconds": 1},
            "built": {"seconds": 1, "parts": {"reading": 1}, "peak": held, "files": {"a": index}, "documents": 1, "sentences": 1},
            "served": {
                "load_seconds": 1,
                "memory": {"before": held, "loaded": held, "asked": held},
                "answer": spread,
                "search": spread,
                "encoder": spread,
                "stages": {"retrieval": seconds},
                "statuses": {"answered": 1},
                "found": 1,
            },
            "recall": {"passages": recall, "keys": 1, "bm25": 1},
            "sentences": {"cold_seconds": 1, "warm_seconds": 1, "bytes": 1, "sentences": 1},
        }
    )


def _results(*sizes: Size) -> Results:
    return Results(machine="<two> processors", questions=200, sizes=sizes)


def test_an_exponent_is_the_slope_of_logarithms() -> None:
    assert exponent([10, 100, 1000], [3, 3, 3]) == pytest.approx(0)
    assert exponent([10, 100, 1000], [2, 20, 200]) == pytest.approx(1)
    assert exponent([10, 1000], [5, 50]) == pytest.approx(0.5)
    assert exponent([10], [5]) is None
    assert exponent([10, 100], [0, 5]) is None


def test_targets_are_held_against_the_smallest_and_the_largest_size() -> None:
    small, gigabyte = _size(10_000, 0.01, 10**8, 10**8), 10**9
    met = targets(_results(small, _size(1_000_000, 0.1, 2 * gigabyte, 3 * gigabyte)))
    assert [target.is_met for target in met] == [True, True, True, True]
    missed = targets(_results(small, _size(1_000_000, 0.11, 3 * gigabyte, 2 * gigabyte, 0.97)))
    assert [target.is_met for target in missed] == [False, False, False, False]
    assert missed[1].found == "11.0 times"
    assert [target.is_met for target in targets(_results(small))] == [True, None, None, None]


def test_results_are_the_same_after_saving_and_are_shown(tmp_path: Path) -> None:
    results = _results(_size(10_000, 0.01, 10**8, 10**8), _size(100_000, 0.02, 10**8, 10**9))
    results.save(tmp_path / "growth.json")
    assert Results.load(tmp_path / "growth.json") == results
    fragment = section(json.loads((tmp_path / "growth.json").read_text(encoding="utf-8")))
    assert fragment.count("<svg") == 2
    assert "time of an answer, median: n^0.30" in fragment
    assert "&lt;two&gt; processors" in fragment
    assert any(line.split()[-3:] == ["1.00", "2.00", "0.30"] for line in (line.replace("x ", "") for line in lines_of(results)))
    assert in_bytes(1.5e9) == "1.5 GB"


def test_the_nearest_are_found_block_by_block() -> None:
    generator = np.random.default_rng(1)
    vectors, questions = generator.normal(size=(90, 8)).astype(np.float32), generator.normal(size=(3, 8)).astype(np.float32)
    found = nearest_of(iter(np.split(vectors, [7, 50])), questions)
    expected = np.argsort(-(questions @ vectors.T), axis=1)[:, :10]
    assert (np.sort(found, axis=1) == np.sort(expected, axis=1)).all()


def test_work_apart_that_fails_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="writing ended with 1 and no result"):
        done_apart("writing", {"unknown": 1})
