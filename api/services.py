"""Everything that routes work with, put together once for each application."""

import asyncio
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
from bot.answer import Status
from bot.pipeline import Bot, Draft

_EVERY = 1.0  # second, between two looks at what is so just now


@dataclass(slots=True)
class Services:
    """What an application has. `is_stopping` once no new request should be sent here."""

    settings: Settings
    live: LiveBot
    keyring: Keyring
    limiter: RateLimiter
    pool: BoundedPool
    cache: AnswerCache
    metrics: Metrics
    insights: Insights
    is_stopping: bool = False
    _scrubber: tuple[Bot, Scrubber] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, live: LiveBot, settings: Settings, metrics: Metrics) -> "Services":
        """As the settings have it."""
        report = logger().warning
        return cls(
            settings,
            live,
            Keyring(settings.data),
            RateLimiter(settings, report),
            BoundedPool(settings.threads, settings.queue, settings.timeout),
            AnswerCache(settings.cache),
            metrics,
            Insights(settings.data, report, settings.retention_days if settings.store_text else None),
        )

    def tell(self, draft: Draft) -> None:
        """Count an answer that was given."""
        self.metrics.answers.labels(draft.answer.status).inc()
        if self.settings.insights:
            self.insights.count(draft)

    def keep_text(self, bot: Bot, question: str, status: Status) -> None:
        """Keep a question, stripped of what could name somebody; where no index tells which words are harmless, none."""
        if bot.replier is None:
            return
        if self._scrubber is None or self._scrubber[0] is not bot:
            self._scrubber = (bot, Scrubber.of(bot.usable_index()))
        self.insights.keep(self._scrubber[1].scrub(question), status)

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
            self.metrics.close()

    async def _watch(self) -> None:
        while True:
            self.metrics.observe(self.live, self.pool, time.time())
            await asyncio.sleep(_EVERY)
            await asyncio.to_thread(self.live.refresh, logger().warning)
