"""The questions that are asked: those of the gold set that stand alone and have an answer, each once."""

import random
from collections.abc import Iterator, Sequence
from itertools import islice

from bot.evaluation.gold import GoldItem
from tests.load.questions import gold_items

_SEED = 20261129


def answerable_items() -> list[GoldItem]:
    """Items without a history that should be answered, each question once, in an order drawn once and for all."""
    kept = {item.question: item for item in gold_items() if item.expected == "answered" and not item.history}
    items = sorted(kept.values(), key=lambda item: item.id)
    random.Random(_SEED).shuffle(items)
    return items


def drawn_questions(*counts: int) -> list[list[str]]:
    """Sets of questions of some sizes, none in two of them; fewer in the last ones where the gold set has no more."""
    questions = iter([item.question for item in answerable_items()])
    return [list(islice(questions, count)) for count in counts]


def blocks(questions: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """The questions, some at a time."""
    return (questions[start : start + size] for start in range(0, len(questions), size))


def turned(names: Sequence[str], turn: int) -> list[str]:
    """The names, another one first at each turn, so that nobody is always asked after the same neighbour."""
    first = turn % len(names)
    return [*names[first:], *names[:first]]
