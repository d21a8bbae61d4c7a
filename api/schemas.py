"""What requests hold and replies give, for checking and for the OpenAPI page. Answers are the bot's own dataclasses."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from api.insights import REASONS
from bot.answer import Resource, Status
from bot.conversation import LONGEST_HISTORY, LONGEST_QUESTION
from indexer.documents import Place, Source

BODY_LIMIT = 64 * 1024  # bytes of a request
# What is checked by the bot itself, once danger has been looked for.
_QUESTION: dict[str, JsonValue] = {"minLength": 1, "maxLength": LONGEST_QUESTION, "pattern": r"\S"}
_TURNS: dict[str, JsonValue] = {
    "maxItems": LONGEST_HISTORY,
    "items": {
        "type": "object",
        "required": ["role", "content"],
        "properties": {"role": {"enum": ["user", "assistant"]}, "content": {"type": "string"}},
    },
}


class _Request(BaseModel, extra="forbid"):
    pass


class AskRequest(_Request):
    """A question, and what was said before. Lengths are checked after danger has been recognised, not before."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"question": "Is ketamine an opioid?", "country": "US"},
                {
                    "question": "and with alcohol?",
                    "history": [
                        {"role": "user", "content": "what is xanax"},
                        {"role": "assistant", "content": "Xanax is a brand name of alprazolam."},
                    ],
                },
            ]
        }
    )

    question: str = Field(
        examples=["Is ketamine an opioid?"], description="1 to 1,000 characters after trimming", json_schema_extra=_QUESTION
    )
    history: Annotated[list[Any], Field(json_schema_extra=_TURNS)] | None = Field(None, description="Up to 20 turns, oldest first")
    country: str | None = Field(None, examples=["US"], description="ISO 3166 code, for helplines; the US by default")


class SearchRequest(_Request):
    """A query for passages."""

    query: str = Field(
        examples=["naloxone benzodiazepines"], description="1 to 1,000 characters after trimming", json_schema_extra=_QUESTION
    )
    limit: int = Field(10, ge=1, le=100)


class FeedbackRequest(_Request):
    """Whether an answer helped. `receipt` is the Answer's. Kept are the rating, the sections and the kind of reason, no words."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "receipt": {"index": None, "embedding_model": None, "calibration": None, "software": "0.1.0"},
                    "sections": ["is-ketamine-an-opioid#is-ketamine-an-opioid"],
                    "rating": "down",
                    "reason": "incomplete",
                }
            ]
        }
    )

    receipt: dict[str, str | None] | str = Field(description="That of the Answer, or its `index`")
    sections: list[str] = Field(max_length=20, description='Sections cited: "document-id#section-id"')
    rating: Literal["up", "down"]
    reason: str | None = Field(None, max_length=500, description=f"One of {', '.join(REASONS)}; anything else is counted as other")


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
    reviewed_by: str | None
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
    """An error (RFC 9457). `type` is stable. `resources` are helplines, on every route where a question is asked."""

    type: str
    title: str
    status: int
    detail: str
    resources: list[Resource] | None = None


class IndexInfo(BaseModel):
    """The index that answers. `id` is the sha256 of its manifest, `corpus` stands for its documents and tables."""

    id: str
    corpus: str
    documents: int
    passages: int
    embedding_model: str
    encoder: str


class CalibrationInfo(BaseModel):
    """When it answers, fitted to this index: as measured on `questions` of a gold set, by cross-validation.

    `threshold` is the confidence from which it answers, `target_risk` the share of wrong answers aimed at, `risk` that observed and
    `bound` its upper limit at 95% confidence, `coverage` the share of answerable questions answered; `auroc` and `ece` of the confidence.
    """

    id: str
    gold: str
    threshold: float
    target_risk: float
    risk: float
    bound: float
    coverage: float
    auroc: float
    ece: float
    questions: int
    right: int


class Limits(BaseModel):
    """Characters of a question, turns of a history, bytes of a body."""

    question: int
    history: int
    body: int


class InfoReply(BaseModel):
    """What answers. `calibration` is null where coefficients learnt elsewhere are used, `index` while none is loaded."""

    software: str
    index: IndexInfo | None
    calibration: CalibrationInfo | None
    stores_text: bool
    retention_days: int | None
    limits: Limits


class DrugCount(BaseModel):
    """How often a drug was asked about."""

    drug: str
    count: int


class SectionCount(BaseModel):
    """How often a section was the nearest; `title` is null for one that the index no longer has."""

    section: str
    title: str | None
    count: int


class ReasonCount(BaseModel):
    """How often a reason was given."""

    reason: str
    count: int


class InsightsReply(BaseModel):
    """Counts of one month, without any text. Null, or no row, stands for fewer than `at_least`."""

    month: str
    months: list[str]
    at_least: int
    answers: dict[Status, int | None]
    crisis_cards: int | None
    asked: list[DrugCount]
    topics: list[SectionCount]
    unanswered: list[SectionCount]
    rated_up: list[SectionCount]
    rated_down: list[SectionCount]
    reasons: list[ReasonCount]
