"""The floor under an answer: the encoder's forward pass alone; and where the rest of an answer's time goes."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from statistics import median

from bot.pipeline import Bot
from indexer.embedder import load_embedder
from indexer.stage_clock import timed_stages
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Own, Raw, Row, quantile
from tests.benchmarks.questions import drawn_questions

TITLE = "The floor: one forward pass"
READING = (
    "The encoder reads the question alone (tokens and network), and then the bot answers it, or the other way round, in one process. "
    "What an answer takes beyond that is everything else: danger, understanding, retrieval, sentences, checks."
)
_WARM, _MEASURED = 30, 300  # questions
_MOST_MORE = 0.002  # seconds
_SUM_TOLERANCE = 0.01


def measure(bench: Bench) -> Raw:
    """For each question the seconds of the forward pass and of the answer, and of each stage of the answer."""
    bot, today = Bot.load(bench.index), datetime.now(UTC).date()
    encoder = load_embedder(bot.usable_index().folder / "encoder")  # the bot's own remembers what it was asked
    warm, questions = drawn_questions(bench.some(_WARM), bench.some(_MEASURED))
    for question in warm:
        bot.answer(question, today=today)
        encoder.encode([question])
    forward, whole, stages = [], [], []
    for number, question in enumerate(questions):
        if number % 2:
            forward.append(_seconds_of(encoder.encode, [question]))
        begun = time.perf_counter()
        with timed_stages() as clock:
            bot.answer(question, today=today)
        whole.append(time.perf_counter() - begun)
        stages.append(clock.seconds)
        if not number % 2:
            forward.append(_seconds_of(encoder.encode, [question]))
    return {"forward": forward, "answer": whole, "stages": stages}


def _seconds_of(encode: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    begun = time.perf_counter()
    encode(texts)
    return time.perf_counter() - begun


def figures(raw: Raw) -> list[Row | Own]:
    """How much more an answer takes than the forward pass, and the share of each stage."""
    forward, whole = raw["forward"], raw["answer"]
    more = [answer - floor for answer, floor in zip(whole, forward, strict=True)]
    middle, high = median(more), quantile(more, 0.95) or 0.0
    shares = stage_shares(raw["stages"])
    off = abs(sum(map(sum, (one.values() for one in raw["stages"]))) / sum(whole) - 1)
    return [
        Own(
            "answer beside its forward pass, median", f"{median(answer / floor for answer, floor in zip(whole, forward, strict=True)):.2f}x"
        ),
        Own("answer less its forward pass, median", f"{1000 * middle:.2f} ms", "at most 2 ms", middle <= _MOST_MORE),
        Own("answer less its forward pass, 95th percentile", f"{1000 * high:.2f} ms"),
        *(Own(f"share of an answer: {name}", f"{share:.1%}") for name, share in shares.items()),
        Own("stages add up to the whole", f"off by {off:.2%}", "at most 1%", off <= _SUM_TOLERANCE),
    ]


def stage_shares(stages: list[dict[str, float]]) -> dict[str, float]:
    """The share of each stage in all of the time, the largest first."""
    seconds: Counter[str] = Counter()
    for one in stages:
        seconds.update(one)
    total = sum(seconds.values())
    return {name: value / total for name, value in seconds.most_common()}
