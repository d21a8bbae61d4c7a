"""The first crisis layer: what it must recognise, what it must not, and what it says."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import SafetyRulesError
from bot.safety import Safety, plain_form
from indexer.corpus_tables import CorpusTables, load_tables

SAFETY = Safety.compile(load_tables().safety, load_tables().helplines)

EMERGENCY = """\
my friend is blue and wont wake up
he's not breathing
her lips are turning purple what do i do
i think i'm overdosing
my boyfriend od'd, gave him narcan and it didnt work
he is making gurgling noises and i can't wake him
she's having a seizure, she stopped xanax on monday
i took a whole bottle of xanax
i just took 20 xanax and vodka
my brother is passed out and snoring really weird after percs
He woke up after Narcan and wants to leave
he fell in the bath and isn't talking
my friend is in a k-hole and not moving
I can't breathe
i have chest pain after coke and bars
should i call 911 my roommate took too much k
HES TURNING BLUE
mi amigo no respira
"""
CHILD = """\
my toddler ate a suboxone strip
my 2 year old swallowed one of my xanax
i found my baby chewing on a pill
the fentanyl patch came off and my kid put it in her mouth
"""
SUICIDE = """\
i want to die
how many xanax to not wake up
what's the easiest way to go
i want to kill myself
im going to take everything in the cabinet
my girlfriend says she is going to kill herself
i don't want to be alive anymore
there's no point in living
im suicidal and on ketamine
everyone would be better off without me
I can't do this anymore
no quiero vivir
"""
HARMLESS = """\
what are the signs of an overdose
is ketamine an opioid
ketamine for suicidal depression
can ketamine help with suicidal thoughts
what is the best pain medicine, my back is killing me
my dog is named Xanax
what should I do if someone overdoses
does naloxone not work on xanax
why didn't narcan work on benzos
how many people died of overdose in 2024
can you have a seizure from stopping xanax
my brother overdosed two years ago, how do I cope
are xanax bars blue
i'm feeling blue since my breakup
i'm dying to know how ketamine works
does xanax slow breathing
how do i help my son quit oxy
is chest pain a side effect of ketamine
i took xanax yesterday, can i drive
how to give narcan
I am not suicidal, just anxious about xanax
what is it like to be unconscious under ketamine
"""


def names(message: str) -> list[str]:
    return [card.name for card in SAFETY.recognise(message)]


@pytest.mark.parametrize("message", EMERGENCY.splitlines())
def test_an_emergency_is_recognised(message: str) -> None:
    assert names(message)[0] == "emergency"


@pytest.mark.parametrize("message", CHILD.splitlines())
def test_an_exposed_child_is_recognised(message: str) -> None:
    assert names(message)[0] == "emergency-child"


@pytest.mark.parametrize("message", SUICIDE.splitlines())
def test_suicide_and_self_harm_are_recognised(message: str) -> None:
    assert "suicide" in names(message)


@pytest.mark.parametrize("message", HARMLESS.splitlines())
def test_ordinary_questions_are_no_crisis(message: str) -> None:
    assert names(message) == []


def test_two_dangers_give_both_actions_the_more_urgent_first() -> None:
    cards = SAFETY.recognise("i took a whole bottle because i want to die")
    assert [card.name for card in cards] == ["emergency", "suicide"]
    lines = SAFETY.lines(cards, "US")
    assert lines[0].startswith("Call 911 now")
    assert lines[1].startswith("Please call or text 988 now")


@pytest.mark.parametrize(
    ("country", "emergency", "crisis"),
    [
        (None, "911", "call or text 988"),
        ("US", "911", "call or text 988"),
        ("us", "911", "call or text 988"),
        ("GB", "999", "call 116 123"),
        ("UK", "999", "call 116 123"),
        ("CA", "911", "call or text 988"),
        ("AU", "000", "call 13 11 14 or text 0477 13 11 14"),
        ("IE", "112", "call 116 123"),
        ("NZ", "111", "call or text 1737"),
        ("DE", "112", "call 116 123"),
    ],
)
def test_the_first_sentence_holds_the_countrys_number(country: str | None, emergency: str, crisis: str) -> None:
    assert SAFETY.lines(SAFETY.recognise("he is not breathing"), country)[0].startswith(f"Call {emergency} now")
    assert SAFETY.lines(SAFETY.recognise("i want to die"), country)[0].startswith(f"Please {crisis} now, or call {emergency}")


def test_an_unlisted_country_gets_the_directory_and_no_guessed_number() -> None:
    lines = SAFETY.lines(SAFETY.recognise("i want to die"), "IN")
    assert "local emergency number" in lines[0]
    assert not any(character.isdigit() for character in lines[0])
    assert [line.id for line in SAFETY.helplines_for("IN", ("crisis", "emergency"))] == ["eu-findahelpline"]


def test_every_card_can_be_said_in_every_country() -> None:
    for country in [None, "ZZ", *{line.country for line in SAFETY.helplines.values()}]:
        for card in SAFETY.cards:
            lines = SAFETY.lines((card,), country)
            assert all("{" not in line for line in lines)
            assert lines[1:] == card.then


def test_helplines_are_few_and_the_most_fitting_first() -> None:
    assert [line.id for line in SAFETY.helplines_for("US", ("crisis", "emergency"))] == [
        "us-988",
        "us-veterans",
        "us-crisis-text",
        "us-911",
    ]


def test_messages_are_compared_in_plain_form() -> None:
    assert plain_form("  Hé WON\u2019T   wake-up!!\n") == "he wont wake up"


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=500))
def test_any_message_can_be_looked_at(message: str) -> None:
    SAFETY.recognise(message)


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=60), st.text(max_size=60))
def test_danger_is_seen_in_the_midst_of_anything(before: str, after: str) -> None:
    """Unless it is made a general question, or one of the past, which words before it can do."""
    if before and not SAFETY.knowledge.search(plain_form(before)) and not SAFETY.past.search(plain_form(f"{before} {after}")):
        assert SAFETY.recognise(f"{before} my friend is not breathing and i need help {after}")


def changed(tables: CorpusTables, change: Any) -> dict[str, Any]:
    rules = copy.deepcopy(dict(tables.safety))
    change(rules)
    return rules


def test_a_pattern_that_cannot_be_read_is_named(tables: CorpusTables) -> None:
    rules = changed(tables, lambda rules: rules["card"][0]["patterns"].append("(unclosed"))
    with pytest.raises(SafetyRulesError, match=r"the pattern '\(unclosed' cannot be read"):
        Safety.compile(rules, tables.helplines)


def test_missing_wording_is_named(tables: CorpusTables) -> None:
    rules = changed(tables, lambda rules: rules["wording"].pop("abstained"))
    with pytest.raises(SafetyRulesError, match=r"wording.abstained: Field required"):
        Safety.compile(rules, tables.helplines)
