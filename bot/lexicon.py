"""The drugs a question names: brand, street and misspelt names resolved to the drug they mean, exactly as the lexicon has them.

A term that also means something else counts only with support: beside another name, or a word that speaks of drugs.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.answer import DrugMention
from indexer.corpus_tables import Drug, Lexicon
from indexer.documents import plain

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_TOGETHER = 2  # ambiguous names that support each other
_LETTER_AND_S = 2  # letters


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

    def in_text(self, text: str) -> tuple[DrugMention, ...]:
        """The drugs a question names, in its order, each once; the longest name wins."""
        found = list(self._found(text))
        names = {name for name, _ in found}
        if len(names) < _TOGETHER and names <= self.ambiguous and not self.context & set(plain(text).split()):
            return ()
        first: dict[str, DrugMention] = {}
        for _, mention in found:
            first.setdefault(mention.name, mention)
        return tuple(first.values())

    def _found(self, text: str) -> Iterator[tuple[str, DrugMention]]:
        """Every name in a text, as the lexicon has it, with its drug."""
        words = list(_WORD.finditer(text))
        at = 0
        while at < len(words):
            for length in range(min(self.longest, len(words) - at), 0, -1):
                surface = text[words[at].start() : words[at + length - 1].end()]
                name = self._known(plain(surface))
                if name:
                    drug = self.owners[name]
                    yield name, DrugMention(surface, drug.name, drug.drug_class)
                    at += length - 1
                    break
            at += 1

    def _known(self, name: str) -> str | None:
        """The name as the lexicon has it, also where the text has its plural, which a single letter has not: "vs" is no drug."""
        forms = (name, name.removesuffix("s")) if len(name) > _LETTER_AND_S else (name,)
        return next((form for form in forms if form in self.owners), None)

    def places_in(self, text: str) -> frozenset[str]:
        """The places that a text names."""
        return frozenset(self.places[word] for word in plain(text).split() if word in self.places)
