"""From responses to an Evaluation: every measure with its interval, overall, by split and by tag, and what became of each item."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.answer import Status
from bot.errors import GoldError
from bot.evaluation.gold import GoldItem, GoldSet
from bot.evaluation.intervals import Weights, mean_interval, resamples, statistic_intervals
from bot.evaluation.measures import (
    MEASURES,
    Judged,
    Scores,
    abstention_measures,
    is_right,
    item_scores,
    judged,
    reliability,
    retrieval_scores,
    risk_coverage,
    searched_text,
    stability_scores,
)
from bot.evaluation.responses import Response
from indexer.errors import shown

_SHOWN_SECTIONS = 5
_FEWEST = 3  # items of a tag; of fewer nothing can be said


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


class Measure(_Model):
    """A value, its 95% interval (null where there is none), and how many items or groups it rests on."""

    value: float
    low: float | None
    high: float | None
    count: int


Measures = dict[str, Measure]


class CurvePoint(_Model):
    """What answering all that is at least so confident gives."""

    confidence: float
    risk: float
    coverage: float


class BinShown(_Model):
    """Answers whose confidence lies in one tenth of the scale: from `low` to a tenth more."""

    low: float
    count: int
    confidence: float
    right: float


class ItemResult(_Model):
    """What became of one item. `text` is the best answer found, whether it was given or not; `why` says in words what went wrong.

    `judgement` stands for all that the item asks and is judged by.
    """

    id: str
    judgement: str
    split: str
    cluster: str
    tags: tuple[str, ...]
    question: str
    history: tuple[Mapping[str, Any], ...]
    expected: Status
    status: Status
    confidence: float | None
    right: bool
    text: str
    relevant: tuple[str, ...]
    sections: tuple[str, ...]
    scores: Scores
    why: str
    milliseconds: float


class About(_Model):
    """What was evaluated: the bot's receipt, its documents, where it answered, and the memory of its process at most, in MB."""

    receipt: Mapping[str, str | None]
    documents: str | None = None
    server: str | None = None
    threshold: float | None = None
    target_risk: float | None = None
    memory_mb: float | None = None


class Evaluation(_Model):
    """The result of one run; `--output` writes it as JSON. `ablation` has measures of ranking by less than all signals."""

    format: Literal[1] = 1
    gold: str
    about: About
    measures: Measures
    splits: Mapping[str, Measures]
    tags: Mapping[str, Measures]
    confusion: Mapping[str, Mapping[str, int]]
    curve: tuple[CurvePoint, ...]
    reliability: tuple[BinShown, ...]
    ablation: Mapping[str, Measures]
    items: tuple[ItemResult, ...]


def evaluate(
    gold: GoldSet, responses: Sequence[Response], about: About, ablated: Mapping[str, Sequence[Sequence[str]]] | None = None
) -> Evaluation:
    """Measure the responses to the items of a gold set, in their order; `ablated` has other rankings of sections, by name."""
    items = gold.items
    scores = _all_scores(items, responses)
    confidence = judged(items, responses)
    curve = risk_coverage(confidence)
    return Evaluation(
        gold=gold.digest,
        about=about,
        measures=_measures(items, responses, scores),
        splits={name: _subset(items, responses, scores, [item.split == name for item in items]) for name in _splits(items)},
        tags=_by_tag(items, scores),
        confusion=_confusion(items, responses),
        curve=tuple(
            CurvePoint(confidence=float(sure), risk=float(risk), coverage=float(covered))
            for sure, risk, covered in zip(curve.confidence, curve.risk, curve.coverage, strict=True)
        ),
        reliability=tuple(
            BinShown(low=one.low, count=one.count, confidence=one.confidence, right=one.right) for one in reliability(confidence)
        ),
        ablation={name: _means(items, retrieval_scores(items, rankings)) for name, rankings in (ablated or {}).items()},
        items=tuple(_result(item, response, given) for item, response, given in zip(items, responses, scores, strict=True)),
    )


def read_evaluation(file: Path) -> Evaluation:
    """An evaluation as `--output` wrote it. Raises GoldError."""
    try:
        return Evaluation.model_validate_json(file.read_bytes())
    except OSError as problem:
        raise GoldError(
            f"{shown(file)}: cannot be read ({problem.strerror}); name a file that `citewell evaluate --output` wrote"
        ) from problem
    except ValidationError as problem:
        raise GoldError(
            f"{shown(file)} is no evaluation; write one with `citewell evaluate --gold FILE --output {shown(file)}`"
        ) from problem


def _all_scores(items: Sequence[GoldItem], responses: Sequence[Response]) -> list[Scores]:
    retrieval = retrieval_scores(items, [response.sections for response in responses])
    stability = stability_scores(items, responses)
    return [
        item_scores(item, response) | found | stable
        for item, response, found, stable in zip(items, responses, retrieval, stability, strict=True)
    ]


