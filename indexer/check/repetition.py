"""Rules on saying things twice: passages of two documents that are nearly the same crowd each other out of an answer."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from indexer.check.corpus import Corpus
from indexer.check.finding import Finding

_RUN = 4  # words


def check_repetition(corpus: Corpus) -> Iterator[Finding]:
    """No two passages of different documents share most of their runs of words."""
    sections = [(document.id, section, _runs(section.text)) for document in corpus.documents for section in document.sections]
    holders: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, (document, section, runs) in enumerate(sections):
        for other, count in Counter(other for run in runs for other in holders[run]).items():
            twin_document, twin, twin_runs = sections[other]
            likeness = count / min(len(runs), len(twin_runs))
            if document != twin_document and likeness >= corpus.style.limits.likeness:
                message = f"{section.heading.text!r} says nearly what {twin.name} says ({likeness:.0%} of its words in a row)"
                yield section.heading.found("repeated", f"{message}; say it in other words or in one place")
        for run in runs:
            holders[run].append(number)


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[\w:]+", text.casefold())
    return {tuple(words[start : start + _RUN]) for start in range(len(words) - _RUN + 1)}
