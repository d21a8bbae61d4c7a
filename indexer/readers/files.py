"""From paths on disk to documents: which files are read, by which reader, under which id."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from indexer.corpus_tables import CorpusTables, expand_helplines
from indexer.documents import Document, Draft, Layout, Mark, Source, is_text, lay_out, slug, well_formed
from indexer.errors import CorpusError, DocumentError
from indexer.readers.html import read_html
from indexer.readers.markdown import MarkdownText, read_markdown
from indexer.readers.plain_text import read_plain_text

SUFFIXES = (".md", ".markdown", ".txt", ".html", ".htm", ".jsonl")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"https?://[^\s)>\]]+")


class FrontMatter(BaseModel):
    """What may stand above a Markdown document; keys of other tools are let be."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str | None = Field(None, min_length=1)
    title: str | None = Field(None, min_length=1)
    group: str | None = None
    url: str | None = Field(None, pattern="^https?://")
    reviewed: date | None = None
    reviewed_by: str | None = None
    review_due: date | None = None
    asked: dict[str, list[str]] = {}


class Record(BaseModel):
    """One line of a .jsonl file."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str = Field(min_length=1)
    title: str = ""
    text: str
    url: str | None = Field(None, pattern="^https?://")


@dataclass(frozen=True, slots=True)
class Reading:
    """The documents that could be read, and a line for each that could not."""

    documents: tuple[Document, ...]
    problems: tuple[str, ...]


def corpus_files(paths: Iterable[Path]) -> list[Path]:
    """Every readable file named, or found below a folder named, in a stable order. Raises DocumentError for a path that is not there."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
            found += sorted(file for file in inside if not any(part.startswith(".") for part in file.relative_to(path).parts))
        elif path.is_file():
            found.append(path)
        else:
            raise DocumentError(f"{path}: no such file or folder; name an existing one, for example corpus/documents")
    first: dict[Path, Path] = {}
    for file in found:
        first.setdefault(file.resolve(), file)
    return list(first.values())


def read_documents(files: Sequence[Path], tables: CorpusTables) -> Reading:
    """Read every file. A document that cannot be read becomes a problem; the others go in. Ids are unique afterwards."""
    documents: dict[str, Document] = {}
    origins: dict[str, str] = {}
    problems: list[str] = []
    for where, result in (found for file in files for found in _read_file(file, tables)):
        if isinstance(result, DocumentError):
            problems.append(str(result))
        elif result.id in documents:
            problems.append(f"{where}: the id {result.id!r} is taken by {origins[result.id]}; give one of the two another id")
        else:
            documents[result.id], origins[result.id] = result, where
    return Reading(tuple(documents.values()), tuple(problems))


def _read_file(file: Path, tables: CorpusTables) -> Iterator[tuple[str, Document | DocumentError]]:
    """Each document of a file, or the problem with it, and where it stands."""
    try:
        match file.suffix.lower():
            case ".md" | ".markdown":
                yield str(file), _read_markdown_file(file, tables)
            case ".txt":
                yield str(file), _read_text_file(file, tables)
            case ".html" | ".htm":
                yield str(file), _read_html_file(file)
            case ".jsonl":
                yield from _read_jsonl_file(file, tables)
            case suffix:
                form = f"the format {suffix!r}" if suffix else "a file without a suffix"
                raise DocumentError(f"{file}: {form} is not read; use one of {', '.join(SUFFIXES)}")
    except DocumentError as problem:
        yield str(file), problem


def _read_markdown_file(file: Path, tables: CorpusTables) -> Document:
    matter, body = _split_front_matter(file, _decoded(file))
    parsed = read_markdown(_expanded(file, body, tables))
    title, drafts = _title(matter.title, parsed.drafts, file.stem)
    layout = _checked(file, lay_out(drafts, title))
    name = matter.id or slug(file.stem)
    sources = _resolve_sources(file, name, layout, parsed, tables.sources)
    marks: dict[int, tuple[str, ...]] = {}
    for position, label in layout.labels:
        marks[position] = tuple(dict.fromkeys((*marks.get(position, ()), *(source.id for source in sources[label]))))
    used = {source.id: source for label in sources for source in sources[label]}
    _check_asked(file, matter, layout)
    return Document(
        id=name,
        title=title,
        text=layout.text,
        blocks=layout.blocks,
        sections=layout.sections,
        marks=tuple(Mark(position, ids) for position, ids in sorted(marks.items())),
        sources=tuple(used.values()),
        url=matter.url,
        group=matter.group,
        reviewed=matter.reviewed.isoformat() if matter.reviewed else None,
        reviewed_by=matter.reviewed_by,
        review_due=matter.review_due.isoformat() if matter.review_due else None,
        asked={section: tuple(ways) for section, ways in matter.asked.items()},
    )


def _read_text_file(file: Path, tables: CorpusTables) -> Document:
    title, drafts = _title(None, read_plain_text(_expanded(file, _decoded(file), tables)), file.stem)
    return _plain_document(slug(file.stem), title, _checked(file, lay_out(drafts, title)))


