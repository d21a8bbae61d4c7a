"""SciFact, a public collection: abstracts, claims, and which abstracts bear on which claim. It is not part of the project."""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import ir_measures
from ir_measures import R, nDCG

_MEASURES = {"ndcg@10": nDCG @ 10, "recall@10": R @ 10}


@dataclass(frozen=True, slots=True)
class Abstract:
    """An abstract with its title."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class SciFact:
    """`claims` by id, `relevant` abstracts of each."""

    abstracts: tuple[Abstract, ...]
    claims: Mapping[str, str]
    relevant: Mapping[str, Sequence[str]]

    @classmethod
    def read(cls, folder: Path) -> "SciFact":
        """The collection in BEIR form: corpus.jsonl.gz, queries.jsonl, qrels.tsv."""
        with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as stream:
            abstracts = tuple(Abstract(one["_id"], one["title"], one["text"]) for one in map(json.loads, stream))
        relevant: dict[str, list[str]] = {}
        for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
            claim, abstract, score = line.split("\t")
            if int(score):
                relevant.setdefault(claim, []).append(abstract)
        lines = (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
        claims = {one["_id"]: one["text"] for one in map(json.loads, lines) if one["_id"] in relevant}
        return cls(abstracts, claims, relevant)

    def scores(self, rankings: Mapping[str, Sequence[str]]) -> dict[str, list[float]]:
        """nDCG@10 and recall@10 of each claim, in their order, given each claim's abstracts, best first."""
        qrels = [ir_measures.Qrel(claim, abstract, 1) for claim in self.claims for abstract in self.relevant[claim]]
        run = [
            ir_measures.ScoredDoc(claim, abstract, -float(rank))
            for claim in self.claims
            for rank, abstract in enumerate(rankings[claim] or ("-",))
        ]
        found = {(one.query_id, one.measure): float(one.value) for one in ir_measures.iter_calc(list(_MEASURES.values()), qrels, run)}
        return {name: [found[claim, measure] for claim in self.claims] for name, measure in _MEASURES.items()}
