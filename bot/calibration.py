"""calibration.json in an index version: what `citewell calibrate` fitted for it, with what it belongs to and what it was measured to give.

It is the one file of a version that is not in its manifest, as it is fitted on the finished version; it carries a checksum of its own.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.abstention import Calibration, Features
from indexer.errors import IndexDamagedError
from indexer.index import Index
from indexer.whole_file import write_whole

CALIBRATION = "calibration.json"
_AGAIN = "fit it again with `citewell calibrate --gold FILE`"


class CalibrationFile(BaseModel):
    """`index` is the digest of the manifest it was fitted on, `gold` that of the gold set, `code` that of the software.

    `questions` and `right` count the development items, `risk` and `coverage` are what the threshold gives on them by cross-validation,
    `bound` the upper Clopper-Pearson limit of that risk at 95% confidence. `answered` are the titles of sections that get an answer when
    they are asked; None where there are too many to ask all.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    format: Literal[2] = 2
    index: str
    gold: str
    code: str
    bias: float
    weights: dict[str, float]
    threshold: float
    target_risk: float
    questions: int
    right: int
    risk: float
    bound: float
    coverage: float
    auroc: float
    ece: float
    answered: tuple[str, ...] | None = None

    def calibration(self) -> Calibration:
        """The model it holds. Raises TypeError where it is one of other features."""
        return Calibration(self.bias, Features(**self.weights), self.threshold)

    @classmethod
    def of(cls, calibration: Calibration, **about: Any) -> Self:
        """A model with what it belongs to."""
        return cls(bias=calibration.bias, weights=asdict(calibration.weights), threshold=calibration.threshold, **about)


@dataclass(frozen=True, slots=True)
class IndexCalibration:
    """The model that an index is answered with; `file` and `digest` are None where it is the one shipped."""

    model: Calibration = field(default_factory=Calibration)
    file: CalibrationFile | None = None
    digest: str | None = None

    @property
    def answered(self) -> frozenset[str] | None:
        """The titles of sections that get an answer when they are asked; None where that is not known."""
        return frozenset(self.file.answered) if self.file and self.file.answered is not None else None


def code_digest() -> str:
    """What stands for this package's code: other code may decide otherwise. That of the indexer is part of an index's digest."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def load_calibration(index: Index) -> IndexCalibration:
    """What was fitted for an index, else what is shipped. Raises IndexDamagedError for a file that cannot be trusted."""
    path = index.folder / CALIBRATION
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return IndexCalibration()
    except OSError as problem:
        raise IndexDamagedError(f"{path} cannot be read ({problem.strerror}); {_AGAIN}") from problem
    file = _checked(path, content)
    if file.index != index.digest:
        raise IndexDamagedError(f"{path} was fitted on another index; {_AGAIN}")
    try:
        return IndexCalibration(file.calibration(), file, hashlib.sha256(content).hexdigest())
    except TypeError as problem:
        raise IndexDamagedError(f"{path} was fitted by another version of this software; {_AGAIN}") from problem


def _checked(path: Path, content: bytes) -> CalibrationFile:
    try:
        value = json.loads(content)
        checksum = value.pop("sha256")
        is_whole = checksum == _checksum(value)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        is_whole = False
    if not is_whole:
        raise IndexDamagedError(f"{path} has changed since it was written; {_AGAIN}")
    try:
        return CalibrationFile.model_validate(value)
    except ValidationError as problem:
        raise IndexDamagedError(f"{path} was fitted by another version of this software; {_AGAIN}") from problem


def save_calibration(version: Path, file: CalibrationFile) -> None:
    """Write it into a version's folder, in place of one before it. Raises WriteError."""
    value = file.model_dump()
    write_whole(version / CALIBRATION, json.dumps({**value, "sha256": _checksum(value)}, indent=1) + "\n")


def _checksum(value: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
