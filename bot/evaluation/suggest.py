"""Drafts of a gold set out of the documents themselves: for a person, who sees the sentence behind each, to accept or mend.

A section is asked for by the rare words of its most telling sentence, never by its title or another way to ask: those are keys, and would
test nothing. Every fifth draft joins what no document has together, and should be met with `abstained`.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import zip_longest
from typing import Any

import numpy as np

from bot.evaluation.gold import GoldItem
from bot.pipeline import Bot
from indexer.documents import plain
from indexer.index import Index
from indexer.lexical_index import words
from indexer.store import StoredPassage

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|\w+(?:['\u2019-]\w+)*")
_NAMEABLE = re.compile(r"[^#\s\x00]+#[^#\s\x00]+")  # a section that a gold set can name
_FEWEST_TERMS = 4  # of a sentence; a shorter one tells too little to ask for it
_MOST_TERMS = 4  # of a question
_FACTS = 2
_EVERY = 5  # so many drafts have one that no document answers
_TEMPLATES = ("what do the documents say about {terms}?", "{terms}", "{title} {term}")


@dataclass(frozen=True, slots=True)
class Draft:
    """An item nobody has looked at yet, and the sentence that it was drawn from."""

    item: GoldItem
    source: str

    def to_dict(self) -> dict[str, Any]:
        """The line of a gold set, marked as a draft."""
        fields = self.item.model_dump(mode="json", exclude_defaults=True)
        return {**fields, "draft": True, "source": self.source}


@dataclass(frozen=True, slots=True)
class _Term:
    """A word or figure as it is written, its stems, and how much the rarest of them tells."""

    text: str
    stems: tuple[str, ...]
    rarity: float


@dataclass(frozen=True, slots=True)
class _Telling:
    """A section by its most telling sentence, with the sentence's terms in order."""

    passage: StoredPassage
    sentence: str
    terms: tuple[_Term, ...]

    @property
    def name(self) -> str:
        """The section as a gold set names it."""
        return _name(self.passage)


def suggest(bot: Bot, limit: int) -> list[Draft]:
    """At most `limit` drafts, the documents taking turns. Raises IndexUnusableError."""
    drafts: list[Draft] = []
    seen: list[_Telling] = []
    asked: set[str] = set()
    for telling in _tellings(bot.usable_index()):
        seen.append(telling)
        for make in (_unanswerable, _answerable):
            is_due = make is _answerable or len(drafts) % _EVERY == _EVERY - 1
            draft = make(bot, seen, asked) if is_due and len(drafts) < limit else None
            if draft is not None:
                drafts.append(draft)
                asked.add(plain(draft.item.question))
        if len(drafts) >= limit:
            break
    return drafts


def _tellings(index: Index) -> Iterator[_Telling]:
    """Sections that have a telling sentence: the first of each document, then the second of each, and so on."""
    by_document: dict[int, list[int]] = {}
    for section, first in zip(*np.unique(index.passage_sections, return_index=True), strict=True):
        document = index.store.passage(int(first)).document.number
        by_document.setdefault(document, []).append(int(section))
    for turn in zip_longest(*by_document.values()):
        for section in turn:
            telling = _telling(index, section) if section is not None else None
            if telling is not None:
                yield telling


def _telling(index: Index, section: int) -> _Telling | None:
    """A section by its sentence of the highest mean rarity; None where no sentence tells enough, or no gold set could name it."""
    best: tuple[float, _Telling] | None = None
    for number in np.flatnonzero(index.passage_sections == section):
        passage = index.store.passage(int(number))
        for sentence in passage.sentences:
            terms = _terms(index, sentence.text) if sentence.kind == "paragraph" and not sentence.text.endswith((":", "?")) else ()
            mean = sum(term.rarity for term in terms) / len(terms) if len(terms) >= _FEWEST_TERMS else 0.0
            if mean > (best[0] if best else 0.0):
                best = mean, _Telling(passage, sentence.text, terms)
    return best[1] if best is not None and _NAMEABLE.fullmatch(best[1].name) else None


def _terms(index: Index, text: str) -> tuple[_Term, ...]:
    """The words and figures of a text that carry meaning, each once, in order."""
    found: dict[tuple[str, ...], _Term] = {}
    for token in _TOKEN.findall(text):
        stems = tuple(words(token))
        if stems and stems not in found:
            found[stems] = _Term(token, stems, max(map(index.lexical.rarity, stems)))
    return tuple(found.values())


def _rarest(terms: Sequence[_Term]) -> list[_Term]:
    return sorted(terms, key=lambda term: -term.rarity)


