"""Danger is recognised before anything is searched, and without an index; so is what must not be answered.

There are two layers: reviewed patterns over the plain form of a message, and, where there is an index, the message's likeness to reviewed
exemplars. Either is enough, but that a pattern is not heeded where the exemplars leave next to no doubt that it is wrong. Both are data
(corpus/safety.toml), and so is every sentence said.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.matcher import Entry, Matcher
from bot.numbers_to_call import known_numbers, unknown_numbers
from bot.safety_rules import Card, NoticeRule, Refusal, Rule, Rules, Wording, alternatives, entries, read_rules
from indexer.corpus_tables import Helpline, Purpose, any_of
from indexer.text_classifier import spoken_form

# A letter of several pages; of what is longer, the two ends are looked at.
_LONGEST_MESSAGE = 20_000
_PER_PURPOSE = 3
_SENTENCES_KEPT = 16_384
_SHORTEST_SLIP = 5  # letters; a shorter word is one slip away from too many others
_AS_LETTERS = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"})
_WRITTEN_IN_DIGITS = re.compile(r"(?<![\w$@])(?=\S*[a-z])(?:[a-z]+[013457@$]+[a-z][a-z013457@$]*|0[a-z]{1,2})(?!\w)", re.IGNORECASE)
_SPELLED_OUT = re.compile(r"\b(?:[a-z] ){3,}[a-z]\b")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_PLACES = re.compile(r"{(\w+)}")
_KNOWLEDGE, _PAST, _SAFE = "(knowledge)", "(past)", "(safe)"
_NUMBERS: Mapping[str, Purpose] = {
    "emergency": "emergency",
    "crisis": "crisis",
    "poison": "poison",
    "vet": "veterinary",
    "alone": "using-alone",
    "violence": "violence",
    "treatment": "treatment",
}


_R = TypeVar("_R", bound=Rule)


@dataclass(frozen=True, slots=True)
class Concerns:
    """What a message raises: cards, the most urgent first, what is declined, the likeliest first, and what is said beside an answer."""

    cards: tuple[Card, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    notices: tuple[NoticeRule, ...] = ()

    def names(self) -> list[str]:
        """The names of all rules raised, cards first."""
        return [
            *(card.name for card in self.cards),
            *(refusal.name for refusal in self.refusals),
            *(notice.name for notice in self.notices),
        ]

    @property
    def refusal(self) -> Refusal | None:
        """What is declined first of all."""
        return self.refusals[0] if self.refusals else None


@dataclass(frozen=True, slots=True)
class Safety:
    """The safety rules, compiled, with the helplines they lead to.

    `forbids` says whether a sentence of a document may not be quoted: it is forbidden, or names a number to call that is not in the
    helpline table. What it said is remembered, as the same sentences come again and again.
    """

    rules: Rules
    helplines: Mapping[str, Helpline]
    matcher: Matcher
    known_numbers: frozenset[str]
    spelled: frozenset[str]
    forbids: Callable[[str], bool]

    @classmethod
    def compile(cls, rules: Mapping[str, Any], helplines: Mapping[str, Helpline]) -> "Safety":
        """Rules as safety.toml has them. Raises SafetyRulesError naming the entry that is wrong."""
        checked = read_rules(rules)
        named: dict[str, Sequence[Entry]] = {rule.name: entries(rule.patterns) for rule in checked.rules()}
        forbidden, known = any_of(checked.forbidden.patterns), known_numbers(helplines.values())
        knowledge, past, safe = checked.knowledge, checked.past, checked.safe
        named[_KNOWLEDGE] = [Entry((opening,), (knowledge.personal,)) for opening in knowledge.openings]
        named[_PAST] = [Entry((pattern,)) for pattern in past.patterns]
        named[_SAFE] = [Entry((pattern,), safe.unless) for pattern in safe.patterns]
        return cls(
            checked,
            helplines,
            Matcher(named, checked.words),
            known,
            frozenset(checked.spelled),
            lru_cache(_SENTENCES_KEPT)(lambda text: forbidden.search(text) is not None or bool(unknown_numbers(text, known))),
        )

    @property
    def wording(self) -> Wording:
        """Every sentence that belongs to no rule."""
        return self.rules.wording

    def recognise(self, message: str, likely: Mapping[str, float] | None = None) -> Concerns:
        """What a message raises by its patterns and, as far as known, by how likely it is of each kind."""
        rules, likely = self.rules, likely or {}
        found = self.matcher.matching(self.plain_form(message))
        is_told = _KNOWLEDGE not in found  # a general question is no danger, whatever words it has
        danger, harm = (_together(kind, likely) for kind in (rules.cards, rules.refusals))
        by_pattern = [
            card
            for card in rules.cards
            if is_told and card.name in found and not (card.past_ends_it and _PAST in found) and self._may_be(danger, likely)
        ]
        is_like_danger = danger >= rules.likeness.crisis and danger >= rules.likeness.outweighs * harm
        cards = [card for card in rules.cards if card in by_pattern or (is_like_danger and card is _likeliest(rules.cards, likely))]
        refused = [refusal for refusal in rules.refusals if refusal.name in found and self._may_be(harm, likely)]
        if harm >= rules.likeness.declined:
            refused.append(_likeliest(rules.refusals, likely))
        refusals = sorted({refusal.name: refusal for refusal in refused}.values(), key=lambda refusal: -likely.get(refusal.name, 0.0))
        notices = [rule for rule in rules.notices if rule.name in found or likely.get(rule.name, 0.0) >= rules.likeness.notice]
        return Concerns(tuple(cards), tuple(refusals), tuple(notices))

    def _may_be(self, likelihood: float, likely: Mapping[str, float]) -> bool:
        """Whether a pattern may be right, by what the exemplars leave of doubt."""
        return not likely or likelihood >= self.rules.likeness.doubt

    def is_over(self, message: str) -> bool:
        """Whether somebody says that a danger is over."""
        return _SAFE in self.matcher.matching(self.plain_form(message))

    def plain_form(self, message: str) -> str:
        """What the patterns are written for: the words of a message, with letters drawn out, spelled out or written as digits put back."""
        if len(message) > _LONGEST_MESSAGE:
            message = f"{message[: _LONGEST_MESSAGE // 2]} {message[-_LONGEST_MESSAGE // 2 :]}"
        lettered = _WRITTEN_IN_DIGITS.sub(lambda word: word[0].translate(_AS_LETTERS), message)
        text = _DRAWN_OUT.sub(r"\1", spoken_form(lettered))
        text = _SPELLED_OUT.sub(lambda letters: letters[0].replace(" ", ""), text)
        return " ".join(map(self._mended, text.split()))

    def _mended(self, word: str) -> str:
        """A word with its slip mended, where it is one away from a word that patterns hang on."""
        if len(word) < _SHORTEST_SLIP or word in self.spelled:
            return word
        near = process.extractOne(word, self.rules.spelled, scorer=OSA.distance, score_cutoff=1)
        return near[0] if near else word

    def country(self, code: str | None) -> str | None:
        """The entry of the helpline table that serves a country; None for one that has none. Without a code, the US."""
        wanted = self.rules.countries.get((code or "US").upper(), (code or "US").upper())
        return wanted if any(helpline.country == wanted for helpline in self.helplines.values()) else None

    def helplines_for(self, code: str | None, purposes: Iterable[Purpose], per_purpose: int = _PER_PURPOSE) -> tuple[Helpline, ...]:
        """The country's helplines for some purposes, the most fitting first; for other countries the international directory."""
        country = self.country(code)
        found: dict[str, Helpline] = {}
        for purpose in purposes:
            lines = [line for line in self.helplines.values() if line.country == country and purpose in line.purpose]
            found |= {line.id: line for line in lines[:per_purpose]}
        if country is None and "eu-findahelpline" in self.helplines:
            found["eu-findahelpline"] = self.helplines["eu-findahelpline"]
        return tuple(found.values())

    def first_helplines(self) -> tuple[Helpline, ...]:
        """Whom to call first: what stands on every page, and wherever somebody asked in vain."""
        return self.helplines_for(None, ("emergency", "crisis"), per_purpose=1)

    def lines(self, cards: Sequence[Card], code: str | None) -> tuple[str, ...]:
        """What is said, with the country's numbers in place: the first card's action, each further one's, then what to do meanwhile."""
        return tuple(self.said(lines, code) for lines in (*(card.first for card in cards), *map(alternatives, cards[0].then)))

    def said(self, lines: Sequence[str], code: str | None) -> str:
        """The first of some lines for which the country has every number; the last one asks for none."""
        numbers = self._numbers(code)
        return next(line for line in lines if set(_PLACES.findall(line)) <= numbers.keys()).format(**numbers)

    def _numbers(self, code: str | None) -> dict[str, str]:
        country = self.country(code)
        lines = [line for line in self.helplines.values() if line.country == country and line.phone]
        first = {name: next((line for line in lines if purpose in line.purpose), None) for name, purpose in _NUMBERS.items()}
        return {name: _written(name, line) for name, line in first.items() if line}


def _written(name: str, line: Helpline) -> str:
    """How a line stands in a sentence."""
    if name == "crisis":
        return line.contact()
    return f"{line.phone}" if name == "emergency" else f"{line.name} ({line.phone})"


def _together(rules: Iterable[Rule], likely: Mapping[str, float]) -> float:
    return sum(likely.get(rule.name, 0.0) for rule in rules)


def _likeliest(rules: Sequence[_R], likely: Mapping[str, float]) -> _R:
    return max(rules, key=lambda rule: likely.get(rule.name, 0.0))
