"""Web pages: the main content, found by trafilatura; navigation, banners and footers stay out."""

import re
from typing import Any

from indexer.documents import EMPTY_CELL, Draft
from indexer.errors import DocumentError
from indexer.readers.encoding import Decoded, decode
from indexer.readers.manuscript import Manuscript

_HEAD = 4096  # bytes; browsers look for the declaration in the first 1,024
_DECLARED = re.compile(rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
# What browsers take these names to mean (encoding.spec.whatwg.org).
_MEANT = {
    "iso-8859-1": "windows-1252",
    "latin1": "windows-1252",
    "us-ascii": "windows-1252",
    "ascii": "windows-1252",
    "iso-8859-9": "windows-1254",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc-kr": "cp949",
}
_PARTING = ("p", "lb", "quote", "list", "item", "head", "cell", "row", "div")


def read_html(content: bytes, where: str, encoding: str | None = None) -> Manuscript:
    """The main content of a page, in the encoding it declares, else in `encoding`. Raises DocumentError where none is found."""
    from trafilatura import bare_extraction  # 0.5 s to import, and only wanted here

    decoded = _decoded(content, where, encoding)
    page = bare_extraction(decoded.text, with_metadata=True, include_comments=False, include_tables=True)
    if page is None or page.body is None or not "".join(page.body.itertext()).strip():
        raise DocumentError(f"{where}: no main text was found in this page; save its text as .md or .txt instead")
    drafts = [_loose(page.body.text)]
    for element in page.body:
        drafts += [*_read_element(element), _loose(element.tail)]
    url = page.url if page.url and page.url.startswith(("https://", "http://")) else None
    return Manuscript([draft for draft in drafts if draft.text], page.title, url, notes=decoded.notes)


def _decoded(content: bytes, where: str, encoding: str | None) -> Decoded:
    declared = _DECLARED.search(content[:_HEAD])
    name = declared[1].decode("ascii").lower() if declared else ""
    try:
        return decode(content, where, _MEANT.get(name, name) or encoding)
    except DocumentError:
        return decode(content, where, encoding)  # pages often declare what they are not


def _loose(text: str | None) -> Draft:
    """Text that stands between elements."""
    return Draft("paragraph", " ".join((text or "").split()))


def _read_element(element: Any) -> list[Draft]:
    match element.tag:
        case "head":
            return [Draft("heading", _text(element), level=int((element.get("rend") or "h2")[-1]))]
        case "list":
            lead_in = element.getprevious()
            text = _text(lead_in) if lead_in is not None and lead_in.tag == "p" else ""
            return [draft for item in element for draft in _read_item(item, text if text.endswith(":") else "")]
        case "table":
            return _read_table(element)
        case "code":
            return [Draft("code", "".join(element.itertext()))]
        case _:
            return [Draft("paragraph", _text(element))]


def _read_item(item: Any, context: str) -> list[Draft]:
    nested = [child for child in item if child.tag == "list"]
    own = Draft("item", _text(item, without=nested), context=context)
    return [own, *(draft for child in nested for draft in _read_element(child))]


def _read_table(table: Any) -> list[Draft]:
    header = ""
    drafts: list[Draft] = []
    for row in table.iter("row"):
        cells = [_text(cell) for cell in row]
        line = " | ".join(cell or EMPTY_CELL for cell in cells)
        if not drafts and all(cell.get("role") == "head" for cell in row):
            header = " ".join(cells)
            drafts.append(Draft("header", line))
        else:
            drafts.append(Draft("row", line, context=header))
    return drafts


def _text(element: Any, without: list[Any] | None = None) -> str:
    """An element's words. Blocks inside it, and line breaks, part words as they do on the page."""
    skipped = {node for nested in without or [] for node in nested.iter()}
    pieces = [element.text or ""]
    for node in element.iterdescendants():
        gap = " " if node.tag in _PARTING else ""
        if node not in skipped:
            pieces += [gap, node.text or ""]
        if node not in skipped or node in (without or []):
            pieces += [gap, node.tail or ""]
    return " ".join("".join(pieces).split())
