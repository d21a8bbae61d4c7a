"""The chat in a page of another origin under a strict policy, as somebody uses it."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.shadowroot import ShadowRoot
from selenium.webdriver.remote.webelement import WebElement

from tests.browser.scripted_server import Scripted
from tests.browser.site import Site

_T = TypeVar("_T")
_PATIENCE = 10.0  # seconds
_ASK = """
const [questions, done] = arguments, chat = document.querySelector("citewell-chat");
const next = () => (questions.length ? chat.ask(questions.shift()) : done());
for (const name of ["answer", "error"]) chat.addEventListener(`citewell-${name}`, () => setTimeout(next));
next();
"""


def policy(server: str) -> str:
    """What a careful site lets the chat do: its script, its server, and nothing else; no style of any kind."""
    return f"default-src 'none'; script-src {server}; connect-src {server}"


class ChatPage:
    """A page of `site` with the chat of `server` in it."""

    def __init__(self, browser: Chrome, site: Site, server: Scripted) -> None:
        self.browser = browser
        self.site = site
        self.server = server

    def open(self, attributes: str = "open", around: str = "", headers: dict[str, str] | None = None) -> "ChatPage":
        """Show a page with one chat of these attributes, beside the markup `around`."""
        tag = f'<citewell-chat server="{self.server.address}" {attributes}></citewell-chat>'
        return self.open_page(f"{around}{tag}", headers)

    def open_page(self, body: str, headers: dict[str, str] | None = None) -> "ChatPage":
        """Show a page of this body, with the chat's script."""
        page = (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f'<title>Host</title><script type="module" src="{self.server.address}/widget/citewell-chat.js"></script></head>'
            f"<body>{body}</body></html>"
        )
        self.site.pages["host"] = (page, {"Content-Security-Policy": policy(self.server.address), **(headers or {})})
        self.browser.get_log("browser")  # type: ignore[no-untyped-call]
        self.browser.get(f"{self.site.address}/host")
        self.until(lambda: self.script("return !!document.querySelector('citewell-chat')?.shadowRoot?.firstChild"))
        return self

    def script(self, text: str, *arguments: object) -> Any:
        """What a script of the page gives. `chat` is the element, `root` its shadow root."""
        return self.browser.execute_script(
            f"const chat = document.querySelector('citewell-chat'), root = chat && chat.shadowRoot; {text}", *arguments
        )

    @property
    def root(self) -> ShadowRoot:
        return self.browser.find_element(By.TAG_NAME, "citewell-chat").shadow_root

    def all(self, selector: str) -> list[WebElement]:
        return self.root.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str) -> WebElement:
        """The first such element, as soon as there is one."""
        return self.until(lambda: self.all(selector))[0]

    def texts(self, selector: str) -> list[str]:
        return [
            str(text) for text in self.script("return [...root.querySelectorAll(arguments[0])].map((one) => one.textContent)", selector)
        ]

    def text(self, selector: str) -> str:
        """All text of the first such element, seen or not."""
        return self.texts(selector)[0]

    def press(self, words: str) -> None:
        """Click the first visible button or link of these words."""
        pressed = (
            "const found = [...root.querySelectorAll('button, a, summary')]"
            ".find((one) => one.checkVisibility() && one.innerText.trim() === arguments[0]); return found || null"
        )
        self.until(lambda: self.script(pressed, words)).click()

    def send(self, question: str) -> None:
        """Ask, without waiting for anything."""
        self.one(".input").send_keys(question + "\n")

    def ask(self, question: str) -> None:
        """Ask, and wait until it is answered or has failed."""
        self.send(question)
        self.ends()

    def ask_all(self, *questions: str) -> None:
        """Ask from a script, as a page may, each when the one before is answered or has failed."""
        self.browser.execute_async_script(_ASK, questions)

    def ends(self) -> None:
        """Wait until nothing is waited for."""
        self.until(lambda: not self.all(".wait"))

    def typed(self) -> str:
        """What stands in the input."""
        return str(self.script("return root.querySelector('.input').value"))

    def focused(self) -> str:
        """The classes of what has the focus in the chat; empty where it is elsewhere."""
        return str(self.script("return root.activeElement ? root.activeElement.className || root.activeElement.tagName : ''"))

    def until(self, condition: Callable[[], _T]) -> _T:
        """What a condition gives once it is true."""
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                found = condition()
            except StaleElementReferenceException:
                found = None
            if found or time.monotonic() > end:
                assert found, "waited in vain"
                return found
            time.sleep(0.01)

    def complaints(self) -> list[str]:
        """What the console says of a policy that was broken, or of an error. A refusal by the server is none."""
        lines: list[dict[str, Any]] = self.browser.get_log("browser")  # type: ignore[no-untyped-call]
        return [line["message"] for line in lines if line["level"] == "SEVERE" and "Failed to load resource" not in line["message"]]

    def style(self, css: str) -> None:
        """Give the page a style of its own, which its policy lets no tag do."""
        self.script("const sheet = new CSSStyleSheet(); sheet.replaceSync(arguments[0]); document.adoptedStyleSheets = [sheet]", css)

    def box(self, selector: str) -> dict[str, float]:
        """Where the first such element stands on the screen: `left`, `top` and so on."""
        found: dict[str, float] = self.script("return root.querySelector(arguments[0]).getBoundingClientRect().toJSON()", selector)
        return found

    def computed(self, selector: str, *names: str) -> list[str]:
        """Computed styles of the first such element: those named, or all there are."""
        script = "const all = getComputedStyle(root.querySelector(arguments[0])), names = arguments[1].length ? arguments[1] : [...all];"
        return [str(value) for value in self.script(f"{script} return names.map((name) => all.getPropertyValue(name))", selector, names)]
