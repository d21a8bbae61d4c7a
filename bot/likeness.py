"""The second layer: how like a message is to the reviewed exemplars of each kind of danger and request."""

import re
from collections.abc import Iterator, Mapping

from indexer.index import Index
from indexer.text_classifier import spoken_form

_LONG = 150  # words; a longer message is looked at in pieces too, as danger may be told in one clause
_PIECE = 40  # words
_MOST_PIECES = 12


def likelihoods(index: Index, message: str) -> Mapping[str, float]:
    """For each kind how likely the message is of it, as a whole or in a piece of it; empty where the index has no exemplars."""
    classifier = index.classifier
    if classifier is None or not spoken_form(message):
        return {}
    likely: dict[str, float] = {}
    for piece in _pieces(message):
        for name, probability in classifier.probabilities(piece, index.encode_message(piece)).items():
            likely[name] = max(likely.get(name, 0.0), probability)
    return likely


def _pieces(message: str) -> Iterator[str]:
    """The message itself, and of a long one its sentences in pieces; of very many the last, where letters say what they are for."""
    yield message
    if len(message.split()) > _LONG:
        sentences = (sentence.split() for sentence in re.split(r"(?<=[.!?\n])\s+", message))
        pieces = [" ".join(words[start : start + _PIECE]) for words in sentences for start in range(0, len(words), _PIECE)]
        yield from pieces[-_MOST_PIECES:]
