"""Each feature by hand, over the small mixed index or a stand-in for the part of it that the feature looks at."""

from dataclasses import asdict, astuple, dataclass, replace
from math import exp, log

import numpy as np
import pytest

from bot.abstention import NOTHING_FOUND, Calibration, Features, _support, features_of
from bot.config import ExtractionConfig, RetrievalConfig
from bot.extractive import ChosenSentence, choose_sentences
from bot.fit import Facets, Fit
from bot.lexicon import Names
from bot.question import Asked
from bot.retriever import FoundPassage, Query, Ranking, rank, top_passages
from indexer.corpus_tables import Lexicon
from indexer.index import Index
from indexer.lexical_index import spoken_words
from indexer.store import StoredSentence
from indexer.whitening import whiten

NO_NAMES = Names()
NAMES = Names.compile(
    Lexicon.model_validate(
        {
            "checked": "2026-01-01",
            "places": {"Hive": ["hive"], "Earth": ["earth"], "Britain": ["britain", "uk"], "Ireland": ["ireland"]},
            "drug": [
                {"name": "tea", "drug_class": "drink", "street": ["brew"]},
                {"name": "honey bee", "drug_class": "insect", "names": ["bees", "swarms", "drones"]},
            ],
            "property": [
                {"name": "sting", "asked": [r"\bstings?\b"]},
                {"name": "keeping", "asked": [r"\bkeeps?\b", r"\bstale\b"], "told": [r"\b(keeps|kept|old)\b"]},
            ],
        }
    )
)
NONE = Features(**dict.fromkeys(asdict(NOTHING_FOUND), 0.0))


# From features to a probability


def test_the_probability_is_the_logistic_of_the_weighted_sum() -> None:
    calibration = Calibration(bias=-1.0, weights=replace(NONE, key=2.0, support=1.0, elsewhere=-0.5))
    features = Features(0.5, 0.3, 0.9, 0.9, 0.9, 0.9, 0.9, 1.0, 1.0, 1.0, 1.0, 0.9, 1.0)
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
    model = Calibration()
    good = Features(
        key=0.6,
        support=0.4,
        lexical=0.45,
        score=0.9,
        covered=0.9,
        least_covered=0.8,
        length=log(7),
        names_drug=1.0,
        asks_figure=0.0,
        lacks_figure=0.0,
        elsewhere=0.0,
        told=1.0,
        several=0.0,
    )
    assert model.probability(good) > 0.7
    assert model.probability(replace(good, asks_figure=1.0, lacks_figure=1.0)) < model.threshold
    assert model.probability(replace(good, elsewhere=1.0)) < model.threshold


# What the retrieval tells


@dataclass(frozen=True)
class Retrieved:
    """All that is known of a question before its features."""

    query: Query
    fit: Fit
    ranking: Ranking
    best: tuple[FoundPassage, ...]
    chosen: tuple[ChosenSentence, ...]

    def features(self, index: Index) -> Features:
        return features_of(index, self.fit, self.query, self.ranking, self.best, self.chosen)


def found_for(index: Index, question: str, names: Names = NO_NAMES) -> Retrieved:
    query = Query.of(question, index, names)
    fit = Fit(Asked.in_text(question, names, query.drugs), names, Facets(names))
    ranking = rank(index, query, RetrievalConfig())
    best = top_passages(index, ranking, 6, fit.passage, RetrievalConfig().unfit)
    return Retrieved(query, fit, ranking, best, choose_sentences(index, query, best, ExtractionConfig(), fit))


def told(index: Index, question: str, names: Names = NO_NAMES) -> Features:
    return found_for(index, question, names).features(index)


def answered_with(index: Index, question: str, answer: str, titles: str = "Tea", names: Names = NO_NAMES) -> Features:
    """The features of a question if that were the answer, below titles of which the last is its section's."""
    found = found_for(index, question, names)
    best = found.best[0].passage
    passage = replace(best, titles=titles, section=replace(best.section, title=titles.rpartition(" > ")[2]))
    chosen = ChosenSentence(StoredSentence(0, 0, len(answer), "paragraph", answer), passage, 1.0)
    return replace(found, chosen=(chosen,)).features(index)


def key_texts(index: Index) -> list[tuple[int, str]]:
    """Every key of an index with its section, in the order of their vectors."""
    left = {int(number): list(index.store.keys_of_section(int(number))) for number in dict.fromkeys(index.key_sections.tolist())}
    return [(int(number), left[int(number)].pop(0)) for number in index.key_sections]


