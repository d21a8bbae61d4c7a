"""What the words of a text stand for: drugs by any of their names, what is asked about them, and places.

A name counts as the lexicon has it; else as the one it is a misspelling of, if it is no other word. A name that also means something else
counts only with support: beside another name, a word that speaks of drugs, something asked about drugs, or drugs spoken of before.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz.distance import OSA, Prefix
from rapidfuzz.process import extract

from bot.answer import DrugMention
from indexer.corpus_tables import Drug, Lexicon, any_of
from indexer.documents import plain

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_TOGETHER = 2  # ambiguous names that support each other
_SHORTEST = 5  # letters of a name that is known misspelt; shorter ones are too near to other words
_POINTING = frozenset("my your his her our their a an this that".split())  # "my boy": not what a drug is called
_OPENING = 3  # letters by which a word is known to be short for a brand
_LONG = 9  # letters of a word that may be two slips away from its name, else one


@dataclass(frozen=True, slots=True, eq=False)
class Property:
    """Something asked about drugs: where it is asked, where a text tells of it, and whether each drug has an answer of its own."""

    name: str
    of_drug: bool
    asked: re.Pattern[str]
    told: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Found:
    """A name in a text, as the lexicon has it, as it stands there, and the drugs that may be meant."""

    name: str
    surface: str
    owners: tuple[Drug, ...]


def _any_word(word: str) -> bool:
    return bool(word)


@dataclass(frozen=True, slots=True)
class Names:
    """The lexicon, ready to be looked up.

    `owners` has the drugs of each plain name, `starts` how many words the longest name has that begins with a word, `kin` of what kind each
    drug is, in names of drugs, `spelt` the names that may be misspelt. `is_word` says whether a word is one of the language, and so no
    misspelling; by default every word is.
    """

    owners: Mapping[str, tuple[Drug, ...]] = field(default_factory=dict)
    starts: Mapping[str, int] = field(default_factory=dict)
    ambiguous: frozenset[str] = frozenset()
    context: frozenset[str] = frozenset()
    places: Mapping[str, str] = field(default_factory=dict)
    properties: tuple[Property, ...] = ()
    kin: Mapping[str, frozenset[str]] = field(default_factory=dict)
    spelt: tuple[str, ...] = ()
    is_word: Callable[[str], bool] = _any_word

    @classmethod
    def compile(cls, lexicon: Lexicon, is_word: Callable[[str], bool] = _any_word) -> "Names":
        """The names of a lexicon."""
        owners: dict[str, tuple[Drug, ...]] = {}
        ambiguous = {plain(name) for drug in lexicon.drugs for name in drug.ambiguous}
        for drug in lexicon.drugs:
            for name in dict.fromkeys(map(plain, (*drug.all_names(), *drug.ambiguous))):
                owners[name] = (*owners.get(name, ()), drug)
        starts: dict[str, int] = {}
        for name in owners:
            first, length = name.partition(" ")[0], name.count(" ") + 1
            starts[first] = max(starts.get(first, 0), length)
        places = {word: place for place, named in lexicon.places.items() for word in named}
        properties = tuple(Property(one.name, one.of_drug, any_of(one.asked), any_of(one.told or one.asked)) for one in lexicon.properties)
        written = dict.fromkeys(plain(name) for drug in lexicon.drugs for name in (*drug.proper_names(), *drug.misspellings))
        spelt = tuple(name for name in written if len(name) >= _SHORTEST and name.isalpha() and name not in ambiguous)
        names = cls(owners, starts, frozenset(ambiguous), frozenset(lexicon.context), places, properties, {}, spelt, is_word)
        return replace(names, kin={drug.name: names.in_document(drug.drug_class) - {drug.name} for drug in lexicon.drugs})

    def in_text(self, text: str, before: Collection[str] = ()) -> tuple[DrugMention, ...]:
        """The drugs a question names, in its order, each once; `before` are drugs that were spoken of.

        The longest name wins. Where several drugs share a name it is that of the one named otherwise, else of the first.
        """
        found = list(self._in_words(text))
        names = {one.name for one in found}
        otherwise = {*before, *(one.owners[0].name for one in found if one.name not in self.ambiguous)}
        if names <= self.ambiguous and len(names) < _TOGETHER and not before and not self._speaks_of_drugs(plain(text)):
            return ()
        first: dict[str, DrugMention] = {}
        for one in found:
            drug = next((owner for owner in one.owners if owner.name in otherwise), one.owners[0])
            first.setdefault(drug.name, _mention(one.surface, drug))
        return tuple(first.values())

    def meanings(self, text: str) -> tuple[DrugMention, ...]:
        """All that the names of a text may stand for, ambiguous or not."""
        return tuple(_mention(one.surface, drug) for one in self._in_words(text) for drug in one.owners)

    def in_document(self, text: str) -> frozenset[str]:
        """The drugs that a document's text names, which calls them by names that mean nothing else."""
        words = plain(text).split()
        begun = [at for at, word in enumerate(words) if word in self.starts or word.removesuffix("s") in self.starts]
        clear = (next((name for name, _ in self._at(words, at) if name not in self.ambiguous), None) for at in begun)
        return frozenset(self.owners[name][0].name for name in clear if name)

    def asked_about(self, text: str) -> tuple[Property, ...]:
        """What a question, as plain words, asks about."""
        return tuple(one for one in self.properties if one.asked.search(text))

    def related(self, drug: str, other: str) -> bool:
        """Whether one of two drugs is of the other's kind, as fentanyl is an opioid."""
        return other in self.kin.get(drug, ()) or drug in self.kin.get(other, ())

    def places_in(self, text: str) -> frozenset[str]:
        """The places that a text names."""
        return frozenset(self.places[word] for word in plain(text).split() if word in self.places)

    def _speaks_of_drugs(self, words: str) -> bool:
        return bool(self.context & set(words.split())) or any(one.of_drug for one in self.asked_about(words))

    def _in_words(self, text: str) -> Iterator[_Found]:
        """Every name in a text."""
        words = list(_WORD.finditer(text))
        forms = [plain(word[0]) for word in words]
        at = 0
        while at < len(words):
            found, length = next(self._at(forms, at), None) or (self._misspelt(forms[at]), 1)
            if found and not (found in self.ambiguous and at and forms[at - 1] in _POINTING):
                yield _Found(found, text[words[at].start() : words[at + length - 1].end()], self.owners[found])
            at += length

    def _at(self, words: Sequence[str], at: int) -> Iterator[tuple[str, int]]:
        """The names that begin at a word, with their length, the longest first."""
        word = words[at]
        reach = max(self.starts.get(word, 0), self.starts.get(word.removesuffix("s"), 0))
        for length in range(min(reach, len(words) - at), 0, -1):
            name = self._known(" ".join(words[at : at + length]))
            if name:
                yield name, length

    def _known(self, name: str) -> str | None:
        """The name as the lexicon has it, also where the text has its plural. Ambiguous names have none: "it speeds you up"."""
        if name in self.owners:
            return name
        one = name.removesuffix("s")
        return one if one in self.owners and one not in self.ambiguous else None

    def _misspelt(self, word: str) -> str | None:
        """The one name that a word is a slip or two away from (letters added, left out, changed or swapped)."""
        if len(word) < _SHORTEST or not word.isalpha() or self.is_word(word):
            return None
        slips = 2 if len(word) >= _LONG else 1
        near = [
            (distance, name)
            for name, distance, _ in extract(word, self.spelt, scorer=OSA.distance, score_cutoff=slips, limit=None)
            if name[0] == word[0]
        ]
        best = min((distance for distance, _ in near), default=0)
        drugs = {self.owners[name][0].name: name for distance, name in near if distance == best}
        return next(iter(drugs.values())) if len(drugs) == 1 else None


def _mention(surface: str, drug: Drug) -> DrugMention:
    """What a word stands for, and the brand it is short for, if there is one."""
    return DrugMention(surface, drug.name, drug.drug_class, _short_for(surface.casefold(), drug))


def _short_for(word: str, drug: Drug) -> str | None:
    """The brand that begins most like a word which is no name of the drug and begins like none: Xanax for "xans"."""
    names = [name.casefold() for name in (drug.name, *drug.names)]
    brands = {brand.casefold(): brand for brand in drug.brands}
    if len(word) < _OPENING or word in brands or any(name.startswith(word[:_OPENING]) for name in names):
        return None
    shared = {brand: Prefix.similarity(brand, word) for brand in brands}
    most = max(shared.values(), default=0)
    nearest = [brand for brand, length in shared.items() if length == most >= _OPENING]
    # "subs" begins like Sublocade and Subutex: it is short for neither. Xanax XR is a Xanax.
    return brands[nearest[0]] if nearest and all(brand.startswith(nearest[0]) for brand in nearest) else None
