"""Each feature by hand, over the small mixed index or a stand-in for the part of it that the feature looks at."""

from collections.abc import Sequence
from dataclasses import asdict, astuple, replace
from math import exp, log

import numpy as np
import pytest

from bot.abstention import NOTHING_FOUND, Calibration, Features, _agreement, _support, features_of
from bot.config import ExtractionConfig, RetrievalConfig
from bot.extractive import ChosenSentence, choose_sentences
from bot.lexicon import Names
from bot.retriever import FoundPassage, Query, Ranking, rank, top_passages
from indexer.corpus_tables import Lexicon
from indexer.index import Index
from indexer.lexical_index import spoken_words
from indexer.store import StoredSentence
from indexer.vector_index import VectorIndex
from indexer.whitening import whiten

NO_NAMES = Names()
NAMES = Names.compile(
    Lexicon.model_validate(
        {
            "checked": "2026-01-01",
            "places": {"Hive": ["hive"], "Earth": ["earth"], "Britain": ["britain", "uk"], "Ireland": ["ireland"]},
            "drug": [{"name": "tea", "drug_class": "drink", "street": ["brew"]}],
        }
    )
)
NONE = Features(**dict.fromkeys(asdict(NOTHING_FOUND), 0.0))


# From features to a probability


def test_the_probability_is_the_logistic_of_the_weighted_sum() -> None:
    calibration = Calibration(bias=-1.0, weights=replace(NONE, key=2.0, support=1.0, elsewhere=-0.5))
    features = Features(0.5, 0.3, 0.9, 0.9, 0.9, 0.9, 0.9, 1.0, 1.0, 1.0, 1.0)
    assert calibration.probability(features) == pytest.approx(1 / (1 + exp(1.0 - (2.0 * 0.5 + 1.0 * 0.3 - 0.5 * 1.0))))


def test_each_weight_is_that_of_its_own_feature() -> None:
    for name in asdict(NONE):
        assert Calibration(0.0, replace(NONE, **{name: 1.0})).probability(replace(NONE, **{name: 2.0})) == pytest.approx(1 / (1 + exp(-2)))
        for other in set(asdict(NONE)) - {name}:
            assert Calibration(0.0, replace(NONE, **{name: 1.0})).probability(replace(NONE, **{other: 2.0})) == 0.5


def test_nothing_found_is_nothing_known() -> None:
    assert set(astuple(NOTHING_FOUND)) == {0.0}
    assert Calibration().probability(NOTHING_FOUND) < 0.01


@pytest.mark.parametrize("name", ["key", "support", "lexical", "least_covered"])
def test_what_is_near_speaks_for_an_answer(name: str) -> None:
    assert getattr(Calibration().weights, name) > 0


@pytest.mark.parametrize("name", ["names_drug", "asks_figure", "lacks_figure", "elsewhere"])
def test_what_is_asked_for_beyond_nearness_speaks_against_one(name: str) -> None:
    assert getattr(Calibration().weights, name) < 0


def test_a_missing_figure_or_place_turns_a_good_answer_down() -> None:
    """A question of six words that a section answers; the same one asking for a figure, or about a place, that nothing gives."""
    good, model = Features(0.6, 0.4, 0.4, 0.6, 0.9, 0.7, log(7), 1.0, 0.0, 0.0, 0.0), Calibration()
    assert model.probability(good) > 0.7
    assert model.probability(replace(good, asks_figure=1.0, lacks_figure=1.0)) < model.threshold
    assert model.probability(replace(good, elsewhere=1.0)) < model.threshold


# What the retrieval tells


def found_for(
    index: Index, question: str, names: Names = NO_NAMES
) -> tuple[Query, Ranking, tuple[FoundPassage, ...], tuple[ChosenSentence, ...]]:
    query = Query.of(question, index, names)
    ranking = rank(index, query, RetrievalConfig())
    best = top_passages(index, ranking, 6)
    return query, ranking, best, choose_sentences(index, query, best, ExtractionConfig())


def told(index: Index, question: str, names: Names = NO_NAMES) -> Features:
    query, ranking, best, chosen = found_for(index, question, names)
    return features_of(index, names, query, ranking, best, chosen)


def answered_with(index: Index, question: str, answer: str, titles: str = "Tea") -> Features:
    """The features of a question if that were the answer."""
    query, ranking, best, _ = found_for(index, question)
    passage = replace(best[0].passage, titles=titles)
    chosen = ChosenSentence(StoredSentence(0, 0, len(answer), "paragraph", answer), passage, 1.0)
    return features_of(index, NO_NAMES, query, ranking, best, [chosen])


def key_texts(index: Index) -> list[tuple[int, str]]:
    """Every key of an index with its section, in the order of their vectors."""
    left = {int(number): list(index.store.keys_of_section(int(number))) for number in dict.fromkeys(index.key_sections.tolist())}
    return [(int(number), left[int(number)].pop(0)) for number in index.key_sections]


