"""Documents as their authors wrote them: Markdown with line numbers, placeholders and footnote labels still in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.check.finding import Finding, Rule, Severity
from indexer.documents import BlockKind, Document, Section, lay_out, place_at, plain
from indexer.errors import DocumentError
from indexer.readers.encoding import decode
from indexer.readers.front_matter import FrontMatter, front_matter_end, split_front_matter
from indexer.readers.markdown import read_markdown
from indexer.sentences import split_sentences

_SPACES, _DASHES = "\u00a0\u2007\u2009\u202f", "\u2010\u2011\u2012\u2013\u2014\u2212"
_SIGNS = str.maketrans(
    dict.fromkeys(_SPACES, " ") | dict.fromkeys(_DASHES, "-") | dict.fromkeys("\u201c\u201d", '"') | dict.fromkeys("\u2018\u2019", "'")
)


@dataclass(frozen=True, slots=True)
class Written:
    """Words at a place: a sentence, list item or table row with the labels of its footnotes, a heading, or a way of asking.

    `section` is document#section, empty for a document's title. No-break spaces, curly quotation marks and dashes are plain ones here.
    """

    text: str
    file: str
    line: int
    section: str
    labels: tuple[str, ...] = ()
    kind: BlockKind = "paragraph"

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
    """A document's file, its front matter and its sections.

    The front matter ends in line `matter_end` (0: there is none); `asked` has every way of asking, also one that leads nowhere.
    """

    file: str
    id: str
    title: Written
    lines: tuple[str, ...]
    matter: FrontMatter
    matter_end: int
    sections: tuple[WrittenSection, ...]
    asked: tuple[Written, ...]
    definitions: Mapping[str, str]

    def found(self, rule: Rule, message: str, at: str = "", severity: Severity = "error") -> Finding:
        """What is wrong at the first line that begins so; at line 1 where none does."""
        return Finding(self.file, line_of(self.lines, at), message, rule, severity)


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

    def written(text: str, start: int, section: Section, kind: BlockKind) -> Written:
        labels = tuple(label for position, label in layout.labels if start < position <= start + len(text))
        return Written(_plain_signs(text), where, place_at(layout.places, start) or 1, f"{name}#{section.id}", labels, kind)

    sections = tuple(
        WrittenSection(
            section.id,
            written(section.title, section.start, section, "heading"),
            tuple(
                written(layout.text[one.start : one.end], one.start, section, one.kind)
                for one in sentences
                if section.start <= one.start < section.end
            ),
        )
        for section in layout.sections
    )
    heading = Written(_plain_signs(title), where, line_of(lines, "title:"), "", kind="heading")
    asked = tuple(_asked(lines, where, name, matter))
    return WrittenDocument(where, name, heading, lines, matter, front_matter_end(raw), sections, asked, manuscript.definitions)


def _plain_signs(text: str) -> str:
    """A text with the signs that a keyboard has, so that "2\N{NO-BREAK SPACE}mg" is found as "2 mg"; as long as before."""
    return text.translate(_SIGNS)


def _asked(lines: tuple[str, ...], where: str, name: str, matter: FrontMatter) -> Iterator[Written]:
    for section, ways in matter.asked.items():
        number = line_of(lines, f"{section}:")
        for way in ways:
            below = (later for later, line in enumerate(lines[number:], number + 1) if plain(line) == plain(way))
            number = next(below, number)  # a way that runs over several lines stands below the one before
            yield Written(_plain_signs(way), where, number, f"{name}#{section}")


def line_of(lines: Sequence[str], beginning: str) -> int:
    """The first line that begins so, whatever stands before it; 1 where none does."""
    return next((number for number, line in enumerate(lines, 1) if beginning and line.strip().startswith(beginning)), 1)
