"""Who is let in: every kind of caller with every kind of key on every route, through proxies, and from pages of other sites."""

import asyncio
from base64 import b64encode
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Never, cast

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from starlette.types import ASGIApp, Message

from api.app import build_app
from api.keys import Keyring
from bot.answer import Receipt
from bot.pipeline import Bot
from bot.safety import Safety
from indexer.errors import IndexMissingError
from tests.applications import distant_client, http_scope, local_client, services_of

TODAY = date(2026, 11, 23)
PAGE = "https://www.example.org"
QUESTION = "how long should tea steep"
AT_WILL = {"rate_per_address": "100000/minute", "rate_per_key": "100000/minute"}
CALLERS = {
    "this machine": ("127.0.0.1", {"host": "127.0.0.1:8000"}),
    "this machine, forwarded": ("127.0.0.1", {"host": "127.0.0.1:8000", "x-forwarded-for": "127.0.0.1"}),
    "this machine, other name": ("127.0.0.1", {"host": "citewell.example"}),
    "somewhere else": ("203.0.113.7", {"host": "citewell.example"}),
    "own page by origin": ("203.0.113.7", {"host": "citewell.example", "origin": "http://citewell.example"}),
    "own page by fetch": ("203.0.113.7", {"host": "citewell.example", "sec-fetch-site": "same-origin"}),
    "page of listed origin": ("203.0.113.7", {"host": "citewell.example", "origin": PAGE, "sec-fetch-site": "cross-site"}),
    "page of other origin": ("203.0.113.7", {"host": "citewell.example", "origin": "https://evil.example", "sec-fetch-site": "cross-site"}),
    "page of null origin": ("203.0.113.7", {"host": "citewell.example", "origin": "null", "sec-fetch-site": "cross-site"}),
}
JSON, FORM = {"content-type": "application/json"}, {"content-type": "application/x-www-form-urlencoded"}
ASK = f'{{"question": "{QUESTION}"}}'.encode()
ROUTES: dict[str, list[tuple[str, str, dict[str, str], bytes]]] = {
    "v1": [
        ("POST", "/v1/ask", JSON, ASK),
        ("POST", "/v1/ask/stream", JSON, ASK),
        ("POST", "/v1/search", JSON, b'{"query": "tea"}'),
        ("GET", "/v1/documents", {}, b""),
        ("GET", "/v1/documents/tea", {}, b""),
        ("POST", "/v1/feedback", JSON, b'{"receipt": "", "sections": [], "rating": "up"}'),
        ("GET", "/v1/info", {}, b""),
    ],
    "form": [("POST", "/ask", FORM, f"question={QUESTION.replace(' ', '+')}".encode())],
    "metrics": [("GET", "/metrics", {}, b"")],
    "operator": [("GET", "/v1/insights", {}, b""), ("GET", "/insights", {}, b"")],
}
CREDENTIALS = ("none", "secret", "site", "revoked", "wrong", "empty", "bare", "basic")
# For each group of routes and each set of keys: who calls, and what they get with each of CREDENTIALS.
EXPECTED = """
v1, no keys
this machine                 ok       ok       ok       ok       ok       ok       ok       ok
this machine, forwarded      401      401      401      401      401      401      401      401
this machine, other name     401      401      401      401      401      401      401      401
somewhere else               401      401      401      401      401      401      401      401
own page by origin           ok       ok       ok       ok       ok       ok       ok       ok
own page by fetch            ok       ok       ok       ok       ok       ok       ok       ok
page of listed origin        403      403      403      403      403      403      403      403
page of other origin         403      403      403      403      403      403      403      403
page of null origin          403      403      403      403      403      403      403      403

v1, secret key
this machine                 401      ok       401      401      401      401      401      401
this machine, forwarded      401      ok       401      401      401      401      401      401
this machine, other name     401      ok       401      401      401      401      401      401
somewhere else               401      ok       401      401      401      401      401      401
own page by origin           401      ok       401      401      401      401      401      401
own page by fetch            401      ok       401      401      401      401      401      401
page of listed origin        401      403      401      401      401      401      401      401
page of other origin         401      403      401      401      401      401      401      401
page of null origin          401      403      401      401      401      401      401      401

v1, site key
this machine                 401      401      403      401      401      401      401      401
this machine, forwarded      401      401      403      401      401      401      401      401
this machine, other name     401      401      403      401      401      401      401      401
somewhere else               401      401      403      401      401      401      401      401
own page by origin           ok       401      ok       401      401      401      ok       ok
own page by fetch            ok       401      ok       401      401      401      ok       ok
page of listed origin        401      401      ok       401      401      401      401      401
page of other origin         401      401      403      401      401      401      401      401
page of null origin          401      401      403      401      401      401      401      401

v1, both
this machine                 401      ok       403      401      401      401      401      401
this machine, forwarded      401      ok       403      401      401      401      401      401
this machine, other name     401      ok       403      401      401      401      401      401
somewhere else               401      ok       403      401      401      401      401      401
own page by origin           ok       ok       ok       401      401      401      ok       ok
own page by fetch            ok       ok       ok       401      401      401      ok       ok
page of listed origin        401      403      ok       401      401      401      401      401
page of other origin         401      403      403      401      401      401      401      401
page of null origin          401      403      403      401      401      401      401      401

form, no keys
this machine                 ok       ok       ok       ok       ok       ok       ok       ok
this machine, forwarded      401      401      401      401      401      401      401      401
this machine, other name     401      401      401      401      401      401      401      401
somewhere else               401      401      401      401      401      401      401      401
own page by origin           ok       ok       ok       ok       ok       ok       ok       ok
own page by fetch            ok       ok       ok       ok       ok       ok       ok       ok
page of listed origin        403      403      403      403      403      403      403      403
page of other origin         403      403      403      403      403      403      403      403
page of null origin          403      403      403      403      403      403      403      403

form, secret key
this machine                 401      ok       401      401      401      401      401      401
this machine, forwarded      401      ok       401      401      401      401      401      401
this machine, other name     401      ok       401      401      401      401      401      401
somewhere else               401      ok       401      401      401      401      401      401
own page by origin           401      ok       401      401      401      401      401      401
own page by fetch            401      ok       401      401      401      401      401      401
page of listed origin        401      403      401      401      401      401      401      401
page of other origin         401      403      401      401      401      401      401      401
page of null origin          401      403      401      401      401      401      401      401

form, site key
this machine                 401      401      403      401      401      401      401      401
this machine, forwarded      401      401      403      401      401      401      401      401
this machine, other name     401      401      403      401      401      401      401      401
somewhere else               401      401      403      401      401      401      401      401
own page by origin           ok       401      ok       401      401      401      ok       ok
own page by fetch            ok       401      ok       401      401      401      ok       ok
page of listed origin        ok       ok       ok       ok       ok       ok       ok       ok
page of other origin         401      401      403      401      401      401      401      401
page of null origin          401      401      403      401      401      401      401      401

form, both
this machine                 401      ok       403      401      401      401      401      401
this machine, forwarded      401      ok       403      401      401      401      401      401
this machine, other name     401      ok       403      401      401      401      401      401
somewhere else               401      ok       403      401      401      401      401      401
own page by origin           ok       ok       ok       401      401      401      ok       ok
own page by fetch            ok       ok       ok       401      401      401      ok       ok
page of listed origin        ok       ok       ok       ok       ok       ok       ok       ok
page of other origin         401      403      403      401      401      401      401      401
page of null origin          401      403      403      401      401      401      401      401

metrics, no keys
this machine                 ok       ok       ok       ok       ok       ok       ok       ok
this machine, forwarded      401      401      401      401      401      401      401      401
this machine, other name     401      401      401      401      401      401      401      401
somewhere else               401      401      401      401      401      401      401      401
own page by origin           401      401      401      401      401      401      401      401
own page by fetch            401      401      401      401      401      401      401      401
page of listed origin        403      403      403      403      403      403      403      403
page of other origin         403      403      403      403      403      403      403      403
page of null origin          403      403      403      403      403      403      403      403

metrics, secret key
this machine                 401      ok       401      401      401      401      401      401
this machine, forwarded      401      ok       401      401      401      401      401      401
this machine, other name     401      ok       401      401      401      401      401      401
somewhere else               401      ok       401      401      401      401      401      401
own page by origin           401      ok       401      401      401      401      401      401
own page by fetch            401      ok       401      401      401      401      401      401
page of listed origin        401      403      401      401      401      401      401      401
page of other origin         401      403      401      401      401      401      401      401
page of null origin          401      403      401      401      401      401      401      401

metrics, site key
this machine                 401      401      401      401      401      401      401      401
this machine, forwarded      401      401      401      401      401      401      401      401
this machine, other name     401      401      401      401      401      401      401      401
somewhere else               401      401      401      401      401      401      401      401
own page by origin           401      401      401      401      401      401      401      401
own page by fetch            401      401      401      401      401      401      401      401
page of listed origin        401      401      401      401      401      401      401      401
page of other origin         401      401      401      401      401      401      401      401
page of null origin          401      401      401      401      401      401      401      401

metrics, both
this machine                 401      ok       401      401      401      401      401      401
this machine, forwarded      401      ok       401      401      401      401      401      401
this machine, other name     401      ok       401      401      401      401      401      401
somewhere else               401      ok       401      401      401      401      401      401
own page by origin           401      ok       401      401      401      401      401      401
own page by fetch            401      ok       401      401      401      401      401      401
page of listed origin        401      403      401      401      401      401      401      401
page of other origin         401      403      401      401      401      401      401      401
page of null origin          401      403      401      401      401      401      401      401

operator, no keys
this machine                 401      401      401      401      401      401      401      401
this machine, forwarded      401      401      401      401      401      401      401      401
this machine, other name     401      401      401      401      401      401      401      401
somewhere else               401      401      401      401      401      401      401      401
own page by origin           401      401      401      401      401      401      401      401
own page by fetch            401      401      401      401      401      401      401      401
page of listed origin        401      401      401      401      401      401      401      401
page of other origin         401      401      401      401      401      401      401      401
page of null origin          401      401      401      401      401      401      401      401

operator, secret key
this machine                 401      ok       401      401      401      401      401      401
this machine, forwarded      401      ok       401      401      401      401      401      401
this machine, other name     401      ok       401      401      401      401      401      401
somewhere else               401      ok       401      401      401      401      401      401
own page by origin           401      ok       401      401      401      401      401      401
own page by fetch            401      ok       401      401      401      401      401      401
page of listed origin        401      403      401      401      401      401      401      401
page of other origin         401      403      401      401      401      401      401      401
page of null origin          401      403      401      401      401      401      401      401

operator, site key
this machine                 401      401      401      401      401      401      401      401
this machine, forwarded      401      401      401      401      401      401      401      401
this machine, other name     401      401      401      401      401      401      401      401
somewhere else               401      401      401      401      401      401      401      401
own page by origin           401      401      401      401      401      401      401      401
own page by fetch            401      401      401      401      401      401      401      401
page of listed origin        401      401      401      401      401      401      401      401
page of other origin         401      401      401      401      401      401      401      401
page of null origin          401      401      401      401      401      401      401      401

operator, both
this machine                 401      ok       401      401      401      401      401      401
this machine, forwarded      401      ok       401      401      401      401      401      401
this machine, other name     401      ok       401      401      401      401      401      401
somewhere else               401      ok       401      401      401      401      401      401
own page by origin           401      ok       401      401      401      401      401      401
own page by fetch            401      ok       401      401      401      401      401      401
page of listed origin        401      403      401      401      401      401      401      401
page of other origin         401      403      401      401      401      401      401      401
page of null origin          401      403      401      401      401      401      401      401
"""
BLOCKS = dict(block.split("\n", 1) for block in EXPECTED.strip().split("\n\n"))


