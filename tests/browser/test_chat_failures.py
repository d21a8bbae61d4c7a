"""What goes wrong on the way: a kind line, whom to call, the question kept, a way to try again; nothing lost and nothing doubled."""

import re
import socket
from typing import Any

import pytest

from api.answer_forms import failed, opening
from tests.api.pages.sample_pages import answer
from tests.browser.chat_page import ChatPage
from tests.browser.scripted_server import Reply, hasty

pytestmark = pytest.mark.browser

FIRST, SECOND = "Quote 1.\u00a0Source 1", "Quote 2.\u00a0Source 1\u00a0Source 2"
KEPT = " Your question is still here."
BRITISH = [("Call 999", "tel:999"), ("Text 999", "sms:999"), ("Call 116 123", "tel:116123")]
DANGER = "he is not breathing"
STEP = "Give naloxone (Narcan) if opioids are possible or no one is sure."
# What a page hears of the conversation, and what people hear who use a screen reader.
LISTEN = """
window.heard = []; window.said = [];
const listen = (name) => chat.addEventListener(`citewell-${name}`, ({ detail }) => heard.push([name, detail.kind, detail.status]));
const follow = (role) => new MutationObserver(([{ target }]) => target.textContent && said.push([role, target.textContent]))
  .observe(root.querySelector(`.panel > [role=${role}]`), { childList: true });
["answer", "crisis", "error"].forEach(listen);
["status", "alert"].forEach(follow);
"""
BEGUN = b"".join(opening(answer())).replace(b"\r", b"")
PROBLEM = {"type": "urn:citewell:problem:overloaded", "title": "Busy", "status": 503, "detail": "Later."}
UNREACHABLE = f"The answers can't be reached right now.{KEPT}"
CLOSED = f"This chat is not set up for this site yet.{KEPT}"
BUSY = f"Many people are asking just now.{KEPT}"
BROKEN = f"Something went wrong here.{KEPT}"
CUT = "The answer broke off, so what is here may be incomplete."
FAILURES: list[tuple[dict[str, Any], str, int | None, str]] = [
    ({"status": 401}, "closed", 401, CLOSED),
    ({"status": 403}, "closed", 403, CLOSED),
    ({"status": 500}, "broken", 500, BROKEN),
    ({"status": 503}, "busy", 503, BUSY),
    ({"raw": b""}, "unreachable", None, UNREACHABLE),
    ({"raw": b"<!doctype html><p>Sign in to this network.\n\n<p>Room:\n\n"}, "unreachable", None, UNREACHABLE),
    ({"cut": 2}, "cut", None, CUT),
    ({"cut": 4}, "cut", None, CUT),
    ({"raw": BEGUN + b'event: done\ndata: {"status":\n\n'}, "cut", None, CUT),
    ({"raw": b"event: sentence\ndata: {}\n\n"}, "unreachable", None, UNREACHABLE),
    ({"raw": BEGUN + failed(PROBLEM)}, "busy", 503, BUSY),
]  # fmt: skip


def listening(chat: ChatPage, *replies: Reply) -> ChatPage:
    """A chat for Great Britain, whose server has these replies."""
    chat.server.replies = list(replies)
    chat.open('open country="GB"').script(LISTEN)
    return chat


def release(chat: ChatPage, number: int = 0) -> None:
    chat.server.replies[number].released.set()


@pytest.mark.parametrize(("reply", "kind", "status", "said"), FAILURES, ids=[f"{number}-{case[1]}" for number, case in enumerate(FAILURES)])
def test_a_failure_is_said_once_with_whom_to_call_and_can_be_tried_again(
    chat: ChatPage, reply: dict[str, Any], kind: str, status: int | None, said: str
) -> None:
    listening(chat, Reply(**reply), Reply()).ask("is tea old")
    come = chat.texts(".sentence")
    assert come == [FIRST, SECOND][: min(reply.get("cut", 3) - 1, 2) if "cut" in reply else 2 * (BEGUN in reply.get("raw", b""))]
    assert chat.texts(".failure p") == [said, "If anyone is in danger, don't wait for this chat:"]
    calls = [(one.text.split("\n")[0], one.get_attribute("href")) for one in chat.all(".failure .call")]
    assert (calls, chat.texts(".question"), chat.all(".pinned")) == (BRITISH, ["You asked: is tea old"], [])
    assert chat.script("return [heard, said]") == [[["error", kind, status]], [["status", said]]]
    chat.press("Try again")
    chat.until(lambda: chat.all(".rating"))
    assert (chat.texts(".question"), chat.texts(".sentence"), chat.all(".failure")) == (["You asked: is tea old"], [FIRST, SECOND], [])
    assert chat.server.asked == [{"question": "is tea old", "history": [], "country": "GB"}] * 2
    assert chat.complaints() == []


