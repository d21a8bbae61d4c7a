"""Pages of documents: every word escaped, every section and source reachable."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from api.pages import document_page, withdrawn_page
from indexer.documents import Document, Mark, Source, Tombstone
from tests.api.pages.sample_pages import ATTACKS, SAFETY, TABLES, TEA, hostile_document, plain, read
from tests.api.pages.seen_page import body, seen

EXIT = "https://www.wikipedia.org/"


@pytest.fixture(scope="module")
def tea(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return read(tmp_path_factory.mktemp("tea"), TEA)


def test_a_document_becomes_headings_paragraphs_lists_tables_and_code(tea: Document) -> None:
    assert body(document_page(tea, SAFETY)) == (
        '<h1 id="introduction">Tea</h1><p class="about">Reviewed 2026-01-15. Not yet clinician-reviewed.</p>'
        '<p>Tea is old.<sup>&nbsp;<a href="#source:1">1</a></sup></p>'
        '<h2 id="how-is-tea-made">How is tea made?</h2>'
        '<p>Pour water.<sup>&nbsp;<a href="#source:1">1</a></sup> Wait.<sup>&nbsp;<a href="#source:2">2</a></sup></p>'
        "<ul><li>kept dry</li><li>kept dark</li></ul>"
        "<table><tr><th>Tea</th><th>Water</th></tr><tr><td>Green</td><td>80 degrees</td></tr></table>"
        "<pre>a &lt; b</pre>"
        '<h2>Sources</h2><ol><li id="source:1"><a href="https://tea.example/book?a=1&amp;b=2" rel="noreferrer">'
        "The book of tea, https://tea.example/book?a=1&amp;b=2</a>. </li>"
        '<li id="source:2">A letter. </li></ol>'
    )


def test_every_section_of_a_document_has_its_anchor(tea: Document) -> None:
    page = seen(document_page(tea, SAFETY))
    assert [section.id for section in tea.sections] == ["introduction", "how-is-tea-made"]
    assert {section.id for section in tea.sections} <= set(page.ids)


def test_every_footnote_number_leads_to_a_source_on_the_page(tea: Document) -> None:
    page = seen(document_page(tea, SAFETY))
    inside = [link.removeprefix("#") for link in page.links if link.startswith("#")]
    assert inside == ["source:1", "source:1", "source:2"]
    assert set(inside) <= set(page.ids)


def test_no_id_stands_twice_on_a_page(tea: Document) -> None:
    ids = seen(document_page(tea, SAFETY)).ids
    assert sorted(ids) == ["how-is-tea-made", "introduction", "source:1", "source:2"]


def test_a_document_that_opens_with_a_heading_has_no_anchor_at_its_title(tmp_path: Path) -> None:
    page = document_page(read(tmp_path, "# Bees\n\n## Hive\n\nBees live in a hive.\n"), SAFETY)
    assert "<h1>Bees</h1>" in page


def test_a_document_without_sources_has_no_list_of_them() -> None:
    assert "Sources" not in document_page(plain("Bees fly."), SAFETY)


def test_a_source_from_the_table_is_named_with_publisher_and_year(tmp_path: Path) -> None:
    page = document_page(read(tmp_path, "# K\n\nKetamine is a drug.[^KETLABEL]\n"), SAFETY)
    label = TABLES.sources["KETLABEL"]
    assert f'">{label.title}</a>. {label.publisher}, {label.year}</li>' in page


def test_a_clinician_who_reviewed_is_named() -> None:
    page = document_page(replace(plain("Bees fly."), reviewed="2026-02-03", reviewed_by="A. <b>Smith</b>, MD"), SAFETY)
    assert '<p class="about">Reviewed 2026-02-03. Reviewed by A. &lt;b&gt;Smith&lt;/b&gt;, MD.</p>' in page


def test_a_document_no_clinician_has_reviewed_says_so() -> None:
    assert f'<p class="about">{SAFETY.wording.not_reviewed_by_clinician}</p>' in document_page(plain("Bees fly."), SAFETY)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "HTTPS", ""])
def test_a_source_is_a_link_only_where_its_address_is_of_the_web(address: str) -> None:
    document = replace(plain("Bees fly."), sources=(Source("S", "A book", url=address),), marks=(Mark(9, ("S",)),))
    page = document_page(document, SAFETY)
    assert '<li id="source:1">A book. </li>' in page
    assert [link for link in seen(page).links if not link.startswith("tel:")] == ["/", EXIT, "#source:1", "/", EXIT]


@given(text=st.text(min_size=1), title=st.text())
@given_settings(deadline=None, max_examples=60)
def test_words_come_out_of_a_page_as_they_went_in(text: str, title: str) -> None:
    document = plain(f"a{text}z", f"a{title}z")
    page = seen(document_page(document, SAFETY))
    assert page.words["h1"] == page.words["title"] == [f"a{title}z"]
    assert page.words["p"][3] == f"a{text}z"


@pytest.mark.parametrize("attack", ATTACKS)
def test_markup_in_a_document_stays_words_wherever_it_stands(attack: str) -> None:
    page = seen(document_page(hostile_document(attack), SAFETY))
    tags = [
        "h1",
        "p",
        "p",
        "sup",
        "a",
        "h2",
        "ul",
        "li",
        "table",
        "tr",
        "th",
        "tr",
        "td",
        "pre",
        "h2",
        "ol",
        "li",
        "a",
        "footer",
        "p",
        "a",
        "p",
        "a",
        "script",
    ]
    assert page.tags[page.tags.index("main") + 1 :] == tags
    assert [page.words[tag][-1] for tag in ("th", "td", "pre")] == [f"d {attack}", f"e {attack}", f"f {attack}"]


def test_a_withdrawn_document_says_why() -> None:
    page = body(withdrawn_page(Tombstone("tea", "Tea <old>", "a <b>newer</b> book"), SAFETY))
    assert page == (
        "<h1>Tea &lt;old&gt;</h1><p>This document was withdrawn, and answers no longer quote it. "
        "The reason given: a &lt;b&gt;newer&lt;/b&gt; book</p>"
    )
