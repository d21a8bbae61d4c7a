"""`citewell doctor --url`: what it finds of a server that is well, and of one that stands behind something that is not."""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from api.keys import Keyring
from api.server_check import examine_server
from bot.pipeline import Bot
from tests.applications import services_of, serving

if TYPE_CHECKING:
    from tests.api.conftest import Run

PAGE = "https://www.example.org"
Replies = Mapping[str, tuple[int, dict[str, str], str]]
Reply = Callable[[Replies], str]
WELL: Replies = {
    "/healthz": (200, {}, '{"status": "alive"}'),
    "/readyz": (200, {}, '{"status": "ready", "index": "0123456789abcdef"}'),
    "/v1/info": (401, {"Content-Security-Policy": "x", "X-Content-Type-Options": "x", "Referrer-Policy": "x", "X-Request-Id": "x"}, "{}"),
    "/v1/ask": (200, {}, '{"status": "crisis"}'),
    "/metrics": (401, {}, "{}"),
}


@pytest.fixture
def served(tiny: Path) -> Iterator[str]:
    """The address of a real server over a small index, with a site key for one page."""
    Keyring(tiny / "data").create("site", "a page", (PAGE,), date(2026, 11, 29))
    with serving(services_of(Bot.open(tiny / "index"), tiny / "data")) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def replying() -> Iterator[Reply]:
    """`replying({path: (status, headers, body)})`: the address of something that replies so."""
    servers: list[HTTPServer] = []

    def start(replies: Replies) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.rfile.read(int(self.headers.get("content-length", 0)))
                status, headers, body = replies.get(self.path, (404, {}, ""))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body.encode())

            def do_POST(self) -> None:
                self.do_GET()

            def do_OPTIONS(self) -> None:
                self.do_GET()

            def log_message(self, *_: Any) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def wrong(url: str, origin: str | None = None) -> list[str]:
    return [finding.line().removeprefix("WRONG  ") for finding in examine_server(url, origin) if not finding.is_well]


def test_a_server_that_is_well_has_only_good_findings(run: "Run", served: str) -> None:
    outcome = run("doctor", "--url", served, "--origin", f"{PAGE}/")
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert lines[0].startswith(f"ok     {served} answers from index ")
    assert lines[1:] == [
        "ok     nobody on the way can read what is asked",
        "ok     security headers",
        "ok     a message of danger gets its card, with a key or without",
        "ok     whoever has no key is asked for one",
        "ok     metrics are not for everybody",
        "ok     pages of origins that are not listed may not read answers",
        f"ok     pages of {PAGE} may ask there",
    ]


def test_a_page_that_no_key_lists_is_named_with_the_command_that_makes_one(run: "Run", served: str) -> None:
    outcome = run("doctor", "--url", served, "--origin", "https://other.example")
    assert outcome.code == 1
    assert outcome.out.splitlines()[-1] == (
        "WRONG  pages of https://other.example may not ask there; "
        "run `citewell keys create --site --origin https://other.example` on the server"
    )


def test_what_is_well_by_itself_has_no_fault(replying: Reply) -> None:
    assert wrong(replying(WELL)) == []


@pytest.mark.parametrize(
    ("path", "reply", "fault"),
    [
        ("/readyz", (503, {}, "{}"), "is alive and cannot answer; see its log, and run `citewell doctor` beside it"),
        (
            "/v1/info",
            (401, {"X-Request-Id": "x"}, "{}"),
            "headers do not get through: content-security-policy, x-content-type-options, referrer-policy; "
            "let the proxy pass on what the server sends",
        ),
        ("/v1/ask", (502, {}, "<html>"), "a message of danger gets no card (502); let POST /v1/ask through to the server as it is"),
        (
            "/v1/ask",
            (200, {"Access-Control-Allow-Origin": "*"}, '{"status": "crisis"}'),
            "pages of any origin may read answers; take Access-Control headers out of the proxy; the server sends its own",
        ),
    ],
)
def test_each_fault_is_named_with_what_mends_it(replying: Reply, path: str, reply: tuple[int, dict[str, str], str], fault: str) -> None:
    (line,) = wrong(replying({**WELL, path: reply}))
    assert line.endswith(fault)


def test_a_server_for_the_world_without_keys_or_tls_is_named(replying: Reply, monkeypatch: pytest.MonkeyPatch) -> None:
    url = replying({**WELL, "/v1/info": (200, WELL["/v1/info"][1], "{}"), "/metrics": (200, {}, "")})
    monkeypatch.setattr("api.server_check.names_loopback", lambda host: False)
    assert wrong(url, PAGE) == [
        "what is asked goes over the network in clear; put a proxy with TLS before it, and name that with CITEWELL_PROXIES",
        "anybody may ask without a key (200 to /v1/info); run `citewell keys create` on the server, and let the proxy pass on Host and "
        "X-Forwarded-For",
        "anybody may read /metrics; run `citewell keys create` on the server",
        f"pages of {PAGE} may not ask over http; serve over https: browsers refuse the one from the other",
        f"pages of {PAGE} may not ask there; run `citewell keys create --site --origin {PAGE}` on the server",
    ]


def test_another_server_is_told_apart(replying: Reply) -> None:
    url = replying({"/healthz": (200, {}, "hello")})
    assert wrong(url) == [f"{url} is no Citewell server (200 to /healthz); mend --url, or what stands before the server"]


def test_a_server_that_is_not_there_is_one_line(run: "Run") -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    outcome = run("doctor", "--url", url)
    assert outcome.code == 1
    assert (
        outcome.out == f"WRONG  {url} cannot be reached ([Errno 111] Connection refused); start it with `citewell serve`, or mend --url\n"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--origin", PAGE], "--origin is for the server that --url names; give both"),
        (["--url", "ftp://x"], "--url 'ftp://x' is no address of a server; write it like http://127.0.0.1:8000"),
        (["--url", "http://x", "--origin", "x"], "--origin 'x' is no origin of a page; write it like https://www.example.org"),
    ],
)
def test_wrong_use_is_one_line(run: "Run", options: list[str], message: str) -> None:
    assert run("doctor", *options).error(2) == message
