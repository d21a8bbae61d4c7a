"""Whether texts are about what was asked, over a lexicon of drinks and their kinds."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import DrugMention
from bot.fit import Facets, Fit, denies
from bot.lexicon import Names, Property
from bot.question import Asked, Relation, Shape
from indexer.corpus_tables import Lexicon
from indexer.documents import Section
from indexer.store import StoredDocument, StoredPassage, StoredSentence

NAMES = Names.compile(
    Lexicon.model_validate(
        {
            "checked": "2026-01-01",
            "drug": [
                {"name": "tea", "drug_class": "drink", "names": ["hot drink"]},
                {"name": "oolong", "drug_class": "tea"},
                {"name": "matcha", "drug_class": "tea", "street": ["green powder"]},
                {"name": "coffee", "drug_class": "drink", "street": ["joe"], "ambiguous": {"joe": "a name"}},
                {"name": "milk", "drug_class": "dairy"},
            ],
            "property": [
                {"name": "steeping", "of_drug": True, "asked": [r"\bsteep\w*"], "told": [r"\b(steep\w*|minutes)\b"]},
                {"name": "taste", "of_drug": True, "asked": [r"\btaste\w*"], "told": [r"\b(taste\w*|bitter|sweet|half dry)\b"]},
                {"name": "storing", "asked": [r"\bstore\w*"]},
            ],
        }
    )
)
FACETS = Facets(NAMES)
NO_PROPERTIES: tuple[Property, ...] = ()


def fit_of(question: str) -> Fit:
    return Fit(Asked.in_text(question, NAMES, NAMES.in_text(question)), NAMES, FACETS)


def fit_for(*drugs: str, properties: tuple[str, ...] = (), relation: Relation = "alone", shape: Shape = "open") -> Fit:
    """A fit to what is asked, whatever the words."""
    mentions = tuple(DrugMention(drug, drug, "") for drug in drugs)
    wanted = tuple(one for one in NAMES.properties if one.name in properties)
    return Fit(Asked(mentions, wanted, shape, relation), NAMES, FACETS)


def sentence_of(text: str) -> StoredSentence:
    return StoredSentence(0, 0, len(text), "paragraph", text)


def passage_of(title: str, text: str = "", document: str = "Drinks") -> StoredPassage:
    """A passage that is all of a document's text, in a section of that title."""
    section = Section("section", title, 0, len(text))
    stored = StoredDocument(0, "drinks", document, text, None, None, None, None, None, (), ())
    return StoredPassage(0, 0, section, stored, 0, len(text), f"{document} > {title}", (sentence_of(text),))


# The drugs


@pytest.mark.parametrize(
    ("asked", "named", "score"),
    [
        (["tea"], ["tea"], 1.0),
        (["tea"], ["tea", "milk"], 1.0),
        (["tea"], ["milk"], 0.0),
        (["tea"], ["coffee"], 0.0),  # both are drinks, which is no name of a drug
        (["tea"], [], 0.5),
        (["oolong"], ["tea"], 0.7),  # its kind
        (["tea"], ["oolong"], 0.7),  # one of its kind
        (["oolong"], ["matcha"], 0.0),  # another of its kind
        (["oolong"], ["matcha", "tea"], 0.7),
        (["oolong"], ["oolong", "tea"], 1.0),
        (["tea", "milk"], ["tea"], 0.5),
        (["tea", "milk"], ["milk", "tea"], 1.0),
        (["tea", "milk"], ["oolong"], 0.35),
        (["tea", "milk", "coffee"], ["coffee"], 1 / 3),
        (["tea", "milk"], [], 0.5),
        (["tea", "milk"], ["coffee"], 0.0),
        ([], ["coffee"], 1.0),
        ([], [], 1.0),
    ],
)
def test_drugs_fit_by_their_mean(asked: list[str], named: list[str], score: float) -> None:
    assert fit_for(*asked, relation="combined").drugs(frozenset(named)) == pytest.approx(score)


@pytest.mark.parametrize(
    ("named", "score"), [(["tea"], 1.0), (["milk"], 1.0), (["oolong"], 0.7), (["coffee"], 0.0), (["tea", "milk"], 1.0), ([], 0.5)]
)
def test_of_compared_drugs_the_best_counts(named: list[str], score: float) -> None:
    """A sentence on one of the two sides is all that may be said of it."""
    assert fit_for("tea", "milk", relation="compared").drugs(frozenset(named)) == pytest.approx(score)


