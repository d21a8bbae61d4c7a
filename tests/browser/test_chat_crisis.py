"""Danger: the card on top, whom to call, also while no server answers; and how to get away from the chat."""

from dataclasses import replace

import pytest
from selenium.webdriver import Keys
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from bot.answer import AnswerSentence, Notice
from indexer.corpus_tables import Purpose
from tests.api.pages.sample_pages import SAFETY, answer, crisis, resource
from tests.browser.chat_page import ChatPage, policy
from tests.browser.conftest import show
from tests.browser.scripted_server import Reply, hasty

pytestmark = pytest.mark.browser

FIRST = "Call 999 now, or your local emergency number: this may be an overdose or another emergency."
CARD = crisis(
    sentences=(AnswerSentence(FIRST), AnswerSentence("Give naloxone.", (1,)), AnswerSentence("Stay with them.", (1,))),
    notices=(),
    resources=tuple(resource(name) for name in ("gb-999", "gb-111", "gb-rape-crisis", "au-lifeline")),
)
CALM = answer(notices=())
URGENT = answer(notices=(Notice("urgent", FIRST), Notice("medical", "Talk with a pharmacist.")), resources=CARD.resources)
DANGER = "he is not breathing"
DEAD = "http://127.0.0.1:1"  # where nothing listens


def top_and_bottom(chat: ChatPage, selector: str) -> list[list[float]]:
    """Where each such element stands on the screen."""
    script = (
        "return [...root.querySelectorAll(arguments[0])].map((one) => one.getBoundingClientRect()).map(({ top, bottom }) => [top, bottom])"
    )
    found: list[list[float]] = chat.script(script, selector)
    return found


def links(chat: ChatPage, selector: str) -> list[str]:
    found: list[str] = chat.script("return [...root.querySelectorAll(arguments[0])].map((one) => one.getAttribute('href'))", selector)
    return found


def is_in_view(chat: ChatPage, selector: str) -> bool:
    """Whether there are such elements, and all are seen whole between what stands above and below the conversation."""
    [[top, bottom]] = top_and_bottom(chat, ".scroller")
    found = top_and_bottom(chat, selector)
    return found != [] and all(top <= above and below <= bottom for above, below in found)


@pytest.mark.parametrize(("width", "height"), [(320, 568), (390, 844), (1000, 800)])
def test_what_to_do_and_whom_to_call_is_seen_at_once(chat: ChatPage, width: int, height: int) -> None:
    show(chat.browser, width, height)
    chat.server.replies = [Reply(CALM), Reply(CARD)]
    chat.open()
    chat.ask_all("is tea old", DANGER)
    assert chat.texts(".pinned .now") == [FIRST]
    assert links(chat, ".pinned .call") == ["tel:999", "sms:999", "tel:111"]
    assert links(chat, ".turn:last-child .call") == ["tel:999", "sms:999", "tel:111", "tel:08085002222", "tel:131114", "sms:0477131114"]
    assert is_in_view(chat, ".pinned .now")
    assert is_in_view(chat, ".pinned .call")
    assert min(below - above for above, below in top_and_bottom(chat, ".pinned .call")) >= 44
    assert chat.texts(".turn:last-child .sentence") == ["Give naloxone.\u00a0Source 1", "Stay with them.\u00a0Source 1"]
    assert chat.all(".turn:last-child .rating") == []
    assert chat.text("[role=alert]") == f"{FIRST} Give naloxone. Stay with them."
    assert chat.one(".pinned .call").accessible_name == "Call 999 Emergency services"


def test_a_card_stays_on_top_while_the_danger_lasts(chat: ChatPage) -> None:
    chat.server.replies = [Reply(CARD), Reply(URGENT), Reply(status=503), Reply(CALM)]
    chat.open()
    chat.ask_all(DANGER, "what is naloxone")
    for scrolled in ("0", "root.querySelector('.scroller').scrollHeight"):
        chat.script(f"root.querySelector('.scroller').scrollTop = {scrolled}")
        assert is_in_view(chat, ".pinned .now")
        assert is_in_view(chat, ".pinned .call")
    top = top_and_bottom(chat, ".pinned")[0][1]
    assert not chat.one(".turn:last-child .urgent").is_displayed()  # it stands on top already
    chat.ask_all("is tea old")
    assert chat.texts(".pinned .now") == [FIRST]
    assert top_and_bottom(chat, ".turn:last-child .question")[0][0] >= top
    chat.ask_all("we are safe now")
    assert chat.texts(".pinned") == []


