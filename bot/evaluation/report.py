"""The report of an evaluation as one HTML page for people who do not code: nothing comes from elsewhere, nothing is a script."""

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

from bot.evaluation.evaluate import About, BinShown, Evaluation, Measure, Measures
from bot.evaluation.failures import failure_list
from bot.evaluation.measures import MEASURES
from bot.evaluation.plots import MOST_TAGS, ablation_plot, operating_point, reliability_plot, risk_coverage_plot, share, tags_plot
from bot.evaluation.style import POLICY, STYLE
from bot.evaluation.tables import confusion_table, measure_table, range_words, tag_table, value_words

_TITLE = "How well Citewell answers"
_DIGEST = 12  # signs are enough to tell one digest from another
# Measure, title, what it is, what `count` counts.
_CARDS = (
    ("right", "Right responses", "Of all questions, those where Citewell did what it should.", "questions"),
    ("coverage", "Answered", "Of the questions the documents answer, those that got an answer.", "questions"),
    ("risk", "Wrong answers", "Of the answers given, those that miss the facts, or should not have been given.", "answers"),
    ("false_answer", "False answers", "Of the questions the documents do not answer, those that got an answer all the same.", "questions"),
    ("key_fact_recall", "Key facts found", "Of the facts an answer must state, those it states.", "answers"),
    ("success@5", "Right section found", "Questions for which a right section is among the first five found.", "questions"),
    ("span_validity", "Exact citations", "Quotations that stand in their document word for word.", "answers"),
    ("crisis_recall", "Emergencies recognised", "Of the messages that tell of an emergency, those answered with help at once.", "messages"),
    (
        "auroc_answerable",
        "Knows what it knows (AUROC)",
        "How often an answerable question gets more confidence than an unanswerable one. Guessing gives 0.5.",
        "questions",
    ),
)


def report_page(evaluation: Evaluation) -> str:
    """The report as one page. The same evaluation gives the same bytes."""
    parts = {
        "At a glance": _glance(evaluation),
        "Plots": _plots(evaluation),
        "What was expected, what was done": confusion_table(evaluation.confusion),
        "All measures": measure_table(_groups(evaluation)),
        "What went wrong": failure_list(evaluation.items),
    }
    links = "".join(f'<a href="#part-{number}">{title}</a>' for number, title in enumerate(parts, start=1))
    sections = "".join(
        f'<section><h2 id="part-{at}">{title}</h2>{part}</section>\n' for at, (title, part) in enumerate(parts.items(), start=1)
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_TITLE}</title><style>{STYLE}</style></head>\n"
        f"<body><main><header><h1>{_TITLE}</h1>{_about(evaluation)}<nav>{links}</nav></header>\n{sections}</main></body></html>\n"
    )


def _about(evaluation: Evaluation) -> str:
    about, receipt = evaluation.about, evaluation.about.receipt
    splits = " and ".join(f"{count:,} {escape(name)}" for name, count in sorted(Counter(item.split for item in evaluation.items).items()))
    software = f" {escape(receipt['software'] or '')}" if receipt.get("software") else ""
    server = f" at {_code(about.server)}" if about.server else ""
    memory = f" It took at most {about.memory_mb:,.0f} MB of memory." if about.memory_mb is not None else ""
    return (
        f"<p>{len(evaluation.items):,} questions with known right answers ({splits or 'none'}) were put to Citewell{software}{server}: "
        f"index {_code((receipt.get('index') or 'unknown')[:_DIGEST])}, gold set {_code(evaluation.gold[:_DIGEST])}, "
        f"embedding model {_code(receipt.get('embedding_model') or 'unknown')}.{_threshold(about)}{memory}</p>"
    )


def _threshold(about: About) -> str:
    if about.threshold is None:
        return ""
    target = f", which is meant to keep wrong answers at or below {100 * about.target_risk:.3g}%" if about.target_risk is not None else ""
    return f" It answers where it is at least {100 * about.threshold:.3g}% sure{target}."


def _code(value: str) -> str:
    return f"<code>{escape(value)}</code>"


def _groups(evaluation: Evaluation) -> dict[str, Measures]:
    """All items and each split; one split alone is all there is."""
    return dict(evaluation.splits) if len(evaluation.splits) == 1 else {"all": evaluation.measures, **evaluation.splits}


