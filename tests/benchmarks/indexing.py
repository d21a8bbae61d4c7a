"""From texts to a saved index: texts a second, what one changed document costs, and the size on disk."""

import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from indexer.config import DEFAULT_MODEL
from indexer.embedder import load_embedder
from indexer.export import locate_model
from indexer.index import Index
from indexer.vector_index import VectorIndex
from tests.benchmarks.bench import CITEWELL, ROOT, Bench
from tests.benchmarks.citewell_index import Indexed, index
from tests.benchmarks.figures import Own, Raw, Row, ratio_words
from tests.benchmarks.peers.worker import read_texts
from tests.benchmarks.worker_process import WorkerError

TITLE = "Indexing"
READING = (
    "Citewell reads its documents, cuts them, encodes passages, sentences, ways to ask, words and exemplars, and writes all of its index; "
    "the others encode and save the passages that Citewell cut. So Citewell's texts are many and mostly short: the row of the same "
    "passages is the fairer one."
)
_CHANGES = 3
_MOST_OF_A_BUILD = 1 / 50


@dataclass(frozen=True, slots=True)
class _Corpus:
    """A copy of the documents, and the index folder they go into."""

    documents: Path
    index: Path


def measure(bench: Bench) -> Raw:
    """Seconds and texts by system; of Citewell also the seconds of runs after one document was changed."""
    with _copied(bench) as corpus:
        whole = index(bench, corpus.documents, corpus.index)
        changed = [_after_a_change(bench, corpus, number).seconds for number in range(_CHANGES)]
    texts, _ = bench.passages()
    peers = {name: found for name in bench.peers if (found := _built(bench, name, texts))}
    alone = {name: len(read_texts(texts)) / found["alone"] for name, found in peers.items()}
    return {
        "texts_a_second": {CITEWELL: whole.encoded / whole.seconds}
        | {name: found["texts"] / found["whole"] for name, found in peers.items()},
        "passages_a_second": {CITEWELL: _passages_a_second(bench, texts)} | alone,
        "whole": whole.seconds,
        "encoded": whole.encoded,
        "changed": changed,
        "disk": {CITEWELL: _size(Index.load(bench.index).folder)} | {name: found["disk"] for name, found in peers.items()},
        "encoder": {CITEWELL: _size(Index.load(bench.index).folder / "encoder")} | dict.fromkeys(peers, _model_size()),
    }


@contextmanager
def _copied(bench: Bench) -> Iterator[_Corpus]:
    """The documents, and an index folder that holds nothing but the exported encoder, which is made once for all times."""
    with tempfile.TemporaryDirectory(prefix="citewell-bench-") as home:
        corpus = _Corpus(Path(home) / "documents", Path(home) / "index")
        shutil.copytree(ROOT / "corpus" / "documents", corpus.documents)
        encoders = bench.index / "cache" / "encoders"
        if encoders.is_dir():
            shutil.copytree(encoders, corpus.index / "cache" / "encoders")
        yield corpus


def _after_a_change(bench: Bench, corpus: _Corpus, number: int) -> Indexed:
    """A run after a paragraph of one document got another sentence."""
    file = sorted(corpus.documents.rglob("*.md"))[number]
    file.write_text(changed_text(file.read_text(encoding="utf-8")), encoding="utf-8")
    return index(bench, corpus.documents, corpus.index)


def changed_text(text: str) -> str:
    """A document in Markdown with a sentence more under its first heading."""
    head, heading, rest = text.partition("\n## ")
    title, line, body = rest.partition("\n\n")
    return f"{head}{heading}{title}{line}This sentence is new. {body}"


def _built(bench: Bench, name: str, texts: Path) -> Raw | None:
    """What a peer took to index the passages: `whole` seconds of its process, `alone` those without loading libraries and model."""
    folder = bench.peer_index(name, texts)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with bench.worker(name) as worker:
            found = worker.ask("build", texts=str(texts), folder=str(folder))
            whole = time.perf_counter() - worker.started
    except WorkerError as problem:
        bench.problems[name] = str(problem)
        return None
    size = _size(folder)
    (folder / "built").touch()
    return {"whole": whole, "alone": found["seconds"], "texts": found["texts"], "disk": size}


def _passages_a_second(bench: Bench, texts: Path) -> float:
    """The same passages, encoded and written as a vector index, as the peers are timed: libraries and encoder are loaded."""
    encoder = load_embedder(Index.load(bench.index).folder / "encoder")
    passages = [one.text for one in read_texts(texts)]
    encoder.encode(passages[:2])
    with tempfile.TemporaryDirectory(prefix="citewell-bench-") as home:
        begun = time.perf_counter()
        VectorIndex.build(encoder.encode(passages)).save(Path(home) / "vectors")
        return len(passages) / (time.perf_counter() - begun)


def _model_size() -> int:
    """What the peers load of the model's folder."""
    folder = locate_model(DEFAULT_MODEL)
    return sum(file.stat().st_size for file in folder.rglob("*") if file.suffix in (".safetensors", ".json", ".txt"))


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def figures(raw: Raw) -> list[Row | Own]:
    """Rates, the share of a full build that a change costs, and sizes."""
    share = median(raw["changed"]) / raw["whole"]
    return [
        Row("texts a second, whole process", "higher", raw["texts_a_second"], 3),
        Row("the same passages a second, libraries loaded", "higher", raw["passages_a_second"]),
        Own(
            "one changed document beside a full build",
            ratio_words(share),
            f"at most {ratio_words(_MOST_OF_A_BUILD)}",
            share <= _MOST_OF_A_BUILD,
        ),
        Row("index on disk", "lower", _without_encoder(raw)),
        Row("index on disk, with the encoder that serves it", "lower", _with_encoder(raw)),
    ]


def _without_encoder(raw: Raw) -> Mapping[str, float]:
    """Citewell's version folder holds its encoder, the peers' index folders do not."""
    return {name: size - (raw["encoder"][name] if name == CITEWELL else 0) for name, size in raw["disk"].items()}


def _with_encoder(raw: Raw) -> Mapping[str, float]:
    return {name: size + (0 if name == CITEWELL else raw["encoder"][name]) for name, size in raw["disk"].items()}
