"""Answers kept at hand for a few minutes, in memory alone: many ask the same, and the same question has the same answer."""

import hashlib
import json
from datetime import date
from threading import Lock

from cachetools import TTLCache

from bot.pipeline import Draft

_SECONDS = 600


class AnswerCache:
    """Up to `size` answers. Those of a conversation, which nobody else has, are not kept, nor are cards: danger is nobody's business."""

    def __init__(self, size: int) -> None:
        self._answers: TTLCache[bytes, Draft] = TTLCache(size, _SECONDS)
        self._lock = Lock()

    def get(self, name: bytes) -> Draft | None:
        """What is kept under a name."""
        with self._lock:
            return self._answers.get(name)

    def keep(self, name: bytes, draft: Draft) -> None:
        """Keep a whole answer, where it may be kept."""
        if self._answers.maxsize and draft.answer.status in ("answered", "abstained", "clarify"):
            with self._lock:
                self._answers.setdefault(name, draft)  # one that is there already is kept no longer than it was to be


def answer_name(question: str, country: str | None, receipt: object, today: date) -> bytes:
    """What stands for a question and all that its answer hangs on; nothing of the question can be read from it."""
    return hashlib.sha256(json.dumps([question, country, repr(receipt), today.isoformat()]).encode()).digest()
