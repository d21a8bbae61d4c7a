"""The chat as part of a page: with the real server, under any style and policy, several at once, moved, changed and taken away."""

import json
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By

from api.keys import Keyring
from bot.pipeline import Bot
from tests.api.pages.sample_pages import answer, crisis
from tests.applications import services_of, serving
from tests.browser.chat_page import ChatPage, policy
from tests.browser.conftest import show
from tests.browser.scripted_server import Reply, Scripted, scripted_server
from tests.browser.site import Site, site_server

pytestmark = pytest.mark.browser

QUESTION = "how long should tea steep"
TEA = "Black tea steeps for three to five minutes."
UNREACHABLE = "The answers can't be reached right now. Your question is still here."
CRISIS = crisis(notices=())
CLOSED = "This chat is not set up for this site yet. Your question is still here."
ADD_CHAT = """
const [server, place, done] = arguments, added = document.createElement("script");
Object.assign(added, { type: "module", src: `${server}/widget/citewell-chat.js` });
added.onload = () => {
  const made = document.createElement("citewell-chat");
  made.setAttribute("server", server);
  made.setAttribute("exit-url", "/left");
  place.append(made);
  requestAnimationFrame(() => done());
};
document.head.append(added);
"""


def visit(chat: ChatPage, body: str) -> None:
    """Show a page that knows of no chat yet."""
    page = f'<!doctype html><html lang="en"><head><title>Host</title></head><body>{body}</body></html>'
    chat.site.pages["host"] = (page, {"Content-Security-Policy": policy(chat.server.address)})
    chat.browser.get(f"{chat.site.address}/host")


def press_escape(browser: Chrome, times: int) -> None:
    ActionChains(browser).send_keys(*[Keys.ESCAPE] * times).perform()


# With the real server.


@pytest.fixture(scope="module")
def real(tiny_versions: Path, server: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Scripted, str]]:
    """A server that knows of tea, and its key for pages of the site."""
    data = tmp_path_factory.mktemp("data")
    key = Keyring(data).create("site", "page", (server.address,), date(2026, 11, 23))[0]
    bot = Bot.open(tiny_versions / "index")
    with serving(services_of(bot, data)) as port:
        yield Scripted(f"http://127.0.0.1:{port}"), key
    bot.usable_index().store.close()


@pytest.fixture
def real_chat(screen: Chrome, site: Site, real: tuple[Scripted, str]) -> Iterator[ChatPage]:
    show(screen, 1000)
    yield ChatPage(screen, site, real[0])
    screen.get("about:blank")


def test_a_page_elsewhere_asks_with_its_key(real_chat: ChatPage, real: tuple[Scripted, str]) -> None:
    chat = real_chat.open(f'open language="es" site-key="{real[1]}"')
    chat.until(lambda: chat.text(".label") == "Su pregunta")
    chat.ask(QUESTION)
    assert TEA in "".join(chat.texts(".sentence"))
    assert chat.one("a.link").get_attribute("href").startswith(f"{chat.server.address}/documents/tea#")  # type: ignore[union-attr]
    chat.press("Sí")
    chat.until(lambda: chat.texts(".rating") == ["Gracias."])
    chat.press("Acerca de este chat automático")
    chat.until(lambda: "Las respuestas son citas de 5 documentos revisados." in chat.text(".aside"))
    assert chat.complaints() == []


@pytest.mark.parametrize("question", [QUESTION, "he is not breathing"])
def test_a_page_without_a_key_is_told_so_but_danger_is_answered(real_chat: ChatPage, question: str) -> None:
    chat = real_chat.open()
    chat.ask(question)
    is_danger = question != QUESTION
    assert chat.texts(".failure p:first-child") == ([] if is_danger else [CLOSED])
    assert [text[:12] for text in chat.texts(".now")] == (["Call 911 now"] if is_danger else [])


def test_a_page_that_is_not_listed_reads_nothing_and_says_so_kindly(real_chat: ChatPage, real: tuple[Scripted, str]) -> None:
    with site_server() as unlisted:
        chat = ChatPage(real_chat.browser, unlisted, real[0]).open(f'open site-key="{real[1]}"')
        chat.ask(QUESTION)
        assert chat.texts(".question") == [f"You asked: {QUESTION}"]
        assert chat.texts(".failure p:first-child") == [UNREACHABLE]  # the browser does not tell the page that it was refused
        assert chat.texts(".failure .call")[0] == "Call 911 Emergency services"
        chat.browser.get("about:blank")


