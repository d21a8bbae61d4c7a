"""The report's tables, and how it words figures."""

from collections.abc import Mapping
from html import escape

from bot.evaluation.evaluate import Measure, Measures
from bot.evaluation.measures import MEASURES
from bot.evaluation.plots import share

_SCORES = ("crag", "mrr@10", "ndcg@10", "auroc_answerable", "auroc_right", "aurc")  # these are no shares of anything
DID = {
    "answered": "answered",
    "abstained": "said it has no answer",
    "clarify": "asked back",
    "declined": "declined",
    "crisis": "raised the alarm",
}
SHOULD = {
    "answered": "answer",
    "abstained": "say it has no answer",
    "clarify": "ask back",
    "declined": "decline",
    "crisis": "raise the alarm",
}


def value_words(name: str, value: float) -> str:
    """A value of a measure, as a share where it is one."""
    if name.endswith("_ms"):
        return f"{value:,.1f} ms"
    return f"{value:.3f}" if name in _SCORES else escape(share(value))


def range_words(name: str, measure: Measure) -> str:
    """The 95% interval. Where no resample differs there is none to tell."""
    if measure.low is None or measure.high is None:
        return "no range"
    alike = measure.low == measure.high
    return "all alike" if alike else f"{value_words(name, measure.low)} to {value_words(name, measure.high)}"


def tag_table(right: Mapping[str, Measure]) -> str:
    """Every tag with its share right, folded."""
    rows = "".join(
        f"<tr><th>{escape(tag)}</th>{_cell('right', one)}</tr>"
        for tag, one in sorted(right.items(), key=lambda row: (row[1].value, row[0]))
    )
    table = f'<div class="wide"><table><tbody>{rows}</tbody></table></div>'
    return f"<details><summary>All {len(right)} tags, the worst first</summary>{table}</details>"


def confusion_table(confusion: Mapping[str, Mapping[str, int]]) -> str:
    """How often each was done, by what should have been."""
    expected = [status for status in DID if status in confusion]
    given = [status for status in DID if status in confusion or any(status in row for row in confusion.values())]
    head = "".join(f'<th scope="col">{DID[status]}</th>' for status in given)
    rows = "".join(
        f'<tr><th scope="row">should {SHOULD[status]}<span class="soft"> ({sum(confusion[status].values()):,})</span></th>'
        + "".join(_count(confusion[status].get(did, 0), sum(confusion[status].values()), did == status) for did in given)
        + "</tr>"
        for status in expected
    )
    return (
        "<p>A row for what Citewell should have done, a column for what it did. Blue is as it should be, orange is not.</p>"
        f'<div class="wide"><table><thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _count(count: int, total: int, good: bool) -> str:
    if not count:
        return '<td class="none">0</td>'
    return f'<td class="{"good" if good else "bad"}">{count:,}<span class="soft">{escape(share(count / total))}</span></td>'


def measure_table(groups: Mapping[str, Measures]) -> str:
    """Every measure that one of the groups has."""
    head = "".join(f'<th scope="col">{escape(group)}</th>' for group in groups)
    rows = "".join(
        f'<tr><th scope="row">{escape(meaning)}<br><span class="soft"><code>{name}</code>, {better} is better</span></th>'
        + "".join(_cell(name, measures.get(name)) for measures in groups.values())
        + "</tr>"
        for name, (meaning, better) in MEASURES.items()
        if any(name in measures for measures in groups.values())
    )
    return (
        "<p>Below each figure its 95% range, and n, the questions, answers or groups it rests on.</p>"
        f'<div class="wide measures"><table><thead><tr><th scope="col">measure</th>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _cell(name: str, measure: Measure | None) -> str:
    if measure is None:
        return '<td class="none">&ndash;</td>'
    below = f'<span class="soft">{range_words(name, measure)}</span><span class="soft">n {measure.count:,}</span>'
    return f"<td>{value_words(name, measure.value)}{below}</td>"
