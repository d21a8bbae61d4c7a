"""What can be said to one question of a message: sentences of documents, and what has no answer in them, named."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

from bot.abstention import Calibration
from bot.answer import DrugMention
from bot.extractive import ChosenSentence, nothing_forbidden
from bot.finder import Finder, Found
from bot.fit import denies
from bot.follow_up import Standalone
from bot.question import Part, claim_in
from bot.safety_rules import Wording

_PER_SIDE = 2  # sentences
_IN_SHORT = 2  # sentences
_PAIR = 2  # drugs
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Reply:
    """To one question: what was found, how sure it is, the sentences to quote, and lines that name what has no answer.

    `searches` are all that were made for it, the question itself first.
    """

    part: Part
    asked: Standalone
    searches: tuple[Found, ...]
    confidence: float
    chosen: tuple[ChosenSentence, ...] = ()
    gaps: tuple[str, ...] = ()

    @property
    def found(self) -> Found:
        """The search for the question itself."""
        return self.searches[0]


@dataclass(frozen=True, slots=True)
class Replier:
    """Replies from what a finder finds, as far as it is sure enough.

    `known` are the titles of sections that get an answer when they are asked; where it is None, each is asked when it is first wanted, and
    `answered` remembers. One that `barred` holds of would get another reply.
    """

    finder: Finder
    model: Calibration
    wording: Wording
    barred: Callable[[str], bool] = nothing_forbidden
    known: frozenset[str] | None = None
    answered: dict[str, bool] = field(default_factory=dict)

    def reply(self, part: Part, asked: Standalone, said: str = "") -> Reply:
        """The reply to one question; `said` is what the conversation holds already, for "tell me more"."""
        found = self.finder.find(asked.question, asked.spoken, said if asked.wanted in ("more", "why") else "")
        sides = self._sides(part, asked, found) if _lacks_a_side(found) else None
        if sides is not None:
            return sides
        confidence = self.confidence(found)
        sentences = found.sentences[:_IN_SHORT] if asked.wanted == "short" else found.sentences
        reply = Reply(part, asked, (found,), confidence, sentences if self.is_sure(found) else ())
        return self._corrected(reply) if reply.chosen and asked.wanted != "short" else reply

    def confidence(self, found: Found) -> float:
        """The probability that the best answer found is right."""
        return round(self.model.probability(found.features), _DIGITS)

    def is_sure(self, found: Found) -> bool:
        """Whether it will do as an answer."""
        return bool(found.sentences) and self.confidence(found) >= self.model.threshold

    def answers(self, title: str) -> bool:
        """Whether a section's title, asked as a question, gets an answer."""
        if self.known is not None:
            return title in self.known
        if title not in self.answered:
            self.answered[title] = not self.barred(title) and bool(self.reply(Part(title, title), Standalone(title)).chosen)
        return self.answered[title]

    def _corrected(self, reply: Reply) -> Reply:
        """A reply that begins with the sentence that says otherwise, where the question takes something for granted that is not so."""
        claim = claim_in(reply.part.said)
        if claim is None or not self.finder.names.in_text(claim, [drug.name for drug in reply.asked.spoken]):
            return reply
        found = self.finder.find(claim, reply.asked.spoken)
        if not self.is_sure(found) or denies(found.sentences[0].sentence.text) == denies(claim):
            return reply
        first = found.sentences[0]
        rest = tuple(scored for scored in reply.chosen if scored.sentence.number != first.sentence.number)
        limit = self.finder.extraction.sentences
        return replace(reply, searches=(*reply.searches, found), chosen=(first, *rest)[:limit])

    def _sides(self, part: Part, asked: Standalone, found: Found) -> Reply | None:
        """A reply to a question on several drugs, where its best answer leaves one or the pair out; None where nothing else is sure.

        The pair is looked for by the kinds of the drugs, then each drug alone.
        """
        by_kind = self._by_kind(asked, found)
        if by_kind is not None:
            return Reply(part, asked, (found, by_kind), self.confidence(by_kind), by_kind.sentences)
        is_sure, drugs = self.is_sure(found), found.fit.asked.drugs
        has = _drugs_of(found, found.sentences) if is_sure else frozenset[str]()
        lacking = [drug for drug in drugs if not _covers(found, drug, has)]
        sides = {drug.name: self.finder.find(_of_one(drug, found), asked.spoken) for drug in lacking}
        sure = [side for name, side in sides.items() if self.is_sure(side) and name in _drugs_of(side, side.sentences)]
        missing = [drug for drug in lacking if sides[drug.name] not in sure]
        gaps = [self.wording.nothing_on.format(drug=_called(drug)) for drug in missing]
        is_apart = _is_apart(found)
        if is_apart:
            gaps = [self.wording.nothing_together.format(drugs=" and ".join(_called(drug) for drug in drugs))]
        if is_apart and missing:
            return Reply(part, asked, (found, *sides.values()), self.confidence(found), gaps=tuple(gaps))
        if not sure and not is_sure:
            return None
        of_sides = [scored for side in sure for scored in side.sentences[:_PER_SIDE]]
        room = max(self.finder.extraction.sentences - len(of_sides), 1)
        chosen = {scored.sentence.number: scored for scored in (*(found.sentences[:room] if is_sure else ()), *of_sides)}
        confidence = min(self.confidence(one) for one in (*([found] if is_sure else []), *sure))
        return Reply(part, asked, (found, *sides.values()), confidence, tuple(chosen.values()), tuple(gaps))

    def _by_kind(self, asked: Standalone, found: Found) -> Found | None:
        """What the documents say of a pair by the kinds of its drugs, as of opioids with benzodiazepines; None where that is not sure."""
        drugs, kin = found.fit.asked.drugs, self.finder.names.kin
        kinds = [min(kin.get(drug.name, ()), default=drug.name) for drug in drugs]
        if found.fit.asked.relation != "combined" or kinds == [drug.name for drug in drugs]:
            return None
        search = self.finder.find(f"what happens when {' and '.join(kinds)} are taken together", asked.spoken)
        return search if self.is_sure(search) and _together(found, search.sentences) else None


