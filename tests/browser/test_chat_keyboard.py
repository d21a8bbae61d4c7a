"""The chat by keys alone: where the focus goes, what shows where it is, and that it is never lost."""

from collections.abc import Iterator

import pytest
from selenium.webdriver import ActionChains, Chrome, Keys

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import show
from tests.browser.scripted_server import Reply
from tests.browser.test_chat_accessibility import CONTRAST, CRISIS, URGENT, click

pytestmark = pytest.mark.browser

# What has the focus: its name, and what is wrong with how that is seen.
FOCUS = f"""
{CONTRAST}
let one = document.activeElement;
while (one.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
const {{ outlineWidth, outlineStyle, outlineColor, outlineOffset }} = getComputedStyle(one);
const {{ x, width, top, bottom }} = one.getBoundingClientRect(), middle = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
const hit = one.getRootNode().elementFromPoint(x + width / 2, middle), problems = [];
if (`${{outlineWidth}} ${{outlineStyle}}` !== "3px solid") problems.push("no outline");
if (contrast(outlineColor, parseFloat(outlineOffset) < 0 ? one : one.parentElement) < 3) problems.push("faint outline");
if (!one.contains(hit)) problems.push(`under ${{hit?.className}}`);
return [one.id || one.classList[0] || one.tagName, problems.join(", ")];
"""


@pytest.fixture(autouse=True)
def focused(browser: Chrome) -> Iterator[None]:
    """Afterwards the page has the focus again: tab leads out of it, and then none that comes later would have it."""
    yield
    browser.execute_cdp_cmd("Page.bringToFront", {})


def press(chat: ChatPage, *keys: str, shift: bool = False) -> None:
    actions = ActionChains(chat.browser)
    (actions.key_down(Keys.SHIFT).send_keys(*keys).key_up(Keys.SHIFT) if shift else actions.send_keys(*keys)).perform()


def here(chat: ChatPage) -> str:
    """What has the focus, in the chat or in the page around it."""
    return str(chat.script(FOCUS)[0])


def focus(chat: ChatPage, selector: str) -> None:
    chat.one(selector)
    chat.script("root.querySelector(arguments[0]).focus()", selector)


def walk(chat: ChatPage, end: str, shift: bool = False) -> tuple[str, dict[str, str]]:
    """What tab leads to until it comes to `end`, and what is wrong there with how the focus is seen."""
    names: list[str] = []
    problems: dict[str, str] = {}
    while len(names) < 40 and end not in names:
        press(chat, Keys.TAB, shift=shift)
        name, problem = chat.script(FOCUS)
        names.append(name)
        problems |= {name: problem} if problem and name != end else {}
    return " ".join(names), problems


def between(chat: ChatPage, attributes: str = "") -> ChatPage:
    """A chat between two buttons of its page."""
    tag = f'<citewell-chat server="{chat.server.address}" {attributes}></citewell-chat>'
    return chat.open_page(f'<button id="before">Before</button>{tag}<button id="after">After</button>')


ANSWER = "quiet mark link link mark mark mark suggestion suggestion SUMMARY tool tool tool"
WAY = f"close help leave scroller {ANSWER} question send tool tool tool"


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_tab_leads_through_all_of_it_as_it_is_read_and_back(chat: ChatPage, colours: str) -> None:
    show(chat.browser, 1000, colours=colours)
    between(chat, "open").ask("are xans ketamine")
    click(chat, ".mark")
    chat.script("document.getElementById('before').focus()")
    assert walk(chat, "after") == (f"{WAY} after", {})
    assert walk(chat, "before", shift=True) == (" ".join([*reversed(WAY.split()), "before"]), {})


@pytest.mark.parametrize("height", [800, 256])
def test_nothing_covers_what_has_the_focus(chat: ChatPage, height: int) -> None:
    show(chat.browser, 481, height)
    chat.server.replies = [Reply(CRISIS), Reply(URGENT)]
    between(chat, "open")
    for _ in range(2):
        chat.ask("he is not breathing")
    assert walk(chat, "before", shift=True)[1] == {}
    assert walk(chat, "after")[1] == {}


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_launcher_is_reached_and_seen(chat: ChatPage, colours: str) -> None:
    show(chat.browser, 1000, colours=colours)
    assert walk(between(chat), "after") == ("before launch launch after", {"before": "no outline"})


@pytest.mark.parametrize("key", [Keys.ENTER, Keys.SPACE])
def test_a_whole_conversation_without_a_mouse(chat: ChatPage, key: str) -> None:
    between(chat)
    press(chat, Keys.TAB, Keys.TAB, key)
    assert here(chat) == "question"
    press(chat, "is tea old", Keys.ENTER)
    chat.until(lambda: chat.all(".rating"))
    assert here(chat) == "question"
    focus(chat, ".mark")
    press(chat, key)
    assert (here(chat), chat.one(".mark").get_attribute("aria-expanded"), chat.one(".source").is_displayed()) == ("mark", "true", True)
    press(chat, key)
    assert (here(chat), chat.one(".source").is_displayed()) == ("mark", False)
    focus(chat, ".suggestion")
    press(chat, key)
    chat.until(lambda: len(chat.all(".rating")) == 2)
    press(chat, Keys.ESCAPE)
    assert (here(chat), chat.script("return chat.open")) == ("launch", False)


