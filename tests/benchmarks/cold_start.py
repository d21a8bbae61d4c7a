"""From nothing to the first answer, as a whole process: `citewell ask` beside the least script that asks a peer's saved index."""

import subprocess
import time
from statistics import median

from tests.benchmarks.bench import CITEWELL, COMMAND_LINE, ROOT, Bench
from tests.benchmarks.figures import Own, Raw, Row
from tests.benchmarks.questions import drawn_questions, turned
from tests.benchmarks.worker_process import WorkerError

TITLE = "Cold start"
READING = (
    "A whole process, from its start to its end: Citewell checks its index, answers and prints the answer with its sources; "
    "the others load what they saved and print the ids of ten passages. The median of several runs that take turns."
)
_RUNS = 5
_PATIENCE = 300.0  # seconds


def measure(bench: Bench) -> Raw:
    """Seconds of each run, by system."""
    texts, _ = bench.passages()
    commands = {CITEWELL: [*COMMAND_LINE, "ask", "--index", str(bench.index)]}
    for name in bench.peers:
        try:
            commands[name] = bench.command(name, str(bench.built(name, texts)))
        except WorkerError as problem:
            bench.problems[name] = str(problem)
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    (questions,) = drawn_questions(bench.some(_RUNS))
    for turn, question in enumerate(questions):
        for name in turned(list(commands), turn):
            seconds[name].append(_timed(bench, [*commands[name], question]))
    return {"seconds": seconds}


def _timed(bench: Bench, command: list[str]) -> float:
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=bench.environment, check=True, capture_output=True, timeout=_PATIENCE)
    seconds = time.perf_counter() - begun
    if not done.stdout.strip():
        raise WorkerError(f"{command[-1]!r} was not answered by {command[0]}")
    return seconds


def figures(raw: Raw) -> list[Row | Own]:
    """One row."""
    return [Row("start to first answer", "lower", {name: median(values) for name, values in raw["seconds"].items()}, 1 / 8)]
