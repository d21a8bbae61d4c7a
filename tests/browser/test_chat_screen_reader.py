"""The chat by ear: what is read out by itself, once and in time; what each part is called; which language it is marked to be in."""

import pytest

from tests.browser.chat_page import ChatPage
from tests.browser.scripted_server import Reply
from tests.browser.test_chat_accessibility import CRISIS, URGENT, click

pytestmark = pytest.mark.browser

# Each change of what is read out by itself, and each such place that comes with words in it: not every reader reads those.
LISTEN = """
window.heard = [];
const live = "[role=status], [role=alert], [aria-live]:not([aria-live=off])";
const nodes = (added) => [...added].filter((one) => one.matches).flatMap((one) => [one, ...one.querySelectorAll("*")]);
const places = ({ target, addedNodes }) => [target.closest?.(live), ...nodes(addedNodes).filter((one) => one.matches(live))];
new MutationObserver((changes) => {
  for (const place of new Set(changes.flatMap(places))) if (place?.textContent) heard.push(`${place.role}: ${place.textContent}`);
}).observe(root, { childList: true, subtree: true });
"""


def heard(chat: ChatPage) -> list[str]:
    """What was read out since the last time."""
    return [str(line) for line in chat.script("return heard.splice(0)")]


def opened(chat: ChatPage, attributes: str = "open") -> ChatPage:
    chat.open(attributes).script(LISTEN)
    return chat


def test_an_answer_is_read_out_once_when_it_is_whole(chat: ChatPage) -> None:
    chat.server.replies = [reply := Reply(URGENT, held=4)]
    opened(chat).send("are xans ketamine")
    chat.until(lambda: len(chat.all(".mark")) == 4)
    assert (heard(chat), chat.one(".log").get_attribute("aria-live")) == ([], "off")
    reply.released.set()
    chat.until(lambda: not chat.all(".wait"))
    assert heard(chat) == ["status: Call 911 if anyone can't be woken. Quote 1. Quote 2. Sources: 2"]
    assert chat.text(".unseen[role=status]") == "Call 911 if anyone can't be woken. Quote 1. Quote 2. Sources: 2"


def test_the_same_answer_is_read_out_again(chat: ChatPage) -> None:
    opened(chat).ask("is tea old")
    chat.ask("is tea old")
    assert heard(chat).count("status: Quote 1. Quote 2. Sources: 2") == 2


def test_a_crisis_is_read_out_at_once_and_nowhere_else(chat: ChatPage) -> None:
    chat.server.replies = [Reply(CRISIS), Reply(CRISIS), Reply(status=503)]
    opened(chat)
    for _ in range(2):
        chat.ask("he is not breathing")
    assert heard(chat) == ["alert: Call 911 now. Give naloxone."] * 2
    chat.ask("he is not breathing")
    (card,) = heard(chat)
    assert card.startswith(
        "alert: Call 911 now, or your local emergency number: this may be an overdose or another emergency. Give naloxone"
    )


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(status=503), "Many people are asking just now. Your question is still here."),
        (Reply(status=500), "Something went wrong here. Your question is still here."),
        (Reply(cut=2), "The answer broke off, so what is here may be incomplete."),
    ],
)
def test_a_failure_is_read_out(chat: ChatPage, reply: Reply, told: str) -> None:
    chat.server.replies = [reply]
    opened(chat).ask("is tea old")
    assert heard(chat) == [f"status: {told}"]


def test_nothing_is_read_out_on_opening(chat: ChatPage) -> None:
    opened(chat, "").script("chat.show()")
    chat.until(lambda: "not kept" in chat.text("#hint"))
    click(chat, ".help")
    click(chat, ".close")
    assert heard(chat) == []


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        (".rating button", "Thank you."),
        (".rating button:last-child", "What was wrong with it?"),
        (".footer button:last-child", "The conversation was cleared."),
        (".answer .tool", "Copied."),
    ],
)
def test_what_came_of_a_choice_is_read_out_where_it_is_listened_for(chat: ChatPage, chosen: str, told: str) -> None:
    opened(chat).ask("is tea old")
    heard(chat)
    click(chat, chosen)
    assert chat.until(lambda: heard(chat)) == [f"status: {told}"]
    assert chat.text(".unseen[role=status]") == told


