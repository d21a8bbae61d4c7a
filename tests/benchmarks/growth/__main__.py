"""Growth measured: `python -m tests.benchmarks.growth [--sizes 10000 100000 1000000] [--folder FOLDER] [--keep]`.

Each step is a process of its own. Needs the index of `make index`, whose encoder it takes.
"""

import argparse
import os
import platform
import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from indexer.versions import live_version
from tests.benchmarks.growth.apart import done_apart
from tests.benchmarks.growth.results import Results, Size
from tests.benchmarks.growth.table import lines_of

_WARMING = 20  # questions before the clock runs
_KILLED_AT = 0.5


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a size has its files."""

    folder: Path

    @property
    def corpus(self) -> str:
        return str(self.folder / "corpus.jsonl")

    @property
    def questions(self) -> str:
        return str(self.folder / "questions.jsonl")

    @property
    def index(self) -> str:
        return str(self.folder / "index")


def measured(sections: int, place: _Place, encoder: str, questions: int, resume: bool) -> Size:
    """Everything of one size."""
    place.folder.mkdir(parents=True, exist_ok=True)
    written = done_apart(
        "writing", {"corpus": place.corpus, "questions_file": place.questions, "sections": sections, "questions": questions + _WARMING}
    )
    _say(f"{sections:,}: corpus written")
    built = done_apart("building", {"corpus": place.corpus, "folder": place.index, "encoder": encoder, "remember": False})
    _say(f"{sections:,}: index built")
    served = done_apart("serving", {"folder": place.index, "questions_file": place.questions, "warming": _WARMING})
    _say(f"{sections:,}: questions answered")
    recall = done_apart("exact", {"folder": place.index, "questions_file": place.questions})
    _say(f"{sections:,}: compared with exact search")
    sentences = done_apart("sentences", {"folder": place.index, "questions_file": place.questions})
    found = built.found
    return Size.model_validate(
        {
            "passages": found["passages"],
            "written": {**written.found, "seconds": written.seconds},
            "built": {
                "seconds": built.seconds,
                "parts": found["seconds"],
                "peak": asdict(built.peak),
                **{name: found[name] for name in ("files", "documents", "sentences")},
            },
            "served": served.found,
            "recall": recall.found,
            "sentences": sentences.found,
            "resumed": _resumed(place, encoder) if resume else None,
        }
    )


def _resumed(place: _Place, encoder: str) -> dict[str, float]:
    """Kill a build when half of its texts have vectors, and build again."""
    given: dict[str, object] = {"corpus": place.corpus, "folder": f"{place.index}-resumed", "encoder": encoder, "remember": True}
    reached = 0.0

    def half(line: str) -> bool:
        nonlocal reached
        stage, share = line.rsplit(maxsplit=1)
        reached = float(share) if stage == "encoding" else 0.0
        return reached >= _KILLED_AT

    done_apart("building", given, until=half)
    found = done_apart("building", given).found
    return {"killed_at": reached, "saved": found["reused"] / (found["reused"] + found["encoded"])}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.growth", description="How Citewell grows with its documents.")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], help="passages, one in a section")
    parser.add_argument("--questions", type=int, default=200, help="of each size")
    parser.add_argument("--folder", type=Path, default=Path(".citewell/growth"), help="of corpora and indexes; some 10 GB for a million")
    parser.add_argument("--keep", action="store_true", help="leave corpora and indexes there")
    parser.add_argument("--index", type=Path, default=Path(os.environ.get("CITEWELL_INDEX", ".citewell/index")), help="that has an encoder")
    parser.add_argument("--resume-up-to", type=int, default=10_000, help="passages of the largest size at which a build is killed too")
    parser.add_argument("--output", type=Path, default=Path(".citewell/growth.json"))
    return parser.parse_args()


def main() -> int:
    """Measure every size, say what came of it, and write it down. Returns the exit code."""
    given = _arguments()
    encoder = str(live_version(given.index) / "encoder")
    sizes: list[Size] = []
    for sections in sorted(given.sizes):
        place = _Place(given.folder / f"{sections}")
        sizes.append(measured(sections, place, encoder, given.questions, sections <= given.resume_up_to))
        if not given.keep:
            shutil.rmtree(place.folder)
        results = Results(machine=_machine(), questions=given.questions, sizes=tuple(sizes))
        results.save(given.output)
    sys.stdout.write("\n".join(lines_of(results)) + "\n")
    return 0


def _machine() -> str:
    return f"{os.cpu_count()} processors ({platform.machine()}), Python {platform.python_version()}"


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
