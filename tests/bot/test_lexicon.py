"""Which drugs and places a text names, and what it asks about them: by a lexicon of a few entries, then by the one that is shipped."""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import DrugMention
from bot.lexicon import Names
from bot.pipeline import Bot
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
LEXICON = Lexicon.model_validate(
    {"checked": "2026-01-01", "context": ["pills", "dose"], "places": PLACES, "drug": [XANAX, KETAMINE, VALIUM, ALCOHOL]}
)
NAMES = Names.compile(LEXICON)


def named(text: str, names: Names = NAMES, before: Collection[str] = ()) -> list[tuple[str, str]]:
    """What a text calls each drug, and the drug."""
    return [(drug.surface, drug.name) for drug in names.in_text(text, before)]


def owners(name: str, names: Names = NAMES) -> list[str]:
    return [drug.name for drug in names.owners[name]]


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
        ("k and valium", [("k", "ketamine"), ("valium", "diazepam")]),
        ("valium and planks", [("valium", "diazepam"), ("planks", "alprazolam")]),
        ("bars and k", [("bars", "alprazolam"), ("k", "ketamine")]),
        ("bars and planks", [("bars", "alprazolam")]),
        ("what dose is in Bars?", [("Bars", "alprazolam")]),
        ("are PILLS called footballs", [("footballs", "alprazolam")]),
        ("k pills", [("k", "ketamine")]),
    ],
)
def test_an_ambiguous_name_counts_beside_another_name_or_a_word_that_speaks_of_drugs(text: str, found: list[tuple[str, str]]) -> None:
    assert named(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ketamine vs xanax", [("ketamine", "ketamine"), ("xanax", "alprazolam")]),
        ("ketamine v's", [("ketamine", "ketamine")]),
        ("ks and valium", [("valium", "diazepam")]),
        ("vs valium", [("valium", "diazepam")]),
        ("a dose of kit kats", []),
        ("xanax and planks's", [("xanax", "alprazolam")]),
    ],
)
def test_an_ambiguous_name_has_no_plural(text: str, found: list[tuple[str, str]]) -> None:
    """ "vs" stands in many a question, and is not the street name "V" of diazepam; "it speeds you up" is no amphetamine."""
    assert named(text) == found


@pytest.mark.parametrize("word", ["my", "your", "his", "her", "our", "their", "a", "an", "this", "that", "My"])
def test_a_word_that_points_keeps_an_ambiguous_name_away(word: str) -> None:
    """ "My boy took pills" is about a child."""
    assert named(f"{word} k dose") == []
    assert named(f"{word} kit kat with xanax") == [("xanax", "alprazolam")]
    assert named(f"is {word} xanax dose high") == [("xanax", "alprazolam")]


def test_a_name_that_is_kept_away_supports_no_other() -> None:
    assert named("my planks and k") == []
    assert named("planks and k") == [("planks", "alprazolam"), ("k", "ketamine")]


# What a name may stand for


def test_a_name_has_all_the_drugs_that_are_called_so_in_the_order_of_the_lexicon() -> None:
    assert owners("bars") == ["alprazolam", "diazepam"]
    assert owners("planks") == ["alprazolam"]  # once, though it is among the street names and the ambiguous ones
    assert owners("caf\u00e9 noir") == ["alcohol"]


def test_a_name_that_two_drugs_share_is_that_of_the_first() -> None:
    assert named("a dose of bars") == [("bars", "alprazolam")]


def test_a_name_that_two_drugs_share_is_that_of_the_one_named_otherwise() -> None:
    assert named("are bars valium") == [("bars", "diazepam")]
    assert named("is xanax in bars") == [("xanax", "alprazolam")]
    assert named("is ketamine in bars") == [("ketamine", "ketamine"), ("bars", "alprazolam")]


