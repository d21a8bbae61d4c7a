"""The tables of a corpus folder: sources, helplines, names of drugs, partner facts and safety rules, checked as they are read.

They are TOML for the people who edit them and JSON inside an index. The folder in the package itself is the default.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_serializer

from indexer.documents import Source
from indexer.errors import CorpusError

Purpose = Literal["emergency", "crisis", "poison", "treatment", "using-alone", "violence", "family", "veterinary"]
ORDINARY = "ordinary"  # what a message is called that no safety rule is for
_Entry = TypeVar("_Entry", bound=BaseModel)


# Given to validation as its context: what an index holds was checked when it was written, and compiling each pattern once more takes time.
CHECKED = "checked before"


def _compilable(pattern: str, info: ValidationInfo) -> str:
    if info.context == CHECKED:
        return pattern
    try:
        re.compile(f"(?:{pattern})")  # as a part of others, so without flags of its own
    except re.error as problem:
        raise ValueError(f"the pattern {pattern!r} cannot be read ({problem})") from problem
    return pattern


Pattern = Annotated[str, AfterValidator(_compilable)]
Number = Annotated[str, Field(pattern=r"^\+?[\d(][\d ()-]*$")]  # what a telephone can dial
HELPLINE = re.compile(r"\{helpline:([^}]*)\}")


class Helpline(BaseModel):
    """A public helpline. `phone` and `sms` can be dialled as they stand, `sms_body` is what to send, `checked` when a person tried it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    name: str
    country: str = Field(pattern="^[A-Z]{2}$")
    purpose: tuple[Purpose, ...]
    phone: Number | None = None
    sms: Number | None = None
    sms_body: str | None = None
    url: str
    hours: str
    note: str = ""
    checked: date | None = None

    @field_serializer("checked")
    def _day(self, day: date | None) -> str | None:
        return day.isoformat() if day else None

    def in_text(self) -> str:
        """How a document names this line: an emergency number alone, any other line with its name."""
        if "emergency" in self.purpose and self.phone:
            return self.phone
        site = re.sub(r"^https?://(www\.)?|/$", "", self.url)
        return f"{self.name} ({self.contact() or site})"

    def contact(self) -> str:
        """How to reach this line: "call or text 988", "text HELLO to 50808"; empty for a website."""
        if self.phone and self.phone == self.sms and not self.sms_body:
            return f"call or text {self.phone}"
        return " or ".join(ways_to_reach(self.phone, self.sms, self.sms_body))


def ways_to_reach(phone: str | None, sms: str | None, sms_body: str | None) -> list[str]:
    """Calling and texting, as far as a line has them: "call 988", "text HELLO to 50808"."""
    call = [f"call {phone}"] if phone else []
    text = [f"text {sms_body} to {sms}" if sms_body else f"text {sms}"] if sms else []
    return call + text


class Drug(BaseModel):
    """A drug or group of drugs and all that people call it; `ambiguous` has the terms that also mean something else, and what.

    `outside` drugs are not what this corpus is about: they are recognised so that nothing about another drug is said of them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    drug_class: str
    outside: bool = False
    names: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    street: tuple[str, ...] = ()
    misspellings: tuple[str, ...] = ()
    ambiguous: Mapping[str, str] = {}

    def proper_names(self) -> tuple[str, ...]:
        """What a document may call it: its name, other proper names and brands."""
        return (self.name, *self.names, *self.brands)

    def all_names(self) -> tuple[str, ...]:
        """Everything that people write for it, ambiguous or not."""
        return (*self.proper_names(), *self.street, *self.misspellings)


class Property(BaseModel):
    """What may be asked about a drug. A question asks about it where one of `asked` matches, a text tells of it where one of `told` does.

    Patterns are regular expressions over plain words. `told` defaults to `asked`; `of_drug` says that each drug has an answer of its own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    of_drug: bool = False
    asked: tuple[Pattern, ...] = Field(min_length=1)
    told: tuple[Pattern, ...] = ()


class Lexicon(BaseModel):
    """The names of drugs and of what is asked about them; `checked` is the day they were last read through.

    `context` has the words beside which an ambiguous name stands for its drug, `places` the words for places with rules of their own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    checked: date
    context: tuple[str, ...] = ()
    places: Mapping[str, tuple[str, ...]] = {}
    drugs: tuple[Drug, ...] = Field(alias="drug")
    properties: tuple[Property, ...] = Field(default=(), alias="property")


class PartnerFact(BaseModel):
    """A fact that never stands alone. A text that matches one of `states` also says one of `says`, or `section` comes with it.

    Patterns are regular expressions, whatever the case. `apart` names the sections that leave it to `section`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    states: tuple[Pattern, ...] = Field(min_length=1)
    says: tuple[Pattern, ...] = Field(min_length=1)
    section: str = Field(pattern=r"^[^#\s]+#[^#\s]+$")
    apart: tuple[str, ...] = ()


