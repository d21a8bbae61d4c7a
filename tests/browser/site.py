"""A server on this machine for pages that a browser looks at."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Site:
    """Pages by path with their headers, as a server gives them; `posted` holds the body of each form sent, `headers` those it came with."""

    address: str = ""
    pages: dict[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    posted: list[str] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)


class QuietHandler(BaseHTTPRequestHandler):
    """Answers without a word on the console."""

    def give(self, content: bytes, headers: Mapping[str, str], status: int = 200) -> None:
        """A whole response."""
        self.begin({"Content-Length": str(len(content)), **headers}, status)
        self.wfile.write(content)

    def begin(self, headers: Mapping[str, str], status: int = 200) -> None:
        """The head of a response."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *told: object) -> None:
        """A test's output is its own."""


def _handler(site: Site) -> type[QuietHandler]:
    class Handler(QuietHandler):
        def do_GET(self) -> None:
            found = site.pages.get(self.path.partition("?")[0].removeprefix("/"))
            self._send(*(found or ("<!doctype html><title>No such page</title>", {})), status=200 if found else 404)

        def do_POST(self) -> None:
            site.posted.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            site.headers.append(dict(self.headers))
            self._send("<!doctype html><title>Posted</title>", {})

        def _send(self, page: str, headers: Mapping[str, str], status: int = 200) -> None:
            self.give(page.encode(), {"Content-Type": "text/html; charset=utf-8", **headers}, status)

    return Handler


@contextmanager
def listening(handler: type[QuietHandler]) -> Iterator[str]:
    """The address of a server on this machine, as long as it is wanted."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@contextmanager
def site_server() -> Iterator[Site]:
    """Pages of a site."""
    site = Site()
    with listening(_handler(site)) as site.address:
        yield site
