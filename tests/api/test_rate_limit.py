"""How often one may call: for each address and each key, in memory and in Redis, whatever the clock and Redis do."""

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Any, Literal, cast

import pytest
import redis
from fakeredis import TcpFakeServer
from fastapi.testclient import TestClient

from api.access import Caller
from api.keys import Keyring
from api.rate_limit import RateLimitedError, RateLimiter, Usage
from api.settings import Settings
from bot.pipeline import Bot
from tests.applications import distant_client, local_client, services_of

TODAY = date(2026, 11, 23)
ADDRESS = "203.0.113.7"
PAGE = "https://www.example.org"


class Clock:
    """A time of day that can be set. It begins in the middle of an hour and of a minute: where one ends, somebody is let in early."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._real, self._ahead = time.time, 45_030 - time.time() % 86_400
        monkeypatch.setattr(time, "time", lambda: self._real() + self._ahead)

    def set_by(self, seconds: float) -> None:
        self._ahead += seconds


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def said() -> list[str]:
    """What a limiter reports."""
    return []


def limiter(said: list[str], per_address: str = "2/minute", per_key: str = "3/minute", storage: str = "memory://") -> RateLimiter:
    return RateLimiter(Settings(rate_per_address=per_address, rate_per_key=per_key, rate_storage=storage), said.append)


def caller(
    address: str = ADDRESS, kind: Literal["server", "site", "same-origin", "loopback"] = "same-origin", key: str | None = None
) -> Caller:
    return Caller(kind, address, key)


def hit(limits: RateLimiter, who: Caller) -> Usage | None:
    return asyncio.run(limits.hit(who))


def is_refused(limits: RateLimiter, who: Caller) -> bool:
    try:
        hit(limits, who)
    except RateLimitedError:
        return True
    return False


def test_an_address_may_call_so_often_and_no_more(said: list[str]) -> None:
    limits = limiter(said)
    assert [is_refused(limits, caller()) for _ in range(4)] == [False, False, True, True]
    assert not is_refused(limits, caller("203.0.113.8"))


def test_what_is_left_is_counted_down(said: list[str]) -> None:
    limits = limiter(said, "2/hour")
    first, second = hit(limits, caller()), hit(limits, caller())
    assert first is not None
    assert second is not None
    assert (first.limit, first.seconds, first.remaining) == (2, 3600, 1)
    assert (second.remaining, 1 <= second.reset <= 3600) == (0, True)


@pytest.mark.parametrize("unit", ["second", "minute", "hour", "day"])
def test_a_limit_may_be_of_any_length(said: list[str], unit: str) -> None:
    usage = hit(limiter(said, f"7/{unit}"), caller())
    seconds = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}[unit]
    assert usage is not None
    assert (usage.limit, usage.seconds, usage.remaining) == (7, seconds, 6)
    assert 1 <= usage.reset <= seconds


def test_a_server_counts_for_its_key_wherever_it_calls_from(said: list[str]) -> None:
    limits = limiter(said, "1/minute", "3/minute")
    calls = [caller(f"203.0.113.{number}", "server", "one") for number in range(4)]
    assert [is_refused(limits, who) for who in calls] == [False, False, False, True]
    assert not is_refused(limits, caller(ADDRESS, "server", "two"))
    assert not is_refused(limits, caller())


def test_a_page_counts_for_its_visitor_and_for_its_key(said: list[str]) -> None:
    limits = limiter(said, "2/minute", "3/minute")
    first, second, third = (caller(f"203.0.113.{number}", "site", "page") for number in range(3))
    assert [is_refused(limits, who) for who in (first, first, first)] == [False, False, True]
    assert [is_refused(limits, who) for who in (second, third)] == [False, True]


def test_one_visitor_cannot_use_up_the_key_of_a_page(said: list[str]) -> None:
    limits = limiter(said, "2/minute", "6/minute")
    assert sum(is_refused(limits, caller("203.0.113.1", "site", "page")) for _ in range(50)) == 48
    assert not is_refused(limits, caller("203.0.113.2", "site", "page"))


def test_what_is_told_is_the_limit_that_is_nearest(said: list[str]) -> None:
    limits = limiter(said, "10/minute", "3/hour")
    usage = hit(limits, caller(ADDRESS, "site", "page"))
    assert usage is not None
    assert (usage.limit, usage.seconds) == (3, 3600)


def test_this_machine_is_not_counted(said: list[str]) -> None:
    limits = limiter(said, "1/day", "1/day")
    assert [hit(limits, caller("127.0.0.1", "loopback")) for _ in range(5)] == [None] * 5


@pytest.mark.parametrize(
    ("first", "second", "are_one"),
    [
        ("2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", True),
        ("2001:db8::1", "2001:0DB8:0:0::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:203.0.113.1", "::ffff:203.0.113.2", False),
        ("::ffff:203.0.113.1", "203.0.113.1", True),
        ("203.0.113.1", "203.0.113.2", False),
        ("unix:", "unix:", True),
        ("", "", True),
        ("fe80::1%eth0", "fe80::2%eth0", True),
    ],
)
def test_a_household_counts_as_one(said: list[str], first: str, second: str, are_one: bool) -> None:
    limits = limiter(said, "1/day")
    assert not is_refused(limits, caller(first))
    assert is_refused(limits, caller(second)) == are_one


@pytest.mark.parametrize("seconds", [-7 * 86_400, -3600, -30, -6, 61 * 2, 3600, 10 * 365 * 86_400])
def test_whoever_waits_is_let_in_again_after_the_clock_was_set(said: list[str], clock: Clock, seconds: float) -> None:
    limits = limiter(said, "2/minute")
    assert [is_refused(limits, caller()) for _ in range(3)] == [False, False, True]
    clock.set_by(seconds)
    usage = hit(limits, caller())
    assert usage is not None
    assert 1 <= usage.reset <= 60
    assert [is_refused(limits, caller()) for _ in range(2)] == [False, True]


def test_a_clock_that_is_only_corrected_lets_nobody_in_early(said: list[str], clock: Clock) -> None:
    limits = limiter(said, "2/hour")
    assert [is_refused(limits, caller()) for _ in range(2)] == [False, False]
    for _ in range(20):
        clock.set_by(-1)
        assert is_refused(limits, caller())


def own_page(bot: Bot, **settings: Any) -> TestClient:
    return distant_client(services_of(bot, **settings), headers={"Origin": "http://citewell.example"})


def test_every_response_to_somebody_who_is_counted_says_what_is_left(without_index: Bot) -> None:
    client = own_page(without_index, rate_per_address="5/minute")
    answered, refused = client.get("/v1/info"), client.get("/v1/documents")
    assert (answered.status_code, refused.status_code) == (200, 503)
    for reply, remaining in ((answered, "4"), (refused, "3")):
        assert (reply.headers["RateLimit-Limit"], reply.headers["RateLimit-Remaining"]) == ("5", remaining)
        assert reply.headers["RateLimit-Policy"] == "5;w=60"
        assert 1 <= int(reply.headers["RateLimit-Reset"]) <= 60


def test_this_machine_and_what_is_public_have_nothing_to_count_down(without_index: Bot) -> None:
    for reply in (local_client(services_of(without_index)).get("/v1/info"), own_page(without_index).get("/healthz")):
        assert reply.status_code == 200
        assert not [name for name in reply.headers if name.startswith("ratelimit")]


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/info"])
def test_whoever_calls_too_often_is_told_how_long_to_wait(without_index: Bot, path: str) -> None:
    client = own_page(without_index, rate_per_address="1/hour")
    client.get("/v1/info")
    reply = client.get(path) if path == "/v1/info" else client.post(path, json={"question": "is ketamine an opioid"})
    content = reply.json()
    wait = int(reply.headers["Retry-After"])
    assert (reply.status_code, reply.headers["content-type"]) == (429, "application/problem+json")
    assert {name: content[name] for name in ("type", "title", "status", "detail")} == {
        "type": "urn:citewell:problem:rate-limited",
        "title": "Too many requests",
        "status": 429,
        "detail": f"wait {wait} seconds before you ask again",
    }
    assert ("resources" in content) == (path == "/v1/ask")
    assert 1 <= wait <= 3600
    assert reply.headers["RateLimit-Reset"] == str(wait)
    assert (reply.headers["RateLimit-Limit"], reply.headers["RateLimit-Remaining"]) == ("1", "0")
    assert reply.headers["RateLimit-Policy"] == "1;w=3600"


def test_every_route_that_answers_counts_towards_the_same_limit(without_index: Bot) -> None:
    client = own_page(without_index, rate_per_address="6/minute")
    posted = [("/v1/ask", {"question": "tea"}), ("/v1/ask/stream", {"question": "tea"}), ("/v1/search", {"query": "tea"})]
    remaining = [client.post(path, json=body).headers["RateLimit-Remaining"] for path, body in posted]
    remaining += [client.get(path).headers["RateLimit-Remaining"] for path in ("/v1/documents", "/v1/documents/tea")]
    remaining += [client.post("/ask", data={"question": "tea"}).headers["RateLimit-Remaining"]]
    assert remaining == ["5", "4", "3", "2", "1", "0"]


def test_danger_is_answered_however_often_somebody_has_called(without_index: Bot) -> None:
    client = own_page(without_index, rate_per_address="1/day")
    for _ in range(5):
        reply = client.post("/v1/ask", json={"question": "he is not breathing"})
        assert (reply.status_code, reply.json()["status"]) == (200, "crisis")
    assert client.post("/v1/ask", json={"question": "is ketamine an opioid"}).status_code == 429


def test_a_key_that_is_used_up_is_a_429_for_every_server_that_has_it(without_index: Bot, tmp_path: Path) -> None:
    presented = Keyring(tmp_path).create("secret", "server", (), TODAY)[0]
    services = services_of(without_index, tmp_path, rate_per_key="2/minute", rate_per_address="1/minute")
    clients = [distant_client(services, f"203.0.113.{number}", headers={"Authorization": f"Bearer {presented}"}) for number in range(3)]
    assert [client.get("/v1/info").status_code for client in clients] == [200, 200, 429]


def test_the_routes_of_the_operator_are_not_counted(without_index: Bot, tmp_path: Path) -> None:
    presented = Keyring(tmp_path).create("secret", "server", (), TODAY)[0]
    services = services_of(without_index, tmp_path, rate_per_key="1/minute")
    client = distant_client(services, headers={"Authorization": f"Bearer {presented}"})
    assert [client.get(path).status_code for path in ("/metrics", "/v1/insights") * 3] == [200] * 6


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    """A Redis that is spoken to over a socket."""
    server = TcpFakeServer(("127.0.0.1", 0))
    serving = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    yield f"redis://127.0.0.1:{server.server_address[1]}/0"
    server.shutdown()
    server.server_close()
    serving.join(5)


@pytest.fixture
def storage(redis_url: str) -> Iterator[str]:
    """An empty Redis."""
    client = redis.Redis.from_url(redis_url)
    client.flushall()
    client.close()
    yield redis_url


@pytest.mark.parametrize("seconds", [-3600.0, 3600.0])
@pytest.mark.parametrize("is_shared", [False, True])
def test_nobody_is_told_to_wait_longer_than_the_limit_is_long(
    storage: str, said: list[str], clock: Clock, seconds: float, is_shared: bool
) -> None:
    limits = limiter(said, "1/minute", storage=storage if is_shared else "memory://")
    for _ in range(3):
        try:
            usage = hit(limits, caller())
        except RateLimitedError as refused:
            usage = refused.usage
        assert usage is not None
        assert 1 <= usage.reset <= 60
        clock.set_by(seconds)


def test_two_processes_count_together_in_redis(storage: str, said: list[str]) -> None:
    first, second = (limiter(said, "3/minute", storage=storage) for _ in range(2))
    assert [is_refused(limits, caller()) for limits in (first, second, first, second, first)] == [False, False, False, True, True]
    assert said == []


def test_each_process_counts_for_itself_in_memory(said: list[str]) -> None:
    first, second = limiter(said, "1/minute"), limiter(said, "1/minute")
    assert [is_refused(limits, caller()) for limits in (first, second, first, second)] == [False, False, True, True]


def test_what_is_told_is_the_same_from_redis(storage: str, said: list[str]) -> None:
    usage = hit(limiter(said, "5/hour", storage=storage), caller())
    assert usage is not None
    assert (usage.limit, usage.seconds, usage.remaining) == (5, 3600, 4)
    assert 1 <= usage.reset <= 3600
    assert said == []


def test_redis_is_told_no_address_and_keeps_nothing_for_good(storage: str, said: list[str]) -> None:
    limits = limiter(said, "5/minute", storage=storage)
    for address in (ADDRESS, "2001:db8::1", "an odd one"):
        hit(limits, caller(address, "site", "page"))
    client = redis.Redis.from_url(storage)
    names = cast(list[bytes], client.keys())
    expiries = [client.ttl(name) for name in names]
    client.close()
    assert len(names) == 4
    kept = b" ".join(names).decode()
    for part in ("203", "113", "2001", "db8", "odd"):
        assert part not in [piece for name in kept.split() for piece in name.replace(":", "/").split("/")]
    assert "203.0.113.7" not in kept
    assert all(0 < seconds <= 120 for seconds in expiries)


def test_memory_is_told_no_address_either(said: list[str]) -> None:
    limits = limiter(said)
    hit(limits, caller())
    assert ADDRESS not in repr(vars(limits._memory.storage))


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def silent() -> Iterator[int]:
    """A port where somebody listens and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_without_redis_each_process_counts_for_itself_and_says_so(said: list[str]) -> None:
    limits = limiter(said, "2/minute", storage=f"redis://:secret@127.0.0.1:{closed_port()}/0")
    assert [is_refused(limits, caller()) for _ in range(3)] == [False, False, True]
    assert said == ["Redis cannot be asked (ConnectionError); each process counts for itself meanwhile"]


