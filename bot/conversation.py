"""The turns of a conversation and the question, checked. The history is the client's; nothing is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.errors import QuestionError
from indexer.documents import well_formed

LONGEST_QUESTION = 1_000
LONGEST_HISTORY = 20


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