async def status_of(app: ASGIApp, route: tuple[str, str, dict[str, str], bytes], client: str, headers: dict[str, str]) -> int:
    """The status of a response, without any client that would mend or refuse a request by itself."""
    method, path, kind, body = route
    statuses: list[int] = []
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else await asyncio.Future()  # who asked stays connected

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = http_scope(method, path, [(name.encode(), value.encode("latin-1")) for name, value in {**headers, **kind}.items()], client)
    await app(scope, receive, send)
    (status,) = statuses
    return status


def credentials(keyring: Keyring, keys: str) -> dict[str, str | None]:
    """Authorization headers, once the keys named have been made; those not made are of the right form."""
    revoked, key = keyring.create("secret", "gone", (), TODAY)
    keyring.revoke(key.id)
    secret = keyring.create("secret", "server", (), TODAY)[0] if keys in ("secret key", "both") else "cw_secret_00000000_none"
    site = keyring.create("site", "page", (PAGE,), TODAY)[0] if keys in ("site key", "both") else "cw_site_00000000_none"
    return {
        "none": None,
        "secret": f"Bearer {secret}",
        "site": f"bearer  {site} ",
        "revoked": f"Bearer {revoked}",
        "wrong": f"Bearer {secret[:-1]}",
        "empty": "Bearer",
        "bare": secret,
        "basic": "Basic !!!",
    }