@pytest.mark.parametrize(
    ("text", "before", "found"),
    [
        ("how strong is k", [], []),
        ("how strong is k", ["alprazolam"], [("k", "ketamine")]),
        ("which bars", ["ketamine"], [("bars", "alprazolam")]),
        ("which bars", ["diazepam"], [("bars", "diazepam")]),
        ("which bars", ["ketamine", "diazepam"], [("bars", "diazepam")]),
        ("which bars", ["diazepam", "alprazolam"], [("bars", "alprazolam")]),
        ("is xanax strong", ["diazepam"], [("xanax", "alprazolam")]),
        ("my k", ["ketamine"], []),
        ("how strong is it", ["ketamine"], []),
    ],
)
def test_drugs_that_were_spoken_of_support_an_ambiguous_name(text: str, before: list[str], found: list[tuple[str, str]]) -> None:
    assert named(text, before=before) == found


def test_the_meanings_of_a_text_are_all_that_its_names_may_stand_for() -> None:
    assert NAMES.meanings("which Bars, or v?") == (
        DrugMention("Bars", "alprazolam", "benzodiazepine"),
        DrugMention("Bars", "diazepam", "benzodiazepine"),
        DrugMention("v", "diazepam", "benzodiazepine"),
    )
    assert NAMES.meanings("xanax") == (DrugMention("xanax", "alprazolam", "benzodiazepine"),)
    assert NAMES.meanings("which one") == ()


@pytest.mark.parametrize(
    ("text", "drugs"),
    [
        ("Alprazolam (Xanax\u00ae) and diazepam slow breathing.", {"alprazolam", "diazepam"}),
        ("Valiums, not alcohols", {"diazepam", "alcohol"}),
        ("Mother's little helper.", {"alprazolam"}),
        ("Planks and footballs in a kit kat: a dose of k, of v, of bars.", set()),
        ("Take a dose of K with ketamine.", {"ketamine"}),
        ("", set()),
    ],
)
def test_a_document_names_drugs_by_names_that_mean_nothing_else(text: str, drugs: set[str]) -> None:
    assert NAMES.in_document(text) == drugs


# Misspellings: "is_word" says which words are none


SPELT = Names.compile(LEXICON, {"vallum", "is", "the"}.__contains__)


@pytest.mark.parametrize(
    ("word", "drug"),
    [
        ("xanxa", "alprazolam"),  # swapped
        ("xannax", "alprazolam"),  # added
        ("valim", "diazepam"),  # left out
        ("Valuim", "diazepam"),
        ("alcohal", "alcohol"),
        ("allprazollam", "alprazolam"),  # a long word may be two slips away
        ("alprazolaz", "alprazolam"),  # as near to a misspelling that the lexicon has, which is of the same drug
    ],
)
def test_a_word_that_is_none_is_taken_for_the_name_it_is_near(word: str, drug: str) -> None:
    assert named(f"is the {word}?", SPELT) == [(word, drug)]
    assert named(f"is the {word}?") == []  # as long as it may be a word


@pytest.mark.parametrize(
    "word",
    [
        "vallum",  # one letter from "valium", but a word of its own
        "zamax",  # two slips in a short word
        "getamine",  # another first letter
        "kitemine",  # two slips in a word of eight letters
        "kitimino",  # three slips
        "xana",  # too short
        "xanax1",
        "plankz",  # near an ambiguous name
        "footbals",
        "cat valiu",  # of two words, neither is near
    ],
)
def test_a_word_that_may_be_another_is_no_misspelling(word: str) -> None:
    names = SPELT if word != "cat valiu" else replace(SPELT, is_word={"cat", "valiu"}.__contains__)
    assert named(word, names) == named(f"{word} dose", names) == []


def test_a_misspelt_name_supports_an_ambiguous_one() -> None:
    assert named("xannax and k", SPELT) == [("xannax", "alprazolam"), ("k", "ketamine")]


def test_a_document_is_not_searched_for_misspellings() -> None:
    assert SPELT.in_document("xannax and valiumm") == frozenset()


NEAR = (
    "ketamine",
    "esketamine",
    "arketamine",
    "lorazepam",
    "oxazepam",
    "temazepam",
    "codeine",
    "cocaine",
    "opium",
    "ozium",
    "estazolam",
    "etizolam",
)
NEARLY = Names.compile(
    Lexicon.model_validate({"checked": "2026-01-01", "drug": [{"name": name, "drug_class": "drug"} for name in NEAR]}), lambda word: False
)


