"""The HTTP application in the process of the tests, called as this machine calls it or as somebody from outside does."""

from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from api.app import build_app
from api.live_bot import LiveBot
from api.metrics import Metrics
from api.services import Services
from api.settings import Settings
from bot.pipeline import Bot

NOWHERE = Path("/nonexistent/citewell")  # a data folder without keys, into which nothing can be written


def services_of(bot: Bot, data: Path = NOWHERE, **settings: Any) -> Services:
    """The services around a bot; what is not set is as without any setting."""
    return Services.of(LiveBot(bot), Settings(data=data, **settings), Metrics())


def local_client(services: Services, **options: Any) -> TestClient:
    """A client on the server's own machine."""
    return TestClient(build_app(services), base_url="http://127.0.0.1:8000", client=("127.0.0.1", 50_000), **options)


def distant_client(services: Services, address: str = "203.0.113.7", **options: Any) -> TestClient:
    """A client somewhere else."""
    return TestClient(build_app(services), base_url="http://citewell.example", client=(address, 50_000), **options)
