"""The quality gate: floors under the measures, pinned to the gold set and documents they were measured on.

A floor only goes down when somebody says why, and the reason stays in the file.
"""

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import GoldError
from bot.evaluation.evaluate import Evaluation, Measures
from bot.evaluation.measures import MEASURES
from indexer.errors import shown

# What is gated. Costs differ between machines, `coverage@risk5` jumps with a single item, and crises, refusals and questions back are
# another step's work, which has sets of its own.
GATED = (
    "recall@5",
    "success@5",
    "mrr@10",
    "ndcg@10",
    "key_fact_recall",
    "key_fact_recall_best",
    "right",
    "crag",
    "sentence_precision",
    "span_validity",
    "coverage",
    "false_answer",
    "risk",
    "auroc_answerable",
    "auroc_right",
    "aurc",
    "ece",
    "same_status",
)
_EXACT = ("span_validity",)
_SLACK = 0.01  # processors differ in the last digits of a vector, which moves an item or two


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Lowered(_Model):
    """A floor that was let down, and why."""

    split: str
    measure: str
    before: float
    after: float
    reason: str


class Baseline(_Model):
    """baseline.json: for each split the bound of each measure, least or (where lower is better) most; what they were measured on."""

    format: Literal[1] = 1
    gold: str
    documents: str
    bounds: Mapping[str, Mapping[str, float]]
    lowered: tuple[Lowered, ...] = ()


def documents_digest(documents: Iterable[tuple[str, str]]) -> str:
    """What stands for ids and texts of documents, whatever their order."""
    return hashlib.sha256("\n".join(sorted(json.dumps(document) for document in documents)).encode()).hexdigest()


def read_baseline(file: Path) -> Baseline:
    """The pinned bounds. Raises GoldError."""
    try:
        return Baseline.model_validate_json(file.read_bytes())
    except OSError as problem:
        raise GoldError(
            f"{shown(file)}: cannot be read ({problem.strerror}); pin one with `citewell evaluate --gate --update`"
        ) from problem
    except ValidationError as problem:
        raise GoldError(f"{shown(file)} is no baseline ({problem.errors()[0]['msg']}); pin one with --gate --update") from problem


def failures(evaluation: Evaluation, baseline: Baseline) -> Iterator[str]:
    """What keeps the gate shut, a line each; nothing where it opens."""
    for what, now, pinned in (
        ("gold set", evaluation.gold, baseline.gold),
        ("documents", evaluation.about.documents, baseline.documents),
    ):
        if now != pinned:
            yield f"the {what} changed since the floors were pinned; look at the report, then pin anew with --gate --update"
    for split, measures in evaluation.splits.items():
        if not baseline.bounds.get(split):
            yield f"{split}: no floors are pinned; look at the report, then pin them with --gate --update"
        for name, bound in baseline.bounds.get(split, {}).items():
            if name not in measures:
                yield f"{split}: {name} was not measured, and has a floor"
            elif _is_worse(name, measures[name].value, bound):
                yield f"{split}: {name} is {measures[name].value:.4f}, {'below' if _higher(name) else 'above'} the {bound:g} that is pinned"


def pinned(evaluation: Evaluation, before: Baseline | None, reason: str | None) -> Baseline:
    """Bounds at what was measured, less a slack; a bound that still holds is never let down, and one that was not measured stays.

    Raises GoldError where a bound does not hold and no reason is given.
    """
    earlier = before.bounds if before else {}
    reason = (reason or "").strip()
    now = {split: _bounds(measures, earlier.get(split, {})) for split, measures in evaluation.splits.items()}
    bounds = {split: {**earlier.get(split, {}), **now.get(split, {})} for split in {**earlier, **now}}
    lowered = [
        Lowered(split=split, measure=name, before=old, after=now[split][name], reason=reason)
        for split, measures in earlier.items()
        for name, old in measures.items()
        if name in now.get(split, {}) and _is_worse(name, now[split][name], old)
    ]
    if lowered and not reason:
        worst = ", ".join(f"{one.split} {one.measure} {one.before:g} to {one.after:g}" for one in lowered)
        raise GoldError(f"these floors would be let down: {worst}; mend the cause, or say why with --lower REASON")
    return Baseline(
        gold=evaluation.gold,
        documents=evaluation.about.documents or "",
        bounds=bounds,
        lowered=(*(before.lowered if before else ()), *lowered),
    )


def _bounds(measures: Measures, before: Mapping[str, float]) -> dict[str, float]:
    return {name: _kept(name, measures[name].value, before.get(name)) for name in GATED if name in measures}


def _kept(name: str, value: float, before: float | None) -> float:
    """The bound for a value: a new one, or the one before where that is stricter and holds."""
    bound = _bound(name, value)
    return before if before is not None and _is_worse(name, bound, before) and not _is_worse(name, value, before) else bound


def _bound(name: str, value: float) -> float:
    if name in _EXACT:
        return value
    least, most = (round((value + slack) * 1000, 6) for slack in (-_SLACK, _SLACK))  # 0.05 + 0.01 is a little more than 0.06
    return math.floor(least) / 1000 if _higher(name) else math.ceil(most) / 1000


def _is_worse(name: str, value: float, bound: float) -> bool:
    return value < bound if _higher(name) else value > bound


def _higher(name: str) -> bool:
    return MEASURES[name][1] == "higher"
