"""The best answers the shipped corpus holds, whether they will do or not."""

from dataclasses import replace

import pytest

from bot.abstention import NOTHING_FOUND, features_of
from bot.answer import DrugMention
from bot.config import RetrievalConfig
from bot.errors import QuestionError
from bot.finder import Finder
from bot.pipeline import Bot
from bot.retriever import single_signal

pytestmark = pytest.mark.model

KETAMINE = DrugMention("ketamine", "ketamine", "dissociative anesthetic")


@pytest.fixture(scope="module")
def finder(bot: Bot) -> Finder:
    return bot.usable_replier().finder


def quoted(finder: Finder, question: str, said: str = "") -> list[str]:
    return [scored.sentence.text for scored in finder.find(question, said=said).sentences]


def test_a_finder_knows_the_names_of_its_index(finder: Finder) -> None:
    other = Finder.of(finder.index)
    assert other.names.in_document("Zanaflex and Xanax with Norco") == finder.names.in_document("Xanax with Norco")
    assert [drug.name for drug in other.names.in_text("do xanexes help")] == []
    assert [drug.name for drug in other.names.in_text("is fentanly strong")] == ["fentanyl"]
    assert other.facets.drugs("Xanax with Norco") == {"alprazolam", "hydrocodone"}
    assert (other.retrieval, other.extraction) == (finder.retrieval, finder.extraction)


def test_what_was_understood_comes_with_what_was_found(finder: Finder) -> None:
    found = finder.find("how long does xanax last compared to valium")
    assert [drug.name for drug in found.query.drugs] == [drug.name for drug in found.fit.asked.drugs] == ["alprazolam", "diazepam"]
    assert (found.fit.asked.shape, found.fit.asked.relation) == ("time", "compared")
    assert [one.name for one in found.fit.asked.properties] == ["duration"]
    assert found.fit.names is finder.names
    assert found.fit.facets is finder.facets


@pytest.mark.parametrize(
    "question", ["is ketamine an opioid", "how do opioids work", "what is the capital of france", "half life of psilocybin"]
)
def test_sentences_are_words_of_the_passages_found(finder: Finder, question: str) -> None:
    found = finder.find(question)
    assert len(found.passages) == 6
    for scored in found.sentences:
        assert scored.passage in [one.passage for one in found.passages]
        assert scored.sentence in scored.passage.sentences
        assert scored.passage.document.text[scored.sentence.start : scored.sentence.end] == scored.sentence.text
    assert len(found.sentences) <= 5


def test_the_features_are_those_of_what_was_found(finder: Finder) -> None:
    found = finder.find("how do opioids work")
    again = features_of(finder.index, found.fit, found.query, found.ranking, found.passages, found.sentences)
    assert found.features == again != NOTHING_FOUND


@pytest.mark.parametrize("question", ["what is the half life of zuranolone", "mixing GHB and zuranolone"])
def test_where_nothing_tells_of_what_is_asked_nothing_was_found(finder: Finder, question: str) -> None:
    assert finder.find(question).features == NOTHING_FOUND


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("how long does valium last", {"diazepam", "benzodiazepine"}),
        ("is LSD addictive", {"LSD"}),
        ("is tramadol an opioid", {"tramadol", "opioid"}),
        ("does narcan work on xanax", {"naloxone", "alprazolam", "opioid", "benzodiazepine"}),
        ("what does ketamine do to your bladder", {"ketamine"}),
        ("side effects of psilocybin", {"psilocybin"}),
        ("can i drive on gabapentin", {"gabapentin"}),
    ],
)
def test_no_sentence_is_about_other_drugs_only(finder: Finder, question: str, about: set[str]) -> None:
    for scored in finder.find(question).sentences:
        title = scored.passage.section.title
        drugs = finder.names.in_document(scored.sentence.text) or finder.names.in_document(title)
        assert not drugs or about & drugs, scored.sentence.text


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("is ketamine an opioid", "Ketamine is not an opioid."),
        ("is xanax an opioid", "No, Xanax is not an opioid; Xanax belongs to a different drug family called benzodiazepines."),
        ("can i drink on xanax", "No, drinking alcohol with Xanax can cause severe drowsiness, breathing problems, coma and death."),
        ("is xanax addictive", "Yes, addiction to Xanax can happen even when a person takes Xanax as prescribed."),
        ("what is xanax", "Xanax is a brand name for alprazolam, a medicine in the benzodiazepine family."),
    ],
)
def test_the_sentence_that_settles_comes_first(finder: Finder, question: str, first: str) -> None:
    assert quoted(finder, question)[0] == first


def test_what_was_said_is_left_out(finder: Finder) -> None:
    before = quoted(finder, "is xanax addictive")
    more = quoted(finder, "is xanax addictive", said="\n".join(before))
    assert before
    assert more
    assert not set(before) & set(more)
    assert quoted(finder, "is xanax addictive", said="Something else was said.") == before


def test_drugs_spoken_of_decide_what_an_ambiguous_name_means(finder: Finder) -> None:
    assert finder.find("and k").query.drugs == ()
    assert [drug.name for drug in finder.find("and k", [KETAMINE]).query.drugs] == ["ketamine"]


# Passages alone


def test_passages_alone_are_those_of_a_search(finder: Finder) -> None:
    for question in ("is ketamine an opioid", "how long does xanax last"):
        assert finder.passages(question, 6) == finder.find(question).passages
        assert finder.passages(question, 3) == finder.find(question).passages[:3]


def test_more_passages_than_candidates_can_be_had(finder: Finder) -> None:
    """Otherwise a ranking has about a hundred by each signal."""
    found = finder.passages("opioid", 250)
    assert len(found) == 250
    assert len({one.passage.number for one in found}) == 250


def test_passages_can_be_ranked_another_way(finder: Finder) -> None:
    """By words alone, and whatever drugs they are about."""
    question = "how long does valium last"
    by_words = finder.passages(question, 8, replace(single_signal("lexical"), unfit=0.0))
    scores = finder.index.lexical.scores(finder.find(question).query.words)
    expected = sorted((float(score) for score in scores), reverse=True)[:8]
    assert [float(scores[one.passage.number]) for one in by_words] == pytest.approx(expected)
    assert by_words != finder.passages(question, 8)
    with pytest.raises(QuestionError):
        finder.passages(question, 8, single_signal("nothing"))


def test_passages_on_what_was_asked_come_before_others(finder: Finder) -> None:
    """What is known of the drug is not passed by what is said of another in nearer words."""
    fitted, unfitted = (finder.passages("how long does esketamine last", 20, RetrievalConfig(unfit=unfit)) for unfit in (0.9, 0.0))
    fit = finder.find("how long does esketamine last").fit
    for one, other in zip(
        fitted, sorted(unfitted, key=lambda found: -found.score * (1 - 0.9 * (1 - fit.passage(found.passage)))), strict=True
    ):
        assert one.passage.number == other.passage.number
    assert "esketamine" in finder.names.in_document(fitted[0].passage.titles + " " + fitted[0].passage.text)