@pytest.mark.model
def test_where_no_sentence_can_be_quoted_nothing_was_found(mixed_index: Index) -> None:
    query, ranking, best, _ = found_for(mixed_index, "how long should tea steep")
    assert features_of(mixed_index, NO_NAMES, query, ranking, best, ()) == NOTHING_FOUND
    assert features_of(mixed_index, NO_NAMES, query, ranking, (), ()) == NOTHING_FOUND


@pytest.mark.model
@pytest.mark.parametrize("question", ["brewing time for tea", "do drones sting", "what is a xylophone"])
def test_key_and_support_are_those_of_a_plain_search_through_all_keys(mixed_index: Index, question: str) -> None:
    query, ranking, best, chosen = found_for(mixed_index, question)
    features = features_of(mixed_index, NO_NAMES, query, ranking, best, chosen)
    sections, texts = zip(*key_texts(mixed_index), strict=True)
    cosines = whiten(mixed_index.embedder.encode(texts), mixed_index.whitening) @ query.vector
    near = [sections[at] for at in np.argsort(-cosines)[:10]]
    top = best[0].passage.section_number
    assert features.key == pytest.approx(float(cosines.max()), abs=1e-5)
    assert features.support == pytest.approx(near.count(top) / sections.count(top))


@pytest.mark.model
def test_a_key_that_points_away_counts_as_none(mixed_index: Index) -> None:
    query, ranking, best, chosen = found_for(mixed_index, "tea")
    away = replace(ranking, key=np.full(len(ranking), -0.2, dtype=np.float32))
    assert features_of(mixed_index, NO_NAMES, query, away, best, chosen).key == 0.0
    near = replace(ranking, key=np.linspace(0.1, 0.7, len(ranking), dtype=np.float32))
    assert features_of(mixed_index, NO_NAMES, query, near, best, chosen).key == pytest.approx(0.7)


@pytest.mark.model
def test_support_is_the_share_of_a_section_s_keys_that_are_among_the_ten_nearest(mixed_index: Index) -> None:
    """Keys ever farther from the question: the first ten count, so a section with more than ten can have at most ten of them."""
    query = replace(Query.of("tea", mixed_index, NO_NAMES), vector=np.array([1, 0], dtype=np.float32))

    def support(sections: list[int], section: int) -> float:
        angles = np.linspace(0, 1, len(sections))
        keys = VectorIndex.build(np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32))
        return _support(replace(mixed_index, keys=keys, key_sections=np.array(sections, dtype=np.int32)), query, section)

    mixed = [4, 4, 5, 4, 5, 5, 6, 4, 6, 6, 4, 4, 7]
    assert [support(mixed, section) for section in (4, 5, 6, 7, 8)] == pytest.approx([4 / 6, 1.0, 1.0, 0.0, 0.0])
    assert support([4] * 12, 4) == pytest.approx(1.0)
    assert support([5] + [4] * 14, 4) == pytest.approx(0.9)
    assert [support([4, 5], section) for section in (4, 5, 6)] == pytest.approx([1.0, 1.0, 0.0])


def ranking_of(dense: Sequence[float], lexical: Sequence[float]) -> Ranking:
    """A ranking of which no more is known than two signals."""
    nothing = np.zeros(len(dense), dtype=np.float32)
    by_vector, by_words = (np.array(signal, dtype=np.float32) for signal in (dense, lexical))
    return Ranking(np.arange(len(dense)), nothing, by_vector, nothing, by_words, nothing)


@pytest.mark.parametrize(
    ("dense", "lexical", "share"),
    [
        ([9, 8, 7, 6, 5, 4, 3], [9, 8, 7, 6, 5, 4, 3], 1.0),
        ([9, 8, 7, 6, 5, 4, 3], [5, 6, 7, 8, 9, 4, 3], 1.0),  # the order within the five is nobody's business
        ([9, 8, 7, 6, 5, 4, 3], [9, 8, 7, 3, 4, 6, 5], 0.6),
        ([9, 8, 7, 6, 5, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 5, 6, 7, 8, 9], 0.0),
        ([1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1], 0.8),
        ([9, 8], [8, 9], 0.4),  # two of five, where there are but two
        ([9, 8, 7, 6, 5, 4], [0, 0, 0, 0, 0, 0], 1.0),  # equals in the order of the ranking
    ],
)
def test_agreement_is_the_share_of_the_best_by_vector_that_are_best_by_words(
    dense: Sequence[float], lexical: Sequence[float], share: float
) -> None:
    assert _agreement(ranking_of(dense, lexical)) == pytest.approx(share)


