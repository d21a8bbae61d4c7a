"""The life of a question, on one screen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

from bot.abstention import Features
from bot.answer import Answer, AnswerSentence, Citation, DrugMention, Interpretation, Notice, Receipt, Resource, Status, marked_text
from bot.calibration import IndexCalibration, load_calibration
from bot.citations import cite
from bot.clarify import readings
from bot.config import RetrievalConfig
from bot.conversation import Turn, checked_history, checked_question
from bot.errors import QuestionError
from bot.extractive import ChosenSentence, sentences_of
from bot.finder import Finder
from bot.follow_up import Standalone, standalone, talk_before
from bot.guard import fault
from bot.likeness import likelihoods
from bot.partners import Partners
from bot.question import Part, parts_of
from bot.reply import Replier, Reply
from bot.retriever import FoundPassage
from bot.safety import Concerns, Safety
from bot.safety_rules import Card, Refusal
from bot.suggestions import answered_titles
from indexer.corpus_tables import Purpose, load_tables
from indexer.documents import well_formed
from indexer.errors import IndexUnusableError
from indexer.index import Index
from indexer.stage_clock import stage

_SUGGESTIONS = 3
_OF_PARTS = {1: 5, 2: 3}  # sentences quoted for each part, by how many parts there are
_OF_MORE_PARTS = 2
_AT_EASE = 15  # words; whoever says more than that they are safe may tell of more


@dataclass(frozen=True, slots=True)
class Beside:
    """What is said beside an answer: notices above and below it, and helplines."""

    above: tuple[Notice, ...]
    below: tuple[Notice, ...]
    resources: tuple[Resource, ...]

    @property
    def notices(self) -> tuple[Notice, ...]:
        """All notices, where nothing comes between."""
        return (*self.above, *self.below)


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer whose sentences stand, before the questions to ask next are looked for among `titles`.

    `topics` are the sections nearest to what was asked, as "document-id#section-id".
    """

    answer: Answer
    titles: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SpokenDanger:
    """A message of before that speaks of danger, and its cards."""

    message: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Bot:
    """Answers questions from one index. Without an index it still recognises danger; `problem` says why there is none.

    One that is not heedful passes over danger and declines nothing: with it, what the documents hold is measured.
    """

    safety: Safety
    replier: Replier | None = None
    problem: IndexUnusableError | None = None
    calibration: IndexCalibration = field(default_factory=IndexCalibration)
    partners: Partners | None = None
    is_heedful: bool = True

    @classmethod
    def load(cls, folder: Path) -> "Bot":
        """A bot on the live version of an index folder. Raises IndexUnusableError."""
        index = Index.load(folder)
        return cls.of(index, load_calibration(index))

    @classmethod
    def open(cls, folder: Path) -> "Bot":
        """A bot on the live version of an index folder; where that cannot be used, one that knows only danger."""
        try:
            return cls.load(folder)
        except IndexUnusableError as problem:
            return cls.without_index(problem)

    @classmethod
    def of(cls, index: Index, calibration: IndexCalibration) -> "Bot":
        """A bot on a loaded index."""
        safety = Safety.compile(index.safety, index.helplines)

        def barred(title: str) -> bool:
            concerns = _recognised(safety, index, title)
            return bool(concerns.cards or concerns.refusals)

        replier = Replier(Finder.of(index, safety.forbids), calibration.model, safety.wording, barred, calibration.answered)
        return cls(safety, replier, calibration=calibration, partners=Partners.of(index.partners, index.store))

    @classmethod
    def without_index(cls, problem: IndexUnusableError | None = None) -> "Bot":
        """A bot that knows only danger, by the rules shipped with this software."""
        tables = load_tables()
        return cls(Safety.compile(tables.safety, tables.helplines), problem=problem)

    def answer(self, question: str, history: Any = (), country: str | None = None, *, today: date) -> Answer:
        """The answer to a question. Raises QuestionError, or IndexUnusableError where there is no index; never for someone in danger."""
        return self.finished(self.draft(question, history, country, today=today)).answer

    def finished(self, draft: Draft) -> Draft:
        """A draft with the questions to ask next."""
        if not draft.titles:
            return draft
        return replace(draft, answer=replace(draft.answer, suggestions=self._suggestions(draft.titles)), titles=())

    def draft(self, question: str, history: Any = (), country: str | None = None, *, today: date) -> Draft:
        """The answer to a question, but for what may be asked next. Raises as `answer` does."""
        concerns = self.concerns(question)
        spoken = self._spoken_danger(_turns_or_none(history))
        if spoken and self._says_safe(question):
            return Draft(self._glad(question, country))
        if concerns.cards:
            both = (*concerns.cards, *(spoken.cards if spoken else ()))
            most_urgent_first = [card for card in self.safety.rules.cards if card in both]
            return Draft(self._crisis(most_urgent_first, question, country, self._frame(_turns_or_none(history))))
        turns = checked_history(history)
        return self._checked(self._ordinary(question, concerns, spoken, turns, country, today), country)

    def _ordinary(
        self, question: str, concerns: Concerns, spoken: SpokenDanger | None, turns: Sequence[Turn], country: str | None, today: date
    ) -> Draft:
        """What is answered to someone who is in no danger by what they say now: "now what?" is asked in the same emergency as before."""
        question = checked_question(question)
        urgent = self._crisis(spoken.cards, spoken.message, country, ()) if spoken else None
        beside = self._beside(concerns, urgent, turns, country)
        alone = self._standing_alone(question, turns) if self.replier else []
        refusal = self._refusal([asked for _, asked in alone] if turns else [], concerns)
        if refusal is not None:
            return Draft(self._declined(refusal, question, turns, beside, country))
        replies = self._replies(alone, turns)
        choices = self._choices(replies)
        if choices and not urgent:
            return Draft(self._clarified(replies, beside, choices), topics=_topics(replies))
        if any(reply.chosen for reply in replies):
            answer = self._answered(replies, beside, today)
            quoted = {citation.section_title for citation in answer.citations}
            return Draft(answer, tuple(title for title in _near_titles(replies) if title not in quoted), _topics(replies))
        return Draft(urgent or self._abstained(replies, beside, country), topics=_topics(replies))

    def _clarified(self, replies: Sequence[Reply], beside: Beside, choices: tuple[str, ...]) -> Answer:
        """One question back."""
        return self._compose(
            "clarify",
            (AnswerSentence(self.safety.wording.clarify),),
            _interpretation(replies),
            notices=beside.notices,
            resources=beside.resources,
            suggestions=choices,
        )

    def replies(self, question: str, turns: Sequence[Turn]) -> tuple[Reply, ...]:
        """What can be said to each question of a message. Raises QuestionError or IndexUnusableError."""
        return self._replies(self._standing_alone(question, turns), turns)

    def _replies(self, alone: Sequence[tuple[Part, Standalone]], turns: Sequence[Turn]) -> tuple[Reply, ...]:
        replier = self.usable_replier()
        said = "\n".join(turn.content for turn in turns if turn.role == "assistant")
        return tuple(replier.reply(part, asked, said) for part, asked in alone)

    @stage("understanding")
    def _standing_alone(self, question: str, turns: Sequence[Turn]) -> list[tuple[Part, Standalone]]:
        """Each question of a message with what it asks by itself."""
        names = self.usable_replier().finder.names
        asked = talk_before(turns, names)
        alone: list[tuple[Part, Standalone]] = []
        for part in parts_of(question):
            asked = standalone(part.text, asked, names)
            alone.append((part, asked))
        return alone

    def features(self, question: str, history: Any = ()) -> Features | None:
        """What the retrieval tells about a question, which confidence is computed from; None for a message that takes several searches."""
        replies = self.replies(checked_question(question), checked_history(history))
        return replies[0].found.features if len(replies) == len(replies[0].searches) == 1 else None

    @stage("safety")
    def concerns(self, message: str, *, by_patterns: bool = False) -> Concerns:
        """The dangers a message speaks of, and what in it is declined. Needs no index, and takes a message of any form and length.

        By patterns alone, without the encoder, it takes a tenth of a millisecond, and knows a quarter of the dangers.
        """
        if not self.is_heedful:
            return Concerns()
        index = self.replier.finder.index if self.replier and not by_patterns else None
        return _recognised(self.safety, index, well_formed(message))

    def crisis(self, question: str, country: str | None, *, by_patterns: bool = False) -> Answer | None:
        """The card for someone in danger, or None."""
        cards = self.concerns(question, by_patterns=by_patterns).cards
        return self._crisis(cards, question, country, self._frame(())) if cards else None

    def _frame(self, turns: Sequence[Turn]) -> tuple[Notice, ...]:
        """What the first message of a conversation says of who answers."""
        is_first = not any(turn.role == "user" for turn in turns)
        return (Notice("medical", self.safety.wording.automated),) if is_first else ()

    def _crisis(self, cards: Sequence[Card], question: str, country: str | None, notices: tuple[Notice, ...]) -> Answer:
        """The card, its steps cited where they stand in a document."""
        lines = self.safety.lines(cards, country)
        purposes = dict.fromkeys(purpose for card in cards for purpose in card.purposes)
        sections = dict.fromkeys(section for card in cards for section in card.sections)
        sentences, citations = self._cited(lines, tuple(sections))
        card = self._compose(
            "crisis",
            sentences,
            Interpretation(well_formed(question).strip()),
            citations=citations,
            notices=notices,
            resources=self._resources(country, tuple(purposes)),
        )
        if fault(card, self.safety) is None:
            return card
        return replace(card, sentences=tuple(map(AnswerSentence, lines)), citations=(), text=" ".join(lines))

    def _cited(self, lines: Sequence[str], sections: Sequence[str]) -> tuple[tuple[AnswerSentence, ...], tuple[Citation, ...]]:
        """Lines as sentences: one that stands word for word in one of some sections with its citation, any other as wording."""
        if self.replier is None or not sections:
            return tuple(map(AnswerSentence, lines)), ()
        index = self.usable_index()
        standing = {one.sentence.text: one for one in sentences_of(index.store, sections)}
        cited, citations = cite(index, [standing[line] for line in lines if line in standing])
        quoted = {sentence.text: sentence for sentence in cited}
        return tuple(quoted.get(line, AnswerSentence(line)) for line in lines), citations

    def _says_safe(self, message: str) -> bool:
        """Whether somebody says in few words that it is over, and by no pattern tells of another danger."""
        is_short = len(message.split()) <= _AT_EASE
        return is_short and self.safety.is_over(message) and not self.safety.recognise(message).cards

    def _spoken_danger(self, turns: Sequence[Turn]) -> SpokenDanger | None:
        """The danger that the user spoke of last, unless they said later that it is over."""
        for turn in reversed(turns):
            if turn.role == "user":
                if self._says_safe(turn.content):
                    return None
                cards = self.concerns(turn.content).cards
                if cards:
                    return SpokenDanger(turn.content, cards)
        return None

    def _glad(self, question: str, country: str | None) -> Answer:
        """What is said to someone who says that the danger is over."""
        wording = self.safety.wording
        lines = (wording.safe_now, self.safety.said(wording.safe_then, country))
        purposes: tuple[Purpose, ...] = ("emergency", "crisis")
        interpretation = Interpretation(checked_question(question))
        return self._compose("abstained", tuple(map(AnswerSentence, lines)), interpretation, resources=self._resources(country, purposes))

    def _beside(self, concerns: Concerns, urgent: Answer | None, turns: Sequence[Turn], country: str | None) -> Beside:
        """What is said beside an ordinary answer: what is urgent on top, with its helplines, the rest below."""
        rules = concerns.notices
        texts = dict.fromkeys(
            ([urgent.sentences[0].text] if urgent else [])
            + [self.safety.said(rule.text, country) for rule in rules if rule.kind == "urgent"]
        )
        below = [Notice("medical", self.safety.said(rule.text, country)) for rule in rules if rule.kind == "medical"]
        purposes = dict.fromkeys(purpose for rule in rules for purpose in rule.purposes)
        resources = _together(urgent.resources if urgent else (), self._resources(country, tuple(purposes)))
        return Beside(tuple(Notice("urgent", text) for text in texts), (*below, *self._frame(turns)), resources)

    def _refusal(self, alone: Sequence[Standalone], concerns: Concerns) -> Refusal | None:
        """What is declined. A turn that leans on those before is looked at together with what it leans on: "and how much?"."""
        joined = [asked.question for asked in alone if asked.is_joined]
        if joined:
            return next((refusal for text in joined if (refusal := self.concerns(text).refusal)), None)
        return concerns.refusal

    def _declined(self, refusal: Refusal, question: str, turns: Sequence[Turn], beside: Beside, country: str | None) -> Answer:
        """What can't be given, one fact that matters, and one way to help."""
        drugs: tuple[DrugMention, ...] = ()
        fact = refusal.facts.get("any", "")
        if self.replier is not None:
            names = self.replier.finder.names
            spoken = talk_before(turns, names).spoken
            drugs = names.in_text(question, [drug.name for drug in spoken])
            meant = drugs or names.in_text(self.safety.plain_form(question)) or spoken
            kinds = [kind for drug in meant for kind in (drug.name, *sorted(names.kin.get(drug.name, ())))]
            fact = next((refusal.facts[kind] for kind in kinds if kind in refusal.facts), fact)
        route = self.safety.said(refusal.route, country)
        sentences, citations = self._cited((refusal.first, fact, route), refusal.sections)
        if not citations:
            sentences = (AnswerSentence(refusal.first), AnswerSentence(route))
        return self._compose(
            "declined",
            sentences,
            Interpretation(question, drugs),
            citations=citations,
            notices=beside.notices,
            resources=_together(beside.resources, self._resources(country, refusal.purposes, per_purpose=1)),
        )

    def _checked(self, draft: Draft, country: str | None) -> Draft:
        """The answer, or, where something is wrong with it, none."""
        answer = draft.answer
        if fault(answer, self.safety) is None:
            return draft
        wording = self.safety.wording
        withheld = self._compose(
            "abstained",
            (AnswerSentence(wording.abstained), AnswerSentence(wording.abstained_alone)),
            answer.interpretation,
            confidence=0.0,
            notices=tuple(notice for notice in answer.notices if notice.kind == "urgent"),
            resources=_together(answer.resources, self._resources(country, self.safety.rules.resources.abstained, per_purpose=1)),
        )
        return replace(draft, answer=withheld, titles=())

    def check(self, question: str, history: Any = ()) -> None:
        """Raise what `answer` would raise for a question of the wrong form."""
        if not self.concerns(question).cards:
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

    def _answered(self, replies: Sequence[Reply], beside: Beside, today: date) -> Answer:
        """Each part's sentences in order, each once, and behind them what of it has no answer."""
        quoted = _quoted(replies)
        chosen = [scored for part in quoted for scored in part]
        partners = list(self.partners.lacking(chosen)) if self.partners else []
        cited, citations = cite(self.usable_index(), [*chosen, *partners])
        must_follow = (Notice("partner-fact", sentence.text, sentence.citation_ids) for sentence in cited[len(chosen) :])
        sentences: list[AnswerSentence] = []
        left = iter(cited)
        for reply, part in zip(replies, quoted, strict=True):
            sentences += islice(left, len(part))
            sentences += map(AnswerSentence, self._gaps(reply))
        return self._compose(
            "answered",
            tuple(sentences),
            _interpretation(replies),
            citations=citations,
            confidence=min(reply.confidence for reply in replies if reply.chosen),
            notices=(*beside.above, *must_follow, *self._freshness([*chosen, *partners], today), *beside.below),
            resources=beside.resources,
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

    def _abstained(self, replies: Sequence[Reply], beside: Beside, country: str | None) -> Answer:
        wording = self.safety.wording
        suggestions = self._suggestions(_near_titles(replies))
        gaps = [gap for reply in replies for gap in reply.gaps]
        lines = (wording.abstained, *gaps, wording.abstained_with_suggestions if suggestions else wording.abstained_alone)
        return self._compose(
            "abstained",
            tuple(AnswerSentence(line) for line in lines),
            _interpretation(replies),
            confidence=max(reply.confidence for reply in replies),
            notices=beside.notices,
            resources=_together(beside.resources, self._resources(country, self.safety.rules.resources.abstained, per_purpose=1)),
            suggestions=suggestions,
        )

    @stage("suggestions")
    def _suggestions(self, titles: Iterable[str]) -> tuple[str, ...]:
        """The first few questions among titles that get an answer."""
        return tuple(islice(answered_titles(self.usable_replier(), titles), _SUGGESTIONS))

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


def _together(*resources: Iterable[Resource]) -> tuple[Resource, ...]:
    """Resources in order, each once."""
    return tuple({resource.id: resource for one in resources for resource in one}.values())


def _turns_or_none(history: Any) -> tuple[Turn, ...]:
    """The turns of a conversation; none where they are of the wrong form, as whoever is in danger is answered whatever else is wrong."""
    try:
        return checked_history(history)
    except QuestionError:
        return ()


def _recognised(safety: Safety, index: Index | None, message: str) -> Concerns:
    """What a message raises by both layers, or, without an index, by patterns alone."""
    return safety.recognise(message, likelihoods(index, message) if index else None)


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


def _near_titles(replies: Sequence[Reply]) -> tuple[str, ...]:
    """The titles of the sections that were found, the nearest first."""
    return tuple(one.passage.section.title for reply in replies for search in reply.searches for one in search.passages)


def _topics(replies: Sequence[Reply]) -> tuple[str, ...]:
    """For each question the section that answers it, or else is nearest to it."""
    found = [[*(one.passage for one in reply.chosen), *(one.passage for one in reply.found.passages)] for reply in replies]
    nearest = [passages[0] for passages in found if passages]
    return tuple(dict.fromkeys(f"{passage.document.id}#{passage.section.id}" for passage in nearest))


def _interpretation(replies: Sequence[Reply]) -> Interpretation:
    """What was understood in all parts together."""
    questions = tuple(reply.asked.question for reply in replies)
    drugs = {drug.name: drug for reply in replies for drug in reply.found.query.drugs}
    properties = dict.fromkeys(one.name for reply in replies for one in reply.found.fit.asked.properties)
    return Interpretation(" ".join(questions), tuple(drugs.values()), tuple(properties), questions if len(questions) > 1 else ())
