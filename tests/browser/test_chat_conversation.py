"""A conversation: what is asked, answered, understood, cited, rated, copied, printed and cleared."""

from dataclasses import dataclass
from typing import Any

import pytest
from selenium.common.exceptions import NoAlertPresentException
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys

from bot.answer import Answer, AnswerSentence, DrugMention, Interpretation, Notice
from indexer.documents import Source
from tests.api.pages.sample_pages import ATTACKS, answer, citation, crisis, hostile_answer
from tests.browser.chat_page import ChatPage
from tests.browser.conftest import show
from tests.browser.scripted_server import Reply

pytestmark = pytest.mark.browser

QUESTION = "are xans ketamine"
FIRST, SECOND = "Quote 1.\u00a0Source 1", "Quote 2.\u00a0Source 1\u00a0Source 2"
LONG = "pneumonoultramicroscopicsilicovolcanoconiosis" * 3
MEANT = DrugMention("xans", "alprazolam", "benzodiazepine", "Xanax")
# What each turn has of a kind, as text; null where it has none.
IN_TURNS = "return [...root.querySelectorAll('.turn')].map((turn) => turn.querySelector(arguments[0])?.textContent ?? null)"
TOLD = (AnswerSentence("Quote 1.", (1,)),)
# A window of its own for paper, which says what would be printed in place of printing it.
PAPER = """
const { get } = Object.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, "contentWindow");
Object.defineProperty(HTMLIFrameElement.prototype, "contentWindow", { get() {
  const paper = window.paper = get.call(this);
  paper.print = () => { window.printed = paper.document.body.innerText; };
  return paper;
} });
"""
LINES = "Emergency services: 911\n\n988 Suicide & Crisis Lifeline: 988"
NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined })"
COPIED = "const done = arguments[0]; navigator.clipboard.readText().then(done, (error) => done(`${error}`))"
OPEN_ALL = "for (const one of root.querySelectorAll('.mark, summary')) one.click()"
WIDTHS = "const box = root.querySelector('.scroller'); return [box.scrollWidth - box.clientWidth, document.documentElement.scrollWidth]"


def answered(chat: ChatPage, *answers: Answer) -> ChatPage:
    """A chat in which as many questions were asked, each with its answer."""
    chat.server.replies = [Reply(one) for one in answers]
    chat.open().ask_all(*[QUESTION] * len(answers))
    return chat


def rated(chat: ChatPage, count: int) -> None:
    """Wait until as many ratings were sent."""
    chat.until(lambda: len(chat.server.ratings) == count)


def test_an_answer_has_its_sentences_with_marks(chat: ChatPage) -> None:
    chat.open().ask(QUESTION)
    assert chat.texts(".question") == [f"You asked: {QUESTION}"]
    assert chat.texts(".sentence") == [FIRST, SECOND]
    assert [mark.accessible_name for mark in chat.all(".sentence .mark")] == ["Source 1", "Source 1", "Source 2"]
    assert chat.texts(".notice") == ["Talk with a pharmacist.\u00a0Source 2"]
    assert chat.server.asked == [{"question": QUESTION, "history": [], "country": "US"}]
    assert chat.complaints() == []


def test_a_sentence_is_seen_before_the_answer_is_whole(chat: ChatPage) -> None:
    held = Reply(held=2)
    chat.server.replies = [held]
    chat.open().send(QUESTION)
    chat.until(lambda: chat.texts(".sentence") == [FIRST])
    assert chat.texts(".understood") == ["Understood as: xans → alprazolam Not what I meant"]
    assert (chat.texts(".wait"), chat.all(".tools .rating"), chat.typed()) == (["Looking in the documents… Stop"], [], "")
    chat.one(".mark").click()
    assert chat.one(".source").is_displayed()
    held.released.set()
    chat.until(lambda: not chat.all(".wait"))
    assert (chat.texts(".sentence"), len(chat.all(".understood")), len(chat.all(".notice"))) == ([FIRST, SECOND], 1, 1)


@dataclass
class Torn(Reply):
    """A reply whose bytes come in two pieces."""

    after: bytes = b""

    def chunks(self) -> list[bytes]:
        """Torn in the middle of a letter, with signs of life and the other kind of line ends."""
        whole = b": alive\r\n\r\n" + b"".join(super().chunks()).replace(b"\n", b"\r\n")
        start = whole.rindex(self.after) + 2
        return [whole[:start], whole[start:]]


