"""A module of ours run in a process of its own, that is spoken to through a connection and ends with it."""

import os
import subprocess
import sys
from multiprocessing.connection import Connection, Pipe


def start_process(module: str) -> tuple["subprocess.Popen[bytes]", Connection]:
    """A new process that runs a module, and our end of the connection; the module is told the number of its own end's file."""
    ours, theirs = Pipe()
    process = subprocess.Popen(  # noqa: S603 -- this very interpreter
        [sys.executable, "-m", module, str(theirs.fileno())],
        pass_fds=[theirs.fileno()],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # what libraries have to say of a document; what went wrong is told by the end of the process
        start_new_session=True,  # Ctrl+C is for us; the other process ends with the connection
    )
    theirs.close()
    return process, ours
