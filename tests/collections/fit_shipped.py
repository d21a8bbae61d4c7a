"""Fits the coefficients that are shipped for indexes without a calibration of their own, and prints them for bot/abstention.py.

`.venv/bin/python -m tests.collections.fit_shipped` needs `make index` before it. They are learnt from the development items of the corpus
and from three small collections on other subjects, so that they hold for more than one.
"""

import sys
import tempfile
from dataclasses import asdict
from datetime import date
from pathlib import Path

from bot.calibration import IndexCalibration
from bot.evaluation.calibrate import Example, fit
from bot.evaluation.examples import examples
from bot.evaluation.gold import read_gold
from bot.pipeline import Bot
from indexer.corpus_tables import load_tables
from indexer.index import Index
from tests.conftest import index_into

HERE = Path(__file__).parent
COLLECTIONS = ("sleep", "bicycle", "library")
_TODAY = date(2026, 11, 28)  # decides nothing but whether a document is past its review


def of_collection(bot: Bot, gold: Path) -> list[Example]:
    """The examples of a gold set, its test split too: it tests nothing but these."""
    items = read_gold([gold]).checked().items
    return examples(bot, [item.model_copy(update={"split": "dev"}) for item in items], _TODAY)


def main(index: Path) -> None:
    """Print the fit."""
    found = examples(
        Bot.of(Index.load(index), IndexCalibration()), read_gold([HERE.parent / "gold"]).checked().of_split("dev").items, _TODAY
    )
    with tempfile.TemporaryDirectory() as folder:
        for name in COLLECTIONS:
            target = Path(folder) / name
            target.mkdir()
            (target / "cache").symlink_to(index.absolute() / "cache")
            found += of_collection(Bot.open(index_into(target, HERE / name / "documents", load_tables())), HERE / name / "gold.jsonl")
    fitted = fit(found, 0.05)
    sys.stdout.write(f"bias {fitted.model.bias}, weights {asdict(fitted.model.weights)}\n")
    sys.stdout.write(f"{fitted.questions} questions, AUROC {fitted.auroc:.3f}, ECE {fitted.ece:.3f}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ".citewell/index"))
