"""safety.toml as it is written: the form of every rule, and of every sentence that is no quotation."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.errors import SafetyRulesError
from bot.matcher import Entry
from indexer.corpus_tables import ORDINARY, Pattern, Purpose


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Conditions(_Model):
    all: tuple[str, ...] = Field(min_length=1)
    unless: tuple[str, ...] = ()


Patterns = tuple[str | _Conditions, ...]
Line = str | tuple[str, ...]


def entries(patterns: Patterns) -> list[Entry]:
    """Patterns as a matcher takes them."""
    return [Entry((one,)) if isinstance(one, str) else Entry(one.all, one.unless) for one in patterns]


def alternatives(line: Line) -> tuple[str, ...]:
    """The lines of which one is said."""
    return (line,) if isinstance(line, str) else line


class _Knowledge(_Model):
    openings: tuple[str, ...]
    personal: str


class _Past(_Model):
    patterns: tuple[str, ...]


class _Safe(_Model):
    patterns: tuple[str, ...]
    unless: tuple[str, ...]


class Rule(_Model):
    """What messages it is for, besides those that are like its exemplars."""

    name: str
    patterns: Patterns


class Card(Rule):
    """What is said in one kind of danger.

    Of `first`, the first line is said for which the country has every number; so with those of a step of `then` that has several.
    """

    past_ends_it: bool
    first: tuple[str, ...] = Field(min_length=1)
    then: tuple[Line, ...]
    sections: tuple[str, ...] = ()
    purposes: tuple[Purpose, ...]


class Refusal(Rule):
    """What is said where harmful content is asked for. `facts` are sentences of `sections`, by kind of drug or for "any"."""

    first: str
    facts: Mapping[str, str]
    route: tuple[str, ...] = Field(min_length=1)
    sections: tuple[str, ...]
    purposes: tuple[Purpose, ...]


class NoticeRule(Rule):
    """What is said beside an answer; of `text`, the first line is said for which the country has every number."""

    kind: Literal["urgent", "medical"]
    text: tuple[str, ...] = Field(min_length=1)
    purposes: tuple[Purpose, ...]


class _Forbidden(_Model):
    patterns: tuple[Pattern, ...]


class Wording(_Model):
    """Every sentence that is no quotation and belongs to no rule."""

    automated: str
    safe_now: str
    safe_then: tuple[str, ...]
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


class Likeness(_Model):
    """How likely a message must be of a kind, by its likeness to the exemplars, to be taken for it.

    A request that is declined counts as danger only where that is likelier than its share `outweighs`; and a pattern is not heeded where
    the exemplars leave less than `doubt` that it is right.
    """

    crisis: float = Field(gt=0, lt=1)
    declined: float = Field(gt=0, lt=1)
    notice: float = Field(gt=0, lt=1)
    outweighs: float = Field(ge=0)
    doubt: float = Field(ge=0, lt=1)


class Rules(_Model):
    """The whole file."""

    format: Literal[2]
    spelled: tuple[str, ...]
    words: Mapping[str, str]
    knowledge: _Knowledge
    past: _Past
    safe: _Safe
    plain: Mapping[str, tuple[Pattern, ...]] = {}
    cards: tuple[Card, ...] = Field(alias="card")
    refusals: tuple[Refusal, ...] = Field(alias="refusal")
    notices: tuple[NoticeRule, ...] = Field(alias="notice")
    forbidden: _Forbidden
    wording: Wording
    resources: _Resources
    countries: Mapping[str, str]
    likeness: Likeness
    exemplars: Mapping[str, tuple[str, ...]]

    def rules(self) -> tuple[Rule, ...]:
        """Every rule that messages are recognised by."""
        return (*self.cards, *self.refusals, *self.notices)

    @model_validator(mode="after")
    def _names_are_of_rules(self) -> "Rules":
        known = {ORDINARY, *(rule.name for rule in self.rules())}
        for name in self.exemplars:
            if name not in known:
                raise ValueError(f"exemplars of {name!r}, which no rule is named; name them as a rule, or {ORDINARY!r}")
        for name in self.plain:
            if name not in {card.name for card in self.cards}:
                raise ValueError(f"plain words for {name!r}, which no card is named; name them as a card")
            if any("(?" in pattern for pattern in self.plain[name]):
                raise ValueError(f"plain words for {name!r} hold '(?', which JavaScript reads otherwise; write them without")
        return self


def read_rules(rules: Mapping[str, Any]) -> Rules:
    """The rules as safety.toml has them. Raises SafetyRulesError naming the entry that is wrong."""
    try:
        return Rules.model_validate(rules)
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise SafetyRulesError(f"safety.toml: {where}: {first['msg'].removeprefix('Value error, ')}; mend the entry") from problem
