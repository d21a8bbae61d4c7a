"""A classifier of short texts: what it learns, that it forgets nothing on disk, and what it makes of odd input."""

from pathlib import Path

import numpy as np
import pytest

from indexer.text_classifier import TextClassifier, spoken_form

COLD = ["ice on the pond", "snow fell all night", "a cold wind and ice", "the snow is deep", "ice skates", "cold hands in the snow"]
WARM = ["sun on the beach", "the sand is hot", "hot tea in the sun", "a warm day", "sun and sand", "warm wind from the beach"]
TEXTS = [*COLD, *WARM]
LABELS = ["cold"] * len(COLD) + ["warm"] * len(WARM)
NOWHERE = np.zeros((len(TEXTS), 3), dtype=np.float32)
MEANT = np.array([[1, 0, 0]] * len(COLD) + [[0, 1, 0]] * len(WARM), dtype=np.float32)
NEUTRAL = np.zeros(3, dtype=np.float32)


def likeliest(classifier: TextClassifier, text: str, vector: "np.ndarray[tuple[int], np.dtype[np.float32]]" = NEUTRAL) -> str:
    likely = classifier.probabilities(text, vector)
    return max(likely, key=lambda name: likely[name])


@pytest.fixture(scope="module")
def by_words() -> TextClassifier:
    return TextClassifier.fit(TEXTS, LABELS, NOWHERE)


@pytest.mark.parametrize(
    ("text", "label"),
    [("ice and snow", "cold"), ("hot sand", "warm"), ("SNOW!!", "cold"), ("snwo and icee", "cold"), ("a sunny beech", "warm")],
)
def test_words_and_letters_tell(by_words: TextClassifier, text: str, label: str) -> None:
    assert likeliest(by_words, text) == label


def test_the_vector_tells_where_words_do_not() -> None:
    classifier = TextClassifier.fit(TEXTS, LABELS, MEANT)
    assert likeliest(classifier, "zzz", np.array([1, 0, 0], dtype=np.float32)) == "cold"
    assert likeliest(classifier, "zzz", np.array([0, 1, 0], dtype=np.float32)) == "warm"


def test_probabilities_make_one(by_words: TextClassifier) -> None:
    assert sum(by_words.probabilities("ice in the sun", NEUTRAL).values()) == pytest.approx(1)


def test_what_is_saved_is_what_was_fitted(by_words: TextClassifier, tmp_path: Path) -> None:
    by_words.save(tmp_path / "classifier")
    loaded = TextClassifier.load(tmp_path / "classifier")
    assert loaded.labels == ("cold", "warm")
    for text in ("ice", "sand", "neither"):
        assert loaded.probabilities(text, NEUTRAL) == by_words.probabilities(text, NEUTRAL)


def test_the_same_texts_give_the_same_classifier(by_words: TextClassifier) -> None:
    again = TextClassifier.fit(TEXTS, LABELS, NOWHERE)
    assert np.array_equal(again.weights, by_words.weights)


@pytest.mark.parametrize("text", ["", " ", "???", "\u200b", "x" * 100_000, "word " * 50_000, "中文", "\U0001f600"])
def test_any_text_can_be_asked_about(by_words: TextClassifier, text: str) -> None:
    assert set(by_words.probabilities(text, NEUTRAL)) == {"cold", "warm"}


def test_the_ends_of_a_long_text_are_looked_at(by_words: TextClassifier) -> None:
    assert likeliest(by_words, "x " * 5_000 + "snow and ice") == "cold"
    assert likeliest(by_words, "hot sand " + "x " * 5_000) == "warm"


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Hé WON\u2019T!", "he wont"),
        ("it's  fine\n", "its fine"),
        ("snake_case", "snake case"),
        ("na\u00efve caf\u00e9", "naive cafe"),
        ("не дышит", "не дышит"),
        ("hid\u200bden", "hidden"),
    ],
)
def test_the_spoken_form(text: str, form: str) -> None:
    assert spoken_form(text) == form


def test_of_many_examples_the_nearest_of_each_label_are_found_as_if_all_were_compared() -> None:
    """The nearest two hundred are picked out by coarse codes; what is left out is no nearer than the last of them."""
    random = np.random.default_rng(0)
    centres = random.normal(size=(30, 24))
    vectors = np.concatenate([centre + 0.5 * random.normal(size=(50, 24)) for centre in centres]).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    labels = [f"label {number // 150}" for number in range(len(vectors))]
    classifier = TextClassifier.fit([f"text {number}" for number in range(len(vectors))], labels, vectors)
    assert classifier.examples.kind == "scanned"
    for vector in vectors[::97] + 0.02 * random.normal(size=(16, 24)).astype(np.float32):
        similarities = vectors @ vector
        floor = np.sort(similarities)[-200]
        nearest = np.maximum(similarities.reshape(10, 150).max(axis=1), floor)
        assert classifier._alike(vector) == pytest.approx(np.exp(8 * (nearest - similarities.max())), abs=0.02)