def _lacks_a_side(found: Found) -> bool:
    """Whether a question compares or combines drugs, and its best answer leaves one of them, or the two together, out."""
    asked = found.fit.asked
    if asked.relation == "alone":
        return False
    has = _drugs_of(found, found.sentences)
    return _is_apart(found) or any(not _covers(found, drug, has) for drug in asked.drugs)


def _is_apart(found: Found) -> bool:
    """Whether drugs are combined, and no sentence of the answer is about two of them."""
    return found.fit.asked.relation == "combined" and not _together(found, found.sentences)


def _drugs_of(found: Found, sentences: Sequence[ChosenSentence]) -> frozenset[str]:
    """The drugs that sentences are about: those they name, and those of their sections' titles."""
    drugs = found.fit.facets.drugs
    return frozenset().union(*(drugs(scored.sentence.text) | drugs(scored.passage.section.title) for scored in sentences))


def _covers(found: Found, drug: DrugMention, has: Collection[str]) -> bool:
    return drug.name in has or any(found.fit.names.related(drug.name, other) for other in has)


def _together(found: Found, sentences: Sequence[ChosenSentence]) -> bool:
    """Whether one of some sentences is about two of the drugs asked, by itself or, where it names no other drug, with its title."""
    asked = found.fit.asked.drugs
    for scored in sentences:
        has = found.fit.facets.drugs(scored.sentence.text)
        if all(any(_covers(found, drug, {name}) for drug in asked) for name in has):
            has = _drugs_of(found, [scored])
        if sum(_covers(found, drug, has) for drug in asked) >= _PAIR:
            return True
    return False


def _of_one(drug: DrugMention, found: Found) -> str:
    """What is asked of several drugs, asked of one of them."""
    wanted = " and ".join(asked.name for asked in found.fit.asked.properties)
    if wanted:
        return f"{wanted} of {drug.surface}"
    if found.fit.asked.relation == "combined":
        return f"taking {drug.surface} with other drugs"
    return f"what is {drug.surface}"


def _called(drug: DrugMention) -> str:
    """A drug as the user called it, with its own name."""
    return drug.surface if drug.surface.casefold() == drug.name.casefold() else f"{drug.surface} ({drug.name})"
