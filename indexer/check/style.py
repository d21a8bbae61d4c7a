"""What the documents are held to: limits, words, and what stands in none of them. Data, so that a clinician can change it (style.toml)."""

import re
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, field_validator

from indexer.check.finding import Finding, Rule
from indexer.corpus_tables import Pattern


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(_Entry):
    """Grades are years of school (Flesch-Kincaid), ages are days."""

    document_grade: float
    passage_grade: float
    sections: tuple[int, int]
    asked: int
    as_of_days: int
    helpline_days: int
    lexicon_days: int
    likeness: float = Field(gt=0, le=1)  # of two passages: the share of the shorter one's runs of words that is in both


class Forbidden(_Entry):
    """What stands in no document. A sentence that matches one of `patterns`, and none of `but`, is an error."""

    what: str
    instead: str
    patterns: tuple[Pattern, ...]
    but: tuple[Pattern, ...] = ()
    in_asked: bool = False  # whether a way of asking must not match either


class Property(_Entry):
    """Something of which a drug has one value. Sentences are compared where they match the same ones of `of`.

    In `value`, the group `low` is the value, `high` the end of a range, `unit` a unit of time.
    """

    name: str
    says: Pattern
    value: Pattern
    of: tuple[Pattern, ...] = ()
    of_two: bool = False  # where one drug is compared with another
    exact: bool = False  # a year or class, of which there is no "about"

    @field_validator("value")
    @classmethod
    def _has_a_value(cls, value: str) -> str:
        if "low" not in re.compile(value).groupindex:
            raise ValueError("the pattern has no group (?P<low>...) for the value; name it so")
        return value


class Exempt(_Entry):
    """A section that may do what a rule forbids, and why. Only findings whose message holds `about` are let be."""

    rule: Rule
    section: str
    about: str
    why: str = Field(min_length=10)

    def covers(self, finding: Finding) -> bool:
        """Whether a finding is what this lets be."""
        return (finding.rule, finding.section) == (self.rule, self.section) and self.about in finding.message


class Style(BaseModel):
    """style.toml, checked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limits: Limits
    words: Mapping[Pattern, str]
    word_exceptions: tuple[str, ...]
    leaning: tuple[Pattern, ...]
    undated: Pattern
    drug_like: Pattern
    not_drugs: tuple[str, ...]
    forbidden: tuple[Forbidden, ...]
    property: tuple[Property, ...] = ()
    exempt: tuple[Exempt, ...] = ()
