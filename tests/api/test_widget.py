"""The chat as it is sent: how large, to whom, with what words, and whom to call from where."""

import gzip
import json
import re
from importlib.resources import files
from typing import Any
from unicodedata import normalize

import pytest
from fastapi.testclient import TestClient

from api.widget.script import MODULES, chat_script, help_data, strings_script
from bot.pipeline import Bot
from tests.api.pages.sample_pages import SAFETY
from tests.applications import distant_client, services_of

CHAT = "/widget/citewell-chat.js"
LARGEST = 15_000  # bytes, compressed: what a slow telephone has in half a second
SOURCES = {name: (files("api") / "widget" / name).read_text(encoding="utf-8") for name in MODULES}
# A string, a template, a regular expression (after what cannot end a value) or a comment, whichever begins first.
TOKEN = re.compile(
    r'(?P<kept>"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)|(?P<before>[(,=:]\s*)(?P<expression>/(?![/*])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/)|//[^\n]*'
)
HELP = help_data(SAFETY)
DANGERS = {
    "emergency": [
        "he is not breathing",
        "She won't wake up!",
        "my friend ISN’T responding",
        "can't breathe",
        "his lips are turning blue",
        "I think I'm overdosing",
        "he od'ed on fent",
        "my baby swallowed a pill",
        "she took a whole bottle of xanax",
        "call an ambulance",
        "no pulse",
        "he's having a seizure",
        "No respira",
        "sobredosis",
    ],
    "suicide": [
        "I want to die",
        "i don't want to live",
        "I want to kill myself",
        "she tried to kill herself",
        "im cutting myself",
        "they want to kill themselves",
        "i'm going to end it all",
        "everyone would be better off dead",
        "thinking about self-harm",
        "Soy suicida",
        "quiero morir",
    ],
}
ORDINARY = [
    "is ketamine an opioid",
    "how long do xans stay in urine",
    "can i drive after one xanax",
    "what helps with withdrawal",
    "does narcan work on benzos",
    "i took 0.5 mg of xanax last night",
    "what is a good breathing exercise",
    "blue pills marked M30",
    "can you help me understand ketamine",
    "i want to move on after rehab",
    "how do i wake up less tired on pregabalin",
    "¿qué es la ketamina?",
]


@pytest.fixture(scope="module")
def client(without_index: Bot) -> TestClient:
    return distant_client(services_of(without_index))


def plain(message: str) -> str:
    """As the chat reads a message: lower case, without accents and apostrophes, each other sign a space."""
    return re.sub(r"[\W_]+", " ", re.sub("[\u0300-\u036f'’]", "", normalize("NFD", message.lower())))


def card_for(message: str) -> list[str]:
    return [name for name, patterns in HELP["plain"].items() if any(re.search(one, plain(message), re.ASCII) for one in patterns)]


