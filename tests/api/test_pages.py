"""Pages: every word escaped, every section and source reachable, nothing loaded from elsewhere."""

import base64
import hashlib
import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from api.pages import PAGE_HEADERS, document_page, home_page
from api.schemas import DocumentEntry
from bot.safety import Safety
from indexer.corpus_tables import CorpusTables, load_tables
from indexer.documents import Document, Draft, Mark, Source, lay_out
from indexer.readers import read_documents
from indexer.readers.reader import read_file

TABLES = load_tables()
SAFETY = Safety.compile(TABLES.safety, TABLES.helplines)
HELP = (
    'In the US: <a href="tel:911">Emergency services, call or text 911</a>; '
    '<a href="tel:988">988 Suicide &amp; Crisis Lifeline, call or text 988</a>. Elsewhere: your local emergency number.'
)

TEA = """---
title: Tea
reviewed: 2026-01-15
---

Tea is old.[^BOOK]

## How is tea made?

Pour water.[^BOOK] Wait.[^2]

- kept dry
- kept dark

| Tea | Water |
|---|---|
| Green | 80 degrees |

```
a < b
```

[^BOOK]: The book of tea, https://tea.example/book?a=1&b=2
[^2]: A letter
"""


@dataclass
class Seen(HTMLParser):
    """What a browser finds in a page: tags with their attributes, and the words of its main part."""

    tags: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    words: dict[str, list[str]] = field(default_factory=dict)
    within: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag != "meta":
            self.within.append(tag)
            self.words.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.within.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.within:
            self.words[self.within[-1]][-1] += data


def seen(page: str) -> Seen:
    parser = Seen()
    parser.feed(page)
    parser.close()
    assert parser.within == []
    return parser


def body(page: str) -> str:
    return page.partition("<main>")[2].partition("</main>")[0]


def read(folder: Path, text: str, tables: CorpusTables = TABLES) -> Document:
    file = folder / "page.md"
    file.write_text(text, encoding="utf-8")
    reading = read_documents([file], lambda path: read_file(path, tables))
    assert reading.problems == ()
    return reading.documents[0]


def plain(text: str, title: str = "Title") -> Document:
    layout = lay_out([Draft("paragraph", text)], title)
    return Document("plain", title, layout.text, layout.blocks, layout.sections)


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
    assert [link for link in seen(page).links if not link.startswith("tel:")] == ["#source:1", "/"]


@pytest.mark.parametrize("page", [document_page(plain("Bees fly."), SAFETY), home_page([], SAFETY)])
def test_every_page_opens_with_the_helplines(page: str) -> None:
    header = page.partition("<header>")[2].partition("</header>")[0]
    assert HELP in header


@pytest.mark.parametrize("page", [document_page(plain("Bees fly."), SAFETY), home_page([], SAFETY)])
def test_a_page_loads_nothing_and_runs_nothing(page: str) -> None:
    assert not {"script", "img", "link", "iframe", "form", "object", "base"} & set(seen(page).tags)


@pytest.mark.parametrize("page", [document_page(plain("Bees fly."), SAFETY), home_page([], SAFETY)])
def test_the_policy_allows_the_style_of_the_page_and_nothing_else(page: str) -> None:
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in styles]
    assert PAGE_HEADERS["Content-Security-Policy"] == (
        f"default-src 'none'; style-src 'sha256-{digests[0]}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    assert len(styles) == 1
    assert "style=" not in page


@given(text=st.text(min_size=1), title=st.text())
@given_settings(deadline=None, max_examples=60)
def test_words_come_out_of_a_page_as_they_went_in(text: str, title: str) -> None:
    document = plain(f"a{text}z", f"a{title}z")
    page = seen(document_page(document, SAFETY))
    assert page.words["h1"] == page.words["title"] == [f"a{title}z"]
    assert page.words["p"][2] == f"a{text}z"


@pytest.mark.parametrize(
    "attack", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</title><b>", "<!--", "&lt;b&gt;", "' onclick='"]
)
def test_markup_in_a_document_stays_words_wherever_it_stands(attack: str) -> None:
    drafts = [
        Draft("paragraph", f"a {attack}"),
        Draft("heading", f"b {attack}", level=2),
        Draft("item", f"c {attack}"),
        Draft("header", f"d {attack}"),
        Draft("row", f"e {attack}"),
        Draft("code", f"f {attack}"),
    ]
    layout = lay_out(drafts, attack)
    marks = (Mark(len(f"a {attack}"), (attack,)),)
    sources = (Source(attack, f"g {attack}", publisher=attack, url=f"https://x.example/{attack}", year=2020),)
    document = Document(attack, attack, layout.text, layout.blocks, layout.sections, marks, sources, reviewed=attack, reviewed_by=attack)
    page = seen(document_page(document, SAFETY))
    tags = ["h1", "p", "p", "sup", "a", "h2", "ul", "li", "table", "tr", "th", "tr", "td", "pre", "h2", "ol", "li", "a", "footer", "p", "a"]
    assert page.tags[page.tags.index("main") + 1 :] == tags
    assert [page.words[tag][-1] for tag in ("th", "td", "pre")] == [f"d {attack}", f"e {attack}", f"f {attack}"]


def entry(name: str, group: str | None) -> DocumentEntry:
    return DocumentEntry(id=name, title=name.capitalize(), group=group, reviewed=None, url=f"/documents/{name}")


def test_the_home_page_lists_documents_under_their_groups() -> None:
    page = home_page([entry("bees", "small-animals"), entry("ants", "small-animals"), entry("tea", None)], SAFETY)
    assert body(page).endswith(
        '<h2>Small animals</h2><ul><li><a href="/documents/bees">Bees</a></li><li><a href="/documents/ants">Ants</a></li></ul>'
        '<h2>Documents</h2><ul><li><a href="/documents/tea">Tea</a></li></ul>'
    )


def test_titles_groups_and_addresses_on_the_home_page_are_escaped() -> None:
    hostile = DocumentEntry(id="x", title="<b>T</b>", group="<i>g", reviewed=None, url='/documents/"onclick="x')
    page = body(home_page([hostile], SAFETY))
    assert page.endswith('<h2>&lt;i&gt;g</h2><ul><li><a href="/documents/&quot;onclick=&quot;x">&lt;b&gt;T&lt;/b&gt;</a></li></ul>')


def test_the_example_on_the_home_page_sends_what_the_server_takes() -> None:
    (example,) = seen(home_page([], SAFETY)).words["pre"]
    assert example.endswith('/v1/ask -H "Content-Type: application/json" -d \'{"question": "Is ketamine an opioid?"}\'')
