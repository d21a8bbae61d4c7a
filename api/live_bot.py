"""The bot on the live version of an index, and on the next one as soon as that is live, without a request being dropped."""

from collections.abc import Callable
from pathlib import Path

from bot.calibration import CALIBRATION
from bot.errors import BotError
from bot.pipeline import Bot
from indexer.errors import IndexerError, IndexUnusableError
from indexer.versions import live_version

Mark = tuple[object, ...]


class LiveBot:
    """Whoever answers takes `bot` once and keeps it until the answer is whole. A bad version is refused, and the one before kept."""

    def __init__(self, bot: Bot, folder: Path | None = None, mark: Mark = ()) -> None:
        self.bot = bot
        self.written = _written(bot)
        self.taken_up = 0
        self.refused = 0
        self._folder = folder
        self._mark = mark

    @classmethod
    def open(cls, folder: Path) -> "LiveBot":
        """The bot on the live version, or, while there is none, one that knows only danger."""
        mark = _mark(folder)
        return cls(Bot.open(folder), folder, mark)

    def refresh(self, report: Callable[[str], None]) -> None:
        """Take up another live version, if there is one; what was decided is reported once."""
        if self._folder is None:
            return
        mark = _mark(self._folder)
        if mark in ((), self._mark):
            return
        self._mark = mark
        try:
            self.bot = Bot.load(self._folder)
        except Exception as problem:  # whatever is wrong with it, what answers now is not
            self.refused += 1
            what = str(problem) if isinstance(problem, IndexerError | BotError | OSError) else f"an index fails to load ({problem!r})"
            report(f"{what}; the index of before still answers" if self.bot.replier else what)
        else:
            self.taken_up += 1
            self.written = _written(self.bot)
            report(f"took up index {self.bot.usable_index().folder.name}")


def _written(bot: Bot) -> float:
    """When the index that answers was written, in seconds since the epoch; 0 without one."""
    try:
        return bot.usable_index().folder.stat().st_mtime
    except (IndexUnusableError, OSError):
        return 0.0


def _mark(folder: Path) -> Mark:
    """What changes when another version, or another calibration of it, becomes live; empty where no version is."""
    try:
        version = live_version(folder)
    except IndexUnusableError:
        return ()
    try:
        state = (version / CALIBRATION).stat()
    except OSError:
        return (version.name,)
    return (version.name, state.st_ino, state.st_mtime_ns)
