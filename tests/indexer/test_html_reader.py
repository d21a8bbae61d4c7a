from pathlib import Path

import pytest

from indexer.documents import EMPTY_CELL, Draft
from indexer.errors import DocumentError
from indexer.readers.html import read_html
from indexer.readers.manuscript import Manuscript

OPENING = "Honey bees live in colonies of many thousands of workers, and a colony has a single queen who lays all the eggs."


def read(body: str, head: str = "<title>Honey bees</title>") -> Manuscript:
    page = (
        f'<html><head>{head}</head><body><nav><a href="/">Home</a> <a href="/shop">Shop</a></nav>'
        f"<article><h1>Honey bees</h1><p>{OPENING}</p>{body}</article><footer>Cookie policy and newsletter</footer></body></html>"
    )
    return read_html(page.encode(), "bees.html")


def added(body: str) -> list[Draft]:
    heading, opening, *rest = read(body).drafts
    assert (heading, opening) == (Draft("heading", "Honey bees", level=1), Draft("paragraph", OPENING))
    return rest


def test_navigation_and_footer_stay_out() -> None:
    assert [draft.text for draft in read("").drafts] == ["Honey bees", OPENING]


def test_a_page_of_the_mixed_folder_is_read_as_it_looks(mixed_folder: Path) -> None:
    page = read_html((mixed_folder / "bees.html").read_bytes(), "bees.html")
    assert (page.title, page.url) == ("Honey bees", None)
    assert [(draft.kind, draft.level, draft.text) for draft in page.drafts] == [
        ("heading", 1, "Honey bees"),
        ("paragraph", 0, "Honey bees live in colonies of many thousands. A colony has a single queen."),
        ("heading", 2, "Swarms"),
        ("paragraph", 0, "A swarm leaves the hive in late spring with the old queen. Swarms rarely sting."),
        ("item", 0, "Drones have no sting."),
        ("item", 0, "Workers live six weeks in summer."),
    ]


def test_the_canonical_address_is_the_address_of_the_page() -> None:
    assert read("", head='<title>Bees</title><link rel="canonical" href="https://bees.example/honey">').url == "https://bees.example/honey"


def test_headings_keep_their_level() -> None:
    assert added("<h2>Swarms</h2><p>Swarms fly.</p><h3>Late swarms</h3><p>Late swarms starve.</p>") == [
        Draft("heading", "Swarms", level=2),
        Draft("paragraph", "Swarms fly."),
        Draft("heading", "Late swarms", level=3),
        Draft("paragraph", "Late swarms starve."),
    ]


def test_inline_markup_and_line_breaks_leave_the_words_as_they_are_seen() -> None:
    assert added("<p>Drones <b>stin</b>g\n  <i>not</i> &amp; eat <a href='/h'>honey</a>.<br>H<sub>2</sub>O too.</p>") == [
        Draft("paragraph", "Drones sting not & eat honey. H2O too.")
    ]


def test_items_below_a_line_that_ends_in_a_colon_have_it_as_context() -> None:
    assert added("<p>Bees gather:</p><ul><li>nectar</li><li>pollen</li></ul>") == [
        Draft("paragraph", "Bees gather:"),
        Draft("item", "nectar", context="Bees gather:"),
        Draft("item", "pollen", context="Bees gather:"),
    ]


def test_items_below_any_other_line_have_no_context() -> None:
    assert added("<p>Bees gather.</p><ol><li>nectar</li></ol>") == [Draft("paragraph", "Bees gather."), Draft("item", "nectar")]


def test_a_nested_list_gives_items_of_its_own_in_the_order_of_the_page() -> None:
    drafts = added("<p>Bees gather.</p><ul><li>nectar<ul><li>from clover</li><li>from lime</li></ul> and honeydew</li><li>pollen</li></ul>")
    assert [(draft.kind, draft.text) for draft in drafts[1:]] == [
        ("item", "nectar"),
        ("item", "from clover"),
        ("item", "from lime"),
        ("item", "and honeydew"),
        ("item", "pollen"),
    ]


