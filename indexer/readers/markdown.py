"""Markdown: headings, paragraphs, list items, table rows and footnotes, as a reader of the rendered page sees them."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from indexer.documents import Draft, raised, visible
from indexer.readers.manuscript import Manuscript
from indexer.readers.table import Cell, table_drafts

MARK = re.compile(r"\[\^([^\]\s]+)\]")
# What nobody closed goes on to the end, as browsers have it.
_TAG = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1>|\Z)|<[^<>]+>", re.DOTALL | re.IGNORECASE)


def read_markdown(text: str) -> Manuscript:
    """Drafts of a Markdown text without front matter. A footnote mark without a definition counts too: its label names a source."""
    walk = _Walk()
    tokens = _parser().parse(text)
    for number, token in enumerate(tokens):
        walk.take(token, tokens[number - 1] if number else None)
    return Manuscript(walk.drafts, definitions=walk.definitions)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).use(footnote_plugin, inline=False)
    parser.inline.ruler.after("footnote_ref", "source_mark", _source_mark)
    return parser


def _source_mark(state: StateInline, silent: bool) -> bool:
    """`[^ID]` with no definition: the footnote plugin leaves it as text, here it is a mark all the same."""
    match = MARK.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        state.push("footnote_ref", "", 0).meta = {"label": match[1]}
    state.pos = match.end()
    return True


@dataclass(slots=True)
class _Walk:
    """The state of one pass over the tokens."""

    drafts: list[Draft] = field(default_factory=list)
    definitions: dict[str, str] = field(default_factory=dict)
    lists: list[str] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)
    row_lines: list[int] = field(default_factory=list)
    line: int = 1  # of the file, where the block at hand begins
    footnote: str | None = None

    def take(self, token: Token, before: Token | None) -> None:
        self.line = token.map[0] + 1 if token.map else self.line
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                self.lists.append(self._lead_in())
            case "bullet_list_close" | "ordered_list_close":
                self.lists.pop()
            case "footnote_open":
                self.footnote = token.meta["label"]
            case "footnote_close":
                self.footnote = None
            case "inline":
                self._inline(token, before)
            case "tr_open":
                self.rows.append([])
                self.row_lines.append(self.line)
            case "table_close":
                self.drafts += table_drafts(self.rows, has_header=True, places=self.row_lines)
                self.rows, self.row_lines = [], []
            case "fence" | "code_block":
                self.drafts.append(Draft("code", token.content, places=((0, self.line),)))
            case "html_block":
                text = visible(html.unescape(_TAG.sub(" ", token.content)))
                self.drafts.append(Draft("paragraph", " ".join(text.split()), places=((0, self.line),)))

    def _lead_in(self) -> str:
        text = self.drafts[-1].text if self.drafts else ""
        if self.lists or (self.drafts and self.drafts[-1].kind == "heading"):
            return self.lists[-1] if self.lists else ""
        return text if text.endswith(":") else ""

    def _inline(self, token: Token, before: Token | None) -> None:
        text, marks, breaks = _visible(token)
        places = ((0, self.line), *((offset, self.line + number) for number, offset in enumerate(breaks, 1)))
        if self.footnote is not None:
            self.definitions[self.footnote] = f"{self.definitions.get(self.footnote, '')} {text}".strip()
        elif before is not None and before.type in ("th_open", "td_open"):
            self.rows[-1].append(Cell(text, tuple(marks)))
        elif before is not None and before.type == "heading_open":
            self.drafts.append(Draft("heading", text, level=int(before.tag[1]), marks=tuple(marks), places=places))
        elif self.lists:
            self.drafts.append(Draft("item", text, context=self.lists[-1], marks=tuple(marks), places=places))
        else:
            self.drafts.append(Draft("paragraph", text, marks=tuple(marks), places=places))


def _visible(token: Token) -> tuple[str, list[tuple[int, str]], list[int]]:
    """What a reader sees of inline Markdown, the footnote labels with their offsets in it, and the offsets where lines begin."""
    text = ""
    marks: list[tuple[int, str]] = []
    breaks: list[int] = []
    is_raised = False
    for child in _flat(token):
        match child.type:
            case "text" | "code_inline":
                words = raised(visible(child.content)) if is_raised else visible(child.content)
                text += words.lstrip(" ") if text.endswith(" ") else words
            case "softbreak" | "hardbreak":
                text = f"{text.rstrip(' ')} "
                breaks.append(len(text))
            case "html_inline" if child.content.lower() in ("<sup>", "</sup>"):
                is_raised = child.content == "<sup>"
            case "html_inline" if child.content.lower().startswith("<br"):
                text = f"{text.rstrip(' ')} "
            case "footnote_ref":
                marks.append((len(text.rstrip()), child.meta["label"]))  # "Fact. [^ID]" marks the fact as well
    return text, marks, breaks


def _flat(token: Token) -> Iterator[Token]:
    for child in token.children or []:
        if child.type == "image":
            continue  # its alternative text stands in for a picture that is not here
        yield child
        yield from _flat(child)
