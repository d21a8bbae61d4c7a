"""POST /v1/search: ranked passages, no answer."""

from fastapi import APIRouter

from api.dependencies import ADMITTED, BotDependency, ServicesDependency
from api.examples import PASSAGES, problems
from api.replies import passage_replies
from api.schemas import SearchReply, SearchRequest

router = APIRouter(tags=["search"])


@router.post(
    "/v1/search",
    operation_id="search",
    responses={200: PASSAGES, **problems(401, 403, 408, 413, 415, 422, 429, 503)},
    dependencies=[ADMITTED],
)
async def search(wanted: SearchRequest, services: ServicesDependency, bot: BotDependency) -> SearchReply:
    """Find the passages nearest to a query."""
    passages = await services.pool.run(lambda: passage_replies(bot.search(wanted.query, wanted.limit)))
    return SearchReply(passages=passages)
