"""A turn becomes a question that stands alone: it inherits what it lacks, and only that, from the user's turns before it.

It may lack the drug ("is it addictive?"), the topic ("and xanax?") or both ("why?"). What the assistant said is never taken up.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.answer import DrugMention
from bot.conversation import Turn
from bot.cues import (
    ABOUT_THE_ANSWER,
    AFTER_DRUG,
    CONDITION,
    CORRECTION,
    DENIAL,
    EMPTY,
    EXPLETIVE,
    ONE,
    OPENING,
    SEVERAL,
    WITH,
    Wanted,
)
from bot.lexicon import Names, Property
from bot.question import ASKING, parts_of
from indexer.documents import plain
from indexer.lexical_index import STOP_WORDS

_SUBJECT_WORDS = 12
_LEANING_WORDS = 24  # a longer turn says itself what it is about
_FRAGMENT = 6  # words; as few that do not ask continue what was asked
_BARE = 3  # words; as few lack the topic, also where they ask: "how long?"
_PAIR = 2  # drugs


@dataclass(frozen=True, slots=True)
class Standalone:
    """A turn as a question that stands alone, and what is wanted: an answer, more than was said, why it is so, or the answer in short.

    `is_joined` says that it inherited something, `spoken` are the drugs that were spoken of, the latest last; `choices` are the questions
    it may stand for, where nothing decides.
    """

    question: str
    wanted: Wanted = "answer"
    is_joined: bool = False
    spoken: tuple[DrugMention, ...] = ()
    choices: tuple[str, ...] = ()


NOTHING_SAID = Standalone("")


def talk_before(history: Sequence[Turn], names: Names) -> Standalone:
    """What the user's turns were about: the last question among them, standing alone."""
    before = NOTHING_SAID
    for turn in history:
        if turn.role == "user":
            for part in parts_of(turn.content.strip()):
                turned = standalone(part.text, before, names)
                before = turned if turned.spoken != before.spoken or _says_something(part.text, names) else before
    return before


def _says_something(text: str, names: Names) -> bool:
    """Whether a turn is about something at all, which "wtf" and "thanks" are not."""
    return bool(names.in_text(text) or content_words(text, ()))


def standalone(text: str, before: Standalone, names: Names) -> Standalone:
    """A turn with what it lacks, and only that, of the talk before it: the drugs, the topic, or both."""
    if not before.question or not text:
        return _told(text, text, names.in_text(text, _names_of(before.spoken)), before)
    words = plain(text)
    wanted = next((wanted for wanted, pattern in ABOUT_THE_ANSWER if pattern.match(words)), None)
    if wanted is None:
        return _carried(text, before, names)
    question = f"{text} ({before.question})" if wanted == "why" else before.question
    return replace(before, question=question, wanted=wanted, is_joined=True, choices=())


def _told(question: str, text: str, own: Sequence[DrugMention], before: Standalone) -> Standalone:
    """A turn with the drugs that it names added to those spoken of."""
    known = {drug.name for drug in own}
    return Standalone(question, is_joined=question != text, spoken=(*(drug for drug in before.spoken if drug.name not in known), *own))


def _carried(text: str, before: Standalone, names: Names) -> Standalone:
    own = names.in_text(text, _names_of(before.spoken))
    named = names.in_text(before.question, _names_of((*before.spoken, *own)))
    earlier = _specific(named or _only_meaning(before.question, names), names)
    correction = CORRECTION.match(text)
    if correction:
        question = _corrected((correction["rest"] or correction["instead"]).strip(), before.question, earlier, names)
    elif own:
        question = _with_drugs(text, own, before.question, earlier)
    else:
        properties = names.asked_about(plain(text))
        if _is_open(text, earlier, of_drug=any(asked.of_drug for asked in properties)):
            return Standalone(text, spoken=before.spoken, choices=tuple(ONE.sub(drug.surface, text, count=1) for drug in earlier))
        question = _without_drugs(text, before, earlier, properties)
    return _told(question, text, own, before)


def _names_of(drugs: Sequence[DrugMention]) -> list[str]:
    return [drug.name for drug in drugs]


def _only_meaning(question: str, names: Names) -> tuple[DrugMention, ...]:
    """The drug that a question was about if about any: "what is special k" is spoken of further on."""
    meant = names.meanings(question)
    return meant[:1] if len({drug.name for drug in meant}) == 1 and not content_words(question, meant) else ()


def _specific(drugs: Sequence[DrugMention], names: Names) -> list[DrugMention]:
    """Drugs without the groups of which one is named as well: of "is tramadol an opioid", tramadol."""
    return [drug for drug in drugs if not any(drug.name in names.kin.get(other.name, ()) for other in drugs)]


