"""The long version, on the index of `make index`: `python -m tests.load [--clients 200] [--seconds 60] [--requests 50000] [--only NAME]`.

Prints a table of each scenario, and ends with 1 where a promise broke. The clients share the processors with the server.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from indexer.versions import live_version, make_live
from tests.load.ending import killed_worker, stopped
from tests.load.endurance import endurance
from tests.load.full_disk import full_disk
from tests.load.outcome import Outcome
from tests.load.overload import overload
from tests.load.slow_senders import slow_senders
from tests.load.swaps import swaps
from tests.load.throughput import throughput

_WIDTH = 72
Scenario = Callable[[Path], Outcome]


def _scenarios(given: argparse.Namespace, index: Path) -> dict[str, Scenario]:
    return {
        "overload": lambda folder: overload(folder, index, given.clients, given.seconds),
        "throughput": lambda folder: throughput(folder, index, given.questions, given.rounds, 0.7),
        "endurance": lambda folder: endurance(folder, index, given.requests, 10),
        "swaps": lambda folder: swaps(folder, index, 10),
        "killed-worker": lambda folder: killed_worker(folder, index, 10),
        "stopped-one": lambda folder: stopped(folder, index, 5, 1),
        "stopped-two": lambda folder: stopped(folder, index, 5, 2),
        "full-disk": lambda folder: full_disk(folder, index, 5),
        "slow-senders": lambda folder: slow_senders(folder, index, 300, 5),
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description="Many requests to a server on this machine.")
    parser.add_argument("--clients", type=int, default=200, help="of the overload")
    parser.add_argument("--seconds", type=float, default=60, help="of the overload")
    parser.add_argument("--questions", type=int, default=300, help="of each round of the throughput")
    parser.add_argument("--rounds", type=int, default=3, help="of the throughput")
    parser.add_argument("--requests", type=int, default=50_000, help="of the endurance")
    parser.add_argument("--index", type=Path, default=Path(os.environ.get("CITEWELL_INDEX", ".citewell/index")))
    parser.add_argument("--only", nargs="+", metavar="NAME", help="of the scenarios")
    return parser.parse_args()


def main() -> int:
    """Run the scenarios. Returns the exit code."""
    given, has_failed = _arguments(), False
    with tempfile.TemporaryDirectory(prefix="citewell-load-") as home:
        index = _copied(given.index, Path(home) / "index")
        for name, scenario in _scenarios(given, index).items():
            if given.only and name not in given.only:
                continue
            begun = time.monotonic()
            outcome = scenario(Path(home) / name)
            _print(name, outcome, time.monotonic() - begun)
            has_failed |= bool(outcome.faults)
    return int(has_failed)


def _copied(index: Path, copy: Path) -> Path:
    """The live version alone, so that whoever builds another meanwhile changes nothing here."""
    live = live_version(index)
    shutil.copytree(live, copy / "versions" / live.name)
    make_live(copy, copy / "versions" / live.name)
    return copy


def _print(name: str, outcome: Outcome, seconds: float) -> None:
    lines = [f"{name} ({seconds:.0f} s)", *(f"  {what:{_WIDTH}}  {value}" for what, value in outcome.figures.items())]
    lines += [f"  BROKEN: {fault}" for fault in outcome.faults] or ["  every promise held"]
    sys.stdout.write("\n".join(lines) + "\n\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
