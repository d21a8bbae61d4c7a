"""Work done in a process of its own, so that what it takes is its own: what it found, how long it took and how much memory."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.growth.memory import Memory, watched

PROGRESS = "% "  # begins a line that is no result


@dataclass(frozen=True, slots=True)
class Done:
    """What a process found, the seconds it took from its first line to its last, and the most memory that it and its children held."""

    found: dict[str, Any]
    seconds: float
    peak: Memory


def done_apart(module: str, given: Mapping[str, object], until: Callable[[str], bool] = lambda line: False) -> Done:
    """Run a module of this package with what is given, and wait for its result.

    `until` is told its lines of progress; where it says so, the process and its children are killed. Raises RuntimeError where it fails.
    """
    command = [sys.executable, "-m", f"{__package__}.{module}", json.dumps(given)]
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process, watched(process.pid) as peak:
        found, is_killed = None, False
        assert process.stdout is not None
        for line in process.stdout:
            if not line.startswith(PROGRESS):
                found = json.loads(line)
            elif not is_killed and until(line.removeprefix(PROGRESS).strip()):
                is_killed = True
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        code = process.wait()
    if found is None and not is_killed:
        raise RuntimeError(f"{module} ended with {code} and no result")
    return Done(found or {}, time.perf_counter() - begun, peak.memory)


def answer(work: Callable[..., dict[str, Any]]) -> None:
    """What a module run by `done_apart` does: the work, with what it was given, and its result in one line."""
    found = work(**json.loads(sys.argv[1]))
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()
