"""The first page: how to ask, and the documents that answers come from."""

from collections.abc import Iterable
from html import escape
from itertools import groupby

from api.pages.form import Reader, ask_form
from api.pages.frame import page
from api.schemas import DocumentEntry
from bot.safety import Safety

_EXAMPLE = 'curl -s http://127.0.0.1:8000/v1/ask -H "Content-Type: application/json" -d \'{"question": "Is ketamine an opioid?"}\''


def home_page(documents: Iterable[DocumentEntry], safety: Safety, reader: Reader | None = None) -> str:
    """A form to ask, the documents by group, and how programs ask."""
    groups = "".join(
        f"<h2>{escape((group or 'Documents').replace('-', ' ').capitalize())}</h2><ul>"
        + "".join(f'<li><a href="{escape(entry.url)}">{escape(entry.title)}</a></li>' for entry in entries)
        + "</ul>"
        for group, entries in groupby(documents, key=lambda entry: entry.group)
    )
    return page(
        "Citewell",
        "<h1>Answers on ketamine, opioids and Xanax</h1><p>Each sentence is quoted from one of the documents below.</p>"
        f'{ask_form("Your question", "", reader)}<div class="titles">{groups}</div>'
        f'<h2>For programs</h2><p>The same answers as JSON; <a href="/docs">the API</a> has the details.</p><pre>{escape(_EXAMPLE)}</pre>',
        safety,
    )
