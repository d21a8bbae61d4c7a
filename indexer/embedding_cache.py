"""Vectors already computed, so that indexing again costs what changed."""

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import numpy as np

from indexer.embedder import Embedder, Vectors

_LENGTH_TOLERANCE = 0.01
_Asked = TypeVar("_Asked")
_BATCH = 256  # texts between two commits: what a killed run loses at most


class EmbeddingCache:
    """A SQLite file of float32 vectors, keyed by sha256(model fingerprint + text). `reused` and `encoded` count what was asked of it."""

    def __init__(self, file: Path, embedder: Embedder) -> None:
        self.embedder = embedder
        self.reused = 0
        self.encoded = 0
        self._file = file
        try:
            self._connection = _opened(file)
        except sqlite3.OperationalError:  # a full disk, or a file that may not be written: no reason to lose what is there
            raise
        except sqlite3.DatabaseError:
            self._connection = self._begun_anew()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._connection.close()

    def encode(self, texts: Sequence[str], advance: Callable[[int], None] = lambda done: None) -> Vectors:
        """Vectors of shape (len(texts), dimension); `advance` is told after each batch how many more are done."""
        vectors = np.empty((len(texts), self.embedder.settings.dimension), dtype=np.float32)
        for start in range(0, len(texts), _BATCH):
            batch = texts[start : start + _BATCH]
            vectors[start : start + len(batch)] = self._encode_batch(batch)
            advance(len(batch))
        return vectors

    def _encode_batch(self, texts: Sequence[str]) -> Vectors:
        keys = [self._key(text) for text in texts]
        known = self._units(self._unless_damaged(self._read, keys))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            new = {key: vector.tobytes() for key, vector in zip(missing, self.embedder.encode(list(missing.values())), strict=True)}
            self._unless_damaged(self._keep, new)
            known.update(new)
        self.encoded += len(missing)
        self.reused += len(texts) - len(missing)
        return self._vectors([known[key] for key in keys])

    def _read(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        marks = ",".join("?" * len(keys))
        return dict(self._connection.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", keys))  # noqa: S608 -- question marks

    def _keep(self, vectors: dict[bytes, bytes]) -> dict[bytes, bytes]:
        with self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO vectors (key, vector) VALUES (?, ?)", vectors.items())
        return vectors

    def _unless_damaged(self, action: Callable[[_Asked], dict[bytes, bytes]], asked: _Asked) -> dict[bytes, bytes]:
        """Do it; where the file turns out to be damaged, in one begun anew."""
        try:
            return action(asked)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            self._connection.close()
            self._connection = self._begun_anew()
            return action(asked)

    def _begun_anew(self) -> sqlite3.Connection:
        """An empty file in place of a damaged one: it holds nothing that cannot be computed again."""
        for suffix in ("", "-journal", "-wal", "-shm"):
            self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)
        return _opened(self._file)

    def _units(self, stored: dict[bytes, bytes]) -> dict[bytes, bytes]:
        """Those of the stored vectors that can be one: of the right size and of length 1."""
        sized = {key: vector for key, vector in stored.items() if len(vector) == 4 * self.embedder.settings.dimension}
        lengths = np.linalg.norm(self._vectors(list(sized.values())), axis=1)
        right = np.abs(lengths - 1) <= _LENGTH_TOLERANCE
        return {key: vector for (key, vector), is_unit in zip(sized.items(), right.tolist(), strict=True) if is_unit}

    def _vectors(self, stored: Sequence[bytes]) -> Vectors:
        """Stored vectors as rows."""
        return np.frombuffer(b"".join(stored), dtype=np.float32).reshape(len(stored), self.embedder.settings.dimension)

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(f"{self.embedder.settings.fingerprint}\0{text}".encode()).digest()


def _opened(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file)
    try:
        # Vectors one after the other as they come, keys in an index of their own: in one tree, each would be put at a random place.
        connection.execute(
            "CREATE TABLE IF NOT EXISTS vectors (number INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, vector BLOB NOT NULL)"
        )
    except sqlite3.Error:
        connection.close()
        raise
    return connection
