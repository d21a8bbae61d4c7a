"""Gold items, and responses to them, in a line each."""

from typing import Any

from bot.evaluation.gold import GoldItem, GoldSet
from bot.evaluation.responses import Response


def item(name: str = "q1", expected: str = "answered", **fields: Any) -> GoldItem:
    return GoldItem.model_validate({"id": name, "split": "dev", "question": f"What of {name}?", "expected": expected, **fields})


def gold(*items: GoldItem) -> GoldSet:
    return GoldSet(items, "digest of the gold set", (), ())


def answer(status: str, text: str = "", confidence: float | None = None, **fields: Any) -> dict[str, Any]:
    """An Answer as JSON, as far as it is judged."""
    return {
        "status": status,
        "text": text,
        "sentences": [],
        "citations": [],
        "confidence": confidence,
        "notices": [],
        "resources": [],
        "receipt": {"index": "digest of the index"},
        **fields,
    }


def answered(text: str = "", *sections: str, confidence: float = 0.9, **fields: Any) -> dict[str, Any]:
    """An answer of one sentence for each section, which it cites."""
    cited = [section.split("#") for section in sections]
    return answer(
        "answered",
        text,
        confidence,
        **{
            "sentences": [{"text": "", "citation_ids": [number]} for number in range(1, len(cited) + 1)],
            "citations": [
                {"id": number, "document_id": document, "section_id": section} for number, (document, section) in enumerate(cited, 1)
            ],
            **fields,
        },
    )


def response(
    given: dict[str, Any],
    attempt: dict[str, Any] | None = None,
    sections: tuple[str, ...] = (),
    spans: tuple[bool, ...] = (),
    milliseconds: float = 1.0,
) -> Response:
    """What was given; the best answer found is the same unless another is named."""
    return Response(given, given if attempt is None else attempt, sections, spans, milliseconds)


def withheld(attempt: dict[str, Any]) -> Response:
    """An answer that was found, and not given."""
    return response(answer("abstained", "no reviewed answer", attempt["confidence"]), attempt)