@pytest.mark.parametrize(
    ("word", "drug"),
    [
        ("eskettamine", "esketamine"),
        ("ketemine", "ketamine"),
        ("coceine", None),
        ("codaine", None),
        ("cocaien", "cocaine"),
        ("opuim", "opium"),
        ("ettazolam", "estazolam"),  # one slip; two from "etizolam"
        ("estizolam", None),
    ],
)
def test_a_word_as_near_to_two_drugs_is_neither(word: str, drug: str | None) -> None:
    assert [name for _, name in named(word, NEARLY)] == ([drug] if drug else [])


SLIPS = st.lists(st.tuples(st.sampled_from("add drop change swap".split()), st.integers(0, 9), st.sampled_from("aeioktmz")), max_size=3)


@given(st.sampled_from(NEAR), SLIPS)
def test_misspellings_are_those_that_a_plain_computation_finds(name: str, slips: list[tuple[str, int, str]]) -> None:
    word = name
    for kind, place, letter in slips:
        word = slipped(word, kind, place % len(word), letter)
    assert [drug for _, drug in named(word, NEARLY)] == brute_force_misspelt(word)


def slipped(word: str, kind: str, at: int, letter: str) -> str:
    if kind == "add":
        return word[:at] + letter + word[at:]
    if kind == "drop":
        return word[:at] + word[at + 1 :]
    if kind == "change":
        return word[:at] + letter + word[at + 1 :]
    return word[:at] + word[at : at + 2][::-1] + word[at + 2 :]


def brute_force_misspelt(word: str) -> list[str]:
    """The drug that a word is, is the plural of, or is alone nearest to."""
    known = [name for name in NEAR if word in (name, f"{name}s")]
    if known or len(word) < 5:
        return known
    near = {name: distance(word, name) for name in NEAR}
    near = {name: slips for name, slips in near.items() if name[0] == word[0] and slips <= (2 if len(word) >= 9 else 1)}
    best = [name for name, slips in near.items() if slips == min(near.values())]
    return best if len(best) == 1 else []


