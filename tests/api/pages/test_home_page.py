"""The first page: the chat with a form in its place, figures as they were measured, and the documents by group."""

import re

import pytest

from api.pages import HOME_HEADERS, Reader, Standing, home_page
from api.pages.evaluation import percent
from api.schemas import DocumentEntry
from tests.api.pages.sample_pages import SAFETY, calibration, entry
from tests.api.pages.seen_page import body, seen

UNSIGNED = "Not yet clinician-reviewed."


def shown(*documents: DocumentEntry, reader: Reader | None = None, standing: Standing | None = None) -> str:
    return body(home_page(documents, SAFETY, reader, standing))


def section(page: str, name: str) -> str:
    """One part of the page, by the id of its heading."""
    return page.partition(f'aria-labelledby="{name}"')[2].partition("</section>")[0]


def test_the_one_script_is_the_chat_of_this_server_and_the_policy_allows_no_other() -> None:
    page = home_page([], SAFETY)
    assert re.findall(r"<script.*?</script>", page) == ['<script type="module" src="/widget/citewell-chat.js"></script>']
    policy = HOME_HEADERS["Content-Security-Policy"]
    assert re.sub(r"'sha256-[\w+/=]{44}'", "HASH", policy) == (
        "default-src 'none'; style-src HASH; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )


def test_the_form_stands_within_the_chat_which_takes_its_place() -> None:
    page = shown()
    chat = page.partition("<citewell-chat ")[2].partition("</citewell-chat>")[0]
    assert chat.startswith('position="inline" heading="Ask a question" examples="Can ketamine damage the bladder?|Does Narcan work')
    assert chat.partition('">')[2].startswith('<form class="ask" method="post"')
    assert '<button name="question" value="Does Narcan work on Xanax?">Does Narcan work on Xanax?</button>' in chat
    assert page.count("<form") == chat.count("<form") == 2


def test_a_question_is_posted_so_that_it_stands_in_no_address() -> None:
    assert (
        '<form class="ask" method="post" action="/ask"><label for="question">Your question</label>'
        '<textarea id="question" name="question" maxlength="1000" required aria-describedby="hint">\n</textarea>'
        '<p id="hint">Please leave out names. Questions are not kept.</p>'
        '<p class="country"><label for="country">Helplines of</label> <select id="country" name="country">'
        '<option value="US" selected>United States</option><option value="AU">Australia</option>'
    ) in shown()


def test_a_country_without_lines_of_its_own_is_another_one() -> None:
    assert '<option value="ZZ" selected>Another country</option>' in home_page([], SAFETY, Reader("<fr>"))


def test_what_it_says_where_it_has_no_answer_is_what_it_really_says() -> None:
    assert "it says: “I don&#x27;t have a reviewed answer for that.”" in section(shown(), "how")


def test_a_site_that_keeps_nothing_says_so() -> None:
    privacy = section(shown(), "privacy")
    assert "<strong>Questions are not kept.</strong>" in privacy
    assert "What is counted is how often a topic comes up in a month, without any words." in privacy


def test_a_site_that_counts_nothing_speaks_of_no_counting() -> None:
    assert "What is counted" not in shown(standing=Standing(counts_topics=False))


@pytest.mark.parametrize(("days", "words"), [(30, "30 days"), (1, "a day")])
def test_a_site_that_keeps_questions_says_so_before_anything_is_asked(days: int, words: str) -> None:
    page = shown(reader=Reader("ie", is_kept=True), standing=Standing(retention_days=days))
    assert "This site keeps questions for a while, without names and numbers." in page
    assert f"<strong>This site keeps questions for {words}</strong>, without names and numbers." in section(page, "privacy")
    assert "not kept" not in page
    assert '<option value="IE" selected>Ireland</option>' in page


def test_figures_are_those_of_the_calibration() -> None:
    part = section(shown(standing=Standing(calibration())), "evaluation")
    assert "1,474 questions were written beforehand" in part
    assert "On new ones, expect more mistakes." in part
    assert (
        '<dt>Questions answered</dt><dd><strong>67%</strong><meter aria-hidden="true" value="0.6724"></meter>'
        '<p class="about">Of the questions that the documents can answer. The other 33% are told'
    ) in part
    assert '<dt>Wrong answers</dt><dd><strong>5%</strong><meter aria-hidden="true" value="0.0498"></meter>' in part
    assert "The aim is at most 5%; by chance, it may really be up to 7.9%." in part
    assert '<dt>Knows what it knows</dt><dd><strong>93 in 100</strong><meter aria-hidden="true" value="0.9307"></meter>' in part


def test_an_index_without_figures_of_its_own_shows_none() -> None:
    part = section(shown(), "evaluation")
    assert "Nothing has been measured yet on these documents" in part
    assert "%" not in part
    assert "<meter" not in part


@pytest.mark.parametrize("has_report", [True, False])
def test_the_report_is_linked_to_where_there_is_one(has_report: bool) -> None:
    page = home_page([], SAFETY, standing=Standing(has_report=has_report))
    assert ("/evaluation" in seen(page).links) is has_report


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0, "0%"),
        (0.004, "0.4%"),
        (0.05, "5%"),
        (0.0794, "7.9%"),
        (0.1, "10%"),
        (0.674, "67%"),
        (0.99, "99%"),
        (0.996, "99.6%"),
        (1, "100%"),
    ],
)
def test_a_share_is_told_in_percents(share: float, words: str) -> None:
    assert percent(share) == words


