"""The Answer: what every way in gives back. Field names are the public contract; all fields are always present."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from indexer.corpus_tables import Helpline
from indexer.documents import Source

Status = Literal["answered", "abstained", "clarify", "declined", "crisis"]
NoticeKind = Literal["partner-fact", "medical", "freshness", "urgent"]


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """A sentence and the citations it rests on. Without any, it is wording from safety.toml, not a statement of fact."""

    text: str
    citation_ids: tuple[int, ...] = ()

    def marked(self) -> str:
        """The sentence followed by its citation marks: "Ketamine is not an opioid. [1]"."""
        return " ".join([self.text, *(f"[{number}]" for number in self.citation_ids)])


@dataclass(frozen=True, slots=True)
class Citation:
    """A quotation: `document.text[start:end] == quote`, in code points. `url` opens the document with the quotation marked.

    `page` is where the quotation begins in a document that has pages, null in others.
    """

    id: int
    document_id: str
    document_title: str
    section_id: str
    section_title: str
    quote: str
    start: int
    end: int
    page: int | None
    url: str
    reviewed: str | None
    reviewed_by: str | None
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the reader should know beside the answer."""

    kind: NoticeKind
    text: str
    citation_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """A helpline from the checked table. `phone` and `sms` can be dialled as they stand; `sms_body` is what to send."""

    id: str
    name: str
    phone: str | None
    sms: str | None
    sms_body: str | None
    url: str
    hours: str
    note: str
    country: str
    purpose: tuple[str, ...]
    checked: str | None

    @classmethod
    def from_helpline(cls, helpline: Helpline) -> "Resource":
        """The table entry as it is shown."""
        return cls(**helpline.model_dump())

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class DrugMention:
    """A drug the question names, by the word used and by what it means; `brand` is the one that the word is short for, if any."""

    surface: str
    name: str
    drug_class: str
    brand: str | None = None


@dataclass(frozen=True, slots=True)
class Interpretation:
    """The standalone question that was searched, and the drugs understood in it.

    `properties` are what is asked about them, as far as the lexicon knows it, `parts` the questions of a message that asks several.
    """

    question: str
    drugs: tuple[DrugMention, ...] = ()
    properties: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the answer was made with: sha256 of the index's manifest and calibration (null where there is none), model and software."""

    index: str | None
    embedding_model: str | None
    calibration: str | None
    software: str


@dataclass(frozen=True, slots=True)
class Answer:
    """See the contract. `confidence` is the probability that the answer is right; null where nothing was answered from documents."""

    status: Status
    text: str
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    confidence: float | None
    notices: tuple[Notice, ...]
    resources: tuple[Resource, ...]
    suggestions: tuple[str, ...]
    interpretation: Interpretation
    receipt: Receipt

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON, in the order of the contract."""
        return asdict(self)


def marked_text(sentences: tuple[AnswerSentence, ...]) -> str:
    """The sentences in order, each with its citation marks."""
    return " ".join(sentence.marked() for sentence in sentences)
