"""The attributes of the chat, which are its settings: its server, place, colours, words and language, and who is behind it."""

from functools import partial
from typing import Any

import pytest

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import show
from tests.browser.scripted_server import Reply

pytestmark = pytest.mark.browser

UNREACHABLE = "The answers can't be reached right now. Your question is still here."
OWN_STYLE = """
citewell-chat {
  --citewell-accent: rgb(1, 1, 1); --citewell-on-accent: rgb(2, 2, 2); --citewell-ink: rgb(3, 3, 3); --citewell-paper: rgb(4, 4, 4);
  --citewell-font: monospace; --citewell-radius: 3px; --citewell-width: 400px; --citewell-height: 500px; --citewell-offset: 50px;
}
citewell-chat::part(heading) { font-style: italic }
citewell-chat::part(send) { border-color: rgb(5, 5, 5) }
"""
TESTED = (
    "Tested on 474 questions, it answered 67% of those its documents cover; 5% of its answers were wrong or incomplete. "
    "Expect more mistakes on new ones."
)
OWN = [
    "This site is run by A foundation.",
    "Sponsored by A clinic.",
    "An automated program answers. It is not a clinician, gives no medical advice, and nobody is watching this chat.",
]
DOCUMENTS = "Answers are quotations from 82 reviewed documents."


def says(chat: ChatPage, selector: str, words: str) -> bool:
    return chat.text(selector) == words


def test_attributes_may_change_at_any_time(chat: ChatPage) -> None:
    chat.open("").script("chat.ask('is tea old')")
    for name, value, selector, expected in [
        ("heading", "Tea & bread", ".heading", "Tea & bread"),
        ("greeting", "Hello.", ".greeting p", "Hello."),
        ("sponsor", "A clinic", ".footer p", "Sponsored by A clinic"),
        ("site", "A site", ".footer p", "A site · Sponsored by A clinic"),
        ("strings", '{"ask": "Demander"}', ".send", "Demander"),
        ("language", "es", ".label", "Su pregunta"),
    ]:
        chat.script("chat.setAttribute(...arguments)", name, value)
        chat.until(partial(says, chat, selector, expected))
    chat.script("chat.setAttribute('theme', 'dark')")
    assert chat.computed(".root", "color-scheme") == ["dark"]
    chat.script("chat.setAttribute('position', 'left')")
    assert chat.box(".launcher")["x"] == 16
    chat.script("chat.setAttribute('open', '')")
    assert chat.focused() == "input"
    chat.script("chat.setAttribute('position', 'inline')")
    assert [len(chat.all(selector)) for selector in ("dialog", "section.panel", ".launcher")] == [0, 1, 0]
    assert len(chat.texts(".sentence")) == 2
    chat.script("chat.hidden = true")
    assert not chat.one(".panel").is_displayed()


@pytest.mark.parametrize(
    ("attribute", "path"), [("", ""), ('server="{}/"', ""), ('server="{}/answers"', "/answers"), ('server=" {}/a/b/ "', "/a/b")]
)
def test_the_server_is_that_of_the_script_unless_named(chat: ChatPage, attribute: str, path: str) -> None:
    chat.open_page(f"<citewell-chat open {attribute.format(chat.server.address)}></citewell-chat>").ask("is tea old")
    assert {path for method, path, _ in chat.server.requests if method == "POST"} == {f"{path}/v1/ask/stream"}
    chat.one(".mark").click()
    assert chat.one(".source a[href*=documents]").get_attribute("href") == (
        f"{chat.server.address}{path}/documents/tea#how-is-tea-made:~:text=Quote"
    )


def test_a_server_may_be_named_by_a_path_of_the_site(chat: ChatPage) -> None:
    chat.open_page(
        '<citewell-chat open server="/answers"></citewell-chat>', {"Content-Security-Policy": "default-src 'self' http://127.0.0.1:*"}
    )
    chat.ask("is tea old")
    assert chat.site.posted == ['{"question":"is tea old","history":[],"country":"US"}']