def distance(one: str, other: str) -> int:
    """How many letters are added, left out, changed or swapped between two words."""
    rows = [[i + j if not i * j else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (one[i - 1] != other[j - 1]))
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


# What is asked about a drug, and which drugs are of a kind


ASKED: list[dict[str, Any]] = [
    {"name": "law", "of_drug": True, "asked": [r"\blegal\b", r"\bschedule\b"], "told": [r"\blaw\b"]},
    {"name": "history", "asked": [r"\binvent\w*"]},
]
KINDS = {
    "opioid": "opioid",
    "fentanyl": "opioid",
    "carfentanil": "opioid (fentanyl relative)",
    "benzodiazepine": "benzodiazepine",
    "diazepam": "benzodiazepine",
    "alcohol": "depressant",
}
ASKING = Names.compile(
    Lexicon.model_validate(
        {
            "checked": "2026-01-01",
            "property": ASKED,
            "drug": [{"name": name, "drug_class": kind} for name, kind in KINDS.items()] + [KETAMINE],
        }
    )
)


@pytest.mark.parametrize(
    ("text", "properties"),
    [
        ("what schedule is it", ["law"]),
        ("who invented it and is it legal", ["law", "history"]),  # as the lexicon has them
        ("what law is it", []),  # "law" tells of it
        ("is it illegal", []),
        ("", []),
    ],
)
def test_what_is_asked_about_is_known_by_its_patterns(text: str, properties: list[str]) -> None:
    assert [one.name for one in ASKING.asked_about(text)] == properties


def test_a_text_tells_of_a_property_by_patterns_of_its_own_else_by_those_that_ask() -> None:
    law, history = ASKING.properties
    assert (law.of_drug, history.of_drug) == (True, False)
    assert (law.told.search("the law"), history.told.search("the law")) != (None, None)
    assert law.told.search("it is legal") is None
    assert history.told.search("Invented in 1962") is not None


def test_something_asked_about_drugs_supports_an_ambiguous_name() -> None:
    assert named("is k legal", ASKING) == [("k", "ketamine")]
    assert named("who invented k", ASKING) == []  # asked about many a thing


@pytest.mark.parametrize(
    ("drug", "other", "related"),
    [
        ("fentanyl", "opioid", True),
        ("carfentanil", "opioid", True),
        ("carfentanil", "fentanyl", True),
        ("diazepam", "benzodiazepine", True),
        ("diazepam", "opioid", False),
        ("fentanyl", "benzodiazepine", False),
        ("alcohol", "opioid", False),
        ("opioid", "opioid", False),
        ("alcohol", "tea", False),
        ("tea", "bread", False),
    ],
)
def test_a_drug_is_of_the_kind_that_its_class_names(drug: str, other: str, related: bool) -> None:
    assert ASKING.related(drug, other) is related
    assert ASKING.related(other, drug) is related


def test_drugs_of_one_kind_are_not_each_of_the_others_kind() -> None:
    assert ASKING.kin["carfentanil"] == {"opioid", "fentanyl"}
    assert ASKING.kin["opioid"] == set()
    assert not NAMES.related("alprazolam", "diazepam")


def test_places_are_named_by_any_of_their_words() -> None:
    assert NAMES.places_in("Is it legal in LONDON's clubs, or in Britain?") == frozenset({"UK"})
    assert NAMES.places_in("from Dublin to the UK") == frozenset({"Ireland", "UK"})
    assert NAMES.places_in("londoners and ukuleles") == frozenset()
    assert NAMES.places_in("") == frozenset()


def test_an_empty_lexicon_names_nothing() -> None:
    for names in (Names(), Names.compile(Lexicon.model_validate({"checked": "2026-01-01", "drug": []}))):
        assert names.in_text("a dose of xanax in London", ["alprazolam"]) == names.meanings("bars") == ()
        assert names.in_document("xanax") == names.places_in("a dose of xanax in London") == frozenset()
        assert names.asked_about("is xanax legal") == ()
        assert not names.related("fentanyl", "opioid")


TERMS = ("xanax", "xanax xr", "xanax's", "bars", "k", "kit", "kat", "cat", "valium", "alcohol", "pills", "the", "?", "'", "-")


@given(st.lists(st.sampled_from(TERMS), max_size=12))
def test_whatever_the_words_each_drug_is_named_once_by_a_part_of_the_text(terms: list[str]) -> None:
    text = " ".join(terms)
    found = NAMES.in_text(text)
    drugs = [drug.name for drug in found]
    assert len(drugs) == len(set(drugs))
    in_order = ".*?".join(rf"(?<!\w){re.escape(drug.surface)}(?!\w)" for drug in found)
    assert re.search(in_order, text)
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
    clear = {known[name] for name in set(names) - {"bars", "k", "kit kat"}}
    bars = {"diazepam"} if clear & {"alprazolam", "diazepam"} == {"diazepam"} else {"alprazolam"}
    named = {known[name] for name in names if name != "bars"} | (bars if "bars" in names else set())
    return named if clear or len(set(names)) > 1 or "pills" in words else set()


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


AMBIGUOUS = [
    ("do bars show up on a drug test", ["alprazolam"], "which bars are open tonight"),
    ("are bars fake xanax", ["alprazolam"], "the bars of a song"),
    ("is k addictive", ["ketamine"], "ok k thanks"),
    ("k and xanax", ["ketamine", "alprazolam"], "what does k stand for"),
    ("is h worse than fentanyl", ["heroin", "fentanyl"], "what does h stand for"),
    ("h withdrawal", ["heroin"], "is h a letter"),
    ("are blues laced", ["fentanyl"], "who sings the blues"),
    ("are blues oxycodone", ["oxycodone"], "i have the blues"),
    ("are blues valium", ["diazepam"], "rhythm and blues"),
    ("is blow addictive", ["cocaine"], "how do i blow up a balloon"),
    ("special k bladder", ["ketamine"], "how many calories are in special k"),
    ("dope withdrawal", ["opioid"], "that movie was dope"),
    ("is dope heroin", ["heroin"], "thats dope"),
    ("is lean addictive", ["codeine"], "how do you lean on friends"),
    ("is lean codeine", ["codeine"], "is chicken lean meat"),
    ("is snow addictive", ["cocaine"], "will it snow today"),
    ("is ice a drug", ["methamphetamine"], "put ice on a knee"),
    ("horse withdrawal", ["heroin"], "how fast is a horse"),
    ("is boy addictive", ["heroin"], "is it a boy or a girl"),
]


@pytest.mark.parametrize(("supported", "drugs", "alone"), AMBIGUOUS)
def test_a_shipped_name_that_also_means_something_else_needs_support(shipped: Names, supported: str, drugs: list[str], alone: str) -> None:
    assert [drug for _, drug in named(supported, shipped)] == drugs
    assert named(alone, shipped) == []


@pytest.mark.parametrize(
    "text", ["is my boy addicted", "does my dr know her blues are an illness", "my horse is on meds", "did that blow hit his bladder"]
)
def test_a_shipped_name_after_a_word_that_points_is_none(shipped: Names, text: str) -> None:
    assert named(text, shipped) == []


@pytest.mark.parametrize(
    ("text", "before", "drug"),
    [
        ("and blues", "oxycodone", "oxycodone"),
        ("and blues", "diazepam", "diazepam"),
        ("and blues", "ketamine", "fentanyl"),
        ("what about k", "alprazolam", "ketamine"),
        ("and lean", "alcohol", "codeine"),
        ("is dope the same", "heroin", "heroin"),
        ("footballs too", "hydromorphone", "hydromorphone"),
        ("footballs too", "alprazolam", "alprazolam"),
    ],
)
def test_a_shipped_name_that_drugs_share_is_that_of_the_one_spoken_of(shipped: Names, text: str, before: str, drug: str) -> None:
    assert [name for _, name in named(text, shipped, [before])] == [drug]


@pytest.mark.parametrize(
    ("name", "drugs"),
    [
        ("blues", {"fentanyl", "oxycodone", "diazepam"}),
        ("dope", {"opioid", "heroin"}),
        ("footballs", {"hydromorphone", "alprazolam"}),
        ("lean", {"codeine", "promethazine"}),
        ("subs", {"buprenorphine", "buprenorphine with naloxone"}),
        ("xanax", {"alprazolam"}),
    ],
)
def test_a_shipped_name_may_stand_for_every_drug_called_so(shipped: Names, name: str, drugs: set[str]) -> None:
    assert {drug.name for drug in shipped.meanings(f"what are {name}")} == drugs


@pytest.mark.parametrize(
    ("drug", "other", "related"),
    [
        ("fentanyl", "opioid", True),
        ("heroin", "opioid", True),
        ("alprazolam", "benzodiazepine", True),
        ("esketamine", "ketamine", True),
        ("carfentanil", "fentanyl", True),
        ("alprazolam", "opioid", False),
        ("ketamine", "opioid", False),
        ("xylazine", "opioid", False),
        ("xylazine", "fentanyl", False),
        ("fentanyl", "benzodiazepine", False),
        ("fentanyl", "heroin", False),
        ("alprazolam", "diazepam", False),
    ],
)
def test_the_shipped_classes_say_what_is_of_a_kind(shipped: Names, drug: str, other: str, related: bool) -> None:
    assert shipped.related(drug, other) is related


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("what is the half life of xanax", "half-life"),
        ("will it show up on a urine test", "drug test"),
        ("how long does it take to kick in", "onset"),
        ("how long does it last", "duration"),
        ("is it legal", "law"),
        ("is it addictive", "addiction"),
        ("what are withdrawal symptoms", "withdrawal"),
        ("can you overdose on it", "overdose"),
        ("is it safe while pregnant", "pregnancy"),
        ("can i drive on it", "driving"),
        ("does it hurt the bladder", "bladder"),
        ("is it bad for the liver", "liver"),
        ("is it stronger", "strength"),
        ("how much does it cost", "cost"),
    ],
)
def test_the_shipped_patterns_know_what_is_asked_about(shipped: Names, text: str, asked: str) -> None:
    assert asked in [one.name for one in shipped.asked_about(text)]