def test_a_table_is_a_header_and_rows_whose_context_is_the_header() -> None:
    assert added(
        "<table><tr><th>Bee</th><th>Life</th></tr><tr><td>Worker</td><td>6 weeks</td></tr><tr><td>Queen</td><td>3 years</td></tr></table>"
    ) == [
        Draft("header", "Bee | Life"),
        Draft("row", "Worker | 6 weeks", context="Bee Life"),
        Draft("row", "Queen | 3 years", context="Bee Life"),
    ]


def test_a_table_without_header_cells_has_rows_only() -> None:
    assert added("<table><tr><td>Worker</td><td>6 weeks</td></tr><tr><td>Queen</td><td>3 years</td></tr></table>") == [
        Draft("row", "Worker | 6 weeks"),
        Draft("row", "Queen | 3 years"),
    ]


def test_an_empty_cell_keeps_the_others_in_their_columns() -> None:
    drafts = added("<table><tr><td>Worker</td><td></td><td>6 weeks</td></tr><tr><td>Queen</td><td>1</td><td></td></tr></table>")
    assert [draft.text for draft in drafts] == ["Worker | - | 6 weeks", "Queen | 1 | -"]


def test_code_keeps_its_lines() -> None:
    assert added("<pre><code>bees = 1\nhives = 2</code></pre>") == [Draft("code", "bees = 1\nhives = 2")]


def test_a_page_says_itself_how_its_letters_are_encoded() -> None:
    head = '<meta charset="iso-8859-1"><title>Café</title>'
    page = f"<html><head>{head}</head><body><article><h1>Café</h1><p>Café. {OPENING}</p></article></body></html>"
    assert [draft.text for draft in read_html(page.encode("latin-1"), "cafe.html").drafts] == ["Café", f"Café. {OPENING}"]


@pytest.mark.parametrize("content", [b"", b"<html></html>", b"<html><body><p> </p></body></html>"])
def test_a_page_without_text_is_refused_by_name(content: bytes) -> None:
    with pytest.raises(DocumentError, match=r"^empty\.html: no text was found in this page; save its text as \.md or \.txt instead$"):
        read_html(content, "empty.html")


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("<blockquote><p>One bee flew.</p><p>Two bees flew.</p></blockquote>", ["One bee flew.", "Two bees flew."]),
        ("<ul><li><p>one bee</p><p>two bees</p></li></ul>", ["one bee", "two bees"]),
        ("<p>one bee<br>two bees</p>", ["one bee two bees"]),
        ("<div>one bee</div>two bees<div>three</div>", ["one bee", "two bees", "three"]),
    ],
)
def test_blocks_inside_a_block_stay_apart(inside: str, words: list[str]) -> None:
    assert [draft.text for draft in added(inside)] == words


# What belongs to the content


def test_raised_figures_are_raised() -> None:
    assert added("<p>It is 10<sup>-6</sup> g, not 10<sub>6</sub>.</p>") == [Draft("paragraph", "It is 10⁻⁶ g, not 106.")]


def test_short_items_are_kept() -> None:
    assert [draft.text for draft in added("<ul><li>No</li><li>Rash</li><li>No</li><li>9</li></ul>")] == ["No", "Rash", "No", "9"]


def test_a_term_is_the_context_of_what_is_said_of_it() -> None:
    assert added("<dl><dt>Drone</dt><dd>Has no sting.</dd><dd>Is male.</dd><dt>Queen</dt><dd>Lays eggs.</dd></dl>") == [
        Draft("header", "Drone"),
        Draft("item", "Has no sting.", context="Drone"),
        Draft("item", "Is male.", context="Drone"),
        Draft("header", "Queen"),
        Draft("item", "Lays eggs.", context="Queen"),
    ]


def test_a_summary_is_a_heading_above_its_details() -> None:
    assert added("<h2>Questions</h2><details><summary>Do bees sting?</summary><p>Some do.</p></details>") == [
        Draft("heading", "Questions", level=2),
        Draft("heading", "Do bees sting?", level=3),
        Draft("paragraph", "Some do."),
    ]


