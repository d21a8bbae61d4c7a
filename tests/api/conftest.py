"""The command line in the process of the tests."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pytest

from api import cli
from api.logs import configure_logs
from api.settings import Settings
from bot.pipeline import Bot
from bot.safety import Safety
from indexer import corpus_tables
from indexer.corpus_tables import CorpusTables, load_tables
from indexer.errors import IndexMissingError
from tests.gold_files import FOUR, write_gold


class Outcome(NamedTuple):
    """What a command left: exit code, standard output, standard error."""

    code: object
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """Each line of the output, as JSON."""
        return [json.loads(line) for line in self.out.split("\n") if line]

    def error(self, code: int) -> str:
        """The one line of an error, after its code and form were checked."""
        assert (self.code, self.out) == (code, "")
        assert self.err.startswith("citewell: ")
        assert self.err.endswith("\n")
        assert self.err.count("\n") == 1
        return self.err.removeprefix("citewell: ").removesuffix("\n")


class Evaluate(Protocol):
    """`citewell evaluate` of a gold set, with options."""

    def __call__(self, *options: str | Path) -> Outcome: ...


class Run(Protocol):
    """`citewell` with arguments."""

    def __call__(self, *arguments: str | Path, stdin: str | bytes = "") -> Outcome: ...


@pytest.fixture
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting, and a working folder without an index."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CITEWELL_{name.upper()}", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def tea(tiny_versions: Path) -> Iterator[Bot]:
    """A bot that knows of tea, among a few other things."""
    bot = Bot.open(tiny_versions / "index")
    yield bot
    bot.usable_index().store.close()


@pytest.fixture(scope="module")
def without_index(tables: CorpusTables) -> Bot:
    """A bot that knows danger alone."""
    return Bot(Safety.compile(tables.safety, tables.helplines), problem=IndexMissingError("there is no index"))


@pytest.fixture
def logs_as_before() -> Iterator[None]:
    """For tests that set up the log: whatever they change is set back."""
    root, own = logging.getLogger(), logging.getLogger("citewell")
    handlers, levels = root.handlers, (root.level, own.level)
    yield
    root.handlers = handlers
    root.setLevel(levels[0])
    own.setLevel(levels[1])


@pytest.fixture
def log_stream(capsys: pytest.CaptureFixture[str], logs_as_before: None) -> io.StringIO:
    """All that is logged from now on, in the form that a server logs in; what is written past the log is left to `capsys`."""
    configure_logs()
    (handler,) = logging.getLogger().handlers
    assert isinstance(handler, logging.StreamHandler)
    stream = io.StringIO()
    handler.setStream(stream)
    return stream


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], bare_environment: None, tables: CorpusTables) -> Run:
    """The command line in this process. The tables that it takes for the shipped ones have no exemplars, which take time to fit on."""
    monkeypatch.setattr(corpus_tables, "load_tables", lambda folder=None: load_tables(folder) if folder else tables)

    def call(*arguments: str | Path, stdin: str | bytes = "") -> Outcome:
        typed = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "argv", ["citewell", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed), encoding="utf-8"))
        with pytest.raises(SystemExit) as ending:
            cli.main()
        captured = capsys.readouterr()
        return Outcome(ending.value.code, captured.out, captured.err)

    return call


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    return write_gold(tmp_path / "gold" / "four.jsonl", FOUR)


@pytest.fixture
def evaluate(run: Run, gold: Path, mixed_index_folder: Path) -> Evaluate:
    """`citewell evaluate` of the gold set over the mixed index, with options."""

    def call(*options: str | Path) -> Outcome:
        return run("evaluate", "--gold", gold, "--index", mixed_index_folder, *options)

    return call
