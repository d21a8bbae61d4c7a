"""What Prometheus reads: requests, answers by status, time by stage, the queue, the index. No label holds anything that a caller wrote."""

import os
from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

from api.bounded_pool import BoundedPool
from api.live_bot import LiveBot

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The counters of an application. `is_shared` where several processes count together, in the folder that the environment names."""

    def __init__(self, *, is_shared: bool = False) -> None:
        self._is_shared = is_shared
        self._known = ""
        self._registry = registry = CollectorRegistry()
        self.requests = Counter("citewell_requests", "Requests", ("route", "method", "status"), registry=registry)
        self.request_seconds = Histogram("citewell_request_seconds", "Time of a request", ("route",), buckets=_SECONDS, registry=registry)
        self.answers = Counter("citewell_answers", "Answers", ("status",), registry=registry)
        self.stage_seconds = Histogram("citewell_stage_seconds", "Time of an answer", ("stage",), buckets=_SECONDS, registry=registry)
        self.cached = Counter("citewell_cached_answers", "Answers that were at hand", registry=registry)
        self.refusals = Counter("citewell_refusals", "Requests refused, by type of problem", ("type",), registry=registry)
        self.waiting = Gauge("citewell_queue", "Questions waiting", registry=registry, multiprocess_mode="livesum")
        self.running = Gauge("citewell_running", "Questions being answered", registry=registry, multiprocess_mode="livesum")
        self.index = Gauge("citewell_index_info", "The index that answers", ("index",), registry=registry, multiprocess_mode="livemax")
        self.index_age = Gauge("citewell_index_age_seconds", "Since the index was written", registry=registry, multiprocess_mode="livemax")
        self.taken_up = Gauge(
            "citewell_index_swaps", "Index versions taken up while serving", registry=registry, multiprocess_mode="livesum"
        )
        self.refused = Gauge("citewell_index_refused", "Index versions refused", registry=registry, multiprocess_mode="livesum")

    def stages(self, seconds: Mapping[str, float]) -> None:
        """The stages of one answer."""
        for name, value in seconds.items():
            self.stage_seconds.labels(name).observe(value)

    def observe(self, live: LiveBot, pool: BoundedPool, now: float) -> None:
        """What is so just now; `now` is the time of day in seconds."""
        self.waiting.set(pool.waiting)
        self.running.set(pool.running)
        self.taken_up.set(live.taken_up)
        self.refused.set(live.refused)
        replier = live.bot.replier
        if replier is not None:
            index = replier.finder.index
            if index.digest != self._known:
                if self._known:
                    self.index.labels(self._known[:12]).set(0)  # one label cannot be taken back where processes count together
                self.index.labels(index.digest[:12]).set(1)
                self._known = index.digest
            self.index_age.set(max(now - live.written, 0.0))

    def page(self) -> bytes:
        """The text that Prometheus reads."""
        if not self._is_shared:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)

    def close(self) -> None:
        """Take this process's gauges out of what several count together."""
        if self._is_shared:
            multiprocess.mark_process_dead(os.getpid())  # type: ignore[no-untyped-call]
