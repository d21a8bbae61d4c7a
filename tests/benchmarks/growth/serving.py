"""A bot on an index, asked each question once, in a process of its own.

Its seconds are those of everything but the vectors of questions, which are drawn.
"""

import os
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from bot.pipeline import Bot
from indexer.embedder import load_embedder
from indexer.stage_clock import timed_stages
from indexer.versions import live_version
from tests.benchmarks.growth.apart import answer
from tests.benchmarks.growth.asked import read_questions
from tests.benchmarks.growth.corpus import Question
from tests.benchmarks.growth.drawn import drawn_questions
from tests.benchmarks.growth.memory import memory_of

_TODAY = date(2026, 11, 29)
_FIRST = 10  # passages that are searched


def serve(folder: str, questions_file: str, warming: int) -> dict[str, Any]:
    """Load a bot, ask it the first questions to warm it up, and the others while the clock runs."""
    questions = read_questions(Path(questions_file))
    asked = [question.text for question in questions[warming:]]
    before = memory_of(os.getpid())
    begun = time.perf_counter()
    with drawn_questions():
        bot = Bot.load(Path(folder))
    loading = time.perf_counter() - begun
    loaded = memory_of(os.getpid())
    statuses = Counter(_answered(bot, question.text) for question in questions[:warming])
    statuses.clear()
    stages = list(_stages(lambda text: statuses.update([_answered(bot, text)]), asked))
    after = memory_of(os.getpid())
    names = {name for seconds in stages for name in seconds}
    return {
        "load_seconds": loading,
        "memory": {"before": asdict(before), "loaded": asdict(loaded), "asked": asdict(after)},
        "answer": _spread(stages),
        "search": _spread(list(_stages(lambda text: bot.search(text, _FIRST), asked))),
        "encoder": _encoder_spread(Path(folder), asked),
        "stages": {name: statistics.mean(seconds.get(name, 0.0) for seconds in stages) for name in names},
        "statuses": dict(statuses),
        "found": statistics.mean(_is_found(bot, question) for question in questions),
    }


def _answered(bot: Bot, text: str) -> str:
    return bot.answer(text, today=_TODAY).status


def _stages(work: Callable[[str], object], texts: Sequence[str]) -> Iterator[dict[str, float]]:
    """The seconds of each stage of each text, but for encoding."""
    for text in texts:
        with timed_stages() as clock:
            work(text)
        yield {name: seconds for name, seconds in clock.seconds.items() if name != "encoding"}


def _encoder_spread(folder: Path, texts: Sequence[str]) -> dict[str, float]:
    """What one encoding of a text takes by the real encoder."""
    encoder = load_embedder(live_version(folder) / "encoder")
    encoder.encode(texts[:1])
    seconds = []
    for text in texts:
        begun = time.perf_counter()
        encoder.encode([text])
        seconds.append({"encoding": time.perf_counter() - begun})
    return _spread(seconds)


def _spread(stages: Sequence[dict[str, float]]) -> dict[str, float]:
    seconds = [sum(one.values()) for one in stages]
    return {"median": statistics.median(seconds), "p95": float(np.percentile(seconds, 95))}


def _is_found(bot: Bot, question: Question) -> bool:
    """Whether the section that a question was made from is among the first passages."""
    sections = bot.usable_index().passage_sections
    return any(sections[found.passage.number] == question.section for found in bot.search(question.text, _FIRST))


if __name__ == "__main__":
    answer(serve)
