"""Rules on how hard a text is to read: years of school by Flesch and Kincaid, with the names of drugs counted as one easy word."""

import re
from collections.abc import Callable, Iterator

from indexer.check.corpus import Corpus
from indexer.check.finding import Finding
from indexer.corpus_tables import HELPLINE, CorpusTables, any_name


def check_reading_grade(corpus: Corpus) -> Iterator[Finding]:
    """Documents and passages stay below their limits."""
    limits, grade = corpus.style.limits, grader(corpus.tables)
    for document in corpus.documents:
        whole = grade(" ".join(section.text for section in document.sections))
        if whole > limits.document_grade:
            yield document.found("reading-grade", _too_hard("the document", whole, limits.document_grade))
        for section in document.sections:
            found = grade(section.text)
            if found > limits.passage_grade:
                yield section.heading.found("reading-grade", _too_hard(repr(section.heading.text), found, limits.passage_grade))


def _too_hard(what: str, grade: float, limit: float) -> str:
    return f"{what} reads at grade {grade:.1f}, and {limit:g} is the limit; use shorter sentences and words"


def grader(tables: CorpusTables) -> Callable[[str], float]:
    """A function that gives the reading grade of a text, to one decimal; 0 for an empty one."""
    import textstat

    names = {name for drug in tables.lexicon.drugs for name in (*drug.proper_names(), drug.drug_class.partition(" (")[0])}
    masked = any_name(names)

    def words(match: re.Match[str]) -> str:
        helpline = tables.helplines.get(match[1])
        return helpline.in_text() if helpline else ""

    def grade(text: str) -> float:
        readable = masked.sub("drug", HELPLINE.sub(words, text)).strip()
        return round(float(textstat.flesch_kincaid_grade(readable)), 1) if readable else 0.0

    return grade
