"""Facts that never stand alone: where an answer states one, its partner comes with it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.extractive import ChosenSentence, sentences_of
from indexer.corpus_tables import PartnerFact, any_of
from indexer.store import Store

_KEPT = 4096  # sentences


@dataclass(frozen=True, slots=True)
class Partners:
    """The partner facts of one index, compiled.

    `stated` gives the names of those that a sentence states; remembered, as the same sentences come again and again.
    """

    facts: tuple[tuple[PartnerFact, re.Pattern[str]], ...]
    stated: Callable[[str], frozenset[str]]
    store: Store

    @classmethod
    def of(cls, facts: Sequence[PartnerFact], store: Store) -> "Partners":
        """Facts as the index has them."""
        states = {fact.name: any_of(fact.states) for fact in facts}
        stated = lru_cache(_KEPT)(lambda text: frozenset(name for name, pattern in states.items() if pattern.search(text)))
        return cls(tuple((fact, any_of(fact.says)) for fact in facts), stated, store)

    def lacking(self, chosen: Sequence[ChosenSentence]) -> Iterator[ChosenSentence]:
        """What must be said beside an answer: for each fact in it that never stands alone, a sentence that says its partner.

        It is taken from the section that states the fact, or else from the one that the table names.
        """
        said = " ".join(scored.sentence.text for scored in chosen)
        for fact, says in self.facts:
            stating = next((scored for scored in chosen if fact.name in self.stated(scored.sentence.text)), None)
            if stating is not None and not says.search(said):
                sections = (f"{stating.passage.document.id}#{stating.passage.section.id}", fact.section)
                partner = next((one for one in sentences_of(self.store, sections) if says.search(one.sentence.text)), None)
                if partner is not None:
                    said += f" {partner.sentence.text}"
                    yield partner