def test_a_letter_that_comes_in_two_pieces_is_one(chat: ChatPage) -> None:
    torn = Torn(answer(sentences=(AnswerSentence("Té 🍵 سلام"),)), held=1, after="🍵".encode())
    chat.server.replies = [torn]
    chat.open().send(QUESTION)
    chat.until(lambda: chat.texts(".understood"))
    torn.released.set()
    chat.until(lambda: not chat.all(".wait"))
    assert chat.texts(".sentence") == ["Té 🍵 سلام"]


def test_each_mark_opens_its_quotation_and_closes_it(chat: ChatPage) -> None:
    answered(chat, answer(sentences=(AnswerSentence("One.", (2, 1)), AnswerSentence("Two.", (1,)))))
    assert chat.texts(".mark")[:3] == ["Source 2", "Source 1", "Source 1"]
    mark = chat.all(".mark")[1]
    assert (mark.get_attribute("aria-expanded"), [one.is_displayed() for one in chat.all(".source")]) == ("false", [False] * 4)
    mark.click()
    shown = [one for one in chat.all(".source") if one.is_displayed()]
    assert [one.accessible_name for one in shown] == ["Source 1"]
    assert shown[0].text.split("\n") == [
        "Tea › How is tea made?", "Quote 1.", "Sources:", "The book of tea Tea board, 2020",
        "Reviewed January 15, 2026. Not yet clinician-reviewed.", "Read it in the document", ": Tea",
    ]  # fmt: skip
    assert mark.get_attribute("aria-expanded") == "true"
    mark.click()
    assert (mark.get_attribute("aria-expanded"), shown[0].is_displayed()) == ("false", False)


def test_a_quotation_says_its_page_its_sources_and_who_reviewed_it(chat: ChatPage) -> None:
    letter = Source("LETTER", "A letter")
    cited = (citation(1, page=4, reviewed_by="Dr. Leaf", sources=(letter,)), citation(2, reviewed=None, sources=()))
    answered(chat, answer(sentences=(AnswerSentence("Quote.", (1, 2)),), citations=cited, notices=()))
    dated, undated = "Reviewed January 15, 2026. Reviewed by Dr. Leaf.", "Not yet clinician-reviewed."
    assert chat.texts(".place") == ["Tea › How is tea made?, page 4", "Tea › How is tea made?"]
    assert (chat.texts(".review"), chat.texts(".source li")) == ([dated, undated], ["A letter "])


def test_links_of_a_quotation_open_a_tab_that_is_told_nothing(chat: ChatPage) -> None:
    answered(chat, answer(sentences=TOLD, notices=()))
    chat.one(".mark").click()
    links = chat.script("return [...root.querySelectorAll('.source a')].map((one) => [one.href, one.target, one.rel])")
    passage = f"{chat.server.address}/documents/tea#how-is-tea-made:~:text=Quote"
    assert links == [[address, "_blank", "noreferrer"] for address in ("https://tea.example/book", passage)]
    first = chat.browser.current_window_handle
    chat.all(".source a")[1].click()
    chat.until(lambda: len(chat.browser.window_handles) == 2)
    chat.browser.switch_to.window(next(one for one in chat.browser.window_handles if one != first))
    came = chat.until(lambda: [headers for _, path, headers in chat.server.requests if path == "/documents/tea"])
    assert ("referer" in came[0], chat.browser.execute_script("return window.opener")) == (False, None)
    chat.browser.close()
    chat.browser.switch_to.window(first)


def test_confidence_is_said_in_words_where_something_was_answered(chat: ChatPage) -> None:
    values = (1.0, 0.9, 0.899, 0.75, 0.749, None)
    answered(chat, *(answer(confidence=value) for value in values), answer(status="abstained"))
    likely, maybe = "Very likely right.", "Probably right. Please read the sources."
    unsure = "May be wrong or incomplete. Please read the sources first."
    assert chat.script(IN_TURNS, ".sure") == [likely, likely, maybe, maybe, unsure, None, None]


def test_what_was_understood_is_said_where_it_needs_to_be(chat: ChatPage) -> None:
    named = (MEANT, DrugMention("k", "ketamine", "dissociative"), DrugMention("Naloxones", "naloxone", "antagonist"))
    answered(
        chat,
        answer(interpretation=Interpretation(QUESTION, named)),
        answer(interpretation=Interpretation(f"{QUESTION} with tea", (MEANT,))),
        answer(interpretation=Interpretation(f" {QUESTION.upper()} ", named[2:])),
    )
    assert [text and text.removesuffix(" Not what I meant") for text in chat.script(IN_TURNS, ".understood")] == [
        "Understood as: xans → alprazolam (Xanax), k → ketamine",
        "Understood as: are xans ketamine with tea, xans → alprazolam (Xanax)",
        None,
    ]