NAMED = st.lists(st.sampled_from(["tea", "oolong", "matcha", "coffee", "milk"]), unique=True)


@given(NAMED.filter(len), NAMED, st.sampled_from(["alone", "compared", "combined"]))
def test_how_drugs_fit_lies_between_nothing_and_all(asked: list[str], named: list[str], relation: Relation) -> None:
    score = fit_for(*asked, relation=relation).drugs(frozenset(named))
    assert 0 <= score <= 1
    assert fit_for(*asked, relation=relation).drugs(frozenset(asked)) == 1.0
    assert fit_for(*asked, relation="compared").drugs(frozenset(named)) >= fit_for(*asked, relation="combined").drugs(frozenset(named))


@given(NAMED.filter(len), NAMED.filter(len), st.sampled_from(["tea", "oolong", "matcha", "coffee", "milk"]))
def test_a_drug_more_in_a_text_that_names_some_takes_nothing_away(asked: list[str], named: list[str], other: str) -> None:
    fit = fit_for(*asked, relation="combined")
    assert fit.drugs(frozenset([*named, other])) >= fit.drugs(frozenset(named))


@pytest.mark.parametrize(
    ("text", "title", "document", "score"),
    [
        ("Tea is bitter.", "What is milk?", "Milk", 1.0),  # its own words come first
        ("Milk is sweet.", "What is tea?", "Tea", 0.0),
        ("It is bitter.", "What is tea?", "Milk", 1.0),  # else its section's title
        ("It is sweet.", "What is milk?", "Tea", 0.0),
        ("It is bitter.", "Taste", "Tea", 1.0),  # else the titles above
        ("It is sweet.", "Taste", "Milk", 0.0),
        ("It is sweet.", "Taste", "Drinks", 0.5),  # else nothing is known
        ("Oolong is bitter.", "Taste", "Milk", 0.7),
        ("A hot drink.", "Taste", "Milk", 1.0),  # by any of its names
        ("Teas are bitter.", "Taste", "Milk", 1.0),
    ],
)
def test_a_sentence_is_about_what_it_names_or_else_what_its_titles_name(text: str, title: str, document: str, score: float) -> None:
    assert fit_of("is tea bitter").about(sentence_of(text), passage_of(title, text, document)) == pytest.approx(score)


def test_a_text_s_names_that_mean_something_else_too_are_no_drugs() -> None:
    assert FACETS.drugs("Joe drinks") == frozenset()
    assert FACETS.drugs("Joe drinks coffee with green powder") == {"coffee", "matcha"}


# What is asked of them


@pytest.mark.parametrize(
    ("asked", "title", "text", "score"),
    [
        ((), "How is tea stored?", "", 1.0),  # nothing known is asked
        (("taste",), "How does tea taste?", "", 1.0),
        (("taste",), "What is tea?", "Tea is bitter.", 1.0),
        (("taste",), "What is tea?", "Tea is a leaf.", 0.5),
        (("taste",), "How is tea stored?", "Tea is bitter.", 0.5),
        (("taste",), "How is tea stored?", "Tea is a leaf.", 0.0),
        (("taste",), "How does tea taste when it is stored?", "", 0.75),  # half of the title is not asked for
        (("taste", "storing"), "How does tea taste?", "", 0.75),  # half of what is asked is told
        (("taste", "storing"), "How does stored tea taste?", "", 1.0),
        (("taste", "storing"), "How long should tea steep?", "Tea is bitter.", 0.25),
        (("steeping",), "What is tea?", "Three MINUTES, no more.", 1.0),
    ],
)
def test_half_is_what_a_text_tells_of_and_half_that_its_title_asks_nothing_else(
    asked: tuple[str, ...], title: str, text: str, score: float
) -> None:
    assert fit_for("tea", properties=asked).properties(title, text) == pytest.approx(score)


@pytest.mark.parametrize(
    ("title", "share"),
    [
        ("How does tea taste?", 0.0),
        ("What is tea?", 0.0),
        ("How is tea stored?", 1.0),
        ("How does stored tea taste?", 0.5),
        ("Steeping, storing, stored taste", 2 / 3),
        ("Bitter tea for minutes", 0.0),  # what tells of something does not ask it
    ],
)
def test_foreign_is_the_share_of_a_title_that_is_not_asked_for(title: str, share: float) -> None:
    assert fit_for("tea", properties=("taste",)).foreign(title) == pytest.approx(share)


