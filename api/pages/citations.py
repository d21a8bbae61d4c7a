"""The marks behind sentences, and what they lead to: the quotation, where it stands, and what it rests on."""

from collections.abc import Iterable, Sequence
from html import escape

from api.pages.links import source_line, to_document
from bot.answer import Citation
from bot.safety import Safety

_WITHIN = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"


def citation_marks(numbers: Iterable[int]) -> str:
    """Links to citations, as "[1]"; a screen reader says "source 1"."""
    links = "".join(f'<a href="#citation-{number}" aria-label="source {number}">[{number}]</a>' for number in numbers)
    return f"&nbsp;<sup>{links}</sup>" if links else ""


def citations_section(citations: Sequence[Citation], safety: Safety) -> str:
    """Every quotation with its document, its sources and its review."""
    entries = "".join(_entry(citation, safety) for citation in citations)
    title = '<h2 id="sources">Where this comes from</h2>'
    return f'<section aria-labelledby="sources">{title}<ol class="sources">{entries}</ol></section>' if entries else ""


def _entry(citation: Citation, safety: Safety) -> str:
    page = f", page {citation.page}" if citation.page is not None else ""
    place = to_document(citation.url, f"{citation.document_title} {_WITHIN} {citation.section_title}")
    sources = "".join(f"<li>{source_line(source)}</li>" for source in citation.sources)
    rests = f"<p>It rests on:</p><ul>{sources}</ul>" if sources else ""
    return (
        f'<li id="citation-{citation.id}"><p><strong>{citation.id}</strong> {place}{page}</p>'
        f'<blockquote>{escape(citation.quote)}</blockquote>{rests}<p class="about">{_review(citation, safety)}</p></li>'
    )


def _review(citation: Citation, safety: Safety) -> str:
    day = f"Reviewed {citation.reviewed}." if citation.reviewed else "No review date."
    signed = f"Reviewed by {citation.reviewed_by}." if citation.reviewed_by else safety.wording.not_reviewed_by_clinician
    return escape(f"{day} {signed}")