def test_what_was_misunderstood_is_asked_anew(chat: ChatPage) -> None:
    chat.server.replies = [Reply(answer(text=f"Answer {number}.")) for number in range(3)]
    chat.open().ask("is tea old")
    chat.ask(QUESTION)
    chat.all(".understood .quiet")[1].click()
    field = "const input = root.querySelector('.input'); return input.value.slice(input.selectionStart, input.selectionEnd)"
    assert (chat.typed(), chat.script(field), chat.focused()) == (QUESTION, "xans", "input")
    assert chat.text(".label") == "Change what was misunderstood, then ask again."
    ActionChains(chat.browser).send_keys("zopiclone", Keys.ENTER).perform()
    chat.until(lambda: not chat.all(".wait") and len(chat.server.asked) == 3)
    assert chat.texts(".question") == ["You asked: is tea old", "You asked: are zopiclone ketamine"]
    assert [said["content"] for said in chat.server.asked[2]["history"]] == ["is tea old", "Answer 0."]
    assert (len(chat.all(".turn")), chat.text(".label"), chat.typed()) == (2, "Your question", "")


def test_a_choice_is_asked_and_not_rated(chat: ChatPage) -> None:
    which = {"status": "clarify", "sentences": (AnswerSentence("Which?"),), "interpretation": Interpretation(QUESTION)}
    answered(chat, answer(**which, citations=(), notices=(), resources=(), confidence=None))
    seen = ["You asked:", QUESTION, "Which?", "Choose one", "Is tea old?", "Is tea hot?", "Copy with sources"]
    assert chat.one(".turn").text.split("\n") == seen
    chat.all(".suggestion")[1].click()
    chat.until(lambda: len(chat.all(".tools")) == 3)  # one of them is below the input
    assert (chat.texts(".question")[1], chat.server.asked[1]["question"]) == ("You asked: Is tea hot?", "Is tea hot?")


@pytest.mark.parametrize("status", ["abstained", "declined"])
def test_where_nothing_is_answered_people_and_questions_are_in_view(chat: ChatPage, status: Any) -> None:
    told, notice = AnswerSentence("The documents do not say."), Notice("medical", "Ask a pharmacist.")
    answered(chat, answer(status=status, sentences=(told,), citations=(), notices=(notice,), confidence=None))
    assert [one.text for one in chat.all(".sentence, .notice, .title")] == [told.text, "Ask a pharmacist.", "You can also ask", "Helplines"]
    calls = [one for one in chat.all(".call") if one.is_displayed()]
    assert [one.accessible_name for one in calls][0::2] == ["Call 911 Emergency services", "Call 988 988 Suicide & Crisis Lifeline"]
    assert chat.one(".rating").is_displayed()


def test_beside_an_answer_helplines_are_folded_away(chat: ChatPage) -> None:
    answered(chat, answer())
    assert [one.is_displayed() for one in chat.all(".call")] == [False] * 4
    chat.press("Helplines")
    assert [one.is_displayed() for one in chat.all(".call")] == [True] * 4


def test_the_last_ten_turns_come_with_a_question_until_they_are_cleared(chat: ChatPage) -> None:
    chat.server.replies = [Reply(answer(text=f"Answer {number}.")) for number in range(14)]
    chat.open().ask_all(*[f"question {number}" for number in range(12)])
    said = chat.server.asked[11]["history"]
    assert [one["role"] for one in said] == ["user", "assistant"] * 10
    assert [one["content"] for one in said] == [words for number in range(1, 11) for words in (f"question {number}", f"Answer {number}.")]
    chat.one(".footer .tool:last-child").click()
    assert (chat.all(".turn"), chat.focused()) == ([], "input")
    chat.ask_all("again")
    assert chat.server.asked[12] == {"question": "again", "history": [], "country": "US"}