@pytest.mark.parametrize(("width", "closing"), [(1000, "escape"), (320, "escape"), (320, "button"), (320, "back")])
def test_closed_it_gives_the_focus_back_to_what_opened_it(chat: ChatPage, width: int, closing: str) -> None:
    show(chat.browser, width)
    between(chat).script("document.getElementById('after').onclick = () => chat.show()")
    for opener in ("after", "launch"):
        chat.script("(document.getElementById(arguments[0]) || root.querySelector('.launch')).focus()", opener)
        press(chat, Keys.ENTER)
        assert here(chat) == "question"
        if closing == "escape":
            press(chat, Keys.ESCAPE)
        elif closing == "button":
            focus(chat, ".close")
            press(chat, Keys.ENTER)
        else:  # what a phone does on its own way back
            chat.script("root.querySelector('dialog').requestClose()")
        chat.until(lambda: not chat.script("return chat.open"))
        assert (here(chat), chat.one(".launcher").is_displayed()) == (opener, True)


def test_escape_elsewhere_closes_nothing(chat: ChatPage) -> None:
    between(chat, "open").script("document.getElementById('after').focus()")
    press(chat, Keys.ESCAPE)
    assert (here(chat), chat.script("return chat.open")) == ("after", True)


def test_escape_closes_no_chat_that_stands_in_the_page(chat: ChatPage) -> None:
    between(chat, 'position="inline"')
    focus(chat, ".input")
    press(chat, Keys.ESCAPE)
    assert here(chat) == "question"


def test_on_a_small_screen_it_covers_the_page_and_keeps_the_focus(chat: ChatPage) -> None:
    show(chat.browser, 480)
    between(chat, "open")
    assert chat.script("return root.querySelector('dialog').matches(':modal')")
    press(chat, *[Keys.TAB] * 8)
    assert here(chat) == "tool"  # the last one; from there to what is around the page
    chat.script("document.getElementById('after').focus()")
    assert here(chat) == "tool"


def test_on_a_large_screen_it_leaves_the_page_as_it_is(chat: ChatPage) -> None:
    show(chat.browser, 481)
    between(chat, "open")
    assert (here(chat), chat.script("return root.querySelector('dialog').matches(':modal')")) == ("BODY", False)


@pytest.mark.parametrize("opener", [".help", ".footer .tool"])
def test_back_from_a_panel_is_where_it_was_opened(chat: ChatPage, opener: str) -> None:
    chat.open()
    focus(chat, opener)
    press(chat, Keys.ENTER)
    chat.until(lambda: here(chat) == "title")
    focus(chat, ".aside .again")
    press(chat, Keys.SPACE)
    assert chat.script("return root.activeElement === root.querySelector(arguments[0])", opener)
    assert chat.script("return [root.activeElement.ariaExpanded, root.querySelector('.aside').hidden]") == ["false", True]


def test_a_country_is_chosen_by_keys(chat: ChatPage) -> None:
    click(chat.open(), ".help")
    focus(chat, ".select")
    press(chat, "Ireland")
    chat.until(lambda: chat.text(".aside .call") == "Call 112 Emergency services")
    assert (here(chat), chat.one(".select").get_attribute("value")) == ("select", "IE")


def test_the_conversation_is_scrolled_by_keys(chat: ChatPage) -> None:
    def pressed(key: str) -> float:
        """How far it is scrolled, with one more press of a key."""
        press(chat, key)
        return float(chat.script("const one = root.activeElement; return one.scrollTop / (one.scrollHeight - one.clientHeight)"))

    show(chat.browser, 1000, 700)
    chat.open().ask("is tea old")
    focus(chat, ".scroller")
    chat.until(lambda: pressed(Keys.HOME) == 0)
    chat.until(lambda: pressed(Keys.END) > 0.9)


@pytest.mark.parametrize(
    ("pressed", "reply", "told"),
    [
        (".understood .quiet", Reply(), "Change what was misunderstood"),
        (".suggestion", Reply(), "You asked: Is tea old?"),
        (".rating button", Reply(), "Thank you."),
        (".rating button:last-child", Reply(), "What was wrong with it?"),
        (".answer .tool", Reply(), "Copied."),
        (".footer button:last-child", Reply(), "The conversation was cleared."),
        (".again", Reply(status=503), "Many people are asking just now."),
        (".wait .quiet", Reply(held=0), "Stopped."),
        (".mark", Reply(held=4), "Did this help?"),
    ],
)
def test_the_focus_is_never_lost(chat: ChatPage, pressed: str, reply: Reply, told: str) -> None:
    chat.server.replies = [reply]
    chat.open().send("are xans ketamine")
    focus(chat, pressed)
    press(chat, Keys.ENTER)
    reply.released.set()
    chat.until(lambda: told in chat.text(".root") and not chat.all(".wait"))
    assert here(chat) != "BODY"


def test_what_is_corrected_is_named_by_the_input(chat: ChatPage) -> None:
    chat.open().ask("are xans ketamine")
    click(chat, ".understood .quiet")
    told = "Change what was misunderstood, then ask again."
    assert (here(chat), chat.one(".input").accessible_name) == ("question", told)
    press(chat, Keys.TAB)
    press(chat, Keys.TAB, shift=True)
    assert (here(chat), chat.one(".input").accessible_name) == ("question", told)