def _read_html_file(file: Path) -> Document:
    page = read_html(_bytes(file), str(file))
    title, drafts = _title(page.title, page.drafts, file.stem)
    return _plain_document(slug(file.stem), title, _checked(file, lay_out(drafts, title)), page.url)


def _read_jsonl_file(file: Path, tables: CorpusTables) -> Iterator[tuple[str, Document | DocumentError]]:
    for number, line in enumerate(_decoded(file).split("\n"), start=1):
        if line.strip():
            where = f"{file}:{number}"
            try:
                yield where, _read_record(where, line, tables)
            except DocumentError as problem:
                yield where, problem


def _read_record(where: str, line: str, tables: CorpusTables) -> Document:
    try:
        record = Record.model_validate(json.loads(line))
    except (ValueError, RecursionError) as problem:
        raise DocumentError(f'{where}: {_reason(problem)}; each line holds {{"id", "title", "text"}} and may hold "url"') from problem
    name = well_formed(record.id)
    title = " ".join(well_formed(record.title).split()) or name
    drafts = read_plain_text(_expanded(where, _normalised(record.text), tables))
    return _plain_document(name, title, _checked(where, lay_out(drafts, title)), record.url)


def _plain_document(name: str, title: str, layout: Layout, url: str | None = None) -> Document:
    return Document(name, title, layout.text, layout.blocks, layout.sections, url=url)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as problem:
        raise DocumentError(f"{file}: cannot be read ({problem.strerror}); check that it exists and may be read") from problem


def _decoded(file: Path) -> str:
    try:
        return _normalised(_bytes(file).decode("utf-8-sig"))
    except UnicodeDecodeError as problem:
        raise DocumentError(f"{file}: byte {problem.start} is not UTF-8; save the file as UTF-8") from problem


def _expanded(where: Path | str, text: str, tables: CorpusTables) -> str:
    try:
        return expand_helplines(text, tables.helplines)
    except CorpusError as problem:
        raise DocumentError(f"{where}: {problem}") from problem


def _normalised(text: str) -> str:
    return well_formed(text).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _checked(where: Path | str, layout: Layout) -> Layout:
    if all(block.kind in ("heading", "header") for block in layout.blocks):
        raise DocumentError(f"{where}: holds no sentence to quote; add text, or leave the file out")
    return layout


def _title(given: str | None, drafts: list[Draft], fallback: str) -> tuple[str, list[Draft]]:
    """The document's title, and the drafts without the opening heading that says it."""
    drafts = [draft for draft in drafts if is_text(draft.text) or draft.marks]
    first = drafts[0] if drafts and drafts[0].kind == "heading" and drafts[0].level == 1 else None
    if first is not None and (given is None or given.strip() == first.text.strip()):
        return first.text.strip(), drafts[1:]
    return " ".join((given or fallback.replace("-", " ").replace("_", " ")).split()), drafts


def _split_front_matter(file: Path, text: str) -> tuple[FrontMatter, str]:
    match = _FRONT_MATTER.match(text)
    if match is None:
        return FrontMatter(), text
    try:
        values: Any = yaml.safe_load(match[1])
        if not isinstance(values, dict):
            return FrontMatter(), text  # a rule across the page, not front matter
        matter = FrontMatter.model_validate(json.loads(well_formed(json.dumps(values, default=str, ensure_ascii=False))))
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as problem:
        wrong = f"the front matter cannot be read: {_reason(problem)}"
        raise DocumentError(f"{file}: {wrong}; mend what stands between the two --- lines") from problem
    # Blank lines in its place keep line numbers true.
    return matter, "\n" * match[0].count("\n") + text[match.end() :]


def _reason(problem: Exception) -> str:
    if isinstance(problem, ValidationError):
        first = problem.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc']) or 'the line'}: {first['msg']}"
    return " ".join(str(problem).split())


def _resolve_sources(
    file: Path, name: str, layout: Layout, parsed: MarkdownText, table: Mapping[str, Source]
) -> dict[str, tuple[Source, ...]]:
    """The sources behind each footnote label: named in its definition, named by the label itself, or the definition's own words."""
    resolved: dict[str, tuple[Source, ...]] = {}
    for label in dict.fromkeys(label for _, label in layout.labels):
        definition = parsed.definitions.get(label, "")
        named = tuple(table[word] for word in re.findall(r"[\w-]+", definition) if word in table)
        if named:
            resolved[label] = named
        elif label in table:
            resolved[label] = (table[label],)
        elif definition:
            link = _LINK.search(definition)
            resolved[label] = (Source(f"{name}:{label}", definition, url=link[0] if link else None),)
        else:
            raise DocumentError(f"{file}: the footnote [^{label}] names no source; add it to sources.toml, or define it as [^{label}]: …")
    return resolved


def _check_asked(file: Path, matter: FrontMatter, layout: Layout) -> None:
    known = [section.id for section in layout.sections]
    for section in matter.asked:
        if section not in known:
            raise DocumentError(f"{file}: `asked` names the section {section!r}, which is not there; the sections are {', '.join(known)}")
