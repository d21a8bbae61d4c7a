"""An Answer in the form that a route promises: JSON, server-sent events, or a page."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from fastapi.responses import HTMLResponse, JSONResponse, Response
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
            return JSONResponse(answer.to_dict())


def opening(answer: Answer) -> Iterator[bytes]:
    """The events of all that stands before the questions to ask next: what was understood, sentences with citations, notices."""
    yield _event("interpretation", asdict(answer.interpretation))
    by_id = {citation.id: asdict(citation) for citation in answer.citations}
    for sentence in answer.sentences:
        yield _event("sentence", {**asdict(sentence), "citations": [by_id[number] for number in sentence.citation_ids]})
    for notice in answer.notices:
        yield _event("notice", {**asdict(notice), "citations": [by_id[number] for number in notice.citation_ids]})


def done(answer: Answer) -> bytes:
    """The last event: the whole Answer."""
    return _event("done", answer.to_dict())


def failed(problem: dict[str, Any]) -> bytes:
    """The last event where something went wrong on the way: a problem."""
    return _event("error", problem)


def _event(name: str, data: dict[str, Any]) -> bytes:
    return format_sse_event(event=name, data_str=json.dumps(data, ensure_ascii=False, separators=(",", ":")))
