"""A question on its way to an answer: at hand already, or computed by the pool; and counted, without its text."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from api.answer_cache import answer_name
from api.services import Services
from bot.answer import Answer
from bot.pipeline import Draft
from indexer.stage_clock import timed_stages


class Asking:
    """One question to the bot that answers now."""

    def __init__(self, services: Services, question: str, history: Any = (), country: str | None = None) -> None:
        self._services = services
        self._bot = services.live.bot
        self._question = question
        self._history = history
        self._country = country
        self._today = datetime.now(UTC).date()
        self._name = None if history else answer_name(question, country, self._bot.receipt(), self._today)

    async def answer(self) -> Answer:
        """The whole answer. Raises QuestionError, IndexUnusableError or OverloadedError."""
        draft = self._at_hand() or await self._card() or await self._compute(lambda: self._bot.finished(self._draft()))
        return await self._told(draft)

    async def draft(self) -> Draft:
        """The answer as soon as its sentences stand. Raises as `answer` does."""
        return self._at_hand() or await self._card() or await self._compute(self._draft)

    async def finish(self, draft: Draft) -> Answer:
        """The whole answer to what was drafted."""
        whole = await self._compute(partial(self._bot.finished, draft), is_rest=True) if draft.titles else draft
        return await self._told(whole)

    def _draft(self) -> Draft:
        return self._bot.draft(self._question, self._history, self._country, today=self._today)

    def _at_hand(self) -> Draft | None:
        kept = self._services.cache.get(self._name) if self._name else None
        if kept is not None:
            self._services.metrics.cached.inc()
        return kept

    async def _card(self) -> Draft | None:
        """Where others are waiting, the card for somebody in danger: they must not wait their turn. Where it is full, the refusal looks."""
        pool = self._services.pool
        return None if pool.has_room or pool.is_full else await self._services.danger.run(self._urgent)

    def _urgent(self) -> Draft | None:
        """The card, where patterns tell of danger, which takes a millisecond."""
        return self._draft() if self._bot.crisis(self._question, self._country, by_patterns=True) else None

    async def _compute(self, job: Callable[[], Draft], *, is_rest: bool = False) -> Draft:
        def timed() -> Draft:
            with timed_stages() as clock:
                draft = job()
            self._services.metrics.stages(clock.seconds)
            return draft

        return await self._services.pool.run(timed, is_rest=is_rest)

    async def _told(self, draft: Draft) -> Answer:
        """The answer of a whole draft, kept at hand and counted."""
        if self._name:
            self._services.cache.keep(self._name, draft)
        self._services.tell(draft)
        if self._services.settings.store_text:
            await asyncio.to_thread(self._services.keep_text, self._bot, self._question, draft.answer)
        return draft.answer
