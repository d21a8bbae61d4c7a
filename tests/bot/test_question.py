"""What a question asks: its parts, what it takes for granted, and the shape of the answer it waits for."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lexicon import Names
from bot.question import ASKING, Asked, Part, claim_in, parts_of, question_in
from indexer.corpus_tables import Lexicon

NAMES = Names.compile(
    Lexicon.model_validate(
        {
            "checked": "2026-01-01",
            "drug": [
                {"name": "ketamine", "drug_class": "dissociative"},
                {"name": "alprazolam", "drug_class": "benzodiazepine", "brands": ["Xanax"]},
                {"name": "diazepam", "drug_class": "benzodiazepine", "brands": ["Valium"]},
                {"name": "alcohol", "drug_class": "depressant"},
                {"name": "fentanyl", "drug_class": "opioid", "street": ["fent"]},
            ],
            "property": [
                {"name": "law", "of_drug": True, "asked": [r"\blegal\b"]},
                {"name": "duration", "of_drug": True, "asked": [r"\blasts?\b"]},
                {"name": "addiction", "of_drug": True, "asked": [r"\baddict\w*"]},
            ],
        }
    )
)


def asked(text: str) -> Asked:
    return Asked.in_text(text, NAMES, NAMES.in_text(text))


# The parts of a message


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "?",
        "ketamine",
        "what is ketamine",
        "What is ketamine?",
        "I take Xanax. I feel tired.",  # asks nothing
        "I took Xanax last night. Is it safe to drive?",
        "Is it safe to drive? I took Xanax last night.",
        "Tell me about ketamine. Tell me about Xanax.",
        "is ketamine safe and legal",
        "can I drive and drink on Xanax",
        "do Xanax and Valium do the same thing",
        "what is it and how",  # "how" alone says of nothing
        "my mom has dementia and is on morphine",
        "my mom is on morphine and has dementia, can she take Xanax",
        "whatever and however you do",
        "what does and/or mean",
        "is it safe to take 0.5 mg. of Xanax",
        "Is it an opioid? Why?",
        "ketamine? Xanax?",
        "Should I take it? Should I?",
        "Is it legal? Thanks a lot",
        "tell me about ketamine and how it works",
        "My mother takes Xanax and what if she drinks?",  # the first half tells
    ],
)
def test_a_message_that_asks_once_or_not_at_all_is_its_own_part(text: str) -> None:
    assert parts_of(text) == (Part(text, text),)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Is Xanax addictive? How long does it last?", ["Is Xanax addictive?", "How long does it last?"]),
        ("What is ketamine?Is it legal?", ["What is ketamine?", "Is it legal?"]),
        ("What is Xanax?! Is it legal?", ["What is Xanax?!", "Is it legal?"]),
        ("what is ketamine\nhow does it work\n\nis it legal", ["what is ketamine", "how does it work", "is it legal"]),
        ("1) what is ketamine 2) is it legal", ["1) what is ketamine", "2) is it legal"]),
        ("What is Xanax. How does it work.", ["What is Xanax.", "How does it work."]),
        ("hey, what is Xanax? also, how does it work?", ["hey, what is Xanax?", "also, how does it work?"]),
        ("Ketamine hurts the bladder? Is it legal?", ["Ketamine hurts the bladder?", "Is it legal?"]),
        ("what is ketamine and is it addictive", ["what is ketamine", "is it addictive"]),
        ("What is Xanax, and what is Valium?", ["What is Xanax", "what is Valium?"]),
        ("what is naloxone & where can I get it", ["what is naloxone", "where can I get it"]),
        ("what is naloxone and also how does it work", ["what is naloxone", "how does it work"]),
        ("what is naloxone plus how does it work", ["what is naloxone", "how does it work"]),
        ("what is naloxone then how does it work", ["what is naloxone", "how does it work"]),
        ("how do I quit and what helps and is it safe", ["how do I quit", "what helps", "is it safe"]),
        ("why does it burn and how do you fix it? Is it legal?", ["why does it burn", "how do you fix it?", "Is it legal?"]),
        ("Should I take it? Should I? Is it legal?", ["Should I take it? Should I?", "Is it legal?"]),
        ("Is Xanax an opioid? Why? Is it legal?", ["Is Xanax an opioid? Why?", "Is it legal?"]),
        ("Is it an opioid? Thanks! How long does it last?", ["Is it an opioid? Thanks!", "How long does it last?"]),
    ],
)
def test_a_message_that_asks_several_times_is_cut_into_its_questions(text: str, parts: list[str]) -> None:
    assert parts_of(text) == tuple(Part(part, part) for part in parts)


def test_every_part_comes_with_what_the_message_tells() -> None:
    assert parts_of("I took Xanax last night. It was a lot. Is it safe to drive? How long does it last?") == (
        Part("Is it safe to drive?", "I took Xanax last night. It was a lot. Is it safe to drive?"),
        Part("How long does it last?", "I took Xanax last night. It was a lot. How long does it last?"),
    )
    assert parts_of("I use ketamine daily\nwhat does it do to me\nhow do i stop") == (
        Part("what does it do to me", "I use ketamine daily what does it do to me"),
        Part("how do i stop", "I use ketamine daily how do i stop"),
    )


def test_a_part_does_not_come_with_the_other_questions() -> None:
    first, second = parts_of("Is fentanyl deadly? My friend takes Xanax. Is Xanax legal?")
    assert "deadly" not in second.text
    assert "legal" not in first.text


def test_there_are_at_most_four_parts_the_last_of_which_has_the_rest() -> None:
    letters = [f"What is {letter}?" for letter in "abcdef"]
    assert [part.said for part in parts_of(" ".join(letters[:4]))] == letters[:4]
    assert [part.said for part in parts_of(" ".join(letters))] == [*letters[:3], "What is d? What is e? What is f?"]


TELLS = ("I take Xanax daily.", "My mom is worried!", "It was a lot.")
ASKS = ("Is it legal?", "what is ketamine?", "How long does it last?", "So can I drive?")


@given(st.lists(st.sampled_from(TELLS), max_size=3), st.lists(st.sampled_from(ASKS), max_size=7), st.sampled_from([" ", "\n", "  "]))
def test_parts_are_what_a_plain_cut_gives(tells: list[str], asks: list[str], space: str) -> None:
    text = space.join([*tells, *asks])
    questions = asks if len(asks) <= 4 else [*asks[:3], " ".join(asks[3:])]
    expected = [Part(question, " ".join([*tells, question])) for question in questions]
    assert list(parts_of(text)) == (expected if len(asks) >= 2 else [Part(text, text)])


@given(st.text("ab?.!;,\n 1)and what is", max_size=60))
def test_whatever_the_message_there_are_one_to_four_parts_with_its_words(text: str) -> None:
    parts = parts_of(text)
    assert 1 <= len(parts) <= 4
    for part in parts:
        assert part.text.endswith(part.said)
        assert set(re.findall(r"\w+", part.text)) <= set(re.findall(r"\w+", text))
    assert len(parts) == 1 or all(part.said.strip() for part in parts)


@pytest.mark.parametrize(
    "text",
    [
        "what is it",
        "Whats up",
        "and is it",
        "ok, but can I",
        "hi how are you",
        "so, does it",
        "1. what is it",
        "b) is it",
        "please, can you",
        "any risks",
    ],
)
def test_a_text_that_begins_with_a_word_that_asks_is_asking(text: str) -> None:
    assert ASKING.match(text)


@pytest.mark.parametrize("text", ["ketamine", "island life", "I wonder what it is", "howl", "tell me what it is", "whatever", ""])
def test_a_text_that_begins_otherwise_is_not(text: str) -> None:
    assert not ASKING.match(text)


# The shape of an answer


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("is ketamine addictive", "yes-no"),
        ("Isn't fentanyl an opioid?", "yes-no"),
        ("so is xanax an opioid", "yes-no"),
        ("hey, can you overdose on it", "yes-no"),
        ("Will it hurt someone?", "yes-no"),
        ("what is ketamine", "definition"),
        ("What's Xanax?", "definition"),
        ("ok so what is a benzo", "definition"),
        ("what are opioids", "definition"),
        ("what does fent mean", "definition"),
        ("what does OUD stand for", "definition"),
        ("define tolerance", "definition"),
        ("when was ketamine approved", "year"),
        ("what year was xanax approved", "year"),
        ("since when is it controlled", "year"),
        ("how long does xanax last", "time"),
        ("how soon does it work", "time"),
        ("How fast does fentanyl act?", "time"),
        ("when does withdrawal start", "time"),
        ("when can I drive", "time"),
        ("what is the half life of diazepam", "time"),
        ("half-life of diazepam", "time"),
        ("how many hours does xanax last", "time"),
        ("how many more days will it last", "time"),
        ("how many people die of it", "number"),
        ("how common is addiction", "number"),
        ("what percent of people relapse", "number"),
        ("what are the odds of an overdose", "number"),
        ("how much stronger is it", "number"),
        ("what schedule is ketamine", "number"),
        ("why is fentanyl dangerous", "reason"),
        ("how come xanax is addictive", "reason"),
        ("what makes it so strong", "reason"),
        ("what are the side effects of ketamine", "list"),
        ("does ketamine have side effects", "list"),
        ("what are the signs of an overdose", "list"),
        ("symptoms of withdrawal", "list"),
        ("which medicines treat it", "list"),
        ("how does naloxone work", "open"),
        ("tell me about ketamine", "open"),
        ("what happens if i stop xanax", "open"),
        ("what should i do if someone takes too much", "open"),
        ("how much xanax is safe", "open"),
        ("ketamine", "open"),
        ("", "open"),
    ],
)
def test_the_shape_of_an_answer_is_known_by_how_it_is_asked_for(text: str, shape: str) -> None:
    assert asked(text).shape == shape


@pytest.mark.parametrize(
    ("text", "shape", "properties"),
    [
        ("I am addicted. How long does Xanax last?", "time", ["duration"]),
        ("Is Xanax legal? I am addicted to it, and I wonder how long it lasts.", "yes-no", ["law"]),
        ("How long did I sleep. Why is it legal", "reason", ["law"]),
        ("is it legal, and how long does it last", "time", ["law", "duration"]),
        ("I am addicted", "open", ["addiction"]),
        ("what is Xanax", "definition", []),
    ],
)
def test_what_is_asked_stands_in_the_sentences_that_ask(text: str, shape: str, properties: list[str]) -> None:
    found = asked(text)
    assert (found.shape, [one.name for one in found.properties]) == (shape, properties)


def test_the_drugs_are_those_that_were_given() -> None:
    drugs = NAMES.in_text("Xanax and fent")
    found = Asked.in_text("which one lasts", NAMES, drugs)
    assert found.drugs == drugs
    assert [drug.name for drug in found.drugs] == ["alprazolam", "fentanyl"]


# How several drugs stand to each other


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("is it legal", "alone"),
        ("is Xanax stronger than other pills", "alone"),
        ("can I mix Xanax", "alone"),
        ("Xanax vs Valium", "compared"),
        ("what is the difference between Xanax and Valium", "compared"),
        ("how do Xanax and Valium differ", "compared"),
        ("is Xanax stronger than Valium", "compared"),
        ("is Xanax the same as Valium", "compared"),
        ("is Xanax like Valium", "compared"),
        ("which lasts longer, Xanax and Valium", "compared"),
        ("is Xanax as strong as Valium", "compared"),
        ("is fentanyl or Xanax safer", "compared"),
        ("is it worse to mix Xanax with alcohol than with ketamine", "compared"),  # two mixtures
        ("are ketamine and Xanax legal", "compared"),  # in what is asked of each
        ("how long do Xanax and Valium last", "compared"),
        ("is Xanax legal with alcohol", "combined"),
        ("can I take Xanax with alcohol", "combined"),
        ("is it safe to mix ketamine and Xanax", "combined"),
        ("Xanax and alcohol", "combined"),
        ("Xanax + alcohol", "combined"),
        ("Xanax/alcohol", "combined"),
        ("are Xanax + alcohol legal", "combined"),
        ("is Xanax/alcohol legal", "combined"),
        ("can I take ketamine after Xanax", "combined"),
        ("does Xanax interact with fentanyl", "combined"),
        ("Can Xanax and Valium be taken TOGETHER?", "combined"),
        ("does it last with Xanax and alcohol on top", "combined"),
        ("what happens when ketamine meets alcohol", "combined"),
    ],
)
def test_drugs_are_compared_or_taken_together(text: str, relation: str) -> None:
    assert asked(text).relation == relation


# What a question takes for granted


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Since ketamine is an opioid, will Narcan work?", "ketamine is an opioid"),
        ("  so since ketamine is an opioid, is it addictive", "ketamine is an opioid"),
        ("since ketamine is an opioid , is it bad", "ketamine is an opioid"),
        ("but because Xanax is natural, is it safe", "Xanax is natural"),
        ("cause Xanax is a downer, is it bad?", "Xanax is a downer"),
        ("bc k is legal, can i buy it", "k is legal"),
        ("given that Xanax is natural, is it safe", "Xanax is natural"),
        ("now that Xanax is legal, can i buy it", "Xanax is legal"),
        ("seeing as Valium is weak, can i take more", "Valium is weak"),
        ("considering that fentanyl is everywhere, should i carry Narcan", "fentanyl is everywhere"),
        ("is it addictive since ketamine is an opioid", "ketamine is an opioid"),
        ("Is it safe because doctors prescribe it?", "doctors prescribe it"),
        ("is it safe, given that it is natural?", "it is natural"),
        ("why is Xanax an opioid", "is Xanax an opioid"),
        ("so why does ketamine cause cancer", "does ketamine cause cancer"),
        ("Why are benzos dangerous", "are benzos dangerous"),
        ("why cant I drink on Xanax", "cant I drink on Xanax"),
    ],
)
def test_what_a_question_takes_for_granted_is_its_claim(text: str, claim: str) -> None:
    assert claim_in(text) == claim


@pytest.mark.parametrize(
    "text",
    [
        "",
        "is Xanax an opioid",
        "Ketamine is an opioid, right?",
        "since when is ketamine legal",
        "is ketamine legal since 1970",  # no claim, a year
        "what is the cause of addiction",
        "as a nurse, can i give naloxone",
        "why Xanax",
        "why is it",
        "since it is, why",  # too short to say anything
        "is it true that ketamine is an opioid",
    ],
)
def test_a_question_that_takes_nothing_for_granted_has_no_claim(text: str) -> None:
    assert claim_in(text) is None


# Of a story, the sentences that ask


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Is it safe?", "Is it safe?"),
        ("tell me about tea", "tell me about tea"),
        ("I drank 2.5 cups of tea v.2", "I drank 2.5 cups of tea v.2"),  # a full stop within a word ends nothing
        ("I drank cold tea. Is it safe? Thanks in advance.", "Is it safe?"),
        ("Is it safe? I drank cold tea.", "Is it safe?"),
        ("I drank tea. Is it safe? It was cold! Will it pass?", "Is it safe? Will it pass?"),
        ("I drank cold tea! It tasted flat. tell me why", "tell me why"),  # without a sign the last sentence asks
        ("I drank cold tea\nis it safe\n\n", "is it safe"),
        ("is it safe?\nI drank cold tea", "is it safe?"),
        ("I drank cold tea. Is it safe?! thanks", "Is it safe?!"),
        ("Is it safe? (tea)", "Is it safe?"),  # a subject added to a question counts for less than it; more was tried and ranked worse
        ("", ""),
        ("   ", "   "),
        ("?", "?"),
        ("\n\n", "\n\n"),
    ],
)
def test_of_a_story_it_is_the_sentences_that_ask_which_count(text: str, asked: str) -> None:
    assert question_in(text) == asked
