"""The last look at an answer before it is given. What it finds is not mended: the answer is withheld.

Every figure stands in the citation it rests on, every number to call is in the helpline table, and nothing forbidden is said. All of it
holds by the way answers are made; this is for the day on which it does not.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from itertools import chain

from bot.answer import Answer, AnswerSentence, Notice
from bot.safety import Safety
from indexer.corpus_tables import Helpline

# A number with the sign or word that says what it counts: "5%", "24 hours", "2 to 4 weeks", "50 MME".
_FIGURE = re.compile(r"(?<![\w.,])\d[\d.,]*\d?(?: ?(?:%|percent\b|[A-Za-zµ]+(?:/[a-z]+)?))?")
_TO_CALL = re.compile(r"(?<![\w,.-])\+?\(?\d{1,5}\)?(?:[ .-]\(?\d{2,6}\)?)+(?![\w%]|[,.]\d)")
_AFTER_CALL = re.compile(r"\b(?:call|dial|phone|ring|text(?: \w+)? to|text) (\d{3,6})\b(?![ -]\d)", re.IGNORECASE)
_FEWEST_DIGITS = 7  # of a telephone number that no word announces
_YEARS = re.compile(r"(?:19|20)\d\d[ .-](?:19|20)\d\d")


def fault(answer: Answer, safety: Safety) -> str | None:
    """What is wrong with an answer, None where nothing is."""
    by_id = {citation.id: citation for citation in answer.citations}
    stated: Iterable[AnswerSentence | Notice] = chain(answer.sentences, answer.notices)
    for said in stated:
        quotes = [by_id[number].quote for number in said.citation_ids if number in by_id]
        if len(quotes) < len(said.citation_ids):
            return "a citation is missing"
        if quotes and not _figures_stand(said.text, quotes):
            return "a figure does not stand in its citation"
        if quotes and safety.forbids(said.text):
            return "a forbidden sentence is quoted"
        if unknown_numbers(said.text, safety.helplines):
            return "a number to call is not in the helpline table"
    return None


def _figures_stand(text: str, quotes: Collection[str]) -> bool:
    figures = (match[0].strip(".,") for match in _FIGURE.finditer(text))
    return all(any(figure in quote for quote in quotes) for figure in figures)


def unknown_numbers(text: str, helplines: Mapping[str, Helpline]) -> list[str]:
    """The numbers to call or text in a text that no helpline has."""
    written = [match[0] for match in _TO_CALL.finditer(text) if not _YEARS.fullmatch(match[0])]
    numbers = [number for number in map(_digits, written) if len(number) >= _FEWEST_DIGITS] + _AFTER_CALL.findall(text)
    if not numbers:
        return []
    named = (f"{line.phone}|{line.sms}|{line.sms_body}|{line.note}" for line in helplines.values())
    known = {_digits(number) for names in named for number in re.findall(r"\+?\(?\d[\d ()-]*", names)}
    return [number for number in numbers if number not in known]


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
