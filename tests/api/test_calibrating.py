"""`citewell calibrate`: fitted once for an index, a gold set, a risk and this code; what is damaged is fitted anew."""

import fcntl
import json
import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never

import pytest

from bot.calibration import CALIBRATION, IndexCalibration, load_calibration
from bot.evaluation.calibrate import Example
from bot.evaluation.examples import examples as found
from bot.evaluation.gold import GoldItem
from bot.pipeline import Bot
from indexer.index import Index
from indexer.versions import live_version
from tests.gold_files import ANSWERABLE, UNANSWERABLE, answered, development_items, write_gold

if TYPE_CHECKING:
    from tests.api.conftest import Outcome, Run

pytestmark = pytest.mark.usefixtures("bare_environment")
Calibrate = Callable[..., "Outcome"]


@pytest.fixture
def folder(tmp_path: Path, mixed_index_folder: Path) -> Path:
    """A copy of the mixed index, to be changed at will."""
    return Path(shutil.copytree(mixed_index_folder, tmp_path / "index", symlinks=True))


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    return write_gold(
        tmp_path / "g.jsonl", [*development_items(), {**answered("t", "test", "How many moons has Mars?"), "question": "Martian moons"}]
    )


@pytest.fixture
def calibrate(run: "Run", folder: Path, gold: Path) -> Calibrate:
    """`citewell calibrate` with the gold set on the index, with options."""
    return lambda *options: run("calibrate", "--gold", gold, "--index", folder, *options)


def loaded(folder: Path) -> IndexCalibration:
    index = Index.load(folder)
    index.store.close()
    return load_calibration(index)


@pytest.mark.model
def test_what_was_fitted_is_written_and_said(run: "Run", calibrate: Calibrate, folder: Path) -> None:
    assert loaded(folder).file is None
    code, out, err = calibrate("--risk", "0.4")
    found = loaded(folder)
    file = found.file
    assert file is not None
    assert (code, bool(err)) == (0, file.bound > 0.4)
    assert (file.questions, file.right, file.target_risk) == (len(ANSWERABLE) + len(UNANSWERABLE), file.right, 0.4)
    assert 10 <= file.right <= len(ANSWERABLE)
    assert file.risk <= 0.4
    assert file.risk <= file.bound
    assert out.splitlines() == [
        f"{file.questions} development questions, to {file.right} of them a right answer was found",
        f"AUROC {file.auroc:.3f}, ECE {file.ece:.3f} (cross-validated)",
        f"answers from a confidence of {file.threshold:g}: {file.coverage:.1%} of the answerable questions",
        f"risk: {file.risk:.1%} of the answers are wrong, with 95% confidence at most {file.bound:.1%}",
    ]
    (answer,) = run("ask", "How many moons has Mars?", "--json", "--index", folder).lines
    assert answer["receipt"]["calibration"] == found.digest


@pytest.mark.model
def test_what_is_fitted_is_the_bot_that_answers(calibrate: Calibrate, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """But for the calibration of before, which must have no say in the next."""
    fitted: list[Bot] = []

    def examples(bot: Bot, items: list[GoldItem], today: date) -> list[Example]:
        fitted.append(bot)
        return found(bot, items, today)

    calibrate("--risk", "0.4")
    monkeypatch.setattr("bot.evaluation.examples.examples", examples)
    calibrate("--risk", "0.5")
    answering = Bot.open(folder)
    assert answering.calibration.file is not None
    assert {bot.calibration for bot in fitted} == {IndexCalibration()}
    assert fitted[0].safety.rules == answering.safety.rules
    assert fitted[0].usable_replier().finder.extraction == answering.usable_replier().finder.extraction
    assert fitted[0].usable_index().digest == answering.usable_index().digest
    answering.usable_index().store.close()


@pytest.mark.model
def test_what_the_data_cannot_carry_is_said_plainly(calibrate: Calibrate, folder: Path) -> None:
    code, _, err = calibrate()
    file = loaded(folder).file
    assert file is not None
    assert (code, file.target_risk, file.bound > 0.05) == (0, 0.05, True)
    assert err.splitlines() == [
        f"these questions cannot carry a risk of 5.0% with 95% confidence: they carry {file.bound:.1%};",
        "about 59 answered questions without an error would, so add development items or allow more with --risk",
    ]


@pytest.mark.model
def test_nothing_is_fitted_again_until_something_changed(
    calibrate: Calibrate, folder: Path, gold: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calibrate("--risk", "0.4")
    before = loaded(folder)
    with monkeypatch.context() as patch:
        patch.setattr("bot.evaluation.calibrate.fit", None)
        assert calibrate("--risk", "0.4") == (0, "nothing changed\n", "")
        patch.setenv("CITEWELL_RISK", "0.4")
        assert calibrate() == (0, "nothing changed\n", "")
    calibrate("--risk", "0.5")
    assert loaded(folder).file != before.file
    calibrate("--risk", "0.4")
    assert loaded(folder) == before
    with monkeypatch.context() as patch:
        patch.setattr("bot.calibration.code_digest", lambda: "other")
        assert calibrate("--risk", "0.4").out != "nothing changed\n"
        assert (file := loaded(folder).file) is not None
        assert file.code == "other"
    calibrate("--risk", "0.4")
    write_gold(gold, development_items()[1:])
    assert calibrate("--risk", "0.4").out != "nothing changed\n"


@pytest.mark.model
@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (lambda text: text[:-30], "has changed since it was written"),
        (lambda text: text.replace('"threshold": 0.', '"threshold": 1.'), "has changed since it was written"),
        (lambda text: "", "has changed since it was written"),
    ],
)
def test_a_damaged_calibration_is_fitted_again(
    run: "Run", calibrate: Calibrate, folder: Path, damage: Callable[[str], str], what: str
) -> None:
    calibrate("--risk", "0.4")
    file = live_version(folder) / CALIBRATION
    whole = file.read_text(encoding="utf-8")
    file.write_text(damage(whole), encoding="utf-8")
    assert run("ask", "How many moons has Mars?", "--index", folder).code == 1
    wrong = next(line for line in run("doctor", "--index", folder).out.splitlines() if "  calibration: " in line)
    assert wrong == f"WRONG  calibration: {file} {what}; fit it again with `citewell calibrate --gold FILE`"
    code, out, err = calibrate("--risk", "0.4")
    assert (code, out.splitlines()[0][:2], err.splitlines()[0]) == (0, "25", f"{file} {what}; fitting it again")
    assert file.read_text(encoding="utf-8") == whole
    assert f"ok     calibration: fitted on the gold set {json.loads(whole)['gold'][:12]} for a risk of 40.0%, at most " in (
        run("doctor", "--index", folder).out
    )


