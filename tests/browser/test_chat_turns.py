"""When things come in another order than they should: bursts, late replies, a chat that is closed, cleared or left meanwhile."""

import pytest
from selenium.webdriver.common.keys import Keys

from bot.answer import AnswerSentence
from tests.api.pages.sample_pages import answer, citation, crisis
from tests.browser.chat_page import ChatPage
from tests.browser.scripted_server import Reply

pytestmark = pytest.mark.browser

DANGER = "his lips are blue and he is not breathing"
FIRST = "Call 911 now, or your local emergency number: this may be an overdose or another emergency."
CARD = crisis(notices=())
# What the server knows of itself arrives when the test says so.
LATE_INFO = """
const real = window.fetch;
window.fetch = async (address, ...rest) => {
  if (address.endsWith("/v1/info")) await new Promise((resolve) => { window.arrive = resolve; });
  return real(address, ...rest);
};
"""


def test_a_second_message_does_not_throw_away_the_danger_of_the_first(chat: ChatPage) -> None:
    chat.server.replies = [Reply(held=0), Reply()]
    chat.open().send(DANGER)
    chat.until(lambda: chat.server.asked)
    chat.send("what do i do")
    chat.until(lambda: len(chat.server.asked) == 2)
    assert [said["content"] for said in chat.server.asked[1]["history"]][:1] == [DANGER]
    assert chat.text("[role=alert]").startswith(FIRST) or chat.texts(".pinned") == []  # until the server says otherwise
    chat.server.replies[0].released.set()


def test_who_stops_waiting_in_danger_gets_the_card(chat: ChatPage) -> None:
    chat.server.replies = [Reply(held=0)]
    chat.open().send(DANGER)
    chat.until(lambda: chat.server.asked)
    chat.press("Stop")
    chat.until(lambda: chat.texts(".pinned .now") == [FIRST])
    assert chat.text("[role=alert]").startswith(FIRST)
    assert chat.script("return root.querySelector('[role=alert] span span').lang") == "en"


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\u0085"])
def test_separators_of_lines_and_paragraphs_break_no_answer(chat: ChatPage, separator: str) -> None:
    told = f"One{separator}two."
    chat.server.replies = [Reply(answer(sentences=(AnswerSentence(told, (1,)),), citations=(citation(1, quote=told),), notices=()))]
    chat.open().ask("is tea old")
    assert chat.texts(".sentence") == [f"{told}\u00a0Source 1"]


def test_help_opens_from_the_closed_chat_however_it_was_left(chat: ChatPage) -> None:
    chat.open()
    for _ in range(2):
        chat.press("Get help now")
        chat.until(lambda: chat.texts(".aside > .title") == ["People you can call or text"])
        assert chat.one(".aside").is_displayed()
        chat.one(".close").click()


def test_nothing_is_left_of_what_was_cleared(chat: ChatPage) -> None:
    chat.server.replies = [Reply(CARD), Reply()]
    chat.open().ask(DANGER)
    chat.ask("are xans ketamine")
    chat.press("Not what I meant")
    chat.press("Clear")
    assert chat.typed() == ""
    assert (chat.text(".label"), chat.text("[role=alert]"), chat.text(".log")) == ("Your question", "", "")
    assert chat.text(".unseen[role=status]") == "The conversation was cleared."
    chat.ask("is tea old")
    assert chat.server.asked[-1]["history"] == []


def test_whose_page_is_left_has_no_conversation_to_come_back_to(chat: ChatPage) -> None:
    chat.open().ask("is tea old")
    chat.script("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    assert (chat.text(".log"), chat.script("return chat.conversation.turns.length")) == ("", 0)


def test_what_comes_late_about_the_chat_does_not_cover_the_helplines(chat: ChatPage) -> None:
    chat.open().script(LATE_INFO)
    chat.press("About this automated chat")
    chat.press("Get help now")
    chat.script("arrive()")
    chat.until(lambda: chat.text("#hint") or True)
    assert chat.texts(".aside > .title") == ["People you can call or text"]
    assert [chat.one(one).get_attribute("aria-expanded") for one in (".help", ".footer .tool")] == ["true", "false"]


def test_a_rating_that_fails_takes_the_focus_from_nobody(chat: ChatPage) -> None:
    chat.server.rating_status = 503
    chat.open().ask("is tea old")
    chat.one(".rating button").click()
    chat.one(".input").click()
    chat.until(lambda: "That did not work." in chat.text(".rating"))
    assert chat.focused() == "input"


def test_a_card_that_folds_the_helplines_keeps_the_focus_in_the_chat(chat: ChatPage) -> None:
    chat.server.replies = [Reply(CARD, held=0)]
    chat.open().send("is tea old")
    chat.press("Get help now")
    chat.script("root.querySelector('.aside .call').focus()")
    chat.server.replies[0].released.set()
    chat.until(lambda: chat.texts(".pinned .now") == ["Call 911 now."])
    assert (chat.focused(), chat.one(".aside").is_displayed()) == ("scroller", False)


def test_only_what_is_typed_takes_the_place_of_what_was_taken_back(chat: ChatPage) -> None:
    chat.open().ask("are xans ketamine")
    chat.press("Not what I meant")
    chat.press("Is tea old?")
    chat.until(lambda: len(chat.texts(".question")) == 2 and not chat.all(".wait"))
    assert chat.texts(".question") == ["You asked: are xans ketamine", "You asked: Is tea old?"]


def test_going_dark_disturbs_nobody_who_reads_the_helplines(chat: ChatPage) -> None:
    chat.open().press("Get help now")
    chat.script("chat.setAttribute('theme', 'dark')")
    assert chat.one(".aside").is_displayed()
    assert chat.script("return root.querySelector('.root').classList.contains('dark')") is True


def test_words_that_cannot_be_fetched_leave_the_english_ones(chat: ChatPage) -> None:
    chat.open_page(f'<citewell-chat server="{chat.server.address}" open></citewell-chat>')
    chat.script("chat.setAttribute('language', 'de')")
    assert (chat.text(".label"), chat.script("return root.querySelector('.root').lang")) == ("Your question", "en")
    chat.one(".input").send_keys("is tea old", Keys.ENTER)
    chat.until(lambda: chat.texts(".review")[:1] == ["Reviewed January 15, 2026. Not yet clinician-reviewed."])
