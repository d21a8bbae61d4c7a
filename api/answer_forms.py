"""An Answer in the form that a route promises: JSON, server-sent events, or a page."""

from collections.abc import Iterator
from typing import Any

import orjson
from fastapi.responses import HTMLResponse, Response
from fastapi.sse import format_sse_event

from api.pages import PAGE_HEADERS, Reader, answer_page
from bot.answer import Answer
from bot.safety import Safety

# What is held back by a proxy until it is whole was streamed in vain.
STREAM_HEADERS = {"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}


def respond(path: str, answer: Answer, question: str, safety: Safety, reader: Reader) -> Response:
    """A whole answer as the route at a path gives it."""
    match path:
        case "/v1/ask/stream":
            return Response(b"".join([*opening(answer), done(answer)]), headers=STREAM_HEADERS)
        case "/ask":
            return HTMLResponse(answer_page(answer, question, safety, reader), headers=PAGE_HEADERS)
        case _:
            return answer_response(answer)


def answer_response(answer: Answer) -> Response:
    """A whole answer as JSON."""
    return Response(orjson.dumps(answer), media_type="application/json")


def opening(answer: Answer) -> Iterator[bytes]:
    """The events of all that stands before the questions to ask next: what was understood, sentences with citations, notices."""
    yield _event("interpretation", answer.interpretation)
    by_id = {citation.id: citation for citation in answer.citations}
    for sentence in answer.sentences:
        cited = [by_id[number] for number in sentence.citation_ids]
        yield _event("sentence", {"text": sentence.text, "citation_ids": sentence.citation_ids, "citations": cited})
    for notice in answer.notices:
        cited = [by_id[number] for number in notice.citation_ids]
        yield _event("notice", {"kind": notice.kind, "text": notice.text, "citation_ids": notice.citation_ids, "citations": cited})


def done(answer: Answer) -> bytes:
    """The last event: the whole Answer."""
    return _event("done", answer)


def failed(problem: dict[str, Any]) -> bytes:
    """The last event where something went wrong on the way: a problem."""
    return _event("error", problem)


def _event(name: str, data: Any) -> bytes:
    return format_sse_event(event=name, data_str=orjson.dumps(data).decode())
