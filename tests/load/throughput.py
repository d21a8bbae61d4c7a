"""What the HTTP layer costs beside what it serves: the encoder alone, the bot alone, and the server, each on two processes."""

import asyncio
import multiprocessing as mp
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from multiprocessing.synchronize import Barrier
from pathlib import Path
from statistics import median

from bot.pipeline import Bot
from tests.load.fleet import ask_all
from tests.load.outcome import Outcome
from tests.load.questions import shuffled_questions
from tests.load.served import serving

_PROCESSES = 2
_CLIENTS = 8  # so many that each of the workers mostly has one that waits
_OFTEN = 20  # times that each question is asked where answers are at hand
_PER_CONNECTION = 5  # so that the workers, who accept whatever comes, get equal shares
_PATIENCE = 120.0
_SPAWN = mp.get_context("spawn")


def throughput(folder: Path, index: Path, questions: int, rounds: int, least: float) -> Outcome:
    """Rounds of the same, each of other questions; what is said of them are medians, as machines are noisy.

    HTTP has to serve at least a share of what the bot alone answers.
    """
    found = Outcome()
    pool = iter(shuffled_questions(2))
    with serving(folder / "remembering", index, _PROCESSES) as remembering:
        measured = [_round(folder, index, remembering.port, list(islice(pool, questions)), found) for _ in range(rounds)]
    names = ("encoder alone", "bot alone", "HTTP, distinct questions", "HTTP, repeated questions")
    for number, name in enumerate(names):
        found.note(f"{name}: a second", " / ".join(f"{one[number]:.0f}" for one in measured) + f", median {_median(measured, number):.0f}")
    found.note("share of HTTP in the cost of an answer, 1 - (3)/(2)", f"{median(1 - one[2] / one[1] for one in measured):.2f}")
    found.note("HTTP beside the encoder, (3)/(1)", f"{median(one[2] / one[0] for one in measured):.3f}")
    found.note("answers at hand beside the bot, (4)/(2)", f"{median(one[3] / one[1] for one in measured):.1f}")
    found.expect(median(one[2] / one[1] for one in measured) > least, f"HTTP serves less than {least} of what the bot answers alone")
    found.expect(_median(measured, 3) > 1.5 * _median(measured, 2), "answers at hand are hardly quicker than computing them")
    return found


def _round(folder: Path, index: Path, remembering: int, questions: list[str], found: Outcome) -> tuple[float, float, float, float]:
    encoded, answered = _alone(index, questions)
    with serving(folder / "computing", index, _PROCESSES, cache=0) as computing:  # a new one each time: what a bot keeps at hand helps it
        distinct = asyncio.run(ask_all(computing.port, _CLIENTS, iter(questions), per_connection=_PER_CONNECTION))
    few = questions[:10]
    asyncio.run(ask_all(remembering, _CLIENTS, iter(few * 8), per_connection=1))  # so often that each worker has met each
    repeated = asyncio.run(ask_all(remembering, _CLIENTS, iter(few * (_OFTEN * len(questions) // len(few))), per_connection=50))
    found.note_times("replies that were at hand", repeated.percentiles())
    for tally in (distinct, repeated):
        found.expect_none_failed(tally)
    found.note("share of a core that clients took: distinct, repeated", f"{distinct.client_share:.2f}, {repeated.client_share:.2f}")
    return encoded, answered, distinct.rate(), repeated.rate()


def _alone(index: Path, questions: Sequence[str]) -> list[float]:
    """Questions a second that the encoder, and then the bot, takes, in processes that begin each at the same time."""
    barrier = _SPAWN.Barrier(_PROCESSES)
    results: mp.Queue[list[float]] = _SPAWN.Queue()
    started = [
        _SPAWN.Process(target=_timed, args=(index, questions[part::_PROCESSES], barrier, results), daemon=True)
        for part in range(_PROCESSES)
    ]
    for process in started:
        process.start()
    measured = [results.get(timeout=_PATIENCE) for _ in started]
    for process in started:
        process.join(_PATIENCE)
    return [sum(rates) for rates in zip(*measured, strict=True)]


def _timed(index: Path, questions: Sequence[str], barrier: Barrier, results: "mp.Queue[list[float]]") -> None:
    bot = Bot.load(index)
    rates = []
    for work in (_encode, _answer):
        work(bot, "is it warm?")
        barrier.wait(_PATIENCE)
        begun = time.monotonic()
        for question in questions:
            work(bot, question)
        rates.append(len(questions) / (time.monotonic() - begun))
    results.put(rates)


def _encode(bot: Bot, question: str) -> object:
    return bot.usable_index().encode_message(question)


def _answer(bot: Bot, question: str) -> object:
    return bot.answer(question, today=datetime.now(UTC).date())


def _median(measured: Sequence[tuple[float, float, float, float]], number: int) -> float:
    return median(one[number] for one in measured)