class _SourceEntry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str
    publisher: str
    url: str
    year: int | None = None


@dataclass(frozen=True, slots=True)
class CorpusTables:
    """The tables of one corpus folder. `safety` is kept as data: what it means is the bot's business."""

    sources: Mapping[str, Source]
    helplines: Mapping[str, Helpline]
    lexicon: Lexicon
    partners: tuple[PartnerFact, ...]
    safety: Mapping[str, Any]


def load_tables(folder: Traversable | None = None) -> CorpusTables:
    """Read and check the tables of a corpus folder (default: the one shipped). Raises CorpusError."""
    folder = folder or files("corpus")
    return CorpusTables(
        sources={name: _source(name, entry) for name, entry in read_table(folder, "sources.toml").items()},
        helplines=parse_helplines(read_table(folder, "helplines.toml")),
        lexicon=checked_entry("lexicon.toml", "", Lexicon, read_table(folder, "lexicon.toml")),
        partners=parse_partners(read_table(folder, "partners.toml")),
        safety=read_table(folder, "safety.toml"),
    )


def parse_helplines(table: Mapping[str, Any]) -> dict[str, Helpline]:
    """The helpline table by id, in its own order (that order is the order of display)."""
    return {name: checked_entry("helplines.toml", name, Helpline, entry, id=name) for name, entry in table.items()}


def parse_partners(table: Mapping[str, Any]) -> tuple[PartnerFact, ...]:
    """The facts that never stand alone."""
    return tuple(checked_entry("partners.toml", name, PartnerFact, entry, name=name) for name, entry in table.items())


def read_lexicon(content: bytes) -> Lexicon:
    """The lexicon that an index holds. Raises ValidationError."""
    return Lexicon.model_validate_json(content, context=CHECKED)


def read_partners(content: bytes) -> tuple[PartnerFact, ...]:
    """The partner facts that an index holds. Raises ValidationError."""
    table = json.loads(content)
    return tuple(PartnerFact.model_validate({**entry, "name": name}, context=CHECKED) for name, entry in table.items())


def any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """A pattern that matches where one of these does, whatever the case; nowhere where there is none."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or r"(?!)", re.IGNORECASE)


def any_name(names: Iterable[str]) -> re.Pattern[str]:
    """A pattern for any of these names (its group 1), the longest that fits, also in the plural."""
    return any_of([rf"\b({'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})s?\b"])


def expand_helplines(text: str, helplines: Mapping[str, Helpline]) -> str:
    """Put the name and number from the table in place of every `{helpline:id}`. Raises CorpusError for an unknown id."""

    def words(match: re.Match[str]) -> str:
        helpline = helplines.get(match[1])
        if helpline is None:
            raise CorpusError(f"{match[0]} is not in the helpline table; add it to helplines.toml, or name one that is")
        return helpline.in_text()

    return HELPLINE.sub(words, text)


def read_table(folder: Traversable, name: str) -> dict[str, Any]:
    """A TOML table of a corpus folder, not yet checked. Raises CorpusError."""
    try:
        return tomllib.loads(folder.joinpath(name).read_text(encoding="utf-8-sig"))
    except OSError as problem:
        raise CorpusError(f"{folder}/{name}: cannot be read ({problem.strerror}); every corpus folder holds this table") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise CorpusError(f"{folder}/{name}: {problem}; mend the line named") from problem


def _source(name: str, entry: Any) -> Source:
    checked = checked_entry("sources.toml", name, _SourceEntry, entry)
    return Source(name, checked.title, checked.publisher, checked.url, checked.year)


def checked_entry(table: str, name: str, model: type[_Entry], entry: Any, /, **more: str) -> _Entry:
    """An entry of a table (the table whole where `name` is empty) as what it stands for. Raises CorpusError."""
    if not isinstance(entry, dict):
        raise CorpusError(f"{table}: {name} is not an entry of its own; write it as [{name}] with its fields below")
    try:
        return model.model_validate(entry | more)
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(str(part) for part in (name, *first["loc"]) if part != "")
        raise CorpusError(f"{table}: {where}: {first['msg'].removeprefix('Value error, ')}; mend the entry") from problem
