"""When what is due: reviews of documents, statements with a date, helplines to be tried, the lexicon to be read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

from indexer.check.corpus import Corpus
from indexer.check.finding import Finding
from indexer.check.manuscripts import line_of

_MONTHS = "January February March April May June July August September October November December".split()
_MONTH = rf"(?P<month>{'|'.join(f'{month[:3]}[a-z]*' for month in _MONTHS)})\.?"
_DAY = (
    rf"(?:(?P<day>\d{{1,2}}) )?(?:{_MONTH},? |(?P<number>1?\d)/|(?:spring|summer|fall|autumn|winter)(?: of)? )?"
    r"(?:(?P<day_after>\d{1,2})(?:st|nd|rd|th)?, )?"
)
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_AS_OF = re.compile(rf"\bas of (?:(?:early|mid|late)[- ])?{_DAY}{_YEAR}", re.IGNORECASE)
_UNTIL = re.compile(rf"\b(?:until|through|ends?|ending|expires?|runs? out)(?: on| in| at)?(?: the end of)? {_DAY}{_YEAR}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be looked at by a day, and where it stands. No day: it never was looked at."""

    day: date | None
    what: str
    file: str
    line: int
    section: str = ""


def calendar(corpus: Corpus) -> list[Due]:
    """All that comes due, the earliest first; what was never looked at comes before all else."""
    every = chain(_reviews(corpus), _statements(corpus), _tables(corpus))
    return sorted(every, key=lambda due: (due.day or date.min, due.file, due.line))


def check_due(corpus: Corpus, today: date) -> Iterator[Finding]:
    """No review is overdue, and no statement older than it may be."""
    for document in corpus.documents:
        if document.matter.reviewed and document.matter.reviewed > today:
            yield document.found("due", f"`reviewed` is {document.matter.reviewed}, which is yet to come; mend the date", "reviewed:")
    for due in chain(_reviews(corpus), _statements(corpus)):
        if due.day is not None and due.day < today:
            message = f"{due.what} was due on {due.day}; check it against its sources, then mend the text and the date"
            yield Finding(due.file, due.line, message, "due", section=due.section)


def _reviews(corpus: Corpus) -> Iterator[Due]:
    for document in corpus.documents:
        if document.matter.review_due:
            yield Due(document.matter.review_due, "the review of this document", document.file, line_of(document.lines, "review_due:"))


def _statements(corpus: Corpus) -> Iterator[Due]:
    age = timedelta(days=corpus.style.limits.as_of_days)
    for document in corpus.documents:
        for sentence in (sentence for section in document.sections for sentence in section.sentences):
            for match in _AS_OF.finditer(sentence.text):
                yield Due(_end(match) + age, f"another look at {match[0]!r}", sentence.file, sentence.line, sentence.section)
            for match in _UNTIL.finditer(sentence.text):
                if _end(match) >= (document.matter.reviewed or date.min):  # what had ended by then is history
                    yield Due(_end(match), f"another look at {match[0]!r}", sentence.file, sentence.line, sentence.section)


def _tables(corpus: Corpus) -> Iterator[Due]:
    limits = corpus.style.limits
    for name, helpline in corpus.tables.helplines.items():
        day = helpline.checked and helpline.checked + timedelta(days=limits.helpline_days)
        yield Due(day, f"trying the line {name}", *corpus.place_in("helplines.toml", f"[{name}]"))
    day = corpus.tables.lexicon.checked + timedelta(days=limits.lexicon_days)
    yield Due(day, "reading the lexicon through", *corpus.place_in("lexicon.toml", "checked"))


def _end(match: re.Match[str]) -> date:
    """The day that is named, or the last one of the month or year."""
    day, year = match["day"] or match["day_after"], int(match["year"])
    month = int(match["number"] or 12)
    if match["month"]:
        month = next(number for number, name in enumerate(_MONTHS, 1) if name[:3].casefold() == match["month"][:3].casefold())
    first = date(year, min(month, 12), 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return min(first + timedelta(days=int(day) - 1), last) if day else last
