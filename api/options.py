"""What commands share: the options that all take, the settings behind them, and where remarks go."""

import sys
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Annotated

import typer
from pydantic import ValidationError

from api.settings import FILE, PREFIX, Settings, is_in_environment, settings_file
from bot.errors import QuestionError
from indexer.errors import shown

IndexOption = Annotated[
    Path | None,
    typer.Option("--index", help="The index folder [CITEWELL_INDEX, else .citewell/index].", show_default=False),
]
GoldOption = Annotated[
    list[Path] | None,
    typer.Option("--gold", help="A gold set (JSON lines), or a folder of some; can be repeated.", show_default=False),
]


def read_settings() -> Settings:
    """The settings. Raises QuestionError that names the variable, or the line of the file."""
    file = settings_file()
    if file is not None and not file.is_file():
        raise QuestionError(f"{FILE} names {shown(file)}, which is no file; write one there or unset it")
    try:
        return Settings()
    except TOMLDecodeError as problem:
        raise QuestionError(f"{shown(file)} is no TOML ({problem}); mend it") from problem
    except (OSError, UnicodeDecodeError) as problem:
        raise QuestionError(f"{shown(file)} cannot be read; check its permissions, and that it is UTF-8") from problem
    except ValidationError as problem:
        raise QuestionError(_fault(problem, file)) from problem


def _fault(problem: ValidationError, file: Path | None) -> str:
    """The first fault, by the name its owner gave the setting."""
    first = problem.errors()[0]
    name = str(first["loc"][0])
    if first["type"] == "extra_forbidden":
        return f"{shown(file)}: {name!r} is no setting; README.md lists those there are"
    where = f"{PREFIX}{name.upper()}=" if file is None or is_in_environment(name) else f"{shown(file)}: {name} = "
    return f"{where}{first['input']!r}: {first['msg']}; mend or unset it"


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
