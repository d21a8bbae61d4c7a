"""What every page has around its own words, and the headers it is sent with."""

import base64
import hashlib
from html import escape

from api.pages.highlight import HIGHLIGHT_SCRIPT
from api.pages.style import STYLE
from bot.safety import Safety


def _headers(scripts: str = "") -> dict[str, str]:
    """What a page may do: show its own style, post its own forms, and what `scripts` allows; nothing from elsewhere."""
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src {_digest(STYLE)}; {scripts}base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
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
_WIDE = ' class="wide"'
PAGE_HEADERS = _headers()
DOCUMENT_HEADERS = _headers(f"script-src {_digest(HIGHLIGHT_SCRIPT)}; ")
HOME_HEADERS = _headers("script-src 'self'; connect-src 'self'; ")  # the chat is a file of this server, and asks it alone


def page(
    title: str,
    body: str,
    safety: Safety,
    *,
    script: str | None = None,
    module: str | None = None,
    is_wide: bool = False,
    opens_with_helplines: bool = True,
) -> str:
    """A whole page around `body`, which is markup already; `title` is words, `script` the text of one, `module` the address of one.

    A browser keeps titles in its history, where others may read them: none holds a question. A page that begins with a card for danger
    does without the helplines above it.
    """
    return (
        f'<!doctype html><html lang="en"{_WIDE if is_wide else ""}><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title><style>{STYLE}</style>{_module(module) if module else ''}</head><body>"
        f"{_header(safety) if opens_with_helplines else ''}<main>{body}</main>"
        '<footer><p>General information, not medical advice. <a href="/">Ask a question, or see all documents</a></p>'
        f"<p>{_EXIT}</p></footer>"
        f"{f'<script>{script}</script>' if script else ''}</body></html>"
    )


def _module(address: str) -> str:
    return f'<script type="module" src="{escape(address)}"></script>'


def _header(safety: Safety) -> str:
    lines = safety.first_helplines()
    contacts = "; ".join(f'<a href="tel:{escape(line.phone or "")}">{escape(f"{line.name}, {line.contact()}")}</a>' for line in lines)
    return (
        f'<header><p class="help"><strong>Need help now?</strong> In the US: {contacts}. Elsewhere: your local emergency number.</p>'
        f'<p class="top"><a class="brand" href="/">Citewell</a>{_EXIT}</p></header>'
    )
