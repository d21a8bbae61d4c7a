"""Which pairs of statements cannot both be true. The corpus says: "The half-life of green tea is about 5 hours." """

from pathlib import Path

import pytest

from tests.written_corpus import lines_found

ICE = "documents/drinks/ice.md"
RULES = r"""
[[property]]
name = "strength"
says = 'times as strong'
value = '(?P<low>\d[\d,]*) times'
of_two = true

[[property]]
name = "schedule"
says = 'schedule'
value = 'Schedule (?P<low>[IV]+|\d)\b'
exact = true
"""
NAMES = """
[[drug]]
name = "tea"
drug_class = "drink"

[[drug]]
name = "black tea"
drug_class = "tea (black)"
"""


def clashes(folder: Path, *sentences: str) -> list[str]:
    text = " ".join(f"{sentence}[^ICEBOOK]" for sentence in sentences)
    changes = {
        ICE: ("Ice water is cold:", f"{text}\n\nIce water is cold:"),
        "style.toml": ("", RULES),
        "lexicon.toml": ("", NAMES),
    }
    return [line.partition(": ")[2].partition("; find out")[0] for line in lines_found(folder, changes) if "find out" in line]


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("Green tea has a half-life of 9 hours.", "9 hours"),
        ("The HALF-LIFE of Green Tea is 9 HOURS.", "9 HOURS"),
        ("Leaf has a half-life of 9 hours.", "9 hours"),
        ("The half-life of green tea is 1 day.", "1 day"),
        ("The half-life of green tea is 6 to 9 hours.", "6 to 9 hours"),
        ("The half-life of green tea is 30 minutes.", "30 minutes"),
        ("The half-life of green tea is 5.6 hours.", "5.6 hours"),
    ],
)
def test_another_value_is_a_contradiction_told_at_both_places(tmp_path: Path, sentence: str, shown: str) -> None:
    here, there = "documents/drinks/tea.md:24", f"{ICE}:20"
    assert clashes(tmp_path, sentence) == [
        f"the half-life of green tea is {shown!r} here and '5 hours' in {here}",
        f"the half-life of green tea is '5 hours' here and {shown!r} in {there}",
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "The half-life of green tea is 300 minutes.",
        "The half-life of green tea is 3 to 7 hours.",
        "The half-life of ice water is 9 hours.",
        "The half-life of cold green tea is 9 hours.",
        "The half-life of green tea in older adults is 9 hours.",
        "Green tea steeps for 9 hours.",
        "The half-life of green tea is 9 years.",
        "The half-life of green tea, 5 hours, is not the 9 hours of ice water.",
        "Green tea and ice water have a half-life of 5 hours, 9 hours or 11 hours.",
    ],
)
def test_the_same_value_in_other_words_or_of_another_thing_is_none(tmp_path: Path, sentence: str) -> None:
    assert clashes(tmp_path, sentence) == []


@pytest.mark.parametrize(("hours", "clash"), [("5.5", False), ("5.51", True), ("4.55", False), ("4.54", True)])
def test_about_is_a_tenth(tmp_path: Path, hours: str, clash: bool) -> None:
    assert bool(clashes(tmp_path, f"The half-life of green tea is {hours} hours.")) is clash


def test_a_value_of_several_drugs_is_that_of_each(tmp_path: Path) -> None:
    found = clashes(tmp_path, "Green tea and ice water have a half-life of 9 hours.")
    assert [line.partition(" is ")[0] for line in found] == ["the half-life of green tea"] * 2


def test_as_many_values_as_drugs_are_theirs_in_order(tmp_path: Path) -> None:
    found = clashes(tmp_path, "The half-life is 2 hours for ice water and 9 hours for green tea (Leaf).")
    assert [line.partition(" in ")[0] for line in found] == [
        "the half-life of green tea is '9 hours' here and '5 hours'",
        "the half-life of green tea is '5 hours' here and '9 hours'",
    ]


def test_a_pair_is_compared_with_the_same_pair(tmp_path: Path) -> None:
    found = clashes(
        tmp_path,
        "Green tea is 10 times as strong as ice water.",
        "Green tea is 1,000 times as strong as ice water.",
        "Green tea is 20 times as strong as it was.",
        "Leaf is 20 times as strong as black tea.",
    )
    assert [line.partition(" in ")[0] for line in found] == [
        "the strength of green tea and ice water is '1,000 times' here and '10 times'",
        "the strength of green tea and ice water is '10 times' here and '1,000 times'",
    ]


def test_a_class_has_no_about_and_roman_numbers_are_numbers(tmp_path: Path) -> None:
    assert clashes(tmp_path, "Green tea is in Schedule 4.", "By law green tea is in Schedule IV.") == []
    found = clashes(tmp_path, "Green tea is in Schedule 4.", "By law green tea is in Schedule V.")
    assert [line.partition(" in ")[0] for line in found] == [
        "the schedule of green tea is 'Schedule 4' here and 'Schedule V'",
        "the schedule of green tea is 'Schedule V' here and 'Schedule 4'",
    ]


def test_a_group_counts_only_where_none_of_its_kind_is_named(tmp_path: Path) -> None:
    """Tea is the group of black tea: what is said of black tea is not said of all tea."""
    assert clashes(tmp_path, "Black tea, a tea, is in Schedule 4.", "All tea is in Schedule 5.") == []
    assert len(clashes(tmp_path, "Any tea is in Schedule 4.", "All tea is in Schedule 5.")) == 2
