"""What a standalone question asks: which parts it has, what it takes for granted, and of each part the shape of its answer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.answer import DrugMention
from bot.cues import verbose
from bot.lexicon import Names, Property
from indexer.documents import plain

Shape = Literal["yes-no", "definition", "year", "time", "number", "list", "reason", "open"]
Relation = Literal["alone", "compared", "combined"]

_MOST_PARTS = 4
_PAIR = 2  # drugs
_FEWEST_WORDS = 2  # of a part
_STUB = 2  # words
_STORY = 2  # sentences


_ASKS = r"""(?:what|whats|how|hows|why|whens?|where|wheres|who|whos|which|is|isnt|are|arent|am|does|doesnt|do|did|can|cant|could|should
    |shouldnt|will|wont|would|has|have|was|were|may|must|any)\b"""
_LEAD = (
    r"""(?:(?:and|also|but|so|or|then|plus|ok|okay|hi|hello|hey|please|pls|well|oh|um|btw|like|just|wondering|\(?[1-9a-d][.)])[\s,]+)*"""
)
ASKING = verbose(rf"^\W*{_LEAD}{_ASKS}")
_STORY_END = re.compile(r"(?<=[.?!])\s+|\n+")
_SENTENCE_END = re.compile(r"(?<=[?!.;])[)\"']*\s+(?=\S)|\n+|(?<=\?)(?=\w)|\s+(?=\(?[1-9][.)]\s)")
# Where one sentence asks twice: "and" before a word that asks.
_AND_ASKS = verbose(
    r"""[,;]?\s+(?:and|also|plus|&|then)\s+(?:also\s+|then\s+)?
    (?=(?:what|whats|how|hows|why|when|where|who|which)\b(?!ever)|(?:is|are|does|do|can|could|should|will|would|did)\s+\w)"""
)
_COMPARED = verbose(
    r"""\b(?:vs|versus|differ\w*|diff|compar\w*|stronger|weaker|strongest|better|worse|worst|safer|safest|(?:more|less)\ \w+\ than|than|same
    |equal|either|which|as\ \w+\ as|the\ way|like|basically|instead\ of|or)\b"""
)
_MIXED = verbose(
    r"""\b(?:mix\w*|together|combin\w*|combo|with|w|on\ top|plus|same\ time|interact\w*|after|before|while|along|alongside
    |add(?:s|ed|ing)?|am\ on)\b|[+/]"""
)
_FIRST = r"^(?:(?:so|but|and|ok|okay|wait|then|also|hi|hey|pls|please|well|btw)\ )*"
# The first that matches; all match plain words.
_SHAPES: tuple[tuple[Shape, re.Pattern[str]], ...] = (
    (
        "definition",
        verbose(
            r"""\bwhat\ (?:do|does|did)\ [\w\ ]{1,40}\ (?:mean|stand\ for)\b|^(?:define|definition\ of|meaning\ of)\b
            |\bwhat\ [\w\ ]{1,40}\ means?\b"""
        ),
    ),
    ("year", verbose(r"\b(?:what|which)\ year\b|\bsince\ when\b|\bwhen\ (?:was|were|did)\b")),
    (
        "time",
        verbose(
            r"""\bhow\ (?:long|soon|fast|quick\w*|rapidly|old)\b|\bwhen\ (?:can|do|does|will|would|should)\b|\bhalf\ li(?:fe|ves)\b
            |\bwhat\ age\b|\bhow\ many\ (?:\w+\ )?(?:seconds?|minutes?|mins|hours?|hrs|days?|weeks?|months?|years?)\b"""
        ),
    ),
    (
        "number",
        verbose(
            r"""\bhow\ (?:many|common|often|far|likely|accurate|strong|potent)\b|\bhow\ much\ (?:stronger|more|weaker|less|of)\b
            |\b(?:percent\w*|share|rate|number|odds|chances?|proportion)\ (?:of|that)\b|\bwhat\ (?:percent\w*|share|rate|number|portion)\b
            |\bwhat\ (?:schedule|class)\b"""
        ),
    ),
    ("reason", verbose(r"\bwhy\b|\bhow\ come\b|\bhow\ so\b|\bwhat\ (?:makes|causes)\b")),
    (
        "list",
        verbose(
            r"""\b(?:what|which|list|name)\ (?:\w+\ ){0,3}(?:signs|symptoms|side\ effects|effects|risks|dangers|kinds|types|medicines|meds
            |drugs|forms|brands|options|ways|treatments|harms)\b|\b(?:signs|symptoms|side\ effects)\ of\b|\bside\ effects\b"""
        ),
    ),
    ("definition", verbose(rf"{_FIRST}(?:what|whats|wtf)\ (?:is|are|s)?\ ?(?:a\ |an\ |the\ )?\w+(?:\ \w+){{0,3}}$")),
    (
        "yes-no",
        verbose(rf"{_FIRST}(?:is|isnt|are|arent|am|does|doesnt|do|did|can|cant|could|should|will|wont|would|has|have|was)\b"),
    ),
)
# What a question takes for granted is the group "claim".
_LINK = r"^\W*(?:(?:so|but|and|ok|well)\ )*"
_CLAIMS = (
    verbose(
        rf"""{_LINK}(?:since|because|cause|cuz|bc|given(?:\ that)?|now\ that|as|seeing\ as|considering(?:\ that)?)\s+
        (?P<claim>[^,?]{{8,120}}),\s*\S"""
    ),
    verbose(r"^.{8,}?[,\s]\s*(?:since|because|cuz|bc|given\ that|now\ that|seeing\ as)\s+(?P<claim>[^,?]{8,120})\??$"),
    verbose(rf"{_LINK}why\ (?P<claim>(?:is|are|does|do|did|can|cant|would|was)\ .{{6,}})$"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks, and of what: the drugs it names, what it wants to know of them, and the shape of the answer."""

    drugs: tuple[DrugMention, ...]
    properties: tuple[Property, ...]
    shape: Shape
    relation: Relation

    @classmethod
    def in_text(cls, text: str, names: Names, drugs: tuple[DrugMention, ...]) -> "Asked":
        """What a standalone question asks about the drugs it names."""
        words, asking = plain(text), plain(question_in(text))
        properties = names.asked_about(asking)
        shape: Shape = next((shape for shape, pattern in _SHAPES if pattern.search(asking)), "open")
        return cls(drugs, properties, shape, _relation(text, words, drugs, properties))


