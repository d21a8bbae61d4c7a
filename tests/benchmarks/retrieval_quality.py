"""How well the right texts are ranked: the gold set of this corpus by section, and SciFact by abstract."""

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean

from bot.evaluation.gold import GoldItem
from bot.evaluation.measures import retrieval_scores
from bot.evaluation.responses import first_of_each, ranked_sections
from bot.pipeline import Bot
from tests.benchmarks.bench import CITEWELL, Bench, write_texts
from tests.benchmarks.citewell_index import scifact_index
from tests.benchmarks.figures import Own, Raw, Row
from tests.benchmarks.peers.system import Text
from tests.benchmarks.questions import answerable_items
from tests.benchmarks.scifact import SciFact

TITLE = "Retrieval"
READING = (
    "All systems have the same encoder, so what differs is what Citewell adds to its vectors: words, sentences, titles and other ways to "
    "ask, fit. The ways to ask are written for this corpus; SciFact has none, so it is the fairer figure."
)
_PASSAGES = 100  # enough to hold ten sections
_ABSTRACTS = 10
_NO_SCIFACT = "not measured: name the collection's folder with --scifact or CITEWELL_BENCH_SCIFACT"
Rankings = Sequence[Sequence[str]]


def measure(bench: Bench) -> Raw:
    """Scores of each question, by system."""
    gold = _gold(bench)
    if bench.scifact is None or not (bench.scifact / "qrels.tsv").is_file():
        return {"gold": gold}
    return {"gold": gold, "scifact": _scifact(bench, SciFact.read(bench.scifact))}


def _gold(bench: Bench) -> Raw:
    items = [item for item in answerable_items() if item.relevant]
    items = items[: bench.some(len(items))]
    questions = [item.question for item in items]
    texts, section_of = bench.passages()
    bot = Bot.load(bench.index)
    rankings: dict[str, Rankings] = {CITEWELL: [ranked_sections(bot, question) for question in questions]}
    for name, found in _by_peers(bench, texts, questions, _PASSAGES).items():
        rankings[name] = [first_of_each([section_of[passage] for passage in passages]) for passages in found]
    return {"splits": [item.split for item in items], "ndcg@10": {name: _ndcg(items, ranked) for name, ranked in rankings.items()}}


def _ndcg(items: Sequence[GoldItem], rankings: Rankings) -> list[float]:
    return [scores["ndcg@10"] for scores in retrieval_scores(items, rankings)]


def _scifact(bench: Bench, collection: SciFact) -> Raw:
    texts = [Text(one.id, f"{one.title}. {one.text}") for one in collection.abstracts]
    claims = list(collection.claims.values())
    rankings: dict[str, Rankings] = {CITEWELL: ranked_abstracts(Bot.load(scifact_index(bench, collection)), claims)}
    file = write_texts(bench.folder / "scifact" / "scifact.jsonl", texts)
    rankings |= _by_peers(bench, file, claims, _ABSTRACTS)
    return {name: collection.scores(dict(zip(collection.claims, found, strict=True))) for name, found in rankings.items()}


def ranked_abstracts(bot: Bot, claims: Sequence[str]) -> list[tuple[str, ...]]:
    """The documents of the best passages for each claim, best first."""
    return [tuple(dict.fromkeys(found.passage.document.id for found in bot.search(claim, _PASSAGES))) for claim in claims]


def _by_peers(bench: Bench, texts: Path, questions: Sequence[str], limit: int) -> dict[str, Rankings]:
    """What each peer finds for each question."""
    systems = bench.opened(texts)
    try:
        return dict(bench.asked(systems, questions, limit))
    finally:
        for system in systems.values():
            system.close()


def figures(raw: Raw) -> list[Row | Own]:
    """Means; of the gold set those of the test questions first, as nothing was tuned on them."""
    splits, gold = raw["gold"]["splits"], raw["gold"]["ndcg@10"]

    def mean(keep: Callable[[str], bool]) -> dict[str, float | None]:
        return {name: fmean(one for one, split in zip(scores, splits, strict=True) if keep(split)) for name, scores in gold.items()}

    rows: list[Row | Own] = [
        Row("gold set, test questions: nDCG@10", "higher", mean(lambda split: split == "test"), is_score=True),
        Row("gold set, all questions: nDCG@10", "higher", mean(lambda _: True), is_score=True),
    ]
    if "scifact" not in raw:
        return [*rows, Own("SciFact", _NO_SCIFACT)]
    measures = {"ndcg@10": "nDCG@10", "recall@10": "recall@10"}
    return rows + [
        Row(f"SciFact: {shown}", "higher", {name: fmean(scores[key]) for name, scores in raw["scifact"].items()}, is_score=True)
        for key, shown in measures.items()
    ]
