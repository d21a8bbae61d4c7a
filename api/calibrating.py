"""`citewell calibrate`: fits the abstention model to a gold set and writes it into the live version of the index."""

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from api.options import GoldOption, IndexOption, index_folder, read_settings, require, say

if TYPE_CHECKING:
    from bot.calibration import CalibrationFile
    from bot.evaluation.calibrate import Example, Fit
    from bot.evaluation.gold import GoldSet
    from indexer.index import Index

_DOUBT = 0.05  # what 95% confidence leaves


def calibrate_command(
    gold: GoldOption = None,
    risk: Annotated[float | None, typer.Option(help="Share of the answers that may be wrong [CITEWELL_RISK, else 0.05].")] = None,
    index: IndexOption = None,
) -> None:
    """Fit when to answer on the development items of a gold set, and write that into the index."""
    require(bool(gold), "name a gold set, for example: citewell calibrate --gold tests/gold")
    require(risk is None or 0 < risk < 1, f"--risk is a share between 0 and 1, and {risk} is not; try 0.05")
    from api.gold_sets import read_gold_set
    from indexer.index import Index
    from indexer.versions import index_lock, live_version

    target = risk if risk is not None else read_settings().risk
    development = read_gold_set(gold or []).of_split("dev")
    folder = index_folder(index)
    live_version(folder)  # where there is none, none is begun
    with index_lock(folder):
        loaded = Index.load(folder)
        try:
            _calibrate(loaded, development, target)
        finally:
            loaded.store.close()


def _calibrate(index: "Index", gold: "GoldSet", risk: float) -> None:
    """Fit and write, unless just that was done before. Raises GoldError or WriteError."""
    from bot.calibration import CalibrationFile, code_digest, save_calibration

    code = code_digest()
    if _is_done(index, gold, risk, code):
        print("nothing changed")
        return
    from bot.calibration import IndexCalibration
    from bot.evaluation.calibrate import fit
    from bot.pipeline import Bot
    from bot.suggestions import all_answered

    fitted = fit(_examples(index, gold), risk)
    measured = {name: getattr(fitted, name) for name in ("questions", "right", "risk", "bound", "coverage", "auroc", "ece")}
    answered = all_answered(Bot.of(index, IndexCalibration(fitted.model)).usable_replier())
    file = CalibrationFile.of(
        fitted.model, index=index.digest, gold=gold.digest, code=code, target_risk=risk, answered=answered, **measured
    )
    save_calibration(index.folder, file)
    _tell(fitted, risk)


def _is_done(index: "Index", gold: "GoldSet", risk: float, code: str) -> bool:
    file = _earlier(index)
    return file is not None and (file.gold, file.target_risk, file.code) == (gold.digest, risk, code)


def _earlier(index: "Index") -> "CalibrationFile | None":
    """What was fitted for the index before; None where nothing was, or it cannot be trusted, which fitting anew mends."""
    from bot.calibration import load_calibration
    from indexer.errors import IndexDamagedError

    try:
        return load_calibration(index).file
    except IndexDamagedError as problem:
        say(f"{str(problem).partition(';')[0]}; fitting it again")
        return None


def _examples(index: "Index", gold: "GoldSet") -> list["Example"]:
    from api.progress import progress_bar
    from bot.calibration import IndexCalibration
    from bot.evaluation.examples import examples
    from bot.pipeline import Bot

    bot, today = Bot.of(index, IndexCalibration()), datetime.now(UTC).date()  # whatever is wrong with the index's own
    found: list[Example] = []
    with progress_bar() as progress:
        for item in gold.items:
            found += examples(bot, [item], today)
            progress("answering", 1, len(gold.items))
    return found


def _tell(fitted: "Fit", target: float) -> None:
    """What was fitted, and plainly where that is less than was wanted."""
    print(f"{fitted.questions:,} development questions, to {fitted.right:,} of them a right answer was found")
    print(f"AUROC {fitted.auroc:.3f}, ECE {fitted.ece:.3f} (cross-validated)")
    print(f"answers from a confidence of {fitted.model.threshold:g}: {fitted.coverage:.1%} of the answerable questions")
    print(f"risk: {fitted.risk:.1%} of the answers are wrong, with 95% confidence at most {fitted.bound:.1%}")
    if not fitted.is_met:
        needed = math.ceil(math.log(_DOUBT) / math.log(1 - target))
        say(f"these questions cannot carry a risk of {target:.1%} with 95% confidence: they carry {fitted.bound:.1%};")
        say(f"about {needed:,} answered questions without an error would, so add development items or allow more with --risk")
