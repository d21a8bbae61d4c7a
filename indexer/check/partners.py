"""Rules on facts that never stand alone: the section that states one also says its partner, or a line in partners.toml brings it."""

import re
from collections.abc import Iterator, Mapping

from indexer.check.corpus import Corpus
from indexer.check.finding import Finding
from indexer.check.manuscripts import Written, WrittenSection
from indexer.corpus_tables import PartnerFact, any_of


def check_partners(corpus: Corpus) -> Iterator[Finding]:
    """Partner facts are together, and what partners.toml names is there."""
    sections = {section.name: section for section in corpus.sections()}
    for fact in corpus.tables.partners:
        states, says = any_of(fact.states), any_of(fact.says)
        stating: dict[str, Written] = {}
        for sentence in corpus.sentences():
            if states.search(sentence.text):
                stating.setdefault(sentence.section, sentence)
        for message in _entry_problems(fact, says, sections, stating):
            yield corpus.in_table("partners.toml", f"[{fact.name}]", "partner", f"{fact.name} {message}")
        for name, sentence in stating.items():
            if name not in fact.apart and not says.search(sections[name].text):
                message = f"states {fact.name} without its partner; say that in this section, or add {name} to `apart` in partners.toml"
                yield sentence.found("partner", message)


def _entry_problems(
    fact: PartnerFact, says: re.Pattern[str], sections: Mapping[str, WrittenSection], stating: Mapping[str, Written]
) -> Iterator[str]:
    if fact.section not in sections:
        yield f"names the section {fact.section}, which is not there; name the one that says it"
    elif not says.search(sections[fact.section].text):
        yield f"has a partner that {fact.section} does not say; name the section that does"
    if not stating:
        yield "is stated in no document; mend its patterns, or remove it"
    for name in fact.apart:
        if name not in stating:
            yield f"is let apart in {name}, which does not state it; remove that name"
