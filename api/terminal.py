"""Answers and passages as a person reads them in a terminal."""

import sys
import textwrap
from collections.abc import Iterable
from urllib.parse import urljoin

from rich.console import Console
from rich.text import Text

from bot.answer import Answer, Citation, Resource
from bot.retriever import FoundPassage
from indexer.corpus_tables import ways_to_reach

_WIDTH = 88


def print_answer(answer: Answer, server: str) -> None:
    """The answer, its sources, helplines and what else can be asked; links open on `server` where a document has no address of its own."""
    console = open_console()
    for notice in answer.notices:
        if notice.kind == "urgent":
            console.print(Text(f"{notice.text}\n", style="bold"))
    # A crisis card and a list of steps read line by line; sentences of one answer read as a text.
    separator = "\n" if answer.status == "crisis" else " "
    text = Text(separator.join(sentence.marked() for sentence in answer.sentences))
    text.highlight_regex(r"\[\d+\]", "bold cyan")
    console.print(Text(text.plain, style="bold") if answer.status == "crisis" else text)
    for notice in answer.notices:
        if notice.kind != "urgent":
            console.print(Text("\n" + " ".join([notice.text, *(f"[{number}]" for number in notice.citation_ids)]), style="yellow"))
    if answer.citations:
        console.print(Text("\nSources", style="bold"))
        for citation in answer.citations:
            page = f", page {citation.page}" if citation.page is not None else ""
            console.print(Text(f"[{citation.id}] {citation.document_title} > {citation.section_title}{page}"))
            _indented(console, _provenance(citation))
            _indented(console, urljoin(server, citation.url.split(":~:")[0].removesuffix("#")))
    if answer.resources:
        console.print(Text("\nHelp", style="bold"))
        for resource in answer.resources:
            console.print(Text(_helpline(resource)))
    if answer.suggestions:
        console.print(Text("\nYou can also ask", style="bold"))
        for suggestion in answer.suggestions:
            console.print(Text(f"- {suggestion}"))


def print_passages(found: Iterable[FoundPassage]) -> None:
    """Passages with their scores, best first."""
    console = open_console()
    for number, entry in enumerate(found, start=1):
        passage = entry.passage
        console.print(Text(f"{number}. {entry.score:.3f}  {passage.document.id}#{passage.section.id}", style="bold"))
        _indented(console, passage.text)


def open_console() -> Console:
    """Lines wrap at a readable width on a terminal, and not at all in a file or pipe."""
    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    if console.is_terminal:
        console.width = min(console.width, _WIDTH)
    return console


def _indented(console: Console, text: str) -> None:
    for paragraph in text.split("\n"):
        width = console.width - 4 if console.is_terminal else sys.maxsize
        for line in textwrap.wrap(paragraph, width, break_long_words=False, break_on_hyphens=False):
            console.print(Text(f"    {line}", style="dim"), soft_wrap=True)


def _provenance(citation: Citation) -> str:
    named = "; ".join(source.title for source in citation.sources)
    review = f"reviewed {citation.reviewed}" if citation.reviewed else "no review date"
    signed = f"by {citation.reviewed_by}" if citation.reviewed_by else "not yet clinician-reviewed"
    return ". ".join(filter(None, (named, f"{review}, {signed}")))


def _helpline(resource: Resource) -> str:
    ways = ways_to_reach(resource.phone, resource.sms, resource.sms_body)
    return f"- {resource.name} ({resource.country}): {' or '.join(ways) or resource.url}"