def _glance(evaluation: Evaluation) -> str:
    splits = evaluation.splits or {"all": evaluation.measures}
    kept = " Nothing was tuned on the test questions, so theirs are the fairer figures." if {"dev", "test"} <= splits.keys() else ""
    cards = "".join(_card(*card, splits) for card in _CARDS if any(card[0] in measures for measures in splits.values()))
    range_said = "The range below a figure is where it would lie 95 times in 100 with other questions of the same kind."
    return f'<p>{range_said}{kept}</p><div class="cards">{cards}</div>'


def _card(name: str, title: str, meaning: str, counted: str, splits: Mapping[str, Measures]) -> str:
    better = f"{MEASURES[name][1].capitalize()} is better."
    figures = "".join(_figure_of(name, split, measures.get(name), counted) for split, measures in splits.items())
    return f'<div class="card"><h3>{title}</h3><p class="soft">{meaning} {better}</p><div class="pair">{figures}</div></div>'


def _figure_of(name: str, split: str, measure: Measure | None, counted: str) -> str:
    if measure is None:
        return (
            f'<div><span class="soft">{escape(split)}</span><span class="value">&ndash;</span><span class="soft">not measured</span></div>'
        )
    return (
        f'<div><span class="soft">{escape(split)}</span><span class="value">{value_words(name, measure.value)}</span>{_meter(measure)}'
        f'<span class="soft">{range_words(name, measure)}<br>{measure.count:,} {counted}</span></div>'
    )


def _meter(measure: Measure) -> str:
    low, high = (measure.value if end is None else end for end in (measure.low, measure.high))
    left, right, at = (round(100 * min(1.0, max(0.0, end)), 2) for end in (low, high, measure.value))
    return (
        '<svg class="meter" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" y="3" width="100" height="2"/>'
        f'<rect class="range" x="{left}" y="1" width="{round(right - left, 2)}" height="6"/>'
        f'<rect class="point" x="{round(min(98.5, max(0.0, at - 0.75)), 2)}" width="1.5" height="8"/></svg>'
    )


def _plots(evaluation: Evaluation) -> str:
    figures = [_risk_coverage(evaluation), _reliability(evaluation.reliability), _ablation(evaluation.ablation), _tags(evaluation.tags)]
    return f'<div class="plots">{"".join(figures)}</div>'


def _risk_coverage(evaluation: Evaluation) -> str:
    threshold, curve = evaluation.about.threshold, evaluation.curve
    at = operating_point(curve, threshold)
    stands = (
        f" The orange point is where Citewell stands: {escape(share(at.coverage))} answered, {escape(share(at.risk))} of the answers wrong."
        if at
        else ""
    )
    return _plot(
        "How much can be answered, and how much of it goes wrong",
        risk_coverage_plot(curve, threshold) if curve else "",
        "Along the line Citewell answers more and more, the surest first. Further right, more of the answerable questions are answered; "
        f"further up, more of the answers are wrong. Low and flat is good. The dashed lines are 2% and 5%.{stands}",
    )


def _reliability(bins: Sequence[BinShown]) -> str:
    return _plot(
        "Whether its confidence can be trusted",
        reliability_plot(bins) if bins else "",
        "Of the answers it is 80% sure of, 80% should be right: then the points lie on the dashed line. Below the line it is too sure, "
        "above it too modest. The bars say how many answers each tenth of the scale holds; a point over a short bar says little.",
    )


def _ablation(rankings: Mapping[str, Measures]) -> str:
    full = " The row &ldquo;full&rdquo; is what Citewell uses." if "full" in rankings else ""
    return _plot(
        "What each way of searching adds",
        ablation_plot(rankings) if rankings else "",
        "Each row is a way to rank the sections, each point how well it finds the right ones, each line its 95% range. "
        f"Further right is better. nDCG@10 is 1 where all right sections come first.{full}",
    )


def _tags(tags: Mapping[str, Measures]) -> str:
    right = {tag: measures["right"] for tag, measures in tags.items() if "right" in measures}
    shown = f" These are the {MOST_TAGS} tags of {len(right)} with the most questions." if len(right) > MOST_TAGS else ""
    return _plot(
        "Which kinds of question go well",
        tags_plot(right) if right else "",
        "How often the response was right, by tag, the best first. In brackets stands how many questions have the tag. "
        f"The thin line is the 95% range: a long one rests on few questions.{shown}",
        tag_table(right),
    )


def _plot(title: str, drawn: str, reading: str, more: str = "") -> str:
    lacking = '<p class="soft">Not drawn: this run has nothing to draw it from.</p>'
    shown = f"{drawn}<figcaption>{reading}</figcaption>{more}" if drawn else lacking
    return f"<figure><h3>{title}</h3>{shown}</figure>"
