"""A follow-up becomes a question that stands alone. The history is the client's; nothing is kept."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.errors import QuestionError
from indexer.documents import well_formed
from indexer.lexical_index import STOP_WORDS

LONGEST_QUESTION = 1_000
LONGEST_HISTORY = 20
_LEANS = re.compile(
    r"^(and|but|or|also|so|then|what about|how about|what if|why|why not|really|are you sure)\b"
    r"|\b(it|its|that|this|they|them|those|these|one)\b",
    re.IGNORECASE,
)
_LEANING_WORDS = 12
_SUBJECT_WORDS = 12


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation."""

    role: Literal["user", "assistant"]
    content: str


def checked_question(question: str) -> str:
    """The question without outer space. Raises QuestionError where it is empty or too long."""
    trimmed = well_formed(question).strip()
    if not trimmed:
        raise QuestionError("the question is empty; type a question")
    if len(trimmed) > LONGEST_QUESTION:
        raise QuestionError(f"the question has {len(trimmed):,} characters; ask in at most {LONGEST_QUESTION:,}")
    return trimmed


def checked_history(history: Any) -> tuple[Turn, ...]:
    """Turns out of plain values. Raises QuestionError."""
    if not isinstance(history, list | tuple):
        raise QuestionError("the history is not a list; send a list of turns, oldest first")
    if len(history) > LONGEST_HISTORY:
        raise QuestionError(f"the history has {len(history)} turns; send the last {LONGEST_HISTORY} at most")
    turns = []
    for entry in history:
        fits = isinstance(entry, Mapping) and entry.get("role") in ("user", "assistant") and isinstance(entry.get("content"), str)
        if not fits:
            raise QuestionError('each turn of the history is {"role": "user" or "assistant", "content": "..."}')
        turns.append(Turn(entry["role"], well_formed(entry["content"])))
    return tuple(turns)


def standalone_question(question: str, history: Sequence[Turn]) -> str:
    """The question, joined by the subject of the user's turns before it where it leans on them; unchanged where it stands alone."""
    standing = ""
    for turn in (*(turn.content for turn in history if turn.role == "user"), question):
        standing = _joined(turn.strip(), standing)
    return standing


def _joined(question: str, before: str) -> str:
    words = re.findall(r"[\w'-]+", question)
    leans = len(words) <= _LEANING_WORDS and (_LEANS.search(question) is not None or not _content(words))
    subject = [word for word in _content(re.findall(r"[\w'-]+", before)) if word.casefold() not in {own.casefold() for own in words}]
    if not leans or not subject:
        return question
    return f"{question} ({' '.join(subject[:_SUBJECT_WORDS])})"


def _content(words: Sequence[str]) -> list[str]:
    return [word for word in words if word.casefold() not in STOP_WORDS]
