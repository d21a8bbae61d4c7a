"""What is asked and what stays unanswered, as counts by month without any text; questions themselves only where a site keeps them.

`insights.sqlite` in the data folder holds both. Counts are written by a thread of their own, so that nobody waits for a disk.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, Literal, get_args

from bot.answer import Status
from bot.errors import BotError
from bot.pipeline import Draft

AT_LEAST = 5  # a smaller count could be somebody
REASONS = ("wrong", "incomplete", "unclear", "unrelated", "unkind")
_FILE = "insights.sqlite"
_PAUSE, _AFTER_FAILURE, _HOURLY = 0.5, 5.0, 3600.0  # seconds between two writes; between two tries; between two looks at what is old
_TEXTS = 1_000  # that wait to be written
_SCHEMA = """
CREATE TABLE IF NOT EXISTS counts (month TEXT, kind TEXT, name TEXT, status TEXT, count INTEGER, PRIMARY KEY (month, kind, name, status))
WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS texts (day TEXT, status TEXT, text TEXT);
"""
_ADD = "INSERT INTO counts VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count"
Kind = Literal["answer", "drug", "topic", "up", "down", "reason"]
Cell = tuple[str, Kind, str, str]


class StorageError(BotError):
    """What should be kept cannot be written now."""


class Insights:
    """Counts of a data folder. Several processes may count into the same one."""

    def __init__(self, folder: Path, report: Callable[[str], None], retention_days: int | None = None) -> None:
        """`retention_days` is how long texts are kept, None where none are."""
        self._file = folder / _FILE
        self._report = report
        self._retention = retention_days
        self._counts: Counter[Cell] = Counter()
        self._texts: list[tuple[str, str, str]] = []
        self._lock = Lock()
        self._wake, self._stop = Event(), Event()
        self._writer = Thread(target=self._write_on, name="insights", daemon=True)
        self._failed = False

    def start(self) -> None:
        """Begin to write what is counted."""
        self._writer.start()

    def close(self) -> None:
        """Write what is left, and stop."""
        self._stop.set()
        self._wake.set()
        if self._writer.is_alive():
            self._writer.join()
        self.flush()

    def count(self, draft: Draft) -> None:
        """An answer, by status, by the drugs asked about and the sections nearest to the question."""
        answer, month = draft.answer, _month()
        cells: list[Cell] = [(month, "answer", "", answer.status)]
        cells += [(month, "drug", drug.name, answer.status) for drug in answer.interpretation.drugs]
        cells += [(month, "topic", topic, answer.status) for topic in draft.topics]
        with self._lock:
            self._counts.update(cells)
        self._wake.set()

    def keep(self, text: str, status: Status) -> None:
        """A question that was stripped of what could name somebody; never one of somebody in danger."""
        if status == "crisis" or self._retention is None:
            return
        with self._lock:
            if len(self._texts) < _TEXTS:
                self._texts.append((datetime.now(UTC).date().isoformat(), status, text))
        self._wake.set()

    def rate(self, rating: Literal["up", "down"], sections: Iterable[str], reason: str | None) -> None:
        """A rating of an answer by the sections it cites. Raises StorageError where it cannot be kept."""
        month = _month()
        cells: list[Cell] = [(month, rating, section, "") for section in sections]
        if reason is not None:
            cells.append((month, "reason", reason if reason in REASONS else "other", ""))
        try:
            self._write(Counter(cells), [])
        except sqlite3.Error as problem:
            raise StorageError("the rating could not be kept; try again in a few minutes") from problem

    def flush(self) -> None:
        """Write what was counted so far; where that fails, it is kept and tried again."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
            texts, self._texts = self._texts, []
        try:
            self._write(counts, texts)
            self._failed = False
        except Exception as problem:  # whatever it was: the thread that writes goes on
            with self._lock:
                self._counts += counts
                self._texts = (texts + self._texts)[:_TEXTS]
            if not self._failed:
                self._report(f"counts cannot be written ({problem}); free space, or mend or remove {self._file}")
            self._failed = True

    def report(self, month: str | None, titles: Mapping[str, str]) -> dict[str, Any]:
        """A month's counts, those under `AT_LEAST` withheld. `titles` are those of sections. Raises StorageError."""
        self.flush()
        try:
            with self._open() as connection:
                months = [name for (name,) in connection.execute("SELECT DISTINCT month FROM counts ORDER BY month DESC")]
                month = month or _month()
                rows = connection.execute("SELECT kind, name, status, count FROM counts WHERE month = ?", (month,)).fetchall()
        except sqlite3.Error as problem:
            raise StorageError("the counts cannot be read; see the server's log") from problem
        return {"month": month, "months": months, "at_least": AT_LEAST, **_tables(rows, titles)}

    def _write_on(self) -> None:
        """Write whenever there is something, but not more often than needed; and look each hour for texts that are too old."""
        while not self._stop.is_set():
            self._wake.wait(_HOURLY)
            self._wake.clear()
            self.flush()
            self._stop.wait(_AFTER_FAILURE if self._failed else _PAUSE)

    def _write(self, counts: Mapping[Cell, int], texts: Iterable[tuple[str, str, str]]) -> None:
        with self._open() as connection:
            connection.executemany(_ADD, [(*cell, count) for cell, count in counts.items()])
            connection.executemany("INSERT INTO texts VALUES (?, ?, ?)", texts)
            kept = timedelta(days=-1 if self._retention is None else self._retention)
            connection.execute("DELETE FROM texts WHERE day < ?", ((datetime.now(UTC).date() - kept).isoformat(),))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes are all kept, or, after an error, none. What is deleted is overwritten."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not self._file.exists():
                self._file.touch(mode=0o600)
        except OSError as problem:
            raise sqlite3.OperationalError(problem.strerror) from problem
        with closing(sqlite3.connect(self._file, timeout=5)) as connection, connection:
            connection.execute("PRAGMA secure_delete = ON")
            connection.executescript(_SCHEMA)
            yield connection


def _month() -> str:
    return f"{datetime.now(UTC):%Y-%m}"


def valid_month(text: str) -> bool:
    """Whether a text is a month, like 2026-11."""
    try:
        date.fromisoformat(f"{text}-01")
    except ValueError:
        return False
    return True


def _tables(rows: Iterable[tuple[Kind, str, str, int]], titles: Mapping[str, str]) -> dict[str, Any]:
    sums: Counter[tuple[str, str]] = Counter()
    for kind, name, status, count in rows:
        sums[(kind, status if kind == "answer" else name)] += count
        if kind == "topic" and status == "abstained":
            sums[("unanswered", name)] += count

    def sections(kind: str) -> list[dict[str, Any]]:
        return [{"section": name, "title": titles.get(name), "count": count} for name, count in _shown(sums, kind)]

    answers = {status: _withheld(sums["answer", status]) for status in get_args(Status)}
    return {
        "answers": answers,
        "crisis_cards": answers["crisis"],
        "asked": [{"drug": name, "count": count} for name, count in _shown(sums, "drug")],
        "topics": sections("topic"),
        "unanswered": sections("unanswered"),
        "rated_up": sections("up"),
        "rated_down": sections("down"),
        "reasons": [{"reason": name, "count": count} for name, count in _shown(sums, "reason")],
    }


def _shown(sums: Mapping[tuple[str, str], int], kind: str) -> list[tuple[str, int]]:
    """The counts of a kind that may be shown, the greatest first."""
    found = [(name, count) for (of, name), count in sums.items() if of == kind and count >= AT_LEAST]
    return sorted(found, key=lambda entry: (-entry[1], entry[0]))


def _withheld(count: int) -> int | None:
    return count if count >= AT_LEAST else None