def test_what_a_page_embeds_and_what_a_program_sends() -> None:
    page = seen(home_page([], SAFETY))
    embedded, key, called = page.words["pre"]
    assert " ".join(embedded.split()) == (
        '<script type="module" src="https://citewell.example.org/widget/citewell-chat.js"></script> '
        '<citewell-chat server="https://citewell.example.org" country="US"></citewell-chat>'
    )
    assert key == "citewell keys create --site --origin https://www.example.org"
    assert called.splitlines() == [
        "curl https://citewell.example.org/v1/ask \\",
        '  -H "Authorization: Bearer YOUR-KEY" \\',
        """  --json '{"question": "Is ketamine an opioid?"}'""",
    ]
    assert "/docs" in page.links


def test_documents_stand_under_their_groups() -> None:
    page = shown(entry("bees", "small-animals"), entry("ants", "small-animals"), entry("tea", None))
    assert (
        "<details><summary>Small animals <span>2 documents</span></summary>"
        '<ul><li><a href="/documents/bees">Bees</a></li><li><a href="/documents/ants">Ants</a></li></ul></details>'
        '<details><summary>Documents <span>1 document</span></summary><ul><li><a href="/documents/tea">Tea</a></li></ul></details>'
    ) in page
    assert "<p>3 documents in 2 groups. Open one" in page


def test_a_single_group_is_open() -> None:
    assert "<details open><summary>Documents <span>1 document</span>" in shown(entry("tea", None))
    assert "<p>There are no documents yet.</p>" in shown()


def test_the_day_of_a_review_stands_once_where_a_group_has_but_one() -> None:
    page = shown(entry("bees", "a", "2026-11-03"), entry("ants", "a", "2026-11-03"))
    assert "<summary>A <span>2 documents, reviewed November 3, 2026</span></summary>" in page
    assert "<p>2 documents, last reviewed on November 3, 2026. Open one" in page
    assert page.count("November 3") == 2


def test_the_days_of_reviews_stand_behind_the_titles_where_they_differ() -> None:
    page = shown(entry("bees", "a", "2026-11-03"), entry("ants", "a", "2025-01-31"), entry("wasps", "a"), entry("mites", "a", "in May"))
    assert '<a href="/documents/bees">Bees</a><span class="about">Reviewed November 3, 2026.</span></li>' in page
    assert '<a href="/documents/wasps">Wasps</a></li>' in page
    assert '<a href="/documents/mites">Mites</a><span class="about">Reviewed in May.</span></li>' in page
    assert "<summary>A <span>4 documents</span></summary>" in page
    assert "<summary>A <span>2 documents</span></summary>" in shown(entry("bees", "a", "2026-11-03"), entry("ants", "a", "2025-01-31"))
    assert "<p>4 documents, last reviewed between January 31, 2025 and November 3, 2026. Open one" in page


def test_where_no_clinician_has_signed_anything_that_is_said_once() -> None:
    page = shown(entry("bees", "a", "2026-11-03"), entry("ants", "b", "2026-11-03"))
    assert page.count(UNSIGNED) == 1
    assert f'<p class="notice">{UNSIGNED}</p>' in page


def test_where_some_are_signed_each_title_says_whether_it_is() -> None:
    page = shown(entry("bees", "a", "2026-11-03", "A. Smith, MD"), entry("ants", "a", "2026-11-03"))
    assert '<a href="/documents/bees">Bees</a><span class="about">Reviewed by A. Smith, MD.</span></li>' in page
    assert f'<a href="/documents/ants">Ants</a><span class="about">{UNSIGNED}</span></li>' in page
    assert page.count(UNSIGNED) == 1


def test_whatever_is_written_in_documents_is_escaped() -> None:
    hostile = DocumentEntry(id="x", title="<b>T</b>", group="<i>g", reviewed="<u>", reviewed_by="<s>", url='/documents/"onclick="x')
    assert (
        "<summary>&lt;i&gt;g <span>1 document, reviewed &lt;u&gt;</span></summary>"
        '<ul><li><a href="/documents/&quot;onclick=&quot;x">&lt;b&gt;T&lt;/b&gt;</a>'
        '<span class="about">Reviewed by &lt;s&gt;.</span></li></ul>'
    ) in shown(hostile)
