"""POST /v1/search: ranked passages, no answer."""

from fastapi import APIRouter

from api.dependencies import BotDependency
from api.replies import passage_replies
from api.schemas import Problem, SearchReply, SearchRequest

router = APIRouter(tags=["search"])


@router.post("/v1/search", operation_id="search", responses={status: {"model": Problem} for status in (413, 422, 503)})
def search(request: SearchRequest, bot: BotDependency) -> SearchReply:
    """Find the passages nearest to a query."""
    return SearchReply(passages=passage_replies(bot.search(request.query, request.limit)))
