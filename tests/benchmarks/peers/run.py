"""One peer, in the peers' environment: `python -m tests.benchmarks.peers.run NAME MODEL`, then as `worker` says.

With a folder and a question behind them it is the least script there is: it loads the index, and prints the passages for the question.
"""

import sys
from importlib import import_module
from pathlib import Path
from typing import cast

from tests.benchmarks.peers.system import System
from tests.benchmarks.peers.worker import serve

CLASSES = {
    "Haystack": ("haystack_peer", "HaystackPeer"),
    "LangChain": ("langchain_peer", "LangChainPeer"),
    "LlamaIndex": ("llama_index_peer", "LlamaIndexPeer"),
    "txtai": ("txtai_peer", "TxtaiPeer"),
}


def begun(name: str, model: Path) -> System:
    """A peer by its name; no other's libraries are loaded."""
    module, kind = CLASSES[name]
    return cast(System, getattr(import_module(f"tests.benchmarks.peers.{module}"), kind)(model))


def main(name: str, model: str, folder: str = "", question: str = "") -> None:
    """Serve requests, or answer one question."""
    if not folder:
        serve(lambda: begun(name, Path(model)))
        return
    system = begun(name, Path(model))
    system.open(Path(folder))
    print("\n".join(system.search(question, 10)))


if __name__ == "__main__":
    main(*sys.argv[1:])
