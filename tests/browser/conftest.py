"""One Chromium for all tests here, and a server on this machine for the pages it looks at."""

import os
import shutil
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

# No sandbox, as tests may run as root in a container; nothing is fetched in the background.
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run "
    "--hide-scrollbars --disable-dev-shm-usage"
).split()


@dataclass
class Site:
    """Pages by path with their headers, as a server gives them; `posted` holds the body of each form sent, `headers` those it came with."""

    address: str = ""
    pages: dict[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    posted: list[str] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = site.pages.get(self.path.partition("?")[0].removeprefix("/"))
            self._send(*(found or ("<!doctype html><title>No such page</title>", {})), status=200 if found else 404)

        def do_POST(self) -> None:
            site.posted.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            site.headers.append(dict(self.headers))
            self._send("<!doctype html><title>Posted</title>", {})

        def _send(self, page: str, headers: Mapping[str, str], status: int = 200) -> None:
            content = page.encode()
            self.send_response(status)
            for name, value in {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *told: object) -> None:
            """A test's output is its own."""

    return Handler


@pytest.fixture(scope="session")
def server() -> Iterator[Site]:
    site = Site()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(site)) as listening:
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        site.address = f"http://127.0.0.1:{listening.server_port}"
        yield site
        listening.shutdown()
        thread.join()


@pytest.fixture
def site(server: Site) -> Iterator[Site]:
    """The server, without pages."""
    yield server
    for kept in (server.pages, server.posted, server.headers):
        kept.clear()


@pytest.fixture(scope="session")
def browser() -> Iterator[Chrome]:
    """Debian's Chromium, started once."""
    chromium, chromedriver = (shutil.which(name) for name in ("chromium", "chromedriver"))
    if not chromium or not chromedriver:
        pytest.fail("tests/browser needs Chromium and its driver: `apt-get install chromium chromium-driver` (Debian)", pytrace=False)
    options = ChromeOptions()
    options.binary_location = chromium
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options=options, service=Service(chromedriver, log_output=os.devnull))
    yield driver
    driver.quit()


@pytest.fixture
def shots() -> Path | None:
    """Where pictures of the pages are put, for people to look at; nowhere unless CITEWELL_SHOTS names a folder."""
    named = os.environ.get("CITEWELL_SHOTS")
    if named:
        Path(named).mkdir(parents=True, exist_ok=True)
    return Path(named) if named else None