def _relation(text: str, words: str, drugs: Sequence[DrugMention], properties: Sequence[Property]) -> Relation:
    """How the drugs of a question stand to each other: named side by side, they are compared in what is asked, else taken together."""
    if len(drugs) < _PAIR:
        return "alone"
    if _COMPARED.search(words):
        return "compared"
    return "combined" if _MIXED.search(text.casefold()) or not properties else "compared"


@dataclass(frozen=True, slots=True)
class Part:
    """One question of a message: its own words, and those with all that the message tells before it asks."""

    said: str
    text: str


def parts_of(text: str) -> tuple[Part, ...]:
    """The questions in a message, in order; the message itself where it asks once, or not at all."""
    sentences = [sentence.strip() for sentence in _SENTENCE_END.split(text) if sentence and sentence.strip()]
    asked: list[str] = []
    told: list[str] = []
    for sentence in _without_stubs(sentences):
        if ASKING.match(sentence) or sentence.rstrip(")\"' ").endswith("?"):
            asked += _asked_in(sentence)
        else:
            told.append(sentence)
    if len(asked) < _PAIR:
        return (Part(text, text),)
    if len(asked) > _MOST_PARTS:
        asked = [*asked[: _MOST_PARTS - 1], " ".join(asked[_MOST_PARTS - 1 :])]
    return tuple(Part(question, " ".join((*told, question))) for question in asked)


def _without_stubs(sentences: Sequence[str]) -> list[str]:
    """Sentences, those of a word or two put behind the one before: "Should I?" asks nothing by itself."""
    whole: list[str] = []
    for sentence in sentences:
        if whole and len(sentence.split()) <= _STUB:
            whole[-1] = f"{whole[-1]} {sentence}"
        else:
            whole.append(sentence)
    return whole


def _asked_in(sentence: str) -> list[str]:
    """The questions of one sentence: cut only where each piece asks and says of what."""
    pieces = [piece.strip() for piece in _AND_ASKS.split(sentence)]
    if len(pieces) < _PAIR or not ASKING.match(pieces[0]) or any(len(piece.split()) < _FEWEST_WORDS for piece in pieces):
        return [sentence]
    return pieces


def claim_in(text: str) -> str | None:
    """What a question takes for granted ("since X is Y, ..."; "why is X Y"); None where it takes nothing for granted."""
    matches = (pattern.match(text.strip()) for pattern in _CLAIMS)
    return next((match["claim"].strip() for match in matches if match), None)


def question_in(text: str) -> str:
    """The sentences of a message that ask, else its last one; the message itself where it is one sentence."""
    sentences = [sentence for sentence in _STORY_END.split(text) if sentence.strip()]
    if len(sentences) < _STORY:
        return text
    return " ".join([sentence for sentence in sentences if "?" in sentence] or sentences[-1:])
