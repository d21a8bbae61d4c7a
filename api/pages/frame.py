"""What every page has around its own words, and the headers it is sent with."""

import base64
import hashlib
from html import escape

from api.pages.highlight import HIGHLIGHT_SCRIPT
from api.pages.style import STYLE
from bot.safety import Safety


def _headers(script: str | None = None) -> dict[str, str]:
    """What a page may do: show its own style, post its own forms, and run its own script where it has one; nothing from elsewhere."""
    allowed = f"script-src {_digest(script)}; " if script else ""
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src {_digest(STYLE)}; {allowed}base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        ),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


# Somewhere harmless, for whoever must not be seen here. It is told nothing of where they come from.
_EXIT = '<a class="exit" href="https://www.wikipedia.org/" rel="noreferrer">Leave this page</a>'
PAGE_HEADERS = _headers()
DOCUMENT_HEADERS = _headers(HIGHLIGHT_SCRIPT)


def page(title: str, body: str, safety: Safety, *, script: str | None = None, opens_with_helplines: bool = True) -> str:
    """A whole page around `body`, which is markup already; `title` is words.

    A browser keeps titles in its history, where others may read them: none holds a question. A page that begins with a card for danger
    does without the helplines above it.
    """
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><title>{escape(title)}</title><style>{STYLE}</style></head><body>'
        f"{_header(safety) if opens_with_helplines else ''}<main>{body}</main>"
        '<footer><p>General information, not medical advice. <a href="/">Ask a question, or see all documents</a></p>'
        f"<p>{_EXIT}</p></footer>"
        f"{f'<script>{script}</script>' if script else ''}</body></html>"
    )


def _header(safety: Safety) -> str:
    lines = safety.first_helplines()
    contacts = "; ".join(f'<a href="tel:{escape(line.phone or "")}">{escape(f"{line.name}, {line.contact()}")}</a>' for line in lines)
    return (
        f'<header><p class="help"><strong>Need help now?</strong> In the US: {contacts}. Elsewhere: your local emergency number.</p>'
        f'<p class="top"><a class="brand" href="/">Citewell</a>{_EXIT}</p></header>'
    )
