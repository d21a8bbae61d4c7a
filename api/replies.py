"""From the bot's and the index's values to the replies of the contract, the same for HTTP and the command line."""

from collections.abc import Iterable
from urllib.parse import quote

from api.schemas import DocumentEntry, DocumentList, DocumentReply, PassageReply, SectionReply
from bot.citations import passage_url
from bot.retriever import FoundPassage
from indexer.documents import Document
from indexer.index import Index


def passage_replies(found: Iterable[FoundPassage]) -> list[PassageReply]:
    """Passages, in the order given."""
    return [_passage(entry) for entry in found]


def _passage(found: FoundPassage) -> PassageReply:
    passage = found.passage
    return PassageReply(
        document_id=passage.document.id,
        section_id=passage.section.id,
        text=passage.text,
        start=passage.start,
        end=passage.end,
        score=round(found.score, 6),
        url=passage_url(passage, passage.start, passage.end),
    )


def document_reply(document: Document) -> DocumentReply:
    """A whole document."""
    return DocumentReply(
        id=document.id,
        title=document.title,
        text=document.text,
        url=document.url,
        group=document.group,
        reviewed=document.reviewed,
        reviewed_by=document.reviewed_by,
        review_due=document.review_due,
        pages=list(document.pages),
        sections=[SectionReply(id=section.id, title=section.title, start=section.start, end=section.end) for section in document.sections],
        sources=list(document.sources),
    )


def document_list(index: Index) -> DocumentList:
    """Every document, in the order of indexing."""
    entries = index.store.document_list()
    return DocumentList(
        documents=[
            DocumentEntry(id=name, title=title, group=group, reviewed=reviewed, reviewed_by=signed, url=f"/documents/{quote(name)}")
            for name, title, group, reviewed, signed in entries
        ]
    )
