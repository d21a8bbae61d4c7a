"""Numbers to call or text: found in a text, and compared with those of the helpline table."""

import re
from collections.abc import Collection, Iterable

from indexer.corpus_tables import Helpline

_TO_CALL = re.compile(r"(?<![\w,.-])\+?\(?\d{1,5}\)?(?:[ .-]\(?\d{2,6}\)?)+(?![\w%]|[,.]\d)")
_AFTER_CALL = re.compile(r"\b(?:call|dial|phone|ring|text(?: \w+)? to|text) (\d{3,6})\b(?![ -]\d)", re.IGNORECASE)
_FEWEST_DIGITS = 7  # of a telephone number that no word announces
_DATE = re.compile(r"(?:19|20)\d\d[ .-](?:(?:19|20)\d\d|\d\d[ .-]\d\d)")


def known_numbers(helplines: Iterable[Helpline]) -> frozenset[str]:
    """The digits of every number that a helpline has, in its note too."""
    named = (f"{line.phone}|{line.sms}|{line.sms_body}|{line.note}" for line in helplines)
    return frozenset(_digits(number) for names in named for number in re.findall(r"\+?\(?\d[\d ()-]*", names))


def unknown_numbers(text: str, known: Collection[str]) -> list[str]:
    """The numbers to call or text in a text that are not known, by their digits."""
    if not any(map(str.isdigit, text)):
        return []
    written = [match[0] for match in _TO_CALL.finditer(text) if not _DATE.fullmatch(match[0])]
    numbers = [number for number in map(_digits, written) if len(number) >= _FEWEST_DIGITS] + _AFTER_CALL.findall(text)
    return [number for number in numbers if number not in known]


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
