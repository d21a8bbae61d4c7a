"""One file in, what became of each of its documents out. What the formats share is done here, once."""

import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from indexer.corpus_tables import CorpusTables, expand_helplines
from indexer.documents import Document, Draft, Layout, Mark, Source, Tombstone, is_text, lay_out, slug, well_formed
from indexer.errors import CorpusError, DocumentError, shown
from indexer.readers.docx import read_docx
from indexer.readers.encoding import Decoded, decode
from indexer.readers.files import SUFFIXES
from indexer.readers.front_matter import FrontMatter, split_front_matter
from indexer.readers.html import read_html
from indexer.readers.json_lines import Record, read_json_lines
from indexer.readers.limits import LARGEST_FILE, LONGEST_TEXT, shown_size
from indexer.readers.manuscript import Manuscript
from indexer.readers.markdown import read_markdown
from indexer.readers.pdf import read_pdf
from indexer.readers.plain_text import read_plain_text
from indexer.readers.reading import Entry

_NAMED = 20  # sections that an error lists
_SNIFFED = 200  # signs
# How files of other formats begin that could be taken for text.
_OTHER_FORMATS = {
    "%pdf-": "a PDF; let its name end in .pdf",
    "{\\rtf": "in Rich Text Format; save it as .docx",
    "<!doctype html": "a web page; let its name end in .html",
    "<html": "a web page; let its name end in .html",
}
_LINK = re.compile(r"https?://[^\s)>\]]+")


def read_file(file: Path, tables: CorpusTables, encoding: str | None = None) -> Iterator[Entry]:
    """Each document of a file. `encoding` is that of files which are not UTF-8 and do not name their own."""
    where = shown(file)
    try:
        if file.suffix.lower() == ".jsonl":
            yield from _read_lines(file, tables)
        else:
            manuscript = _manuscript(file, where, tables, encoding)
            yield Entry(where, _result(where, _stem(file), manuscript, tables), manuscript.notes)
    except DocumentError as problem:
        yield Entry(where, problem)
    except RecursionError:
        yield Entry(where, DocumentError(f"{where}: is nested too deep; save its text as .md or .txt"))
    except OSError as problem:
        yield Entry(where, DocumentError(f"{where}: cannot be read ({problem.strerror}); check that it exists and may be read"))


def _stem(file: Path) -> str:
    """The name a document goes by: its file's, or its folder's where every file is an index.html."""
    return well_formed(file.resolve().parent.name if file.stem.lower() == "index" else file.stem)


def _read_lines(file: Path, tables: CorpusTables) -> Iterator[Entry]:
    is_empty = True
    for where, record in read_json_lines(file):
        is_empty = False
        try:
            yield Entry(where, record if isinstance(record, DocumentError) else _record_result(where, record, tables))
        except DocumentError as problem:
            yield Entry(where, problem)
    if is_empty:
        yield Entry(shown(file), DocumentError(f"{shown(file)}: holds no document; add a line for each, or leave the file out"))


def _record_result(where: str, record: Record, tables: CorpusTables) -> Document | Tombstone:
    drafts = read_plain_text(_expanded(where, _bounded(where, record.text), tables))
    matter = FrontMatter(id=record.id, title=record.title, url=record.url)
    return _result(where, record.id, Manuscript(drafts, matter=matter), tables)


def _manuscript(file: Path, where: str, tables: CorpusTables, encoding: str | None) -> Manuscript:
    content = _bytes(file, where)
    match file.suffix.lower():
        case ".md" | ".markdown":
            decoded = _text(content, where, encoding)
            matter, body = split_front_matter(where, _bounded(where, decoded.text))
            if matter.withdrawn:
                return Manuscript([], matter=matter)
            return replace(read_markdown(_expanded(where, body, tables)), matter=matter, notes=decoded.notes)
        case ".txt":
            decoded = _text(content, where, encoding)
            return Manuscript(read_plain_text(_expanded(where, _bounded(where, decoded.text), tables)), notes=decoded.notes)
        case ".html" | ".htm":
            return read_html(content, where, encoding)
        case ".pdf":
            return read_pdf(content, where)
        case ".docx":
            return read_docx(content, where)
        case suffix:
            form = f"the format {suffix!r}" if suffix else "a file without a suffix"
            raise DocumentError(f"{where}: {form} is not read; use one of {', '.join(SUFFIXES)}")


