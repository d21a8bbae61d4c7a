"""Whether a text is about what was asked: the drugs named, and what is wanted to be known of them. Other drugs, other answers."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from bot.lexicon import Names, Property
from bot.question import Asked, Shape
from indexer.documents import plain
from indexer.lexical_index import words
from indexer.store import StoredPassage, StoredSentence

_RELATED = 0.7  # of the drug's kind, or one of its kind
_UNNAMED = 0.5  # no drug is named
_RELATED_FORM = 0.5  # of the form that answers, but not telling of what is asked by itself
_KEPT = 16_384  # texts of which each is remembered

_TIME = r"(seconds?|minutes?|hours?|hrs|days?|nights?|weeks?|months?|years?)"
_NUMBER = (
    r"(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|(twen|thir|for|fif|six|seven|eigh|nine)ty"
    r"|hundreds?|thousands?|millions?|half|thirds?|quarters?|twice)"  # not "one", which is mostly a pronoun
)
POLAR = re.compile(r"(Yes|No)\b")
_GIVEN: dict[Shape, re.Pattern[str]] = {
    "year": re.compile(r"\b(1[89]|20)\d\d\b"),
    "time": re.compile(rf"\b{_TIME}\b", re.IGNORECASE),
    "number": re.compile(rf"\d|\b{_NUMBER}\b", re.IGNORECASE),
    "yes-no": POLAR,
    "definition": re.compile(r"^(An? |The )?[\w' ()/-]{1,60}? (is|are|means?|comes? from) "),
    "reason": re.compile(
        r"\b(because|since|due to|reason|so that|which is why|that is why|as (it|the|a|an|they|people|each)|when the body)\b|, so\b"
    ),
    "list": re.compile(r":$|, (and|or) |,.*,"),
}
_NEGATION = re.compile(r"\b(not|no|never|cannot|neither|nor|without|less|isn't|doesn't|don't|can't)\b|\bNo,", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fit:
    """Judges texts by what one question asks. Scores are 0 (of something else) to 1 (just of that)."""

    asked: Asked
    names: Names
    facets: "Facets"

    def passage(self, passage: StoredPassage) -> float:
        """How well a passage fits: the drugs by its titles and text, what is asked by its section's title and text."""
        if not self.asked.drugs and not self.asked.properties:
            return 1.0
        named = self.facets.drugs(passage.titles) | self.facets.drugs(passage.text)
        return self._mean(named) * self.properties(passage.section.title, passage.text)

    def sentence(self, sentence: StoredSentence, passage: StoredPassage) -> float:
        """How well a sentence fits."""
        return self.about(sentence, passage) * self.properties(passage.section.title, sentence.text)

    def about(self, sentence: StoredSentence, passage: StoredPassage) -> float:
        """How well the drugs of a sentence are those asked; where it names none, they are those of its titles."""
        if not self.asked.drugs:
            return 1.0
        drugs = self.facets.drugs
        return self.drugs(drugs(sentence.text) or drugs(passage.section.title) or drugs(passage.titles))

    def drugs(self, named: frozenset[str]) -> float:
        """How well the drugs of a text are those asked: the mean over them, but of compared ones the best."""
        if self.asked.relation == "compared":
            return max(self._drug(mention.name, named) for mention in self.asked.drugs)
        return self._mean(named)

    def _mean(self, named: frozenset[str]) -> float:
        scores = [self._drug(mention.name, named) for mention in self.asked.drugs]
        return sum(scores) / len(scores) if scores else 1.0

    def _drug(self, name: str, named: frozenset[str]) -> float:
        if name in named:
            return 1.0
        if any(self.names.related(name, other) for other in named):
            return _RELATED
        return 0.0 if named else _UNNAMED

    def properties(self, title: str, *texts: str) -> float:
        """How well what is asked is what a section tells of.

        Half of it is the share of what is asked that its texts tell of, half the share of what its title asks that the question asks too.
        """
        if not self.asked.properties:
            return 1.0
        return (self._share(" ".join((title, *texts))) + 1 - self.foreign(title)) / 2

    def foreign(self, title: str) -> float:
        """The share of what a section's title asks that the question does not ask."""
        about = self.facets.properties(title)
        return len(about - {one.name for one in self.asked.properties}) / len(about) if about else 0.0

    def tells(self, sentence: StoredSentence) -> float:
        """The share of what is asked that a sentence tells of by itself; 1 where nothing known is asked."""
        return self._share(sentence.text)

    def _share(self, text: str) -> float:
        wanted = self.asked.properties
        return sum(self.facets.tells(text, one) for one in wanted) / len(wanted) if wanted else 1.0

    def is_told(self, told: Iterable[tuple[StoredSentence, StoredPassage]]) -> bool:
        """Whether any of some sentences, with its title, tells of anything that is asked."""
        return any(self._share(f"{passage.section.title} {sentence.text}") for sentence, passage in told)

    def is_asked_by(self, title: str) -> bool:
        """Whether a section's title asks about no other drug than the question, so that its "Yes" or "No" answers the question too."""
        asked = [mention.name for mention in self.asked.drugs]
        named = self.facets.drugs(title)
        return not asked or all(name in asked or any(self.names.related(name, other) for other in asked) for name in named)

    def shape(self, sentence: StoredSentence) -> float:
        """1 where a sentence has the form that answers: a figure of the kind asked, yes or no, a definition, a list's lead-in."""
        return float(self.asked.shape in _GIVEN and self.facets.has_shape(sentence.text, self.asked.shape))

    def leads(self, sentence: StoredSentence) -> float:
        """1 where a sentence has the form that answers and tells by itself of all that is asked; 0 without the form, else half."""
        if not self.shape(sentence):
            return 0.0
        return 1.0 if self.tells(sentence) == 1.0 else _RELATED_FORM


class Facets:
    """What texts of documents tell, whatever the question; remembered, as the same passages come again and again.

    The drugs and the places they name, what titles ask, whether a text tells of a property, whether it has the form of some answer, its
    stemmed words, and those of them that are no drug's name.
    """

    def __init__(self, names: Names) -> None:
        self.drugs: Callable[[str], frozenset[str]] = lru_cache(_KEPT)(names.in_document)
        self.places: Callable[[str], frozenset[str]] = lru_cache(_KEPT)(names.places_in)
        self.properties: Callable[[str], frozenset[str]] = lru_cache(_KEPT)(
            lambda title: frozenset(one.name for one in names.asked_about(plain(title)))
        )
        self.tells: Callable[[str, Property], bool] = lru_cache(_KEPT)(lambda text, one: one.told.search(plain(text)) is not None)
        self.words: Callable[[str], frozenset[str]] = lru_cache(_KEPT)(lambda text: frozenset(words(text)))
        self.topic: Callable[[str], frozenset[str]] = lru_cache(_KEPT)(
            lambda title: self.words(title).difference(*(words(drug.surface) for drug in names.meanings(title)))
        )
        self.has_shape: Callable[[str, Shape], bool] = lru_cache(_KEPT)(lambda text, shape: _GIVEN[shape].search(text) is not None)


def denies(text: str) -> bool:
    """Whether a sentence says that something is not so."""
    return bool(_NEGATION.search(text))
