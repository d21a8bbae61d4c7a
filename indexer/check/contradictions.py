"""Rules on numbers that should agree: one drug, one property, two values."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from indexer.check.corpus import Corpus
from indexer.check.finding import Finding
from indexer.check.manuscripts import Written
from indexer.check.style import Property
from indexer.corpus_tables import Lexicon

_SLACK = 1.1  # "about 11" and "11.2" agree
_HOURS = {"minute": 1 / 60, "hour": 1.0, "day": 24.0, "week": 168.0, "month": 720.0, "year": 8760.0}


@dataclass(frozen=True, slots=True)
class _Value:
    """A word or a range of numbers (of hours, where it is a time), as it is written."""

    word: str
    low: float
    high: float
    shown: str
    written: Written

    def agrees(self, other: "_Value") -> bool:
        """Whether both can be true: the same word, or ranges that meet."""
        return self.word == other.word and self.low <= other.high * _SLACK and other.low <= self.high * _SLACK


def check_contradictions(corpus: Corpus) -> Iterator[Finding]:
    """No two sentences give the same drug two values of one property."""
    drugs_in = _drug_finder(corpus.tables.lexicon)
    for rule in corpus.style.property:
        values: defaultdict[tuple[str, ...], list[_Value]] = defaultdict(list)
        says, value = re.compile(rule.says, re.IGNORECASE), re.compile(rule.value, re.IGNORECASE)
        for sentence in corpus.sentences():
            if (found := value.search(sentence.text)) and says.search(sentence.text) and len(named := drugs_in(sentence.text)) == 1:
                values[(*named, *_qualities(rule, sentence.text))].append(_value(found, sentence))
        for (drug, *_), given in values.items():
            for second, first in _clashes(given):
                place = f"{first.written.file}:{first.written.line}"
                message = f"the {rule.name} of {drug} is {second.shown!r} here and {first.shown!r} in {place}; find out which is true"
                yield second.written.found("contradiction", message)


def _clashes(values: Sequence[_Value]) -> Iterator[tuple[_Value, _Value]]:
    """Each value that does not agree with one before it, with the first such."""
    for number, value in enumerate(values):
        other = next((earlier for earlier in values[:number] if not earlier.agrees(value)), None)
        if other is not None:
            yield value, other


def _drug_finder(lexicon: Lexicon) -> Callable[[str], set[str]]:
    owner = {name.casefold(): drug.name for drug in lexicon.drugs for name in drug.proper_names()}
    names = re.compile(rf"\b({'|'.join(map(re.escape, sorted(owner, key=len, reverse=True)))})s?\b", re.IGNORECASE)
    return lambda text: {owner[name.casefold()] for name in names.findall(text)}


def _qualities(rule: Property, text: str) -> Iterator[str]:
    """What a value is of, besides the drug: sentences on different things are not compared."""
    for pattern in rule.of:
        yield " ".join(sorted({match[0].casefold() for match in re.finditer(pattern, text, re.IGNORECASE)}))


def _value(found: re.Match[str], written: Written) -> _Value:
    groups = found.groupdict()
    low, high = groups["low"], groups.get("high") or groups["low"]
    if not low[0].isdigit():
        return _Value(low.casefold(), 0, 0, found[0], written)
    scale = _HOURS.get((groups.get("unit") or "").casefold(), 1.0)
    return _Value("", _number(low) * scale, _number(high) * scale, found[0], written)


def _number(digits: str) -> float:
    return float(digits.replace(",", "").rstrip("."))
