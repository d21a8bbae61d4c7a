"""Documents as their authors wrote them: Markdown with line numbers, placeholders and footnote labels still in it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from indexer.check.finding import Finding, Rule, Severity
from indexer.documents import Document, Section, lay_out, place_at
from indexer.errors import DocumentError
from indexer.readers.encoding import decode
from indexer.readers.front_matter import FrontMatter, split_front_matter
from indexer.readers.markdown import read_markdown
from indexer.sentences import split_sentences


@dataclass(frozen=True, slots=True)
class Written:
    """Words at a place: a sentence, list item or table row with the labels of its footnotes, a heading, or a way of asking.

    `section` is document#section.
    """

    text: str
    file: str
    line: int
    section: str
    labels: tuple[str, ...] = ()

    def found(self, rule: Rule, message: str, severity: Severity = "error") -> Finding:
        """What is wrong here."""
        return Finding(self.file, self.line, message, rule, severity, self.section)


@dataclass(frozen=True, slots=True)
class WrittenSection:
    """A section: its heading, its sentences, and the ways of asking that lead to it."""

    id: str
    heading: Written
    sentences: tuple[Written, ...]

    @property
    def name(self) -> str:
        """document#section."""
        return self.heading.section

    @property
    def text(self) -> str:
        """All its sentences as one text."""
        return " ".join(sentence.text for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class WrittenDocument:
    """A document's file, its front matter and its sections; `asked` has every way of asking, also one that leads nowhere."""

    file: str
    id: str
    title: str
    lines: tuple[str, ...]
    matter: FrontMatter
    sections: tuple[WrittenSection, ...]
    asked: tuple[Written, ...]
    definitions: Mapping[str, str]

    def found(self, rule: Rule, message: str, at: str = "", severity: Severity = "error") -> Finding:
        """What is wrong at the first line that begins so; at line 1 where none does."""
        return Finding(self.file, _line_of(self.lines, at), message, rule, severity)


def read_document(file: Path, where: str) -> WrittenDocument:
    """A Markdown document as written. Raises DocumentError."""
    raw = decode(file.read_bytes(), where, None).text
    lines = tuple(raw.splitlines())
    matter, body = split_front_matter(where, raw)
    if not body.strip() and not matter.withdrawn:
        raise DocumentError("holds no text below its front matter; write its sections, or remove the file")
    manuscript = read_markdown("" if matter.withdrawn else body)
    name, title = matter.id or file.stem, matter.title or file.stem
    layout = lay_out(manuscript.drafts, title)
    sentences = split_sentences(Document(name, title, layout.text, layout.blocks, layout.sections))

    def written(start: int, end: int, section: Section) -> Written:
        labels = tuple(label for position, label in layout.labels if start < position <= end)
        return Written(layout.text[start:end], where, place_at(layout.places, start) or 1, f"{name}#{section.id}", labels)

    sections = tuple(
        WrittenSection(
            section.id,
            written(section.start, section.start + len(section.title), section),
            tuple(written(one.start, one.end, section) for one in sentences if section.start <= one.start < section.end),
        )
        for section in layout.sections
    )
    return WrittenDocument(where, name, title, lines, matter, sections, tuple(_asked(lines, where, name, matter)), manuscript.definitions)


def plain(question: str) -> str:
    """A question without case and signs, so that two that differ in nothing else are the same."""
    return " ".join(re.findall(r"\w+", question.casefold().replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")))


def _asked(lines: tuple[str, ...], where: str, name: str, matter: FrontMatter) -> Iterator[Written]:
    for section, ways in matter.asked.items():
        key = _line_of(lines, f"{section}:")
        for way in ways:
            below = (number for number, line in enumerate(lines[key:], key + 1) if plain(line) == plain(way))
            yield Written(way, where, next(below, key), f"{name}#{section}")


def _line_of(lines: tuple[str, ...], beginning: str) -> int:
    return next((number for number, line in enumerate(lines, 1) if beginning and line.strip().startswith(beginning)), 1)