@pytest.mark.parametrize("text", ["what is ketamine", "tell me about the weather", "who is the president", ""])
def test_what_asks_about_nothing_is_asked_about_nothing(shipped: Names, text: str) -> None:
    assert shipped.asked_about(text) == ()


@pytest.fixture(scope="module")
def spelling(tables: CorpusTables, bot: Bot) -> Names:
    """The shipped lexicon, and the words that the encoder knows."""
    return Names.compile(tables.lexicon, bot.usable_index().embedder.is_word)


NO_DRUGS = (
    "heroic lyrics marine helium heroics methane coding cooking heron kitchen ceramic vitamin medicine hospital doctor patient insulin "
    "morning serious marina median cabinet oxygen famine melatonin aspirin hormone lithium"
)


@pytest.mark.model
@pytest.mark.parametrize("word", NO_DRUGS.split())
def test_a_word_that_is_only_like_a_name_is_no_drug(spelling: Names, word: str) -> None:
    assert [drug for _, drug in named(f"how strong is {word}", spelling) if drug != word] == []


@pytest.mark.model
@pytest.mark.parametrize(
    ("word", "drug"),
    [
        ("katamine", "ketamine"),
        ("ketomine", "ketamine"),
        ("fentanil", "fentanyl"),
        ("fentanly", "fentanyl"),
        ("xnaax", "alprazolam"),
        ("alprasolam", "alprazolam"),
        ("klonapine", "clonazepam"),
        ("lorazapem", "lorazepam"),
        ("oxycontan", "oxycodone"),
        ("buprenorfine", "buprenorphine"),
        ("suboxne", "buprenorphine with naloxone"),
        ("tramadool", "tramadol"),
        ("benzodiasepines", "benzodiazepine"),
        ("morphnie", "morphine"),
    ],
)
def test_a_name_is_known_though_it_is_misspelt(spelling: Names, shipped: Names, word: str, drug: str) -> None:
    assert named(f"is {word} strong", spelling) == [(word, drug)]
    assert named(f"is {word} strong", shipped) == []


