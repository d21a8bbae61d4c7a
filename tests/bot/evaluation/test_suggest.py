"""Drafts of a gold set: facts a sentence states, questions that are no keys, and what no document has together."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.evaluation.gold import gold_problems, read_gold
from bot.evaluation.suggest import Draft, suggest
from bot.pipeline import Bot
from indexer.documents import plain

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def mixed(mixed_index_folder: Path) -> Iterator[Bot]:
    bot = Bot.open(mixed_index_folder)
    yield bot
    bot.usable_index().store.close()


@pytest.fixture(scope="module")
def drafts(bot: Bot) -> list[Draft]:
    """Of the shipped corpus."""
    return suggest(bot, 200)


def section_texts(bot: Bot) -> dict[str, str]:
    store = bot.usable_index().store
    documents = [store.document(name) for name, *_ in store.document_list()]
    return {
        f"{document.id}#{section.id}": document.text[section.start : section.end]
        for document in documents
        if document is not None
        for section in document.sections
    }


def test_the_documents_take_turns_and_every_fifth_has_no_answer(mixed: Bot) -> None:
    found = [(draft.item.expected, draft.item.relevant, draft.source) for draft in suggest(mixed, 100)]
    assert found == [
        ("answered", ("bees#introduction",), "Honey bees live in colonies of many thousands."),
        ("answered", ("bread#feeding-the-starter",), "A hungry starter smells of vinegar and sinks in the jar."),
        ("answered", ("moon#introduction",), "The Moon orbits the Earth in 27 days."),
        ("answered", ("mars#introduction",), "Mars has two small moons, Phobos and Deimos."),
        ("abstained", (), "no document that speaks of Tea has the word Mars"),
        ("answered", ("tea#what-is-tea",), "Tea is a drink made from the leaves of one plant."),
        ("answered", ("bees#swarms",), "A swarm leaves the hive in late spring with the old queen."),
        ("answered", ("bread#baking",), "The loaf bakes for forty minutes in a very hot oven with some steam at the beginning."),
        ("answered", ("tea#how-long-should-tea-steep",), "Black tea steeps for three to five minutes."),
    ]


def test_a_draft_asks_by_rare_words_for_what_it_does_not_give_away(mixed: Bot) -> None:
    moon = suggest(mixed, 3)[2]
    assert moon.to_dict() == {
        "id": moon.item.id,
        "split": moon.item.split,
        "question": moon.item.question,
        "expected": "answered",
        "relevant": ["moon#introduction"],
        "key_facts": [[r"\b27\b"], [r"\borbits\b"]],
        "draft": True,
        "source": "The Moon orbits the Earth in 27 days.",
    }
    assert set(plain(moon.item.question).split()) & {"earth", "days", "moon"}
    assert moon.item.forbidden_in(moon.item.question) == ()
    assert moon.item.facts_in(moon.item.question) == (False, False)


def test_a_limit_cuts_off_and_changes_nothing_before(bot: Bot, drafts: list[Draft]) -> None:
    assert len(drafts) == 200
    assert suggest(bot, 7) == drafts[:7]
    assert suggest(bot, 0) == []


def test_drafts_of_the_corpus_pass_the_check_of_gold_sets(bot: Bot, drafts: list[Draft], tmp_path: Path) -> None:
    file = tmp_path / "g.jsonl"
    file.write_text("".join(json.dumps(draft.to_dict()) + "\n" for draft in drafts), encoding="utf-8")
    gold = read_gold([file])
    assert gold.problems == ()
    assert list(gold_problems(gold, section_texts(bot))) == []
    assert gold.items == tuple(draft.item for draft in drafts)
    assert {note.split("the field ")[1] for note in gold.notes} == {
        "'draft' is not known and not used",
        "'source' is not known and not used",
    }


def test_no_question_is_a_key_or_taken_for_danger(bot: Bot, drafts: list[Draft]) -> None:
    index = bot.usable_index()
    keys = {plain(key) for section in set(index.key_sections.tolist()) for key in index.store.keys_of_section(section)}
    assert [draft.item.question for draft in drafts if plain(draft.item.question) in keys] == []
    assert [draft.item.question for draft in drafts if bot.crisis(draft.item.question, None)] == []
    assert len({plain(draft.item.question) for draft in drafts}) == 200


def test_every_relevant_section_states_all_the_facts_and_no_other_does(bot: Bot, drafts: list[Draft]) -> None:
    texts = section_texts(bot)
    for draft in drafts:
        if draft.item.expected == "answered":
            assert all(draft.item.facts_in(draft.source))
            stating = {name for name, text in texts.items() if all(draft.item.facts_in(text))}
            assert set(draft.item.relevant) == stating
            assert draft.source in texts[draft.item.relevant[0]]


def test_what_should_be_abstained_from_stands_in_no_document_together(bot: Bot, drafts: list[Draft]) -> None:
    store = bot.usable_index().store
    documents = [store.document(name) for name, *_ in store.document_list()]
    texts = [plain(f"{document.title} {document.text}").split() for document in documents if document is not None]
    none = [draft for draft in drafts if draft.item.expected == "abstained"]
    assert len(none) == 40
    for draft in none:
        subject, word = draft.source.removeprefix("no document that speaks of ").split(" has the word ")
        assert f"{subject} and {word}?" in draft.item.question
        assert (draft.item.relevant, draft.item.key_facts, draft.item.tags) == ((), (), ("unanswerable",))
        assert [text for text in texts if {*plain(subject).split(), plain(word)} <= set(text)] == []


def test_both_splits_get_about_half_and_ids_are_stable(bot: Bot, drafts: list[Draft]) -> None:
    test = sum(draft.item.split == "test" for draft in drafts)
    assert 70 <= test <= 130
    assert len({draft.item.id for draft in drafts}) == 200
    assert [draft.item.id for draft in suggest(bot, 20)] == [draft.item.id for draft in drafts[:20]]
