"""What requests hold and replies give, for checking and for the OpenAPI page. Answers are the bot's own dataclasses."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from indexer.documents import Place, Source


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AskRequest(_Request):
    """A question, and what was said before. Lengths are checked after danger has been recognised, not before."""

    question: str = Field(examples=["Is ketamine an opioid?"], description="1 to 1,000 characters after trimming")
    history: list[Any] | None = Field(None, description='Up to 20 turns, oldest first: {"role": "user" or "assistant", "content": "..."}')
    country: str | None = Field(None, examples=["US"], description="ISO 3166 code, for helplines; the US by default")


class SearchRequest(_Request):
    """A query for passages."""

    query: str = Field(examples=["naloxone benzodiazepines"])
    limit: int = Field(10, ge=1, le=100)


class PassageReply(BaseModel):
    """A ranked passage; `score` is between 0 and 1 within this ranking."""

    document_id: str
    section_id: str
    text: str
    start: int
    end: int
    score: float
    url: str


class SearchReply(BaseModel):
    """Passages, best first."""

    passages: list[PassageReply]


class DocumentEntry(BaseModel):
    """One line of the list of documents."""

    id: str
    title: str
    group: str | None
    reviewed: str | None
    url: str


class DocumentList(BaseModel):
    """What is in the index."""

    documents: list[DocumentEntry]


class SectionReply(BaseModel):
    """A section as a span of its document's text."""

    id: str
    title: str
    start: int
    end: int


class DocumentReply(BaseModel):
    """A document as indexed: `text` is what a reader sees; `pages` says where each page begins, empty where there are none."""

    id: str
    title: str
    text: str
    url: str | None
    group: str | None
    reviewed: str | None
    reviewed_by: str | None
    review_due: str | None
    pages: list[Place]
    sections: list[SectionReply]
    sources: list[Source]


class Problem(BaseModel):
    """An error (RFC 9457). `type` is stable."""

    type: str
    title: str
    status: int
    detail: str
