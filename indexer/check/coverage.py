"""What the corpus covers: each subject's topics, and the kinds of question that each drug's sections answer."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from indexer.check.corpus import Corpus
from indexer.check.finding import Finding
from indexer.check.topics import Topics
from indexer.corpus_tables import any_name, any_of
from indexer.errors import CorpusError, shown


@dataclass(frozen=True, slots=True)
class Coverage:
    """`topics`: sections by subject and topic. `kinds`: sections by drug and kind of question. Zero is what is lacking."""

    topics: Mapping[str, Mapping[str, int]]
    kinds: Mapping[str, Mapping[str, int]]


def coverage(corpus: Corpus) -> Coverage:
    """Count the sections of each topic, and of each drug and kind of question. Raises CorpusError where there is no topics.toml."""
    if corpus.topics is None:
        raise CorpusError(
            f"{shown(corpus.folder)} has no topics.toml; write one that says what is to be covered, as the shipped corpus has"
        )
    by_topic = Counter(topic for document in corpus.documents for topic in document.matter.topics for _ in document.sections)
    topics = {subject: {topic: by_topic[topic] for topic in names} for subject, names in corpus.topics.topics.items()}
    return Coverage(topics, _kinds(corpus, corpus.topics))


def check_coverage(corpus: Corpus) -> Iterator[Finding]:
    """Every topic that the corpus is meant to cover has a document."""
    covered = {topic for document in corpus.documents for topic in document.matter.topics}
    for topic in sorted(corpus.topics.all() - covered) if corpus.topics else ():
        message = f"no document covers {topic!r}; write one, or take the topic out"
        yield corpus.in_table("topics.toml", f'"{topic}"', "coverage", message, "warning")
    for name in set(corpus.topics.drugs if corpus.topics else ()) - {drug.name for drug in corpus.tables.lexicon.drugs}:
        message = f"the drug {name!r} is not in lexicon.toml; name it as it is there"
        yield corpus.in_table("topics.toml", f'"{name}"', "coverage", message)


def _kinds(corpus: Corpus, wanted: Topics) -> dict[str, dict[str, int]]:
    kinds = {kind: any_of([pattern]) for kind, pattern in wanted.kinds.items()}
    drugs = {drug.name: drug for drug in corpus.tables.lexicon.drugs}
    patterns = {name: any_name(drugs[name].proper_names()) for name in wanted.drugs if name in drugs}
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for document in corpus.documents:
        for title in (section.heading.text for section in document.sections):
            # A section is about the drugs its own title names, or else about those its document's title names.
            about = _named(title, patterns) or _named(document.title.text, patterns)
            for kind in _named(title, kinds):
                for name in about:
                    counts[name][kind] += 1
    return {name: {kind: counts[name][kind] for kind in kinds} for name in patterns}


def _named(title: str, patterns: Mapping[str, re.Pattern[str]]) -> list[str]:
    return [name for name, pattern in patterns.items() if pattern.search(title)]