def test_where_there_is_little_height_what_is_urgent_is_said_again(chat: ChatPage) -> None:
    show(chat.browser, 320, 568)
    chat.server.replies = [Reply(CARD), Reply(URGENT)]
    chat.open()
    chat.ask_all(DANGER, "what is naloxone")
    assert is_in_view(chat, ".turn:last-child .question")
    assert chat.one(".turn:last-child .urgent").is_displayed()
    assert is_in_view(chat, ".turn:last-child .urgent p")


def test_what_else_is_urgent_is_seen_while_a_card_is_on_top(chat: ChatPage) -> None:
    both = (Notice("urgent", FIRST), Notice("urgent", "You can start here: Talk to FRANK."))
    chat.server.replies = [Reply(CARD), Reply(replace(URGENT, notices=both))]
    chat.open()
    chat.ask_all(DANGER, "where do i get help with quitting")
    assert "You can start here: Talk to FRANK." in [line.text for line in chat.all(".urgent p") if line.is_displayed()]


@pytest.mark.parametrize("cards", [[DANGER], [DANGER, "now what"]])
def test_the_danger_is_remembered_however_long_ago_it_was(chat: ChatPage, cards: list[str]) -> None:
    chat.server.replies = [*[Reply(CARD)] * len(cards), Reply(URGENT)]
    chat.open()
    chat.ask_all(*cards, *map(str, range(12)))
    told = [one["content"] for one in chat.server.asked[-1]["history"] if one["role"] == "user"]
    assert told == [DANGER, *map(str, range(2, 11))]


@pytest.mark.parametrize(
    ("purposes", "colour"), [(["treatment", "crisis"], "rgb(11, 92, 173)"), (["crisis"], "rgb(168, 32, 26)"), ([], "rgb(168, 32, 26)")]
)
def test_where_to_begin_with_treatment_is_no_alarm(chat: ChatPage, purposes: list[Purpose], colour: str) -> None:
    lines = tuple(resource(line.id) for line in SAFETY.helplines_for("US", purposes))
    chat.server.replies = [Reply(replace(URGENT, resources=lines))]
    chat.open().ask("is tea old")
    assert chat.computed(".urgent", "border-top-color") == [colour]
    assert chat.box(".urgent")["bottom"] <= chat.box(".sentence")["top"] < chat.box(".notice")["top"]
    assert chat.all(".pinned") == []


@pytest.mark.parametrize(
    ("country", "message", "first", "calls"),
    [
        ("US", "He's NOT breathing!", "Call 911 now, or your local", ["tel:911", "sms:911", "tel:18002221222"]),
        ("uk", "she took too many pills", "Call 999 now, or your local", ["tel:999", "sms:999", "tel:111"]),
        ("AU", "I want to kill myself", "Please call 13 11 14 or text", ["tel:131114", "sms:0477131114", "tel:000"]),
        ("FR", "i want to die", "Please call 116 123 now, or call 112", ["tel:116123", "tel:112"]),
        ("BR", "she wont wake up", "Call your local emergency number now", []),
        ("BR", "i want to die", "Please call your local emergency number now", ["https://findahelpline.com"]),
    ],
)  # fmt: skip
def test_plain_words_of_danger_get_a_card_while_no_server_answers(
    chat: ChatPage, country: str, message: str, first: str, calls: list[str]
) -> None:
    tag = f'<citewell-chat server="{DEAD}" country="{country}" open></citewell-chat>'
    chat.open_page(tag, {"Content-Security-Policy": f"{policy(chat.server.address)} {DEAD}"})
    chat.script("window.seen = []; document.addEventListener('citewell-crisis', ({ detail }) => seen.push(detail.status))")
    chat.ask(message)
    assert [text[: len(first)] for text in chat.texts(".pinned .now")] == [first]
    assert links(chat, ".pinned .call") == calls
    assert len(chat.texts(".turn .sentence")) == 5
    assert chat.text("[role=alert]").startswith(first)
    assert chat.script("return seen") == ["crisis"]
    assert is_in_view(chat, ".pinned .now")
    assert [again.text for again in chat.all(".again")] == ["Try again"]


