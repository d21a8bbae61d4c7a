"""The chat for all eyes and hands: in every state no rule is broken, and all of it is legible, large enough and within reach."""

from collections.abc import Callable, Iterator
from importlib.resources import files

import pytest

from bot.answer import AnswerSentence, Notice
from tests.api.pages.sample_pages import answer, crisis, hostile_answer
from tests.browser.chat_page import ChatPage
from tests.browser.conftest import show
from tests.browser.scripted_server import Reply

pytestmark = pytest.mark.browser

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LONG = "pneumonoultramicroscopicsilicovolcanoconiosis" * 3
URGENT = answer(notices=(Notice("urgent", "Call 911 if anyone can't be woken.", (1,)), Notice("medical", "Talk with a pharmacist.", (2,))))
CRISIS = crisis(notices=())

# What axe finds, once the page is drawn in its new colours.
CHECK = """
const [rules, done] = arguments;
const told = ({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.flat().join(" ")}: ${node.failureSummary}`);
requestAnimationFrame(() => requestAnimationFrame(async () => {
  try {
    done((await axe.run(document, { runOnly: rules, resultTypes: ["violations"] })).violations.flatMap(told));
  } catch (error) {
    done([String(error)]);
  }
}));
"""

# How much lighter or darker a colour is than what is behind a node.
CONTRAST = """
const channels = (colour) => [...colour.match(/[\\d.]+/g).map(Number), 1].slice(0, 4);
const over = (top, under) => [0, 1, 2].map((place) => top[place] * top[3] + under[place] * (1 - top[3]));
const bent = (value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
const luminance = (colour) => [0.2126, 0.7152, 0.0722].reduce((sum, share, place) => sum + share * bent(colour[place] / 255), 0);
const behind = (node) => {
  const layers = [], isCovered = () => layers.at(-1)?.[3] === 1;
  for (let one = node; one && !isCovered(); one = one.parentElement) layers.push(channels(getComputedStyle(one).backgroundColor));
  return layers.reduceRight((under, top) => over(top, under), [255, 255, 255]);
};
const contrast = (colour, node) => {
  const [less, more] = [over(channels(colour), behind(node)), behind(node)].map(luminance).sort((one, other) => one - other);
  return (more + 0.05) / (less + 0.05);
};
"""

# What is measured: contrast of words, icons and edges with what is behind them; what is cut off or covered.
MEASURE = (
    f"{CONTRAST} const found = [];"
    + """
const isClipped = (one) => one.closest(".unseen") || getComputedStyle(one).clipPath !== "none";
const tell = (what, one) => found.push(`${what}: ${one.outerHTML.slice(0, 120)}`);
const wordsOf = (one) => [...one.childNodes].filter((node) => node.nodeType === 3 && node.data.trim());
const isReached = (one, range) => ["center", "end", "start"].some((block) => {
  one.scrollIntoView({ block });
  const lines = [...range.getClientRects()], [{ x, y, width, height }] = lines, hit = root.elementFromPoint(x + width / 2, y + height / 2);
  return lines.every(({ left, right }) => left >= 0 && right <= innerWidth) && hit && (one.contains(hit) || hit.contains(one));
});
for (const one of root.querySelectorAll("*")) {
  if (!one.checkVisibility({ visibilityProperty: true }) || isClipped(one)) continue;
  const style = getComputedStyle(one), isControl = one.matches("select, textarea");
  if ((isControl || wordsOf(one).length) && !one.matches(":disabled, option") && contrast(style.color, one) < 4.5) tell("faint", one);
  if (one.matches("svg") && contrast(style.stroke, one) < 3) tell("faint icon", one.parentElement);
  if (isControl && contrast(style.borderTopColor, one.parentElement) < 3) tell("faint edge", one);
  if (style.display !== "inline" && one.scrollWidth > one.clientWidth + 1) tell("wider than its place", one);
  for (const words of isControl || one.matches("option") ? [] : wordsOf(one)) {
    const range = document.createRange();
    range.selectNodeContents(words);
    if (!isReached(one, range)) tell("out of reach", one);
  }
}
if (document.documentElement.scrollWidth > innerWidth) found.push("the page is wider than the screen");
return found;
"""
)

