"""One question, one Answer: as JSON, as a stream of events, and as a page for browsers without JavaScript."""

from collections.abc import AsyncIterator

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from api.access import admit_form
from api.answer_forms import STREAM_HEADERS, answer_response, done, failed, opening, respond
from api.asking import Asking
from api.bounded_pool import OverloadedError
from api.dependencies import ADMITTED, ServicesDependency, counted
from api.examples import ANSWER, EVENTS, FORM_BODY, PAGE, problem_pages, problems
from api.logs import logger
from api.pages import Reader
from api.problems import OVERLOADED, accident, problem
from api.rescue import form_fields
from api.schemas import AskRequest
from bot.answer import Answer
from bot.pipeline import Draft

router = APIRouter(tags=["ask"])
_REFUSALS = (401, 403, 408, 413, 415, 422, 429, 503)
_PROBLEMS = problems(*_REFUSALS)


@router.post("/v1/ask", operation_id="ask", response_model=Answer, responses={200: ANSWER, **_PROBLEMS}, dependencies=[ADMITTED])
async def ask(asked: AskRequest, services: ServicesDependency) -> Response:
    """Answer a question out of the reviewed documents, every sentence with its citation."""
    answer = await Asking(services, asked.question, asked.history or (), asked.country).answer()
    return answer_response(answer)


@router.post(
    "/v1/ask/stream",
    operation_id="askStream",
    response_class=StreamingResponse,
    responses={200: EVENTS, **_PROBLEMS},
    dependencies=[ADMITTED],
)
async def ask_stream(asked: AskRequest, request: Request, services: ServicesDependency) -> Response:
    """The same answer as server-sent events: what was understood, each sentence with its citations, notices, and last the whole Answer.

    What can be refused is refused before the first event, as a problem; the event `error` holds one that came up later.
    """
    asking = Asking(services, asked.question, asked.history or (), asked.country)
    return StreamingResponse(_events(request, asking, await asking.draft()), headers=STREAM_HEADERS)


@router.post(
    "/ask",
    operation_id="askPage",
    response_class=HTMLResponse,
    responses={200: PAGE, **problem_pages(*_REFUSALS, 500)},
    openapi_extra={"requestBody": FORM_BODY},
)
async def ask_page(request: Request, services: ServicesDependency) -> Response:
    """The same answer as a page; the question comes in the form's body, never in an address."""
    fields = await _form(request)
    await counted(request, services, admit_form(request, services.keyring, fields.get("key")))
    if "question" not in fields:
        raise HTTPException(422, "the form has no field named question; send one")
    reader = Reader(fields.get("country") or None, services.settings.store_text)
    answer = await Asking(services, fields["question"], country=reader.country).answer()
    return respond(request.url.path, answer, fields["question"], services.live.bot.safety, reader)


async def _events(request: Request, asking: Asking, draft: Draft) -> AsyncIterator[bytes]:
    for event in opening(draft.answer):
        yield event
    try:
        yield done(await asking.finish(draft))
    except OverloadedError:
        yield failed(problem(request, 503, "this took too long; try again in a moment", OVERLOADED).content)
    except Exception as error:
        logger().error("a stream broke off", request_id=request.state.request_id, exc_info=error)
        yield failed(accident(request).content)


async def _form(request: Request) -> dict[str, str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        fields = form_fields(await request.body())
    except ValueError:
        fields = {}
    if "content-encoding" in request.headers and "question" not in fields:
        raise HTTPException(400)
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(422, "send the question as a form does: application/x-www-form-urlencoded")
    return fields
