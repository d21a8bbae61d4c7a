"""Servers that end while clients ask: one of two workers by force, and all of them as an operator ends them."""

import asyncio
import os
import signal
import socket
import sqlite3
import time
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path
from urllib.request import urlopen

from tests.load.fleet import ask_during
from tests.load.outcome import Outcome
from tests.load.questions import mostly_repeated, titles
from tests.load.served import Served, serving, wait_for

_CLIENTS = 12
_SECONDS = 30.0  # within which a worker has been replaced
_MANY, _GRACE = 48, 10
_CROSSING = 8  # requests on their way into a connection just then closed, or not let in yet; where clients are not told, nearly all


def killed_worker(folder: Path, index: Path, seconds: float) -> Outcome:
    """One of two workers is killed: the requests on its connections break, no other; another worker takes its place."""
    found = Outcome()
    questions = mostly_repeated(5, 0.3, titles(index, 30))
    with serving(folder, index, 2, queue=_CLIENTS) as served:
        tally, (when, held, back, was_ready) = asyncio.run(
            ask_during(lambda: _kill_one(served, seconds), served.port, _CLIENTS, questions, per_connection=10)
        )
        gauges = _gauges(served.port)
        time.sleep(1)  # what was counted is written twice a second
        code = served.stop()
    answered, counted = tally.count(200), _counted(served.data)
    late = [problem for problem in tally.broken if problem.sent > when + 1]
    found.note_tally(tally)
    found.note("requests that broke, of connections the worker held", f"{len(tally.broken)} of {held}")
    found.note("seconds until another worker serves", back)
    found.note("answers given, and counted", f"{answered}, {counted}")
    found.note("gauges of the queue when all was quiet again", gauges)
    found.expect(not (set(tally.seconds) - {200}), f"statuses other than 200: {tally.statuses()}")
    found.expect(len(tally.broken) <= held, f"{len(tally.broken)} requests broke, but the worker held {held} connections")
    found.expect(not late, f"{len(late)} requests broke long after the worker was killed")
    found.expect(was_ready, "/readyz was not ready with the worker that was left")
    # A count is written up to half a second after its answer: so much is lost with a worker, and no more.
    found.expect(answered - 1.5 * tally.rate() - 5 <= counted <= answered + len(tally.broken), f"{counted} counted of {answered} answers")
    found.expect(set(gauges.values()) == {0.0}, f"gauges tell of work that nobody does: {gauges}")
    found.expect(code == 0, f"it ended with {code}")
    return found


def stopped(folder: Path, index: Path, seconds: float, workers: int) -> Outcome:
    """SIGTERM: what has been accepted is answered, what comes later is not let in, and it ends in time."""
    found = Outcome()
    questions = mostly_repeated(6, 1.0, titles(index, 30))
    with serving(folder, index, workers, queue=_MANY, grace=_GRACE) as served:
        shared = served.shared()
        tally, (when, took, code, probes) = asyncio.run(ask_during(lambda: _terminate(served, seconds), served.port, _MANY, questions))
        errors, left = served.errors(), [*served.temporary.iterdir(), *([shared] if shared and shared.exists() else [])]
        answered, counted = tally.count(200), _counted(served.data)
    before = [problem for problem in tally.broken if 0 < problem.sent < when]
    after = [problem for problem in tally.broken if problem.sent >= when]
    found.note("workers", workers)
    found.note_tally(tally)
    found.note("requests sent before the signal, and not answered", len(before))
    found.note("requests sent after it into a connection that was closing", len(after))
    found.note("seconds to end, and exit code", f"{took:.1f}, {code}")
    found.note("what became of new connections until it had ended", dict(probes))
    found.note("answers given, and counted", f"{answered}, {counted}")
    found.expect(not before, f"{len(before)} accepted requests were not answered")
    found.expect(len(after) <= _CROSSING, f"{len(after)} requests were sent into connections that were not said to be closing")
    found.expect(took < _GRACE, f"it took {took:.1f} s to end")
    found.expect(code in (0, -signal.SIGTERM), f"it ended with {code}")
    found.expect(counted == answered, f"{counted} counted of {answered} answers")
    found.expect(not errors, f"errors in the log: {errors[:3]}")
    found.expect(not left, f"temporary files were left: {left}")
    return found


def _kill_one(served: Served, seconds: float) -> tuple[float, int, float, bool]:
    """When a worker was killed, the connections it held at most, the seconds until another serves, and whether it was ready meanwhile."""
    time.sleep(seconds / 2)
    held = served.connections()
    victim = max(held, key=lambda pid: held[pid])
    when = time.perf_counter()
    os.kill(victim, signal.SIGKILL)
    most = max(held[victim], _CLIENTS)
    was_ready = served.is_ready()

    def is_replaced() -> bool:
        pids = served.worker_pids()
        return victim not in pids and len(pids) == 2 and all(served.connections().values())

    back = wait_for(is_replaced, _SECONDS)
    time.sleep(seconds / 2)
    return when, most, back, was_ready and served.is_ready()


def _terminate(served: Served, seconds: float) -> tuple[float, float, int, Counter[str]]:
    """When it was told to end, how long that took, its exit code, and what became of new connections meanwhile."""
    time.sleep(seconds)
    when, probes = time.perf_counter(), Counter[str]()
    served.process.terminate()
    while served.process.poll() is None and time.perf_counter() < when + _SECONDS:
        probes[_new_connection(served.port)] += 1
    return when, time.perf_counter() - when, served.process.wait(1), probes


def _new_connection(port: int) -> str:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.3) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return "served" if connection.recv(1) else "closed"
    except TimeoutError:
        return "left to wait"
    except ConnectionRefusedError:
        return "refused"
    except OSError:
        return "reset"


def _counted(data: Path) -> int:
    """The answers that were counted, in a file that is whole."""
    with closing(sqlite3.connect(data / "insights.sqlite")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return int(connection.execute("SELECT SUM(count) FROM counts WHERE kind = 'answer'").fetchone()[0] or 0)


def _gauges(port: int) -> dict[str, float]:
    """What is waiting and what runs, once each worker has looked again."""
    names = ("citewell_queue", "citewell_running")

    def read() -> dict[str, float]:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as reply:
            lines = reply.read().decode().splitlines()
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#")) if name in names}

    with suppress(TimeoutError):
        wait_for(lambda: not any(read().values()), 5)
    return read()