@pytest.mark.model
def test_where_no_sentence_can_be_quoted_nothing_was_found(mixed_index: Index) -> None:
    found = found_for(mixed_index, "how long should tea steep")
    assert found.features(mixed_index) != NOTHING_FOUND
    assert replace(found, chosen=()).features(mixed_index) == NOTHING_FOUND
    assert replace(found, best=(), chosen=()).features(mixed_index) == NOTHING_FOUND


@pytest.mark.model
@pytest.mark.parametrize("question", ["brewing time for tea", "do drones sting", "what is a xylophone"])
def test_key_and_support_are_those_of_a_plain_search_through_all_keys(mixed_index: Index, question: str) -> None:
    found = found_for(mixed_index, question)
    features = found.features(mixed_index)
    sections, texts = zip(*key_texts(mixed_index), strict=True)
    cosines = whiten(mixed_index.embedder.encode(texts), mixed_index.whitening) @ found.query.vector
    near = [sections[at] for at in np.argsort(-cosines)[:10]]
    top = found.best[0].passage.section_number
    assert features.key == pytest.approx(float(cosines.max()), abs=1e-5)
    assert features.support == pytest.approx(near.count(top) / sections.count(top))


@pytest.mark.model
def test_a_key_that_points_away_counts_as_none(mixed_index: Index) -> None:
    found = found_for(mixed_index, "tea")
    size = len(found.ranking)
    away = replace(found.ranking, key=np.full(size, -0.2, dtype=np.float32))
    assert replace(found, ranking=away).features(mixed_index).key == 0.0
    near = replace(found.ranking, key=np.linspace(0.1, 0.7, size, dtype=np.float32))
    assert replace(found, ranking=near).features(mixed_index).key == pytest.approx(0.7)


@pytest.mark.model
def test_support_is_the_share_of_a_section_s_keys_that_are_among_the_ten_nearest(mixed_index: Index) -> None:
    """The sections of keys ever farther from the question: the first ten count, so a section of more keys has at most ten of them."""
    ranking = found_for(mixed_index, "tea").ranking

    def support(sections: list[int], section: int) -> float:
        near = replace(ranking, nearest_keys=np.array(sections, dtype=np.int64))
        return _support(replace(mixed_index, key_sections=np.array(sorted(sections), dtype=np.int32)), near, section)

    mixed = [4, 4, 5, 4, 5, 5, 6, 4, 6, 6, 4, 4, 7]
    assert [support(mixed, section) for section in (4, 5, 6, 7, 8)] == pytest.approx([4 / 6, 1.0, 1.0, 0.0, 0.0])
    assert support([4] * 12, 4) == pytest.approx(1.0)
    assert support([5] + [4] * 14, 4) == pytest.approx(0.9)
    assert [support([4, 5], section) for section in (4, 5, 6)] == pytest.approx([1.0, 1.0, 0.0])


@pytest.mark.model
def test_lexical_is_the_score_by_words_of_the_best_passage_by_how_much_the_words_tell(mixed_index: Index) -> None:
    """Of the best by all signals and by its fit, even where another is better by words; by words of the question, a name added or not."""
    found = found_for(mixed_index, "how long should green brew steep", NAMES)
    assert found.query.words == ("long", "green", "brew", "steep", "tea")
    score = float(mixed_index.lexical.scores(found.query.words)[found.best[0].passage.number])
    rarity = sum(mixed_index.lexical.rarity(word) for word in ("long", "green", "brew", "steep"))
    assert found.features(mixed_index).lexical == pytest.approx(score / rarity)
    counted = np.arange(len(found.ranking), dtype=np.float32)
    other = replace(found.ranking, lexical=counted)
    third = replace(found.best[0], place=2)
    assert replace(found, ranking=other, best=(third, *found.best[1:])).features(mixed_index).lexical == pytest.approx(2 / rarity)


@pytest.mark.model
def test_where_no_word_tells_anything_the_score_by_words_is_left_as_it_is(mixed_index: Index) -> None:
    found = found_for(mixed_index, "is it")
    assert found.query.asked == ()
    scored = replace(found.ranking, lexical=np.full(len(found.ranking), 0.7, dtype=np.float32))
    assert replace(found, ranking=scored).features(mixed_index).lexical == pytest.approx(0.7)


@pytest.mark.model
def test_score_is_that_of_the_best_passage_its_fit_included(mixed_index: Index) -> None:
    found = found_for(mixed_index, "do swarms keep honey", NAMES)
    assert found.features(mixed_index).score == found.best[0].score
    assert found.best[0].score == pytest.approx(
        float(found.ranking.combined[found.best[0].place]) * (1 - 0.2 * (1 - found.fit.passage(found.best[0].passage)))
    )
    assert replace(found, best=(replace(found.best[0], score=0.3), *found.best[1:])).features(mixed_index).score == 0.3


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
    found = found_for(mixed_index, "how long should a brew steep", NAMES)
    assert found.query.words == ("long", "brew", "steep", "tea")
    assert found.features(mixed_index).length == pytest.approx(log(1 + 3))


