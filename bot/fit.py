"""Whether a text is about what was asked: the drugs named, and what is wanted to be known of them. Other drugs, other answers."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from bot.lexicon import Names
from bot.question import Asked
from indexer.documents import plain
from indexer.store import StoredPassage, StoredSentence

_RELATED = 0.7  # of the drug's kind, or one of its kind
_UNNAMED = 0.5  # no drug is named
_RELATED_FORM = 0.5  # of the form that answers, but not telling of what is asked by itself
_KEPT = 4096  # texts whose drugs are remembered

_TIME = r"(seconds?|minutes?|hours?|hrs|days?|nights?|weeks?|months?|years?)"
_NUMBER = (
    r"(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|(twen|thir|for|fif|six|seven|eigh|nine)ty"
    r"|hundreds?|thousands?|millions?|half|thirds?|quarters?|twice)"  # not "one", which is mostly a pronoun
)
POLAR = re.compile(r"(Yes|No)\b")
_GIVEN = {
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
        named = self.facets.drugs(passage.titles) | self.facets.drugs(passage.text)
        return self._mean(named) * self.properties(passage.section.title, passage.text)

    def sentence(self, sentence: StoredSentence, passage: StoredPassage) -> float:
        """How well a sentence fits."""
        return self.about(sentence, passage) * self.properties(passage.section.title, sentence.text)

    def about(self, sentence: StoredSentence, passage: StoredPassage) -> float:
        """How well the drugs of a sentence are those asked; where it names none, they are those of its titles."""
        in_title = self.facets.drugs(passage.section.title) or self.facets.drugs(passage.titles)
        return self.drugs(self.facets.drugs(sentence.text) or in_title)

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
        wanted, told = self.asked.properties, plain(text)
        return sum(bool(one.told.search(told)) for one in wanted) / len(wanted) if wanted else 1.0

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
        given = _GIVEN.get(self.asked.shape)
        return float(bool(given and given.search(sentence.text)))

    def leads(self, sentence: StoredSentence) -> float:
        """1 where a sentence has the form that answers and tells by itself of all that is asked; 0 without the form, else half."""
        if not self.shape(sentence):
            return 0.0
        return 1.0 if self.tells(sentence) == 1.0 else _RELATED_FORM


class Facets:
    """The drugs that texts name and what titles ask; remembered, as the same passages come again and again."""

    def __init__(self, names: Names) -> None:
        self.drugs: Callable[[str], frozenset[str]] = lru_cache(_KEPT)(names.in_document)
        self.properties: Callable[[str], frozenset[str]] = lru_cache(_KEPT)(
            lambda title: frozenset(one.name for one in names.asked_about(plain(title)))
        )


def denies(text: str) -> bool:
    """Whether a sentence says that something is not so."""
    return bool(_NEGATION.search(text))
