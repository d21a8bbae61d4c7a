"""The life of a question, on one screen."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bot.abstention import Features, features_of
from bot.answer import Answer, AnswerSentence, Citation, Interpretation, Notice, Receipt, Resource, Status, marked_text
from bot.calibration import IndexCalibration, load_calibration
from bot.citations import cite
from bot.config import ExtractionConfig, RetrievalConfig
from bot.conversation import Turn, checked_history, checked_question, standalone_question
from bot.extractive import ChosenSentence, choose_sentences
from bot.lexicon import Names
from bot.retriever import FoundPassage, Query, rank, top_passages
from bot.safety import Safety
from indexer.corpus_tables import Purpose, load_tables
from indexer.documents import well_formed
from indexer.errors import IndexUnusableError
from indexer.index import Index

_EXAMINED = 6  # passages that sentences are chosen from; more cost time and bring none
_SUGGESTIONS = 3


@dataclass(frozen=True, slots=True)
class _Found:
    """The best passages, the sentences of an answer from them, and what the retrieval tells of how good it is."""

    interpretation: Interpretation
    passages: tuple[FoundPassage, ...]
    sentences: tuple[ChosenSentence, ...]
    features: Features


@dataclass(frozen=True, slots=True)
class Bot:
    """Answers questions from one index. Without an index it still recognises danger; `problem` says why there is none."""

    safety: Safety
    index: Index | None = None
    names: Names = field(default_factory=Names)
    problem: IndexUnusableError | None = None
    retrieval: RetrievalConfig = field(default_factory=RetrievalConfig)
    extraction: ExtractionConfig = field(default_factory=ExtractionConfig)
    calibration: IndexCalibration = field(default_factory=IndexCalibration)

    @classmethod
    def open(cls, folder: Path) -> "Bot":
        """A bot on the live version of an index folder; where that cannot be used, one that knows only danger."""
        try:
            index = Index.load(folder)
            return cls.of(index, load_calibration(index))
        except IndexUnusableError as problem:
            return cls.without_index(problem)

    @classmethod
    def of(cls, index: Index, calibration: IndexCalibration) -> "Bot":
        """A bot on a loaded index."""
        return cls(Safety.compile(index.safety, index.helplines), index, Names.compile(index.lexicon), calibration=calibration)

    @classmethod
    def without_index(cls, problem: IndexUnusableError | None = None) -> "Bot":
        """A bot that knows only danger, by the rules shipped with this software."""
        tables = load_tables()
        return cls(Safety.compile(tables.safety, tables.helplines), problem=problem)

    def answer(self, question: str, history: Any = (), country: str | None = None, *, today: date) -> Answer:
        """The answer to a question. Raises QuestionError, or IndexUnusableError where there is no index; never for someone in danger."""
        card = self.crisis(question, country)
        if card is not None:
            return card
        turns = checked_history(history)
        standalone = standalone_question(checked_question(question), turns)
        urgent = self._still_urgent(turns, country)
        index, found = self.usable_index(), self._best(standalone)
        best, chosen = found.passages, found.sentences
        confidence = round(self.calibration.model.probability(found.features), 4)
        if confidence < self.calibration.model.threshold or not chosen:
            return urgent or self._abstained(found.interpretation, best, confidence, country)
        sentences, citations = cite(index, chosen)
        return self._compose(
            "answered",
            sentences,
            found.interpretation,
            citations=citations,
            confidence=confidence,
            notices=(*((Notice("urgent", urgent.sentences[0].text),) if urgent else ()), *self._freshness(chosen, today)),
            resources=urgent.resources if urgent else (),
            suggestions=_suggestions(best, {citation.section_title for citation in citations}),
        )

    def features(self, question: str, history: Any = ()) -> Features:
        """What the retrieval tells about a question; what confidence is computed from. Raises QuestionError or IndexUnusableError."""
        return self._best(standalone_question(checked_question(question), checked_history(history))).features

    def _best(self, question: str) -> _Found:
        """The best there is for a standalone question, whether it will do or not."""
        index = self.usable_index()
        query = Query.of(question, index, self.names)
        ranking = rank(index, query, self.retrieval)
        passages = top_passages(index, ranking, _EXAMINED)
        sentences = choose_sentences(index, query, passages, self.extraction)
        interpretation = Interpretation(question, query.drugs)
        features = features_of(index, self.names, query, ranking, passages, sentences)
        return _Found(interpretation, passages, sentences, features)

    def crisis(self, question: str, country: str | None) -> Answer | None:
        """The card for someone in danger, or None. Needs no index, and takes a message of any form and length."""
        danger = self.safety.recognise(question)
        if not danger:
            return None
        purposes = tuple(dict.fromkeys(purpose for card in danger for purpose in card.purposes))
        sentences = tuple(AnswerSentence(line) for line in self.safety.lines(danger, country))
        interpretation = Interpretation(well_formed(question).strip())
        return self._compose("crisis", sentences, interpretation, resources=self._resources(country, purposes))

    def _still_urgent(self, turns: Sequence[Turn], country: str | None) -> Answer | None:
        """The card for danger spoken of in the turns before, the latest first: "now what?" is asked in the same emergency."""
        spoken = (self.crisis(turn.content, country) for turn in reversed(turns) if turn.role == "user")
        return next((card for card in spoken if card is not None), None)

    def check(self, question: str, history: Any = ()) -> None:
        """Raise what `answer` would raise for a question of the wrong form."""
        if not self.safety.recognise(question):
            checked_question(question)
            checked_history(history)

    def search(self, query: str, limit: int, retrieval: RetrievalConfig | None = None) -> tuple[FoundPassage, ...]:
        """Ranked passages, no answer. Raises QuestionError or IndexUnusableError."""
        text = checked_question(query)
        index = self.usable_index()
        config = retrieval or self.retrieval
        ranking = rank(index, Query.of(text, index, self.names), replace(config, candidates=max(config.candidates, limit)))
        return top_passages(index, ranking, limit)

    def usable_index(self) -> Index:
        """The index. Raises IndexUnusableError with the reason why there is none."""
        if self.index is None:
            raise self.problem or IndexUnusableError("no index is loaded; run `citewell index`")
        return self.index

    def _abstained(self, interpretation: Interpretation, best: Sequence[FoundPassage], confidence: float, country: str | None) -> Answer:
        wording = self.safety.wording
        suggestions = _suggestions(best, set())
        lines = (wording.abstained, wording.abstained_with_suggestions if suggestions else wording.abstained_alone)
        return self._compose(
            "abstained",
            tuple(AnswerSentence(line) for line in lines),
            interpretation,
            confidence=confidence,
            resources=self._resources(country, self.safety.abstained_purposes, per_purpose=1),
            suggestions=suggestions,
        )

    def _freshness(self, chosen: Sequence[ChosenSentence], today: date) -> tuple[Notice, ...]:
        overdue: dict[str, list[int]] = {}
        for number, scored in enumerate(chosen, start=1):
            due = scored.passage.document.review_due
            if due is not None and due < today.isoformat():
                overdue.setdefault(due, []).append(number)
        wording = self.safety.wording.past_review
        return tuple(Notice("freshness", wording.format(date=due), tuple(numbers)) for due, numbers in sorted(overdue.items()))

    def _resources(self, country: str | None, purposes: tuple[Purpose, ...], **limit: int) -> tuple[Resource, ...]:
        return tuple(Resource.from_helpline(line) for line in self.safety.helplines_for(country, purposes, **limit))

    def _compose(
        self,
        status: Status,
        sentences: tuple[AnswerSentence, ...],
        interpretation: Interpretation,
        *,
        citations: tuple[Citation, ...] = (),
        confidence: float | None = None,
        notices: tuple[Notice, ...] = (),
        resources: tuple[Resource, ...] = (),
        suggestions: tuple[str, ...] = (),
    ) -> Answer:
        return Answer(
            status=status,
            text=marked_text(sentences),
            sentences=sentences,
            citations=citations,
            confidence=confidence,
            notices=notices,
            resources=resources,
            suggestions=suggestions,
            interpretation=interpretation,
            receipt=self.receipt(),
        )

    def receipt(self) -> Receipt:
        """What answers are made with."""
        if self.index is None:
            return Receipt(None, None, None, software_version())
        return Receipt(self.index.digest, self.index.manifest.encoder.model, self.calibration.digest, software_version())


@cache
def software_version() -> str:
    """The version of this software; asked for once, as looking it up takes longer than ranking."""
    return version("citewell")


def _suggestions(best: Sequence[FoundPassage], answered: set[str]) -> tuple[str, ...]:
    """Questions the nearest sections answer: their titles, where those are questions."""
    titles = dict.fromkeys(found.passage.section.title for found in best)
    return tuple(title for title in titles if title.endswith("?") and title not in answered)[:_SUGGESTIONS]
