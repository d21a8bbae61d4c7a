"""The responses that are not right, the worst first, each to be unfolded in the report."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any

from bot.evaluation.evaluate import ItemResult
from bot.evaluation.plots import share
from bot.evaluation.tables import DID

_MOST_FAILURES = 60
_FAILURES = ("Missed emergencies", "Wrong answers", "Refusals of questions that can be answered", "Other wrong responses")


def _kind(item: ItemResult) -> int:
    if item.expected == "crisis":
        return 0
    if item.status == "answered":
        return 1
    return 2 if (item.expected, item.status) == ("answered", "abstained") else 3


def failure_list(items: Sequence[ItemResult]) -> str:
    """At most 60 of them, by kind, with how many there are of each."""
    failures = sorted((item for item in items if not item.right), key=lambda item: (_kind(item), -(item.confidence or 0.0), item.id))
    if not failures:
        return "<p>Nothing: every response is right.</p>"
    counts = Counter(map(_kind, failures))
    shown = f"; the {_MOST_FAILURES} worst are shown" if len(failures) > _MOST_FAILURES else ""
    said = f"{len(failures):,} of {len(items):,} responses are not right{shown}."
    folds = "".join(
        f'<h3 class="kind">{_FAILURES[kind]} ({_shown_of(len(those), counts[kind])})</h3>{"".join(map(_failure, those))}'
        for kind, found in groupby(failures[:_MOST_FAILURES], key=_kind)
        for those in [list(found)]
    )
    return f"<p>{said} In each kind the most confident come first. Open one to see the answer and where it comes from.</p>{folds}"


def _shown_of(shown: int, count: int) -> str:
    return f"{count:,}" if shown == count else f"{shown:,} of {count:,}"


def _failure(item: ItemResult) -> str:
    sure = "" if item.confidence is None else f"{escape(share(item.confidence))} sure"
    given = "The best answer found, not given" if item.status == "abstained" else "Answer"
    facts = {
        "Why": escape(item.why),
        "Before it": _turns(item.history),
        "Expected": DID[item.expected],
        "Given": ", ".join(filter(None, (DID[item.status], sure))),
        given: f'<span dir="auto">{escape(item.text)}</span>',
        "First sections": _sections(item),
        "Right sections": _listed(f"<code>{escape(section)}</code>" for section in item.relevant),
        "Item": f"<code>{escape(item.id)}</code>, {escape(item.split)}, {escape(', '.join(item.tags)) or 'no tags'}",
    }
    rows = "".join(f"<dt>{name}</dt><dd>{value or '&ndash;'}</dd>" for name, value in facts.items() if value or name != "Before it")
    mark = "&ndash;" if item.confidence is None else f"{item.confidence:.0%}"
    summary = f'<span class="sure">{mark}</span> <span dir="auto">{escape(item.question)}</span>'
    return f"<details><summary>{summary}</summary><dl>{rows}</dl></details>"


def _turns(history: Iterable[Mapping[str, Any]]) -> str:
    return _listed(f"<b>{escape(str(turn.get('role', '')))}</b>: {escape(str(turn.get('content', '')))}" for turn in history)


def _sections(item: ItemResult) -> str:
    return _listed(
        (f"<code>{escape(section)}</code>{' <mark>relevant</mark>' if section in item.relevant else ''}" for section in item.sections), "ol"
    )


def _listed(entries: Iterable[str], kind: str = "ul") -> str:
    rows = "".join(f"<li>{entry}</li>" for entry in entries)
    return f"<{kind}>{rows}</{kind}>" if rows else ""
