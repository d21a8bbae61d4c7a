"""manifest.json: what an index version is made of, and the checks that it still is."""

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from indexer.embedder import EncoderSettings
from indexer.errors import IndexDamagedError
from indexer.vector_index import VectorKind

MANIFEST = "manifest.json"
DIGEST_LENGTH = 12  # so much of the manifest's sha256 ends the name of a version's folder
FORMAT = 6  # raised with every change that an older or newer reader would trip over
REBUILD = "run `citewell index` to build it again"


class ManifestConfig(BaseModel):
    """The IndexConfig a version was built with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str
    passage_tokens: int


class ManifestCounts(BaseModel):
    """How much a version holds; each of them but documents has a vector."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    documents: int
    passages: int
    sentences: int
    keys: int
    words: int


class Manifest(BaseModel):
    """Holds no time and no path: the same documents, settings and model give the same manifest, byte for byte.

    `probe` is the vector of PROBE_TEXT: an encoder that computes something else is found out whatever its name. `files` maps
    each file's path in the version folder to its sha256, `kinds` each vector index to how it compares vectors.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int = FORMAT
    config: ManifestConfig
    corpus_digest: str
    encoder: EncoderSettings
    probe: tuple[float, ...]
    counts: ManifestCounts
    kinds: dict[str, VectorKind]
    files: dict[str, str]


def file_digest(file: Path) -> str:
    """sha256 of a file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def list_files(folder: Path) -> dict[str, str]:
    """Path and sha256 of every file below a folder."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # sha256 lets other threads run
        return dict(zip((file.relative_to(folder).as_posix() for file in files), pool.map(file_digest, files), strict=True))


def read_manifest(version: Path) -> Manifest:
    """The manifest of a version. Raises IndexDamagedError."""
    try:
        content = (version / MANIFEST).read_bytes()
    except OSError as problem:
        raise IndexDamagedError(f"the index in {version} has no readable {MANIFEST}; {REBUILD}") from problem
    if not version.name.endswith(hashlib.sha256(content).hexdigest()[:DIGEST_LENGTH]):
        raise IndexDamagedError(f"{version / MANIFEST} has changed since it was written; {REBUILD}")
    found = _format(content)
    if found != FORMAT:
        raise IndexDamagedError(f"the index in {version} is of format {found!r}, and this software reads format {FORMAT}; {REBUILD}")
    try:
        return Manifest.model_validate_json(content)
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "its JSON"
        raise IndexDamagedError(f"{version / MANIFEST} is not of this version's format ({where}: {first['msg']}); {REBUILD}") from problem


def _format(content: bytes) -> Any:
    """The format a manifest says it has; None where it is no manifest at all."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return value.get("format") if isinstance(value, dict) else None


def check_files(version: Path, manifest: Manifest) -> None:
    """Compare every file with its checksum. Raises IndexDamagedError naming the first that is missing or changed."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = [pool.submit(file_digest, version / name) for name in manifest.files]
    for (name, digest), future in zip(manifest.files.items(), found, strict=True):
        try:
            is_same = future.result() == digest
        except OSError as problem:
            raise IndexDamagedError(f"the index file {version / name} cannot be read ({problem.strerror}); {REBUILD}") from problem
        if not is_same:
            raise IndexDamagedError(f"the index file {version / name} has changed since it was written; {REBUILD}")
