"""Rules on how hard a text is to read: years of school by Flesch and Kincaid, with the names of drugs counted as one easy word."""

import re
from collections.abc import Callable, Iterator

from indexer.check.corpus import Corpus
from indexer.check.finding import Finding
from indexer.corpus_tables import HELPLINE, CorpusTables, any_name


def check_reading_grade(corpus: Corpus) -> Iterator[Finding]:
    """Documents and passages stay below their limits."""
    limits, masked = corpus.style.limits, masker(corpus.tables)
    for document in corpus.documents:
        texts = [masked(section.text) for section in document.sections]
        whole = reading_grade(" ".join(texts))
        if whole > limits.document_grade:
            yield document.found("reading-grade", _too_hard("the document", whole, limits.document_grade))
        for section, text in zip(document.sections, texts, strict=True):
            grade = reading_grade(text)
            if grade > limits.passage_grade:
                yield section.heading.found("reading-grade", _too_hard(repr(section.heading.text), grade, limits.passage_grade))


def _too_hard(what: str, grade: float, limit: float) -> str:
    return f"{what} reads at grade {grade:.1f}, and {limit:g} is the limit; use shorter sentences and words"


def reading_grade(text: str) -> float:
    """The reading grade of a text, to one decimal; 0 for an empty one."""
    import textstat

    return round(float(textstat.flesch_kincaid_grade(text)), 1) if text.strip() else 0.0


def masker(tables: CorpusTables) -> Callable[[str], str]:
    """A function that puts "drug" for every drug's name in a text, and for each helpline what a reader sees of it."""
    names = any_name({name for drug in tables.lexicon.drugs for name in (*drug.proper_names(), drug.drug_class.partition(" (")[0])})

    def words(match: re.Match[str]) -> str:
        helpline = tables.helplines.get(match[1])
        return helpline.in_text() if helpline else ""

    return lambda text: names.sub("drug", HELPLINE.sub(words, text))