@pytest.mark.model
def test_too_few_items_leave_the_calibration_as_it_was(calibrate: Calibrate, folder: Path, gold: Path) -> None:
    calibrate("--risk", "0.4")
    before = loaded(folder)
    write_gold(gold, development_items()[:12])
    line = calibrate().error(1)
    assert line.startswith("the development split gives too little to learn from (")
    assert loaded(folder) == before


@pytest.mark.model
def test_a_calibration_that_cannot_be_written_leaves_the_one_before(
    calibrate: Calibrate, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calibrate("--risk", "0.4")
    before = loaded(folder)

    def fail(*given: object) -> Never:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    assert calibrate("--risk", "0.5").error(1) == (
        f"{live_version(folder) / CALIBRATION} cannot be written (No space left on device); free space, or check permissions"
    )
    assert loaded(folder) == before


@pytest.mark.model
def test_it_waits_for_no_other_run(calibrate: Calibrate, folder: Path) -> None:
    with (folder / "lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert " is writing into " in calibrate().error(1)
    assert not (live_version(folder) / CALIBRATION).exists()


@pytest.mark.model
def test_an_index_without_a_calibration_of_its_own_is_well(run: "Run", folder: Path) -> None:
    lines = run("doctor", "--index", folder).out.splitlines()
    assert "ok     calibration: as shipped; `citewell calibrate --gold FILE` would fit it to these documents" in lines


@pytest.mark.parametrize(
    ("options", "code", "line"),
    [
        ([], 2, "name a gold set, for example: citewell calibrate --gold tests/gold; see `citewell --help`"),
        (["--gold", "g.jsonl", "--risk", "0"], 2, "--risk is a share between 0 and 1, and 0.0 is not; try 0.05"),
        (["--gold", "g.jsonl", "--risk", "1"], 2, "--risk is a share between 0 and 1, and 1.0 is not; try 0.05"),
        (["--gold", "g.jsonl", "--risk", "nan"], 2, "--risk is a share between 0 and 1, and nan is not; try 0.05"),
        (["--gold", "none.jsonl"], 1, "none.jsonl does not exist; name a gold set, or a folder that holds some"),
    ],
)
def test_wrong_use_is_one_line(run: "Run", gold: Path, options: list[str], code: int, line: str) -> None:
    assert run("calibrate", *options).error(code) == line


def test_without_an_index_none_is_begun(run: "Run", gold: Path, tmp_path: Path) -> None:
    assert run("calibrate", "--gold", gold, "--index", "no").error(1).startswith("there is no index in no; run `citewell index`")
    assert not (tmp_path / "no").exists()


def test_a_risk_of_the_settings_that_is_none_is_named(run: "Run", gold: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEWELL_RISK", "1")
    assert run("calibrate", "--gold", gold, "--index", "no").error(2) == (
        "CITEWELL_RISK='1': Input should be less than 1; mend or unset it"
    )


def test_a_gold_set_of_the_test_split_alone_cannot_be_learnt_from(run: "Run", gold: Path) -> None:
    items: list[Any] = [answered("t", "test", "How many moons has Mars?")]
    assert run("calibrate", "--gold", write_gold(gold, items)).error(1).startswith("no item is of the split 'dev'")