@pytest.mark.parametrize("status", [413, 422])
def test_a_question_that_cannot_be_read_comes_back_to_be_changed(chat: ChatPage, status: int) -> None:
    listening(chat, Reply(status=status), Reply()).ask("is tea")
    assert chat.texts(".failure p")[0] == "This question is too long. Please use up to 1,000 characters."
    chat.press("Change the question")
    assert (chat.typed(), chat.focused()) == ("is tea", "input")
    chat.ask(" old")
    assert (chat.texts(".question"), chat.texts(".sentence")) == (["You asked: is tea old"], [FIRST, SECOND])
    assert [asked["history"] for asked in chat.server.asked] == [[], []]


@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_that_the_server_asks_for_is_said_and_kept(chat: ChatPage, status: int) -> None:
    listening(chat, Reply(status=status, headers={"Retry-After": "1"}), Reply()).ask("is tea old")
    again = chat.one(".again")
    assert not again.is_enabled()
    assert chat.texts(".failure p")[0] == f"Please wait 1 seconds: many questions came at once.{KEPT}"
    chat.until(again.is_enabled)
    again.click()
    chat.until(lambda: chat.texts(".sentence") == [FIRST, SECOND])
    assert (len(chat.server.asked), chat.all(".failure")) == (2, [])


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "Sun, 06 Nov 2044 08:49:37 GMT"}])
def test_a_wait_without_an_end_is_not_counted(chat: ChatPage, headers: dict[str, str]) -> None:
    listening(chat, Reply(status=429, headers=headers), Reply()).ask("is tea old")
    assert re.search(r"\b(0|NaN) seconds", chat.text(".failure p")) is None
    chat.press("Try again")
    chat.until(lambda: chat.texts(".sentence") == [FIRST, SECOND])


