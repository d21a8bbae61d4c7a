"""Danger is recognised before anything is searched, and without an index.

The rules are data (corpus/safety.toml): reviewed patterns over the plain form of a message, and the cards they lead to.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import SafetyRulesError
from indexer.corpus_tables import Helpline, Purpose

# A letter of several pages; what is longer is looked at this far. Time grows with length: 0.1 ms for a question, 0.1 s for this.
_LONGEST_MESSAGE = 20_000
_PER_PURPOSE = 3


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Knowledge(_Model):
    openings: tuple[str, ...]
    personal: str


class _Past(_Model):
    patterns: tuple[str, ...]


class _CardRules(_Model):
    name: str
    past_ends_it: bool
    first: tuple[str, ...]
    then: tuple[str, ...]
    purposes: tuple[Purpose, ...]
    patterns: tuple[str, ...]


class Wording(_Model):
    """Every sentence that is no quotation and belongs to no card."""

    abstained: str
    abstained_with_suggestions: str
    abstained_alone: str
    part_unanswered: str
    nothing_on: str
    nothing_together: str
    clarify: str
    not_reviewed_by_clinician: str
    past_review: str


class _Resources(_Model):
    abstained: tuple[Purpose, ...]


class _Rules(_Model):
    format: Literal[1]
    words: dict[str, str]
    knowledge: _Knowledge
    past: _Past
    card: tuple[_CardRules, ...]
    wording: Wording
    resources: _Resources
    countries: dict[str, str]


@dataclass(frozen=True, slots=True)
class Card:
    """What is said in one kind of danger. Of `first`, the first line is used whose numbers the country has."""

    name: str
    first: tuple[str, ...]
    then: tuple[str, ...]
    purposes: tuple[Purpose, ...]
    past_ends_it: bool
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Safety:
    """The safety rules, compiled, with the helplines they lead to."""

    cards: tuple[Card, ...]
    wording: Wording
    abstained_purposes: tuple[Purpose, ...]
    helplines: Mapping[str, Helpline]
    countries: Mapping[str, str]
    knowledge: re.Pattern[str]
    personal: re.Pattern[str]
    past: re.Pattern[str]

    @classmethod
    def compile(cls, rules: Mapping[str, Any], helplines: Mapping[str, Helpline]) -> "Safety":
        """Rules as safety.toml has them. Raises SafetyRulesError naming the entry that is wrong."""
        try:
            checked = _Rules.model_validate(rules)
        except ValidationError as problem:
            first = problem.errors()[0]
            raise SafetyRulesError(f"safety.toml: {'.'.join(map(str, first['loc']))}: {first['msg']}; mend the entry") from problem
        words = checked.words
        return cls(
            cards=tuple(
                Card(card.name, card.first, card.then, card.purposes, card.past_ends_it, _any_of(card.patterns, words))
                for card in checked.card
            ),
            wording=checked.wording,
            abstained_purposes=checked.resources.abstained,
            helplines=helplines,
            countries=checked.countries,
            knowledge=_any_of(checked.knowledge.openings, words),
            personal=_any_of((checked.knowledge.personal,), words),
            past=_any_of(checked.past.patterns, words),
        )

    def recognise(self, message: str) -> tuple[Card, ...]:
        """The cards of the dangers a message speaks of, the most urgent first. General questions and things long past are no danger."""
        text = plain_form(message[:_LONGEST_MESSAGE])
        if self.knowledge.search(text) and not self.personal.search(text):
            return ()
        is_past = self.past.search(text) is not None
        return tuple(card for card in self.cards if not (is_past and card.past_ends_it) and card.pattern.search(text))

    def country(self, code: str | None) -> str | None:
        """The entry of the helpline table that serves a country; None for one that has none. Without a code, the US."""
        wanted = self.countries.get((code or "US").upper(), (code or "US").upper())
        return wanted if any(helpline.country == wanted for helpline in self.helplines.values()) else None

    def helplines_for(self, code: str | None, purposes: tuple[Purpose, ...], per_purpose: int = _PER_PURPOSE) -> tuple[Helpline, ...]:
        """The country's helplines for some purposes, the most fitting first; for other countries the international directory."""
        country = self.country(code)
        found: dict[str, Helpline] = {}
        for purpose in purposes:
            lines = [line for line in self.helplines.values() if line.country == country and purpose in line.purpose]
            found |= {line.id: line for line in lines[:per_purpose]}
        if country is None and "eu-findahelpline" in self.helplines:
            found["eu-findahelpline"] = self.helplines["eu-findahelpline"]
        return tuple(found.values())

    def lines(self, cards: tuple[Card, ...], code: str | None) -> tuple[str, ...]:
        """What is said, with the country's numbers in place: the first card's action, each further one's, then what to do meanwhile."""
        numbers = self._numbers(code)
        first, *others = (_fitting(card, numbers) for card in cards)
        return (first, *others, *cards[0].then)

    def _numbers(self, code: str | None) -> dict[str, str]:
        country = self.country(code)
        lines = [line for line in self.helplines.values() if line.country == country]
        emergency = next((line.phone for line in lines if "emergency" in line.purpose and line.phone), None)
        crisis = next((line.contact() for line in lines if "crisis" in line.purpose and line.phone), None)
        poison = next((f"{line.name} ({line.phone})" for line in lines if "poison" in line.purpose and line.phone), None)
        named = {"emergency": emergency, "crisis": crisis, "poison": poison}
        return {name: number for name, number in named.items() if number}


def _fitting(card: Card, numbers: Mapping[str, str]) -> str:
    """The card's first line for which every number is there; the last one asks for none."""
    return next(line for line in card.first if set(re.findall(r"{(\w+)}", line)) <= numbers.keys()).format(**numbers)


def plain_form(message: str) -> str:
    """Lower case, accents and apostrophes dropped, every other sign a single space: what the patterns are written for."""
    text = unicodedata.normalize("NFKD", message.casefold())
    text = re.sub(r"[\u0300-\u036f'\u2018\u2019\u02bc`]", "", text)
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text).split())


def _any_of(patterns: tuple[str, ...], words: Mapping[str, str]) -> re.Pattern[str]:
    def put_in(pattern: str) -> str:
        for name, meaning in words.items():
            pattern = pattern.replace(f"<{name}>", meaning)
        return pattern

    for pattern in patterns:
        try:
            re.compile(put_in(pattern))
        except re.error as problem:
            raise SafetyRulesError(f"safety.toml: the pattern {pattern!r} cannot be read ({problem}); mend it") from problem
    return re.compile("|".join(f"(?:{put_in(pattern)})" for pattern in patterns))
