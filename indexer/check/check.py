"""All rules over one corpus, in the order of the page: what it is, what it says, how it says it, what it must not say, when it is due."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from indexer.check.calendar import check_due
from indexer.check.contradictions import check_contradictions
from indexer.check.corpus import Corpus
from indexer.check.coverage import check_coverage
from indexer.check.finding import Finding
from indexer.check.footnotes import check_footnotes, check_sources
from indexer.check.front_matter import check_asked, check_front_matter, check_sections
from indexer.check.gold import check_gold
from indexer.check.helplines import check_helpline_numbers, check_helpline_table
from indexer.check.lexicon import check_lexicon, check_names
from indexer.check.links import check_links
from indexer.check.partners import check_partners
from indexer.check.reading_grade import check_reading_grade
from indexer.check.repetition import check_repetition
from indexer.check.style import Exempt
from indexer.check.wording import check_dates, check_forbidden, check_stands_alone, check_words


def check_corpus(corpus: Corpus, gold: Path, today: date, *, release: bool = False) -> list[Finding]:
    """Everything a corpus falls short of, in the order of its files and lines. `gold` is the folder of gold sets, there or not."""
    return sorted(_kept(corpus, [*corpus.unread, *_every(corpus, gold, today, release)]))


def _every(corpus: Corpus, gold: Path, today: date, release: bool) -> Iterator[Finding]:
    yield from check_front_matter(corpus)
    yield from check_sections(corpus)
    yield from check_asked(corpus)
    yield from check_gold(corpus, gold)
    yield from check_footnotes(corpus)
    yield from check_sources(corpus, today)
    yield from check_links(corpus)
    yield from check_reading_grade(corpus)
    yield from check_words(corpus)
    yield from check_stands_alone(corpus)
    yield from check_forbidden(corpus)
    yield from check_partners(corpus)
    yield from check_contradictions(corpus)
    yield from check_repetition(corpus)
    yield from check_names(corpus)
    yield from check_lexicon(corpus, today)
    yield from check_helpline_numbers(corpus)
    yield from check_helpline_table(corpus, today, release=release)
    yield from check_dates(corpus)
    yield from check_due(corpus, today)
    yield from check_coverage(corpus)


def _kept(corpus: Corpus, findings: list[Finding]) -> Iterator[Finding]:
    """The findings that no exception covers, and the exceptions that cover none."""
    needed: set[Exempt] = set()
    for finding in findings:
        covering = {entry for entry in corpus.style.exempt if entry.covers(finding)}
        needed |= covering
        if not covering:
            yield finding
    for entry in corpus.style.exempt:
        if entry not in needed:
            message = f"the exception for {entry.rule} in {entry.section} is needed no more; remove it"
            yield corpus.in_table("style.toml", f'"{entry.section}"', "exception", message, "warning")
