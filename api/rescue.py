"""Danger in a request that is refused: found in whatever was sent, and answered all the same."""

import json
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.responses import Response

from api.answer_forms import respond
from api.bounded_pool import OverloadedError
from api.pages import Reader
from api.services import Services
from bot.answer import Answer
from bot.pipeline import Draft

_FIELDS = 20  # of a form; more is no form of ours
_CROWD = 8  # who have been refused and wait to be looked at, some milliseconds each


async def card(request: Request) -> Response | None:
    """The card for somebody in danger, in the form their route gives, or None."""
    fields = await _fields(request)
    question, country = fields.get("question"), fields.get("country")
    if not isinstance(question, str):
        return None
    services: Services = request.app.state.services
    reader = Reader(country if isinstance(country, str) else None, services.settings.store_text)
    answer = await _crisis(services, question, reader.country)
    if answer is None:
        return None
    services.tell(Draft(answer))
    return respond(request.url.path, answer, question, services.live.bot.safety, reader)


async def question_in(request: Request) -> str | None:
    """The question of a request, as far as one can be made out."""
    question = (await _fields(request)).get("question")
    return question if isinstance(question, str) else None


def form_fields(body: bytes) -> dict[str, str]:
    """The fields of a form as a browser sends it, which ends lines as on paper tape. Raises ValueError for too many."""
    fields = parse_qsl(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=_FIELDS)
    return {name: value.replace("\r\n", "\n") for name, value in fields}


async def _crisis(services: Services, question: str, country: str | None) -> Answer | None:
    """By all that tells danger while few are waiting for that, by patterns alone, a tenth of a millisecond each, where many are."""
    bot, is_crowded = services.live.bot, services.danger.waiting >= _CROWD
    with suppress(OverloadedError):
        return await services.danger.run(lambda: bot.crisis(question, country, by_patterns=is_crowded))
    return None


async def _fields(request: Request) -> dict[str, Any]:
    """What was sent, read leniently: JSON that does not say so, a form; nothing where it cannot be read."""
    try:
        body = await request.body()
    except Exception:  # it was too large, too slow, or broke off
        return {}
    with suppress(ValueError, RecursionError):
        value = json.loads(body.decode(json.detect_encoding(body), "replace"), strict=False)
        return value if isinstance(value, dict) else {}
    with suppress(ValueError):
        return dict(form_fields(body))
    return {}