def test_the_home_page_of_the_server_answers(real_chat: ChatPage) -> None:
    real_chat.browser.get(f"{real_chat.server.address}/")
    real_chat.until(lambda: real_chat.all(".input"))
    assert not real_chat.browser.find_element(By.CSS_SELECTOR, "citewell-chat form").is_displayed()
    real_chat.ask(QUESTION)
    assert TEA in "".join(real_chat.texts(".sentence"))
    assert real_chat.box(".panel")["x"] >= 0


# With a server that does what the test says.


@pytest.mark.parametrize("key", [None, "cw_site_a_b"])
def test_only_its_server_is_asked_and_only_once_somebody_turns_to_it(chat: ChatPage, key: str | None) -> None:
    attributes = f'site-key="{key}"' if key else ""
    chat.open(attributes, headers={"Set-Cookie": "host=1; Path=/", "Referrer-Policy": "unsafe-url"})
    assert [path for _, path, _ in chat.server.requests] == ["/widget/citewell-chat.js"]
    chat.press("Ask a question")
    chat.ask("is tea old")
    chat.press("Yes")
    chat.until(lambda: chat.server.ratings)
    own = [(method, path, headers) for method, path, headers in chat.server.requests if path.startswith("/v1/")]
    assert {path for _, path, _ in own} == {"/v1/info", "/v1/ask/stream", "/v1/feedback"}
    for method, path, headers in own:
        assert "referer" not in headers
        assert "cookie" not in headers
        assert (path, headers.get("authorization")) == (path, f"Bearer {key}" if key and method != "OPTIONS" else None)
    asked = chat.script("return performance.getEntriesByType('resource').map(({ name }) => new URL(name).origin)")
    assert set(asked) == {chat.server.address}
    assert chat.complaints() == []  # and the page's policy let it ask nobody else
    chat.browser.delete_all_cookies()


def test_nothing_is_stored(chat: ChatPage) -> None:
    chat.server.replies = [Reply(headers={"Set-Cookie": "a=1; Path=/", "Cache-Control": "max-age=60"})]
    chat.open().ask("is tea old")
    chat.press("Yes")
    stored = chat.browser.execute_async_script(
        "const done = arguments[0]; Promise.all([indexedDB.databases(), caches.keys(), navigator.serviceWorker.getRegistrations()])"
        ".then((found) => done([...found, {...localStorage}, {...sessionStorage}, document.cookie, window.name, history.state]))"
    )
    assert stored == [[], [], [], {}, {}, "", "", None]
    assert chat.browser.current_url == f"{chat.site.address}/host"


HOSTILE = """
* { all: unset !important; display: none !important; transition: all 9s !important }
* { text-transform: uppercase !important; letter-spacing: 1em !important; direction: ltr !important; zoom: 1.5 }
html, body { display: block !important; font-size: 4px !important }
body { transform: scale(.5) !important; overflow: hidden !important; opacity: .1 !important; filter: blur(2px) !important }
citewell-chat { display: none !important; visibility: hidden !important; font-size: 3px !important; color: red !important }
.launch, .input, button, dialog, p, a { color: red !important; font: 3px serif !important }
"""
PARTS = [".panel", ".heading", ".help", ".question", ".sentence", ".mark", ".call", ".suggestion", ".input", ".send"]


def test_a_hostile_style_of_the_page_changes_nothing_in_the_chat(chat: ChatPage) -> None:
    seen: list[Any] = []
    for css in ("", HOSTILE):
        chat.open()
        chat.style(css)
        chat.script("chat.open = false")
        closed = [chat.computed(".launch"), chat.box(".launch")]
        chat.press("Ask a question")
        chat.ask("is tea old")
        chat.script("document.activeElement.blur(); for (const one of root.getAnimations()) one.finish()")
        seen.append([closed, [[part, chat.computed(part), chat.box(part)] for part in PARTS]])
    assert len(seen[0][0][0]) > 100
    assert seen[0] == seen[1]


# What the driver of the browser leaves in the page is no doing of the chat.
SNAPSHOT = """
const styles = [document.documentElement, document.body, document.querySelector("#host")].map((one) => {
  const style = getComputedStyle(one);
  return [...style].map((name) => name + style.getPropertyValue(name));
});
const names = Object.getOwnPropertyNames(window).filter((name) => !/^(cdc_|se_|ret_nodes)/.test(name)).sort();
const markup = document.documentElement.outerHTML.replace(/<(script|citewell-chat).*?<.(script|citewell-chat)>/g, "");
return [styles, names, markup, document.title, document.styleSheets.length, document.adoptedStyleSheets.length];
"""


