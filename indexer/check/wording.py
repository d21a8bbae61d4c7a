"""Rules on words: person first, sentences that stand alone, dates where things change, and what stands in no document."""

import re
from collections.abc import Iterator

from indexer.check.corpus import Corpus
from indexer.check.finding import Finding
from indexer.corpus_tables import any_of

_YEAR = re.compile(r"\b(19|20)\d\d\b")
_QUOTED = '"[^"]*"'


def check_words(corpus: Corpus) -> Iterator[Finding]:
    """No word that labels or blames a person, outside names and quotation marks."""
    words = [(any_of([rf"\b(?:{pattern})\b"]), better) for pattern, better in corpus.style.words.items()]
    let_be = any_of([*map(re.escape, corpus.style.word_exceptions), _QUOTED])
    for written in corpus.shown():
        text = let_be.sub(" ", written.text)
        for pattern, better in words:
            if match := pattern.search(text):
                yield written.found("words", f"{match[0]!r} labels a person or blames; write {better}")


def check_stands_alone(corpus: Corpus) -> Iterator[Finding]:
    """No sentence leans on the one before: a reader sees it alone."""
    leaning = any_of(corpus.style.leaning)
    for sentence in corpus.sentences():
        if match := leaning.match(sentence.text):
            message = f"opens with {match[0].strip()!r}, which says nothing when the sentence is quoted alone; name what is meant"
            yield sentence.found("stands-alone", message)


def check_dates(corpus: Corpus) -> Iterator[Finding]:
    """What changes has a date."""
    undated = any_of([rf"\b(?:{corpus.style.undated})\b"])
    for sentence in corpus.sentences():
        match = undated.search(sentence.text)
        if match and not _YEAR.search(sentence.text):
            yield sentence.found("due", f"{match[0]!r} without a date; say as of when")


def check_forbidden(corpus: Corpus) -> Iterator[Finding]:
    """Nothing that a person could be harmed with, in what is shown or in what it is asked by."""
    shown, asked = list(corpus.shown()), list(corpus.asked())
    for rule in corpus.style.forbidden:
        pattern, excused = any_of(rule.patterns), any_of(rule.but)
        for written in (*shown, *(asked if rule.in_asked else ())):
            match = pattern.search(written.text)
            if match and not excused.search(written.text):
                yield written.found("forbidden", f"{rule.what} ({match[0].strip()!r}) stands in no document; {rule.instead}")
