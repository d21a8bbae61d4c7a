"""A corpus folder read whole: every document as written, every table, and the style it is held to."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from indexer.check.finding import Finding, Rule, Severity
from indexer.check.manuscripts import Written, WrittenDocument, WrittenSection, line_of, read_document
from indexer.check.style import Style
from indexer.check.topics import Topics
from indexer.corpus_tables import CorpusTables, checked_entry, load_tables, read_table
from indexer.errors import CorpusError, DocumentError, shown
from indexer.readers.files import find_files

_YAML_LINE = re.compile(r"\bline (\d+), column \d+")
_KEY_NAMED = re.compile(r"cannot be read: (\w+)")
_CHECKED = (".md", ".markdown")
_TABLES = ("sources", "helplines", "lexicon", "partners", "safety", "style", "topics")


@dataclass(frozen=True, slots=True)
class Corpus:
    """A corpus as people edit it. `unread` is what was wrong with documents that could not be read at all."""

    folder: Path
    documents: tuple[WrittenDocument, ...]
    tables: CorpusTables
    style: Style
    topics: Topics | None
    unread: tuple[Finding, ...]
    table_lines: Mapping[str, tuple[str, ...]]

    def sections(self) -> Iterator[WrittenSection]:
        """Every section."""
        for document in self.documents:
            yield from document.sections

    def sentences(self) -> Iterator[Written]:
        """Every sentence, list item and table row."""
        for section in self.sections():
            yield from section.sentences

    def shown(self) -> Iterator[Written]:
        """All that a reader sees: titles, headings, sentences."""
        for document in self.documents:
            yield document.title
            for section in document.sections:
                yield section.heading
                yield from section.sentences

    def asked(self) -> Iterator[Written]:
        """Every way of asking."""
        for document in self.documents:
            yield from document.asked

    def in_table(self, table: str, holding: str, rule: Rule, message: str, severity: Severity = "error") -> Finding:
        """What is wrong in a table, at the line that `place_in` gives."""
        return Finding(*self.place_in(table, holding), message, rule, severity)

    def place_in(self, table: str, holding: str) -> tuple[str, int]:
        """The file of a table, and its first line that holds this; line 1 where none does."""
        lines = enumerate(self.table_lines.get(table, ()), 1)
        return shown(self.folder / table), next((number for number, line in lines if holding and holding in line), 1)


def corpus_folder(path: Path) -> Path:
    """The corpus folder that holds a path, or that stands in it. Raises CorpusError."""
    if not path.exists():
        raise CorpusError(f"{shown(path)} does not exist; give a document, or the folder of a corpus")
    whole = path.resolve()
    for folder in (whole, whole / "corpus", *whole.parents):
        if (folder / "sources.toml").is_file():
            return folder if path.is_absolute() else _relative(folder)
    raise CorpusError(f"{shown(path)} is in no corpus; a corpus is a folder with sources.toml and documents/ in it")


def read_corpus(folder: Path) -> Corpus:
    """Read a corpus folder; the style shipped holds where it has none of its own. Raises CorpusError."""
    documents, unread = _read_documents(folder / "documents")
    if not documents and not unread:
        raise CorpusError(f"{shown(folder)}/documents holds no Markdown document; write one, or give another folder")
    tables = load_tables(folder)
    lines = {
        file.name: tuple(file.read_text(encoding="utf-8-sig", errors="replace").splitlines())
        for file in (folder / f"{name}.toml" for name in _TABLES)
        if file.is_file()
    }
    own_or_shipped = folder if "style.toml" in lines else files("corpus")
    style = checked_entry("style.toml", "", Style, read_table(own_or_shipped, "style.toml"))
    topics = checked_entry("topics.toml", "", Topics, read_table(folder, "topics.toml")) if "topics.toml" in lines else None
    return Corpus(folder, tuple(documents), tables, style, topics, tuple(unread), lines)


def _read_documents(folder: Path) -> tuple[list[WrittenDocument], list[Finding]]:
    """Every document that can be read, and what is wrong with the others."""
    documents: list[WrittenDocument] = []
    unread: list[Finding] = []
    for file in find_files([folder]).files if folder.is_dir() else ():
        where = shown(file)
        if file.suffix.lower() not in _CHECKED:
            message = "only Markdown documents are checked; save its text as .md, or review it by hand"
            unread.append(Finding(where, 1, message, "front-matter", "warning"))
            continue
        try:
            documents.append(read_document(file, where))
        except DocumentError as problem:
            message = str(problem).removeprefix(f"{where}: ")
            unread.append(Finding(where, _line_named(message, file), message, "front-matter"))
        except OSError as problem:
            unread.append(Finding(where, 1, f"cannot be read ({problem.strerror}); check that it may be read", "front-matter"))
    return documents, unread


def _relative(folder: Path) -> Path:
    """The folder as seen from here, where it is below."""
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def _line_named(message: str, file: Path) -> int:
    """The line that a reader's message is about: it counts below the opening hyphens, or names a key."""
    if line := _YAML_LINE.search(message):
        return int(line[1]) + 1
    key = _KEY_NAMED.search(message)
    return line_of(file.read_text(encoding="utf-8", errors="replace").splitlines(), f"{key[1]}:") if key else 1
