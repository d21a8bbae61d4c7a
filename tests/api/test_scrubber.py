"""What is kept of a question where a site keeps questions: words that documents use, and nothing that could name somebody."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.scrubber import GONE, Scrubber
from bot.pipeline import Bot

WORDS = "a am and can does hello how i is it may mix much my name on rose take taking the to too what will with work".split()
SCRUBBER = Scrubber([*WORDS, "alcohol", "don't", "mother"], names=["ketamine", "naloxone", "xanax"])


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("What is ketamine?", "What is ketamine?"),
        ("How much ketamine is too much", "How much ketamine is too much"),
        ("my name is zanzibarian-7f3a", f"my name is {GONE}"),
        ("Does Xanax work with alcohol?", "Does Xanax work with alcohol?"),
        ("xanax/alcohol, ketamine-naloxone", "xanax/alcohol, ketamine-naloxone"),
        ("xanax/Zoltan", GONE),
        ("call 555-0134 or +1 (202) 555 0134", GONE),
        ("what is 2mg xanax", f"what is {GONE} xanax"),
        ("mail jane.doe@clinic.example, it is my name", f"{GONE}, it is my name"),
        ("https://example.org/me", GONE),
        ("Zoltan, Zoltan, does ketamine work?", f"{GONE}, {GONE}, does ketamine work?"),
        ("xanax's", GONE),
        ("１２３ ketamine", f"{GONE} ketamine"),
        ("  what \n is\tketamine ", "what is ketamine"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_what_is_not_known_to_be_harmless_goes(question: str, kept: str) -> None:
    assert SCRUBBER.scrub(question) == kept


@pytest.mark.parametrize("name", ["Will", "Rose", "May"])
def test_a_word_that_may_be_a_name_goes_where_it_is_written_as_one(name: str) -> None:
    assert SCRUBBER.scrub(f"my name is {name}, can i take xanax") == f"my name is {GONE}, can i take xanax"


def test_a_name_written_as_one_goes_at_the_end_of_a_sentence_too() -> None:
    assert SCRUBBER.scrub("can i take xanax. my mother is Rose.") == f"can i take xanax. my mother is {GONE}."


def test_a_first_word_keeps_its_capital() -> None:
    assert SCRUBBER.scrub("Can i take ketamine? Will naloxone work?") == "Can i take ketamine? Will naloxone work?"


def test_names_of_drugs_keep_their_capitals() -> None:
    assert SCRUBBER.scrub("can i mix Xanax and KETAMINE") == "can i mix Xanax and KETAMINE"


@pytest.mark.parametrize("signs", ["⠼⠑⠑⠑", "🇩🇪", "\ud800", "ketamine\ud800", "☎ketamine", "①②③"])
def test_signs_that_could_spell_something_go(signs: str) -> None:
    assert SCRUBBER.scrub(f"what is {signs} it") == f"what is {GONE} it"


@given(st.text(max_size=200))
def test_no_letter_or_digit_is_left_that_is_not_of_a_known_word(question: str) -> None:
    kept = SCRUBBER.scrub(question).replace(GONE, " ")
    kept.encode()  # nothing that a file could not hold
    left = "".join(letter if letter.isalnum() or letter == "'" else " " for letter in kept).split()
    assert set(map(str.lower, left)) <= {*WORDS, "alcohol", "don't", "mother", "ketamine", "naloxone", "xanax", "'"}


@pytest.fixture
def tea(tiny: Path) -> Iterator[Scrubber]:
    bot = Bot.open(tiny / "index")
    yield Scrubber.of(bot.usable_index())
    bot.usable_index().store.close()


def test_an_index_tells_which_words_are_harmless(tea: Scrubber) -> None:
    assert tea.scrub("how long is black tea of Jane hot") == "[...] long is black tea of [...] hot"


def test_words_that_documents_write_with_a_capital_alone_are_not_harmless(tea: Scrubber) -> None:
    assert tea.scrub("the moons are named phobos and deimos") == f"the moons {GONE} and {GONE}"


def test_names_of_drugs_are_harmless_whatever_the_documents_say(tea: Scrubber) -> None:
    assert tea.scrub("tea and Xanax and bars") == "tea and Xanax and bars"
