"""Questions to systems that are warm: Citewell's whole cited answer beside the peers' ten best passages."""

from collections.abc import Mapping, Sequence

from tests.benchmarks.bench import CITEWELL, Bench
from tests.benchmarks.figures import Own, Raw, Row, quantile
from tests.benchmarks.questions import blocks, drawn_questions, turned
from tests.benchmarks.serving_process import served_memory
from tests.benchmarks.worker_process import WorkerError, WorkerProcess

TITLE = "Warm questions"
READING = (
    "Each question is asked once, after others to get warm. Citewell gives the whole cited answer, the others their ten best passages. "
    "Systems take turns every few questions, so that whatever else the machine does hits all alike."
)
_WARM, _SINGLE, _THREADED = 30, 300, 140  # questions
_BLOCK, _THREADED_BLOCK = 10, 28
_THREADS = (2, 8)
_LIMIT = 10
_SHARES = {"median": 0.5, "95th percentile": 0.95, "99th percentile": 0.99}
_TARGETS = {"median": 1 / 4, "95th percentile": 1 / 4}


def measure(bench: Bench) -> Raw:
    """Seconds by system, from one and from several threads, and the memory of each process in between, and of `citewell serve`."""
    counts = (_WARM, _SINGLE, *[_THREADED] * len(_THREADS))
    warm, single, *threaded = drawn_questions(*map(bench.some, counts))
    systems = bench.opened(bench.passages()[0])
    systems[CITEWELL] = bench.worker(CITEWELL)
    try:
        systems[CITEWELL].ask("open", folder=str(bench.index))
        bench.asked(systems, warm, _LIMIT)
        alone = _single(systems, single)
        memory = {name: system.ask("memory")["bytes"] for name, system in systems.items()}
        together = {str(threads): _threaded(systems, asked, threads) for threads, asked in zip(_THREADS, threaded, strict=True)}
    finally:
        for system in systems.values():
            system.close()
    return {"served": served_memory(bench, single), "single": alone, "threads": together, "memory": memory}


def _single(systems: Mapping[str, WorkerProcess], questions: Sequence[str]) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {name: [] for name in systems}
    for turn, block in enumerate(blocks(questions, _BLOCK)):
        for name in turned(list(systems), turn):
            seconds[name] += systems[name].ask("search", questions=block, limit=_LIMIT)["seconds"]
    return seconds


def _threaded(systems: Mapping[str, WorkerProcess], questions: Sequence[str], threads: int) -> dict[str, Raw]:
    found: dict[str, Raw] = {name: {"seconds": [], "whole": 0.0, "failed": []} for name in systems}
    for turn, block in enumerate(blocks(questions, _THREADED_BLOCK)):
        for name in turned(list(systems), turn):
            for key, value in _asked_by_threads(systems[name], block, threads).items():
                found[name][key] += value
    return found


def _asked_by_threads(system: WorkerProcess, questions: Sequence[str], threads: int) -> Raw:
    try:
        return system.ask("threads", questions=questions, limit=_LIMIT, threads=threads)
    except WorkerError as problem:  # not every library lives through it
        return {"failed": [str(problem)] * len(questions)}


def figures(raw: Raw) -> list[Row | Own]:
    """Times alone and from several threads, questions a second, and memory."""
    rows: list[Row | Own] = [
        Row(f"one at a time, {what}", "lower", {name: quantile(values, at) for name, values in raw["single"].items()}, _TARGETS.get(what))
        for what, at in _SHARES.items()
    ]
    for threads, found in raw["threads"].items():
        whole = {name: one for name, one in found.items() if not one["failed"]}
        nothing = dict.fromkeys(found)
        rows += [
            Row(f"{threads} threads, {what}", "lower", nothing | {name: quantile(one["seconds"], at) for name, one in whole.items()})
            for what, at in _SHARES.items()
        ]
        rates = {name: len(one["seconds"]) / one["whole"] for name, one in whole.items()}
        rows.append(Row(f"{threads} threads, questions a second", "higher", nothing | rates))
        rows += [
            Own(f"{name} from {threads} threads", f"{len(one['failed'])} questions failed: {one['failed'][0]}")
            for name, one in found.items()
            if one["failed"]
        ]
    served = raw["memory"] | {CITEWELL: raw["served"]}
    return [
        *rows,
        Row("memory of the process, warm", "lower", raw["memory"], 1 / 3),
        Row("memory, Citewell with its HTTP server", "lower", served, 1 / 3),
    ]