@pytest.mark.parametrize("block", BLOCKS)
def test_who_is_let_in(tea: Bot, tmp_path: Path, block: str) -> None:
    group, keys = block.split(", ")
    presented = credentials(Keyring(tmp_path), keys)
    app = build_app(services_of(tea, tmp_path, **AT_WILL))

    async def cell(caller: str, value: str | None) -> str:
        client, headers = CALLERS[caller]
        shown = {**headers, **({"authorization": value} if value is not None else {})}
        statuses = {await status_of(app, route, client, shown) for route in ROUTES[group]}
        return "/".join(sorted({"ok" if status in (200, 204) else str(status) for status in statuses}))

    async def table() -> str:
        rows = [f"{caller:28} {' '.join([f'{await cell(caller, presented[name]):8}' for name in CREDENTIALS])}" for caller in CALLERS]
        return "\n".join(row.rstrip() for row in rows)

    assert asyncio.run(table()) == BLOCKS[block]


def own_page(services: Any, address: str = "203.0.113.7") -> TestClient:
    """A page of the server itself, which counts for its visitor's address."""
    return distant_client(services, address, headers={"Origin": "http://citewell.example"})


def info(client: TestClient, **headers: str) -> Response:
    return client.get("/v1/info", headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize("path", ["/healthz", "/docs", "/openapi.json", "/documents/tea", "/", "/readyz"])
def test_what_is_public_is_open_to_everybody_whatever_keys_there_are(tea: Bot, tmp_path: Path, path: str) -> None:
    client = distant_client(services_of(tea, tmp_path))
    assert client.get(path).status_code == 200
    credentials(Keyring(tmp_path), "both")
    assert client.get(path, headers={"Authorization": "Bearer wrong", "Origin": "https://evil.example"}).status_code == 200


def test_a_page_asks_for_a_password_and_a_route_for_a_key(without_index: Bot) -> None:
    client = distant_client(services_of(without_index))
    assert client.get("/insights").headers["WWW-Authenticate"] == 'Basic realm="Citewell"'
    for reply in (client.get("/v1/insights"), client.get("/metrics"), client.get("/v1/info"), client.post("/v1/ask", content=ASK)):
        assert (reply.status_code, reply.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    ("kind", "user", "status"), [("secret", "anybody", 200), ("secret", "", 200), ("site", "anybody", 401), ("revoked", "x", 401)]
)
def test_a_browser_opens_the_counts_with_a_secret_key_as_the_password(
    without_index: Bot, tmp_path: Path, kind: str, user: str, status: int
) -> None:
    presented = credentials(Keyring(tmp_path), "both")[kind] or ""
    typed = b64encode(f"{user}:{presented.split()[1]}".encode()).decode()
    client = distant_client(services_of(without_index, tmp_path))
    assert client.get("/insights", headers={"Authorization": f"Basic {typed}"}).status_code == status


@pytest.mark.parametrize(
    ("key", "origin", "status"),
    [
        ("site", "null", 200),
        ("secret", "null", 403),
        ("revoked", "null", 401),
        ("wrong", "null", 401),
        ("site", "https://evil.example", 403),
        ("site", None, 403),
        ("secret", None, 200),
        ("revoked", PAGE, 401),
    ],
)
def test_a_form_may_bring_its_key_in_a_field(tea: Bot, tmp_path: Path, key: str, origin: str | None, status: int) -> None:
    presented = (credentials(Keyring(tmp_path), "both")[key] or "").split()[1]
    client = distant_client(services_of(tea, tmp_path), headers={"Origin": origin} if origin else {})
    assert client.post("/ask", data={"question": QUESTION, "key": presented}).status_code == status


@pytest.mark.parametrize(("address", "host"), [("::1", "[::1]:8000"), ("127.0.0.53", "localhost"), ("::ffff:127.0.0.1", "127.0.0.1")])
def test_this_machine_has_several_addresses_and_names(without_index: Bot, address: str, host: str) -> None:
    client = distant_client(services_of(without_index), address)
    assert info(client, host=host).status_code == 200


@pytest.mark.parametrize(
    "host", ["", "[::1", "]", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example:8000", "2130706433", "0", "::1", "a b"]
)
def test_a_name_that_is_not_this_machine_does_not_let_in(without_index: Bot, host: str) -> None:
    reply = info(distant_client(services_of(without_index), "127.0.0.1"), host=host)
    assert (reply.status_code, reply.json()["type"]) == (401, "urn:citewell:problem:unauthorized")


@pytest.mark.parametrize("headers", [{"origin": "http://evil.example:8000"}, {"sec-fetch-site": "same-origin"}])
def test_a_page_whose_name_was_made_to_point_here_is_not_this_servers_own(without_index: Bot, headers: dict[str, str]) -> None:
    reply = info(distant_client(services_of(without_index), "127.0.0.1"), host="evil.example:8000", **headers)
    assert reply.status_code == 401


@pytest.mark.parametrize(
    "origin", ["http://[", "http://", "", "//", "citewell.example", "file://", "http://citewell.example.evil.example", "null "]
)
def test_what_is_no_origin_of_this_server_does_not_let_in(without_index: Bot, origin: str) -> None:
    client = TestClient(
        build_app(services_of(without_index)), base_url="http://citewell.example", client=("203.0.113.7", 1), headers={"Origin": origin}
    )
    assert client.get("/v1/info").status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "same-origin, same-origin", ""])
