"""Rules over a text: all of some patterns, none of others, lists of words by name."""

import pytest

from bot.errors import SafetyRulesError
from bot.matcher import Entry, Matcher

RULES = {
    "tea": [Entry((r"\bgreen\b", r"\btea\b"), (r"\bshirt\b",)), Entry((r"\boolong\b",))],
    "drink": [Entry((r"\b<drink>\b",))],
    "nothing": [],
}
WORDS = {"drink": "(tea|<hot>)", "hot": "(cocoa|coffee)"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("green tea", {"tea", "drink"}),
        ("tea that is green", {"tea", "drink"}),
        ("green", set()),
        ("green tea on a shirt", {"drink"}),
        ("green tea on a shirt, oolong", {"tea", "drink"}),
        ("a cup of cocoa", {"drink"}),
        ("teacup", set()),
        ("", set()),
        ("x" * 100_000 + " oolong", {"tea"}),
    ],
)
def test_a_rule_matches_where_one_of_its_entries_does(text: str, names: set[str]) -> None:
    assert Matcher(RULES, WORDS).matching(text) == names


@pytest.mark.parametrize("pattern", ["(a", "a(?=b)", "(?<!a)b", r"(a)\1", "a{2000}", "[", "*"])
def test_what_cannot_be_read_in_one_pass_is_refused_by_name(pattern: str) -> None:
    with pytest.raises(SafetyRulesError) as raised:
        Matcher({"tea": [Entry(("fine", pattern))]}, {})
    assert repr(pattern) in str(raised.value)


def test_a_hostile_text_is_read_once() -> None:
    """Patterns that a backtracking matcher would take ages for."""
    matcher = Matcher({"slow": [Entry((r"(a+)+b",)), Entry((r"(\w+ ){0,8}end$",)), Entry((r"(x|xx)*y",))]}, {})
    for text in ("a" * 50_000, "word " * 20_000, "x" * 50_000):
        assert matcher.matching(text) == frozenset()
