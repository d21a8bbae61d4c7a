"""What the OpenAPI document shows beside the schemas: an answer, the events of a stream, and each problem with its type."""

from typing import Any

from api.problems import KINDS
from api.schemas import Problem

Responses = dict[int | str, dict[str, Any]]

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
    "page": None,
    "url": "/documents/is-ketamine-an-opioid#is-ketamine-an-opioid:~:text=Ketamine%20is%20not%20an%20opioid.",
    "reviewed": "2026-11-23",
    "reviewed_by": None,
    "sources": [
        {
            "id": "KETLABEL",
            "title": "Ketamine hydrochloride injection: prescribing information",
            "publisher": "DailyMed",
            "url": "https://dailymed.nlm.nih.gov/",
            "year": 2024,
        }
    ],
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
        "calibration": None,
        "software": "0.1.0",
    },
}
ANSWER: dict[str, Any] = {"description": "An Answer", "content": {"application/json": {"example": _ANSWER}}}
EVENTS: dict[str, Any] = {
    "description": "Events `interpretation`, `sentence` and `notice` (each with its citations), `done` (the whole Answer), or `error` (a problem)",
    "content": {
        "text/event-stream": {
            "schema": {"type": "string"},
            "example": 'event: sentence\ndata: {"text":"Ketamine is not an opioid.","citation_ids":[1],"citations":[]}\n\n',
        }
    },
}
PAGE: dict[str, Any] = {"description": "A page to read", "content": {"text/html": {"schema": {"type": "string"}}}}
METRICS: dict[str, Any] = {"description": "Prometheus text", "content": {"text/plain": {"schema": {"type": "string"}}}}
INSIGHTS: dict[str, Any] = {
    "description": "Counts of a month",
    "content": {
        "application/json": {
            "example": {
                "month": "2026-11",
                "months": ["2026-11"],
                "at_least": 5,
                "answers": {"answered": 120, "abstained": 31, "clarify": None, "declined": 9, "crisis": None},
                "crisis_cards": None,
                "asked": [{"drug": "alprazolam", "count": 58}],
                "topics": [{"section": "naloxone-narcan#what-is-naloxone", "title": "What is naloxone?", "count": 20}],
                "unanswered": [],
                "rated_up": [],
                "rated_down": [],
                "reasons": [{"reason": "unclear", "count": 6}],
            }
        }
    },
}
FORM_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/x-www-form-urlencoded": {
            "schema": {
                "type": "object",
                "required": ["question"],
                "properties": {
                    "question": {"type": "string", "minLength": 1, "maxLength": 1000},
                    "country": {"type": "string"},
                    "key": {"type": "string", "description": "A site key, for pages that send no origin"},
                },
            },
            "example": {"question": "Is ketamine an opioid?"},
        }
    },
}
_PATIENCE = {
    "Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}},
}


def problems(*statuses: int) -> Responses:
    """What a route may refuse with, each with its stable type."""
    return {status: _problem(status) for status in statuses}


def _problem(status: int) -> dict[str, Any]:
    name, title = KINDS[status]
    example = {"type": f"urn:citewell:problem:{name}", "title": title, "status": status, "detail": "what is wrong, and what to do next"}
    shown: dict[str, Any] = {
        "description": title,
        "content": {
            "application/problem+json": {
                "schema": Problem.model_json_schema(ref_template="#/components/schemas/{model}"),
                "example": example,
            }
        },
    }
    if status in (429, 503):
        shown["headers"] = _PATIENCE
    return shown