def test_another_kind_of_page_is_not_the_own_one(without_index: Bot, site: str) -> None:
    assert info(distant_client(services_of(without_index)), sec_fetch_site=site).status_code == 401
    assert info(distant_client(services_of(without_index)), sec_fetch_site=site, origin="null").status_code == 403


@pytest.mark.parametrize(
    "name",
    ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host", "X-Forwarded-Proto", "Via"],
    ids=lambda name: name.lower().replace("-", "_"),
)
def test_whoever_comes_through_a_proxy_on_this_machine_is_not_this_machine(without_index: Bot, name: str) -> None:
    client = local_client(services_of(without_index))
    assert client.get("/v1/info").status_code == 200
    assert client.get("/v1/info", headers={name: "127.0.0.1"}).status_code == 401


def test_what_a_stranger_says_of_addresses_is_not_believed(without_index: Bot) -> None:
    client = own_page(services_of(without_index, rate_per_address="1/day"))
    assert info(client, x_forwarded_for="198.51.100.1", x_real_ip="198.51.100.1").status_code == 200
    assert info(client, x_forwarded_for="198.51.100.2", forwarded="for=198.51.100.2").status_code == 429


@pytest.mark.parametrize(
    ("proxies", "peer", "first", "second", "are_one"),
    [
        ("203.0.113.7", "203.0.113.7", "198.51.100.1", "198.51.100.2", False),
        ("203.0.113.7", "203.0.113.7", "198.51.100.1", "198.51.100.1", True),
        ("203.0.113.7", "203.0.113.7", "8.8.8.8, 198.51.100.1", "9.9.9.9, 198.51.100.1", True),
        ("203.0.113.7", "203.0.113.7", "198.51.100.1, 8.8.8.8", "198.51.100.1, 9.9.9.9", False),
        ("203.0.113.0/24, 10.0.0.0/8", "203.0.113.9", "1.1.1.1, 198.51.100.1, 10.0.0.2", "2.2.2.2, 198.51.100.1, 10.9.9.9", True),
        ("203.0.113.7", "203.0.113.8", "198.51.100.1", "198.51.100.2", True),
        ("203.0.113.7", "203.0.113.7", "198.51.100.1:1000", "198.51.100.1:2000", True),
        ("fd00::/8", "fd00::1", "2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("fd00::/8", "fd00::1", "2001:db8:0:1::1", "[2001:db8:0:1::2]:443", True),
        ("fd00::/8", "2001:db8::1", "198.51.100.1", "198.51.100.2", True),
        ("203.0.113.7", "203.0.113.7", "::ffff:198.51.100.1", "::ffff:198.51.100.2", False),
        ("203.0.113.7", "203.0.113.7", "::ffff:198.51.100.1", "198.51.100.1", True),
        ("203.0.113.7", "203.0.113.7", "", "", True),
    ],
)
def test_the_last_address_that_no_named_proxy_has_is_the_visitors(
    without_index: Bot, proxies: str, peer: str, first: str, second: str, are_one: bool
) -> None:
    client = own_page(services_of(without_index, proxies=proxies, rate_per_address="1/day"), peer)
    assert info(client, x_forwarded_for=first).status_code == 200
    assert info(client, x_forwarded_for=second).status_code == (429 if are_one else 200)


@pytest.mark.parametrize("forwarded", ["127.0.0.1", "::1", "127.0.0.1, 127.0.0.1", "localhost", "\xe9", "x" * 300])
def test_nobody_becomes_this_machine_through_a_named_proxy(without_index: Bot, forwarded: str) -> None:
    services = services_of(without_index, proxies="127.0.0.1,::1")
    client = TestClient(build_app(services), base_url="http://127.0.0.1:8000", client=("127.0.0.1", 1))
    assert client.get("/v1/info", headers={b"X-Forwarded-For": forwarded.encode("latin-1")}).status_code == 401


def test_only_a_named_proxy_says_that_a_visitor_came_over_https(without_index: Bot) -> None:
    told = {"X-Forwarded-Proto": "https"}
    named = distant_client(services_of(without_index, proxies="203.0.113.7")).get("/healthz", headers=told)
    stranger = distant_client(services_of(without_index, proxies="10.0.0.1")).get("/healthz", headers=told)
    assert named.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in stranger.headers


@pytest.fixture
def page_key(tmp_path: Path) -> str:
    """A site key for PAGE, in the data folder `tmp_path`."""
    return Keyring(tmp_path).create("site", "page", (PAGE, "http://localhost:3000"), TODAY)[0]


def preflight(client: TestClient, origin: str, method: str = "POST", headers: str = "authorization,content-type") -> Response:
    asked = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    return client.options("/v1/ask", headers=asked)


@pytest.mark.parametrize("origin", [PAGE, "http://localhost:3000"])
def test_a_listed_page_may_ask_and_read(tea: Bot, tmp_path: Path, page_key: str, origin: str) -> None:
    client = distant_client(services_of(tea, tmp_path))
    allowed = preflight(client, origin)
    assert (allowed.status_code, allowed.headers["Access-Control-Allow-Origin"]) == (200, origin)
    assert allowed.headers["Access-Control-Allow-Methods"] == "GET, POST"
    assert allowed.headers["Access-Control-Max-Age"] == "600"
    reply = client.post("/v1/ask", json={"question": QUESTION}, headers={"Origin": origin, "Authorization": f"Bearer {page_key}"})
    assert (reply.status_code, reply.headers["Access-Control-Allow-Origin"]) == (200, origin)
    assert {"Retry-After", "RateLimit-Remaining", "X-Request-Id"} <= set(reply.headers["Access-Control-Expose-Headers"].split(", "))
    assert "Origin" in reply.headers["Vary"]
    for answer in (allowed, reply):
        assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "*",
        "http://www.example.org",
        "https://www.example.org:8443",
        "https://www.example.org.evil.example",
        "https://evil.example/https://www.example.org",
        "HTTPS://WWW.EXAMPLE.ORG",
        "https://example.org",
        "",
    ],
)
def test_a_page_that_is_not_listed_may_not_read_anything(tea: Bot, tmp_path: Path, page_key: str, origin: str) -> None:
    client = distant_client(services_of(tea, tmp_path))
    refused = preflight(client, origin)
    assert refused.status_code == 400
    presented = {"Origin": origin, "Authorization": f"Bearer {page_key}"}
    assert client.post("/v1/ask", json={"question": QUESTION}, headers=presented).status_code == 403
    for reply in (refused, client.get("/v1/info", headers=presented), client.get("/healthz", headers=presented)):
        assert "Access-Control-Allow-Origin" not in reply.headers