def test_a_passage_is_judged_by_its_drugs_and_by_what_it_tells() -> None:
    """The passage's drugs are those of all its titles and its text; what is told is what its section's title and text tell."""
    fit = fit_of("how does oolong taste")
    assert fit.passage(passage_of("How does oolong taste?", "It is bitter.")) == 1.0
    assert fit.passage(passage_of("Drinks that are stored", "Bitter.", document="Tea")) == pytest.approx(0.7 * 0.5)
    assert fit.passage(passage_of("Milk", "Sweet.", document="Oolong")) == 1.0
    assert fit.passage(passage_of("Milk", "White.", document="Oolong and taste")) == 0.5  # a title far above tells nothing
    assert fit.passage(passage_of("Milk", "Sweet.")) == 0.0
    assert fit.passage(passage_of("What is it?", "Bitter.")) == 0.5


def test_a_passage_of_compared_drugs_is_judged_by_both() -> None:
    """Sentences on one of them are let through; but the passage on both comes first."""
    fit = fit_for("tea", "milk", relation="compared")
    assert fit.passage(passage_of("Tea", "Tea is hot.")) == 0.5
    assert fit.passage(passage_of("Tea or milk", "Tea is hot.")) == 1.0
    assert fit.about(sentence_of("Tea is hot."), passage_of("Tea")) == 1.0


def test_a_sentence_is_judged_by_its_drugs_and_by_what_it_tells() -> None:
    fit = fit_of("how does oolong taste")
    assert fit.sentence(sentence_of("Oolong is bitter."), passage_of("What is tea?")) == 1.0
    assert fit.sentence(sentence_of("Oolong is green."), passage_of("What is tea?")) == 0.5
    assert fit.sentence(sentence_of("It is bitter."), passage_of("How is tea stored?")) == pytest.approx(0.7 * 0.5)
    assert fit.sentence(sentence_of("Milk is bitter."), passage_of("How does oolong taste?")) == 0.0
    assert fit.sentence(sentence_of("It is bitter."), passage_of("Drinks")) == 0.5


def test_where_nothing_is_asked_of_no_drug_all_fits() -> None:
    fit = fit_of("what is there")
    assert fit.sentence(sentence_of("Milk is sweet."), passage_of("How is milk stored?")) == 1.0
    assert fit.passage(passage_of("How is milk stored?", "Milk is sweet.")) == 1.0
    assert fit.tells(sentence_of("Milk is sweet.")) == 1.0
    assert fit.is_told([(sentence_of("Milk is sweet."), passage_of("Milk"))])


def test_what_a_sentence_tells_by_itself_is_told_without_its_title() -> None:
    fit = fit_for("tea", properties=("taste", "storing"))
    assert fit.tells(sentence_of("Stored tea tastes bitter.")) == 1.0
    assert fit.tells(sentence_of("Half-DRY when stored.")) == 1.0
    assert fit.tells(sentence_of("Tea is bitter.")) == 0.5
    assert fit.tells(sentence_of("Tea is a leaf.")) == 0.0


def test_one_of_several_sentences_is_enough_to_tell() -> None:
    fit = fit_for("tea", properties=("taste", "storing"))
    leaf, bitter = sentence_of("Tea is a leaf."), sentence_of("Tea is bitter.")
    assert not fit.is_told([(leaf, passage_of("What is tea?")), (leaf, passage_of("How long does tea steep?"))])
    assert fit.is_told([(leaf, passage_of("What is tea?")), (bitter, passage_of("What is tea?"))])
    assert fit.is_told([(leaf, passage_of("How does tea taste?"))])
    assert not fit.is_told([])


@pytest.mark.parametrize(
    ("asked", "title", "is_asked"),
    [
        (["tea"], "Is tea bitter?", True),
        (["tea"], "Is it bitter?", True),
        (["tea"], "Is milk sweet?", False),
        (["tea"], "Is tea better than milk?", False),
        (["tea", "milk"], "Is tea better than milk?", True),
        (["tea"], "Is oolong bitter?", True),  # one of its kind
        (["oolong"], "Is tea bitter?", True),
        (["oolong"], "Is matcha bitter?", False),
        ([], "Is milk sweet?", True),
    ],
)
def test_a_title_asks_the_same_where_it_asks_of_no_other_drug(asked: list[str], title: str, is_asked: bool) -> None:
    assert fit_for(*asked).is_asked_by(title) == is_asked


# The form that answers


