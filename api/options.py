"""What commands share: the options that all take, the settings behind them, and where remarks go."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from api.settings import Settings
from bot.errors import QuestionError

IndexOption = Annotated[
    Path | None,
    typer.Option("--index", help="The index folder [CITEWELL_INDEX, else .citewell/index].", show_default=False),
]
GoldOption = Annotated[
    list[Path] | None,
    typer.Option("--gold", help="A gold set (JSON lines), or a folder of some; can be repeated.", show_default=False),
]


def read_settings() -> Settings:
    """The settings. Raises QuestionError that names the variable."""
    try:
        return Settings()
    except ValidationError as problem:
        first = problem.errors()[0]
        raise QuestionError(f"CITEWELL_{str(first['loc'][0]).upper()}={first['input']!r}: {first['msg']}; mend or unset it") from problem


def index_folder(option: Path | None) -> Path:
    """The index folder: as the option says, else the setting."""
    return option if option is not None else read_settings().index


def require(fits: bool, message: str) -> None:
    """Raise QuestionError with the message where options do not fit."""
    if not fits:
        raise QuestionError(message)


def say(line: str) -> None:
    """A remark, which is no result: on standard error."""
    print(line, file=sys.stderr)
