"""Rules on the names of drugs: documents use those the lexicon knows, so that a question by any of them is understood."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from indexer.check.corpus import Corpus
from indexer.check.finding import Finding

_BRAND = re.compile(r"\b([A-Za-z][\w-]+) \(([A-Z][a-z]+)\)")


def check_names(corpus: Corpus) -> Iterator[Finding]:
    """Every word that looks like a drug's name is in the lexicon; each unknown one is told once."""
    drugs = corpus.tables.lexicon.drugs
    like = re.compile(rf"\b(?:{corpus.style.drug_like})\b", re.IGNORECASE)
    generic = {drug.name.casefold() for drug in drugs}
    known = {word for drug in drugs for name in (*drug.all_names(), *drug.ambiguous) for word in re.findall(r"[\w-]+", name.casefold())}
    known |= {word.casefold() for word in corpus.style.not_drugs}
    for written in (*corpus.shown(), *corpus.asked()):
        brands = [brand for name, brand in _BRAND.findall(written.text) if name.casefold() in generic]
        for word in (*like.findall(written.text), *brands):
            forms = {word.casefold(), word.casefold().removesuffix("s")}
            if not known & forms:
                known |= forms
                message = f"the lexicon does not know {word!r}; add it to lexicon.toml, or to `not_drugs` in style.toml where it is none"
                yield written.found("lexicon", message)


def check_lexicon(corpus: Corpus, today: date) -> Iterator[Finding]:
    """The table was read through not long ago, and no name stands for two drugs without being marked as ambiguous."""
    lexicon = corpus.tables.lexicon
    if today - lexicon.checked > timedelta(days=corpus.style.limits.lexicon_days):
        message = f"the lexicon was last read through on {lexicon.checked}; read it again, then set `checked`"
        yield corpus.in_table("lexicon.toml", "checked", "lexicon", message, "warning")
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for drug in lexicon.drugs:
        for name in drug.all_names():
            owners[name.casefold()].add(drug.name)
    for drug in lexicon.drugs:
        for name in dict.fromkeys(name.casefold() for name in drug.all_names()):
            others = ", ".join(sorted(owners[name] - {drug.name}))
            if others and name not in drug.ambiguous:
                message = f"{name!r} is also a name of {others}; say so under `ambiguous` of each, or remove it"
                yield corpus.in_table("lexicon.toml", f'name = "{drug.name}"', "lexicon", message)