@pytest.mark.model
def test_lexical_is_the_score_by_words_of_the_best_passage(mixed_index: Index) -> None:
    """Of the best by all signals, even where another is better by words."""
    query, ranking, best, chosen = found_for(mixed_index, "how long should green tea steep")
    score = float(mixed_index.lexical.scores(query.words)[best[0].passage.number])
    assert features_of(mixed_index, NO_NAMES, query, ranking, best, chosen).lexical == pytest.approx(score / 20)
    other = replace(ranking, lexical=np.concatenate([[3.0], np.full(len(ranking) - 1, 8.0)]).astype(np.float32))
    assert features_of(mixed_index, NO_NAMES, query, other, best, chosen).lexical == pytest.approx(0.15)


@pytest.mark.model
def test_covered_is_measured_on_the_sentences_chosen_and_their_titles(mixed_index: Index) -> None:
    question = "bitter sourdough tea"
    weight = {word: mixed_index.lexical.rarity(word) for word in ("bitter", "sourdough", "tea")}
    total = sum(weight.values())
    assert answered_with(mixed_index, question, "It is bitter.", "Tea").covered == pytest.approx((total - weight["sourdough"]) / total)
    assert answered_with(mixed_index, question, "It is bitter.", "None").covered == pytest.approx(weight["bitter"] / total)
    assert answered_with(mixed_index, question, "Sourdough is bitter.", "Tea").covered == pytest.approx(1.0)


@pytest.mark.model
def test_length_is_that_of_the_words_asked_with_no_name_added(mixed_index: Index) -> None:
    assert told(mixed_index, "how long should black tea steep").length == pytest.approx(log(1 + 4))
    assert told(mixed_index, "is it").length == 0.0
    query, ranking, best, chosen = found_for(mixed_index, "how long should a brew steep", NAMES)
    assert query.words == ("long", "brew", "steep", "tea")
    assert features_of(mixed_index, NAMES, query, ranking, best, chosen).length == pytest.approx(log(1 + 3))


@pytest.mark.model
def test_a_drug_is_named_where_the_lexicon_has_one(mixed_index: Index) -> None:
    assert told(mixed_index, "how long should a brew steep", NAMES).names_drug == 1.0
    assert told(mixed_index, "how long should tea steep", NAMES).names_drug == 1.0
    assert told(mixed_index, "do drones sting", NAMES).names_drug == 0.0
    assert told(mixed_index, "how long should tea steep").names_drug == 0.0


# The least covered word


def nearest(index: Index, word: str, question: str) -> float:
    """How near a word is to any word of the best passage, its titles and its keys, by encoding all of them anew."""
    top = found_for(index, question)[2][0].passage
    held = list(dict.fromkeys(spoken_words("\n".join((top.text, top.titles, *index.store.keys_of_section(top.section_number))))))
    one, others = (whiten(index.embedder.encode(texts), index.whitening) for texts in ([word], held))
    return float((others @ one[0]).max())


@pytest.mark.model
@pytest.mark.parametrize(("question", "planted"), [("has the moon air and honey", "honey"), ("vinegar in green tea steeps", "vinegar")])
def test_a_planted_word_that_the_passage_lacks_is_the_least_covered(mixed_index: Index, question: str, planted: str) -> None:
    assert planted in mixed_index.vocabulary
    expected = nearest(mixed_index, planted, question)
    assert expected < 0.6
    assert told(mixed_index, question).least_covered == pytest.approx(expected, abs=2e-3)
    assert told(mixed_index, question.replace(planted, "")).least_covered == pytest.approx(1.0, abs=2e-3)


@pytest.mark.model
def test_a_word_that_stands_in_no_document_counts_as_far(mixed_index: Index) -> None:
    assert told(mixed_index, "does the moon have a xylophone").least_covered == 0.45
    far = told(mixed_index, "does the moon have bread and a xylophone").least_covered
    assert far == pytest.approx(min(0.45, nearest(mixed_index, "bread", "does the moon have bread and a xylophone")), abs=2e-3)


@pytest.mark.model
@pytest.mark.parametrize(
    "question", ["tea", "what is it", "can you please tell me more, dude", "what should anyone really know about Mars these days"]
)
def test_words_that_only_fill_are_never_missed(mixed_index: Index, question: str) -> None:
    assert told(mixed_index, question).least_covered == pytest.approx(1.0, abs=2e-3)


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "where"),
    [
        ("brewing", "another way of asking"),
        ("sourdough starter fed", "a title and the text"),
        ("honey bees colonies queen", "titles of the document and the text"),
    ],
)
def test_titles_and_ways_of_asking_are_words_of_the_passage(mixed_index: Index, question: str, where: str) -> None:
    assert told(mixed_index, question).least_covered == pytest.approx(1.0, abs=2e-3), where


# Figures


