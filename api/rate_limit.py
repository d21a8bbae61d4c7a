"""How often each key and each address may call, counted in memory, or in Redis where several processes count together."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from ipaddress import ip_network
from math import ceil
from typing import Any

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

from api.access import Caller, plain_address
from api.settings import Settings

_JUMP = 5.0  # seconds that the clock may be set back before everything counted by it is forgotten
_PATIENCE = 0.5  # seconds to wait for Redis before this process counts by itself
_REST = 5.0  # seconds until Redis is asked again: not everybody has to wait for one that is silent
_NETWORK = 64  # bits of an IPv6 address that one household or server has for itself


class RateLimitedError(Exception):
    """Somebody who has to wait."""

    def __init__(self, usage: "Usage") -> None:
        super().__init__("rate limited")
        self.usage = usage


@dataclass(frozen=True, slots=True)
class Usage:
    """What is left of a limit: calls, and seconds until one more is free."""

    limit: int
    seconds: int
    remaining: int
    reset: int

    def headers(self) -> dict[str, str]:
        """The RateLimit fields of the IETF draft."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(self.remaining, 0)),
            "RateLimit-Reset": str(self.reset),
            "RateLimit-Policy": f"{self.limit};w={self.seconds}",
        }


class RateLimiter:
    """Counts calls. A server counts for its key; a page for its visitor's address, and for its key; this machine is not counted."""

    def __init__(self, settings: Settings, report: Callable[[str], None]) -> None:
        self._per_address, self._per_key = parse(settings.rate_per_address), parse(settings.rate_per_key)
        self._salt = settings.rate_storage.encode()[:64]
        self._memory = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared = _shared(settings.rate_storage)
        self._alone_until = 0.0
        self._report = report
        self._offset = time.time() - time.monotonic()

    async def hit(self, caller: Caller) -> Usage | None:
        """Count a call; what is left of the limit that is nearest. Raises RateLimitedError."""
        usages = []
        for item, name in self._limits(caller):
            usage = await self._count(item, name)
            if usage.remaining < 0:
                raise RateLimitedError(usage)  # before the next is counted: one visitor must not use up the key of all
            usages.append(usage)
        return min(usages, key=lambda usage: usage.remaining / usage.limit, default=None)

    def _limits(self, caller: Caller) -> list[tuple[RateLimitItem, str]]:
        by_key = [(self._per_key, f"key:{caller.key}")] if caller.key else []
        is_counted = caller.kind in ("site", "same-origin")
        return [*([(self._per_address, f"address:{self._hidden(caller.address)}")] if is_counted else []), *by_key]

    async def _count(self, item: RateLimitItem, name: str) -> Usage:
        if self._shared is not None and time.monotonic() >= self._alone_until:
            try:
                return await asyncio.wait_for(asyncio.to_thread(_hit, self._shared, item, name), _PATIENCE)
            except Exception as problem:  # whatever a client of Redis raises: nobody is left without an answer for that
                self._alone_until = time.monotonic() + _REST
                self._report(f"Redis cannot be asked ({type(problem).__name__}); each process counts for itself meanwhile")
        self._forget_after_a_jump()
        return _hit(self._memory, item, name)

    def _forget_after_a_jump(self) -> None:
        """Where the clock was set back, what was counted before would keep people out until it has caught up."""
        offset = time.time() - time.monotonic()
        if offset < self._offset - _JUMP:
            self._memory.storage.reset()
        self._offset = offset

    def _hidden(self, address: str) -> str:
        """What stands for an address, or an IPv6 network: it is not kept anywhere itself."""
        try:
            known = plain_address(address)
            text = str(ip_network((known, _NETWORK), strict=False)) if known.version == 6 else str(known)  # noqa: PLR2004
        except ValueError:
            text = address
        return blake2b(text.encode(), digest_size=12, key=self._salt).hexdigest()


def _shared(url: str) -> SlidingWindowCounterRateLimiter | None:
    if url.startswith("memory:"):
        return None
    options: dict[str, Any] = {"socket_timeout": _PATIENCE, "socket_connect_timeout": _PATIENCE}  # passed on to the client of Redis
    return SlidingWindowCounterRateLimiter(storage_from_string(url, **options))


def _hit(limiter: SlidingWindowCounterRateLimiter, item: RateLimitItem, name: str) -> Usage:
    is_free = limiter.hit(item, name)
    stats = limiter.get_window_stats(item, name)
    seconds = item.get_expiry()
    # Never a wait that no window is long: the clock may have been set.
    reset = min(max(ceil(stats.reset_time - time.time()), 1), seconds)
    return Usage(item.amount, seconds, stats.remaining if is_free else -1, reset)
