"""One Chromium for all tests here, and a server on this machine for the pages it looks at."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from tests.browser.chat_page import ChatPage
from tests.browser.scripted_server import Scripted, scripted_server
from tests.browser.site import Site, site_server

# No sandbox, as tests may run as root in a container; nothing is fetched in the background.
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run "
    "--hide-scrollbars --disable-dev-shm-usage"
).split()


@pytest.fixture(scope="session")
def server() -> Iterator[Site]:
    with site_server() as site:
        yield site


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


def show(browser: Chrome, width: int, height: int = 800, colours: str = "light", **features: str) -> None:
    """A screen of this size; `features` of media by their names, with underscores."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    media = {"prefers-color-scheme": colours, **{name.replace("_", "-"): value for name, value in features.items()}}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": name, "value": value} for name, value in media.items()]})


@pytest.fixture
def screen(browser: Chrome) -> Iterator[Chrome]:
    """The browser, set back afterwards to its own size, colours and scripts."""
    yield browser
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.fixture(scope="session")
def answers() -> Iterator[Scripted]:
    with scripted_server() as server:
        yield server


@pytest.fixture
def chat(screen: Chrome, site: Site, answers: Scripted) -> Iterator[ChatPage]:
    """Pages with the chat, on a screen of a desk; a test says with `open` what stands in them."""
    show(screen, 1000)
    yield ChatPage(screen, site, answers)
    screen.get("about:blank")
    answers.reset()
