"""The drugs a question names: brand, street and misspelt names resolved to the drug they mean, exactly as the lexicon has them.

A term that also means something else counts only beside a drug that is named without doubt.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.answer import DrugMention
from indexer.corpus_tables import Drug, any_name
from indexer.documents import plain


@dataclass(frozen=True, slots=True)
class NamedDrug:
    """A drug that a text names. `is_outside` ones are not what the documents are about."""

    mention: DrugMention
    is_outside: bool
    is_ambiguous: bool


@dataclass(frozen=True, slots=True)
class Names:
    """The lexicon, ready to be looked up: plain names of up to `longest` words, and what texts call each drug."""

    owners: Mapping[str, Drug]
    ambiguous: frozenset[str]
    patterns: Mapping[str, re.Pattern[str]]
    longest: int

    @classmethod
    def compile(cls, drugs: Iterable[Drug]) -> "Names":
        """Names out of a lexicon. Where two drugs share a name, the first has it."""
        owners: dict[str, Drug] = {}
        ambiguous: set[str] = set()
        patterns: dict[str, re.Pattern[str]] = {}
        for drug in drugs:
            unclear = {plain(name) for name in drug.ambiguous}
            for name in (*map(plain, drug.all_names()), *unclear):
                owners.setdefault(name, drug)
            ambiguous |= unclear
            patterns[drug.name] = any_name(drug.proper_names())
        return cls(owners, frozenset(ambiguous), patterns, max((name.count(" ") + 1 for name in owners), default=0))

    def in_text(self, text: str) -> tuple[NamedDrug, ...]:
        """The drugs a question names, in its order, each once; the longest name wins."""
        found = list(self._found(text))
        is_clear = any(not named.is_ambiguous for named in found)
        by_name = {named.mention.name: named for named in reversed(found) if is_clear or not named.is_ambiguous}
        return tuple(reversed(by_name.values()))

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

    def are_named(self, drug: str, text: str) -> bool:
        """Whether a text calls a drug by a proper name."""
        pattern = self.patterns.get(drug)
        return pattern is not None and pattern.search(text) is not None
