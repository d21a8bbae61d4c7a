import numpy as np
import pytest

from indexer.embedder import EncoderSettings
from tests.benchmarks.growth.vectors import DrawnEmbedder

SETTINGS = EncoderSettings(kind="onnx-int8", model="none", fingerprint="none", dimension=384, max_tokens=256)
TEXTS = ["Tea is hot.", "Bread rises slowly", "", "tea IS hot", "Tee f\u00fcr zwei", "hot tea", "Tea is hot."]


@pytest.fixture(scope="module")
def drawn() -> DrawnEmbedder:
    return DrawnEmbedder(SETTINGS)


def test_a_text_has_the_same_unit_vector_alone_and_among_others(drawn: DrawnEmbedder) -> None:
    vectors = drawn.encode(TEXTS)
    assert vectors.shape == (7, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for text, vector in zip(TEXTS, vectors, strict=True):
        assert np.allclose(drawn.encode([text])[0], vector, atol=1e-6)
    assert np.allclose(vectors[0], vectors[6], atol=1e-6)


def test_texts_are_near_by_the_words_they_share(drawn: DrawnEmbedder) -> None:
    vectors = drawn.encode(TEXTS)
    same_words, other_words = float(vectors[0] @ vectors[3]), float(vectors[0] @ vectors[1])
    assert 0.9 < same_words < 1  # each text has a share of its own
    assert other_words < 0.5
