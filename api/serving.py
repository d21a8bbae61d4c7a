"""`citewell serve`: one process, or several that share the index's files, behind one socket."""

import os
import resource
import socket
import tempfile
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Annotated

import typer

from api.keys import Keyring
from api.options import IndexOption, index_folder, read_settings, say
from api.settings import METRICS_FOLDER, PREFIX
from indexer.errors import IndexerError


def serve_command(
    host: Annotated[str | None, typer.Option(help="Address to listen on [CITEWELL_HOST, else 127.0.0.1].")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on [CITEWELL_PORT, else 8000].")] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="Processes [CITEWELL_WORKERS, else 1].")] = None,
    index: IndexOption = None,
) -> None:
    """Serve the HTTP API and the documents' pages."""
    from api.slow_senders import PatientProtocol
    from api.workers import run

    settings = read_settings()
    Keyring(settings.data).current()
    host, port = host or settings.host, settings.port if port is None else port
    workers = workers or settings.workers
    check_address(host, port)
    _raise_file_limit()
    # One process that is told to end has no time to remove a folder.
    with tempfile.TemporaryDirectory(prefix="citewell-", dir=_memory()) if workers > 1 else nullcontext() as shared:
        # How worker processes, and the libraries in them, hear of it.
        os.environ |= {f"{PREFIX}INDEX": str(index_folder(index)), f"{PREFIX}WORKERS": str(workers)}
        if shared:
            os.environ[METRICS_FOLDER] = shared
        say(f"serving on {address(host, port)} (stop with Ctrl+C)")
        run(
            "api.app:create_app",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            http=PatientProtocol,
            ws="none",
            access_log=False,  # it would pair addresses with the pages they read
            log_config=None,
            proxy_headers=False,  # those that are trusted are named, and none is by itself
            server_header=False,
            timeout_graceful_shutdown=settings.grace,
            timeout_worker_healthcheck=30,  # a worker that loads an index, or is kept busy, is not dead
            h11_max_incomplete_event_size=16 * 1024,
        )


def address(host: str, port: int) -> str:
    """The address of a server."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def check_address(host: str, port: int) -> None:
    """Raise IndexerError where it cannot be listened on; the server itself would say so only after it has begun, and in its own words."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as problem:
        raise IndexerError(
            f"{address(host, port)} cannot be served ({problem.strerror}); choose another with --host or --port"
        ) from problem


def _memory() -> Path | None:
    """Where there is one, a folder in memory: what counts into mapped files is killed by the system as soon as their disk is full."""
    folder = Path("/dev/shm")  # noqa: S108 -- the folder made in it has a name drawn at random, and is its owner's alone
    return folder if os.access(folder, os.W_OK | os.X_OK) else None


def _raise_file_limit() -> None:
    """Every connection is an open file: as many as this machine lets us have."""
    with suppress(OSError, ValueError):
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
