"""`citewell doctor`: looks at the installation, the settings and the index, and says what mends what is wrong."""

import os
import platform
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

from api.findings import Finding
from api.keys import Keyring, KeysError
from api.settings import Settings, unknown_variables
from bot.calibration import load_calibration
from bot.errors import BotError, QuestionError
from bot.pipeline import Bot, software_version
from indexer.errors import IndexDamagedError, IndexerError, IndexUnusableError, ModelError
from indexer.export import fingerprint, locate_model
from indexer.index import Index, version_problem
from indexer.manifest import read_manifest
from indexer.versions import index_lock, leftovers, list_versions, live_or_none, live_version

# Those that no package for serving brings along.
_NEEDED_TO_INDEX = (
    "sentence_transformers",
    "torch",
    "onnx",
    "mdit_py_plugins",
    "lxml",
    "syntok",
    "pypdfium2",
    "chardet",
    "pathspec",
)
_NEEDED_SPACE = 300 * 2**20  # bytes: a version with its encoder, and what an export takes on the way


def examine(settings: Callable[[], Settings], folder: Path | None) -> list[Finding]:
    """Every finding, from the installation to the index. `folder` wins over the setting."""
    found = [_software(), _packages(), _rules()]
    try:
        read = settings()
    except QuestionError as problem:
        return [*found, Finding.of("settings", problem)]
    folder = folder or read.index
    serving = (_settings(), _keys(read.data), _data(read))
    return [*found, *serving, *_index(folder), *_versions(folder), *_work(folder), *_model(folder)]


def _settings() -> Finding:
    strangers = unknown_variables()
    if strangers:
        return Finding(f"no settings, though they look like some: {', '.join(strangers)}", "unset them; README.md lists those there are")
    return Finding("settings")


def _keys(folder: Path) -> Finding:
    """Whom a server would answer."""
    try:
        keys = Keyring(folder).current().keys
    except KeysError as problem:
        return Finding.of("keys", problem)
    if not keys:
        return Finding("keys: none, so only this machine and the server's own pages are answered")
    return Finding(f"keys: {sum(key.kind == 'secret' for key in keys)} secret, {sum(key.kind == 'site' for key in keys)} for pages")


def _data(settings: Settings) -> Finding:
    """Where counts, and texts if a site keeps them, are written."""
    folder = settings.data
    above = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    if settings.insights and not (above.is_dir() and os.access(above, os.W_OK)):
        return Finding(f"counts cannot be written into {folder}", "check its permissions, or choose another with CITEWELL_DATA")
    if settings.store_text:
        return Finding(f"questions are kept in {folder} for {settings.retention_days} days, without names and numbers")
    return Finding("no question is kept")


def _software() -> Finding:
    return Finding(f"citewell {software_version()}, Python {platform.python_version()}, {platform.system()} {platform.machine()}")


def _packages() -> Finding:
    missing = [name for name in _NEEDED_TO_INDEX if find_spec(name) is None]
    if len(missing) == len(_NEEDED_TO_INDEX):
        return Finding("an installation that serves; indexing would need `pip install 'citewell[index]'`")
    if missing:
        return Finding(f"packages for indexing are missing: {', '.join(missing)}", "run `pip install 'citewell[index]'`")
    return Finding("packages for serving and indexing")


def _rules() -> Finding:
    """The safety rules shipped with the software: they must hold even where everything else fails."""
    try:
        Bot.without_index()
    except (IndexerError, BotError) as problem:
        return Finding(f"safety rules: {problem}", "run `pip install --force-reinstall citewell`")
    return Finding("safety rules and helplines")


def _index(folder: Path) -> Iterator[Finding]:
    """The live version, loaded as a server would."""
    try:
        index = Index.load(folder)
    except IndexUnusableError as problem:
        yield Finding.of("index", problem)
        return
    index.store.close()
    counts = index.manifest.counts
    yield Finding(f"index {folder}: version {live_version(folder).name} is live, {counts.documents} documents, {counts.passages} passages")
    yield _calibration(index)


def _calibration(index: Index) -> Finding:
    """What decides when to answer: fitted for this index, or what is shipped."""
    try:
        file = load_calibration(index).file
    except IndexDamagedError as problem:
        return Finding.of("calibration", problem)
    if file is None:
        return Finding("calibration: as shipped; `citewell calibrate --gold FILE` would fit it to these documents")
    return Finding(f"calibration: fitted on the gold set {file.gold[:12]} for a risk of {file.target_risk:.1%}, at most {file.bound:.1%}")


def _versions(folder: Path) -> Iterator[Finding]:
    """The versions that could be gone back to."""
    live = live_or_none(folder)
    for version in list_versions(folder):
        if version != live:
            problem = version_problem(version)
            what = f"version {version.name} (not live)"
            yield Finding(f"{what}: {problem.rpartition('; ')[0]}", f"nothing uses it, so remove {version}") if problem else Finding(what)


def _work(folder: Path) -> Iterator[Finding]:
    """What the next run of `citewell index` would find."""
    if not folder.is_dir():
        return
    if not os.access(folder, os.W_OK):
        yield Finding(f"{folder} is read-only; it can be served from, not indexed into")
        return
    free = shutil.disk_usage(folder).free
    if free < _NEEDED_SPACE:
        yield Finding(f"{free // 2**20} MB are free on the disk of {folder}", f"free {_NEEDED_SPACE // 2**20} MB before indexing")
    try:
        with index_lock(folder):
            left = leftovers(folder)
    except IndexerError as problem:
        yield Finding(str(problem).rpartition("; ")[0])
        return
    except OSError:  # no room for the lock, which has been said
        left = leftovers(folder)
    if left:
        yield Finding(f"a run was cut short and left {', '.join(map(str, left))}", "run `citewell index`, which sweeps that away")
    yield from _cache(folder / "cache" / "embeddings.sqlite")


def _cache(file: Path) -> Iterator[Finding]:
    if not file.exists():
        return
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            state = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            count = connection.execute("SELECT count(*) FROM vectors").fetchone()[0]
    except sqlite3.Error as problem:
        state, count = str(problem), 0
    if state != "ok":
        yield Finding(f"embedding cache {file} is damaged ({state})", "run `citewell index`, which begins it anew, or remove it")
    else:
        yield Finding(f"embedding cache: {count:,} vectors, {file.stat().st_size / 2**20:.1f} MB")


def _model(folder: Path) -> Iterator[Finding]:
    """Whether the model that is installed is the one the index was built with."""
    try:
        manifest = read_manifest(live_version(folder))
        installed = fingerprint(locate_model(manifest.config.model))
    except (IndexUnusableError, ModelError):
        return  # no index, which has been said, or an installation that only serves
    if installed != manifest.encoder.fingerprint:
        yield Finding(f"the model {manifest.config.model} is not what it was when the index was built", "run `citewell index`")
    else:
        yield Finding(f"model {manifest.config.model}")