def test_a_conversation_is_kept_in_its_tab_alone(chat: ChatPage) -> None:
    answered(chat, answer())
    kept = """
        const done = arguments[0], stored = [localStorage.length, sessionStorage.length, document.cookie, history.state, location.search];
        Promise.all([indexedDB.databases(), caches.keys()]).then((more) => done([...stored, ...more]));
    """
    assert chat.browser.execute_async_script(kept) == [0, 0, "", None, "", [], []]
    first = chat.browser.current_window_handle
    chat.browser.switch_to.new_window("tab")
    chat.open().ask("elsewhere")
    chat.browser.close()
    chat.browser.switch_to.window(first)
    chat.browser.refresh()
    chat.until(lambda: chat.script("return !!root?.querySelector('.log')"))
    assert chat.all(".turn") == []
    chat.ask("after")
    assert [asked["history"] for asked in chat.server.asked] == [[], [], []]


def test_a_good_answer_is_rated_with_one_press_that_can_be_repeated_where_it_failed(chat: ChatPage) -> None:
    answered(chat, answer(citations=(citation(1), citation(2), citation(3, section_id="other"))))
    chat.script("document.addEventListener('citewell-feedback', (event) => { window.heard = event.detail; })")
    chat.server.rating_status = 503
    chat.one(".rating button").click()
    chat.until(lambda: chat.text(".rating") == "That did not work. Did this help?YesNo")
    assert chat.script("return window.heard") is None
    chat.server.rating_status = 204
    chat.one(".rating button").click()
    heard = chat.until(lambda: chat.script("return window.heard"))
    receipt = {"index": None, "embedding_model": None, "calibration": None, "software": "0.1.0"}
    assert chat.server.ratings == [{"receipt": receipt, "sections": ["tea#how-is-tea-made", "tea#other"], "rating": "up"}] * 2
    assert (heard["rating"], chat.text(".rating")) == ("up", "Thank you.")


def test_a_bad_answer_is_rated_with_what_is_wrong(chat: ChatPage) -> None:
    reasons = {
        "It is wrong": "wrong", "Something is missing": "incomplete", "Hard to understand": "unclear", "Not what I asked": "unrelated",
        "Unkind": "unkind", "Something else": "other",
    }  # fmt: skip
    chat.open()
    for number in range(len(reasons)):
        chat.ask_all(QUESTION)
        chat.all(".turn:last-child .rating button")[1].click()
        choices = chat.all(".turn:last-child .rating button")
        assert ([one.text for one in choices], chat.script("return root.activeElement.textContent")) == (list(reasons), "It is wrong")
        choices[number].click()
        rated(chat, number + 1)
    chat.until(lambda: chat.texts(".rating") == ["Thank you."] * len(reasons))
    assert [(sent["rating"], sent["reason"]) for sent in chat.server.ratings] == [("down", reason) for reason in reasons.values()]


def test_two_quick_presses_are_one_rating(chat: ChatPage) -> None:
    answered(chat, answer())
    chat.script("const yes = root.querySelector('.rating button'); yes.click(); yes.isConnected && yes.click()")
    rated(chat, 1)
    chat.ask_all("and now")
    assert (len(chat.server.ratings), chat.text(".rating")) == (1, "Thank you.")