@pytest.mark.parametrize(
    ("question", "card", "calls"),
    [
        (DANGER, "Call 999 now, or your local emergency number", ["tel:999", "sms:999", "tel:111"]),
        ("is tea old", None, []),
    ],
)
def test_words_of_danger_get_help_where_no_server_can_be_reached(chat: ChatPage, question: str, card: str | None, calls: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        closed = f"http://127.0.0.1:{unused.getsockname()[1]}"
    policy = {"Content-Security-Policy": f"default-src 'none'; script-src {chat.server.address}; connect-src {closed}"}
    chat.open_page(f'<citewell-chat server="{closed}" country="GB" open></citewell-chat>', policy)
    chat.script(LISTEN)
    chat.ask(question)
    chat.until(lambda: chat.script("return heard.length") == 1 + bool(card))
    heard, said = chat.script("return [heard, said]")
    assert chat.texts(".failure p")[0] == UNREACHABLE
    assert [one.get_attribute("href") for one in chat.all(".pinned .call")] == calls
    assert chat.script("return !!root.querySelector('.log').firstChild.closest('.pinned')") is bool(card)
    if card:
        assert [one.text.startswith(card) and one.is_displayed() for one in chat.all(".pinned .now")] == [True]
        assert ([role for role, _ in said], heard) == (["alert"], [["crisis", None, "crisis"], ["error", "unreachable", None]])
        assert said[0][1].startswith(card)
    else:
        assert (said, heard) == ([["status", UNREACHABLE]], [["error", "unreachable", None]])


def test_what_to_do_stays_while_it_is_tried_again(chat: ChatPage) -> None:
    held = Reply(status=500, held=0)
    listening(chat, Reply(status=500), held).ask(DANGER)
    assert STEP in chat.texts(".sentence")
    chat.press("Try again")
    chat.until(lambda: len(chat.server.asked) == 2)
    assert STEP in chat.texts(".sentence")
    held.released.set()
    chat.ends()
    assert (chat.texts(".sentence").count(STEP), len(chat.all(".pinned"))) == (1, 1)
    assert [(role, words[:20]) for role, words in chat.script("return said")] == [
        ("alert", "Call 999 now, or you"),
        ("status", BROKEN[:20]),
    ]


def test_a_question_after_a_card_tells_the_server_what_was_said(chat: ChatPage) -> None:
    listening(chat, Reply(status=500), Reply(status=500), Reply()).ask(DANGER)
    chat.ask("is tea old")
    chat.ask("and green")
    history = chat.server.asked[2]["history"]
    assert [said["content"] for said in history[0::2]] == [DANGER, "is tea old"]
    assert (STEP in history[1]["content"], history[3]["content"]) == (True, "")  # the second was not answered


def test_a_long_wait_is_explained_and_then_given_up(chat: ChatPage, monkeypatch: pytest.MonkeyPatch) -> None:
    hasty(monkeypatch, SLOW="100", PATIENCE="700")
    listening(chat, Reply(held=2)).send("is tea old")
    chat.until(lambda: chat.texts(".wait") == ["This takes longer than usual. Stop"])
    chat.ends()
    assert chat.texts(".failure p")[0] == f"This took too long.{KEPT}"
    release(chat)
    chat.ask("is it hot")
    assert chat.texts(".sentence") == [FIRST, FIRST, SECOND]
    assert chat.script("return heard") == [["error", "slow", None], ["answer", None, "answered"]]


def test_the_wait_can_be_stopped(chat: ChatPage) -> None:
    listening(chat, Reply(held=2), Reply(held=2)).send("is tea old")
    chat.until(lambda: chat.texts(".sentence") == [FIRST])
    chat.press("Stop")
    chat.ends()
    assert (chat.texts(".failure p"), chat.all(".failure .call"), chat.texts(".sentence")) == ([f"Stopped.{KEPT}"], [], [FIRST])
    release(chat)
    chat.press("Try again")
    chat.until(lambda: (chat.texts(".sentence"), chat.all(".failure"), len(chat.server.asked)) == ([FIRST], [], 2))
    release(chat, 1)
    chat.until(lambda: chat.texts(".sentence") == [FIRST, SECOND])
    assert chat.server.asked[0] == chat.server.asked[1]


def test_a_late_reply_does_not_come_between_later_questions(chat: ChatPage) -> None:
    listening(chat, Reply(held=0), Reply(answer(text="Old.")), Reply()).send("is tea old")
    chat.until(lambda: chat.server.asked)
    chat.ask("is it hot")
    release(chat)
    chat.ask("is it green")
    assert chat.texts(".question") == [f"You asked: is {words}" for words in ("tea old", "it hot", "it green")]
    assert chat.script("return [...root.querySelectorAll('.turn')].map((one) => one.querySelectorAll('.sentence').length)") == [0, 2, 2]
    assert [said["content"] for said in chat.server.asked[2]["history"]] == ["is tea old", "", "is it hot", "Old."]


def test_trying_an_earlier_question_again_gives_up_the_one_that_is_waited_for(chat: ChatPage) -> None:
    listening(chat, Reply(status=500), Reply(held=0), Reply(held=0), Reply()).ask("is tea old")
    chat.send("is it hot")
    chat.until(lambda: len(chat.server.asked) == 2)
    chat.press("Try again")
    chat.until(lambda: len(chat.server.asked) == 3)
    assert chat.script("return [...root.querySelectorAll('.turn')].map((one) => !!one.querySelector('.wait'))") == [True, False]
    chat.press("Stop")
    chat.ends()
    assert chat.texts(".failure p") == [f"Stopped.{KEPT}"] * 2


def test_a_conversation_that_is_cleared_while_it_waits_stays_empty(chat: ChatPage) -> None:
    listening(chat, Reply(held=2), Reply()).send("is tea old")
    chat.until(lambda: chat.texts(".sentence") == [FIRST])
    chat.press("Clear")
    release(chat)
    assert (chat.all(".turn"), chat.script("return [heard, said]")) == ([], [[], [["status", "The conversation was cleared."]]])
    chat.ask("is it hot")
    assert (chat.texts(".question"), chat.server.asked[1]["history"]) == (["You asked: is it hot"], [])


def test_a_chat_that_is_taken_out_while_it_waits_comes_back_with_the_question(chat: ChatPage) -> None:
    listening(chat, Reply(held=2), Reply()).send("is tea old")
    chat.until(lambda: chat.texts(".sentence") == [FIRST])
    chat.script("window.taken = chat; chat.remove()")
    release(chat)
    chat.until(lambda: chat.script("return heard.length"))
    chat.script("document.body.append(taken)")
    assert (chat.texts(".question"), chat.texts(".failure p")) == (["You asked: is tea old"], [f"Stopped.{KEPT}"])
    chat.press("Try again")
    chat.until(lambda: chat.texts(".sentence") == [FIRST, SECOND])
    assert chat.complaints() == []


@pytest.mark.parametrize("reply", [{}, {"status": 500}, {"cut": 2}])
def test_what_is_being_typed_is_not_lost_to_what_comes(chat: ChatPage, reply: dict[str, Any]) -> None:
    listening(chat, Reply(**reply, held=0)).send("is tea old")
    chat.one(".input").send_keys("and is it")
    release(chat)
    chat.ends()
    assert (chat.typed(), chat.focused()) == ("and is it", "input")


def test_helplines_that_were_opened_during_the_wait_stay(chat: ChatPage) -> None:
    listening(chat, Reply(held=1)).send("is tea old")
    chat.press("Get help now")
    call = chat.one(".aside .call")
    release(chat)
    chat.ends()
    view = chat.script("return [arguments[0], root.querySelector('.scroller')].map((one) => one.getBoundingClientRect().bottom)", call)
    assert (call.is_displayed(), view[0] < view[1]) == (True, True)
