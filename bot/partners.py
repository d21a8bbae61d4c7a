"""Facts that never stand alone: where an answer states one, its partner comes with it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.extractive import ChosenSentence, sentences_of
from indexer.corpus_tables import PartnerFact, any_of
from indexer.store import Store


@dataclass(frozen=True, slots=True)
class Partners:
    """The partner facts of one index, compiled."""

    facts: tuple[tuple[PartnerFact, re.Pattern[str], re.Pattern[str]], ...]
    store: Store

    @classmethod
    def of(cls, facts: Sequence[PartnerFact], store: Store) -> "Partners":
        """Facts as the index has them."""
        return cls(tuple((fact, any_of(fact.states), any_of(fact.says)) for fact in facts), store)

    def lacking(self, chosen: Sequence[ChosenSentence]) -> Iterator[ChosenSentence]:
        """What must be said beside an answer: for each fact in it that never stands alone, a sentence that says its partner.

        It is taken from the section that states the fact, or else from the one that the table names.
        """
        said = " ".join(scored.sentence.text for scored in chosen)
        for fact, states, says in self.facts:
            stating = next((scored for scored in chosen if states.search(scored.sentence.text)), None)
            if stating is not None and not says.search(said):
                sections = (f"{stating.passage.document.id}#{stating.passage.section.id}", fact.section)
                partner = next((one for one in sentences_of(self.store, sections) if says.search(one.sentence.text)), None)
                if partner is not None:
                    said += f" {partner.sentence.text}"
                    yield partner