def _bytes(file: Path, where: str) -> bytes:
    status = file.stat()
    size = status.st_size
    if not stat.S_ISREG(status.st_mode):
        raise DocumentError(f"{where}: is no ordinary file; leave it out")
    if size > LARGEST_FILE:
        raise DocumentError(
            f"{where}: has {shown_size(size)}, and {shown_size(LARGEST_FILE)} is the limit; split it, or save its text as .jsonl"
        )
    with file.open("rb") as stream:
        return stream.read(size)  # no more, should it grow meanwhile, or be a window into the system


def _text(content: bytes, where: str, encoding: str | None) -> Decoded:
    decoded = decode(content, where, encoding)
    beginning = decoded.text[:_SNIFFED].lstrip().lower()
    for sign, kind in _OTHER_FORMATS.items():
        if beginning.startswith(sign):
            raise DocumentError(f"{where}: is {kind}")
    return decoded


def _bounded(where: str, text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise DocumentError(f"{where}: holds {len(text):,} characters, and {LONGEST_TEXT:,} is the limit; split it into several documents")
    return text


def _expanded(where: str, text: str, tables: CorpusTables) -> str:
    try:
        return expand_helplines(text, tables.helplines)
    except CorpusError as problem:
        raise DocumentError(f"{where}: {problem}") from problem


def _result(where: str, stem: str, manuscript: Manuscript, tables: CorpusTables) -> Document | Tombstone:
    matter = manuscript.matter
    name = matter.id or slug(stem)
    title, drafts = _title(matter.title or manuscript.title, manuscript.drafts, stem)
    if matter.withdrawn:
        return Tombstone(name, title, matter.withdrawn)
    layout = lay_out(drafts, title)
    _bounded(where, layout.text)
    if all(block.kind in ("heading", "header") for block in layout.blocks):
        raise DocumentError(f"{where}: holds no sentence to quote; add text, or leave the file out")
    _check_asked(where, matter, layout)
    sources = _resolve_sources(where, name, layout, manuscript.definitions, tables.sources)
    return Document(
        id=name,
        title=title,
        text=layout.text,
        blocks=layout.blocks,
        sections=layout.sections,
        marks=_marks(layout, sources),
        sources=tuple({source.id: source for label in sources for source in sources[label]}.values()),
        url=matter.url or manuscript.url,
        group=matter.group,
        reviewed=_day(matter.reviewed),
        reviewed_by=matter.reviewed_by,
        review_due=_day(matter.review_due),
        asked={section: tuple(ways) for section, ways in matter.asked.items()},
        pages=layout.places if manuscript.paged else (),
    )


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _title(given: str | None, drafts: list[Draft], fallback: str) -> tuple[str, list[Draft]]:
    """The document's title, and the drafts without the opening heading that says it."""
    drafts = [draft for draft in drafts if is_text(draft.text) or draft.marks]
    first = drafts[0] if drafts and drafts[0].kind == "heading" and drafts[0].level == 1 else None
    if first is not None and (given is None or given.strip() == first.text.strip()):
        return first.text.strip(), drafts[1:]
    return " ".join((given or fallback.replace("-", " ").replace("_", " ")).split()), drafts


def _marks(layout: Layout, sources: Mapping[str, tuple[Source, ...]]) -> tuple[Mark, ...]:
    marks: dict[int, tuple[str, ...]] = {}
    for position, label in layout.labels:
        marks[position] = tuple(dict.fromkeys((*marks.get(position, ()), *(source.id for source in sources[label]))))
    return tuple(Mark(position, ids) for position, ids in sorted(marks.items()))


def _resolve_sources(
    where: str, name: str, layout: Layout, definitions: Mapping[str, str], table: Mapping[str, Source]
) -> dict[str, tuple[Source, ...]]:
    """The sources behind each footnote label: named in its definition, named by the label itself, or the definition's own words."""
    resolved: dict[str, tuple[Source, ...]] = {}
    for label in dict.fromkeys(label for _, label in layout.labels):
        definition = definitions.get(label, "")
        named = tuple(table[word] for word in re.findall(r"[\w-]+", definition) if word in table)
        if named:
            resolved[label] = named
        elif label in table:
            resolved[label] = (table[label],)
        elif definition:
            link = _LINK.search(definition)
            resolved[label] = (Source(f"{name}:{label}", definition, url=link[0] if link else None),)
        else:
            raise DocumentError(f"{where}: the footnote [^{label}] names no source; add it to sources.toml, or define it as [^{label}]: …")
    return resolved


def _check_asked(where: str, matter: FrontMatter, layout: Layout) -> None:
    known = [section.id for section in layout.sections]
    for section in matter.asked:
        if section not in known:
            named = ", ".join(known[:_NAMED])
            raise DocumentError(f"{where}: `asked` names the section {section!r}, which is not there; the sections are {named}")
