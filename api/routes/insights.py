"""GET /v1/insights, and a page of it: what is asked, what stays unanswered, what is rated down. For the holder of a secret key."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import HTMLResponse

from api.dependencies import OPERATOR, ServicesDependency
from api.examples import INSIGHTS, PAGE, problems
from api.insights import valid_month
from api.pages import PAGE_HEADERS, insights_page
from api.schemas import InsightsReply
from api.services import Services

router = APIRouter(tags=["insights"])
_PROBLEMS = problems(401, 403, 404, 422, 503)
MONTH = r"^[1-9]\d{3}-(0[1-9]|1[0-2])$"
MonthQuery = Annotated[
    str | None, Query(description="Like 2026-11; the present one by default", examples=["2026-11"], json_schema_extra={"pattern": MONTH})
]


@router.get("/v1/insights", operation_id="getInsights", responses={200: INSIGHTS, **_PROBLEMS}, dependencies=[OPERATOR])
async def get_insights(services: ServicesDependency, month: MonthQuery = None) -> InsightsReply:
    """Counts of a month, without any text. A count under five is withheld: it could be somebody."""
    return InsightsReply.model_validate(await _report(services, month))


@router.get(
    "/insights", operation_id="readInsights", response_class=HTMLResponse, responses={200: PAGE, **_PROBLEMS}, dependencies=[OPERATOR]
)
async def read_insights(services: ServicesDependency, month: MonthQuery = None) -> HTMLResponse:
    """The same as a page. A browser asks for a name, which may be anything, and a password, which is a secret key."""
    report = await _report(services, month)
    return HTMLResponse(insights_page(report, services.live.bot.safety), headers=PAGE_HEADERS)


async def _report(services: Services, month: str | None) -> dict[str, Any]:
    if not services.settings.insights:
        raise HTTPException(404, "nothing is counted here; CITEWELL_INSIGHTS=true turns it on")
    if month is not None and not valid_month(month):
        raise HTTPException(422, "month: write it like 2026-11")
    return await asyncio.to_thread(_read, services, month)


def _read(services: Services, month: str | None) -> dict[str, Any]:
    replier = services.live.bot.replier
    return services.insights.report(month, replier.finder.index.store.section_titles() if replier else {})
