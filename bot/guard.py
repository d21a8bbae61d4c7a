"""The last look at an answer before it is given. What it finds is not mended: the answer is withheld.

Every figure stands in the citation it rests on, every number to call is in the helpline table, and nothing forbidden is said. All of it
holds by the way answers are made; this is for the day on which it does not.
"""

import re
from collections.abc import Collection, Iterable
from itertools import chain

from bot.answer import Answer, AnswerSentence, Notice
from bot.numbers_to_call import unknown_numbers
from bot.safety import Safety

# A number with the sign or word that says what it counts: "5%", "24 hours", "2 to 4 weeks", "50 MME".
_FIGURE = re.compile(r"(?<![\w.,])\d[\d.,]*\d?(?: ?(?:%|percent\b|[A-Za-zµ]+(?:/[a-z]+)?))?")


def fault(answer: Answer, safety: Safety) -> str | None:
    """What is wrong with an answer, None where nothing is."""
    by_id = {citation.id: citation for citation in answer.citations}
    stated: Iterable[AnswerSentence | Notice] = chain(answer.sentences, answer.notices)
    for said in stated:
        quotes = [by_id[number].quote for number in said.citation_ids if number in by_id]
        if len(quotes) < len(said.citation_ids):
            return "a citation is missing"
        is_quoted = bool(quotes) and not (isinstance(said, Notice) and said.kind == "freshness")  # which tells the date of a review
        if is_quoted and said.text not in quotes and not _figures_stand(said.text, quotes):
            return "a figure does not stand in its citation"
        if is_quoted and safety.forbids(said.text):
            return "a forbidden sentence is quoted"
        if unknown_numbers(said.text, safety.known_numbers):
            return "a number to call is not in the helpline table"
    return None


def _figures_stand(text: str, quotes: Collection[str]) -> bool:
    figures = [re.compile(rf"(?<![\w.,]){re.escape(match[0].strip('.,'))}(?!\w)") for match in _FIGURE.finditer(text)]
    return all(any(figure.search(quote) for quote in quotes) for figure in figures)
