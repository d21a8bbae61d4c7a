"""Rules on what stands above a document, on its sections, and on the ways of asking that lead to them."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from indexer.check.corpus import Corpus
from indexer.check.finding import Finding
from indexer.check.manuscripts import WrittenDocument
from indexer.documents import plain, slug
from indexer.readers.front_matter import FrontMatter

_NEEDED = ("id", "title", "group", "reviewed", "review_due")
_KEY = re.compile(r"([\w-]+):")


def check_front_matter(corpus: Corpus) -> Iterator[Finding]:
    """Every document says what it is, where it belongs, and when it was reviewed; no two share an id or a title."""
    first: dict[tuple[str, str], str] = {}
    for document in corpus.documents:
        for at, message in _problems(document):
            yield document.found("front-matter", message, at)
        for kind, value in (("id", document.id), ("title", document.title.text)):
            other = first.setdefault((kind, value.casefold()), document.file)
            if other != document.file:
                yield document.found("front-matter", f"the {kind} {value!r} is that of {other} too; change one", f"{kind}:")
        yield from _topics(corpus, document)


def _problems(document: WrittenDocument) -> Iterator[tuple[str, str]]:
    """What is wrong with the front matter alone, each with the beginning of its line."""
    matter, file = document.matter, Path(document.file)
    for key in _NEEDED:
        if not getattr(matter, key) and not matter.withdrawn:
            yield "", f"the front matter has no `{key}`; add it"
    if matter.id and matter.id != file.stem:
        yield "id:", f"the id is {matter.id!r} and the file's name {file.stem!r}; make them the same"
    if slug(document.id) != document.id:
        yield "id:", f"the id {document.id!r} is no address; write {slug(document.id)!r}"
    if matter.group and matter.group != file.parent.name:
        yield "group:", f"the group is {matter.group!r} and the folder {file.parent.name!r}; move the file, or mend the group"
    if matter.reviewed and matter.review_due and matter.review_due <= matter.reviewed:
        yield "review_due:", "`review_due` is not after `reviewed`; say when the next review is due"
    keys = (match[1] for line in document.lines[: document.matter_end] if (match := _KEY.match(line)))
    for key in keys:
        if key not in FrontMatter.model_fields:
            yield f"{key}:", f"`{key}` means nothing here; use one of {', '.join(FrontMatter.model_fields)}, or remove it"


def _topics(corpus: Corpus, document: WrittenDocument) -> Iterator[Finding]:
    known = corpus.topics.all() if corpus.topics else None
    if known and not document.matter.topics and not document.matter.withdrawn:
        yield document.found("front-matter", "the front matter has no `topics`; name some of topics.toml", severity="warning")
    for topic in document.matter.topics:
        if known is not None and topic not in known:
            yield document.found("front-matter", f"the topic {topic!r} is not in topics.toml; use one that is, or add it there", "topics:")


def check_sections(corpus: Corpus) -> Iterator[Finding]:
    """A document has a few sections, none of them empty."""
    fewest, most = corpus.style.limits.sections
    for document in corpus.documents:
        if not document.matter.withdrawn and not fewest <= len(document.sections) <= most:
            message = f"{len(document.sections)} sections, and {fewest} to {most} read well; split or join some"
            yield document.found("section", message, severity="warning")
        for section in document.sections:
            if not section.sentences:
                yield section.heading.found("section", f"{section.heading.text!r} says nothing; write its answer, or remove it")


def check_asked(corpus: Corpus) -> Iterator[Finding]:
    """Every section has ways of asking, each of which asks something new and leads to that one section."""
    wanted = corpus.style.limits.asked
    taken = {plain(section.heading.text): section.name for section in corpus.sections()}
    counts: Counter[str] = Counter()
    for document in corpus.documents:
        there = {section.name: section.id for section in document.sections}
        for way in () if document.matter.withdrawn else document.asked:
            other = taken.get(plain(way.text))
            if way.section not in there:
                wrong = (
                    f"names the section {way.section.partition('#')[2]!r}, which is not there; the sections are {', '.join(there.values())}"
                )
                yield way.found("asked", f"`asked` {wrong}")
            elif other == way.section or not plain(way.text):
                yield way.found("asked", f"{way.text!r} asks nothing new here; remove it")
            elif other is not None:
                yield way.found("asked", f"{way.text!r} is asked of {other} as well; keep it where the better answer is")
            taken.setdefault(plain(way.text), way.section)
            counts[way.section] += 1
    for section in corpus.sections():
        if counts[section.name] < wanted:
            message = (
                f"{section.heading.text!r} has {counts[section.name]} of {wanted} ways of asking; add some under `asked: {section.id}`"
            )
            yield section.heading.found("asked", message, "warning" if counts[section.name] else "error")
