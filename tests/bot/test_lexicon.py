"""Which drugs and places a text names: by a lexicon of a few entries, then by the one that is shipped."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import DrugMention
from bot.lexicon import Names
from indexer.corpus_tables import CorpusTables, Lexicon
from indexer.documents import plain

XANAX: dict[str, Any] = {
    "name": "alprazolam",
    "drug_class": "benzodiazepine",
    "brands": ["Xanax", "Xanax XR"],
    "street": ["xans", "bars", "planks", "R's", "mother's little helper", "Zan-Bars"],
    "misspellings": ["alprazolan", "xanex"],
    "ambiguous": {"bars": "pubs", "planks": "boards", "footballs": "balls"},
}
KETAMINE: dict[str, Any] = {"name": "ketamine", "drug_class": "dissociative", "street": ["K", "Kit Kat", "Cat Valium"]}
KETAMINE["ambiguous"] = {"k": "the letter", "kit kat": "chocolate"}
VALIUM = {
    "name": "diazepam",
    "drug_class": "benzodiazepine",
    "brands": ["Valium"],
    "street": ["V", "bars"],
    "ambiguous": {"v": "the letter"},
}
ALCOHOL = {"name": "alcohol", "drug_class": "depressant", "outside": True, "street": ["café noir"]}
PLACES = {"UK": ["uk", "britain", "london"], "Ireland": ["ireland", "dublin"]}
NAMES = Names.compile(
    Lexicon.model_validate(
        {"checked": "2026-01-01", "context": ["pills", "dose"], "places": PLACES, "drug": [XANAX, KETAMINE, VALIUM, ALCOHOL]}
    )
)


def named(text: str, names: Names = NAMES) -> list[tuple[str, str]]:
    """What a text calls each drug, and the drug."""
    return [(drug.surface, drug.name) for drug in names.in_text(text)]


def test_a_name_is_resolved_to_its_drug_with_all_that_is_known_of_it() -> None:
    assert NAMES.in_text("Is Xanax strong?") == (DrugMention("Xanax", "alprazolam", "benzodiazepine"),)
    assert NAMES.in_text("is alcohol strong") == (DrugMention("alcohol", "alcohol", "depressant"),)
    assert NAMES.in_text("a dose of bars") == (DrugMention("bars", "alprazolam", "benzodiazepine"),)


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("what does alprazolam do", "alprazolam"),
        ("what do xans do", "xans"),
        ("what does xanex do", "xanex"),  # a misspelling that the lexicon has
        ("WHAT DOES XANAX DO", "XANAX"),
        ("are alprazolams strong", "alprazolams"),
        ("xanaxs?", "xanaxs"),
        ("Xanax's effects", "Xanax's"),
        ("Xanax\u2019s effects", "Xanax\u2019s"),
        ("my mother\u2019s little helper", "mother\u2019s little helper"),
        ("my mothers little helper", "mothers little helper"),
        ("what are R's", "R's"),
        ("what are rs", "rs"),
        ("zan bars", "zan bars"),
        ("ZAN-BARS?", "ZAN-BARS"),
        ("zan  -\nbars", "zan  -\nbars"),
        ("(xanax)", "xanax"),
        ("'xanax'", "xanax"),
        ("' xanax '", "xanax"),
        ("\u2018xanax\u2019", "xanax"),
        ("\uff38anax", "\uff38anax"),
        ("xanax/alprazolam", "xanax"),
        ("_xanax_", "xanax"),
    ],
)
def test_the_drug_is_known_by_the_words_that_were_used(text: str, surface: str) -> None:
    assert named(text) == [(surface, "alprazolam")]


@pytest.mark.parametrize(
    "text",
    ["", " ", "'", "what is it", "xana", "xanaxx", "axanax", "xan ax", "alprazol", "mother's little", "caf\u00e9", "alprazolamss"],
)
def test_what_is_no_name_names_nothing(text: str) -> None:
    assert named(text) == []


def test_accents_are_part_of_a_name() -> None:
    assert named("one caf\u00e9 noir") == [("caf\u00e9 noir", "alcohol")]
    assert named("one cafe noir") == []


def test_the_longest_name_wins() -> None:
    assert named("is cat valium strong, or xanax xr") == [("cat valium", "ketamine"), ("xanax xr", "alprazolam")]
    assert named("my cat took valium") == [("valium", "diazepam")]


def test_drugs_stand_in_the_order_of_the_text_each_once_by_its_first_name() -> None:
    assert named("ketamine, Xanax or ketamine") == [("ketamine", "ketamine"), ("Xanax", "alprazolam")]
    assert named("xans and alcohol, xanax and valium") == [("xans", "alprazolam"), ("alcohol", "alcohol"), ("valium", "diazepam")]


@pytest.mark.parametrize("text", ["which bars are open", "footballs", "k", "Kit Kats?", "bars, bars and more bars", "a dosed bars", "bar"])
def test_an_ambiguous_name_alone_names_nothing(text: str) -> None:
    assert named(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("is xanax in bars", [("xanax", "alprazolam")]),
        ("are bars xanax", [("bars", "alprazolam")]),
        ("bars and valium", [("bars", "alprazolam"), ("valium", "diazepam")]),
        ("valium and bars", [("valium", "diazepam"), ("bars", "alprazolam")]),
        ("bars and k", [("bars", "alprazolam"), ("k", "ketamine")]),
        ("bars and planks", [("bars", "alprazolam")]),
        ("what dose is in Bars?", [("Bars", "alprazolam")]),
        ("are PILLS called footballs", [("footballs", "alprazolam")]),
        ("k pills", [("k", "ketamine")]),
    ],
)
def test_an_ambiguous_name_counts_beside_another_name_or_a_word_that_speaks_of_drugs(text: str, found: list[tuple[str, str]]) -> None:
    assert named(text) == found


@pytest.mark.parametrize("text", ["ketamine vs xanax", "ketamine v's", "ks and valium", "vs valium"])
def test_a_letter_has_no_plural(text: str) -> None:
    """ "vs" stands in many a question, and is not the street name "V" of diazepam."""
    assert not {"vs", "v's", "ks"} & {surface for surface, _ in named(text)}
    assert len(named(text)) >= 1


def test_a_name_that_two_drugs_share_is_that_of_the_first() -> None:
    assert named("a dose of bars") == [("bars", "alprazolam")]


def test_places_are_named_by_any_of_their_words() -> None:
    assert NAMES.places_in("Is it legal in LONDON's clubs, or in Britain?") == frozenset({"UK"})
    assert NAMES.places_in("from Dublin to the UK") == frozenset({"Ireland", "UK"})
    assert NAMES.places_in("londoners and ukuleles") == frozenset()
    assert NAMES.places_in("") == frozenset()


def test_an_empty_lexicon_names_nothing() -> None:
    for names in (Names(), Names.compile(Lexicon.model_validate({"checked": "2026-01-01", "drug": []}))):
        assert names.in_text("a dose of xanax in London") == ()
        assert names.places_in("a dose of xanax in London") == frozenset()


TERMS = ("xanax", "xanax xr", "xanax's", "bars", "k", "kit", "kat", "cat", "valium", "alcohol", "pills", "the", "?", "'", "-")


@given(st.lists(st.sampled_from(TERMS), max_size=12))
def test_whatever_the_words_each_drug_is_named_once_by_a_part_of_the_text(terms: list[str]) -> None:
    text = " ".join(terms)
    found = NAMES.in_text(text)
    drugs = [drug.name for drug in found]
    assert len(drugs) == len(set(drugs))
    places = [re.search(rf"(?<!\w){re.escape(drug.surface)}(?!\w)", text) for drug in found]
    starts = [place.start() for place in places if place is not None]
    assert len(starts) == len(places)
    assert starts == sorted(starts)
    assert set(drugs) == brute_force(terms)


def brute_force(terms: Iterable[str]) -> set[str]:
    """The drugs of words, by taking the longest name from the front as long as there is a word."""
    words = plain(" ".join(terms)).split()
    known = {"xanax": "alprazolam", "xanaxs": "alprazolam", "xanax xr": "alprazolam", "bars": "alprazolam", "k": "ketamine"}
    known |= {"kit kat": "ketamine", "cat valium": "ketamine", "valium": "diazepam", "alcohol": "alcohol"}
    names: list[str] = []
    left = list(words)
    while left:
        taken = next((length for length in (2, 1) if " ".join(left[:length]) in known), 0)
        names += [" ".join(left[:taken])] if taken else []
        left = left[max(taken, 1) :]
    clear = set(names) - {"bars", "k", "kit kat"}
    return {known[name] for name in names} if clear or len(set(names)) > 1 or "pills" in words else set()


# The shipped lexicon


@pytest.fixture(scope="module")
def shipped(tables: CorpusTables) -> Names:
    return Names.compile(tables.lexicon)


@pytest.mark.parametrize(
    ("text", "drugs"),
    [
        ("how long do xans last", ["alprazolam"]),
        ("ativan vs valium vs klonopin vs xanax", ["lorazepam", "diazepam", "clonazepam", "alprazolam"]),
        ("are bars the same as xanax", ["alprazolam"]),
        ("do kit kat bars have nuts in them", ["ketamine", "alprazolam"]),  # two ambiguous names together
        ("which bars are open tonight", []),
        ("what vitamin k food is best", []),
        ("is special k addictive", ["ketamine"]),
        ("coke and k", ["cocaine", "ketamine"]),
        ("what is the capital of France", []),
    ],
)
def test_what_people_call_a_drug_is_resolved_by_the_shipped_lexicon(shipped: Names, text: str, drugs: list[str]) -> None:
    assert [drug.name for drug in shipped.in_text(text)] == drugs


def test_every_shipped_name_is_found_as_it_stands(shipped: Names, tables: CorpusTables) -> None:
    """With a word of drugs beside it, so that the ambiguous ones count; where drugs share a name, the first has it."""
    owner: dict[str, str] = {}
    for drug in tables.lexicon.drugs:
        for name in (*drug.all_names(), *drug.ambiguous):
            owner.setdefault(plain(name), drug.name)
            assert named(f"{name} overdose", shipped) == [(name, owner[plain(name)])], name


def test_shipped_words_for_places_and_contexts_are_plain_lower_case(tables: CorpusTables) -> None:
    """They are compared with a question's words one by one, so that any other form would never be found."""
    lexicon = tables.lexicon
    words = [*lexicon.context, *(word for named in lexicon.places.values() for word in named)]
    assert len(words) > 100
    assert [word for word in words if plain(word) != word or " " in word or not word] == []
    assert [word for word in words if words.count(word) > 1] == []


def test_no_shipped_place_is_the_one_the_documents_are_about(shipped: Names) -> None:
    assert shipped.places_in("Is it legal in the US, in the United States, in America or in Texas?") == frozenset()


def test_a_lexicon_without_context_leaves_ambiguous_names_alone(shipped: Names) -> None:
    assert named("a dose of bars", replace(NAMES, context=frozenset())) == []