def test_all_of_it_has_names(chat: ChatPage) -> None:
    chat.open('open site="Town"').ask("he is not breathing")
    click(chat, ".mark")
    click(chat, "summary")
    names = {
        "dialog": ("dialog", "Ketamine, opioids and Xanax"),
        ".close": ("button", "Close"),
        ".leave": ("button", "Leave this page"),
        ".scroller": ("region", "Conversation"),
        ".log": ("log", ""),
        ".mark": ("button", "Source 1"),
        ".source": ("group", "Source 1"),
        ".source > p > a": ("link", "Read it in the document : Tea"),
        ".call": ("link", "Call 911 Emergency services"),
        ".call + .call": ("link", "Text 911 Emergency services"),
        ".rating": ("group", "Did this help?"),
        ".input": ("textbox", "Your question"),
        ".send": ("button", "Ask"),
    }
    assert {selector: (chat.one(selector).aria_role, chat.one(selector).accessible_name) for selector in names} == names
    assert chat.text(".question") == "You asked: he is not breathing"
    assert [chat.one(one).get_attribute("aria-expanded") for one in (".help", ".mark")] == ["false", "true"]


def test_in_the_page_it_is_a_region_of_the_same_name(chat: ChatPage) -> None:
    chat.open('position="inline" heading="Tea"')
    assert [(one.aria_role, one.accessible_name) for one in chat.all(".panel")] == [("region", "Tea")]


def tongues(chat: ChatPage, *selectors: str) -> dict[str, str | None]:
    """The language that each is marked to be in."""
    tongue = "return root.querySelector(arguments[0]).closest('[lang]')?.lang"
    return {selector: chat.script(tongue, selector) for selector in selectors}


def in_spanish(chat: ChatPage) -> None:
    chat.open('open language="es" documents-language="fr"')
    chat.until(lambda: chat.text(".label") == "Su pregunta")


def test_each_part_is_marked_with_its_language(chat: ChatPage) -> None:
    chat.server.replies = [Reply(), Reply(CRISIS)]
    in_spanish(chat)
    for _ in range(2):
        chat.ask("are xans ketamine")
    interface = (".heading", ".label", ".understood", ".review", ".sure")
    documents = (".sentence", ".place", ".quote", ".source ul", ".suggestion", ".now")
    assert tongues(chat, *interface, *documents) == dict.fromkeys(interface, "es") | dict.fromkeys(documents, "fr")


def test_the_language_stays_when_a_setting_changes(chat: ChatPage) -> None:
    in_spanish(chat)
    chat.script("chat.setAttribute('heading', 'Té')")
    assert (chat.text(".heading"), tongues(chat, ".heading")) == ("Té", {".heading": "es"})


def test_what_is_read_out_is_marked_with_its_language(chat: ChatPage) -> None:
    innermost = "let one = root.querySelector(arguments[0]); while (one.firstElementChild) one = one.firstElementChild;"
    chat.server.replies = [Reply(), Reply(CRISIS)]
    in_spanish(chat)
    for region in (".unseen[role=status]", "[role=alert]"):
        chat.ask("he is not breathing")
        assert chat.script(f"{innermost} return one.closest('[lang]').lang", region) == "fr"


def test_words_that_are_english_for_want_of_others_are_marked_as_english(chat: ChatPage) -> None:
    chat.open('open language="sv" documents-language="sv"').ask("is tea old")
    assert tongues(chat, ".heading", ".review", ".sentence") == {".heading": "en", ".review": "en", ".sentence": "sv"}
