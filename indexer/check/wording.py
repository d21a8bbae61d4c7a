"""Rules on words: person first, sentences that stand alone, dates where things change, and what stands in no document."""

import re
from collections.abc import Iterable, Iterator

from indexer.check.corpus import Corpus
from indexer.check.finding import Finding

_YEAR = re.compile(r"\b(19|20)\d\d\b")
_QUOTED = '"[^"]*"'


def check_words(corpus: Corpus) -> Iterator[Finding]:
    """No word that labels or blames a person, outside names and quotation marks."""
    words = [(re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), better) for pattern, better in corpus.style.words.items()]
    let_be = re.compile("|".join((*map(re.escape, corpus.style.word_exceptions), _QUOTED)))
    for sentence in corpus.sentences():
        text = let_be.sub(" ", sentence.text)
        for pattern, better in words:
            if match := pattern.search(text):
                yield sentence.found("words", f"{match[0]!r} labels a person or blames; write {better}")


def check_stands_alone(corpus: Corpus) -> Iterator[Finding]:
    """No sentence leans on the one before: a reader sees it alone."""
    leaning = _any(corpus.style.leaning, 0)
    for sentence in corpus.sentences():
        if match := leaning.match(sentence.text):
            message = f"opens with {match[0].strip()!r}, which says nothing when the sentence is quoted alone; name what is meant"
            yield sentence.found("stands-alone", message)


def check_dates(corpus: Corpus) -> Iterator[Finding]:
    """What changes has a date."""
    undated = re.compile(rf"\b(?:{corpus.style.undated})\b", re.IGNORECASE)
    for sentence in corpus.sentences():
        match = undated.search(sentence.text)
        if match and not _YEAR.search(sentence.text):
            yield sentence.found("due", f"{match[0]!r} without a date; say as of when")


def check_forbidden(corpus: Corpus) -> Iterator[Finding]:
    """Nothing that a person could be harmed with, in what is quoted or in what it is asked by."""
    sentences, asked = list(corpus.sentences()), list(corpus.asked())
    for rule in corpus.style.forbidden:
        pattern, excused = _any(rule.patterns), _any(rule.but)
        for written in (*sentences, *(asked if rule.in_asked else ())):
            match = pattern.search(written.text)
            if match and not excused.search(written.text):
                yield written.found("forbidden", f"{rule.what} ({match[0].strip()!r}) stands in no document; {rule.instead}")


def _any(patterns: Iterable[str], flags: int = re.IGNORECASE) -> re.Pattern[str]:
    """A pattern that matches where one of these does; nothing where there is none."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or r"(?!)", flags)
