"""Citewell as the other systems are measured: `python -m tests.benchmarks.citewell_system`, then as `peers.worker` says.

What it gives to a question is the whole cited answer, not passages alone.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.pipeline import Bot
from tests.benchmarks.peers.system import Text
from tests.benchmarks.peers.worker import serve


class CitewellSystem:
    """See System."""

    def build(self, texts: Sequence[Text], folder: Path) -> None:
        raise NotImplementedError("Citewell is indexed by its own command")

    def open(self, folder: Path) -> None:
        self._bot, self._today = Bot.load(folder), datetime.now(UTC).date()

    def search(self, question: str, limit: int) -> list[str]:
        """The sections that the answer cites, however many."""
        answer = self._bot.answer(question, today=self._today)
        return [f"{citation.document_id}#{citation.section_id}" for citation in answer.citations]


if __name__ == "__main__":
    serve(CitewellSystem)