@pytest.mark.model
def test_a_drug_is_named_where_the_lexicon_has_one(mixed_index: Index) -> None:
    assert told(mixed_index, "how long should a brew steep", NAMES).names_drug == 1.0
    assert told(mixed_index, "how long should tea steep", NAMES).names_drug == 1.0
    assert told(mixed_index, "does the moon have air", NAMES).names_drug == 0.0
    assert told(mixed_index, "how long should tea steep").names_drug == 0.0


# What is asked about drugs


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "several"),
    [
        ("do drones sting", 0.0),
        ("how long does tea steep", 0.0),
        ("is there air", 0.0),
        ("is tea better than bees", 1.0),  # compared
        ("tea with bees", 1.0),  # combined
        ("is a brew like tea", 0.0),  # two names of one
    ],
)
def test_several_drugs_are_told_apart_from_one(mixed_index: Index, question: str, several: float) -> None:
    assert answered_with(mixed_index, question, "Tea is a drink.", names=NAMES).several == several
    assert answered_with(mixed_index, question, "Tea is a drink.").several == 0.0


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "answer", "title", "share"),
    [
        ("do drones sting", "Drones have no sting.", "Swarms", 1.0),
        ("do drones sting", "Drones leave the hive.", "Do drones sting?", 1.0),  # the title tells of it
        ("do drones sting", "Drones have no sting.", "Does tea go stale?", 0.5),  # and asks something else
        ("do drones sting or go stale", "Drones have no sting.", "Swarms", 0.75),  # one of two
        ("do drones sing", "Drones have no sting.", "Do drones sting?", 1.0),  # nothing known is asked
    ],
)
def test_told_is_how_well_the_best_sentence_and_its_title_tell_of_what_is_asked(
    mixed_index: Index, question: str, answer: str, title: str, share: float
) -> None:
    assert answered_with(mixed_index, question, answer, title, NAMES).told == pytest.approx(share)


@pytest.mark.model
def test_one_sentence_that_tells_is_enough(mixed_index: Index) -> None:
    found = found_for(mixed_index, "do drones sting", NAMES)
    one = found.chosen[0]
    section = replace(one.passage.section, title="Swarms")
    both = tuple(
        replace(one, sentence=replace(one.sentence, text=text), passage=replace(one.passage, section=section))
        for text in ("Drones leave the hive.", "Drones have no sting.")
    )
    assert replace(found, chosen=both).features(mixed_index).told == 1.0
    assert replace(found, chosen=both[:1]).features(mixed_index) == NOTHING_FOUND


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "answer", "title"),
    [
        ("does tea keep", "Tea is a drink.", "What is tea?"),
        ("does tea keep", "Tea is a drink.", "Does tea sting?"),
        ("do drones sting", "Drones leave the hive.", "Swarms"),
    ],
)
def test_sentences_that_tell_nothing_of_what_is_asked_count_as_nothing_found(
    mixed_index: Index, question: str, answer: str, title: str
) -> None:
    assert answered_with(mixed_index, question, answer, title, NAMES) == NOTHING_FOUND
    assert answered_with(mixed_index, question, answer, title) != NOTHING_FOUND


# The least covered word


def nearest(index: Index, word: str, question: str) -> float:
    """How near a word is to any word of the best passage, its titles and its keys, by encoding all of them anew."""
    top = found_for(index, question).best[0].passage
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
        ("how many days does tea keep", ["It keeps for 3 days.", "Two weeks."], [NUMBER, YEAR, PLAIN]),
        ("how many more weeks do bees live", ["Bees live six weeks."], ["Bees live 6 lives."]),
        ("how much of the tea is drunk", [NUMBER], [PLAIN]),
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
def test_a_figure_that_only_stands_in_a_title_is_no_answer(mixed_index: Index) -> None:
    assert answered_with(mixed_index, "how many moons has mars", "Mars has moons.", "Mars > Its 2 moons").lacks_figure == 1.0
    assert answered_with(mixed_index, "how many moons has mars", "Mars has 2 moons.", "Mars").lacks_figure == 0.0


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
    found = found_for(mixed_index, "the hive", NAMES)
    naming = next(one for one in found.best if "hive" in one.passage.text)
    others = [one for one in found.best if "hive" not in one.passage.text]
    ordered = (*others[:place], naming, *others[place:])
    assert replace(found, best=ordered).features(mixed_index).elsewhere == elsewhere
