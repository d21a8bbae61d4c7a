"""GET /v1/info: what answers, and how well it was measured to."""

from fastapi import APIRouter

from api.dependencies import ADMITTED, ServicesDependency
from api.examples import INFO, problems
from api.schemas import BODY_LIMIT, CalibrationInfo, IndexInfo, InfoReply, Limits
from bot.conversation import LONGEST_HISTORY, LONGEST_QUESTION
from bot.pipeline import Bot, software_version

router = APIRouter(tags=["operation"])


@router.get("/v1/info", operation_id="getInfo", responses={200: INFO, **problems(401, 403, 429, 503)}, dependencies=[ADMITTED])
async def info(services: ServicesDependency) -> InfoReply:
    """The index, the model, when it answers and how often it was measured to be right, and what is kept of a question."""
    settings, bot = services.settings, services.live.bot
    return InfoReply(
        software=software_version(),
        index=_index(bot),
        calibration=_calibration(bot),
        stores_text=settings.store_text,
        retention_days=settings.retention_days if settings.store_text else None,
        limits=Limits(question=LONGEST_QUESTION, history=LONGEST_HISTORY, body=BODY_LIMIT),
    )


def _index(bot: Bot) -> IndexInfo | None:
    if bot.replier is None:
        return None
    index = bot.usable_index()
    counts, encoder = index.manifest.counts, index.manifest.encoder
    return IndexInfo(
        id=index.digest,
        corpus=index.manifest.corpus_digest,
        documents=counts.documents,
        passages=counts.passages,
        embedding_model=encoder.model,
        encoder=encoder.kind,
    )


def _calibration(bot: Bot) -> CalibrationInfo | None:
    file = bot.calibration.file
    if file is None:
        return None
    shown = {name: getattr(file, name) for name in CalibrationInfo.model_fields if name != "id"}
    return CalibrationInfo(id=bot.calibration.digest or "", **shown)
