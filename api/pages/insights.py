"""What was asked in a month, in counts alone."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from api.pages.frame import page
from bot.safety import Safety

_STATUSES = {
    "answered": "Answered",
    "abstained": "No reviewed answer",
    "clarify": "Asked which one was meant",
    "declined": "Declined",
    "crisis": "Card for danger",
}
_SECTIONS = (
    ("topics", "Answered from most"),
    ("unanswered", "Nearest to questions without an answer"),
    ("rated_up", "In answers found helpful"),
    ("rated_down", "In answers found unhelpful"),
)

_CURRENT = ' aria-current="page"'

Row = tuple[str, int | None]


def insights_page(report: Mapping[str, Any], safety: Safety) -> str:
    """The counts of one month: how questions were answered, what they named, which sections met or missed them."""
    month, at_least = str(report["month"]), int(report["at_least"])
    cards = f"Cards for danger shown: {_shown(report['crisis_cards'], at_least)}."
    tables = "".join(_table(title, what, rows, at_least) for title, what, rows in _tables(report))
    return page(
        f"Insights, {month} - Citewell",
        f"<h1>Insights, {escape(month)}</h1>{_months(report['months'], month)}"
        f"<p>Counts under {at_least} are withheld, and none of these holds the text of a question. {cards}</p>{tables}",
        safety,
    )


def _tables(report: Mapping[str, Any]) -> Iterator[tuple[str, str, list[Row]]]:
    """Each table's title, what its rows are, and the rows."""
    answers = [(escape(_STATUSES.get(status, _words(status))), count) for status, count in report["answers"].items()]
    yield "Answers", "Answer", answers
    yield "Drugs asked about", "Drug", [(escape(row["drug"]), row["count"]) for row in report["asked"]]
    for name, title in _SECTIONS:
        yield title, "Section", [_section(row) for row in report[name]]
    yield "Why answers were unhelpful", "Reason", [(escape(_words(row["reason"])), row["count"]) for row in report["reasons"]]


def _months(months: Sequence[str], shown: str) -> str:
    links = "".join(
        f'<li><a href="?month={quote(month, safe="")}"{_CURRENT if month == shown else ""}>{escape(month)}</a></li>' for month in months
    )
    return f'<nav aria-label="Months"><ul class="months">{links}</ul></nav>'


def _section(row: Mapping[str, Any]) -> Row:
    """A section as a link to its place in its document; as its bare name where the index has it no longer."""
    if row["title"] is None:
        return escape(row["section"]), row["count"]
    document, _, section = str(row["section"]).partition("#")
    return f'<a href="/documents/{quote(document)}#{quote(section)}">{escape(row["title"])}</a>', row["count"]


def _table(title: str, what: str, rows: Sequence[Row], at_least: int) -> str:
    """Counts with a bar each; the labels are markup already."""
    if not rows:
        return f'<h2>{title}</h2><p class="about">Nothing was counted {at_least} times or more.</p>'
    most = max(count or 0 for _, count in rows)
    lines = "".join(f'<tr><th scope="row">{label}</th><td>{_bar(count, most, at_least)}</td></tr>' for label, count in rows)
    head = f'<thead><tr><th scope="col">{what}</th><th scope="col">Count</th></tr></thead>'
    return f'<h2>{title}</h2><table class="counts">{head}<tbody>{lines}</tbody></table>'


def _bar(count: int | None, most: int, at_least: int) -> str:
    """A count with its bar, which has nothing to read out beyond it; one that is withheld has none."""
    bar = "" if count is None else f'<meter aria-hidden="true" min="0" max="{most}" value="{int(count)}"></meter>'
    return _shown(count, at_least) + bar


def _shown(count: int | None, at_least: int) -> str:
    return f"fewer than {at_least}" if count is None else str(int(count))


def _words(name: str) -> str:
    return name.replace("-", " ").replace("_", " ").capitalize()
