"""Documents as pages to read, with a place to come to for each section and source."""

from html import escape
from itertools import groupby

from api.pages.frame import page
from api.pages.highlight import HIGHLIGHT_SCRIPT
from api.pages.links import source_line
from bot.safety import Safety
from indexer.documents import Block, Document, Tombstone


def document_page(document: Document, safety: Safety) -> str:
    """A document with its sections, footnote marks and sources. It has a script: send it with DOCUMENT_HEADERS."""
    numbers = {source.id: number for number, source in enumerate(document.sources, start=1)}
    anchors = {section.start: section.id for section in document.sections}
    body = "".join(_blocks(kind, list(blocks), document, numbers, anchors) for kind, blocks in groupby(document.blocks, key=_tag))
    # A document that opens without a heading has its first section's anchor at the title.
    opening = f' id="{escape(anchors[0])}"' if document.blocks[0].kind != "heading" else ""
    return page(
        document.title,
        f'<h1{opening}>{escape(document.title)}</h1><p class="about">{_review(document, safety)}</p>{body}{_sources(document)}',
        safety,
        script=HIGHLIGHT_SCRIPT,
    )


def withdrawn_page(tombstone: Tombstone, safety: Safety) -> str:
    """What stands in a document's place once it has been taken out: why, so that nobody relies on a copy."""
    why = f"This document was withdrawn, and answers no longer quote it. The reason given: {tombstone.reason}"
    return page(tombstone.title, f"<h1>{escape(tombstone.title)}</h1><p>{escape(why)}</p>", safety)


def _review(document: Document, safety: Safety) -> str:
    day = f"Reviewed {escape(document.reviewed)}. " if document.reviewed else ""
    signed = f"Reviewed by {escape(document.reviewed_by)}." if document.reviewed_by else escape(safety.wording.not_reviewed_by_clinician)
    return day + signed


def _sources(document: Document) -> str:
    entries = (f'<li id="source:{number}">{source_line(source)}</li>' for number, source in enumerate(document.sources, start=1))
    listed = "".join(entries)
    return f"<h2>Sources</h2><ol>{listed}</ol>" if listed else ""


def _tag(block: Block) -> str:
    return {"item": "ul", "row": "table", "header": "table"}.get(block.kind, block.kind)


def _blocks(tag: str, blocks: list[Block], document: Document, numbers: dict[str, int], anchors: dict[int, str]) -> str:
    texts = [_marked(document, block, numbers) for block in blocks]
    match tag:
        case "heading":
            return "".join(f'<h2 id="{escape(anchors[block.start])}">{text}</h2>' for block, text in zip(blocks, texts, strict=True))
        case "ul":
            return f"<ul>{''.join(f'<li>{text}</li>' for text in texts)}</ul>"
        case "table":
            return f"<table>{''.join(_row(block, text) for block, text in zip(blocks, texts, strict=True))}</table>"
        case "code":
            return "".join(f"<pre>{text}</pre>" for text in texts)
        case _:
            return "".join(f"<p>{text}</p>" for text in texts)


def _row(block: Block, text: str) -> str:
    cell = "th" if block.kind == "header" else "td"
    return f"<tr>{''.join(f'<{cell}>{part}</{cell}>' for part in text.split(' | '))}</tr>"


def _marked(document: Document, block: Block, numbers: dict[str, int]) -> str:
    """The block's words, with a linked number after each span that names sources.

    The space keeps "911." and a "8" behind it apart: text fragments match whole words, and "911.8" would be one.
    """
    pieces: list[str] = []
    position = block.start
    for mark in document.marks:
        if block.start < mark.position <= block.end:
            links = " ".join(f'<a href="#source:{numbers[name]}">{numbers[name]}</a>' for name in mark.source_ids)
            pieces.append(f"{escape(document.text[position : mark.position])}<sup>&nbsp;{links}</sup>")
            position = mark.position
    return "".join([*pieces, escape(document.text[position : block.end])])