def _is_open(text: str, earlier: Sequence[DrugMention], *, of_drug: bool) -> bool:
    """Whether "it" may be one of two drugs, and each has an answer of its own."""
    one = ONE.search(EXPLETIVE.sub(" ", text))
    return len(earlier) >= _PAIR and of_drug and one is not None and not SEVERAL.search(text) and not OPENING.match(text)


def _corrected(rest: str, before: str, earlier: Sequence[DrugMention], names: Names) -> str:
    """The question before with what was meant in place of what was understood."""
    own = names.in_text(rest, _names_of(earlier))
    if names.asked_about(plain(rest)):
        return rest if own or not earlier else _joined(rest, earlier)
    question = _exchanged(before, earlier, own) if own else before
    return f"{question} ({rest})" if content_words(rest, own) else question


def _with_drugs(text: str, own: Sequence[DrugMention], before: str, earlier: Sequence[DrugMention]) -> str:
    """A turn that names drugs: it may lack the topic, or the drug that "it" stands for."""
    if len(text.split()) > _LEANING_WORDS:
        return text
    known = {drug.name for drug in own}
    others = [drug for drug in earlier if drug.name not in known]
    rest = OPENING.sub("", text)
    denies = DENIAL.match(text) is not None
    if not ASKING.match(rest) and (denies or not content_words(DENIAL.sub("", rest), own)):
        is_mixed = WITH.search(text) and not denies and len(others) == 1
        return _joined(text, others) if is_mixed else _exchanged(before, earlier, own)
    bare = EXPLETIVE.sub(" ", text)
    first = min(max(bare.find(drug.surface), 0) for drug in own)
    points = ONE.search(bare[:first]) or SEVERAL.search(bare[:first]) or AFTER_DRUG.search(bare)
    return _joined(text, others) if others and points else text


def _without_drugs(text: str, before: Standalone, earlier: Sequence[DrugMention], properties: Sequence[Property]) -> str:
    """A turn that names no drug: it lacks one where it points to one, continues, or asks what each drug has an answer of its own to."""
    rest = OPENING.sub("", text)
    is_clause, content = ASKING.match(rest) is not None, content_words(text, ())
    if len(text.split()) > _LEANING_WORDS or not (content or is_clause):
        return text
    several = SEVERAL.search(EXPLETIVE.sub(" ", text)) is not None
    if several and len(earlier) < _PAIR <= len(before.spoken):
        earlier = before.spoken[-_PAIR:]
    leans = points_back(text) or rest != text
    if not earlier:
        return _with_subject(text, before.question) if leans else text
    is_bare = len(rest.split()) <= _BARE
    is_fragment = not is_clause and (len(text.split()) <= _FRAGMENT or CONDITION.match(rest) is not None)
    if not (leans or is_bare or is_fragment or any(asked.of_drug for asked in properties)):
        return text
    has_topic = bool(properties) or (bool(content) and is_clause and not is_bare)
    return _joined(text, earlier) if has_topic or (several and not content) else f"{text} ({before.question})"


def _with_subject(text: str, before: str) -> str:
    """A turn joined by the words that the question before it was about, where no drug was named."""
    own = set(plain(text).split())
    subject = [word for word in re.findall(r"[\w'-]+", before) if plain(word) not in own and content_words(word, ())]
    return f"{text} ({' '.join(subject[:_SUBJECT_WORDS])})" if subject else text


def points_back(text: str) -> bool:
    """Whether a text has a word such as "it" or "them" that stands for something said before."""
    bare = EXPLETIVE.sub(" ", text)
    return bool(ONE.search(bare) or SEVERAL.search(bare))


def _exchanged(before: str, earlier: Sequence[DrugMention], own: Sequence[DrugMention]) -> str:
    """The question before, about other drugs, which take the place of the last one named."""
    meant = " and ".join(drug.surface for drug in own)
    return _swapped(before, earlier[-1].surface, meant) if earlier else f"{before} ({meant})"


def _swapped(text: str, surface: str, other: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(surface)}(?!\w)", lambda _: other, text)


def _joined(text: str, drugs: Sequence[DrugMention]) -> str:
    return f"{text} ({', '.join(dict.fromkeys(drug.surface for drug in drugs))})"


def content_words(text: str, drugs: Sequence[DrugMention]) -> list[str]:
    """The plain words of a text that name something, without those that name drugs."""
    for drug in drugs:
        text = _swapped(text, drug.surface, " ")
    return [word for word in plain(text).split() if word not in STOP_WORDS and word not in EMPTY]