def _splits(items: Sequence[GoldItem]) -> list[str]:
    return sorted({item.split for item in items})


def _subset(items: Sequence[GoldItem], responses: Sequence[Response], scores: Sequence[Scores], kept: Sequence[bool]) -> Measures:
    places = [place for place, keep in enumerate(kept) if keep]
    return _measures([items[at] for at in places], [responses[at] for at in places], [scores[at] for at in places])


def _measures(items: Sequence[GoldItem], responses: Sequence[Response], scores: Sequence[Scores]) -> Measures:
    """Every measure that applies, in the order of MEASURES."""
    weights = _weights(items)
    found = _means(items, scores) | _confidence_measures(judged(items, responses), weights) | _time_measures(responses, weights)
    return {name: found[name] for name in MEASURES if name in found}


def _weights(items: Sequence[GoldItem]) -> Weights:
    return resamples([item.cluster for item in items])


def _means(items: Sequence[GoldItem], scores: Sequence[Scores]) -> Measures:
    """The mean of each score over the items that have it."""
    weights = _weights(items)
    return {
        name: _measure(float(values[scored].mean()), mean_interval(values, weights), int(scored.sum()))
        for name in dict.fromkeys(name for given in scores for name in given)
        for values in [np.array([given.get(name, np.nan) for given in scores])]
        for scored in [np.isfinite(values)]
    }


def _confidence_measures(rows: Judged, weights: Weights) -> Measures:
    intervals = statistic_intervals(lambda places: abstention_measures(rows.take(places)), weights[:, rows.place])
    values = abstention_measures(rows) if len(rows) else {}
    return {name: _measure(value, intervals[name], len(rows)) for name, value in values.items() if value is not None}


def _time_measures(responses: Sequence[Response], weights: Weights) -> Measures:
    times = np.array([response.milliseconds for response in responses])
    if not len(times):
        return {}

    def quantiles(places: npt.NDArray[np.int64]) -> dict[str, float | None]:
        return {"median_ms": float(np.quantile(times[places], 0.5)), "p95_ms": float(np.quantile(times[places], 0.95))}

    intervals = statistic_intervals(quantiles, weights)
    return {name: _measure(value or 0.0, intervals[name], len(times)) for name, value in quantiles(np.arange(len(times))).items()}


def _measure(value: float, interval: tuple[float, float] | None, count: int) -> Measure:
    low, high = interval or (None, None)
    return Measure(value=value, low=low, high=high, count=count)


def _by_tag(items: Sequence[GoldItem], scores: Sequence[Scores]) -> dict[str, Measures]:
    found: dict[str, Measures] = {}
    for tag in sorted({tag for item in items for tag in item.tags}):
        places = [place for place, item in enumerate(items) if tag in item.tags]
        if len(places) >= _FEWEST:
            found[tag] = _means([items[at] for at in places], [scores[at] for at in places])
    return found


def _confusion(items: Sequence[GoldItem], responses: Sequence[Response]) -> dict[str, dict[str, int]]:
    """How often each status was given, by the one expected."""
    counts: dict[str, Counter[str]] = {}
    for item, response in zip(items, responses, strict=True):
        counts.setdefault(item.expected, Counter())[response.answer["status"]] += 1
    return {expected: dict(sorted(given.items())) for expected, given in sorted(counts.items())}


def _result(item: GoldItem, response: Response, scores: Scores) -> ItemResult:
    best = response.attempt or response.answer
    return ItemResult(
        id=item.id,
        judgement=item.judgement,
        split=item.split,
        cluster=item.cluster,
        tags=item.tags,
        question=item.question,
        history=item.history,
        expected=item.expected,
        status=response.answer["status"],
        confidence=response.answer["confidence"],
        right=is_right(item, response.answer),
        text=best["text"],
        relevant=item.relevant,
        sections=response.sections[:_SHOWN_SECTIONS],
        scores=scores,
        why=_why(item, response),
        milliseconds=round(response.milliseconds, 3),
    )


def _why(item: GoldItem, response: Response) -> str:
    """What went wrong, in words, from the first step that failed; empty where nothing did."""
    answer = response.answer
    reasons: list[str] = []
    if answer["status"] != item.expected:
        reasons.append(f"{answer['status']} instead of {item.expected}")
    if item.relevant and not set(item.relevant) & set(response.sections[:_SHOWN_SECTIONS]):
        reasons.append("no relevant section is among the first five")
    best = response.attempt or answer
    if item.expected == "answered" and best["status"] == "answered":
        text = searched_text(best)
        lacking = [fact[0] for fact, stated in zip(item.key_facts, item.facts_in(text), strict=True) if not stated]
        reasons += [f"does not state {', '.join(repr(pattern) for pattern in lacking)}"] if lacking else []
        reasons += [f"says what it must not: {', '.join(map(repr, item.forbidden_in(text)))}"] if item.forbidden_in(text) else []
    return "; ".join(reasons)
