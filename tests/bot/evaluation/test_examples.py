"""What the abstention model learns from."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.evaluation.examples import examples
from bot.evaluation.gold import GoldItem, read_gold
from bot.pipeline import Bot
from tests.gold_files import abstained, answered, write_gold

pytestmark = pytest.mark.model
TODAY = date(2026, 3, 1)
MOONS = answered("moons", "dev", "How many moons has Mars?")


@pytest.fixture(scope="module")
def bot(mixed_index_folder: Path) -> Iterator[Bot]:
    bot = Bot.open(mixed_index_folder)
    yield bot
    bot.usable_index().store.close()


@pytest.fixture
def items(tmp_path: Path) -> list[GoldItem]:
    rows = [
        {**MOONS, "group": "mars"},
        {**answered("bake", "dev", "baking the loaf"), "key_facts": [["fifty minutes"]]},
        abstained("phone", "dev", "who repairs the telephone"),
        answered("swarm", "test", "swarms in spring"),
        {"id": "danger", "split": "dev", "question": "my friend took too many pills and is not breathing", "expected": "crisis"},
        {**abstained("taken for danger", "dev", "my friend took pills and is not breathing"), "group": "d"},
        {"id": "which", "split": "dev", "question": "how long?", "expected": "clarify"},
    ]
    return list(read_gold([write_gold(tmp_path / "g.jsonl", rows)]).checked().items)


def test_development_items_that_abstention_decides_are_examples(bot: Bot, items: list[GoldItem]) -> None:
    found = examples(bot, items, TODAY)
    assert [(one.right, one.answerable, one.cluster) for one in found] == [
        (True, True, "group mars"),
        (False, True, "item bake"),
        (False, False, "item phone"),
        (False, False, "group d"),
    ]
    assert [one.features for one in found[:3]] == [bot.features(items[place].question, []) for place in range(3)]
    assert found[0].features.key > found[2].features.key


def test_a_follow_up_is_learnt_from_as_it_is_searched(bot: Bot, tmp_path: Path) -> None:
    turns = [{"role": "user", "content": "How many moons has Mars?"}, {"role": "assistant", "content": "Two."}]
    row = {**MOONS, "question": "Are they small?", "history": turns}
    (item,) = read_gold([write_gold(tmp_path / "g.jsonl", [row])]).items
    (found,) = examples(bot, [item], TODAY)
    assert found.features == bot.features("Are they small? (many moons Mars)", [])
    assert found.features != bot.features("Are they small?", [])


def test_the_threshold_that_was_before_changes_nothing(bot: Bot, items: list[GoldItem]) -> None:
    replier = bot.usable_replier()
    strict = replace(bot, replier=replace(replier, model=replace(replier.model, threshold=1.0), answered={}))
    assert strict.answer(items[0].question, today=TODAY).status == "abstained"
    assert bot.answer(items[0].question, today=TODAY).status == "answered"
    assert examples(strict, items, TODAY) == examples(bot, items, TODAY)


def test_a_message_that_takes_several_searches_is_no_example(bot: Bot, tmp_path: Path) -> None:
    """It is decided by several confidences, of which none is the question's own."""
    question = "How many moons has Mars? And how long does black tea steep?"
    (item,) = read_gold([write_gold(tmp_path / "g.jsonl", [{**MOONS, "question": question}])]).items
    assert bot.answer(question, today=TODAY).status == "answered"
    assert bot.features(question) is None
    assert examples(bot, [item], TODAY) == []
