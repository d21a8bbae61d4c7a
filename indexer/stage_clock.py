"""Where the time of an answer goes: seconds by stage, each without those of the stages within it. Costs next to nothing unheard."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

REST = "rest"


class StageClock:
    """Seconds by stage. What belongs to none is the `rest`, so that all of them add up to the whole."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._stack = [REST]
        self._since = time.perf_counter()

    def turn_to(self, name: str | None) -> None:
        """Begin a stage within the present one, or, with None, end the present one."""
        now = time.perf_counter()
        self.seconds[self._stack[-1]] = self.seconds.get(self._stack[-1], 0.0) + now - self._since
        self._since = now
        if name is None:
            self._stack.pop()
        else:
            self._stack.append(name)


_LISTENING: ContextVar[StageClock | None] = ContextVar("stage_clock", default=None)


@contextmanager
def timed_stages() -> Iterator[StageClock]:
    """A clock that is told of every stage in this thread, until the end."""
    clock = StageClock()
    token = _LISTENING.set(clock)
    try:
        yield clock
    finally:
        _LISTENING.reset(token)
        clock.turn_to(None)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """What is done within belongs to a stage."""
    clock = _LISTENING.get()
    if clock is None:
        yield
        return
    clock.turn_to(name)
    try:
        yield
    finally:
        clock.turn_to(None)