# Links within a sentence may be as high as its line (WCAG 2.2, 2.5.8); all else that is pressed has 24 pixels each way.
SMALL = """
const isAlone = (link) => link.closest("li") || link.parentElement.textContent === link.textContent;
return [...root.querySelectorAll("button, select, textarea, summary, .call, .link")]
  .filter((one) => one.checkVisibility() && (!one.matches(".link") || isAlone(one)))
  .filter((one) => { const { width, height } = one.getBoundingClientRect(); return Math.min(width, height) < 24; })
  .map((one) => `small: ${one.outerHTML.slice(0, 120)}`);
"""


def host(chat: ChatPage, attributes: str = "open") -> None:
    """Show a page that breaks no rule itself, with a chat in it."""
    tag = f'<citewell-chat server="{chat.server.address}" {attributes}></citewell-chat>'
    chat.open_page(f"<main><h1>Host</h1><p>Words of the page.</p>{tag}</main>")
    chat.browser.execute_script(f"{AXE}; window.axe = axe;")


def click(chat: ChatPage, selector: str) -> None:
    chat.one(selector)
    chat.script("root.querySelector(arguments[0]).click()", selector)


def asked(chat: ChatPage, *replies: Reply, question: str = "are xans ketamine") -> None:
    chat.server.asked.clear()
    chat.server.replies = list(replies)
    chat.ask(question)


def closed(chat: ChatPage) -> Iterator[str]:
    host(chat, "")
    yield "closed"


def conversation(chat: ChatPage) -> Iterator[str]:
    host(chat, 'open examples="Is tea old?|Is tea hot?"')
    yield "empty"
    chat.server.replies = [held := Reply(URGENT, held=0), streamed := Reply(URGENT, held=4)]
    chat.send("is tea old")
    chat.one(".wait")
    yield "waiting"
    held.released.set()
    chat.until(lambda: not chat.all(".wait"))
    chat.send("are xans ketamine")
    chat.one(".wait .quiet")
    chat.until(lambda: len(chat.all(".turn:last-child .mark")) == 4)
    yield "streaming"
    streamed.released.set()
    chat.until(lambda: not chat.all(".wait"))
    click(chat, ".turn:last-child .mark")
    yield "urgent, with a source open"
    click(chat, ".turn:last-child .rating button:last-child")
    click(chat, ".turn:last-child .understood button")
    yield "with reasons for a bad rating, while it is corrected"


def other_answers(chat: ChatPage) -> Iterator[str]:
    host(chat)
    for status in ("abstained", "declined", "clarify"):
        asked(chat, Reply(answer(status=status, sentences=(AnswerSentence("Which tea?"),), citations=(), notices=())))
    yield "abstained, declined, clarify"


def danger(chat: ChatPage) -> Iterator[str]:
    host(chat)
    asked(chat, Reply(CRISIS), question="he is not breathing")
    yield "crisis"
    asked(chat, Reply(URGENT))
    yield "after a crisis"


def failures(chat: ChatPage) -> Iterator[str]:
    host(chat)
    for reply in (Reply(status=401), Reply(status=422), Reply(status=429, headers={"Retry-After": "30"}), Reply(status=500), Reply(cut=2)):
        asked(chat, reply)
    yield "failed"
    asked(chat, Reply(status=503), question="he is not breathing")
    yield "danger while nothing answers"


def panels(chat: ChatPage) -> Iterator[str]:
    host(chat, 'open owner="Town" site="Town health" sponsor="Acme" sponsor-url="https://acme.example/"')
    click(chat, ".help")
    yield "whom to call"
    click(chat, ".footer .tool")
    chat.until(lambda: "82" in chat.text(".aside"))
    yield "who is behind it"


