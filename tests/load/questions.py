"""What clients ask: the questions of the gold set, and as many more as are wanted in other words of politeness."""

import json
import random
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import chain, product
from pathlib import Path

from bot.evaluation.gold import GoldItem
from indexer.index import Index

_GOLD = Path(__file__).parent.parent / "gold"
_BEFORE = ("", "hi. ", "hello, ", "ok so ", "pls tell me: ", "quick question. ")
_BEHIND = ("", " thanks", " pls", " thx", " ty", " please", " thank you")
# In plain words, so that they are recognised where there is no time for more than patterns.
DANGERS = (
    "my friend took too much heroin and he is not breathing",
    "i want to kill myself",
    "my toddler swallowed some of my xanax",
    "she overdosed on fentanyl and her lips are blue",
)


def gold_items() -> list[GoldItem]:
    """Every item of the gold set."""
    files = sorted(_GOLD.glob("*.jsonl"))
    return [GoldItem.model_validate(json.loads(line)) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def shuffled_questions(seed: int) -> list[str]:
    """The questions of the gold set, each once, in an order that hangs on the seed."""
    questions = sorted({item.question for item in gold_items()})
    random.Random(seed).shuffle(questions)
    return questions


def distinct_questions(seed: int) -> Iterator[str]:
    """Tens of thousands of questions, no two alike."""
    questions = shuffled_questions(seed)
    return chain.from_iterable((f"{before}{question}{behind}" for question in questions) for before, behind in product(_BEFORE, _BEHIND))


def titles(index: Path, count: int) -> list[str]:
    """Titles of sections of an index: questions that it answers."""
    store = Index.load(index).store
    with closing(store):
        return list(dict.fromkeys(store.section_titles().values()))[:count]


def mostly_repeated(seed: int, fresh: float, often: Sequence[str]) -> Iterator[str]:
    """As people ask: a share of `fresh` questions, and for the rest one of those that are asked `often`."""
    draw, new = random.Random(seed), distinct_questions(seed)
    while True:
        question = next(new, None) if draw.random() < fresh else draw.choice(often)
        if question is None:
            return
        yield question
