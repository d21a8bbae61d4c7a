"""What the OpenAPI document shows beside the schemas: replies, the events of a stream, and each problem with its types.

No example holds a null: the framework leaves them out of the document, and an Answer always has all its fields.
"""

from http import HTTPStatus
from typing import Any

from api.problems import KINDS, SHARED
from api.schemas import Problem
from bot.conversation import LONGEST_QUESTION

Responses = dict[int | str, dict[str, Any]]

_SOURCE = {
    "id": "KETLABEL",
    "title": "Ketamine hydrochloride injection: prescribing information",
    "publisher": "DailyMed",
    "url": "https://dailymed.nlm.nih.gov/",
    "year": 2024,
}
_SENTENCE = {"text": "Ketamine is not an opioid.", "citation_ids": [1]}
_CITATION = {
    "id": 1,
    "document_id": "is-ketamine-an-opioid",
    "document_title": "Is ketamine an opioid?",
    "section_id": "is-ketamine-an-opioid",
    "section_title": "Is ketamine an opioid?",
    "quote": "Ketamine is not an opioid.",
    "start": 24,
    "end": 50,
    "page": 1,
    "url": "/documents/is-ketamine-an-opioid#is-ketamine-an-opioid:~:text=Ketamine%20is%20not%20an%20opioid.",
    "reviewed": "2026-11-23",
    "reviewed_by": "A. Clinician, MD",
    "sources": [_SOURCE],
}
_DRUG = {"surface": "ketamine", "name": "ketamine", "drug_class": "dissociative"}
_INTERPRETATION = {"question": "Is ketamine an opioid?", "drugs": [_DRUG], "properties": [], "parts": []}
_ANSWER = {
    "status": "answered",
    "text": "Ketamine is not an opioid. [1]",
    "sentences": [_SENTENCE],
    "citations": [_CITATION],
    "confidence": 0.97,
    "notices": [],
    "resources": [],
    "suggestions": ["Can ketamine be addictive?"],
    "interpretation": _INTERPRETATION,
    "receipt": {
        "index": "sha256 of the manifest",
        "embedding_model": "sentence-transformers/all-MiniLM-L6-v2",
        "calibration": "sha256 of the calibration",
        "software": "0.1.0",
    },
}
_PASSAGE = {
    "document_id": "is-ketamine-an-opioid",
    "section_id": "is-ketamine-an-opioid",
    "text": "Ketamine is not an opioid.",
    "start": 24,
    "end": 50,
    "score": 1.0,
    "url": "/documents/is-ketamine-an-opioid#is-ketamine-an-opioid",
}
_ENTRY = {
    "id": "is-ketamine-an-opioid",
    "title": "Is ketamine an opioid?",
    "group": "ketamine",
    "reviewed": "2026-11-23",
    "reviewed_by": "A. Clinician, MD",
    "url": "/documents/is-ketamine-an-opioid",
}
_DOCUMENT = {
    **_ENTRY,
    "text": "Is ketamine an opioid?\n\nKetamine is not an opioid.",
    "review_due": "2027-11-23",
    "pages": [{"position": 0, "number": 1}],
    "sections": [{"id": "is-ketamine-an-opioid", "title": "Is ketamine an opioid?", "start": 24, "end": 50}],
    "sources": [_SOURCE],
}
_INFO = {
    "software": "0.1.0",
    "index": {
        "id": "sha256 of the manifest",
        "corpus": "sha256 of documents and tables",
        "documents": 80,
        "passages": 1500,
        "embedding_model": "sentence-transformers/all-MiniLM-L6-v2",
        "encoder": "onnx-int8",
    },
    "calibration": {
        "id": "sha256 of the calibration",
        "gold": "sha256 of the gold set",
        "threshold": 0.7,
        "target_risk": 0.05,
        "risk": 0.04,
        "bound": 0.07,
        "coverage": 0.6,
        "auroc": 0.94,
        "ece": 0.03,
        "questions": 481,
        "right": 374,
    },
    "stores_text": False,
    "retention_days": 30,
    "limits": {"question": 1000, "history": 20, "body": 65536},
}


