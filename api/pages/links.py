"""Links, and the words that become none because their address is not of the web."""

import re
from html import escape

from indexer.documents import Source

_UNDIALLED = re.compile(r"[^\d+]")
_LOCAL = re.compile(r"/(?![/\\])")


def outward(address: str | None, words: str, unseen: str = "", looks: str = "") -> str:
    """Words as a link to another site; just the words where the address is not one of the web. `unseen` are for screen readers."""
    shown = escape(words) + (f'<span class="unseen">{escape(unseen)}</span>' if unseen else "")
    if address is None or not address.startswith(("https://", "http://")):
        return shown
    of_class = f' class="{looks}"' if looks else ""
    return f'<a{of_class} href="{escape(address)}" rel="noreferrer">{shown}</a>'


def to_document(address: str, words: str) -> str:
    """Words as a link to a document, here or on another site."""
    return f'<a href="{escape(address)}">{escape(words)}</a>' if _LOCAL.match(address) else outward(address, words)


def source_line(source: Source) -> str:
    """A source with its publisher and year."""
    about = ", ".join(str(part) for part in (source.publisher, source.year) if part)
    return f"{outward(source.url, source.title)}. {escape(about)}"


def dialled(scheme: str, number: str) -> str:
    """The address that calls or texts a number, as `tel:18006624357`: some telephones stumble over spaces."""
    return f"{scheme}:{_UNDIALLED.sub('', number)}"
