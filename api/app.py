"""The HTTP application, put together."""

import logging

from fastapi import FastAPI
from starlette.types import ASGIApp

from api.errors import TooLargeAsProblem, install_error_handlers
from api.routes import ask, documents, health, search
from api.settings import Settings
from bot.pipeline import Bot

_BODY_LIMIT = 64 * 1024


def build_app(bot: Bot) -> ASGIApp:
    """The application around a bot. Nothing of a request is logged, and telemetry of the framework is off: questions are health data."""
    app = FastAPI(
        title="Citewell",
        summary="Answers on ketamine, opioids and Xanax out of reviewed documents, with the passage behind every sentence.",
        version=bot.receipt().software,
        docs_url=None,  # the framework's pages load scripts from a third party
        redoc_url=None,
        max_body_size=_BODY_LIMIT,
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
        },
    )
    app.state.bot = bot
    install_error_handlers(app)
    for routes in (ask, search, documents, health):
        app.include_router(routes.router)
    return TooLargeAsProblem(app)


def create_app() -> ASGIApp:
    """The application as the settings have it; what a server process calls."""
    bot = Bot.open(Settings().index)
    if bot.problem is not None:
        logging.getLogger(__name__).warning("%s; only messages of danger are answered until the server is started anew", bot.problem)
    return build_app(bot)