def in_the_page(chat: ChatPage) -> Iterator[str]:
    host(chat, 'position="inline"')
    asked(chat, Reply())
    yield "inline"


def long_words(chat: ChatPage) -> Iterator[str]:
    host(chat, f'open heading="{LONG}" greeting="{LONG}" owner="{LONG}" site="{LONG}" sponsor="{LONG}" sponsor-url="https://acme.example/"')
    asked(chat, Reply(hostile_answer(LONG, resources=())), question=LONG)
    click(chat, ".mark")
    click(chat, ".help")
    yield "long words, whom to call"
    click(chat, ".footer .tool")
    yield "long words, who is behind it"


Story = Callable[[ChatPage], Iterator[str]]
STORIES: list[Story] = [closed, conversation, other_answers, danger, failures, panels, in_the_page, long_words]


def look(chat: ChatPage, width: int, height: int = 800, colours: str = "light", **features: str) -> None:
    """A screen of this size, on which the chat is opened anew; nothing moves, as what fades in is faint for a moment."""
    show(chat.browser, width, height, colours, prefers_reduced_motion="reduce", **features)
    chat.script("if (chat?.shadowRoot && chat.open) { chat.close(); chat.show(); }")


def broken(chat: ChatPage) -> list[str]:
    found: list[str] = chat.browser.execute_async_script(CHECK, RULES)
    return found + list(chat.script(MEASURE))


@pytest.mark.parametrize("story", STORIES)
def test_no_state_breaks_a_rule(chat: ChatPage, story: Story) -> None:
    found: dict[str, list[str]] = {}
    look(chat, 320)
    for state in story(chat):
        for width, colours in ((1280, "dark"), (320, "light")):
            look(chat, width, colours=colours)
            found[f"{state}, {width}"] = broken(chat) + chat.script(SMALL)
    assert {state: told for state, told in found.items() if told} == {}


@pytest.mark.parametrize("story", [conversation, danger])
def test_colours_of_the_readers_own_keep_all_of_it(chat: ChatPage, story: Story) -> None:
    look(chat, 768)
    state = [*story(chat)][-1]
    look(chat, 768, colours="dark", forced_colors="active")
    assert (state, chat.script(MEASURE)) == (state, [])  # axe takes colours for those that are not forced


SPACED = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-bottom: 2em !important }
"""


@pytest.fixture
def letters(chat: ChatPage) -> Iterator[Callable[[int], None]]:
    """Sets the size of text that the reader has chosen for all pages, in pixels."""

    def chosen(size: int) -> None:
        chat.browser.execute_cdp_cmd("Page.setFontSizes", {"fontSizes": {"standard": size}})

    yield chosen
    chosen(16)


@pytest.mark.parametrize("story", [closed, conversation, danger, panels, in_the_page, long_words])
def test_nothing_is_cut_off_where_text_is_enlarged_or_spaced(chat: ChatPage, letters: Callable[[int], None], story: Story) -> None:
    found: dict[str, list[str]] = {}
    look(chat, 1280)
    state = [*story(chat)][-1]
    for spacing, is_opened_anew in (("", False), (SPACED, True)):
        chat.script("const sheet = new CSSStyleSheet(); sheet.replaceSync(arguments[0]); root.adoptedStyleSheets.push(sheet);", spacing)
        for width, height, size in ((320, 256, 16), (640, 360, 16), (320, 640, 32), (1280, 800, 32)):
            letters(size)
            show(chat.browser, width, height)
            if is_opened_anew:
                look(chat, width, height)
            found[f"{state}, {width} by {height}, letters of {size}{spacing}"] = chat.script(MEASURE)
    assert {state: told for state, told in found.items() if told} == {}


def test_nothing_moves(chat: ChatPage) -> None:
    chat.open().ask("is tea old")
    moving = "return [...root.querySelectorAll('*')].filter((one) => one.getAnimations().length).length"
    assert chat.script(moving) == 0
