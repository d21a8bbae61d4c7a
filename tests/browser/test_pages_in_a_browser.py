"""Pages as a browser shows them: planted markup stays words, everything fits on a small screen, forms work without scripts."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from selenium.common.exceptions import NoAlertPresentException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import title_is
from selenium.webdriver.support.ui import WebDriverWait

from api.pages import DOCUMENT_HEADERS, HOME_HEADERS, PAGE_HEADERS, answer_page, document_page, home_page, problem_page
from api.pages.highlight import HIGHLIGHT_SCRIPT
from indexer.documents import Document
from tests.api.pages.sample_pages import ATTACKS, SAFETY, TEA, answer, entry, hostile_document, pages_of, plain, read, resource
from tests.browser.conftest import show
from tests.browser.site import Site

pytestmark = pytest.mark.browser

NAMES = ["abstained", "answer", "clarify", "crisis", "document", "evaluation", "home", "insights", "problem", "withdrawn"]
CHAT = "widget/citewell-chat.js"
NO_CHAT = ("", {"Content-Type": "text/javascript"})
LONG = "pneumonoultramicroscopicsilicovolcanoconiosis" * 3
# Links within a sentence may be as high as its line (WCAG 2.2, 2.5.8); all else that is clicked has 24 pixels each way.
SMALL = """
return [...document.querySelectorAll(
  "button, textarea, select, summary, .call, .lines a, .months a, .titles a, .onward, .brand, .answer sup a, .danger sup a")]
  .filter((one) => { const box = one.getBoundingClientRect(); return box.width < 24 || box.height < 24; })
  .map((one) => one.outerHTML.slice(0, 80));
"""


@pytest.fixture(scope="module")
def tea(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return read(tmp_path_factory.mktemp("tea"), TEA)


def complaints(browser: Chrome) -> list[str]:
    """What the browser's console says of a policy that was broken, or of an error."""
    lines: list[dict[str, Any]] = browser.get_log("browser")  # type: ignore[no-untyped-call]
    return [line["message"] for line in lines if "Content Security Policy" in line["message"] or line["level"] == "SEVERE"]


@pytest.mark.parametrize("attack", ATTACKS)
def test_planted_markup_stays_words(browser: Chrome, site: Site, attack: str) -> None:
    site.pages |= pages_of(attack, hostile_document(attack)) | {CHAT: NO_CHAT}
    complaints(browser)
    for name in NAMES:
        browser.get(f"{site.address}/{name}")
        with pytest.raises(NoAlertPresentException):
            browser.switch_to.alert.accept()
        scripts = browser.execute_script("return [...document.scripts].map((script) => script.src || script.textContent)")
        expected = {"document": [HIGHLIGHT_SCRIPT], "home": [f"{site.address}/{CHAT}"]}
        assert (name, scripts) == (name, expected.get(name, []))
        assert browser.execute_script("return document.querySelectorAll('img, [onclick], [onerror]').length") == 0
        if name != "evaluation":  # which is of this server's own words alone
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
            screen.execute_script("for (const one of document.querySelectorAll('details')) one.open = true")
            size = screen.execute_script("return [document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
            assert (name, size[0]) == (name, width)
            assert (name, screen.execute_script(SMALL)) == (name, [])
            if shots:
                show(screen, width, min(size[1], 8000), colours)
                screen.save_screenshot(str(shots / f"{name}-{len(words)}-{width}-{colours}.png"))


@pytest.mark.parametrize(("colours", "paper"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 25, 31)")])
def test_pages_are_light_or_dark_as_the_reader_has_it(screen: Chrome, site: Site, colours: str, paper: str) -> None:
    site.pages["home"] = (home_page([entry("tea", None)], SAFETY), HOME_HEADERS)
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


# What the chat is made of: a style sheet of its own, a shadow in front of the form, a call to its server.
A_CHAT = """
customElements.define("citewell-chat", class extends HTMLElement {
  async connectedCallback() {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("p { color: rgb(1, 2, 3); }");
    const shadow = this.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(document.createElement("p"));
    shadow.firstChild.textContent = (await fetch("/told", { method: "POST", body: "tea" })).ok ? "told" : "refused";
  }
});
"""


def test_the_chat_takes_the_place_of_the_form_on_the_home_page(screen: Chrome, site: Site) -> None:
    site.pages |= {"home": (home_page([], SAFETY), HOME_HEADERS), CHAT: (A_CHAT, {"Content-Type": "text/javascript"})}
    complaints(screen)
    screen.get(f"{site.address}/home")
    said = "return document.querySelector('citewell-chat').shadowRoot.firstChild"
    WebDriverWait(screen, 10).until(lambda driver: driver.execute_script(f"{said}.textContent") == "told")
    assert screen.execute_script(f"return getComputedStyle(({said.removeprefix('return ')})).color") == "rgb(1, 2, 3)"
    assert not screen.find_element(By.CSS_SELECTOR, ".ask").is_displayed()
    assert (site.posted, complaints(screen)) == (["tea"], [])


def test_where_the_chat_does_not_come_the_home_page_has_a_form(screen: Chrome, site: Site) -> None:
    site.pages["home"] = (home_page([], SAFETY), HOME_HEADERS)
    screen.get(f"{site.address}/home")
    screen.find_element(By.ID, "question").send_keys("is tea old")
    screen.find_element(By.CSS_SELECTOR, ".ask button").click()
    WebDriverWait(screen, 10).until(title_is("Posted"))
    screen.back()
    screen.find_elements(By.CSS_SELECTOR, ".next button")[0].click()
    WebDriverWait(screen, 10).until(lambda driver: len(site.posted) == 2)
    assert [parse_qs(sent)["question"] for sent in site.posted] == [["is tea old"], ["Can ketamine damage the bladder?"]]


@pytest.mark.parametrize("width", [320, 1280])
def test_the_chat_comes_before_long_text_and_beside_it_where_there_is_room(screen: Chrome, site: Site, width: int) -> None:
    site.pages["home"] = (home_page([], SAFETY), HOME_HEADERS)
    show(screen, width)
    screen.get(f"{site.address}/home")
    title, chat, how = (screen.find_element(By.CSS_SELECTOR, part).rect for part in ("h1", ".chat", ".how"))
    if width == 320:
        assert title["y"] < chat["y"] < chat["y"] + chat["height"] <= how["y"]
    else:
        assert chat["x"] > title["x"] + title["width"]
        assert title["x"] == how["x"]


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