def test_where_life_is_at_risk_now_that_comes_first(chat: ChatPage) -> None:
    chat.server.replies = [Reply(status=503)]
    chat.open().ask("my son tried to kill himself and he is not breathing")
    assert chat.text(".pinned .now").startswith("Call 911 now")


def test_the_chat_and_its_server_know_the_same_plain_words(chat: ChatPage) -> None:
    chat.server.replies = [Reply(status=503)]
    chat.open()
    seen = []
    for message in (
        "No pulse!!",
        "a good idea",
        "ÉL SE SUICIDA",
        "I don’t want to live",
        "can I take xanax",
        "a blue pill",
        "he, overdosed",
    ):
        chat.ask_all(message)
        seen.append(len(chat.all(".pinned")))
        chat.script("chat.clear()")
    assert seen == [1, 0, 1, 1, 0, 0, 1]


def test_a_card_comes_soon_where_the_server_is_slow(chat: ChatPage, monkeypatch: pytest.MonkeyPatch) -> None:
    hasty(monkeypatch, SLOW="50")
    chat.server.replies = [Reply(CARD, held=0)]
    chat.open().send(DANGER)
    chat.until(lambda: [line[:12] for line in chat.texts(".pinned .now")] == ["Call 911 now"])
    assert chat.text(".wait") == "This takes longer than usual. Stop"
    chat.server.replies[0].released.set()
    chat.until(lambda: chat.texts(".pinned .now") == [FIRST])
    assert len(chat.texts(".sentence")) == 2


def test_what_the_server_says_takes_the_place_of_the_card(chat: ChatPage) -> None:
    chat.server.replies = [Reply(status=503), Reply(CARD), Reply(status=503), Reply(CALM)]
    chat.open().ask(DANGER)
    chat.press("Try again")
    chat.until(lambda: chat.texts(".pinned .now") == [FIRST])
    assert len(chat.texts(".sentence")) == 2
    assert chat.all(".failure") == []
    chat.ask("is tea old")
    assert [one["content"] for one in chat.server.asked[2]["history"]] == [DANGER, CARD.text]
    chat.press("Try again")
    chat.until(lambda: chat.texts(".pinned") == [])


def test_help_is_beside_the_closed_chat(chat: ChatPage) -> None:
    chat.open("")
    chat.press("Get help now")
    assert (chat.focused(), chat.texts(".title")) == ("title", ["People you can call or text"])
    assert chat.one("dialog").accessible_name == "Ketamine, opioids and Xanax"
    assert is_in_view(chat, ".title")
    assert is_in_view(chat, ".aside .for:nth-child(2) + .calls .call")
    chat.press("Back to the chat")
    assert (chat.focused(), chat.one(".aside").is_displayed()) == ("help", False)


def test_help_is_that_of_the_country_chosen(chat: ChatPage) -> None:
    chat.open('sponsor="A clinic" sponsor-url="https://clinic.example/?a=1"').press("Get help now")
    assert chat.texts(".for") == ["Emergency", "Suicide or a crisis", "Poisoning", "Using alone", "Violence", "Treatment"]
    assert chat.texts(".aside .call")[:4] == [
        "Call 911 Emergency services", "Text 911 Emergency services",
        "Call 988 988 Suicide & Crisis Lifeline", "Text 988 988 Suicide & Crisis Lifeline",
    ]  # fmt: skip
    assert chat.text(".aside > div > :last-child") == "Sponsor of this site, not a public helpline: A clinic"
    assert links(chat, ".sponsor a") == ["https://clinic.example/?a=1"]
    choice = Select(chat.one(".select"))
    assert [option.text for option in choice.options][-2:] == ["European Union", "Another country"]
    choice.select_by_visible_text("United Kingdom")
    assert (chat.focused(), links(chat, ".aside .call")[:3]) == ("select", ["tel:999", "sms:999", "tel:116123"])
    assert chat.texts(".aside > div > :last-child") == ["Sponsor of this site, not a public helpline: A clinic"]
    chat.ask("is tea old")
    assert chat.server.asked[0]["country"] == "GB"


