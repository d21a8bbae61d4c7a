"""Evaluations and comparisons as tables in a terminal."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from bot.evaluation.measures import MEASURES

if TYPE_CHECKING:
    from bot.evaluation.compare import Comparison, Difference
    from bot.evaluation.evaluate import Evaluation, ItemResult, Measure


def print_evaluation(evaluation: "Evaluation") -> None:
    """Every measure with its interval, which status was given for which, and how many questions were answered right."""
    console = _console()
    console.print(_measures(evaluation))
    console.print(_confusion(evaluation.confusion))
    if evaluation.about.memory_mb is not None:
        print(f"memory: {evaluation.about.memory_mb:.0f} MB at most")
    print(f"{sum(item.right for item in evaluation.items)} of {len(evaluation.items)} questions right")


def print_comparison(comparison: "Comparison") -> None:
    """Every measure before and after, and the items that became right or wrong."""
    table = Table("measure", "before", "after", "change (95% interval)", "p", "", "n")
    for one in comparison.differences:
        table.add_row(_name(one.measure), *_change(one), _verdict(one), str(one.count))
    _console().print(table)
    for title, pairs in (("became right", comparison.better), ("became wrong", comparison.worse)):
        for old, new in pairs:
            print(f"{title}: {_shown(old, new)}")
    print(f"{len(comparison.better)} became right, {len(comparison.worse)} became wrong")


def _measures(evaluation: "Evaluation") -> Table:
    """A column for each split where there are two, else one for all."""
    columns = evaluation.splits if len(evaluation.splits) > 1 else {next(iter(evaluation.splits)): evaluation.measures}
    table = Table("measure", *columns, title="Measures with 95% intervals, and on how many they rest", caption="< lower is better")
    for name in MEASURES:
        if any(name in measures for measures in columns.values()):
            table.add_row(_name(name), *(_cell(name, measures.get(name)) for measures in columns.values()))
    return table


def _confusion(confusion: Mapping[str, Mapping[str, int]]) -> Table:
    given = sorted({status for counts in confusion.values() for status in counts})
    table = Table("expected", *given, title="Status expected and given")
    for expected, counts in confusion.items():
        table.add_row(expected, *(str(counts.get(status, "-")) for status in given))
    return table


def _name(measure: str) -> str:
    return f"{measure} <" if MEASURES[measure][1] == "lower" else measure


def _cell(name: str, measure: "Measure | None") -> str:
    if measure is None:
        return "-"
    interval = "" if measure.low is None or measure.high is None else f" ({_number(name, measure.low)} to {_number(name, measure.high)})"
    return f"{_number(name, measure.value)}{interval} {measure.count:,}"


def _number(name: str, value: float) -> str:
    return f"{value:.1f}" if name.endswith("_ms") else f"{value:.3f}"


def _change(one: "Difference") -> tuple[str, ...]:
    low_high = "" if one.interval is None else f" ({one.interval[0]:+.3f} to {one.interval[1]:+.3f})"
    p = "" if one.p is None else f"{one.p:.3f}"
    return _number(one.measure, one.before), _number(one.measure, one.after), f"{one.after - one.before:+.3f}{low_high}", p


def _verdict(one: "Difference") -> str:
    return {True: "better", False: "worse", None: ""}[one.is_better]


def _shown(old: "ItemResult", new: "ItemResult") -> str:
    return f"{new.id}: {new.question} ({new.why or old.why or new.status})"


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else 220, highlight=False, markup=False)  # a file or pipe has room
