"""Citations of chosen sentences: numbered, checked against the document's text, with a link that marks the quotation."""

import re
from collections.abc import Sequence
from urllib.parse import quote

from bot.answer import AnswerSentence, Citation
from bot.errors import CitationError
from bot.extractive import ChosenSentence
from indexer.documents import Section, place_at
from indexer.index import Index
from indexer.stage_clock import stage
from indexer.store import StoredDocument, StoredPassage

_WHOLE_FRAGMENT = 120  # longer quotations are marked by their first and last words
_EDGE_WORDS = 5


@stage("citations")
def cite(index: Index, chosen: Sequence[ChosenSentence]) -> tuple[tuple[AnswerSentence, ...], tuple[Citation, ...]]:
    """A sentence and a citation for each chosen one, numbered from 1. Raises CitationError rather than cite what is not there."""
    citations = tuple(_citation(index, number, scored) for number, scored in enumerate(chosen, start=1))
    return tuple(AnswerSentence(citation.quote, (citation.id,)) for citation in citations), citations


def _citation(index: Index, number: int, scored: ChosenSentence) -> Citation:
    sentence, passage = scored.sentence, scored.passage
    document, section = passage.document, passage.section
    if document.text[sentence.start : sentence.end] != sentence.text or not section.start <= sentence.start < sentence.end <= section.end:
        raise CitationError(f"a quotation is not where {document.id} says it is; run `citewell index` to build the index again")
    return Citation(
        id=number,
        document_id=document.id,
        document_title=document.title,
        section_id=section.id,
        section_title=section.title,
        quote=sentence.text,
        start=sentence.start,
        end=sentence.end,
        page=place_at(document.pages, sentence.start),
        url=passage_url(passage, sentence.start, sentence.end),
        reviewed=document.reviewed,
        reviewed_by=document.reviewed_by,
        sources=index.store.sources(source_ids(document, section, sentence.start, sentence.end)),
    )


def source_ids(document: StoredDocument, section: Section, start: int, end: int) -> tuple[str, ...]:
    """The sources marked in a sentence; a sentence without marks of its own inherits all those of its section."""
    own = [mark for mark in document.marks if start < mark.position <= end]
    marks = own or [mark for mark in document.marks if section.start < mark.position <= section.end]
    return tuple(dict.fromkeys(name for mark in marks for name in mark.source_ids))


def passage_url(passage: StoredPassage, start: int, end: int) -> str:
    """Where a span can be read: the document's own address, or its page here; a text fragment marks the span itself."""
    document = passage.document
    fragment = _text_fragment(document.text[start:end])
    if document.url:
        return f"{document.url}{'' if '#' in document.url else '#'}:~:text={fragment}"
    return f"/documents/{quote(document.id)}#{quote(passage.section.id)}:~:text={fragment}"


def _text_fragment(text: str) -> str:
    """`whole text`, or `first words,last words` where it is long or was put together from cells or lines."""
    pieces = re.split(r" \| |\n", text)
    if len(pieces) == 1 and (len(text) <= _WHOLE_FRAGMENT or len(text.split()) <= 2 * _EDGE_WORDS):
        return _escaped(text)
    return f"{_escaped(' '.join(pieces[0].split()[:_EDGE_WORDS]))},{_escaped(' '.join(pieces[-1].split()[-_EDGE_WORDS:]))}"


def _escaped(text: str) -> str:
    # A hyphen, comma or ampersand has a meaning of its own in a text fragment; quote() leaves only the hyphen.
    return quote(text, safe="").replace("-", "%2D")
