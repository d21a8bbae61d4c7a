from datetime import date
from pathlib import Path

import pytest

from tests.written_corpus import lines_found

TEA = "documents/drinks/tea.md"
WITH_COUNTRY_CODE = {"helplines.toml": ('phone = "800-555-0199"', 'phone = "1-800-555-0199"')}


def numbers_found(folder: Path, text: str) -> list[str]:
    found = lines_found(folder, {TEA: ("Call {helpline:us-911} if", f"{text} if"), **WITH_COUNTRY_CODE})
    return [line.partition(": the number ")[2] for line in found if "typed out" in line]


@pytest.mark.parametrize(
    "number",
    [
        "1-800-555-0199",
        "18005550199",
        "8005550199",
        "800.555.0199",
        "(800) 555-0199",
        "1 (800) 555 0199",
        "800\N{EN DASH}555\N{EN DASH}0199",
    ],
)
def test_a_number_of_the_table_is_known_however_it_is_set(tmp_path: Path, number: str) -> None:
    (found,) = numbers_found(tmp_path, f"Call {number} at once")
    assert found.endswith("is typed out; write {helpline:us-tea}")


@pytest.mark.parametrize("number", ["911", "9-1-1", "9 1 1", "nine-one-one", "911-emergency"])
def test_an_emergency_number_is_known_together_or_apart(tmp_path: Path, number: str) -> None:
    assert len(numbers_found(tmp_path, f"Call {number} at once")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Wait 9-11 minutes",
        "It took 1,911 days",
        "About 911 people fell ill",
        "The year 1911 was cold",
        "On 2026-01-20 or 20.01.2026 tea rose",
        "From 10 to 14 of 228,668 cups are cold",
        "Cups of 10 20 30 sips are sold",
        "In 911% of cups",
    ],
)
def test_other_figures_are_let_be(tmp_path: Path, text: str) -> None:
    assert numbers_found(tmp_path, text) == []


def test_an_unknown_number_is_to_go_into_the_table(tmp_path: Path) -> None:
    assert numbers_found(tmp_path, "Call 0800 111 222 at once") == [
        "0800 111 222 is typed out; add the line to helplines.toml, and write {helpline:id}"
    ]


@pytest.mark.parametrize("written", ["{us-911}", "{{helpline:us-911}}", "{helpline us-911}", "{Helpline:us-911}", "(helpline:us-911)"])
def test_a_placeholder_that_would_stay_in_the_text_is_found(tmp_path: Path, written: str) -> None:
    found = lines_found(tmp_path, {TEA: ("{helpline:us-911}", written)})
    assert any("is no placeholder; write {helpline:id}" in line for line in found), found


@pytest.mark.parametrize(("day", "untried"), [("2026-03-22", ""), ("2026-03-23", "2 helplines (us-911, us-tea)")])
def test_a_line_was_tried_within_thirty_days(tmp_path: Path, day: str, untried: str) -> None:
    found = lines_found(tmp_path, {}, today=date.fromisoformat(day))
    assert [line.partition("days: ")[2].partition(";")[0] for line in found] == ([untried] if untried else [])


def test_of_many_lines_three_are_named(tmp_path: Path) -> None:
    more = "".join(
        f'\n[us-{name}]\nname = "{name}"\ncountry = "US"\npurpose = ["crisis"]\nurl = "https://x.example"\nhours = "24/7"\n'
        for name in "abcd"
    )
    (found,) = lines_found(tmp_path, {"helplines.toml": ("", more)})
    assert "4 helplines (us-a, us-b, us-c, ...)" in found