@pytest.mark.parametrize(("method", "headers"), [("DELETE", "content-type"), ("PUT", ""), ("POST", "x-own"), ("POST", "cookie")])
def test_a_listed_page_may_do_no_more_than_ask(without_index: Bot, tmp_path: Path, page_key: str, method: str, headers: str) -> None:
    assert preflight(distant_client(services_of(without_index, tmp_path)), PAGE, method, headers).status_code == 400


def test_a_key_that_is_revoked_closes_its_origin_at_once(tea: Bot, tmp_path: Path, page_key: str) -> None:
    client = distant_client(services_of(tea, tmp_path))
    presented = {"Origin": PAGE, "Authorization": f"Bearer {page_key}"}
    Keyring(tmp_path).create("secret", "server", (), TODAY)  # another that stays
    assert client.get("/v1/info", headers=presented).status_code == 200
    Keyring(tmp_path).revoke(page_key.split("_")[2])
    assert preflight(client, PAGE).status_code == 400
    refused = client.get("/v1/info", headers=presented)
    assert refused.status_code == 401
    assert "Access-Control-Allow-Origin" not in refused.headers
    assert client.post("/ask", data={"question": QUESTION}, headers=presented).status_code == 401


def test_without_site_keys_no_origin_may_read_anything(without_index: Bot, tmp_path: Path) -> None:
    Keyring(tmp_path).create("secret", "server", (), TODAY)
    assert preflight(distant_client(services_of(without_index, tmp_path)), PAGE).status_code == 400


