"""Messages as people write them, each with the rule it is for or "ordinary": what recognition is measured on."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

FOLDER = Path(__file__).parent


class Message(BaseModel):
    """`kind` is the name of a rule in safety.toml, or "ordinary"; "test" messages are looked at only to measure."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    split: Literal["dev", "test"]
    kind: str
    message: str
    history: tuple[dict[str, str], ...] = ()


def read_messages(files: Iterable[Path] = ()) -> tuple[Message, ...]:
    """All messages, in the order of the files."""
    lines = (line for file in files or sorted(FOLDER.glob("*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines())
    return tuple(map(Message.model_validate_json, lines))
