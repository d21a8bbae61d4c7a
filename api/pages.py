"""Documents as pages to read: no script, nothing from elsewhere, usable at any width and in the dark."""

import base64
import hashlib
from collections.abc import Iterable
from html import escape
from itertools import groupby

from api.schemas import DocumentEntry
from bot.safety import Safety
from indexer.documents import Block, Document, Source, Tombstone

_STYLE = """
:root { color-scheme: light dark; --ink: #1d2733; --paper: #fff; --soft: #57636f;
  --line: #d9dfe5; --link: #0b5cad; --mark: #fff1b8; --card: #f3f6f9; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7ecf1; --paper: #14191f; --soft: #a3afba;
  --line: #333d47; --link: #7fb6f2; --mark: #5c4a00; --card: #1d242c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.6 system-ui, sans-serif; }
main, header, footer { max-width: 42rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1rem; }
.help { background: var(--card); border-radius: .5rem; padding: .6rem .9rem; font-size: .95rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 1.5rem 0 .4rem; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 2rem 0 .4rem; scroll-margin-top: 1rem; }
h2:target { border-left: .25rem solid var(--link); padding-left: .6rem; }
a { color: var(--link); }
.about, footer { color: var(--soft); font-size: .95rem; }
footer { border-top: 1px solid var(--line); margin-top: 3rem; padding-top: 1rem; padding-bottom: 3rem; }
sup { line-height: 0; font-size: .7em; }
sup a { text-decoration: none; padding: 0 .1em; }
table { border-collapse: collapse; } td, th { border: 1px solid var(--line); padding: .3rem .6rem; text-align: left; }
pre { overflow-x: auto; background: var(--card); padding: .8rem; border-radius: .5rem; }
::target-text { background: var(--mark); color: inherit; }
li { margin: .3rem 0; overflow-wrap: anywhere; }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
PAGE_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def document_page(document: Document, safety: Safety) -> str:
    """A document with its sections, footnote marks and sources."""
    numbers = {source.id: number for number, source in enumerate(document.sources, start=1)}
    anchors = {section.start: section.id for section in document.sections}
    body = "".join(_blocks(kind, list(blocks), document, numbers, anchors) for kind, blocks in groupby(document.blocks, key=_tag))
    # A document that opens without a heading has its first section's anchor at the title.
    opening = f' id="{escape(anchors[0])}"' if document.blocks[0].kind != "heading" else ""
    review = f"Reviewed {escape(document.reviewed)}. " if document.reviewed else ""
    signed = f"Reviewed by {escape(document.reviewed_by)}." if document.reviewed_by else escape(safety.wording.not_reviewed_by_clinician)
    sources = "".join(f'<li id="source:{number}">{_source(source)}</li>' for number, source in enumerate(document.sources, start=1))
    listed = f"<h2>Sources</h2><ol>{sources}</ol>" if sources else ""
    return _page(
        document.title,
        f'<h1{opening}>{escape(document.title)}</h1><p class="about">{review}{signed}</p>{body}{listed}',
        safety,
    )


def withdrawn_page(tombstone: Tombstone, safety: Safety) -> str:
    """What stands in a document's place once it has been taken out: why, so that nobody relies on a copy."""
    why = f"This document was withdrawn, and answers no longer quote it. The reason given: {tombstone.reason}"
    return _page(tombstone.title, f"<h1>{escape(tombstone.title)}</h1><p>{escape(why)}</p>", safety)


def home_page(documents: Iterable[DocumentEntry], safety: Safety) -> str:
    """The documents by group, and how to ask."""
    groups = "".join(
        f"<h2>{escape((group or 'Documents').replace('-', ' ').capitalize())}</h2><ul>"
        + "".join(f'<li><a href="{escape(entry.url)}">{escape(entry.title)}</a></li>' for entry in entries)
        + "</ul>"
        for group, entries in groupby(documents, key=lambda entry: entry.group)
    )
    example = 'curl -s http://127.0.0.1:8000/v1/ask -H "Content-Type: application/json" -d \'{"question": "Is ketamine an opioid?"}\''
    about = (
        "<h1>Citewell</h1><p>Answers on ketamine, opioids and Xanax. Each sentence is quoted from one of the documents below.</p>"
        f"<h2>Ask</h2><pre>{escape(example)}</pre>"
    )
    return _page("Citewell", about + groups, safety)


def _page(title: str, body: str, safety: Safety) -> str:
    lines = safety.helplines_for(None, ("emergency", "crisis"), per_purpose=1)
    contacts = "; ".join(f'<a href="tel:{escape(line.phone or "")}">{escape(f"{line.name}, {line.contact()}")}</a>' for line in lines)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        f'<header><p class="help"><strong>Need help now?</strong> In the US: {contacts}. '
        f"Elsewhere: your local emergency number.</p></header><main>{body}</main>"
        '<footer><p>General information, not medical advice. <a href="/">All documents</a></p></footer></body></html>'
    )


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


def _source(source: Source) -> str:
    about = ", ".join(str(part) for part in (source.publisher, source.year) if part)
    is_web = source.url is not None and source.url.startswith(("https://", "http://"))
    title = f'<a href="{escape(source.url or "")}" rel="noreferrer">{escape(source.title)}</a>' if is_web else escape(source.title)
    return f"{title}. {escape(about)}"
