"""A document as one line of JSON and back: how it waits on the disk, travels to another process, and is told from others by its digest."""

import json
from typing import Any

from indexer.documents import Block, Document, Mark, Place, Section, Source


def document_line(document: Document) -> bytes:
    """The line of a document, without an end of line; equal documents have equal lines."""
    values = [
        document.id,
        document.title,
        document.text,
        [[block.kind, block.start, block.end, block.level, block.context] for block in document.blocks],
        [[section.id, section.title, section.start, section.end, section.parents] for section in document.sections],
        [[mark.position, mark.source_ids] for mark in document.marks],
        [[source.id, source.title, source.publisher, source.url, source.year] for source in document.sources],
        document.url,
        document.group,
        document.reviewed,
        document.reviewed_by,
        document.review_due,
        list(document.asked.items()),
        [[place.position, place.number] for place in document.pages],
    ]
    return json.dumps(values).encode()


def document_of(line: bytes) -> Document:
    """The document of a line."""
    name, title, text, blocks, sections, marks, sources, url, group, reviewed, reviewed_by, review_due, asked, pages = json.loads(line)
    return Document(
        id=name,
        title=title,
        text=text,
        blocks=tuple(Block(*values) for values in blocks),
        sections=tuple(_section(*values) for values in sections),
        marks=tuple(Mark(position, tuple(ids)) for position, ids in marks),
        sources=tuple(Source(*values) for values in sources),
        url=url,
        group=group,
        reviewed=reviewed,
        reviewed_by=reviewed_by,
        review_due=review_due,
        asked={section: tuple(texts) for section, texts in asked},
        pages=tuple(Place(*values) for values in pages),
    )


def _section(name: str, title: str, start: int, end: int, parents: list[Any]) -> Section:
    return Section(name, title, start, end, tuple(parents))
