"""Web pages: headings, paragraphs, lists, tables of the main content; navigation, banners, forms and hidden parts stay out.

What is left out is what a page itself marks as no content, by element, role or common class names. Nothing is left out for being short or
repeated: a list of warning signs looks like that.
"""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from indexer.documents import Draft, raised, visible
from indexer.errors import DocumentError
from indexer.readers.encoding import Decoded, cleaned, decode
from indexer.readers.front_matter import WEB_ADDRESS
from indexer.readers.manuscript import Manuscript
from indexer.readers.table import Cell, is_layout, table_drafts

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
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_LISTS = ("ul", "ol", "menu", "dir")
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dir div dl dt fieldset figcaption figure footer h1 h2 h3 h4 h5 h6 "
    "header hgroup hr html legend li main menu nav ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
_NO_CONTENT = frozenset(
    "applet area audio base button canvas datalist dialog embed footer form head iframe img input link map meta nav noframes noscript "
    "object option progress rp rt script select style svg template textarea title video".split()
)
_NO_CONTENT_ROLES = frozenset("alertdialog banner complementary contentinfo dialog menu menubar navigation search".split())
# Words of class names and ids that mark what stands around a page's content.
_AROUND = re.compile(
    r"(?:^|[\s_-])(?:ads?|advert\w*|breadcrumbs?|byline|comments?|consent|cookies?|editsection|footer|gdpr|headerlink|masthead|menu|modal"
    r"|\w{0,8}nav(?:bar|igation)?|newsletter|noprint|pager|pagination|popup|promo|related|respond|share|sharing|sidebar|skip|social|sphinxsidebar"
    r"|subscribe|toc|widget|(?:sr|screen-reader|visually)-(?:only|text|hidden))(?:$|[\s_-])",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_LIMITS = re.compile("depth|huge|too long|limit", re.IGNORECASE)
_FAKE_MARKER = re.compile("^(?:[\u00b7\u2022\u00a7\u25aa\u25cfo-]|\\(?\\w{1,3}[.)])\\s+")
_SITE = re.compile(r"\s+[|\u2013\u2014\u00bb]\s+|\s+::\s+")  # parts a page's title from its site's name
_MOST = 0.5  # of a page's text: what holds so much is content, whatever it is called


def read_html(content: bytes, where: str, encoding: str | None = None) -> Manuscript:
    """The main content of a page, in the encoding it declares, else in `encoding`. Raises DocumentError where there is none."""
    decoded = _decoded(content, where, encoding)
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        page = lxml_html.document_fromstring(decoded.text.encode("utf-8"), parser=parser)
    except etree.ParserError as problem:
        raise DocumentError(f"{where}: no text was found in this page; save its text as .md or .txt instead") from problem
    if any(_LIMITS.search(entry.message) for entry in parser.error_log):  # the parser goes on without what is over its limits
        raise DocumentError(f"{where}: is nested too deep, or holds ten million characters in one piece; save its text as .md or .txt")
    drafts = _Walk().blocks(_main(page))
    if not any(draft.text.strip() for draft in drafts):
        raise DocumentError(f"{where}: no text was found in this page; save its text as .md or .txt instead")
    return Manuscript(drafts, _title(page), _address(page), notes=decoded.notes)


def _decoded(content: bytes, where: str, encoding: str | None) -> Decoded:
    declared = _DECLARED.search(content[:_HEAD])
    name = declared[1].decode("ascii").lower() if declared else ""
    try:
        return decode(content, where, _MEANT.get(name, name) or encoding)
    except DocumentError:
        return decode(content, where, encoding)  # pages often declare what they are not


def _title(page: Any) -> str | None:
    """The only top heading, else what the page's head says, without the site's name."""
    headings = [_words(heading) for heading in page.iter("h1") if not _is_around(heading, 0)]
    headings = [heading for heading in headings if heading]
    if len(headings) == 1:
        return headings[0]
    named = page.xpath("//head/title/text()") or page.xpath("//meta[@property='og:title']/@content")
    return next((part for part in _SITE.split(" ".join(cleaned(named[0]).text.split())) if part), None) if named else None


def _address(page: Any) -> str | None:
    named = [*page.xpath("//link[@rel='canonical']/@href"), *page.xpath("//meta[@property='og:url']/@content")]
    return next((str(url) for url in named if re.match(WEB_ADDRESS, url)), None)


def _main(page: Any) -> Any:
    """The element that holds the page's content: the one marked so, unless most of the text stands outside it."""
    body = page.find("body") if page.find("body") is not None else page
    whole = _length(body)
    for path in (".//main | .//*[@role='main']", ".//article", ".//*[@id='content' or @id='main-content']"):
        marked = body.xpath(path)
        if len(marked) == 1 and _length(marked[0]) >= _MOST * _kept_length(body, whole):
            return marked[0]
    return body


def _length(element: Any) -> int:
    return len("".join(element.itertext()))


def _kept_length(element: Any, whole: int) -> int:
    """How much text there is without what stands around the content."""
    if not isinstance(element.tag, str) or _is_around(element, whole):
        return 0
    return len(element.text or "") + sum(_kept_length(child, whole) + len(child.tail or "") for child in element)


def _is_around(element: Any, whole: int) -> bool:
    """Whether an element is no content: by what it is, what it says it is, or because nobody sees it."""
    tag = element.tag
    if tag in _NO_CONTENT or "hidden" in element.attrib or _HIDDEN.search(element.get("style", "")):
        return True
    if tag in ("html", "body", "main", "article", *_HEADINGS):
        return False
    is_outside = (tag == "aside" or (tag == "header" and element.find(".//nav") is not None)) and not any(
        above.tag in ("main", "article") for above in element.iterancestors()
    )
    named = f"{element.get('class', '')} {element.get('id', '')}"
    if not (is_outside or element.get("role") in _NO_CONTENT_ROLES or element.get("aria-hidden") == "true" or _AROUND.search(named)):
        return False
    return not whole or _length(element) < _MOST * whole


class _Walk:
    """One pass over the content, in the order of the page."""

    def __init__(self) -> None:
        self._whole = 0
        self._level = 1
        self._lead_in = ""

    def blocks(self, root: Any) -> list[Draft]:
        """The drafts of an element's content."""
        self._whole = _length(root)
        return list(self._children(root, "paragraph", ""))

    def _children(self, parent: Any, kind: str, context: str) -> Iterator[Draft]:
        """Blocks as they come, and the text between them as drafts of `kind`."""
        words = [parent.text or ""]
        for child in parent:
            if not isinstance(child.tag, str) or _is_around(child, self._whole):
                words.append(" " if child.tag in _BLOCKS else "")
            elif child.tag in _BLOCKS or any(inner.tag in _BLOCKS for inner in child.iter()):
                yield from self._text(words, kind, context)
                words = []
                yield from self._block(child, kind, context)
            else:
                words.append(_words(child, trimmed=False))
            words.append(child.tail or "")
        yield from self._text(words, kind, context)

    def _text(self, words: list[str], kind: str, context: str) -> Iterator[Draft]:
        text = " ".join(visible("".join(words)).split())
        if not text:
            return
        if kind == "paragraph":
            self._lead_in = text if text.endswith(":") else ""
        yield Draft(kind, text, context=context)  # type: ignore[arg-type]

    def _block(self, element: Any, kind: str, context: str) -> Iterator[Draft]:
        match element.tag:
            case tag if tag in _HEADINGS:
                self._level, self._lead_in = int(tag[1]), ""
                yield Draft("heading", _words(element), level=self._level)
            case "p" if "MsoList" in element.get("class", ""):  # how Word saves lists
                yield Draft("item", _FAKE_MARKER.sub("", _words(element)), context=self._lead_in)
            case "summary":  # a question that opens its answer
                yield Draft("heading", _words(element), level=min(self._level + 1, len(_HEADINGS)))
            case tag if tag in _LISTS:
                above = _own_words(element.getparent()) if kind == "item" else self._lead_in
                yield from self._list(element, above if above.endswith(":") else context)
            case "dt":
                self._lead_in = _words(element)
                yield Draft("header", self._lead_in)
            case "dd":
                yield from self._children(element, "item", self._lead_in)
            case "pre":
                yield Draft("code", visible("".join(element.itertext())))
            case "table":
                yield from self._table(element)
            case _:
                yield from self._children(element, kind, context)

    def _list(self, element: Any, context: str) -> Iterator[Draft]:
        for item in element:
            if item.tag in _LISTS:  # a nested list outside its item, as older editors wrote it
                yield from self._list(item, context)
            elif isinstance(item.tag, str) and not _is_around(item, self._whole):
                yield from self._children(item, "item", context)
        self._lead_in = ""

    def _table(self, table: Any) -> Iterator[Draft]:
        rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
        cells = [[cell for cell in row if cell.tag in ("td", "th")] for row in rows]
        texts = _spanned(cells)
        caption = table.find("caption")
        if caption is not None and _words(caption):
            yield Draft("paragraph", _words(caption))
        if table.get("role") == "presentation" or is_layout(texts):
            for row in cells:
                for cell in row:
                    yield from self._children(cell, "paragraph", "")
            return
        says_header = bool(cells) and bool(cells[0]) and (all(cell.tag == "th" for cell in cells[0]) or rows[0].getparent().tag == "thead")
        self._lead_in = ""
        yield from table_drafts(texts, has_header=True if says_header else None)


def _spanned(cells: list[list[Any]]) -> list[list[Cell]]:
    """The words of cells; those of a cell that spans several rows are carried to the rows below."""
    rows: list[list[Cell]] = []
    open_cells: dict[int, tuple[int, str]] = {}
    for row in cells:
        rows.append([])
        for cell in row:
            _carry(rows[-1], open_cells)
            span = cell.get("rowspan", "1")
            if span.isdigit() and int(span) > 1:
                open_cells[len(rows[-1])] = (min(int(span), len(cells)) - 1, _words(cell))
            rows[-1].append(Cell(_words(cell)))
        _carry(rows[-1], open_cells)
    return rows


def _carry(row: list[Cell], open_cells: dict[int, tuple[int, str]]) -> None:
    """Fill the places of a row, from its end on, that cells from above still take."""
    while len(row) in open_cells:
        rows_left, words = open_cells.pop(len(row))
        if rows_left > 1:
            open_cells[len(row)] = (rows_left - 1, words)
        row.append(Cell("", carried=words))


def _own_words(item: Any) -> str:
    """The words of a list item before the lists inside it."""
    words = (item.text or "") + "".join(_words(child, trimmed=False) + (child.tail or "") for child in item if child.tag not in _LISTS)
    return " ".join(words.split())


def _words(element: Any, *, trimmed: bool = True) -> str:
    """What a reader sees of an element and all in it; blocks and line breaks part words."""
    text = visible("".join(_pieces(element)))
    return " ".join(text.split()) if trimmed else text


def _pieces(element: Any) -> Iterator[str]:
    if not isinstance(element.tag, str) or _is_around(element, 0):
        return
    gap = " " if element.tag in _BLOCKS or element.tag == "br" else ""
    shown = raised if element.tag == "sup" else str
    yield gap
    yield shown(element.text or "")
    for child in element:
        yield from map(shown, _pieces(child))
        yield shown(child.tail or "")
    yield gap
