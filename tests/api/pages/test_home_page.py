"""The first page: a form that needs no script, and the documents by group."""

from api.pages import Reader, home_page
from api.schemas import DocumentEntry
from tests.api.pages.sample_pages import SAFETY, entry
from tests.api.pages.seen_page import body, seen


def test_the_home_page_lists_documents_under_their_groups() -> None:
    page = home_page([entry("bees", "small-animals"), entry("ants", "small-animals"), entry("tea", None)], SAFETY)
    assert (
        '<h2>Small animals</h2><ul><li><a href="/documents/bees">Bees</a></li><li><a href="/documents/ants">Ants</a></li></ul>'
        '<h2>Documents</h2><ul><li><a href="/documents/tea">Tea</a></li></ul>'
    ) in body(page)


def test_titles_groups_and_addresses_on_the_home_page_are_escaped() -> None:
    hostile = DocumentEntry(id="x", title="<b>T</b>", group="<i>g", reviewed=None, url='/documents/"onclick="x')
    page = body(home_page([hostile], SAFETY))
    assert '<h2>&lt;i&gt;g</h2><ul><li><a href="/documents/&quot;onclick=&quot;x">&lt;b&gt;T&lt;/b&gt;</a></li></ul>' in page


def test_a_question_is_posted_so_that_it_stands_in_no_address() -> None:
    page = body(home_page([], SAFETY))
    assert (
        '<form class="ask" method="post" action="/ask"><label for="question">Your question</label>'
        '<textarea id="question" name="question" maxlength="1000" required aria-describedby="hint">\n</textarea>'
        '<p id="hint">Please leave out names. Questions are not kept.</p>'
        '<p class="country"><label for="country">Helplines of</label> <select id="country" name="country">'
        '<option value="US" selected>United States</option><option value="AU">Australia</option>'
    ) in page


def test_a_site_that_keeps_questions_says_so_before_anything_is_asked() -> None:
    page = body(home_page([], SAFETY, Reader("ie", is_kept=True)))
    assert "This site keeps questions for a while, without names and numbers." in page
    assert "not kept" not in page
    assert '<option value="IE" selected>Ireland</option>' in page


def test_a_country_without_lines_of_its_own_is_another_one() -> None:
    assert '<option value="ZZ" selected>Another country</option>' in home_page([], SAFETY, Reader("<fr>"))


def test_the_example_on_the_home_page_sends_what_the_server_takes() -> None:
    page = seen(home_page([], SAFETY))
    (example,) = page.words["pre"]
    assert example.endswith('/v1/ask -H "Content-Type: application/json" -d \'{"question": "Is ketamine an opioid?"}\'')
    assert "/docs" in page.links
