"""Everything that routes work with, put together once for each application."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from api.answer_cache import AnswerCache
from api.bounded_pool import BoundedPool
from api.insights import Insights
from api.keys import Keyring
from api.live_bot import LiveBot
from api.logs import logger
from api.metrics import Metrics
from api.rate_limit import RateLimiter
from api.scrubber import Scrubber
from api.settings import Settings
from api.widget.script import Script, chat_script
from bot.answer import Answer
from bot.pipeline import Bot, Draft

_EVERY = 1.0  # second, between two looks at what is so just now
_IN_DANGER = 10_000  # who may wait for the thread that looks for danger where others are waiting; it takes less than a millisecond each


@dataclass(slots=True)
class Services:
    """What an application has. `danger` is a thread for those who must not wait; `is_stopping` once no new request should be sent here."""

    settings: Settings
    live: LiveBot
    keyring: Keyring
    limiter: RateLimiter
    pool: BoundedPool
    danger: BoundedPool
    cache: AnswerCache
    metrics: Metrics
    insights: Insights
    is_stopping: bool = False
    _scrubber: tuple[Bot, Scrubber] | None = field(default=None, repr=False)
    _chat: tuple[Bot, Script] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, live: LiveBot, settings: Settings, metrics: Metrics) -> "Services":
        """As the settings have it."""
        report = logger().warning
        return cls(
            settings,
            live,
            Keyring(settings.data),
            RateLimiter(settings, report),
            BoundedPool(settings.threads or max(1, (os.cpu_count() or 1) // settings.workers), settings.queue, settings.timeout),
            BoundedPool(1, _IN_DANGER, settings.timeout),
            AnswerCache(settings.cache),
            metrics,
            Insights(settings.data, report, settings.retention_days if settings.store_text else None),
        )

    def tell(self, draft: Draft) -> None:
        """Count an answer that was given."""
        self.metrics.answers.labels(draft.answer.status).inc()
        if self.settings.insights:
            self.insights.count(draft)

    def keep_text(self, bot: Bot, question: str, answer: Answer) -> None:
        """Keep a question, stripped of what could name somebody; none of somebody in danger, none where no index tells harmless words.

        The first one of an index takes as long as reading all of its documents.
        """
        if bot.replier is None or any(notice.kind == "urgent" for notice in answer.notices):
            return
        if self._scrubber is None or self._scrubber[0] is not bot:
            self._scrubber = (bot, Scrubber.of(bot.usable_index()))
        self.insights.keep(self._scrubber[1].scrub(question), answer.status)

    def chat(self) -> Script:
        """The chat that pages embed, with the helplines of the bot that answers now."""
        bot = self.live.bot
        if self._chat is None or self._chat[0] is not bot:
            self._chat = (bot, chat_script(bot.safety))
        return self._chat[1]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """While the application serves: looks for another index, writes counts."""
        self.insights.start()
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            self.is_stopping = True
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
            await asyncio.to_thread(self.insights.close)
            self.pool.close()
            self.danger.close()
            self.metrics.close()

    async def _watch(self) -> None:
        while True:
            try:
                self.metrics.observe(self.live, self.pool, time.time())
                await asyncio.sleep(_EVERY)
                await asyncio.to_thread(self.live.refresh, logger().warning)
            except Exception as problem:  # whatever it was, looking goes on
                logger().error("looking for another index failed", exc_info=problem)
                await asyncio.sleep(_EVERY)
