import hashlib
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import ValidationError

from bot.abstention import Calibration, Features
from bot.calibration import CALIBRATION, CalibrationFile, IndexCalibration, code_digest, load_calibration, save_calibration
from indexer.errors import IndexDamagedError, WriteError
from indexer.index import Index

MODEL = Calibration(-1.5, Features(*(0.1 * number for number, _ in enumerate(fields(Features), 1))), 0.625)
MEASURED: dict[str, Any] = {"questions": 400, "right": 230, "risk": 0.03, "bound": 0.05, "coverage": 0.8, "auroc": 0.95, "ece": 0.02}
FILE = CalibrationFile.of(MODEL, index="digest", gold="gold", code="code", target_risk=0.05, **MEASURED)


@dataclass(frozen=True)
class Version:
    """An index, as far as a calibration looks at it."""

    folder: Path
    digest: str = "digest"


def load(folder: Path, digest: str = "digest") -> IndexCalibration:
    return load_calibration(cast(Index, Version(folder, digest)))


def rewrite(folder: Path, **changes: Any) -> None:
    """The file with other values, and a checksum that fits them."""
    value = json.loads((folder / CALIBRATION).read_text(encoding="utf-8")) | changes
    del value["sha256"]
    checksum = hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
    (folder / CALIBRATION).write_text(json.dumps({**value, "sha256": checksum}), encoding="utf-8")


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    save_calibration(tmp_path, FILE)
    loaded = load(tmp_path)
    assert (loaded.model, loaded.file) == (MODEL, FILE)
    assert loaded.digest == hashlib.sha256((tmp_path / "calibration.json").read_bytes()).hexdigest()


def test_the_file_says_what_it_holds(tmp_path: Path) -> None:
    save_calibration(tmp_path, FILE)
    text = (tmp_path / "calibration.json").read_text(encoding="utf-8")
    value = json.loads(text)
    assert text.endswith("}\n")
    assert len(value.pop("sha256")) == 64
    assert value == {
        "format": 2,
        "answered": None,
        "index": "digest",
        "gold": "gold",
        "code": "code",
        "bias": -1.5,
        "weights": asdict(MODEL.weights),
        "threshold": 0.625,
        "target_risk": 0.05,
        **MEASURED,
    }


def test_the_same_calibration_gives_the_same_bytes(tmp_path: Path) -> None:
    save_calibration(tmp_path, FILE)
    first = (tmp_path / CALIBRATION).read_bytes()
    save_calibration(tmp_path, FILE)
    assert (tmp_path / CALIBRATION).read_bytes() == first


def test_without_a_file_the_shipped_model_answers(tmp_path: Path) -> None:
    assert load(tmp_path) == IndexCalibration(Calibration(), None, None)


def test_one_of_another_index_is_refused(tmp_path: Path) -> None:
    save_calibration(tmp_path, FILE)
    with pytest.raises(IndexDamagedError, match=r"calibration\.json was fitted on another index; fit it again with `citewell calibrate"):
        load(tmp_path, "other")


@pytest.mark.parametrize("name", ["threshold", "bias", "index", "gold", "sha256"])
def test_a_value_that_was_changed_is_found(tmp_path: Path, name: str) -> None:
    save_calibration(tmp_path, FILE)
    value = json.loads((tmp_path / CALIBRATION).read_text(encoding="utf-8"))
    (tmp_path / CALIBRATION).write_text(json.dumps({**value, name: 0.0}), encoding="utf-8")
    with pytest.raises(IndexDamagedError, match=r"calibration\.json has changed since it was written; fit it again"):
        load(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"[1]", b"null", b'"text"', b"\xff\xfe", b"[" * 100_000, b'{"sha256": NaN}'])
def test_a_file_that_is_no_calibration_is_found(tmp_path: Path, content: bytes) -> None:
    (tmp_path / CALIBRATION).write_bytes(content)
    with pytest.raises(IndexDamagedError, match="has changed since it was written"):
        load(tmp_path)


def test_a_file_cut_short_at_any_place_is_found(tmp_path: Path) -> None:
    save_calibration(tmp_path, FILE)
    whole = (tmp_path / CALIBRATION).read_bytes().rstrip()
    for length in range(len(whole)):
        (tmp_path / CALIBRATION).write_bytes(whole[:length])
        with pytest.raises(IndexDamagedError):
            load(tmp_path)


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / CALIBRATION).mkdir()
    with pytest.raises(IndexDamagedError, match=r"calibration\.json cannot be read \(Is a directory\); fit it again"):
        load(tmp_path)


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 1},
        {"margin": 0.1},
        {"threshold": None},
        {"threshold": float("nan")},
        {"weights": {"strange": 1.0}},
        {"weights": {**asdict(MODEL.weights), "strange": 1.0}},
        {"weights": dict(list(asdict(MODEL.weights).items())[1:])},
    ],
)
def test_one_of_another_version_of_this_software_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    save_calibration(tmp_path, FILE)
    rewrite(tmp_path)
    assert load(tmp_path).file == FILE
    rewrite(tmp_path, **changes)
    with pytest.raises(IndexDamagedError, match=r"was fitted by another version of this software; fit it again"):
        load(tmp_path)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_never_saved(value: float) -> None:
    with pytest.raises(ValidationError):
        CalibrationFile.of(MODEL, index="digest", gold="gold", code="code", target_risk=0.05, **{**MEASURED, "risk": value})


def test_the_one_before_stays_until_the_new_one_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_calibration(tmp_path, FILE)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(WriteError, match=r"calibration\.json cannot be written \(No space left on device\); free space, or check"):
        save_calibration(tmp_path, FILE.model_copy(update={"threshold": 0.9}))
    assert load(tmp_path).file == FILE
    monkeypatch.undo()
    save_calibration(tmp_path, FILE.model_copy(update={"threshold": 0.9}))
    assert load(tmp_path).model.threshold == 0.9
    assert [file.name for file in tmp_path.iterdir()] == [CALIBRATION]


def test_a_folder_that_is_not_there_cannot_be_written_to(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="No such file or directory"):
        save_calibration(tmp_path / "gone", FILE)


def test_the_code_has_one_digest() -> None:
    assert len(code_digest()) == 64
    assert code_digest() == code_digest()
