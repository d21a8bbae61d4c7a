"""What is evaluated: the answer to each gold item, and what stood behind it. Loads nothing that answering does not."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.config import RetrievalConfig
from bot.conversation import LONGEST_QUESTION
from bot.evaluation.gold import GoldItem
from bot.pipeline import Bot

PASSAGES = 100  # enough to hold 20 sections
_SECTIONS = 20


@dataclass(frozen=True, slots=True)
class Response:
    """An answer as JSON, and what it took.

    `attempt` is the best answer found, given whatever its confidence; None where it cannot be had. `sections` are the 20 best, as
    "document-id#section-id". `spans` says of each citation whether it is the span of its document that it claims to be.
    """

    answer: Mapping[str, Any]
    attempt: Mapping[str, Any] | None
    sections: tuple[str, ...]
    spans: tuple[bool, ...]
    milliseconds: float


def respond(bot: Bot, item: GoldItem, today: date) -> Response:
    """The bot's response to an item. Raises IndexUnusableError."""
    # A crisis is recognised at any length; one that is missed is judged by its beginning.
    question = item.question if bot.crisis(item.question, item.country) else item.question[:LONGEST_QUESTION]
    started = time.perf_counter()
    answer = bot.answer(question, list(item.history), item.country, today=today)
    took = (time.perf_counter() - started) * 1000
    given = answer.status == "answered"  # the best answer found, so there is no need to ask for it again
    attempt = answer if given else unbound(bot).answer(question, list(item.history), item.country, today=today)
    found = ranked_sections(bot, answer.interpretation.question)
    spans = tuple(_is_span(bot, citation.document_id, citation.start, citation.end, citation.quote) for citation in answer.citations)
    return Response(answer.to_dict(), attempt.to_dict(), found, spans, took)


def unbound(bot: Bot) -> Bot:
    """The same bot, answering whatever its confidence, and whatever a question raises: what the documents hold is looked at alone."""
    replier = bot.usable_replier()
    return replace(bot, is_heedful=False, replier=replace(replier, model=replace(replier.model, threshold=0.0), answered={}))


def ranked_sections(bot: Bot, question: str, retrieval: RetrievalConfig | None = None) -> tuple[str, ...]:
    """The sections of the best passages, best first."""
    passages = bot.search(question[:LONGEST_QUESTION], PASSAGES, retrieval)
    return first_of_each([f"{found.passage.document.id}#{found.passage.section.id}" for found in passages])


def first_of_each(sections: list[str]) -> tuple[str, ...]:
    """Sections in the order of their best passages, each once."""
    return tuple(dict.fromkeys(sections))[:_SECTIONS]


def _is_span(bot: Bot, document: str, start: int, end: int, quote: str) -> bool:
    found = bot.usable_index().store.document(document)
    return found is not None and found.text[start:end] == quote
