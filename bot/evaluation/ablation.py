"""Rankings by less than all signals: what each adds."""

from collections.abc import Sequence
from dataclasses import replace

from bot.evaluation.gold import GoldItem
from bot.evaluation.responses import Response, ranked_sections
from bot.pipeline import Bot
from bot.retriever import single_signal

Rankings = dict[str, list[tuple[str, ...]]]


def ablated_rankings(bot: Bot, items: Sequence[GoldItem], responses: Sequence[Response]) -> Rankings:
    """For each way to rank the sections found for each item, in order; nothing for items without relevant sections."""
    ways = {
        "BM25": single_signal("lexical"),
        "dense": single_signal("dense"),
        "passage + sentence": replace(bot.usable_replier().finder.retrieval, lexical=0.0, key=0.0),
    }
    pairs = list(zip(items, responses, strict=True))
    asked = [str(response.answer["interpretation"]["question"]) if item.relevant else "" for item, response in pairs]
    rankings = {name: [ranked_sections(bot, question, way) if question else () for question in asked] for name, way in ways.items()}
    return {**rankings, "full": [response.sections if item.relevant else () for item, response in pairs]}
