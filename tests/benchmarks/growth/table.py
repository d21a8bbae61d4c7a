"""Growth as tables for the terminal: ratios to the smallest size, and how each grows."""

from collections.abc import Callable, Iterator

from tests.benchmarks.growth.results import Results, Size, exponent, exponent_of, targets

_NAME, _CELL = 46, 14
# What is shown of every size. Times are shown as multiples of the smallest size's alone.
MEMORY: dict[str, Callable[[Size], float]] = {
    "peak memory of the build, private": lambda size: size.built.peak.private,
    "peak memory of the build, with mapped files": lambda size: size.built.peak.pss,
    "size of the index": lambda size: size.built.size,
    "memory of serving, resident": lambda size: size.served.memory["asked"].rss,
    "memory of serving, private": lambda size: size.served.memory["asked"].private,
    "pages of sentence vectors a question": lambda size: size.sentences.bytes,
}
TIMES: dict[str, Callable[[Size], float]] = {
    "time to build": lambda size: size.built.seconds,
    "time to load": lambda size: size.served.load_seconds,
    "time of an answer, median": lambda size: size.served.answer.median,
    "time of an answer, 95th percentile": lambda size: size.served.answer.p95,
    "time of a search, median": lambda size: size.served.search.median,
    "sentence vectors of a question, cold": lambda size: size.sentences.cold_seconds,
    "sentence vectors of a question, warm": lambda size: size.sentences.warm_seconds,
}
SHARES: dict[str, Callable[[Size], float]] = {
    "recall@10, passages": lambda size: size.recall.passages,
    "recall@10, keys": lambda size: size.recall.keys,
    "recall@10, BM25": lambda size: size.recall.bm25,
    "its own section among the first ten": lambda size: size.served.found,
}


def lines_of(results: Results) -> Iterator[str]:
    """The whole table, line by line."""
    yield _row("passages", [f"{size.passages:,}" for size in results.sizes], "grows as n^")
    for name, memory in MEMORY.items():
        yield _row(name, [in_bytes(memory(size)) for size in results.sizes], _power(results, memory))
    for name, time in TIMES.items():
        yield _row(name, [f"x {time(size) / time(results.sizes[0]):.2f}" for size in results.sizes], _power(results, time))
    for name, share in SHARES.items():
        yield _row(name, [f"{share(size):.3f}" for size in results.sizes], "")
    yield from _parts("of the build", results, lambda size: size.built.parts)
    yield from _parts("of an answer", results, lambda size: size.served.stages)
    for size in results.sizes:
        encoder = size.served.encoder.median / size.served.answer.median
        yield f"{size.passages:,}: the encoder, which no answer here waited for, takes {encoder:.2f} of the median answer; {_resumed(size)}"
    for target in targets(results):
        yield f"{verdict(target.is_met):>14}  {target.wanted}: {target.found}"


def in_bytes(count: float) -> str:
    """A number of bytes as people write it."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} GB"


def verdict(is_met: bool | None) -> str:
    """A target's outcome in a word or two."""
    return {True: "met", False: "NOT MET", None: "not measured"}[is_met]


def _parts(what: str, results: Results, parts: Callable[[Size], dict[str, float]]) -> Iterator[str]:
    """Shares of the whole time of each part, the longest at the largest size first."""
    last = parts(results.sizes[-1])
    for name in sorted(last, key=lambda name: -last[name]):
        shares = [parts(size).get(name, 0.0) / sum(parts(size).values()) for size in results.sizes]
        power = exponent([size.passages for size in results.sizes], [parts(size).get(name, 0.0) for size in results.sizes])
        yield _row(f"{what}: {name}", [f"{share:.1%}" for share in shares], _shown(power))


def _resumed(size: Size) -> str:
    if size.resumed is None:
        return "no build was killed"
    done = size.resumed
    return f"a build killed at {done.killed_at:.0%} of its vectors saved the next {done.saved:.0%} of them"


def _power(results: Results, value: Callable[[Size], float]) -> str:
    return _shown(exponent_of(results, value))


def _shown(power: float | None) -> str:
    return "" if power is None else f"{power:.2f}"


def _row(name: str, cells: list[str], last: str) -> str:
    return f"{name:{_NAME}}" + "".join(f"{cell:>{_CELL}}" for cell in [*cells, last])
