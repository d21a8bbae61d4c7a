"""The best answer that the documents hold to one standalone question, whether it will do or not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from bot.abstention import Features, features_of
from bot.answer import DrugMention
from bot.config import ExtractionConfig, RetrievalConfig
from bot.extractive import ChosenSentence, choose_sentences, nothing_forbidden
from bot.fit import Facets, Fit
from bot.lexicon import Names
from bot.question import Asked
from bot.retriever import FoundPassage, Query, Ranking, rank, top_passages
from indexer.index import Index
from indexer.stage_clock import stage

_EXAMINED = 6  # passages that sentences are chosen from; more cost time and bring none


@dataclass(frozen=True, slots=True)
class Found:
    """The best passages, the sentences of an answer from them, and what the retrieval tells of how good it is."""

    query: Query
    fit: Fit
    ranking: Ranking
    passages: tuple[FoundPassage, ...]
    sentences: tuple[ChosenSentence, ...]
    features: Features


@dataclass(frozen=True, slots=True)
class Finder:
    """Searches one index."""

    index: Index
    names: Names
    facets: Facets
    retrieval: RetrievalConfig = field(default_factory=RetrievalConfig)
    extraction: ExtractionConfig = field(default_factory=ExtractionConfig)
    forbids: Callable[[str], bool] = nothing_forbidden

    @classmethod
    def of(cls, index: Index, forbids: Callable[[str], bool] = nothing_forbidden) -> "Finder":
        """A finder on a loaded index, which quotes no sentence that is forbidden."""
        names = Names.compile(index.lexicon, index.embedder.is_word)
        return cls(index, names, Facets(names), forbids=forbids)

    def find(self, question: str, spoken: Sequence[DrugMention] = (), said: str = "") -> Found:
        """The best for a standalone question; `spoken` are the drugs spoken of, `said` is what need not be said again."""
        query, fit = self._query(question, spoken)
        with stage("retrieval"):
            ranking = rank(self.index, query, self.retrieval)
            passages = top_passages(self.index, ranking, _EXAMINED, fit.passage, self.retrieval.unfit)
        with stage("extraction"):
            sentences = choose_sentences(self.index, query, passages, self.extraction, fit, said, self.forbids)
            features = features_of(self.index, fit, query, ranking, passages, sentences)
        return Found(query, fit, ranking, passages, sentences, features)

    def passages(self, question: str, limit: int, retrieval: RetrievalConfig | None = None) -> tuple[FoundPassage, ...]:
        """The best passages alone, at most `limit`."""
        config = retrieval or self.retrieval
        query, fit = self._query(question, ())
        ranking = rank(self.index, query, replace(config, candidates=max(config.candidates, limit)))
        return top_passages(self.index, ranking, limit, fit.passage, config.unfit)

    @stage("understanding")
    def _query(self, question: str, spoken: Sequence[DrugMention]) -> tuple[Query, Fit]:
        query = Query.of(question, self.index, self.names, [drug.name for drug in spoken])
        return query, Fit(Asked.in_text(question, self.names, query.drugs), self.names, self.facets)
