"""Pages as a browser shows them: planted markup stays words, everything fits on a small screen, forms work without scripts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from selenium.common.exceptions import NoAlertPresentException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import title_is
from selenium.webdriver.support.ui import WebDriverWait

from api.pages import DOCUMENT_HEADERS, PAGE_HEADERS, answer_page, document_page, home_page, problem_page
from api.pages.highlight import HIGHLIGHT_SCRIPT
from indexer.documents import Document
from tests.api.pages.sample_pages import ATTACKS, SAFETY, TEA, answer, entry, hostile_document, pages_of, plain, read, resource
from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

NAMES = ["abstained", "answer", "clarify", "crisis", "document", "home", "insights", "problem", "withdrawn"]
LONG = "pneumonoultramicroscopicsilicovolcanoconiosis" * 3
# Links within a sentence may be as high as its line (WCAG 2.2, 2.5.8); all else that is clicked has 24 pixels each way.
SMALL = """
return [...document.querySelectorAll("button, textarea, .call, .lines a, .months a, .brand, .answer sup a, .danger sup a")]
  .filter((one) => { const box = one.getBoundingClientRect(); return box.width < 24 || box.height < 24; })
  .map((one) => one.outerHTML.slice(0, 80));
"""


@pytest.fixture(scope="module")
def tea(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return read(tmp_path_factory.mktemp("tea"), TEA)


@pytest.fixture
def screen(browser: Chrome) -> Iterator[Chrome]:
    """The browser, set back afterwards to its own size, colours and scripts."""
    yield browser
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def show(browser: Chrome, width: int, height: int = 700, colours: str = "light") -> None:
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": colours}]})


def complaints(browser: Chrome) -> list[str]:
    """What the browser's console says of a policy that was broken, or of an error."""
    lines: list[dict[str, Any]] = browser.get_log("browser")  # type: ignore[no-untyped-call]
    return [line["message"] for line in lines if "Content Security Policy" in line["message"] or line["level"] == "SEVERE"]


@pytest.mark.parametrize("attack", ATTACKS)
def test_planted_markup_stays_words(browser: Chrome, site: Site, attack: str) -> None:
    site.pages |= pages_of(attack, hostile_document(attack))
    complaints(browser)
    for name in NAMES:
        browser.get(f"{site.address}/{name}")
        with pytest.raises(NoAlertPresentException):
            browser.switch_to.alert.accept()
        scripts = browser.execute_script("return [...document.scripts].map((script) => script.textContent)")
        assert (name, scripts) == (name, [HIGHLIGHT_SCRIPT] if name == "document" else [])
        assert browser.execute_script("return document.querySelectorAll('img, [onclick], [onerror]').length") == 0
        assert attack in browser.execute_script("return document.querySelector('main').textContent")
        assert (name, complaints(browser)) == (name, [])


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("words", ["z", LONG])
def test_every_page_fits_on_a_small_screen(screen: Chrome, site: Site, tea: Document, shots: Path | None, colours: str, words: str) -> None:
    site.pages |= pages_of(words, tea if words == "z" else hostile_document(words))
    for name in NAMES:
        for width in (320, 1000):
            show(screen, width, colours=colours)
            screen.get(f"{site.address}/{name}")
            size = screen.execute_script("return [document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
            assert (name, size[0]) == (name, width)
            assert (name, screen.execute_script(SMALL)) == (name, [])
            if shots:
                show(screen, width, min(size[1], 8000), colours)
                screen.save_screenshot(str(shots / f"{name}-{len(words)}-{width}-{colours}.png"))


@pytest.mark.parametrize(("colours", "paper"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 25, 31)")])
def test_pages_are_light_or_dark_as_the_reader_has_it(screen: Chrome, site: Site, colours: str, paper: str) -> None:
    site.pages["home"] = (home_page([entry("tea", None)], SAFETY), PAGE_HEADERS)
    show(screen, 1000, colours=colours)
    screen.get(f"{site.address}/home")
    assert screen.execute_script("return getComputedStyle(document.body).backgroundColor") == paper


def test_the_card_for_danger_is_seen_without_scrolling(screen: Chrome, site: Site) -> None:
    line = resource("us-911")
    site.pages["crisis"] = (answer_page(answer(status="crisis", resources=(line,)), "he is not breathing", SAFETY), PAGE_HEADERS)
    show(screen, 320, 568)
    screen.get(f"{site.address}/crisis")
    call = screen.find_element(By.CSS_SELECTOR, "a[href='tel:911']")
    assert call.rect["y"] + call.rect["height"] < 568
    assert call.accessible_name == "Call 911 Emergency services"
    assert screen.execute_script("return document.querySelector('main').firstElementChild.className") == "danger"


def test_a_mark_is_read_out_as_a_source(browser: Chrome, site: Site) -> None:
    site.pages["answer"] = (answer_page(answer(), "is tea old", SAFETY), PAGE_HEADERS)
    browser.get(f"{site.address}/answer")
    assert browser.find_element(By.CSS_SELECTOR, ".answer sup a").accessible_name == "source 1"
    assert browser.find_element(By.TAG_NAME, "textarea").accessible_name == "Ask another question"


@pytest.mark.parametrize("question", ["is <b>tea</b> old?", "\ntwo\n\nlines & more"])
def test_a_question_is_asked_without_scripts(screen: Chrome, site: Site, question: str) -> None:
    site.pages["problem"] = (problem_page("Busy", "Please wait.", question, (), SAFETY), PAGE_HEADERS)
    screen.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    screen.get(f"{site.address}/problem")
    screen.find_element(By.CSS_SELECTOR, ".ask button").click()
    WebDriverWait(screen, 10).until(title_is("Posted"))
    assert screen.current_url == f"{site.address}/ask"
    assert [parse_qs(sent) for sent in site.posted] == [{"question": [question.replace("\n", "\r\n")], "country": ["US"]}]
    assert "Referer" not in site.headers[0]


def test_a_suggestion_is_asked_without_scripts(screen: Chrome, site: Site) -> None:
    site.pages["answer"] = (answer_page(answer(suggestions=("Is it?", 'Is "this" <it>?')), "a", SAFETY), PAGE_HEADERS)
    screen.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    screen.get(f"{site.address}/answer")
    screen.find_elements(By.CSS_SELECTOR, ".next button")[1].click()
    WebDriverWait(screen, 10).until(title_is("Posted"))
    assert [parse_qs(sent) for sent in site.posted] == [{"question": ['Is "this" <it>?']}]


def test_keys_reach_what_can_be_used_and_show_where_they_are(browser: Chrome, site: Site) -> None:
    site.pages["document"] = (document_page(plain("Bees fly."), SAFETY), DOCUMENT_HEADERS)
    browser.get(f"{site.address}/document")
    browser.find_element(By.TAG_NAME, "body").send_keys("\ue004")  # the tab key
    focus = browser.execute_script("const here = document.activeElement; return [here.href, getComputedStyle(here).outlineWidth]")
    assert focus == ["tel:911", "3px"]
