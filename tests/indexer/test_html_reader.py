from pathlib import Path

import pytest

from indexer.documents import Draft
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