YEAR, TIME, NUMBER = "Tea was taxed in 1873.", "Tea steeps for minutes.", "Tea is drunk in 40 lands."
PLAIN = "Tea is a drink."


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "given", "lacking"),
    [
        ("what year was tea taxed", [YEAR], [TIME, NUMBER, PLAIN, "Tea has 1234 and 2173 and 11999 kinds."]),
        ("which year was it", [YEAR], [NUMBER]),
        ("When was tea taxed?", [YEAR, "In 2026 it was."], [TIME, PLAIN]),
        ("when were swarms seen", [YEAR], [PLAIN]),
        ("when did tea come", [YEAR], [PLAIN]),
        ("how long does tea steep", [TIME, "It takes an hour.", "Two DAYS."], [YEAR, NUMBER, PLAIN, "Yearly tea."]),
        ("how soon can i drink tea", [TIME], [PLAIN]),
        ("how quickly does tea cool", [TIME], [NUMBER]),
        ("how fast does tea cool", [TIME], [NUMBER]),
        ("how old is tea", ["It is many years old."], [NUMBER]),
        ("when can i drink tea", [TIME], [NUMBER]),
        ("when does a swarm leave", ["After weeks."], [PLAIN]),
        ("when will tea cool", [TIME], [NUMBER]),
        (
            "how many moons has mars",
            [NUMBER, "Mars has two small moons.", "Thousands.", "Half of them."],
            [PLAIN, "Someone often has none."],
        ),
        ("how many days does tea keep", ["It keeps for 3 days.", "Two weeks."], [NUMBER, TIME, PLAIN]),  # a number and a time
        ("how many more weeks do bees live", ["Bees live six weeks."], ["Bees live 6 lives."]),
        ("how much tea is drunk", [NUMBER], [PLAIN]),
        ("how common is green tea", ["One in 3.", "A third."], [PLAIN]),
        ("how often do swarms sting", [NUMBER, "Twice."], [PLAIN]),
        ("how far is the moon", [NUMBER], [TIME]),
        ("what percentage of tea is green", ["40% of it."], [PLAIN]),
        ("percent of tea that is green", ["40% of it."], [PLAIN]),
        ("the share of green tea", ["A quarter of it."], [PLAIN]),
        ("what number of bees", [NUMBER], [PLAIN]),
        ("what's the rate of swarms", [NUMBER], [PLAIN]),
    ],
)
def test_a_figure_that_is_asked_for_is_missed_where_the_answer_has_none(
    mixed_index: Index, question: str, given: list[str], lacking: list[str]
) -> None:
    for answer, lacks in [*((answer, 0.0) for answer in given), *((answer, 1.0) for answer in lacking)]:
        features = answered_with(mixed_index, question, answer)
        assert (features.asks_figure, features.lacks_figure) == (1.0, lacks), answer


@pytest.mark.model
@pytest.mark.parametrize(
    "question",
    [
        "what is tea",
        "how should tea steep",
        "when tea is cold is it bitter",
        "how do bees live",
        "is tea shared",
        "how longingly do drones sting",
        "numbers",
    ],
)
def test_where_no_figure_is_asked_for_none_is_missed(mixed_index: Index, question: str) -> None:
    features = answered_with(mixed_index, question, PLAIN)
    assert (features.asks_figure, features.lacks_figure) == (0.0, 0.0)


@pytest.mark.model
def test_a_figure_counts_that_stands_in_a_title(mixed_index: Index) -> None:
    assert answered_with(mixed_index, "how many moons has mars", "Mars has moons.", "Mars > Its 2 moons").lacks_figure == 0.0


# Places


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "elsewhere"),
    [
        ("when does a swarm leave the hive", 0.0),  # the passage names it
        ("when does a swarm leave in Britain", 1.0),
        ("when does a swarm leave the hive in the UK", 1.0),  # one of two is not enough
        ("when does a swarm leave", 0.0),
        ("swarms in Great-Britain's gardens", 0.0),  # "britains" is no word for it
        ("swarms in BRITAIN", 1.0),
    ],
)
def test_a_place_is_elsewhere_where_the_best_passages_do_not_name_it(mixed_index: Index, question: str, elsewhere: float) -> None:
    assert told(mixed_index, question, NAMES).elsewhere == elsewhere
    assert told(mixed_index, question).elsewhere == 0.0


@pytest.mark.model
@pytest.mark.parametrize(("place", "elsewhere"), [(0, 0.0), (1, 0.0), (2, 0.0), (3, 1.0)])
def test_three_passages_can_name_a_place(mixed_index: Index, place: int, elsewhere: float) -> None:
    query, ranking, best, chosen = found_for(mixed_index, "the hive", NAMES)
    naming = next(found for found in best if "hive" in found.passage.text)
    others = [found for found in best if "hive" not in found.passage.text]
    ordered = [*others[:place], naming, *others[place:]]
    assert features_of(mixed_index, NAMES, query, ranking, ordered, chosen).elsewhere == elsewhere
