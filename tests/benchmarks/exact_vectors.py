"""Whether small numbers cost quality: Citewell as it is, beside an index of the model's own float32 vectors, question by question."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.calibration import load_calibration
from bot.evaluation.compare import Difference, compare
from bot.evaluation.evaluate import About, Evaluation, evaluate
from bot.evaluation.gold import GoldSet, read_gold
from bot.evaluation.intervals import Interval, mean_interval, resamples
from bot.evaluation.responses import respond
from bot.pipeline import Bot
from indexer.index import Index
from tests.benchmarks.bench import ROOT, Bench
from tests.benchmarks.citewell_index import begin_with, index, scifact_documents, scifact_index
from tests.benchmarks.figures import Own, Raw, Row
from tests.benchmarks.retrieval_quality import ranked_abstracts
from tests.benchmarks.scifact import SciFact

TITLE = "Small numbers, same answers"
READING = (
    "Differences, Citewell's index less one of float32 vectors by the model itself (sentence-transformers), everything else alike: "
    "int8 weights, and whatever the index does to its vectors. In brackets the paired bootstrap's 95% interval, by question."
)
_SHOWN = {
    "ndcg@10": "nDCG@10",
    "key_fact_recall": "key facts, in answers given",
    "key_fact_recall_best": "key facts, in the best answer found",
}
_MOST_LOST = -0.01
_COMMAND_LINE = (sys.executable, "-m", "tests.benchmarks.exact_index")


class NotExactError(Exception):
    """The index that is compared with holds no float32 vectors."""


def measure(bench: Bench) -> Raw:
    """Differences with their intervals."""
    found: Raw = {"gold": [_as_raw(_SHOWN[one.measure], one.before, one.after, one.interval) for one in _gold(bench)]}
    if bench.scifact is not None and (bench.scifact / "qrels.tsv").is_file():
        found["scifact"] = _scifact(bench, SciFact.read(bench.scifact))
    return found


def _gold(bench: Bench) -> list[Difference]:
    gold = read_gold([ROOT / "tests" / "gold"]).checked()
    gold = replace(gold, items=gold.items[: bench.some(len(gold.items))])
    served = Index.load(bench.index)
    calibration = load_calibration(served)  # one for both, so that the same confidence answers
    exact = Bot.of(_exact(bench, ROOT / "corpus" / "documents", bench.folder / "exact" / "gold"), calibration)
    before, after = (_evaluation(bot, gold) for bot in (exact, Bot.of(served, calibration)))
    return [one for one in compare(before, after).differences if one.measure in _SHOWN]


def _evaluation(bot: Bot, gold: GoldSet) -> Evaluation:
    today = datetime.now(UTC).date()
    responses = [respond(bot, item, today) for item in gold.items]
    return evaluate(gold, responses, About(receipt={}))


def _scifact(bench: Bench, collection: SciFact) -> list[Raw]:
    claims = list(collection.claims.values())
    served = Bot.load(scifact_index(bench, collection))
    folder = bench.folder / "exact" / "scifact"
    begin_with(folder, bench.folder / "exact" / "gold")
    found = _exact(bench, scifact_documents(bench, collection), folder)
    exact = Bot.of(found, load_calibration(found))
    before, after = (_ndcg(collection, ranked_abstracts(bot, claims)) for bot in (exact, served))
    interval = mean_interval(after - before, resamples(list(collection.claims)))
    return [_as_raw("nDCG@10", float(before.mean()), float(after.mean()), interval)]


def _ndcg(collection: SciFact, rankings: Sequence[Sequence[str]]) -> npt.NDArray[np.float64]:
    return np.array(collection.scores(dict(zip(collection.claims, rankings, strict=True)))["ndcg@10"])


def _exact(bench: Bench, documents: Path, folder: Path) -> Index:
    index(bench, documents, folder, _COMMAND_LINE)
    found = Index.load(folder)
    if found.embedder.settings.kind != "sentence-transformers":
        raise NotExactError("the export was not to be hindered; look at exact_index.py")
    return found


def _as_raw(measure: str, exact: float, served: float, interval: Interval | None) -> Raw:
    low, high = interval or (None, None)
    return {"measure": measure, "exact": exact, "served": served, "low": low, "high": high}


def figures(raw: Raw) -> list[Row | Own]:
    """A difference for each measure and collection."""
    return [
        _own(f"{title}: {one['measure']}", one) for key, title in (("gold", "gold set"), ("scifact", "SciFact")) for one in raw.get(key, ())
    ]


def _own(name: str, one: Raw) -> Own:
    low, high = one["low"], one["high"]
    shown = f"{one['served'] - one['exact']:+.4f}" + (f" ({low:+.4f} to {high:+.4f})" if low is not None else "")
    return Own(name, shown, f"all above {_MOST_LOST}", None if low is None else low > _MOST_LOST)
