"""The machine and the software that were measured, as the figures hang on both."""

import os
import platform
import subprocess
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from indexer.index import Index
from tests.benchmarks.bench import Bench

_BUSY = 0.5  # of the processors
_OURS = ("citewell", "onnxruntime", "faiss-cpu", "tokenizers", "numpy")
_THEIRS = ("haystack-ai", "langchain-community", "llama-index-core", "txtai", "sentence-transformers", "torch", "faiss-cpu")
_VERSIONS = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"


def described(bench: Bench) -> dict[str, object]:
    """Processor, memory and versions."""
    found = Index.load(bench.index)
    counts = found.manifest.counts.model_dump()
    found.store.close()
    return {
        "processor": _field(Path("/proc/cpuinfo"), "model name"),
        "processors": os.cpu_count(),
        "memory": _field(Path("/proc/meminfo"), "MemTotal"),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load": os.getloadavg()[0],
        "index": {"digest": found.digest, **counts},
        "citewell": {name: version(name) for name in _OURS},
        "peers": _peer_versions(bench),
    }


def remarks(results: Mapping[str, Any]) -> list[str]:
    """What whoever reads the figures should know: which peers are not measured, and whether the machine had other work."""
    problems = {name: why for part in results["problems"].values() for name, why in part.items()}
    lacking = [f"{name} is not measured: {why}" for name, why in problems.items()]
    machine = results["machine"]
    busy = machine["load"] > _BUSY * machine["processors"]
    return [
        *lacking,
        *([f"the machine had other work as this began (load {machine['load']:.1f}): the figures tell little"] if busy else []),
    ]


def _peer_versions(bench: Bench) -> dict[str, str]:
    command = [str(bench.python), "-c", _VERSIONS, *_THEIRS]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=bench.environment)
    except (OSError, subprocess.CalledProcessError):
        return {}
    return dict(zip(_THEIRS, done.stdout.split(), strict=True))


def _field(file: Path, name: str) -> str:
    """A field of a file that the kernel writes; empty where there is none."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return next((" ".join(line.partition(":")[2].split()) for line in lines if line.startswith(name)), "")