def test_while_keys_cannot_be_read_every_origin_is_closed_and_nobody_is_let_in(
    tea: Bot, tmp_path: Path, page_key: str, caplog: pytest.LogCaptureFixture
) -> None:
    secret = Keyring(tmp_path).create("secret", "server", (), TODAY)[0]
    (tmp_path / "keys.json").write_text("{", encoding="utf-8")
    services = services_of(tea, tmp_path)
    assert preflight(distant_client(services), PAGE).status_code == 400
    callers = [local_client(services), own_page(services)]
    callers += [distant_client(services, headers={"Authorization": f"Bearer {key}"}) for key in (secret, page_key)]
    for client in callers:
        for path in ("/v1/info", "/v1/documents", "/metrics"):
            reply = client.get(path)
            assert (reply.status_code, reply.json()["type"]) == (503, "urn:citewell:problem:keys")
            assert reply.headers["Retry-After"] == "60"
            assert str(tmp_path) not in reply.text
        danger = client.post("/v1/ask", json={"question": "he is not breathing"})
        assert (danger.status_code, danger.json()["status"]) == (200, "crisis")
    assert callers[2].get("/insights").status_code == 503
    assert callers[0].get("/insights").status_code == 401
    assert sum("keys.json cannot be read" in record.getMessage() for record in caplog.records if record.levelname == "ERROR") == 13


