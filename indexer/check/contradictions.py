"""Rules on numbers that should agree: one drug, one property, two values."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from indexer.check.corpus import Corpus
from indexer.check.finding import Finding
from indexer.check.manuscripts import Written
from indexer.check.style import Property
from indexer.corpus_tables import Lexicon, any_name

_PAIR = 2  # drugs, of which one is compared with the other
_ABOUT = 1.1  # "about 11" and "11.2" agree
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}
_HOURS = {"minute": 1 / 60, "min": 1 / 60, "hour": 1.0, "hr": 1.0, "day": 24.0, "week": 168.0, "month": 720.0, "year": 8760.0}


@dataclass(frozen=True, slots=True)
class _Value:
    """A word or a range of numbers (of hours, where it is a time), as it is written."""

    word: str
    low: float
    high: float
    shown: str
    written: Written

    def agrees(self, other: "_Value", slack: float) -> bool:
        """Whether both can be true: the same word, or ranges that meet."""
        return self.word == other.word and self.low <= other.high * slack and other.low <= self.high * slack


def check_contradictions(corpus: Corpus) -> Iterator[Finding]:
    """No two sentences give the same drug two values of one property."""
    subjects_of = _subject_finder(corpus.tables.lexicon)
    for rule in corpus.style.property:
        values: defaultdict[tuple[str, ...], list[_Value]] = defaultdict(list)
        says, value = re.compile(rule.says, re.IGNORECASE), re.compile(rule.value, re.IGNORECASE)
        for sentence in corpus.sentences():
            found = list(value.finditer(sentence.text)) if says.search(sentence.text) else []
            for subject, match in _assigned(rule, found, subjects_of(sentence.text) if found else []):
                values[(subject, *_qualities(rule, sentence.text))].append(_value(match, sentence))
        for (subject, *_), given in values.items():
            for one, other in _clashes(given, 1.0 if rule.exact else _ABOUT):
                place = f"{other.written.file}:{other.written.line}"
                message = f"the {rule.name} of {subject} is {one.shown!r} here and {other.shown!r} in {place}; find out which is true"
                yield one.written.found("contradiction", message)


def _assigned(rule: Property, found: Sequence[re.Match[str]], subjects: Sequence[str]) -> Iterable[tuple[str, re.Match[str]]]:
    """Whose each value is: of as many drugs as values, in their order; else all drugs' the first. Of more values than that, no one's."""
    if rule.of_two:
        return [(" and ".join(sorted(subjects)), found[0])] if len(subjects) == _PAIR else []
    if len(found) == len(subjects):
        return zip(subjects, found, strict=True)
    return [] if len(found) > 1 and len(subjects) > 1 else [(subject, found[0]) for subject in subjects]


def _clashes(values: Sequence[_Value], slack: float) -> Iterator[tuple[_Value, _Value]]:
    """Each value that does not agree with another, with the first such."""
    for value in values:
        if (other := next((other for other in values if not other.agrees(value, slack)), None)) is not None:
            yield value, other


def _subject_finder(lexicon: Lexicon) -> Callable[[str], list[str]]:
    """A function that gives the drugs a text names, in their order; groups only where it names no single drug."""
    owner = {name.casefold(): drug.name for drug in lexicon.drugs for name in drug.proper_names()}
    names = any_name(owner)
    groups = {
        drug.name for drug in lexicon.drugs if any(other.drug_class.startswith(drug.name) for other in lexicon.drugs if other != drug)
    }

    def subjects(text: str) -> list[str]:
        named = list(dict.fromkeys(owner[name.casefold()] for name in names.findall(text)))
        return [name for name in named if name not in groups] or named

    return subjects


def _qualities(rule: Property, text: str) -> Iterator[str]:
    """What a value is of, besides the drug: sentences on different things are not compared."""
    for pattern in rule.of:
        yield " ".join(sorted({match[0].casefold() for match in re.finditer(pattern, text, re.IGNORECASE)}))


def _value(found: re.Match[str], written: Written) -> _Value:
    groups = found.groupdict()
    low = _ROMAN.get(groups["low"].casefold(), groups["low"])
    high = groups.get("high") or low
    if not low[0].isdigit():
        return _Value(low.casefold(), 0, 0, found[0], written)
    scale = _HOURS.get((groups.get("unit") or "").casefold(), 1.0)
    return _Value("", _number(low) * scale, _number(high) * scale, found[0], written)


def _number(digits: str) -> float:
    number = re.match(r"\d+(?:\.\d+)?", digits.replace(",", ""))
    return float(number[0]) if number else 0.0
