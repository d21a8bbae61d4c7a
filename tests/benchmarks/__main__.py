"""Citewell beside its peers: `make bench`, or `python -m tests.benchmarks [--only NAME ...] [--scifact FOLDER] [--quick]`.

Prints a table, and writes .citewell/bench.json (raw figures) and .citewell/bench.html. Parts that are not asked for keep what an earlier
run measured.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

from tests.benchmarks import cold_start, exact_vectors, forward_pass, indexing, retrieval_quality, serving_process, warm_questions
from tests.benchmarks.bench import ROOT, Bench
from tests.benchmarks.figures import Own, Part, Raw, Row
from tests.benchmarks.machine import described, remarks
from tests.benchmarks.page import page
from tests.benchmarks.table import lines

PARTS: dict[str, Part] = {
    "indexing": indexing,
    "cold": cold_start,
    "warm": warm_questions,
    "floor": forward_pass,
    "http": serving_process,
    "retrieval": retrieval_quality,
    "exact": exact_vectors,
}
_FORMAT = 1


def main() -> int:
    """Measure, print, write. Returns the exit code: 1 where a part could not be measured."""
    given = _arguments()
    home = ROOT / ".citewell"
    bench = Bench(given.index.absolute(), home / "bench", given.peers.absolute(), given.scifact, 0.05 if given.quick else 1.0)
    results = _before(home / "bench.json") | {"format": _FORMAT, "machine": described(bench)}
    _say("\n".join(remarks(results)))
    for name in given.only or PARTS:
        results["parts"][name] = _measured(name, PARTS[name], bench)
        results["problems"][name] = dict(bench.problems)
        (home / "bench.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    figures = {PARTS[name].TITLE: figures_of(name, raw) for name, raw in results["parts"].items()}
    (home / "bench.html").write_text(page(results, figures, home / "growth.json"), encoding="utf-8")
    _say("\n".join([*lines(figures), "", *remarks(results)]))
    _say(f"\nwritten: {home / 'bench.json'}, {home / 'bench.html'}")
    return int(any("error" in raw for raw in results["parts"].values()))


def figures_of(name: str, raw: Raw) -> list[Row | Own]:
    """What a part comes to, or why there is nothing."""
    return [Own("not measured", raw["error"])] if "error" in raw else list(PARTS[name].figures(raw))


def _measured(name: str, part: Part, bench: Bench) -> Raw:
    begun = time.monotonic()
    try:
        raw = part.measure(bench)
    except Exception as problem:  # one part that fails must not take the others with it
        raw = {"error": f"{type(problem).__name__}: {problem}"}
    _say(f"{name}: {'FAILED' if 'error' in raw else 'measured'} in {(time.monotonic() - begun) / 60:.1f} minutes")
    return raw


def _before(file: Path) -> Raw:
    """The results of the run before, in the order of the parts."""
    before = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    known = before.get("parts", {}) if before.get("format") == _FORMAT else {}
    problems = before.get("problems", {}) if known else {}
    return {"parts": {name: known[name] for name in PARTS if name in known}, "problems": problems}


def _arguments() -> argparse.Namespace:
    scifact = os.environ.get("CITEWELL_BENCH_SCIFACT")
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Citewell beside its peers.")
    parser.add_argument("--only", nargs="+", choices=PARTS, help="parts")
    parser.add_argument("--index", type=Path, default=Path(os.environ.get("CITEWELL_INDEX", ".citewell/index")))
    parser.add_argument("--peers", type=Path, default=ROOT / ".venv-peers" / "bin" / "python", help="interpreter of the peers' environment")
    parser.add_argument("--scifact", type=Path, default=Path(scifact) if scifact else None, help="folder of SciFact in BEIR form")
    parser.add_argument(
        "--quick", action="store_true", help="a twentieth of all questions: whether everything works, no figures to rely on"
    )
    return parser.parse_args()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
