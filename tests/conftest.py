"""What tests share: a folder of documents in every format, and indexes built once."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.pipeline import Bot
from indexer.build import Summary, build_index
from indexer.config import IndexConfig
from indexer.corpus_tables import CorpusTables, load_tables
from indexer.export import fingerprint
from indexer.index import Index
from indexer.progress import Progress
from indexer.readers import Reading, find_files, read_documents
from indexer.readers.reader import read_file
from tests.tiny_encoder import write_tiny_encoder

CORPUS = Path(__file__).parent.parent / "corpus"
BUILT_CACHE = Path(__file__).parent.parent / ".citewell" / "index" / "cache"

MIXED = {
    "tea.md": """---
id: tea
title: Tea
reviewed: 2026-01-15
review_due: 2026-06-01
asked:
  how-long-should-tea-steep:
    - brewing time for tea
---

## What is tea?

Tea is a drink made from the leaves of one plant.[^1] It is drunk hot or cold.

## How long should tea steep?

Black tea steeps for three to five minutes. Green tea steeps for two minutes; longer makes green tea bitter.

Does tea go stale? Old tea tastes flat.

Tea keeps well when it is:

- kept dry
- kept away from light

| Tea | Water |
|---|---|
| Green | 80 degrees |
| Black | 100 degrees |

[^1]: Tea board handbook, https://tea.example/handbook
""",
    "bread.txt": """Sourdough bread

Feeding the starter

A sourdough starter is fed with flour and water every day. A hungry starter smells
of vinegar and sinks in the jar.

Baking
The loaf bakes for forty minutes in a very hot oven with some steam at the beginning.
""",
    "bees.html": """<html><head><title>Honey bees</title></head><body><nav><a href="/">Home</a><a href="/shop">Shop our gifts</a></nav>
<main><h1>Honey bees</h1><p>Honey bees live in colonies of many thousands. A colony has a single queen.</p>
<h2>Swarms</h2><p>A swarm leaves the hive in late spring with the old queen. Swarms rarely sting.</p>
<ul><li>Drones have no sting.</li><li>Workers live six weeks in summer.</li></ul></main>
<footer>Copyright, cookie policy and newsletter</footer></body></html>""",
    "notes.jsonl": '{"id": "moon", "title": "The Moon", "text": "The Moon orbits the Earth in 27 days. The Moon has no air.", '
    '"url": "https://sky.example/moon"}\n{"id": "mars", "title": "Mars", "text": "Mars has two small moons, Phobos and Deimos."}\n',
}


@pytest.fixture(scope="session")
def tables() -> CorpusTables:
    """The shipped tables without the exemplars of their safety rules, which take a quarter of a minute to fit on."""
    shipped = load_tables()
    return replace(shipped, safety={**shipped.safety, "exemplars": {}})


@pytest.fixture(scope="session")
def mixed_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four small documents' worth of files, one of each format."""
    folder = tmp_path_factory.mktemp("mixed")
    for name, text in MIXED.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def read_folder(folder: Path, tables: CorpusTables) -> Reading:
    """Every document of a folder, read in this process."""
    return read_documents(find_files([folder]).files, lambda file: read_file(file, tables))


def index_into(folder: Path, documents: Path, tables: CorpusTables) -> Path:
    build_index(read_folder(documents, tables), folder, IndexConfig(), tables, report=lambda line: None, progress=lambda *told: None)
    return folder


@pytest.fixture(scope="session")
def mixed_index_folder(tmp_path_factory: pytest.TempPathFactory, mixed_folder: Path, tables: CorpusTables) -> Path:
    """The mixed folder, indexed. Where `make index` has been run, what it encoded and fitted need not be computed once more."""
    folder = tmp_path_factory.mktemp("mixed-index")
    if BUILT_CACHE.is_dir():
        shutil.copytree(BUILT_CACHE, folder / "cache")
    return index_into(folder, mixed_folder, tables)


@pytest.fixture(scope="session")
def mixed_index(mixed_index_folder: Path) -> Iterator[Index]:
    index = Index.load(mixed_index_folder)
    yield index
    index.store.close()


@pytest.fixture(scope="session")
def corpus_index_folder(tmp_path_factory: pytest.TempPathFactory, mixed_index_folder: Path) -> Path:
    """The shipped corpus with the shipped tables, indexed; the encoder exported for the mixed index serves this one too."""
    folder = tmp_path_factory.mktemp("corpus-index")
    (folder / "cache").symlink_to(mixed_index_folder / "cache")
    return index_into(folder, CORPUS / "documents", load_tables())


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `--model` names for the tiny encoder. It cannot be exported: `tiny_cache` holds what an export would have made of it."""
    folder = tmp_path_factory.mktemp("tiny-model")
    (folder / "config.json").write_text("{}", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def tiny_cache(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Path:
    """The `cache` of an index folder in which nothing but the tiny encoder has been made yet."""
    cache = tmp_path_factory.mktemp("tiny-cache")
    target = cache / "encoders" / fingerprint(tiny_model)
    target.mkdir(parents=True)
    write_tiny_encoder(tiny_model, target, str(tiny_model))
    return cache


@pytest.fixture(scope="session")
def build_tiny(tiny_model: Path, tables: CorpusTables) -> Callable[..., Summary]:
    """Index a folder of documents with the tiny encoder: `build_tiny(documents, folder)`."""

    def build(
        documents: Path, folder: Path, report: Callable[[str], None] = lambda line: None, progress: Progress = lambda *told: None
    ) -> Summary:
        return build_index(read_folder(documents, tables), folder, IndexConfig(str(tiny_model)), tables, report, progress)

    return build


@pytest.fixture(scope="session")
def tiny_versions(
    tmp_path_factory: pytest.TempPathFactory, tiny_cache: Path, mixed_folder: Path, build_tiny: Callable[..., Summary]
) -> Path:
    """`index`, an index folder of two versions, and `documents`, what the live one was made of; the one before it knew no bees."""
    home = tmp_path_factory.mktemp("tiny")
    shutil.copytree(mixed_folder, home / "documents")
    shutil.copytree(tiny_cache, home / "index" / "cache")
    (home / "documents" / "bees.html").rename(home / "bees.html")
    build_tiny(home / "documents", home / "index")
    (home / "bees.html").rename(home / "documents" / "bees.html")
    build_tiny(home / "documents", home / "index")
    return home


@pytest.fixture
def tiny(tmp_path: Path, tiny_versions: Path) -> Path:
    """A copy of `tiny_versions`, to be changed at will."""
    return Path(shutil.copytree(tiny_versions, tmp_path / "tiny"))


@pytest.fixture(scope="session")
def bot(corpus_index_folder: Path) -> Iterator[Bot]:
    bot = Bot.open(corpus_index_folder)
    yield bot
    bot.usable_index().store.close()