@pytest.mark.parametrize(
    ("country", "chosen", "first"), [("fr", "EU", "tel:112"), ("UK", "GB", "tel:999"), ("BR", "ZZ", "https://findahelpline.com")]
)
def test_every_country_is_served(chat: ChatPage, country: str, chosen: str, first: str) -> None:
    chat.open(f'country="{country}"').press("Get help now")
    assert (chat.script("return root.querySelector('select').value"), links(chat, ".aside .call")[0]) == (chosen, first)


def hold(chat: ChatPage) -> None:
    """Let the page see where it is left for, and keep it from going there."""
    chat.script(
        "window.left = []; navigation.addEventListener('navigate', (event) => {"
        " left.push([event.navigationType, event.destination.url]); event.preventDefault(); })"
    )


def test_the_chat_is_left_without_a_trace(chat: ChatPage) -> None:
    chat.server.replies = [Reply(CARD)]
    chat.open().ask(DANGER)
    hold(chat)
    chat.one(".leave").click()
    assert chat.script("return left") == [["replace", "https://www.wikipedia.org/"]]
    seen = "getComputedStyle(document.documentElement).display, document.title, root.textContent, chat.conversation.log.textContent"
    assert chat.script(f"return [{seen}, chat.conversation.turns.length]") == ["none", "", "", "", 0]


@pytest.mark.parametrize("way", ["button", "escape in the page", "escape in the chat", "escape in a chat that covers the page"])
def test_nobody_comes_back_to_it_with_one_click(chat: ChatPage, way: str) -> None:
    show(chat.browser, 390 if "covers" in way else 1000)
    chat.site.pages["before"] = ("<!doctype html><title>Before</title>", {})
    tag = f'<citewell-chat server="{chat.server.address}" exit-url="{chat.server.address}/elsewhere"></citewell-chat><input>'
    chat.open_page(tag, {"Referrer-Policy": "unsafe-url"})
    for page in ("before", "host"):
        chat.browser.get(f"{chat.site.address}/{page}")
    if "page" in way.split()[2:4]:
        chat.browser.find_element(By.TAG_NAME, "input").click()
    else:
        chat.press("Ask a question")
    if way == "button":
        chat.one(".leave").click()
    else:
        ActionChains(chat.browser).send_keys(*[Keys.ESCAPE] * 3).perform()
    chat.until(lambda: chat.browser.title == "Elsewhere")
    assert [headers.get("referer") for _, path, headers in chat.server.requests if path == "/elsewhere"] == [None]
    chat.browser.back()
    assert chat.browser.title == "Before"


@pytest.mark.parametrize(
    ("presses", "leaves"),
    [
        ([0, 10], 0),
        ([0, 900, 1800], 1),
        ([0, 1100, 2200], 0),
        ([0, 1500, 2900, 3000], 1),
        ([0, -10, -20, -30, -40], 0),
    ],
    ids=["two", "three", "three slow ones", "slow, then fast", "one held down"],
)
def test_three_quick_presses_of_escape_leave(chat: ChatPage, presses: list[int], leaves: int) -> None:
    chat.open('exit-url="/left"')
    hold(chat)
    chat.script(
        "for (const time of arguments[0]) {"
        " const event = new KeyboardEvent('keydown', { key: 'Escape', repeat: time < 0, bubbles: true, composed: true });"
        " Object.defineProperty(event, 'timeStamp', { value: 10_000 + Math.abs(time) });"
        " document.body.dispatchEvent(event); }",
        presses,
    )
    assert chat.script("return left") == [["replace", f"{chat.site.address}/left"]] * leaves
    assert chat.browser.title == ("" if leaves else "Host")
