"""POST /v1/feedback: whether an answer helped, by the sections it cited."""

import asyncio

from fastapi import APIRouter
from fastapi.responses import Response

from api.dependencies import ADMITTED, IndexDependency, ServicesDependency
from api.examples import problems
from api.schemas import FeedbackRequest

router = APIRouter(tags=["feedback"])


@router.post(
    "/v1/feedback",
    operation_id="rate",
    status_code=204,
    response_class=Response,
    responses=problems(401, 403, 408, 413, 415, 422, 429, 503),
    dependencies=[ADMITTED],
)
async def rate(rated: FeedbackRequest, services: ServicesDependency, index: IndexDependency) -> Response:
    """Rate an answer. Counted by section and reason; words are not kept, nor sections that the index no longer has."""
    sections = await asyncio.to_thread(_known, index, rated.sections)
    if services.settings.insights:
        await asyncio.to_thread(services.insights.rate, rated.rating, sections, rated.reason)
    return Response(status_code=204)


def _known(index: IndexDependency, sections: list[str]) -> list[str]:
    """Sections as "document-id#section-id"; the section's id alone will do where only one document has it."""
    titles = index.store.section_titles()
    alone: dict[str, list[str]] = {}
    for name in titles:
        alone.setdefault(name.partition("#")[2], []).append(name)
    found = [[name] if name in titles else alone.get(name, []) for name in sections]
    return list(dict.fromkeys(names[0] for names in found if len(names) == 1))
