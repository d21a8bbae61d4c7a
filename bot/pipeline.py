"""The life of a question, on one screen."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

from bot.abstention import Features
from bot.answer import Answer, AnswerSentence, Citation, Interpretation, Notice, Receipt, Resource, Status, marked_text
from bot.calibration import IndexCalibration, load_calibration
from bot.citations import cite
from bot.clarify import readings
from bot.config import RetrievalConfig
from bot.conversation import Turn, checked_history, checked_question
from bot.extractive import ChosenSentence
from bot.finder import Finder
from bot.follow_up import standalone, talk_before
from bot.question import parts_of
from bot.reply import Replier, Reply
from bot.retriever import FoundPassage
from bot.safety import Safety
from bot.suggestions import answered_titles
from indexer.corpus_tables import Purpose, load_tables
from indexer.documents import well_formed
from indexer.errors import IndexUnusableError
from indexer.index import Index

_SUGGESTIONS = 3
_OF_PARTS = {1: 5, 2: 3}  # sentences quoted for each part, by how many parts there are
_OF_MORE_PARTS = 2


@dataclass(frozen=True, slots=True)
class Bot:
    """Answers questions from one index. Without an index it still recognises danger; `problem` says why there is none."""

    safety: Safety
    replier: Replier | None = None
    problem: IndexUnusableError | None = None
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
        safety = Safety.compile(index.safety, index.helplines)
        return cls(safety, Replier(Finder.of(index), calibration.model, safety.wording), calibration=calibration)

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
        replies = self.replies(question, turns)
        urgent = self._still_urgent(turns, country)
        choices = self._choices(replies)
        if choices and not urgent:
            return self._compose("clarify", (AnswerSentence(self.safety.wording.clarify),), _interpretation(replies), suggestions=choices)
        if any(reply.chosen for reply in replies):
            return self._answered(replies, urgent, today)
        if urgent:
            return urgent
        return self._abstained(replies, country)

    def replies(self, question: str, turns: Sequence[Turn]) -> tuple[Reply, ...]:
        """What can be said to each question of a message. Raises QuestionError or IndexUnusableError."""
        parts = parts_of(checked_question(question))
        replier = self.usable_replier()
        names = replier.finder.names
        asked = talk_before(turns, names)
        said = "\n".join(turn.content for turn in turns if turn.role == "assistant")
        replies: list[Reply] = []
        for part in parts:
            asked = standalone(part.text, asked, names)
            replies.append(replier.reply(part, asked, said))
        return tuple(replies)

    def features(self, question: str, history: Any = ()) -> Features | None:
        """What the retrieval tells about a question, which confidence is computed from; None for a message that takes several searches."""
        replies = self.replies(question, checked_history(history))
        return replies[0].found.features if len(replies) == len(replies[0].searches) == 1 else None

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
        question = checked_question(query)
        return self.usable_replier().finder.passages(question, limit, retrieval)

    def usable_replier(self) -> Replier:
        """What replies from the index. Raises IndexUnusableError with the reason why there is none."""
        if self.replier is None:
            raise self.problem or IndexUnusableError("no index is loaded; run `citewell index`")
        return self.replier

    def usable_index(self) -> Index:
        """The index. Raises IndexUnusableError with the reason why there is none."""
        return self.usable_replier().finder.index

    def _answered(self, replies: Sequence[Reply], urgent: Answer | None, today: date) -> Answer:
        """Each part's sentences in order, each once, and behind them what of it has no answer."""
        quoted = _quoted(replies)
        chosen = [scored for part in quoted for scored in part]
        cited, citations = cite(self.usable_index(), chosen)
        sentences: list[AnswerSentence] = []
        left = iter(cited)
        for reply, part in zip(replies, quoted, strict=True):
            sentences += islice(left, len(part))
            sentences += map(AnswerSentence, self._gaps(reply))
        notices = (Notice("urgent", urgent.sentences[0].text),) if urgent else ()
        return self._compose(
            "answered",
            tuple(sentences),
            _interpretation(replies),
            citations=citations,
            confidence=min(reply.confidence for reply in replies if reply.chosen),
            notices=(*notices, *self._freshness(chosen, today)),
            resources=urgent.resources if urgent else (),
            suggestions=self._suggestions(replies, {citation.section_title for citation in citations}),
        )

    def _gaps(self, reply: Reply) -> tuple[str, ...]:
        """What of one part has no answer; where all of it has none, the part itself."""
        if reply.chosen or reply.gaps:
            return reply.gaps
        return (self.safety.wording.part_unanswered.format(part=reply.part.said.rstrip(" ?.!")),)

    def _choices(self, replies: Sequence[Reply]) -> tuple[str, ...]:
        """The questions to choose between, where one that was asked alone may be read in several ways."""
        only = replies[0]
        return readings(self.usable_replier(), only.found, only.asked) if len(replies) == 1 else ()

    def _abstained(self, replies: Sequence[Reply], country: str | None) -> Answer:
        wording = self.safety.wording
        suggestions = self._suggestions(replies, set())
        gaps = [gap for reply in replies for gap in reply.gaps]
        lines = (wording.abstained, *gaps, wording.abstained_with_suggestions if suggestions else wording.abstained_alone)
        return self._compose(
            "abstained",
            tuple(AnswerSentence(line) for line in lines),
            _interpretation(replies),
            confidence=max(reply.confidence for reply in replies),
            resources=self._resources(country, self.safety.abstained_purposes, per_purpose=1),
            suggestions=suggestions,
        )

    def _suggestions(self, replies: Sequence[Reply], answered: set[str]) -> tuple[str, ...]:
        """Questions that the nearest sections answer."""
        found = (passage for reply in replies for search in reply.searches for passage in search.passages)
        titles = (one.passage.section.title for one in found)
        return tuple(islice(answered_titles(self.usable_replier(), (title for title in titles if title not in answered)), _SUGGESTIONS))

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
        if self.replier is None:
            return Receipt(None, None, None, software_version())
        index = self.replier.finder.index
        return Receipt(index.digest, index.manifest.encoder.model, self.calibration.digest, software_version())


@cache
def software_version() -> str:
    """The version of this software; asked for once, as looking it up takes longer than ranking."""
    return version("citewell")


def _quoted(replies: Sequence[Reply]) -> list[tuple[ChosenSentence, ...]]:
    """What is quoted in each part: of several fewer sentences each, and none that was quoted before."""
    limit = _OF_PARTS.get(len(replies), _OF_MORE_PARTS)
    seen: set[int] = set()
    quoted: list[tuple[ChosenSentence, ...]] = []
    for reply in replies:
        new = [scored for scored in reply.chosen[:limit] if scored.sentence.number not in seen]
        seen |= {scored.sentence.number for scored in new}
        quoted.append(tuple(new))
    return quoted


def _interpretation(replies: Sequence[Reply]) -> Interpretation:
    """What was understood in all parts together."""
    questions = tuple(reply.asked.question for reply in replies)
    drugs = {drug.name: drug for reply in replies for drug in reply.found.query.drugs}
    properties = dict.fromkeys(one.name for reply in replies for one in reply.found.fit.asked.properties)
    return Interpretation(" ".join(questions), tuple(drugs.values()), tuple(properties), questions if len(questions) > 1 else ())
