"""Front matter: what stands above a Markdown document, between two lines of hyphens."""

import json
import re
from datetime import date
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from indexer.errors import DocumentError
from indexer.readers.encoding import cleaned

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_OPENED = re.compile(r"\A---[ \t]*\n\w+:(?: |\n)")
WEB_ADDRESS = r"^https?://[^\s\x00-\x1f\x7f-\x9f]+$"  # nothing in it that a terminal would obey
_LONGEST_ID = 200
_LONGEST = 200_000  # signs; aliases could make a short text unfold into gigabytes, so they are refused as well


class FrontMatter(BaseModel):
    """What may stand above a Markdown document; keys of other tools are let be. `withdrawn` is the reason a document was taken out."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str | None = None
    title: str | None = Field(None, min_length=1)
    group: str | None = None
    url: str | None = Field(None, pattern=WEB_ADDRESS)
    reviewed: date | None = None
    reviewed_by: str | None = None
    review_due: date | None = None
    topics: list[str] = []
    asked: dict[str, list[str]] = {}
    withdrawn: str | None = None

    @field_validator("id")
    @classmethod
    def _usable(cls, value: str | None) -> str | None:
        return None if value is None else checked_id(value)

    @field_validator("reviewed", "review_due", mode="before")
    @classmethod
    def _a_day(cls, value: Any) -> Any:
        if isinstance(value, int | float):
            raise ValueError("write the day as YYYY-MM-DD")
        return value

    @field_validator("withdrawn")
    @classmethod
    def _reasoned(cls, value: str | None) -> str:
        if not value or not value.strip():
            raise ValueError("say why the document is withdrawn, or remove the line")
        return " ".join(value.split())


def checked_id(value: str) -> str:
    """An id that can stand in an address and on a line. Raises ValueError."""
    if not value or len(value) > _LONGEST_ID or not value.isprintable() or value.strip("./ ") == "" or value != value.strip():
        raise ValueError(f"an id is 1 to {_LONGEST_ID} printable signs, no space around them")
    return value


def front_matter_end(text: str) -> int:
    """The number of the line that ends the front matter of a Markdown text; 0 where there is none."""
    match = _FRONT_MATTER.match(text)
    return len(match[0].splitlines()) if match else 0


def split_front_matter(where: str, text: str) -> tuple[FrontMatter, str]:
    """The front matter of a Markdown text, and the text without it. Raises DocumentError."""
    match = _FRONT_MATTER.match(text)
    if match is None and _OPENED.match(text):
        raise DocumentError(f"{where}: the front matter is not closed; put a line of --- below it")
    if match is None:
        return FrontMatter(), text
    try:
        values = _values(match[1])
        if not isinstance(values, dict):
            return FrontMatter(), text  # a rule across the page, not front matter
        matter = FrontMatter.model_validate(_plain(json.loads(json.dumps(values, default=str, ensure_ascii=False))))
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as problem:
        wrong = f"the front matter cannot be read: {reason_of(problem)}"
        raise DocumentError(f"{where}: {wrong}; mend what stands between the two --- lines") from problem
    # Blank lines in its place keep line numbers true.
    return matter, "\n" * match[0].count("\n") + text[match.end() :]


def reason_of(problem: Exception) -> str:
    """What a parser has against a text, in one line."""
    if isinstance(problem, ValidationError):
        first = problem.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc']) or 'the line'}: {first['msg'].removeprefix('Value error, ')}"
    return " ".join(str(problem).split())


def _plain(value: Any) -> Any:
    """The same value, every text in it as the document's own is cleaned: escapes in YAML can spell any sign."""
    match value:
        case str():
            return cleaned(value).text
        case list():
            return [_plain(part) for part in value]
        case dict():
            return {_plain(key): _plain(part) for key, part in value.items()}
        case _:
            return value


def _values(text: str) -> Any:
    if len(text) > _LONGEST:
        raise ValueError(f"it has {len(text):,} characters")
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        _refuse_repeated_keys(node)
        return None if node is None else loader.construct_document(node)
    finally:
        loader.dispose()


class _Loader(yaml.SafeLoader):
    """Plain values only, and no aliases."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """A part of the text, as the library has it."""
        if self.check_event(yaml.AliasEvent):
            raise ValueError("it repeats a part by an alias (*name); write the part out")
        return super().compose_node(parent, index)


def _refuse_repeated_keys(node: Any) -> None:
    keys = [key.value for key, _ in node.value] if isinstance(node, yaml.MappingNode) else []
    twice = next((key for number, key in enumerate(keys) if key in keys[:number]), None)
    if twice is not None:
        raise ValueError(f"{twice} stands there twice; keep one")
