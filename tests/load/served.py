"""`citewell serve` as a process of its own, and what the kernel tells of it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

_CITEWELL = Path(sys.executable).parent / "citewell"
_START_LINE = "serving on http://"
_START, _STOP = 60.0, 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs. `data` is its data folder, `temporary` its folder for temporary files."""

    process: subprocess.Popen[bytes]
    port: int
    workers: int
    data: Path
    temporary: Path
    log_file: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def worker_pids(self) -> list[int]:
        """The processes that answer."""
        if self.workers == 1:
            return [self.pid]
        return [child for child in children(self.pid) if "spawn_main" in command_of(child)]

    def shared(self) -> Path | None:
        """The folder in which workers count together, None where there is but one."""
        for pid in self.worker_pids():
            with suppress(FileNotFoundError, ProcessLookupError):
                for entry in Path(f"/proc/{pid}/environ").read_text().split("\0"):
                    if entry.startswith("PROMETHEUS_MULTIPROC_DIR="):
                        return Path(entry.partition("=")[2])
        return None

    def connections(self) -> dict[int, int]:
        """How many connections each worker holds."""
        ours = _established(self.port)
        return {pid: len(ours & _sockets(pid)) for pid in self.worker_pids()}

    def log(self) -> list[dict[str, Any]]:
        """The events logged so far; of a line that is no event, its text."""
        return [_event(line) for line in self.log_file.read_text(encoding="utf-8").splitlines()]

    def logged(self, words: str) -> list[str]:
        """The events, but for requests, that hold some words."""
        return [event["event"] for event in self.log() if words in event["event"]]

    def errors(self) -> list[str]:
        """What was logged as an error, or printed past the log."""
        told = [event for event in self.log() if _START_LINE not in event["event"]]
        return [event["event"] for event in told if event.get("level") not in ("info", "warning")]

    def is_ready(self) -> bool:
        with suppress(URLError, OSError), urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as reply:
            return bool(reply.status == 200)
        return False

    def stop(self) -> int:
        """End it as an operator does. Returns its exit code."""
        with suppress(ProcessLookupError):
            self.process.terminate()
        return self.process.wait(_STOP)


@contextmanager
def serving(folder: Path, index: Path, workers: int = 1, disk: Path | None = None, **settings: object) -> Iterator[Served]:
    """A server on an index, once it is ready; whatever happens, it has ended afterwards, and all of its processes.

    What it writes goes into folders on a `disk`, or beside its log.
    """
    data, temporary = (disk or folder) / "data", (disk or folder) / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    port, log_file = free_port(), folder / f"server-{time.monotonic_ns()}.log"
    command = [str(_CITEWELL), "serve", "--port", str(port), "--workers", str(workers)]
    with log_file.open("wb") as log:
        environment = _environment(INDEX=index.absolute(), DATA=data, **settings) | {"TMPDIR": str(temporary)}
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    served = Served(process, port, workers, data, temporary, log_file)
    try:
        wait_for(lambda: served.is_ready() and (workers == 1 or _all_listen(served)), _START, lambda: process.poll() is not None)
        yield served
    finally:
        workers_left = [] if process.poll() is not None else children(process.pid)
        with suppress(subprocess.TimeoutExpired):
            served.stop()
        for pid in [*([process.pid] if process.poll() is None else []), *filter(_is_running, workers_left)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait(_STOP)


def wait_for(holds: Callable[[], bool], seconds: float, is_hopeless: Callable[[], bool] = lambda: False) -> float:
    """Wait until something holds. Returns the seconds that took; raises TimeoutError."""
    begun = time.monotonic()
    while not holds():
        if time.monotonic() - begun > seconds or is_hopeless():
            raise TimeoutError
        time.sleep(0.02)
    return time.monotonic() - begun


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children(pid: int) -> list[int]:
    """The processes that a process has started, and that still run."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _is_running(pid: int) -> bool:
    return str(_CITEWELL.parent) in command_of(pid)


def _all_listen(served: Served) -> bool:
    """Whether each worker has come so far as to serve: its counts stand where all count together."""
    pids, folder = served.worker_pids(), served.shared()
    started = {file.stem.rsplit("_", 1)[1] for file in folder.glob("gauge_livesum_*.db")} if folder else set()
    return len(pids) == served.workers and started >= set(map(str, pids))


def _environment(**settings: object) -> dict[str, str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("CITEWELL_", "PROMETHEUS_"))}
    return bare | {f"CITEWELL_{name.upper()}": str(value) for name, value in settings.items()}


def _event(line: str) -> dict[str, Any]:
    with suppress(ValueError):
        value = json.loads(line)
        if isinstance(value, dict):
            return value
    return {"event": line}


def _established(port: int) -> set[str]:
    """The inodes of the server's side of connections to a port."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {row[9] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "01"}


def _sockets(pid: int) -> set[str]:
    found = set()
    with suppress(FileNotFoundError, ProcessLookupError):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                target = str(descriptor.readlink())
                if target.startswith("socket:["):
                    found.add(target[8:-1])
    return found
