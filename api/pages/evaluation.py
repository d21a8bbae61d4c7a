"""How good the answers are: the figures of the index's own calibration in plain words, and what stands where no report was made."""

from html import escape

from api.pages.frame import page
from bot.calibration import CalibrationFile
from bot.safety import Safety

_FEW, _MANY = 0.1, 0.99  # shares below and above which a whole percent would be too coarse
_COMMAND = "citewell evaluate --gold tests/gold --report .citewell/data/report.html"


def evaluation_section(calibration: CalibrationFile | None, *, has_report: bool) -> str:
    """What was measured of this index, or that nothing was; and the way to the full report."""
    measured = _unmeasured() if calibration is None else _figures(calibration)
    link = '<p><a class="onward" href="/evaluation">Read the full report</a></p>' if has_report else ""
    return (
        '<section class="part" aria-labelledby="evaluation"><div><h2 id="evaluation">How well it answers</h2>'
        f"{_how_measured(calibration) if calibration else ''}{link}</div><div>{measured}</div></section>"
    )


def no_evaluation_page(safety: Safety) -> str:
    """What stands in the report's place until there is one."""
    return page(
        "Evaluation - Citewell",
        "<h1>No report has been made yet</h1><p>It shows how well the answers are, question by question. Whoever runs this server makes it "
        "with a set of questions whose right answers are known, and puts it into the server's data folder as report.html:</p>"
        f'<pre>{escape(_COMMAND)}</pre><p><a href="/#evaluation">What has been measured so far</a></p>',
        safety,
    )


def _how_measured(calibration: CalibrationFile) -> str:
    return (
        f"<p>{calibration.questions:,} questions were written beforehand, each with the facts that a right answer must state. When to "
        "answer was learnt on four fifths of them and tried on the rest, in turn, until each had been tried.</p>"
        "<p>Such questions also helped to improve Citewell. On new ones, expect more mistakes.</p>"
    )


def _unmeasured() -> str:
    return (
        '<p class="notice">Nothing has been measured yet on these documents, so no figures stand here. When to answer was learnt on other '
        "collections. <code>citewell calibrate --gold FILE</code> measures this one.</p>"
    )


def _figures(calibration: CalibrationFile) -> str:
    answered = _figure(
        "Questions answered",
        percent(calibration.coverage),
        calibration.coverage,
        "Of the questions that the documents can answer. "
        f"The other {percent(1 - calibration.coverage)} are told that there is no reviewed answer.",
    )
    wrong = _figure(
        "Wrong answers",
        percent(calibration.risk),
        calibration.risk,
        "Of those given. Wrong is also what leaves out more than half of what was wanted. The aim is at most "
        f"{percent(calibration.target_risk)}; by chance, it may really be up to {percent(calibration.bound)}.",
    )
    knowing = _figure(
        "Knows what it knows",
        f"{100 * calibration.auroc:.0f} in 100",
        calibration.auroc,
        "Of a question that it gets right and one that it does not, how often it is surer of the right one. Guessing gives 50.",
    )
    return f'<dl class="figures">{answered}{wrong}{knowing}</dl>'


def _figure(title: str, value: str, share: float, meaning: str) -> str:
    """A figure with its bar, which has nothing to read out beyond it."""
    bar = f'<meter aria-hidden="true" value="{share:.4f}"></meter>'
    return f'<div><dt>{title}</dt><dd><strong>{value}</strong>{bar}<p class="about">{meaning}</p></dd></div>'


def percent(share: float) -> str:
    """A share as percents; with a decimal where a whole number would say too little, or that nothing or everything is meant."""
    digits = 0 if _FEW <= share <= _MANY else 1
    return f"{100 * share:.{digits}f}".removesuffix(".0") + "%"
