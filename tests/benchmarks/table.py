"""The figures on the terminal: ratios, never bare times, which only tell of the machine."""

from collections.abc import Iterator, Mapping, Sequence

from tests.benchmarks.bench import CITEWELL
from tests.benchmarks.figures import Own, Row, met_words, ratio_words, target_words
from tests.benchmarks.peers.run import CLASSES

_NAME, _CELL = 50, 11


def lines(parts: Mapping[str, Sequence[Row | Own]]) -> Iterator[str]:
    """The table, part by part, as titles and their figures."""
    for title, figures in parts.items():
        rows = [one for one in figures if isinstance(one, Row)]
        yield f"\n{title}"
        if rows:
            yield _line("Citewell : peer (a score: the score itself)", ["best peer", *CLASSES, "target", ""])
        yield from (_line(row.name, cells(row)) for row in rows)
        for own in figures:
            if isinstance(own, Own):
                yield _line(own.name, [own.shown, own.target and f"({own.target})", met_words(own.is_met)])


def cells(row: Row) -> list[str]:
    """The best peer's ratio, then each peer's, the target, and whether it is met; of a score the values."""
    if row.is_score:
        best = row.values.get(row.best) if row.best else None
        return [f"{_score(row.values.get(CITEWELL))} : {_score(best)}", *(_score(row.values.get(name)) for name in CLASSES), "", ""]
    ratios = [ratio_words(row.ratio(name)) for name in CLASSES]
    return [ratio_words(row.ratio(row.best) if row.best else None), *ratios, target_words(row), met_words(row.is_met)]


def _score(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _line(name: str, values: Sequence[str]) -> str:
    return f"  {name:{_NAME}} " + "  ".join(f"{value:{_CELL}}" for value in values).rstrip()
