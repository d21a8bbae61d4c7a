"""API keys: who may call from outside. `keys.json` in the data folder holds their hashes; a key itself is shown once, when it is made."""

import fcntl
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import BotError, QuestionError
from indexer.errors import WriteError, shown
from indexer.whole_file import write_whole

KEYS = "keys.json"
Kind = Literal["secret", "site"]
_SECRET_BYTES = 32  # 256 bits drawn at random: nothing that a slow hash would make harder to guess
_NAME = re.compile(r"[\w .,:/@+-]{1,80}")


class KeysError(BotError):
    """keys.json cannot be trusted."""


class Key(BaseModel):
    """What is kept of a key. A site key is bound to the `origins` of the pages that may use it; a secret one has none."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    kind: Kind
    name: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    origins: tuple[str, ...] = ()
    created: date


class KeyFile(BaseModel):
    """keys.json as a whole."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    keys: tuple[Key, ...] = ()

    def find(self, presented: str) -> Key | None:
        """The key that was presented, if it is one of these; takes as long for one that is not."""
        digest = _digest(presented)
        matching = [key for key in self.keys if hmac.compare_digest(key.sha256, digest)]
        return matching[0] if matching else None

    def site_keys(self, origin: str) -> tuple[Key, ...]:
        """The site keys that pages of an origin may use."""
        return tuple(key for key in self.keys if origin in key.origins)

    @property
    def has_site_keys(self) -> bool:
        """Whether pages of any origin may call."""
        return any(key.kind == "site" for key in self.keys)


class Keyring:
    """The keys of a data folder, read again when their file changes: one that was revoked is refused from the next request on."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / KEYS
        self._seen: tuple[int, ...] | None = None
        self._keys = KeyFile()

    def current(self) -> KeyFile:
        """The keys as they are now. Raises KeysError for a file that cannot be trusted: then nobody is let in by a key."""
        seen = self._mark()
        if seen != self._seen:
            self._keys = _read(self._file)
            self._seen = seen
        return self._keys

    def create(self, kind: Kind, name: str, origins: tuple[str, ...], today: date) -> tuple[str, Key]:
        """A new key, and what is kept of it. Raises QuestionError, KeysError or WriteError."""
        if not _NAME.fullmatch(name):
            raise QuestionError(f"--name {name!r} is no name for a key; use up to 80 letters, digits, spaces and . , : / @ + -")
        checked = tuple(dict.fromkeys(map(checked_origin, origins)))
        if (kind == "site") != bool(checked):
            raise QuestionError("a site key is bound to the pages that use it, a secret one to none; give --site and --origin together")
        with self._changing() as keys:
            number = secrets.token_hex(4)
            presented = f"cw_{kind}_{number}_{secrets.token_urlsafe(_SECRET_BYTES)}"
            key = Key(id=number, kind=kind, name=name, sha256=_digest(presented), origins=checked, created=today)
            self._write(KeyFile(keys=(*keys.keys, key)))
        return presented, key

    def revoke(self, name: str) -> Key:
        """Let a key no longer in, by its id. Raises QuestionError, KeysError or WriteError."""
        with self._changing() as keys:
            key = next((key for key in keys.keys if key.id == name), None)
            if key is None:
                raise QuestionError(f"there is no key {name!r}; `citewell keys list` shows those there are")
            self._write(KeyFile(keys=tuple(other for other in keys.keys if other != key)))
        return key

    def _mark(self) -> tuple[int, ...]:
        """What changes when the file does; empty where there is none."""
        try:
            state = self._file.stat()
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as problem:
            raise KeysError(f"{shown(self._file)} cannot be read ({problem.strerror}); check its permissions") from problem
        return (state.st_ino, state.st_mtime_ns, state.st_size)

    @contextmanager
    def _changing(self) -> Iterator[KeyFile]:
        """The keys, while nobody else changes them."""
        folder = self._file.parent
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = (folder / "lock").open("a")
        except OSError as problem:
            raise WriteError(f"{shown(folder)} cannot be written ({problem.strerror}); choose another with CITEWELL_DATA") from problem
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield self.current()

    def _write(self, keys: KeyFile) -> None:
        write_whole(self._file, keys.model_dump_json(indent=1) + "\n", mode=0o600)


def checked_origin(text: str) -> str:
    """An origin as browsers send it: scheme and host, in lower case, the port where it is no usual one. Raises QuestionError."""
    written = text.strip() if text.strip().isprintable() else ""  # urlsplit passes over ends of lines
    try:
        parts = urlsplit(written)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    is_origin = parts.scheme in ("http", "https") and parts.hostname and parts.path in ("", "/") and not (parts.query or parts.fragment)
    if not is_origin or parts.username is not None or not re.fullmatch(r"[a-z0-9.:-]+", parts.hostname or ""):
        raise QuestionError(f"--origin {text!r} is no origin of a page; write it like https://www.example.org")
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    is_usual = port in (None, {"http": 80, "https": 443}[parts.scheme])
    return f"{parts.scheme}://{host}" if is_usual else f"{parts.scheme}://{host}:{port}"


def _read(file: Path) -> KeyFile:
    try:
        return KeyFile.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return KeyFile()
    except (OSError, ValidationError) as problem:
        what = problem.strerror if isinstance(problem, OSError) else "it is not of the form that `citewell keys` writes"
        raise KeysError(f"{shown(file)} cannot be read ({what}); mend it, or remove it and make new keys") from problem


def _digest(presented: str) -> str:
    return hashlib.sha256(presented.encode("utf-8", "surrogatepass")).hexdigest()