@pytest.mark.parametrize(
    "around",
    [
        '<div class="topnav">Home Shop</div>',
        '<ul class="navbar"><li>Home</li></ul>',
        '<div id="cookie-banner">We use cookies.</div>',
        '<div class="gdpr consent">We use cookies.</div>',
        "<p hidden>Later.</p>",
        '<p style="color: red; display: none">Later.</p>',
        '<p aria-hidden="true">Later.</p>',
        '<div role="navigation">Home</div>',
        "<form>Your name</form>",
        '<p class="visually-hidden">Later.</p>',
    ],
)
def test_what_stands_around_the_content_or_is_hidden_stays_out(around: str) -> None:
    assert added(f"{around}<p>Bees fly.</p>") == [Draft("paragraph", "Bees fly.")]


def whole(body: str) -> list[str]:
    """The words of a page that is all its own."""
    return [draft.text for draft in read_html(f"<html><body>{body}</body></html>".encode(), "bees.html").drafts]


def test_an_aside_is_content_inside_the_article_only() -> None:
    assert whole(f"<aside>Our shop.</aside><p>{OPENING}</p>") == [OPENING]
    assert added("<aside>Take care.</aside>") == [Draft("paragraph", "Take care.")]


def test_a_header_with_the_heading_is_content_and_one_with_the_navigation_is_not() -> None:
    assert whole(f"<header><h1>Bees</h1></header><p>{OPENING}</p>") == ["Bees", OPENING]
    assert whole(f"<header>Our site<nav>Home</nav></header><p>{OPENING}</p>") == [OPENING]


def test_a_main_part_that_holds_less_than_half_of_the_text_is_not_trusted() -> None:
    assert whole(f"<main><p>Bees fly.</p></main><div><p>{OPENING}</p></div>") == ["Bees fly.", OPENING]
    assert whole(f"<main><p>{OPENING}</p></main><div><p>Bees fly.</p></div>") == [OPENING]


def test_a_cell_over_several_rows_is_the_context_of_those_below() -> None:
    rows = "<tr><th>Kind</th><th>Food</th></tr><tr><td rowspan=2>Bee</td><td>nectar</td></tr><tr><td>pollen</td></tr>"
    assert [(draft.text, draft.context) for draft in added(f"<table>{rows}<tr><td>Wasp</td><td>meat</td></tr></table>")] == [
        ("Kind | Food", ""),
        ("Bee | nectar", "Kind Food"),
        (f"{EMPTY_CELL} | pollen", "Kind Food Bee"),
        ("Wasp | meat", "Kind Food"),
    ]


@pytest.mark.parametrize("body", [f"<p>{'x' * 10_000_001}</p>", f"{'<div>' * 300}Bees fly.{'</div>' * 300}"], ids=["long", "deep"])
def test_what_the_library_would_cut_off_in_silence_is_refused(body: str) -> None:
    with pytest.raises(
        DocumentError, match=r"^bees\.html: is nested too deep, or holds ten million characters in one piece; save its text"
    ):
        whole(f"<p>{OPENING}</p>{body}")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "/honey", "https://bees.example/a b", "ftp://bees.example"])
def test_a_canonical_address_that_is_none_is_passed_over(address: str) -> None:
    assert read("", head=f'<link rel="canonical" href="{address}">').url is None
    other = '<meta property="og:url" content="https://bees.example/honey">'
    assert read("", head=f'<link rel="canonical" href="{address}">{other}').url == "https://bees.example/honey"


def test_what_a_terminal_would_obey_stays_out_of_preformatted_text_and_addresses() -> None:
    head = '<head><link rel="canonical" href="https://tea.example/&#27;[31m"></head>'
    page = read_html(f"<html>{head}<body><main><pre>tea&#27;[31m is hot</pre></main></body></html>".encode(), "x.html")
    assert [draft.text for draft in page.drafts] == ["tea\N{REPLACEMENT CHARACTER}[31m is hot"]
    assert page.url is None
