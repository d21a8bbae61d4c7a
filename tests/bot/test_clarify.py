"""When a question may be read in two ways, over the shipped corpus: which questions are offered, and when none are."""

from datetime import date

import pytest

from bot.answer import Answer
from bot.pipeline import Bot

pytestmark = pytest.mark.model

TODAY = date(2026, 11, 23)
TWO_DRUGS = [
    ("is xanax stronger than ketamine", "is it addictive?", ("is xanax addictive?", "is ketamine addictive?")),
    ("can i mix xanax and ketamine", "is it legal?", ("is xanax legal?", "is ketamine legal?")),
    ("is xanax stronger than ketamine", "can i drive on it?", ("can i drive on xanax?", "can i drive on ketamine?")),
    (
        "what is the difference between fentanyl and ketamine",
        "how long does it stay in urine?",
        ("how long does fentanyl stay in urine?", "how long does ketamine stay in urine?"),
    ),
]
NO_DRUG = [
    "is it addictive",
    "how long does it last",
    "is it safe in pregnancy",
    "withdrawal symptoms",
    "side effects",
    "can you drive on it",
]
AMBIGUOUS = {"bars": {"alprazolam"}, "what are bars": {"alprazolam"}, "k": {"ketamine"}, "what is dope": {"opioid", "heroin"}}


def ask(bot: Bot, *turns: str) -> Answer:
    """The answer to the last of some turns of the user."""
    return bot.answer(turns[-1], [{"role": "user", "content": turn} for turn in turns[:-1]], today=TODAY)


def drugs(bot: Bot, title: str) -> frozenset[str]:
    return bot.usable_replier().finder.names.in_document(title)


@pytest.mark.parametrize(("before", "turn", "choices"), TWO_DRUGS)
def test_it_after_two_drugs_is_asked_back(bot: Bot, before: str, turn: str, choices: tuple[str, ...]) -> None:
    answer = ask(bot, before, turn)
    assert (answer.status, answer.suggestions) == ("clarify", choices)


@pytest.mark.parametrize(("before", "turn", "choices"), TWO_DRUGS)
def test_the_choice_is_answered_with_the_talk_before_it(bot: Bot, before: str, turn: str, choices: tuple[str, ...]) -> None:
    for choice in choices:
        chosen = ask(bot, before, turn, choice)
        assert (chosen.status, chosen.interpretation.question) == ("answered", choice)
        assert len(chosen.interpretation.drugs) == 1


@pytest.mark.parametrize("question", NO_DRUG)
def test_what_each_drug_has_an_answer_of_its_own_to_is_asked_back(bot: Bot, question: str) -> None:
    answer = ask(bot, question)
    assert answer.status == "clarify"
    assert 2 <= len(answer.suggestions) <= 4
    about = [drugs(bot, title) for title in answer.suggestions]
    assert all(about)
    assert sum(map(len, about)) == len(frozenset().union(*about))  # no drug twice


@pytest.mark.parametrize("question", NO_DRUG)
def test_readings_ask_what_the_question_asks(bot: Bot, question: str) -> None:
    names = bot.usable_replier().finder.names
    wanted = set(names.asked_about(question))
    assert wanted
    for title in ask(bot, question).suggestions:
        assert wanted & set(names.asked_about(title.casefold().replace("-", " ").rstrip("?")))


@pytest.mark.parametrize(("question", "meant"), AMBIGUOUS.items())
def test_a_name_that_also_means_something_else_is_asked_back(bot: Bot, question: str, meant: set[str]) -> None:
    answer = ask(bot, question)
    assert answer.status == "clarify"
    assert len(answer.suggestions) == len(meant)
    assert frozenset().union(*(drugs(bot, title) for title in answer.suggestions)) == meant


@pytest.mark.parametrize(
    "turns", [*((question,) for question in (*NO_DRUG, *AMBIGUOUS)), *((before, turn) for before, turn, _ in TWO_DRUGS)]
)
def test_a_question_that_is_asked_back_answers_nothing(bot: Bot, turns: tuple[str, ...]) -> None:
    answer = ask(bot, *turns)
    assert answer.status == "clarify"
    assert [sentence.text for sentence in answer.sentences] == [bot.safety.wording.clarify]
    assert (answer.text, answer.citations, answer.confidence) == (bot.safety.wording.clarify, (), None)
    assert [notice.kind for notice in answer.notices if notice.kind == "urgent"] == []
    assert answer.resources == ()
    assert answer.interpretation.question == turns[-1]


@pytest.mark.parametrize("question", NO_DRUG)
def test_a_drug_in_the_question_decides(bot: Bot, question: str) -> None:
    assert ask(bot, f"{question} (xanax)").status != "clarify"


@pytest.mark.parametrize("turn", ["is it addictive", "is it safe in pregnancy", "how long does it last", "can you drive on it"])
def test_a_drug_spoken_of_decides(bot: Bot, turn: str) -> None:
    answer = ask(bot, "what is xanax", turn)
    assert answer.status == "answered"
    assert [drug.name for drug in answer.interpretation.drugs] == ["alprazolam"]


def test_a_subject_spoken_of_decides(bot: Bot) -> None:
    answer = ask(bot, "what is withdrawal", "how long does it last")
    assert (answer.status, answer.interpretation.question) == ("answered", "how long does it last (withdrawal)")


@pytest.mark.parametrize("turn", ["are they addictive", "are both legal"])
def test_they_after_two_drugs_is_not_asked_back(bot: Bot, turn: str) -> None:
    answer = ask(bot, "is xanax stronger than ketamine", turn)
    assert answer.status == "answered"
    assert [drug.name for drug in answer.interpretation.drugs] == ["alprazolam", "ketamine"]


@pytest.mark.parametrize(
    "question",
    [
        "what is rehab",
        "what are the signs of an opioid overdose",
        "what is withdrawal",
        "what is the capital of france",
        "is it legal to park here overnight",
        "is my fence legal, it is tall",
        "how long does the movie last if it rains",
        "how long does it take to bake sourdough bread",
        "my printer is addictive and i love side effects in code",
    ],
)
def test_a_question_that_says_what_is_meant_is_not_asked_back(bot: Bot, question: str) -> None:
    assert ask(bot, question).status != "clarify"


def test_of_several_questions_at_once_none_is_asked_back(bot: Bot) -> None:
    answer = ask(bot, "is it addictive? what is ketamine?")
    assert answer.status == "answered"
    assert any(citation.quote.startswith("Ketamine") for citation in answer.citations)


def test_danger_is_never_asked_back(bot: Bot) -> None:
    assert ask(bot, "is it addictive, he is not breathing").status == "crisis"
    in_danger = ask(bot, "my friend took xanax and ketamine and is not breathing", "is it addictive")
    assert in_danger.status == "crisis" or in_danger.notices[0].kind == "urgent"