class Broken:
    """A bot that fails."""

    def __init__(self, safety: Safety) -> None:
        self.safety = safety

    def receipt(self) -> Receipt:
        return Receipt(None, None, None, "0")

    def usable_index(self) -> Never:
        raise IndexMissingError("none")

    def crisis(self, *_: object, **__: object) -> None:
        return None

    def draft(self, *_: object, **__: object) -> Never:
        raise RuntimeError


def test_a_listed_page_can_read_what_is_wrong(tea: Bot, without_index: Bot, tmp_path: Path, page_key: str) -> None:
    secret = Keyring(tmp_path).create("secret", "server", (), TODAY)[0]

    def replies(bot: Bot, **settings: Any) -> Iterator[Response]:
        client = distant_client(services_of(bot, tmp_path, **settings), raise_server_exceptions=False, headers={"Origin": PAGE})
        own, wrong = {"Authorization": f"Bearer {page_key}"}, {"Authorization": "Bearer wrong"}
        ask = {"question": QUESTION}
        yield client.post("/v1/ask", json=ask, headers=own)
        if not settings:
            yield client.post("/v1/ask", json=ask, headers=wrong)
            yield client.post("/v1/ask", json=ask, headers={"Authorization": f"Bearer {secret}"})
            yield client.get("/v1/documents/nothing", headers=own)
            yield client.get("/v1/ask", headers=own)
            yield client.post("/v1/ask", content=b" " * 70_000, headers=own)
            yield client.post("/v1/ask", json={}, headers=own)
        yield client.post("/v1/ask", json=ask, headers=own)

    found = [*replies(tea), *replies(without_index, rate_per_address="1/day"), *replies(cast(Bot, Broken(tea.safety)), threads=1)]
    assert [reply.status_code for reply in found] == [200, 401, 403, 404, 405, 413, 422, 200, 503, 429, 500, 500]
    assert {reply.headers.get("Access-Control-Allow-Origin") for reply in found} == {PAGE}
    assert all("Origin" in reply.headers["Vary"] for reply in found)
