"""The chat as one script: its modules in order, with its style, its English words and whom to call in it, so that help needs no server."""

import gzip
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from rcssmin import cssmin
from rjsmin import jsmin

from bot.safety import Safety
from bot.safety_rules import Card
from indexer.corpus_tables import Helpline, Purpose

MODULES = (
    "markup.js",
    "ask-client.js",
    "answer-view.js",
    "help.js",
    "turn-view.js",
    "about-view.js",
    "paper.js",
    "conversation.js",
    "chat-element.js",
    "citewell-chat.js",
)
LANGUAGES = ("es",)  # besides English, which is in the script
_PURPOSES: tuple[Purpose, ...] = ("emergency", "crisis", "poison", "using-alone", "violence", "treatment")
_SHOWN = ("name", "phone", "sms", "sms_body")
_ELSEWHERE = "ZZ"  # no country; those that have no helplines of their own get the international directory
_JOINTS = re.compile(r"^import .*\n|^export ", re.MULTILINE)  # what holds the modules together while they are apart


@dataclass(frozen=True)
class Script:
    """A file as it is sent, plain and compressed."""

    text: str

    @cached_property
    def plain(self) -> bytes:
        """In UTF-8."""
        return self.text.encode()

    @cached_property
    def compressed(self) -> bytes:
        """As gzip, the same for the same text."""
        return gzip.compress(self.plain, 9, mtime=0)

    @cached_property
    def etag(self) -> str:
        """A name for this very text."""
        return f'"{hashlib.sha256(self.plain).hexdigest()[:32]}"'


def chat_script(safety: Safety) -> Script:
    """The whole chat, with the helplines and cards of these safety rules."""
    constants = {
        "ENGLISH": json.loads(_read("strings/en.json")),
        "LANGUAGES": LANGUAGES,
        "HELP": help_data(safety),
        "STYLE": cssmin(_read("style.css")),
    }
    declared = "".join(f"const {name}={_literal(value)};\n" for name, value in constants.items())
    return Script(declared + jsmin("".join(_JOINTS.sub("", _read(name)) for name in MODULES)) + "\n")


@cache
def strings_script(language: str) -> Script:
    """The words of the chat in another language, one of LANGUAGES, as a module."""
    return Script(f"export default {_literal(json.loads(_read(f'strings/{language}.json')))};\n")


def help_data(safety: Safety) -> dict[str, Any]:
    """Whom to call in each country, the countries that share another's lines, and the cards that need no server.

    `plain` has the words that lead to a card; of `cards`, `first` is what to do, by country, and `then` what holds in all of them.
    """
    countries = [*dict.fromkeys(line.country for line in safety.helplines.values()), _ELSEWHERE]
    named = {card.name: card for card in safety.rules.cards if card.name in safety.rules.plain}
    return {
        "lines": {code: [_shown(line) for line in _few(safety, code)] for code in countries},
        "same": dict(safety.rules.countries),
        "plain": dict(safety.rules.plain),
        "cards": {name: _card(card, safety, countries) for name, card in named.items()},
    }


def _few(safety: Safety, code: str) -> list[Helpline]:
    """The first line for each purpose, and two for a crisis: some people would rather write than speak, or the other way."""
    found = [line for purpose in _PURPOSES for line in safety.helplines_for(code, (purpose,), per_purpose=1 + (purpose == "crisis"))]
    return list(dict.fromkeys(found))


def _card(card: Card, safety: Safety, countries: Iterable[str]) -> dict[str, Any]:
    first = {code: safety.said(card.first, code) for code in countries}
    return {"purposes": card.purposes, "first": first, "then": safety.lines((card,), _ELSEWHERE)[1:]}


def _shown(line: Helpline) -> dict[str, Any]:
    """What a line is reached by, its website only where it has no number, and what it is for."""
    told = line.model_dump()
    ways = {name: told[name] for name in _SHOWN if told[name]}
    site = {} if line.phone or line.sms else {"url": line.url}
    return {**ways, **site, "purpose": [name for name in line.purpose if name in _PURPOSES]}


def _literal(value: Any) -> str:
    """A value as JavaScript has it, which is as JSON has it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _read(name: str) -> str:
    return (files("api") / "widget" / name).read_text(encoding="utf-8")