def test_an_answer_is_copied_with_its_sources(chat: ChatPage) -> None:
    chat.browser.execute_cdp_cmd("Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
    told = "Quote 1. [1]"
    notice = Notice("medical", "Talk with a pharmacist.")
    answered(chat, answer(text=told, citations=(citation(1),), sentences=TOLD, notices=(notice,)))
    chat.one(".tool").click()
    chat.until(lambda: chat.text(".unseen[role=status]") == "Copied.")
    copied = chat.browser.execute_async_script(COPIED)
    assert copied.replace("\r\n", "\n").split("\n\n") == [
        QUESTION,
        "Talk with a pharmacist.",
        told,
        "[1] Tea › How is tea made? (Reviewed January 15, 2026. Not yet clinician-reviewed.)\n"
        f"{chat.server.address}/documents/tea#how-is-tea-made:~:text=Quote",
        "Emergency services: 911",
        "988 Suicide & Crisis Lifeline: 988",
    ]
    assert (chat.text(".tool"), chat.focused()) == ("Copied.", "tool")
    chat.browser.execute_cdp_cmd("Browser.resetPermissions", {})


def test_what_cannot_be_copied_is_said_to_be_so(chat: ChatPage) -> None:
    answered(chat, answer()).script(NO_CLIPBOARD)
    chat.one(".tool").click()
    chat.until(lambda: chat.text(".unseen[role=status]") == "That did not work.")
    assert chat.text(".tool") == "That did not work."


def test_the_conversation_is_printed_and_nothing_else(chat: ChatPage) -> None:
    plain = answer(text="Quote 1. [1]", citations=(), sentences=(), notices=())
    chat.server.replies = [Reply(plain), Reply(plain), Reply(status=500)]
    chat.open(around="<p>the page around</p>").script(PAPER)
    chat.ask_all("is <b>tea</b> old", "is it hot", "is it green")
    chat.press("Print")
    assert chat.script("return window.printed") == "\n\n\n".join(
        f"{asked}\n\nQuote 1. [1]\n\n{LINES}" for asked in ("is <b>tea</b> old", "is it hot")
    )
    assert len(chat.all("iframe")) == 1
    chat.script("window.paper.dispatchEvent(new Event('afterprint'))")
    assert (chat.all("iframe"), chat.complaints()) == ([], [])


def test_planted_markup_stays_words(chat: ChatPage) -> None:
    chat.server.replies = [Reply(hostile_answer(attack, status=status)) for attack in ATTACKS for status in ("answered", "crisis")]
    asked = [attack for attack in ATTACKS for _ in range(2)]
    chat.open().ask_all(*asked)
    assert chat.texts(".question") == [f"You asked: {attack}" for attack in asked]
    chat.script(OPEN_ALL)
    with pytest.raises(NoAlertPresentException):
        chat.browser.switch_to.alert.accept()
    planted = "return [root.querySelectorAll('script, img, b, i, [onclick], [onerror]').length, document.scripts.length]"
    assert (chat.script(planted), chat.complaints()) == ([0, 1], [])
    assert set(chat.script("return [...root.querySelectorAll('[href]')].map((one) => one.protocol)")) == {"tel:", "sms:"}
    assert len(chat.all(".quote")) == 3 * len(ATTACKS)


def test_very_long_words_do_not_widen_the_chat(chat: ChatPage) -> None:
    show(chat.browser, 320)
    card = crisis(text=LONG, sentences=(AnswerSentence(LONG),), notices=())
    chat.server.replies = [Reply(hostile_answer(LONG)), Reply(card)]
    chat.open(f'open heading="{LONG}"').ask_all(LONG, LONG)
    chat.script(OPEN_ALL)
    assert chat.script(WIDTHS) == [0, 320]


def test_a_question_is_shown_in_its_lines_and_its_direction(chat: ChatPage) -> None:
    told = AnswerSentence("الشاي قديم. 🍵", (1,))
    chat.server.replies = [Reply(answer(sentences=(told,), citations=(citation(1, quote=told.text),), notices=()))]
    chat.open().ask_all(" هل الشاي قديم؟ 🍵\nو حار؟ ")
    assert chat.server.asked[0]["question"] == "هل الشاي قديم؟ 🍵\nو حار؟"
    assert chat.one(".question").text.split("\n")[-2:] == ["هل الشاي قديم؟ 🍵", "و حار؟"]
    direction = "return ['.sentence', '.quote', '.question bdi'].map((one) => getComputedStyle(root.querySelector(one)).direction)"
    assert chat.script(direction) == ["rtl"] * 3


def test_enter_asks_what_was_written_and_shift_with_enter_begins_a_line(chat: ChatPage) -> None:
    field = chat.open().one(".input")
    chat.one(".send").click()
    field.send_keys("  ", Keys.SHIFT, Keys.ENTER, Keys.NULL, " ", Keys.ENTER)
    chat.script("chat.ask(' \\n')")
    field.send_keys("is tea", Keys.SHIFT, Keys.ENTER, Keys.NULL, "old?")
    assert (chat.typed(), chat.all(".turn")) == ("is tea\nold?", [])
    field.send_keys(Keys.ENTER)
    chat.until(lambda: chat.all(".sentence"))
    assert ([asked["question"] for asked in chat.server.asked], chat.typed(), chat.focused()) == (["is tea\nold?"], "", "input")


# While a word is put together the key ends that; one browser says so by the key's code alone.
@pytest.mark.parametrize("sign", ["isComposing: true", "keyCode: 229"])
def test_enter_within_a_word_that_is_put_together_does_not_ask(chat: ChatPage, sign: str) -> None:
    chat.open().one(".input").send_keys("おちゃ")
    key = f"new KeyboardEvent('keydown', {{ key: 'Enter', cancelable: true, bubbles: true, {sign} }})"
    assert chat.script(f"return root.querySelector('.input').dispatchEvent({key})")
    assert (chat.all(".turn"), chat.typed()) == ([], "おちゃ")
