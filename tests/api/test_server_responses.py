"""`citewell evaluate --url`: a running server is evaluated as the bot behind it, and whatever it does else is one line."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.pipeline import Bot
from tests.applications import services_of, serving

if TYPE_CHECKING:
    from tests.api.conftest import Evaluate, Run

pytestmark = pytest.mark.usefixtures("bare_environment")
PROBLEM = {"detail": "the answers are not available right now", "status": 503}


@pytest.fixture
def served(mixed_index_folder: Path) -> Iterator[str]:
    """The address of a server over the mixed index."""
    bot = Bot.open(mixed_index_folder)
    with serving(services_of(bot)) as port:
        yield f"http://127.0.0.1:{port}"
    bot.usable_index().store.close()


@pytest.fixture
def replying() -> Iterator[Any]:
    """`replying(status, body)`: the address of a server that replies so to everything."""
    servers: list[HTTPServer] = []

    def start(status: int, body: str) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, format: str, *given: object) -> None:  # noqa: A002
                pass

        servers.append(HTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever).start()
        return f"http://127.0.0.1:{servers[-1].server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.model
def test_a_server_is_evaluated_as_the_bot_behind_it(run: "Run", evaluate: "Evaluate", gold: Path, served: str, tmp_path: Path) -> None:
    evaluate("--output", tmp_path / "here.json")
    outcome = run("evaluate", "--gold", gold, "--url", f"{served}/", "--output", tmp_path / "there.json")
    assert (outcome.code, outcome.err, outcome.out.splitlines()[-1]) == (
        0,
        f"written: {tmp_path / 'there.json'}\n",
        "3 of 4 questions right",
    )
    here, there = (json.loads((tmp_path / name).read_text(encoding="utf-8")) for name in ("here.json", "there.json"))
    assert there["about"] == {
        "receipt": here["about"]["receipt"],
        "documents": None,
        "server": served,
        "threshold": None,
        "target_risk": None,
        "memory_mb": None,
    }
    assert there["ablation"] == {}
    assert there["measures"]["span_validity"] == here["measures"]["span_validity"]
    assert there["measures"]["span_validity"]["value"] == 1
    assert [item["sections"] for item in there["items"]] == [item["sections"] for item in here["items"]]
    assert "key_fact_recall_best" not in there["measures"]


@pytest.mark.model
def test_a_server_has_floors_of_its_own_over_the_same_documents(run: "Run", evaluate: "Evaluate", gold: Path, served: str) -> None:
    evaluate("--gate", "--update")
    there = ("--gold", gold, "--url", served, "--gate")
    assert run("evaluate", *there, "--update", "--baseline", "server.json").code == 0
    here, pinned = (json.loads(file.read_text(encoding="utf-8")) for file in (gold.parent / "baseline.json", Path("server.json")))
    assert (pinned["documents"], pinned["bounds"]["dev"]["recall@5"]) == (here["documents"], here["bounds"]["dev"]["recall@5"])
    assert run("evaluate", *there, "--baseline", "server.json").code == 0
    code, _, err = run("evaluate", *there)
    assert (code, err.splitlines()[0]) == (1, "dev: key_fact_recall_best was not measured, and has a floor")


@pytest.mark.parametrize(
    ("status", "body", "line"),
    [
        (503, json.dumps(PROBLEM), "/v1/ask replied 503 (the answers are not available right now); see that the server is well"),
        (404, "<html>", "/v1/ask replied 404 (Not Found); see that the server is well"),
        (200, "<html>", "/v1/ask did not reply with JSON; name a Citewell server with --url"),
        (200, "{}", "/v1/ask is no Citewell server of this version (status: Field required); mend --url"),
        (
            200,
            "[1]",
            "/v1/ask is no Citewell server of this version (the reply: Input should be a dictionary or an instance of Answer); mend --url",
        ),
    ],
)
def test_a_server_that_does_not_answer_is_named(
    run: "Run", gold: Path, tmp_path: Path, replying: Any, status: int, body: str, line: str
) -> None:
    url = replying(status, body)
    assert run("evaluate", "--gold", gold, "--url", url, "--output", tmp_path / "a.json").error(1) == url + line
    assert not (tmp_path / "a.json").exists()


def test_a_server_that_is_not_there_is_named(run: "Run", gold: Path) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        line = run("evaluate", "--gold", gold, "--url", url).error(1)
    assert line == f"{url} cannot be reached ([Errno 111] Connection refused); start it with `citewell serve`, or name another with --url"


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://x", "file:///etc/passwd", "http://", "http://[", "http://x:70000", "http://x y"])
def test_what_is_no_address_of_a_server_is_refused(run: "Run", gold: Path, url: str) -> None:
    assert run("evaluate", "--gold", gold, "--url", url).error(2) == (
        f"--url {url!r} is no address of a server; write it like http://127.0.0.1:8000"
    )