@pytest.mark.parametrize(
    ("shape", "fitting", "other"),
    [
        (
            "year",
            ["Tea was taxed in 1873.", "In 2026 it was."],
            ["It came 12345 days ago.", "It came in 1257.", "He paid 2173 pounds.", "Tea steeps for 3 minutes."],
        ),
        (
            "time",
            ["It steeps for minutes.", "An HOUR.", "Two nights."],
            ["Yearly.", "It came in 1873.", "Secondhand tea.", "It is bitter."],
        ),
        ("number", ["It has 3 kinds.", "Two kinds.", "Half of it.", "Twenty cups.", "Twice."], ["One has none.", "Someone often has it."]),
        ("yes-no", ["Yes, it is.", "No, it is not.", "No."], ["Yesterday it was.", "It is not.", "Nobody knows.", "Norway has tea."]),
        (
            "definition",
            ["Tea is a drink.", "A teapot is a pot.", "The word matcha means ground tea.", "Tea (chai) comes from a plant."],
            ["Drink tea."],
        ),
        (
            "reason",
            ["Tea is bitter because it steeps.", "It steeps, so it is bitter.", "The reason is heat.", "It is bitter due to heat."],
            ["It is so bitter."],
        ),
        ("list", ["The kinds are:", "Oolong, and matcha.", "Oolong, matcha, black"], ["There is oolong.", "Oolong, a tea."]),
        ("open", [], ["Yes, 3 minutes in 1873, because tea is a drink:"]),
    ],
)
def test_a_sentence_has_the_form_that_answers_or_not(shape: Shape, fitting: list[str], other: list[str]) -> None:
    fit = fit_for("tea", shape=shape)
    for text in fitting:
        assert (fit.shape(sentence_of(text)), fit.leads(sentence_of(text))) == (1.0, 1.0), text
    for text in other:
        assert (fit.shape(sentence_of(text)), fit.leads(sentence_of(text))) == (0.0, 0.0), text


@pytest.mark.parametrize(
    ("text", "leads"),
    [
        ("Yes, tea is bitter.", 1.0),
        ("Yes, tea is a leaf.", 0.5),  # the form, but of something else
        ("Tea is bitter.", 0.0),
        ("Tea is a leaf.", 0.0),
    ],
)
def test_what_has_the_form_leads_by_half_where_it_does_not_tell_of_what_is_asked(text: str, leads: float) -> None:
    assert fit_for("tea", properties=("taste",), shape="yes-no").leads(sentence_of(text)) == leads


# What is remembered


def test_facets_are_the_drugs_of_a_text_and_what_a_title_asks() -> None:
    facets = Facets(NAMES)
    assert facets.drugs("Oolong, a TEA, with milk.") == {"oolong", "tea", "milk"}
    assert facets.drugs("Water.") == frozenset()
    assert facets.properties("How does stored tea taste?") == {"taste", "storing"}
    assert facets.properties("What is bitter tea?") == frozenset()


def test_facets_are_looked_up_once() -> None:
    looked_up: list[str] = []

    def is_word(word: str) -> bool:
        looked_up.append(word)
        return True

    facets = Facets(replace(NAMES, is_word=is_word))
    first = facets.drugs("Tea and milk")
    assert facets.drugs("Tea and milk") is first
    assert facets.properties("How does tea taste?") is facets.properties("How does tea taste?")
    assert looked_up == []  # documents are not misspelt


def test_each_lexicon_has_facets_of_its_own() -> None:
    assert Facets(Names()).drugs("Tea and milk") == frozenset()
    assert Facets(NAMES).drugs("Tea and milk") == {"tea", "milk"}


# Denying


@pytest.mark.parametrize(
    "text",
    [
        "Tea is not a fruit.",
        "No, tea is no fruit.",
        "Tea has no seeds.",
        "Tea never stales.",
        "Tea cannot stale.",
        "Neither tea nor milk.",
        "Tea without milk.",
        "Tea isn't a fruit.",
        "Tea doesn't stale.",
        "TEA IS NOT A FRUIT",
        "don't",
        "Tea is less bitter.",
    ],
)
def test_a_sentence_denies_by_its_words(text: str) -> None:
    assert denies(text)


@pytest.mark.parametrize(
    "text", ["Tea is a leaf.", "Note the nose.", "Nothing", "Notably, knots.", "Another tea", "Nonetheless bitter", ""]
)
def test_other_sentences_deny_nothing(text: str) -> None:
    assert not denies(text)
