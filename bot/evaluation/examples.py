"""What the abstention model learns from: the development items, each with its features and whether the best answer found is right."""

from collections.abc import Iterable
from datetime import date

from bot.abstention import NOTHING_FOUND
from bot.evaluation.calibrate import Example
from bot.evaluation.gold import GoldItem
from bot.evaluation.measures import is_right
from bot.evaluation.responses import unbound
from bot.pipeline import Bot


def examples(bot: Bot, items: Iterable[GoldItem], today: date) -> list[Example]:
    """An example for each development item that should be answered or abstained from, as far as an answer to it was found at all."""
    free = unbound(bot)
    found = (_example(free, item, today) for item in items if item.split == "dev" and item.expected in ("answered", "abstained"))
    return [example for example in found if example is not None]


def _example(free: Bot, item: GoldItem, today: date) -> Example | None:
    """None where something else than the abstention model decides what becomes of the question."""
    attempt = free.answer(item.question, list(item.history), item.country, today=today)
    if attempt.status != "answered":
        return None
    features = free.features(item.question, list(item.history))
    if features is None or features == NOTHING_FOUND:
        return None
    return Example(features, is_right(item, attempt.to_dict()), item.expected == "answered", item.cluster)
