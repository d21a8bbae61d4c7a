"""Fitting the abstention model: a logistic regression on the development split, its threshold chosen for a target risk."""

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

import numpy as np
import numpy.typing as npt
from scipy.stats import beta
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from bot.abstention import Calibration, Features
from bot.errors import GoldError
from bot.evaluation.measures import Judged, auroc, ece, risk_coverage

_FOLDS = 5
_REPEATS = 5  # of the division into folds; one alone moves the threshold by chance
_STRENGTHS = (0.1, 0.3, 1.0, 3.0)  # inverse regularisation, tried in turn
_LEVEL = 0.95
_FEWEST = 10  # questions with a right answer, and without: of fewer nothing can be learnt
_DIGITS = 4
_ALIKE = 1e-9  # the spread of values that are all the same is not always 0, as their mean is rounded
_STEPS = 10_000  # of that many digits, from 0 to 1


@dataclass(frozen=True, slots=True)
class Example:
    """What a question's ranking told, whether the best answer found is right, whether it is answerable, and what it is drawn with."""

    features: Features
    right: bool
    answerable: bool
    cluster: str


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted model with what it gives by cross-validation, at its threshold: risk with its upper limit, and coverage."""

    model: Calibration
    questions: int
    right: int
    risk: float
    bound: float
    coverage: float
    auroc: float
    ece: float
    is_met: bool


def fit(examples: Sequence[Example], target_risk: float) -> Fit:
    """Fit the model. Raises GoldError where there are too few examples of either kind.

    The threshold is the lowest at which the cross-validated risk is within the target; `bound` is its upper Clopper-Pearson limit (95%,
    one-sided), and `is_met` whether that is within the target too.
    """
    table, right = _table(examples)
    if min(int(right.sum()), int((~right).sum())) < _FEWEST:
        what = f"{int(right.sum())} right and {int((~right).sum())} not"
        raise GoldError(f"the development split gives too little to learn from ({what}; {_FEWEST} of each are needed); add items to it")
    clusters = np.unique([example.cluster for example in examples], return_inverse=True)[1]
    if min(len(np.unique(clusters[kind])) for kind in (right, ~right)) < _FOLDS:
        raise GoldError(
            f"the development split has too few questions besides paraphrases ({_FOLDS} of either kind are needed); add items to it"
        )
    strength, sure = _best_strength(table, right, clusters)
    sure = np.round(sure, _DIGITS)  # as the confidence of an answer is
    judged = Judged(np.arange(len(right)), sure, right, np.array([example.answerable for example in examples]))
    threshold, is_met = choose_threshold(judged, target_risk)
    bias, weights = _regression(table, right, strength)
    curve = risk_coverage(judged)
    at = int((curve.confidence >= threshold).sum()) - 1  # -1 where nothing is answered
    return Fit(
        model=Calibration(
            round(bias, _DIGITS),
            Features(*(round(float(value), _DIGITS) for value in weights)),
            threshold,
        ),
        questions=len(examples),
        right=int(right.sum()),
        risk=float(curve.risk[at]) if at >= 0 else 0.0,
        bound=upper_limit(int(curve.wrong[at]), int(curve.answered[at])) if at >= 0 else 1.0,
        coverage=float(curve.coverage[at]) if at >= 0 else 0.0,
        auroc=auroc(sure, right) or 0.0,
        ece=ece(judged) or 0.0,
        is_met=is_met,
    )


def choose_threshold(judged: Judged, target_risk: float) -> tuple[float, bool]:
    """The lowest confidence to answer at for a risk that is observed, and whether it is within the target with 95% confidence too.

    To ask for that confidence would hang the threshold on single errors: of 470 questions, one more or less moved it from 0.83 to 0.96,
    which gave up a third of the right answers.
    """
    curve = risk_coverage(judged)
    within = np.flatnonzero(curve.risk <= target_risk)
    if not len(within):
        return float(np.nextafter(curve.confidence[0], 2)), False
    at = int(within[-1])
    return _below(curve.confidence, at), upper_limit(int(curve.wrong[at]), int(curve.answered[at])) <= target_risk


def _below(confidence: npt.NDArray[np.float64], at: int) -> float:
    """A threshold midway between the last confidence answered and the first that is not; rounded up, so as never to reach that one."""
    after = confidence[at + 1] if at + 1 < len(confidence) else 0.0
    return math.ceil(round(float(confidence[at] + after) / 2 * _STEPS, 6)) / _STEPS


def upper_limit(wrong: int, answered: int) -> float:
    """The one-sided 95% Clopper-Pearson limit of a share."""
    return 1.0 if wrong >= answered else float(beta.ppf(_LEVEL, wrong + 1, answered - wrong))


def _table(examples: Sequence[Example]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    rows = np.array([astuple(example.features) for example in examples], dtype=np.float64).reshape(len(examples), len(fields(Features)))
    return rows, np.array([example.right for example in examples], dtype=bool)


def _best_strength(
    table: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], clusters: npt.NDArray[np.int64]
) -> tuple[float, npt.NDArray[np.float64]]:
    """The regularisation with the least cross-validated log loss, and the out-of-fold probabilities it gives."""
    folds = [
        fold
        for repeat in range(_REPEATS)
        for fold in StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=repeat).split(table, right, clusters)
    ]
    tried = [(strength, _out_of_fold(table, right, folds, strength)) for strength in _STRENGTHS]
    return min(tried, key=lambda one: _log_loss(one[1], right))


def _out_of_fold(
    table: npt.NDArray[np.float64],
    right: npt.NDArray[np.bool_],
    folds: Sequence[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]],
    strength: float,
) -> npt.NDArray[np.float64]:
    """Each example's probability, the mean of models that saw neither it nor its paraphrases."""
    sure = np.zeros(len(right))
    for train, held in folds:
        bias, weights = _regression(table[train], right[train], strength)
        sure[held] += 1 / (1 + np.exp(-bias - table[held] @ weights)) / _REPEATS
    return sure


def _regression(table: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], strength: float) -> tuple[float, npt.NDArray[np.float64]]:
    """Bias and weights of a logistic regression, its regularisation the same for features of any spread."""
    spread = table.std(axis=0)
    spread[spread < _ALIKE] = 1.0
    fitted = LogisticRegression(C=strength, max_iter=5_000).fit(table / spread, right)
    return float(fitted.intercept_[0]), fitted.coef_[0] / spread


def _log_loss(sure: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> float:
    return float(-np.mean(np.log(np.clip(np.where(right, sure, 1 - sure), 1e-9, None))))
