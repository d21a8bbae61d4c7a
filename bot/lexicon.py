"""The drugs a question names: brand, street and misspelt names resolved to the drug they mean, exactly as the lexicon has them.

A term that also means something else counts only with support: beside another name, or a word that speaks of drugs.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.answer import DrugMention
from indexer.corpus_tables import Drug, Lexicon
from indexer.documents import plain


@dataclass(frozen=True, slots=True)
class NamedDrug:
    """A drug that a text names. `is_outside` ones are not what the documents are about."""

    mention: DrugMention
    is_outside: bool
    is_ambiguous: bool


@dataclass(frozen=True, slots=True)
class Names:
    """The lexicon, ready to be looked up: plain names of up to `longest` words, and the words for places."""

    owners: Mapping[str, Drug] = field(default_factory=dict)
    ambiguous: frozenset[str] = frozenset()
    context: frozenset[str] = frozenset()
    places: Mapping[str, str] = field(default_factory=dict)
    longest: int = 0

    @classmethod
    def compile(cls, lexicon: Lexicon) -> "Names":
        """The names of a lexicon. Where two drugs share a name, the first has it."""
        owners: dict[str, Drug] = {}
        ambiguous: set[str] = set()
        for drug in lexicon.drugs:
            unclear = {plain(name) for name in drug.ambiguous}
            for name in (*map(plain, drug.all_names()), *unclear):
                owners.setdefault(name, drug)
            ambiguous |= unclear
        places = {word: place for place, named in lexicon.places.items() for word in named}
        longest = max((name.count(" ") + 1 for name in owners), default=0)
        return cls(owners, frozenset(ambiguous), frozenset(lexicon.context), places, longest)

    def in_text(self, text: str) -> tuple[NamedDrug, ...]:
        """The drugs a question names, in its order, each once; the longest name wins."""
        found = {named.mention.name: named for named in reversed(list(self._found(text)))}
        supported = len(found) > 1 or any(not named.is_ambiguous for named in found.values()) or self.context & set(plain(text).split())
        return tuple(reversed(found.values())) if supported else ()

    def _found(self, text: str) -> Iterator[NamedDrug]:
        words = re.findall(r"(?:[^\W_]|['\u2019])+", text)
        at = 0
        while at < len(words):
            for length in range(min(self.longest, len(words) - at), 0, -1):
                surface = " ".join(words[at : at + length])
                name = self._known(plain(surface))
                if name:
                    drug = self.owners[name]
                    yield NamedDrug(DrugMention(surface, drug.name, drug.drug_class), drug.outside, name in self.ambiguous)
                    at += length - 1
                    break
            at += 1

    def _known(self, name: str) -> str | None:
        """The name as the lexicon has it, also where the text has its plural."""
        return next((form for form in (name, name.removesuffix("s")) if form in self.owners), None)

    def places_in(self, text: str) -> frozenset[str]:
        """The places that a text names."""
        return frozenset(self.places[word] for word in plain(text).split() if word in self.places)
