"""Something that a document or table falls short of."""

from dataclasses import dataclass
from typing import Literal

Rule = Literal[
    "asked",
    "contradiction",
    "coverage",
    "due",
    "exception",
    "footnote",
    "forbidden",
    "front-matter",
    "gold",
    "helpline",
    "lexicon",
    "link",
    "partner",
    "reading-grade",
    "repeated",
    "section",
    "source",
    "stands-alone",
    "words",
]
Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """What is wrong at a line of a file, and how to mend it. Lines count from 1; `section` is document#section, where it is in one."""

    file: str
    line: int
    message: str
    rule: Rule
    severity: Severity = "error"  # only an error makes the check fail
    section: str = ""

    def __str__(self) -> str:
        mark = "" if self.severity == "error" else "warning: "
        return f"{self.file}:{self.line}: {mark}{self.message}"
