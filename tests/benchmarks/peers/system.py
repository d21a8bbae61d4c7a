"""What is asked of every system that is measured, so that each is measured by the same code. Imports nothing of Citewell."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Text:
    """A passage to index, by its id."""

    id: str
    text: str


class System(Protocol):
    """A system at work on one index folder."""

    def build(self, texts: Sequence[Text], folder: Path) -> None:
        """Index texts and save the index."""
        ...

    def open(self, folder: Path) -> None:
        """Load what `build` saved."""
        ...

    def search(self, question: str, limit: int) -> list[str]:
        """The ids of the best texts, best first."""
        ...