def words(language: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((files("api") / "widget" / "strings" / f"{language}.json").read_text(encoding="utf-8"))
    return found


def leaves(value: Any, path: str = "") -> dict[str, list[str]]:
    """The places of each text, by where it stands; a list is as good as a mapping."""
    if isinstance(value, str):
        return {path: sorted(re.findall(r"{\w+}", value))}
    parts = value.items() if isinstance(value, dict) else enumerate(value)
    return {at: places for key, part in parts for at, places in leaves(part, f"{path}.{key}").items()}


def kept(text: str) -> list[str]:
    """All that a script says word for word: its strings, templates and regular expressions, in their order."""
    return [found["kept"] or found["expression"] for found in TOKEN.finditer(text) if found["kept"] or found["expression"]]


@pytest.mark.parametrize("path", [CHAT, "/widget/strings/es.js"])
def test_any_page_may_load_it_without_a_key(client: TestClient, path: str) -> None:
    reply = client.get(path, headers={"Origin": "https://anywhere.example", "Sec-Fetch-Site": "cross-site", "Accept-Encoding": "identity"})
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert reply.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert reply.headers["Cache-Control"] == "public, max-age=0, stale-while-revalidate=86400"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert "Accept-Encoding" in reply.headers["Vary"]
    assert "Content-Encoding" not in reply.headers
    assert "Set-Cookie" not in reply.headers


def test_it_is_sent_compressed_where_that_is_understood(client: TestClient, without_index: Bot) -> None:
    script = chat_script(without_index.safety)
    packed = client.get(CHAT, headers={"Accept-Encoding": "gzip, br"})
    assert (packed.headers["Content-Encoding"], packed.headers["Content-Length"]) == ("gzip", str(len(script.compressed)))
    assert packed.text == client.get(CHAT, headers={"Accept-Encoding": "identity"}).text == script.text
    assert gzip.decompress(script.compressed).decode() == script.text


def test_what_a_browser_has_already_is_not_sent_again(client: TestClient) -> None:
    etag = client.get(CHAT).headers["ETag"]
    again = client.get(CHAT, headers={"If-None-Match": etag, "Origin": "https://anywhere.example"})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get(CHAT, headers={"If-None-Match": f'W/{etag}, "other"'}).status_code == 304
    assert client.get(CHAT, headers={"If-None-Match": '"other"'}).status_code == 200
    assert client.get("/widget/strings/es.js").headers["ETag"] != etag


@pytest.mark.parametrize(
    "path", ["/widget/strings/en.js", "/widget/strings/xx.js", "/widget/strings/..%2fen.json", "/widget/style.css", "/widget/"]
)
def test_nothing_else_is_there(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_all_of_it_is_small() -> None:
    assert len(chat_script(SAFETY).compressed) <= LARGEST
    assert len(strings_script("es").compressed) <= 3_000


def test_languages_have_the_same_words_with_the_same_places() -> None:
    assert leaves(words("es")) == leaves(words("en"))
    assert [key for key, text in words("es").items() if text == words("en")[key]] == ["no"]


def test_every_word_is_used_and_no_other() -> None:
    code = "".join(SOURCES.values())
    used = set(re.findall(r"\bwords\.(\w+)", code)) | {"helpHeading", "aboutHeading"}  # `${what}Heading`
    assert used == words("en").keys()


def test_the_modules_become_one_script_without_a_name_twice() -> None:
    assert sorted(MODULES) == sorted(file.name for file in (files("api") / "widget").iterdir() if file.name.endswith(".js"))
    declared = [
        name for text in SOURCES.values() for name in re.findall(r"^(?:export )?(?:async )?(?:const|let|class|function) (\w+)", text, re.M)
    ]
    assert len(declared) > 40
    assert sorted({name for name in declared if declared.count(name) > 1}) == []
    assert {name for text in SOURCES.values() for name in re.findall(r"^import .* as .*", text, re.M)} == set()
    assert re.findall(r"^(?:import|export)\b.*", chat_script(SAFETY).text, re.M) == []


def test_making_it_small_changes_no_text() -> None:
    said = [text for source in SOURCES.values() for text in kept(re.sub("^import .*\n", "", source, flags=re.M))]
    assert kept(chat_script(SAFETY).text.partition("const STYLE=")[2].partition("\n")[2]) == said
    assert [text for text in said if text.startswith("`") and text.count("{") != text.count("}")] == []  # one within another


@pytest.mark.parametrize("code", HELP["lines"])
def test_every_country_has_somebody_to_call(code: str) -> None:
    lines = HELP["lines"][code]
    assert lines
    assert all(line["purpose"] and ("phone" in line or "sms" in line or line["url"].startswith("https://")) for line in lines)
    if code == "ZZ":
        assert [line["url"] for line in lines] == ["https://findahelpline.com"]
        return
    number = next(line["phone"] for line in lines if line["purpose"][0] == "emergency")
    assert f"Call {number} now" in HELP["cards"]["emergency"]["first"][code]
    crisis = next(line["phone"] for line in lines if "crisis" in line["purpose"])
    assert re.search(rf"{crisis}\b.* now, or call {number} if", HELP["cards"]["suicide"]["first"][code])


def test_countries_that_share_lines_share_those_of_one_that_has_some() -> None:
    assert HELP["same"]["FR"] == "EU"
    assert HELP["same"]["UK"] == "GB"
    assert set(HELP["same"].values()) <= HELP["lines"].keys()
    assert not HELP["same"].keys() & HELP["lines"].keys()


@pytest.mark.parametrize("name", ["emergency", "suicide"])
def test_a_card_that_needs_no_server_says_what_the_servers_says(name: str) -> None:
    card = next(card for card in SAFETY.rules.cards if card.name == name)
    for code, first in HELP["cards"][name]["first"].items():
        assert (first, *HELP["cards"][name]["then"]) == SAFETY.lines((card,), code)
    assert not re.search(r"\d{3}|[{}]", " ".join(HELP["cards"][name]["then"]))  # which are the same in all countries


@pytest.mark.parametrize(("name", "message"), [(name, message) for name, messages in DANGERS.items() for message in messages])
def test_plain_words_of_danger_are_known(name: str, message: str) -> None:
    assert name in card_for(message)


@pytest.mark.parametrize("message", ORDINARY)
def test_ordinary_words_are_no_danger(message: str) -> None:
    assert card_for(message) == []