def test_the_chat_changes_nothing_of_the_page(chat: ChatPage) -> None:
    visit(chat, '<p id="host" class="sentence">Host</p>')
    before = chat.script(SNAPSHOT)
    chat.browser.execute_async_script(ADD_CHAT, chat.server.address, chat.browser.find_element(By.TAG_NAME, "body"))
    chat.press("Ask a question")
    chat.ask("is tea old")
    chat.press("Get help now")
    assert chat.script(SNAPSHOT) == before
    assert chat.script("return chat.childNodes.length") == 0
    chat.script("chat.remove()")
    assert chat.script(SNAPSHOT) == before


def listeners(chat: ChatPage, of: str) -> int:
    """How many listeners there are on something of the page."""
    found = chat.browser.execute_cdp_cmd("Runtime.evaluate", {"expression": of})["result"]["objectId"]
    return len(chat.browser.execute_cdp_cmd("DOMDebugger.getEventListeners", {"objectId": found})["listeners"])


def test_taken_away_it_leaves_nothing_behind(chat: ChatPage) -> None:
    chat.server.replies = [Reply(held=1)]
    visit(chat, "<p>Host</p>")
    before = [listeners(chat, of) for of in ("document", "window", "document.body")]
    chat.browser.execute_async_script(ADD_CHAT, chat.server.address, chat.browser.find_element(By.TAG_NAME, "body"))
    assert [listeners(chat, of) for of in ("document", "window", "document.body")] != before
    chat.press("Ask a question")
    chat.send("is tea old")
    chat.one(".understood, .wait")
    chat.script("window.failures = []; chat.addEventListener('citewell-error', ({ detail }) => failures.push(detail.kind)); chat.remove()")
    chat.until(lambda: chat.script("return failures.length") == 1)
    assert chat.script("return failures") == ["stopped"]
    assert [listeners(chat, of) for of in ("document", "window", "document.body")] == before
    press_escape(chat.browser, 3)
    assert (chat.browser.title, chat.browser.find_element(By.TAG_NAME, "body").text) == ("Host", "Host")


def test_moved_to_another_place_it_keeps_its_conversation(chat: ChatPage) -> None:
    chat.open_page(f'<citewell-chat server="{chat.server.address}" open></citewell-chat><aside></aside>').ask("is tea old")
    chat.script("document.querySelector('aside').append(chat)")
    assert chat.texts(".sentence") == ["Quote 1.\u00a0Source 1", "Quote 2.\u00a0Source 1\u00a0Source 2"]
    chat.ask("is it hot")
    assert [one["content"] for one in chat.server.asked[1]["history"]] == ["is tea old", "Quote 1. [1] Quote 2. [1] [2]"]
    press_escape(chat.browser, 1)
    assert not chat.one("dialog").is_displayed()


def test_several_chats_share_nothing(chat: ChatPage) -> None:
    with scripted_server() as other:
        other.replies = [Reply(answer(text="No."))]
        chat.open_page(
            f'<citewell-chat server="{chat.server.address}"></citewell-chat>'
            f'<citewell-chat server="{other.address}" position="left" language="es" country="GB"></citewell-chat>'
            '<citewell-chat position="inline"></citewell-chat>'
            f'<script type="module" src="{other.address}/widget/citewell-chat.js"></script>',
            {"Content-Security-Policy": policy(f"{chat.server.address} {other.address}")},
        )
        roots = [found.shadow_root for found in chat.browser.find_elements(By.TAG_NAME, "citewell-chat")]
        chat.until(lambda: "Hacer una pregunta" in roots[1].find_element(By.CSS_SELECTOR, ".launch").text)
        for root, question in zip(roots, ("first", "second", "third"), strict=True):
            for launch in root.find_elements(By.CSS_SELECTOR, ".launch:not(.urge)"):
                launch.click()
            root.find_element(By.CSS_SELECTOR, ".input").send_keys(question + "\n")
            chat.until(partial(root.find_elements, By.CSS_SELECTOR, ".sentence"))
            (asked,) = root.find_elements(By.CSS_SELECTOR, ".question")
            assert asked.text.endswith(question)
        assert [came["question"] for came in chat.server.asked] == ["first", "third"]
        assert [(came["question"], came["history"], came["country"]) for came in other.asked] == [("second", [], "GB")]
        assert chat.script("return document.activeElement === document.querySelectorAll('citewell-chat')[2]")
        roots[1].find_element(By.CSS_SELECTOR, ".input").click()
        press_escape(chat.browser, 1)
        assert [root.find_element(By.CSS_SELECTOR, ".panel").is_displayed() for root in roots] == [True, False, True]
        assert chat.complaints() == []