@pytest.mark.parametrize("address", ["http://", "https://a b", "mailto:a@b.example"])
def test_a_server_that_cannot_be_is_met_with_kind_words(chat: ChatPage, address: str) -> None:
    chat.open_page(f'<citewell-chat open server="{address}"></citewell-chat>')
    assert chat.complaints() == []
    chat.ask("is tea old")
    assert chat.texts(".failure p:first-child") == [UNREACHABLE]
    chat.press("Get help now")
    assert chat.texts(".aside .call")[0] == "Call 911 Emergency services"


def test_it_stands_where_it_is_told_to(chat: ChatPage) -> None:
    chat.open("")
    assert (chat.box(".launcher")["right"], chat.box(".launcher")["bottom"]) == (984, 784)
    chat.open('position="left"')
    assert (chat.box(".launcher")["left"], chat.box(".launcher")["bottom"]) == (16, 784)
    chat.press("Ask a question")
    assert (chat.box("dialog")["left"], chat.box("dialog")["bottom"]) == (16, 784)
    chat.open('position="inline"', around="<p>Host</p>")
    panel, paragraph = chat.box(".panel"), chat.script("return document.querySelector('p').getBoundingClientRect().toJSON()")
    assert (panel["left"], panel["right"]) == (paragraph["left"], paragraph["right"])
    assert panel["top"] >= paragraph["bottom"]
    assert chat.all(".launcher, .close") == []


@pytest.mark.parametrize(
    ("theme", "colours", "paper"),
    [
        ("", "light", "rgb(255, 255, 255)"),
        ("", "dark", "rgb(20, 25, 31)"),
        ('theme="dark"', "light", "rgb(20, 25, 31)"),
        ('theme="light"', "dark", "rgb(255, 255, 255)"),
    ],
)
def test_it_is_light_or_dark_as_the_page_or_the_reader_has_it(chat: ChatPage, theme: str, colours: str, paper: str) -> None:
    show(chat.browser, 1000, colours="light" if colours == "dark" else "dark")
    chat.open(f"open {theme}")
    show(chat.browser, 1000, colours=colours)  # also where that changes meanwhile
    chat.until(lambda: chat.computed(".panel", "background-color") == [paper])


def test_a_page_has_its_own_colours_sizes_and_parts(chat: ChatPage) -> None:
    chat.open()
    chat.style(OWN_STYLE)
    assert chat.computed(".send", "background-color", "color", "border-top-color") == ["rgb(1, 1, 1)", "rgb(2, 2, 2)", "rgb(5, 5, 5)"]
    panel = ("color", "background-color", "font-family", "border-top-left-radius", "width", "height", "right", "bottom")
    assert chat.computed(".panel", *panel) == ["rgb(3, 3, 3)", "rgb(4, 4, 4)", "monospace", "3px", "400px", "500px", "50px", "50px"]
    assert chat.computed(".heading", "font-style") == ["italic"]


def test_a_page_from_right_to_left_has_the_chat_mirrored(chat: ChatPage) -> None:
    chat.open_page(f'<div dir="rtl"><citewell-chat server="{chat.server.address}" open></citewell-chat></div>')
    chat.ask("هل الشاي قديم")
    assert chat.box(".close")["right"] < chat.box(".heading")["left"]
    assert chat.box(".send")["right"] <= chat.box(".input")["left"]
    assert (chat.box(".question")["left"], chat.box(".sure")["right"]) == (chat.box(".log")["left"], chat.box(".log")["right"])
    assert chat.computed(".sure", "text-align", "direction") == ["start", "rtl"]
    assert chat.computed(".sentence", "text-align", "direction") == ["start", "ltr"]  # which is English


@pytest.mark.parametrize(
    ("page", "attributes", "launch", "language"),
    [
        ("en", 'language="es"', "Hacer una pregunta", "es"),
        ("es-MX", "", "Hacer una pregunta", "es"),
        ("es-MX", 'language="en"', "Ask a question", "en"),
        ("fr", "", "Ask a question", "en"),
        ("fr", """strings='{"launch": "Demander", "ask": "Envoyer"}'""", "Demander", "fr"),
        ("es", """strings='{"launch": "Pregunta"}'""", "Pregunta", "es"),
    ],
)
def test_it_speaks_the_language_of_the_page_or_its_own(chat: ChatPage, page: str, attributes: str, launch: str, language: str) -> None:
    chat.open_page(f'<div lang="{page}"><citewell-chat server="{chat.server.address}" {attributes}></citewell-chat></div>')
    chat.until(lambda: chat.script("return root.firstChild.lang") == language)
    assert chat.text(".launch").strip() == launch
    assert chat.complaints() == []


