"""Counts of a month: small ones withheld, sections linked, bars without inline style."""

from api.pages import insights_page
from tests.api.pages.sample_pages import SAFETY, report
from tests.api.pages.seen_page import body, seen


def test_counts_stand_in_tables_with_a_bar_each() -> None:
    page = body(insights_page(report(), SAFETY))
    assert (
        '<h2>Answers</h2><table class="counts"><thead><tr><th scope="col">Answer</th><th scope="col">Count</th></tr></thead><tbody>'
        '<tr><th scope="row">Answered</th><td>120<meter aria-hidden="true" min="0" max="120" value="120"></meter></td></tr>'
        '<tr><th scope="row">No reviewed answer</th><td>30<meter aria-hidden="true" min="0" max="120" value="30"></meter></td></tr>'
        '<tr><th scope="row">Asked which one was meant</th><td>fewer than 5</td></tr>'
        '<tr><th scope="row">New status</th><td>6<meter aria-hidden="true" min="0" max="120" value="6"></meter></td></tr></tbody></table>'
    ) in page


def test_every_part_of_the_report_is_shown() -> None:
    page = seen(insights_page(report(), SAFETY))
    assert page.words["h1"] == ["Insights, 2026-11"]
    assert page.words["h2"] == [
        "Answers",
        "Drugs asked about",
        "Answered from most",
        "Nearest to questions without an answer",
        "In answers found helpful",
        "In answers found unhelpful",
        "Why answers were unhelpful",
    ]
    assert {"alprazolam", "Not clear"} <= set(page.words["th"])


def test_what_is_withheld_and_what_is_never_kept_is_said() -> None:
    page = body(insights_page(report(), SAFETY))
    kept = "none of these holds the text of a question"
    assert f"<p>Counts under 5 are withheld, and {kept}. Cards for danger shown: fewer than 5.</p>" in page
    assert "Cards for danger shown: 12.</p>" in insights_page(report(crisis_cards=12), SAFETY)


def test_months_are_links_and_the_one_shown_says_so() -> None:
    assert (
        '<nav aria-label="Months"><ul class="months"><li><a href="?month=2026-11" aria-current="page">2026-11</a></li>'
        '<li><a href="?month=2026-10">2026-10</a></li></ul></nav>'
    ) in insights_page(report(), SAFETY)


def test_a_section_leads_to_its_place_in_its_document() -> None:
    row = {"section": "a/b c#d e", "title": "T", "count": 7}
    assert '<a href="/documents/a/b%20c#d%20e">T</a>' in insights_page(report(topics=[row]), SAFETY)


def test_a_table_that_would_be_empty_says_so() -> None:
    page = body(insights_page(report(), SAFETY))
    assert '<h2>In answers found unhelpful</h2><p class="about">Nothing was counted 5 times or more.</p>' in page


def test_counts_that_are_all_withheld_have_no_bar() -> None:
    page = insights_page(report(answers={"answered": None}, asked=[], topics=[], unanswered=[], rated_up=[], reasons=[]), SAFETY)
    assert "<meter" not in page
