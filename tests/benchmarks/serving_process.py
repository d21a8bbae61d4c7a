"""Citewell over HTTP: the memory of the real server, and requests a second on two cores beside what the encoder alone could do."""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Own, Raw, Row
from tests.benchmarks.peers.worker import resident
from tests.load.fleet import ask_all
from tests.load.served import serving
from tests.load.throughput import throughput

TITLE = "Over HTTP"
READING = (
    "Two worker processes, eight clients, distinct questions, no answers kept at hand; the clients take their share of the same two cores. "
    "The encoder alone is two processes that do nothing but read the same questions."
)
_QUESTIONS, _ROUNDS = 200, 3
_LEAST_SHARE = 0.6
_BESIDE = "HTTP beside the encoder, (3)/(1)"


def measure(bench: Bench) -> Raw:
    """The figures of the load test."""
    with tempfile.TemporaryDirectory(prefix="citewell-bench-") as home:
        outcome = throughput(Path(home), bench.index, bench.some(_QUESTIONS), _ROUNDS, 0.0)
    return {"throughput": outcome.figures, "faults": outcome.faults}


def served_memory(bench: Bench, questions: Sequence[str]) -> int:
    """What `citewell serve` holds in one process after some questions, in bytes."""
    with tempfile.TemporaryDirectory(prefix="citewell-bench-") as home, serving(Path(home), bench.index, 1, cache=0) as served:
        asyncio.run(ask_all(served.port, 2, iter(questions)))
        return resident(served.pid)


def figures(raw: Raw) -> list[Row | Own]:
    """The share of HTTP."""
    share = float(raw["throughput"][_BESIDE])
    return [
        Own("requests a second beside the encoder alone", f"{share:.2f}x", f"at least {_LEAST_SHARE}x", share >= _LEAST_SHARE),
        *(Own("a promise broke under load", fault) for fault in raw["faults"]),
    ]