def test_a_redis_that_is_silent_holds_up_one_call_for_half_a_second_and_not_every_one(said: list[str], silent: int) -> None:
    limits = limiter(said, "100/minute", "100/minute", storage=f"redis://127.0.0.1:{silent}/0")

    async def waits() -> list[float]:
        found = []
        for _ in range(20):
            begun = time.monotonic()
            await limits.hit(caller(ADDRESS, "site", "page"))
            found.append(time.monotonic() - begun)
        return found

    first, *others = asyncio.run(waits())
    assert first > 0.3
    assert sum(others) < 2  # where each had waited, ten
    assert len(said) == 1


def test_a_redis_that_comes_back_is_counted_in_again(storage: str, said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    limits = limiter(said, "2/minute", storage=storage)
    real, is_down, later = limits._shared, True, 0.0

    class Flaky:
        def hit(self, *arguments: Any) -> bool:
            assert real is not None
            if is_down:
                raise ConnectionError
            return real.hit(*arguments)

        def get_window_stats(self, *arguments: Any) -> Any:
            assert real is not None
            return real.get_window_stats(*arguments)

    monkeypatch.setattr(limits, "_shared", Flaky())
    monotonic: Callable[[], float] = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: monotonic() + later)
    assert [is_refused(limits, caller()) for _ in range(3)] == [False, False, True]
    is_down = False
    assert is_refused(limits, caller())  # it is not asked again at once
    later = 6.0
    assert [is_refused(limits, caller()) for _ in range(3)] == [False, False, True]
    assert len(said) == 1


def test_nobody_goes_without_an_answer_for_want_of_redis(without_index: Bot, caplog: pytest.LogCaptureFixture) -> None:
    client = own_page(without_index, rate_per_address="2/minute", rate_storage=f"redis://127.0.0.1:{closed_port()}/0")
    assert [client.get("/v1/info").status_code for _ in range(3)] == [200, 200, 429]
    assert sum("Redis cannot be asked" in record.getMessage() for record in caplog.records) == 1
    assert ADDRESS not in caplog.text