@pytest.mark.model
@pytest.mark.parametrize("question", [alone for _, _, alone in AMBIGUOUS])
def test_plain_english_names_no_drug_by_a_slip(spelling: Names, question: str) -> None:
    assert named(question, spelling) == []


@pytest.mark.model
def test_the_names_of_the_bot_know_the_words_of_its_encoder(bot: Bot) -> None:
    is_word = bot.usable_index().embedder.is_word
    assert (is_word("heroic"), is_word("marine"), is_word("fentanly"), is_word("katamine")) == (True, True, False, False)


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


@pytest.mark.parametrize(
    ("word", "brand"),
    [
        ("xans", "Xanax"),  # and not Xanax XR
        ("Xanax", None),
        ("xanex", "Xanax"),
        ("alprazolan", None),  # a slip in the drug's own name
        ("bars", None),
    ],
)
def test_a_word_is_short_for_the_brand_that_begins_like_it(word: str, brand: str | None) -> None:
    assert [mention.brand for mention in NAMES.in_text(f"a dose of {word}")] == [brand]


def test_a_word_that_begins_like_two_brands_is_short_for_neither() -> None:
    drug: dict[str, Any] = {"name": "buprenorphine", "drug_class": "opioid", "brands": ["Sublocade", "Subutex"], "street": ["subs"]}
    names = Names.compile(Lexicon.model_validate({"checked": "2026-01-01", "drug": [{**drug, "misspellings": ["subutext"]}]}))
    assert [names.in_text(word)[0].brand for word in ("subs", "subutext")] == [None, "Subutex"]