def _shown(description: str, example: Any) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"example": example}}}


ANSWER = _shown("An Answer", _ANSWER)
PASSAGES = _shown("Passages, best first", {"passages": [_PASSAGE]})
DOCUMENTS = _shown("What is in the index", {"documents": [_ENTRY]})
DOCUMENT = _shown("A document as indexed", _DOCUMENT)
INFO = _shown("What answers", _INFO)
ALIVE = _shown("It is alive", {"status": "alive"})
READY = _shown("It can answer", {"status": "ready", "index": "sha256 of the manifest"})
_EVENTS = {"interpretation": "Interpretation", "sentence": "AnswerSentence", "notice": "Notice", "done": "Answer", "error": None}


def _event(name: str, of: str | None) -> dict[str, Any]:
    data: dict[str, Any] = {"type": "string", "contentMediaType": "application/json"}
    if of is not None:
        data["contentSchema"] = {"$ref": f"#/components/schemas/{of}"}
    return {"type": "object", "required": ["event", "data"], "properties": {"event": {"const": name}, "data": data}}


EVENTS: dict[str, Any] = {
    "description": "Events `interpretation`, `sentence`, `notice` (with citations), `done` (the whole Answer) or `error` (a problem)",
    "content": {
        "text/event-stream": {
            "itemSchema": {"oneOf": [_event(name, of) for name, of in _EVENTS.items()]},
            "example": 'event: sentence\ndata: {"text":"Ketamine is not an opioid.","citation_ids":[1],"citations":[]}\n\n',
        }
    },
}
PAGE: dict[str, Any] = {"description": "A page to read", "content": {"text/html": {"schema": {"type": "string"}}}}
METRICS: dict[str, Any] = {"description": "Prometheus text", "content": {"text/plain": {"schema": {"type": "string"}}}}
INSIGHTS = _shown(
    "Counts of a month",
    {
        "month": "2026-11",
        "months": ["2026-11"],
        "at_least": 5,
        "answers": {"answered": 120, "abstained": 31, "clarify": 7, "declined": 9, "crisis": 6},
        "crisis_cards": 6,
        "asked": [{"drug": "alprazolam", "count": 58}],
        "topics": [{"section": "naloxone-narcan#what-is-naloxone", "title": "What is naloxone?", "count": 20}],
        "unanswered": [],
        "rated_up": [],
        "rated_down": [],
        "reasons": [{"reason": "unclear", "count": 6}],
    },
)
FORM_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/x-www-form-urlencoded": {
            "schema": {
                "type": "object",
                "required": ["question"],
                "properties": {
                    "question": {"type": "string", "minLength": 1, "maxLength": LONGEST_QUESTION, "pattern": r"\S"},
                    "country": {"type": "string"},
                    "key": {"type": "string", "description": "A site key, for pages that send no origin"},
                },
            },
            "example": {"question": "Is ketamine an opioid?"},
        }
    },
}
_PATIENCE = {"Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}}
_SCHEMA = Problem.model_json_schema(ref_template="#/components/schemas/{model}")


def problems(*statuses: int) -> Responses:
    """What a route may refuse with, each with its stable type."""
    return {status: _problem(status) for status in statuses}


def problem_pages(*statuses: int) -> Responses:
    """The same for a route that answers a browser with a page."""
    refusals = problems(*statuses)
    return {status: {**shown, "content": {**shown["content"], **PAGE["content"]}} for status, shown in refusals.items()}


def _problem(status: int) -> dict[str, Any]:
    kinds = [KINDS[status], *(SHARED if status == HTTPStatus.SERVICE_UNAVAILABLE else ())]
    examples = {
        name: {
            "summary": title,
            "value": {
                "type": f"urn:citewell:problem:{name}",
                "title": title,
                "status": status,
                "detail": "what is wrong, and what to do next",
            },
        }
        for name, title in kinds
    }
    shown: dict[str, Any] = {
        "description": KINDS[status][1],
        "content": {"application/problem+json": {"schema": _SCHEMA, "examples": examples}},
    }
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        shown["headers"] = _PATIENCE
    return shown
