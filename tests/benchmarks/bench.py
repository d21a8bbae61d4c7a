"""What a run of the benchmark works with: folders, the index, the peers that could be installed, and who is measured."""

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from indexer.config import DEFAULT_MODEL
from indexer.documents import Section
from indexer.export import locate_model
from indexer.index import Index
from indexer.store import Store
from tests.benchmarks.peers.run import CLASSES
from tests.benchmarks.peers.system import Text
from tests.benchmarks.worker_process import WorkerError, WorkerProcess

CITEWELL = "Citewell"
ROOT = Path(__file__).parent.parent.parent
# The command line of this very checkout, whatever is installed beside the interpreter.
COMMAND_LINE = (sys.executable, "-c", "from api.cli import main; main()")
# No library asks a hub for anything, or tells its makers who uses it.
_QUIET = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HAYSTACK_TELEMETRY_ENABLED": "False", "DO_NOT_TRACK": "1"}


@dataclass(slots=True)
class Bench:
    """`index` is the index folder that is measured, `folder` keeps what a later run need not do again.

    `python` is the interpreter of the peers' environment, `share` how much is asked of what a whole run asks; `problems` says of a peer
    why it is not measured.
    """

    index: Path
    folder: Path
    python: Path
    scifact: Path | None = None
    share: float = 1.0
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def peers(self) -> tuple[str, ...]:
        """The peers that work so far."""
        return tuple(name for name in CLASSES if name not in self.problems)

    def some(self, count: int) -> int:
        """How many are done of what a whole run does so often."""
        return max(2, round(self.share * count))

    @property
    def environment(self) -> dict[str, str]:
        """For every process that is measured."""
        bare = {name: value for name, value in os.environ.items() if not name.startswith("CITEWELL_")}
        return bare | _QUIET

    def command(self, name: str, *more: str) -> list[str]:
        """What starts a system as a worker; with an index and a question behind it, what answers that alone."""
        if name == CITEWELL:
            return [sys.executable, "-m", "tests.benchmarks.citewell_system", *more]
        return [str(self.python), "-m", "tests.benchmarks.peers.run", name, str(locate_model(DEFAULT_MODEL)), *more]

    def worker(self, name: str) -> WorkerProcess:
        """A system in a process of its own."""
        return WorkerProcess(self.command(name), ROOT, self.environment, self.folder / f"{name}.log")

    def peer_index(self, name: str, texts: Path) -> Path:
        """Where a peer keeps its index of some texts."""
        return self.folder / "peers" / f"{texts.stem}-{_digest(texts)}" / name

    def built(self, name: str, texts: Path) -> Path:
        """The folder of a peer's index of some texts, built where it is not there. Raises WorkerError."""
        folder, done = self.peer_index(name, texts), self.peer_index(name, texts) / "built"
        if not done.is_file():
            with self.worker(name) as worker:
                worker.ask("build", texts=str(texts), folder=str(folder))
            done.touch()
        return folder

    def opened(self, texts: Path) -> dict[str, WorkerProcess]:
        """Every peer that works, in a process that has loaded its index; of one that fails, why."""
        found: dict[str, WorkerProcess] = {}
        for name in self.peers:
            try:
                folder = self.built(name, texts)
                found[name] = self.worker(name)
                found[name].ask("open", folder=str(folder))
            except WorkerError as problem:
                self.problems[name] = str(problem)
                if name in found:
                    found.pop(name).close()
        return found

    def asked(self, systems: dict[str, WorkerProcess], questions: Sequence[str], limit: int) -> dict[str, list[list[str]]]:
        """What each system finds for each question; of a peer that fails, why, and it is asked no more."""
        found: dict[str, list[list[str]]] = {}
        for name, system in list(systems.items()):
            try:
                found[name] = system.ask("search", questions=questions, limit=limit)["found"]
            except WorkerError as problem:
                self.problems[name] = str(problem)
                systems.pop(name).close()
        return found

    def passages(self) -> tuple[Path, Mapping[str, str]]:
        """A file of the passages' texts as Citewell encodes them, titles included, and the section of each by its id."""
        store = Index.load(self.index).store
        names = [name for name, *_ in store.document_list()]
        found = [
            (f"{document}#{section.id}", passage)
            for document in names
            for section in _sections(store, document)
            for passage in store.passages_of_section(f"{document}#{section.id}")
        ]
        texts = [Text(str(passage.number), f"{passage.titles}. {passage.text}") for _, passage in found]
        store.close()
        return write_texts(self.folder / "passages.jsonl", texts), {str(passage.number): section for section, passage in found}


def _sections(store: Store, document: str) -> Sequence[Section]:
    found = store.document(document)
    return found.sections if found else ()


def write_texts(file: Path, texts: Iterable[Text]) -> Path:
    """The file, with a line of JSON for each text."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(asdict(one)) + "\n" for one in texts), encoding="utf-8")
    return file


def _digest(file: Path) -> str:
    """What stands for texts and for the peers' versions: either changed asks for another index."""
    pins = Path(__file__).with_name("requirements-peers.txt").read_bytes()
    return hashlib.sha256(file.read_bytes() + pins).hexdigest()[:12]
