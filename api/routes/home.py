"""The first page, and the report of how good the answers are: what stands behind them, for whoever wants to see."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.dependencies import BotDependency, IndexDependency, ServicesDependency
from api.examples import PAGE, problems
from api.pages import HOME_HEADERS, PAGE_HEADERS, Reader, Standing, home_page, no_evaluation_page
from api.replies import document_list

router = APIRouter(tags=["documents"])
_REPORT = "report.html"
# The report has its style and its drawings in itself, and no script. Its own policy names that style by its hash.
_REPORT_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}
_NO_REPORT = {"description": "A page that says how a report is made", "content": PAGE["content"]}


@router.get("/", operation_id="readHome", response_class=HTMLResponse, responses={200: PAGE, **problems(503)})
def read_home(services: ServicesDependency, bot: BotDependency, index: IndexDependency) -> HTMLResponse:
    """What Citewell is, the chat to try, how well it answers, how to embed it, and the documents it stands on."""
    settings = services.settings
    standing = Standing(
        calibration=bot.calibration.file,
        has_report=(settings.data / _REPORT).is_file(),
        retention_days=settings.retention_days,
        counts_topics=settings.insights,
    )
    reader = Reader(is_kept=settings.store_text)
    return HTMLResponse(home_page(document_list(index).documents, bot.safety, reader, standing), headers=HOME_HEADERS)


@router.get("/evaluation", operation_id="readEvaluation", response_class=HTMLResponse, responses={200: PAGE, 404: _NO_REPORT})
def read_evaluation(services: ServicesDependency, bot: BotDependency) -> HTMLResponse:
    """The report of `citewell evaluate`, where one lies in the data folder."""
    try:
        report = (services.settings.data / _REPORT).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return HTMLResponse(no_evaluation_page(bot.safety), 404, headers=PAGE_HEADERS)
    return HTMLResponse(report, headers=_REPORT_HEADERS)
