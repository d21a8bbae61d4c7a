"""The HTTP application in the process of the tests, called as this machine calls it or as somebody from outside does."""

import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi.testclient import TestClient

from api.app import build_app
from api.live_bot import LiveBot
from api.metrics import Metrics
from api.services import Services
from api.settings import Settings
from api.slow_senders import PatientProtocol
from bot.pipeline import Bot

NOWHERE = Path("/nonexistent/citewell")  # a data folder without keys, into which nothing can be written


def services_of(bot: Bot, data: Path = NOWHERE, **settings: Any) -> Services:
    """The services around a bot; what is not set is as without any setting."""
    return Services.of(LiveBot(bot), Settings(data=data, **settings), Metrics())


def local_client(services: Services, **options: Any) -> TestClient:
    """A client on the server's own machine."""
    return TestClient(build_app(services), base_url="http://127.0.0.1:8000", client=("127.0.0.1", 50_000), **options)


def http_scope(method: str, path: str, headers: Iterable[tuple[bytes, bytes]], client: str = "127.0.0.1") -> dict[str, Any]:
    """What a server tells an application of a request; of any, also of one that no client would send."""
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(errors="replace"),
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": list(headers),
        "client": (client, 50_000),
        "server": ("127.0.0.1", 8000),
    }


@contextmanager
def serving(services: Services, **options: Any) -> Iterator[int]:
    """The port of a server that runs in a thread as `citewell serve` has it."""
    config: dict[str, Any] = {
        "http": PatientProtocol,
        "ws": "none",
        "access_log": False,
        "log_config": None,
        "proxy_headers": False,
        "timeout_graceful_shutdown": 1,
        "h11_max_incomplete_event_size": 16 * 1024,
    }
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(build_app(services), **{**config, **options}))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(10)
        assert not thread.is_alive()


def distant_client(services: Services, address: str = "203.0.113.7", **options: Any) -> TestClient:
    """A client somewhere else."""
    return TestClient(build_app(services), base_url="http://citewell.example", client=(address, 50_000), **options)
