"""Which of many rules match a text. All patterns of a rule are looked for in one pass (RE2), so that no text can make it slow."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import re2

from bot.errors import SafetyRulesError

_MEMORY = 32 << 20  # bytes for the automaton, which is made as texts ask for it
_NESTED = 3  # lists of words that name lists of words


@dataclass(frozen=True, slots=True)
class Entry:
    """It matches where all of `all` match somewhere in a text and none of `unless` does."""

    all: tuple[str, ...]
    unless: tuple[str, ...] = ()


class Matcher:
    """Named rules, each of several entries; a rule matches where one of them does.

    `words` are lists that patterns name: `<person>`. Raises SafetyRulesError naming the pattern that cannot be read.
    """

    def __init__(self, rules: Mapping[str, Sequence[Entry]], words: Mapping[str, str]) -> None:
        # An automaton for each rule: one for all would have as many states as they have together, multiplied.
        self._rules = {name: _Rule(entries, words) for name, entries in rules.items()}

    def matching(self, text: str) -> frozenset[str]:
        """The names of the rules that match."""
        return frozenset(name for name, rule in self._rules.items() if rule.matches(text))


class _Rule:
    def __init__(self, entries: Sequence[Entry], words: Mapping[str, str]) -> None:
        options = _options()
        self._numbers: dict[str, int] = {}
        self._set = re2.Set.SearchSet(options)
        self._entries = [(self._added(entry.all, words, options), self._added(entry.unless, words, options)) for entry in entries]
        self._set.Compile()

    def matches(self, text: str) -> bool:
        found = frozenset(self._set.Match(text) or ())
        return any(needed <= found and not excused & found for needed, excused in self._entries)

    def _added(self, patterns: Iterable[str], words: Mapping[str, str], options: "re2.Options") -> frozenset[int]:
        numbers = set()
        for pattern in patterns:
            full = _with_words(pattern, words)
            if full not in self._numbers:
                try:
                    self._numbers[full] = self._set.Add(full)
                except re2.error as problem:
                    raise SafetyRulesError(
                        f"safety.toml: the pattern {pattern!r} cannot be read ({_reason(full, options)}); mend it"
                    ) from problem
            numbers.add(self._numbers[full])
        return frozenset(numbers)


def _options() -> "re2.Options":
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    return options


def _with_words(pattern: str, words: Mapping[str, str]) -> str:
    for _ in range(_NESTED):
        for name, meaning in words.items():
            pattern = pattern.replace(f"<{name}>", meaning)
    return pattern


def _reason(pattern: str, options: "re2.Options") -> str:
    """Why a pattern cannot be read, which a set of patterns does not tell."""
    try:
        re2.compile(pattern, options)
    except re2.error as problem:
        reason = problem.args[0] if problem.args else ""
        return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
    return "it does not fit into memory"
