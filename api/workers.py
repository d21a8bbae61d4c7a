"""Worker processes behind one socket: what uvicorn leaves behind when one of them dies, or all are told to end."""

from contextlib import suppress
from typing import Any

import uvicorn
from prometheus_client import multiprocess
from uvicorn.supervisors import Multiprocess


class Workers(Multiprocess):
    """uvicorn's supervisor of worker processes."""

    def keep_subprocess_alive(self) -> None:
        """Replace those that died; what they told of work at hand is no longer so."""
        for process in self.processes:
            process.child_conn.close()  # its own alone: of one that dies while it is asked how it is, no reply is waited for
        before = {process.pid for process in self.processes}
        super().keep_subprocess_alive()
        for pid in before - {process.pid for process in self.processes}:
            multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]

    def terminate_all(self) -> None:
        """Tell all to end, and hold their socket no longer: whoever connected to it now would wait for nobody."""
        super().terminate_all()
        for listening in self.sockets:
            listening.close()


def run(application: str, *, workers: int, **options: Any) -> None:
    """Serve an application, as uvicorn.run does, until told to end."""
    if workers == 1:
        uvicorn.run(application, **options)
        return
    config = uvicorn.Config(application, workers=workers, **options)
    with suppress(KeyboardInterrupt):
        Workers(config, [config.bind_socket()]).run()