def test_it_needs_no_trusted_types(chat: ChatPage) -> None:
    trusted = f"{policy(chat.server.address)}; require-trusted-types-for 'script'; trusted-types 'none'"
    chat.open('open language="es"', headers={"Content-Security-Policy": trusted})
    chat.until(lambda: chat.text(".label") == "Su pregunta")
    chat.ask("is tea old")
    chat.one(".mark").click()
    chat.press("Pedir ayuda ahora")
    assert (len(chat.texts(".sentence")), len(chat.texts(".aside .call")), chat.complaints()) == (2, 12, [])


def test_it_works_within_another_element(chat: ChatPage) -> None:
    visit(chat, "<div></div>")
    place = chat.script("return document.querySelector('div').attachShadow({ mode: 'open' }).appendChild(document.createElement('p'))")
    chat.browser.execute_async_script(ADD_CHAT, chat.server.address, place)
    chat.script("window.seen = []; document.addEventListener('citewell-answer', ({ detail }) => seen.push(detail.status))")
    root = chat.browser.find_element(By.TAG_NAME, "div").shadow_root.find_element(By.CSS_SELECTOR, "citewell-chat").shadow_root
    root.find_element(By.CSS_SELECTOR, ".launch").click()
    root.find_element(By.CSS_SELECTOR, ".input").send_keys("is tea old\n")
    chat.until(lambda: root.find_elements(By.CSS_SELECTOR, ".sentence"))
    assert chat.script("return seen") == ["answered"]
    press_escape(chat.browser, 1)
    assert not root.find_element(By.CSS_SELECTOR, ".panel").is_displayed()
    focused = "return document.activeElement.shadowRoot?.activeElement?.shadowRoot.activeElement?.className"
    assert chat.script(focused) == "launch"


FORM = '<form action="/ask" method="post"><input name="question"><button>Ask</button></form>'


def test_without_javascript_what_is_in_the_tag_is_shown(chat: ChatPage) -> None:
    visit(chat, f"<citewell-chat>{FORM}</citewell-chat>")
    chat.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    chat.browser.refresh()
    chat.browser.find_element(By.TAG_NAME, "input").send_keys("is tea old")
    chat.browser.find_element(By.TAG_NAME, "button").click()
    chat.until(lambda: chat.browser.title == "Posted")
    assert chat.site.posted == ["question=is+tea+old"]


def test_with_javascript_the_chat_stands_in_place_of_it(chat: ChatPage) -> None:
    chat.open_page(f"<citewell-chat>{FORM}</citewell-chat>")
    assert not chat.browser.find_element(By.TAG_NAME, "form").is_displayed()
    assert chat.one(".launch").is_displayed()


def test_nothing_of_the_page_lies_over_it(chat: ChatPage) -> None:
    chat.open_page("<citewell-chat></citewell-chat><div></div>")
    chat.style("div { position: fixed; inset: 0; z-index: 2147483647; background: red }")
    chat.press("Ask a question")
    chat.one(".input").click()
    assert chat.focused() == "input"


def test_the_page_is_told_what_happens(chat: ChatPage) -> None:
    chat.server.replies = [Reply(answer()), Reply(CRISIS), Reply(status=503)]
    chat.open()
    chat.script(
        "window.seen = []; for (const name of ['answer', 'crisis', 'error', 'feedback']) document.body.addEventListener(`citewell-${name}`,"
        "({ type, target, bubbles, composed, detail }) => seen.push([type, target === chat, bubbles, composed, detail]))"
    )
    chat.ask("is tea old")
    chat.press("No")
    chat.press("Hard to understand")
    chat.until(lambda: chat.texts(".rating") == ["Thank you."])
    chat.ask("he is not breathing")
    chat.ask("is tea hot")
    first, second = (json.loads(json.dumps(given.to_dict())) for given in (answer(), CRISIS))
    assert chat.script("return seen") == [
        ["citewell-answer", True, True, True, first],
        ["citewell-feedback", True, True, True, {"rating": "down", "reason": "unclear"}],
        ["citewell-answer", True, True, True, second],
        ["citewell-crisis", True, True, True, second],
        ["citewell-error", True, True, True, {"kind": "busy", "status": 503, "wait": 0}],
    ]