def _answerable(bot: Bot, seen: Sequence[_Telling], asked: set[str]) -> Draft | None:
    """A question for the latest sentence that does not give away the facts it is asked for; None where every wording is taken."""
    index, telling = bot.usable_index(), seen[-1]
    facts = _facts(telling.terms)
    others = [term for term in _rarest(telling.terms) if term not in facts][:_MOST_TERMS]
    question = next((text for text in _wordings(telling, others, len(asked)) if _is_free(bot, text, telling.passage, asked)), None)
    if question is None:
        return None
    patterns = tuple((_pattern(fact),) for fact in facts)
    item = GoldItem(
        id=f"draft-{_hash(telling.name)[:8]}",
        split=_split(telling.name),
        question=question,
        expected="answered",
        relevant=(telling.name, *_other_sections(index, telling, facts)),
        key_facts=patterns,
    )
    return Draft(item, telling.sentence)


def _facts(terms: Sequence[_Term]) -> list[_Term]:
    """What an answer must state: figures first, as they are seldom said otherwise, then the rarest words."""
    first = sorted(_rarest(terms), key=lambda term: not term.text[0].isdigit())
    return first[: min(_FACTS, len(terms) - 2)]


def _wordings(telling: _Telling, terms: Sequence[_Term], turn: int) -> Iterator[str]:
    """Ways to ask for the sentence, another one first each time."""
    in_order = " ".join(term.text for term in telling.terms if term in terms)
    title = " ".join(_title_words(telling.passage))
    for at in range(len(_TEMPLATES)):
        template = _TEMPLATES[(turn + at) % len(_TEMPLATES)]
        yield template.format(terms=in_order, title=title, term=terms[0].text).strip()


def _title_words(passage: StoredPassage) -> list[str]:
    """The words of a section's title that carry meaning, else of its document's."""
    own = [token for token in _TOKEN.findall(passage.section.title) if words(token)]
    return own or [token for token in _TOKEN.findall(passage.document.title) if words(token)]


def _is_free(bot: Bot, question: str, passage: StoredPassage, asked: set[str]) -> bool:
    """Whether a wording is neither a key of the section nor drafted before, and is not taken for danger."""
    keys = {plain(key) for key in bot.usable_index().store.keys_of_section(passage.section_number)}
    return plain(question) not in keys | asked and bot.crisis(question, None) is None


def _other_sections(index: Index, telling: _Telling, facts: Sequence[_Term]) -> list[str]:
    """Other sections that state all the facts in the same words."""
    holding = [index.passage_sections[index.lexical.scores([stem]) > 0] for fact in facts for stem in fact.stems]
    found: dict[str, None] = {}
    for section in reduce(np.intersect1d, holding):  # the words may stand in different passages of a section
        passage = index.store.passage(int(np.argmax(index.passage_sections == section)))
        name = _name(passage)
        text = passage.document.text[passage.section.start : passage.section.end]
        if _NAMEABLE.fullmatch(name) and all(re.search(_pattern(fact), text, re.IGNORECASE) for fact in facts):
            found[name] = None
    found.pop(telling.name, None)
    return list(found)


def _unanswerable(bot: Bot, seen: Sequence[_Telling], asked: set[str]) -> Draft | None:
    """The subject of the latest document with a rare word of another one, which no document has together; None where there is none."""
    index, latest = bot.usable_index(), seen[-1]
    subject = _rarest(_terms(index, latest.passage.document.title))[:_FACTS]
    for other in reversed(seen[:-1]):
        if not subject or other.passage.document.number == latest.passage.document.number:
            continue
        for term in _rarest(other.terms):
            named = " ".join(one.text for one in _terms(index, latest.passage.document.title) if one in subject)
            question = f"what do the documents say about {named} and {term.text}?"
            if term.text.isalpha() and _is_free(bot, question, latest.passage, asked) and not _together(index, subject, term):
                name = f"{latest.name} {plain(term.text)}"
                item = GoldItem(
                    id=f"draft-{_hash(name)[:8]}", split=_split(name), question=question, expected="abstained", tags=("unanswerable",)
                )
                return Draft(item, f"no document that speaks of {named} has the word {term.text}")
    return None


def _together(index: Index, subject: Sequence[_Term], term: _Term) -> bool:
    """Whether a document that has the word also has the subject, in its titles or its text."""
    stems = {stem for one in subject for stem in one.stems}
    for number in np.flatnonzero(np.all([index.lexical.scores([stem]) > 0 for stem in term.stems], axis=0)):
        document = index.store.passage(int(number)).document
        if stems <= set(words(f"{document.title}\n{document.text}")):
            return True
    return False


def _name(passage: StoredPassage) -> str:
    return f"{passage.document.id}#{passage.section.id}"


def _pattern(term: _Term) -> str:
    return rf"\b{re.escape(term.text)}\b"


def _split(name: str) -> Any:
    """Half of the sections are for fitting, half for testing, and each stays what it is."""
    return ("dev", "test")[int(_hash(name), 16) % 2]


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
