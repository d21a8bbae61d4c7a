"""The log: a line of JSON an event, readable lines on a terminal. It never holds what anybody asked, nor who they are.

An exception is logged by its type and where it was raised; its message, and the values around it, may hold words of a question.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from functools import cache
from typing import Any

import structlog
from structlog.stdlib import ProcessorFormatter

Event = MutableMapping[str, Any]
_NAME = "citewell"


def configure_logs() -> None:
    """Send everything that is logged, by whatever library, to standard error in one form."""
    renderer: Any = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        ProcessorFormatter(
            processors=[ProcessorFormatter.remove_processors_meta, renderer], foreign_pre_chain=[_first_line, *_shared_processors()]
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(_NAME).setLevel(logging.INFO)


@cache
def logger() -> structlog.stdlib.BoundLogger:
    """The log of this software. Until the logs are configured it is a log of the standard library like any other."""
    log: structlog.stdlib.BoundLogger = structlog.wrap_logger(
        logging.getLogger(_NAME),
        processors=[structlog.stdlib.filter_by_level, *_shared_processors(), ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    return log


def _shared_processors() -> list[Any]:
    return [structlog.processors.TimeStamper(fmt="iso", utc=True), structlog.stdlib.add_log_level, _without_words]


def _first_line(_: object, __: str, event: Event) -> Event:
    """Other libraries show values in the lines that follow; asyncio also those that a callback was called with."""
    line = str(event.get("event", "")).partition("\n")[0]
    event["event"] = line.partition("(")[0] if line.startswith("Exception in callback") else line
    return event


def _without_words(_: object, __: str, event: Event) -> Event:
    """An exception as its type and place."""
    info = event.pop("exc_info", None)
    problem = info[1] if isinstance(info, tuple) else info
    problem = sys.exc_info()[1] if problem is True else problem
    if isinstance(problem, BaseException):
        event["error"] = type(problem).__name__
        event["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(problem.__traceback__)][-12:]
    return event