@pytest.mark.parametrize("language", ["en_US", "english please", "", "x"])
def test_a_language_that_cannot_be_does_no_harm(chat: ChatPage, language: str) -> None:
    chat.open_page(f'<div lang="{language}"><citewell-chat server="{chat.server.address}" open></citewell-chat></div>').ask("is tea old")
    assert (chat.texts(".failure p:first-child"), len(chat.texts(".sentence"))) == ([], 2)
    chat.press("Get help now")
    assert chat.texts(".aside .call")[0] == "Call 911 Emergency services"


def test_broken_words_of_the_page_do_no_harm(chat: ChatPage) -> None:
    chat.open("""open strings='{"launch": '""").ask("is tea old")
    assert (chat.text(".send"), len(chat.texts(".sentence"))) == ("Ask", 2)
    chat.script("chat.strings = { launch: 'Demander' }; chat.open = false")
    chat.until(lambda: chat.text(".launch").strip() == "Demander")


def test_where_some_words_are_the_pages_the_others_stay(chat: ChatPage) -> None:
    chat.server.replies = [Reply(status=503)]
    chat.open("""open strings='{"purposes": {"emergency": "Notfall"}, "failures": {"closed": "Nein."}}'""").ask("is tea old")
    chat.press("Get help now")
    assert chat.texts(".for") == ["Notfall", "Suicide or a crisis", "Poisoning", "Using alone", "Violence", "Treatment"]
    assert chat.texts(".failure p:first-child") == ["Many people are asking just now. Your question is still here."]


def test_examples_are_asked_with_one_click(chat: ChatPage) -> None:
    chat.open('open examples="Is tea old?|Is it hot?"').press("Is it hot?")
    chat.until(lambda: chat.texts(".question") == ["You asked: Is it hot?"])
    assert chat.texts(".greeting .suggestion") == ["Is tea old?", "Is it hot?"]


@pytest.mark.parametrize(
    ("info", "told"),
    [
        ({}, [DOCUMENTS, TESTED, "The chat is gone when this tab closes. Questions are not kept."]),
        (
            {"calibration": None, "index": None},
            ["It was not tested on these documents.", "The chat is gone when this tab closes. Questions are not kept."],
        ),
        (
            {"stores_text": True, "retention_days": 30},
            [
                DOCUMENTS,
                TESTED,
                "The chat is gone when this tab closes. This site keeps questions for 30 days, without names and numbers.",
            ],
        ),
    ],
)
def test_who_is_behind_it_is_told(chat: ChatPage, info: dict[str, Any], told: list[str]) -> None:
    chat.server.info |= info
    chat.open('open owner="A foundation" sponsor="A clinic" site="Tea facts"').press("About this automated chat")
    chat.until(lambda: chat.texts(".aside .title") == ["Who is behind this chat"])
    assert chat.texts(".aside > div > p") == [*OWN, *told, "How it was tested"]
    assert chat.one(".aside a").get_attribute("href") == f"{chat.server.address}/#evaluation"
    assert chat.focused() == "title"
    assert chat.text(".footer p") == "Tea facts · Sponsored by A clinic"


def test_what_is_known_is_told_without_the_server(chat: ChatPage) -> None:
    chat.open_page('<citewell-chat server="http://127.0.0.1:1" open owner="A foundation" sponsor="A clinic"></citewell-chat>')
    chat.press("About this automated chat")
    chat.until(lambda: chat.texts(".aside > div > p") == [*OWN, "The chat is gone when this tab closes. ", "How it was tested"])
    chat.one(".input").click()
    assert chat.text("#hint") == "Please leave out names. "
