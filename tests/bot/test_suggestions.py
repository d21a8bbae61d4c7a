"""Questions to ask next, over the shipped corpus: each is a section's title, and is answered when it is asked."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from bot.answer import Answer
from bot.pipeline import Bot
from bot.reply import Replier
from bot.suggestions import all_answered, answered_titles, titles_near, titles_of_drugs

pytestmark = pytest.mark.model

TODAY = date(2026, 11, 23)
ANSWERED = [
    "what is ketamine",
    "is xanax addictive",
    "does narcan work on xanax",
    "what is rehab",
    "fentanyl vs heroin",
    "can i mix xanax with alcohol",
    "what is xanax? is it addictive?",
]
ABSTAINED = [
    "what is the capital of france",
    "how do i bake sourdough bread",
    "does ketamine cause baldness",
    "is ketamine legal in germany",
    "hello",
    "asdf qwer zxcv",
]
CLARIFIED = ["is it addictive", "how long does it last", "withdrawal symptoms", "is it safe in pregnancy", "bars", "what is dope", "k"]
EVERY = [
    *((question, "answered") for question in ANSWERED),
    *((question, "abstained") for question in ABSTAINED),
    *((question, "clarify") for question in CLARIFIED),
]


def ask(bot: Bot, *turns: str) -> Answer:
    """The answer to the last of some turns of the user."""
    return bot.answer(turns[-1], [{"role": "user", "content": turn} for turn in turns[:-1]], today=TODAY)


def every_title(bot: Bot) -> Iterator[str]:
    store = bot.usable_index().store
    for entry in store.document_list():
        document = store.document(entry[0])
        assert document is not None
        yield from (section.title for section in document.sections)


@pytest.fixture
def replier(bot: Bot) -> Replier:
    """What replies from the corpus, with nothing remembered."""
    return replace(bot.usable_replier(), answered={})


@pytest.mark.parametrize(("question", "status"), EVERY)
def test_suggestions_are_titles_that_ask(bot: Bot, question: str, status: str) -> None:
    answer = ask(bot, question)
    assert answer.status == status
    assert 1 <= len(answer.suggestions) <= (4 if status == "clarify" else 3)
    assert len(set(answer.suggestions)) == len(answer.suggestions)
    assert set(answer.suggestions) <= set(every_title(bot))
    assert all(suggestion.endswith("?") for suggestion in answer.suggestions)


@pytest.mark.parametrize("question", [question for question, _ in EVERY])
def test_every_suggestion_is_answered_when_it_is_asked(bot: Bot, question: str) -> None:
    for suggestion in ask(bot, question).suggestions:
        alone, following = ask(bot, suggestion), ask(bot, question, suggestion)
        assert (alone.status, following.status) == ("answered", "answered")
        assert following.interpretation.drugs == alone.interpretation.drugs  # a suggestion stands alone, whatever was said before it


@pytest.mark.parametrize("question", ANSWERED)
def test_what_was_quoted_is_not_suggested(bot: Bot, question: str) -> None:
    answer = ask(bot, question)
    assert not {citation.section_title for citation in answer.citations} & set(answer.suggestions)


def test_a_crisis_has_no_suggestions(bot: Bot) -> None:
    assert ask(bot, "he is not breathing").suggestions == ()


def test_every_title_that_counts_as_answered_is(bot: Bot, replier: Replier) -> None:
    titles = list(every_title(bot))
    answered = set(answered_titles(replier, titles))
    asking = [title for title in titles if title.endswith("?")]
    assert answered == {title for title in asking if ask(bot, title).status == "answered"}
    assert {title for title in asking if ask(bot, title).status == "declined"} == set()
    assert len(answered) > 400


def test_titles_come_in_their_order_each_once(replier: Replier) -> None:
    titles = ["Is ketamine an opioid?", "Is Xanax addictive?", "Is ketamine an opioid?"]
    assert list(answered_titles(replier, titles)) == ["Is ketamine an opioid?", "Is Xanax addictive?"]
    assert replier.answered == {"Is ketamine an opioid?": True, "Is Xanax addictive?": True}


def test_what_asks_nothing_or_has_no_answer_is_left_out(replier: Replier) -> None:
    assert list(answered_titles(replier, ["Sources", "Is ketamine an opioid", "What is the capital of France?", ""])) == []
    assert replier.answered == {"What is the capital of France?": False}


def test_what_is_remembered_is_not_searched_again(replier: Replier) -> None:
    replier.answered["What is the capital of France?"] = True
    assert list(answered_titles(replier, ["What is the capital of France?"])) == ["What is the capital of France?"]


def test_a_title_is_searched_only_when_it_comes_to_it(replier: Replier) -> None:
    titles = answered_titles(replier, ["Is ketamine an opioid?", "Is Xanax addictive?"])
    assert next(titles) == "Is ketamine an opioid?"
    assert list(replier.answered) == ["Is ketamine an opioid?"]


def test_the_nearest_titles_come_with_the_drugs_they_are_about(replier: Replier) -> None:
    near = dict(titles_near(replier, "is ketamine an opioid"))
    assert next(iter(near)) == "Is ketamine an opioid?"
    assert near["Is ketamine an opioid?"] == {"ketamine", "opioid"}
    assert 2 <= len(near) <= 20


def test_titles_that_ask_something_else_are_not_near(replier: Replier) -> None:
    names = replier.finder.names
    near = [title for title, _ in titles_near(replier, "is it addictive", {"addiction"})]
    assert "Is Xanax addictive?" in near
    assert all("addiction" in {one.name for one in names.asked_about(title.casefold())} for title in near)
    assert len(near) < len(list(titles_near(replier, "is it addictive")))
    assert list(titles_near(replier, "is it addictive", {"no such property"})) == []


def test_each_drug_has_the_title_nearest_to_asking_what_it_is(replier: Replier) -> None:
    assert list(titles_of_drugs(replier, ["ketamine", "heroin", "ketamine", "no such drug"])) == [
        ("What kind of drug is ketamine?", frozenset({"ketamine"})),
        ("What is heroin?", frozenset({"heroin"})),
    ]


def test_what_was_found_out_at_calibration_is_what_asking_finds(bot: Bot) -> None:
    replier = bot.usable_replier()
    titles = list(dict.fromkeys(title for title in every_title(bot) if title.endswith("?")))[:40]
    answered = all_answered(replier)
    assert answered is not None
    known = replace(replier, known=frozenset(answered))
    assert [known.answers(title) for title in titles] == [replier.answers(title) for title in titles]
    assert {True, False} >= {known.answers(title) for title in titles} >= {True}


def test_too_many_titles_are_not_asked_beforehand(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.suggestions._MOST_ASKED", 10)
    assert all_answered(bot.usable_replier()) is None
    unknown = replace(bot.usable_replier(), known=None, answered={})
    assert unknown.answers("What is ketamine?")
    assert unknown.answered == {"What is ketamine?": True}


def test_a_title_that_is_not_known_to_be_answered_is_not_suggested(bot: Bot) -> None:
    assert not replace(bot.usable_replier(), known=frozenset()).answers("What is ketamine?")
