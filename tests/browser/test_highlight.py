"""The script that marks a quotation where the browser does not.

No Chromium leaves a text fragment in `location.hash`, whatever its flags. So the page's own script is run once more with a `location` of
the tests' own in place of the browser's, which is all that it knows of the address.
"""

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from selenium.webdriver import Chrome

from api.pages import DOCUMENT_HEADERS, document_page
from api.pages.highlight import HIGHLIGHT_SCRIPT
from indexer.documents import Document
from tests.api.pages.sample_pages import SAFETY, TEA, plain, read
from tests.browser.site import Site
from tests.conftest import CORPUS

pytestmark = pytest.mark.browser

BREAD = """---
title: Bread
---

Bread rises in a warm place.[^1] Flour keeps for a year.[^1]

## How is bread baked?

Bread rises in a warm place.[^1][^2] The oven must be very hot[^2], and some steam at the beginning makes the crust of the loaf
thin and crisp.[^1] At 200 C, rye-bread & "loaves" take 50%, more.[^2]

Antlers are no part of it. Ant.

Steps:

- mix the flour with water
- knead it for ten minutes

| Bread | Time |
|---|---|
| White bread from the finest flour there is | forty minutes in a very hot oven |

## How is bread kept?

Bread rises in a warm place.[^1] Keep it dry.[^1]

[^1]: A book
[^2]: A letter
"""
PADDING = "\n\n".join(f"## Chapter {number}\n\n{'It goes on and on. ' * 40}" for number in range(12))
START = f"window.asked = {{ hash: arguments[0] }}; ((location) => {{ {HIGHLIGHT_SCRIPT} }})(window.asked);"
MOVE = "window.asked.hash = arguments[0]; dispatchEvent(new Event('hashchange'));"
LOOK = """
const marks = [...document.querySelectorAll("mark")], first = marks[0] && marks[0].getBoundingClientRect();
const above = marks[0] && [...document.querySelectorAll("h1, h2")].filter((title) => title.compareDocumentPosition(marks[0]) & 4).pop();
return { marked: marks.map((mark) => mark.textContent), section: above ? above.id : null, top: scrollY,
  seen: !!first && first.top >= 0 && first.bottom <= innerHeight, words: document.querySelector("main").textContent,
  notes: document.querySelectorAll("sup a").length };
"""


def directive(*terms: str) -> str:
    """As citations write it: percent-encoded, hyphens too."""
    return f":~:text={','.join(quote(term, safe='').replace('-', '%2D') for term in terms)}"


@pytest.fixture(scope="module")
def bread(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return read(tmp_path_factory.mktemp("bread"), BREAD.replace("## How is bread kept?", f"{PADDING}\n\n## How is bread kept?"))


@pytest.fixture
def opened(browser: Chrome, site: Site, bread: Document) -> Chrome:
    """A browser on the page of the document."""
    open_page(browser, site, bread)
    return browser


def open_page(browser: Chrome, site: Site, document: Document) -> None:
    site.pages["page"] = (document_page(document, SAFETY), DOCUMENT_HEADERS)
    browser.get("about:blank")  # an address that differs in its fragment alone would not be loaded again
    browser.get(f"{site.address}/page")


def asked(browser: Chrome, hash_: str) -> Any:
    browser.execute_script(START, hash_)
    return browser.execute_script(LOOK)


@pytest.mark.parametrize(
    ("section", "terms", "marked"),
    [
        ("introduction", ["Flour keeps for a year."], ["Flour keeps for a year."]),
        ("how-is-bread-kept", ["Keep it dry."], ["Keep it dry."]),
        ("how-is-bread-baked", ["The oven must be very hot, and some steam"], ["The oven must be very hot", ", and some steam"]),
        (
            "how-is-bread-baked",
            ["The oven must be very", "the loaf thin and crisp."],
            ["The oven must be very hot", ", and some steam at the beginning makes the crust of the loaf thin and crisp."],
        ),
        (
            "how-is-bread-baked",
            ["Bread rises in a warm", 'rye-bread & "loaves" take 50%, more.'],
            [
                "Bread rises in a warm place.",
                " The oven must be very hot",
                ", and some steam at the beginning makes the crust of the loaf thin and crisp.",
                ' At 200 C, rye-bread & "loaves" take 50%, more.',
            ],
        ),
        ("how-is-bread-baked", ["mix the flour", "for ten minutes"], ["mix the flour with water", "knead it for ten minutes"]),
        (
            "how-is-bread-baked",
            ["White bread from the finest", "in a very hot oven"],
            ["White bread from the finest flour there is", "forty minutes in a very hot oven"],
        ),
        ("how-is-bread-baked", ["Ant."], ["Ant."]),
    ],
)
def test_a_quotation_is_marked_and_scrolled_to(opened: Chrome, section: str, terms: list[str], marked: list[str]) -> None:
    found = asked(opened, f"#{section}{directive(*terms)}")
    assert (found["marked"], found["section"], found["seen"]) == (marked, section, True)


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u202f", "\n", "\n  "])
def test_all_kinds_of_space_are_one(browser: Chrome, site: Site, space: str) -> None:
    open_page(browser, site, plain("It bakes for forty\u00a0minutes,\nor so. Wait."))
    found = asked(browser, f"#{directive(f'forty{space}minutes, or{space}so.')}")
    assert found["marked"] == ["forty\u00a0minutes,\nor so."]


@pytest.mark.parametrize("section", ["introduction", "how-is-bread-baked", "how-is-bread-kept"])
def test_of_the_same_words_in_several_sections_those_of_the_section_named_are_marked(opened: Chrome, section: str) -> None:
    found = asked(opened, f"#{section}{directive('Bread rises in a warm place.')}")
    assert (found["marked"], found["section"]) == (["Bread rises in a warm place."], section)


@pytest.mark.parametrize("section", ["how-is-bread-kept", "renamed-since", ""])
def test_a_quotation_that_is_not_in_its_section_is_looked_for_on_the_whole_page(opened: Chrome, section: str) -> None:
    found = asked(opened, f"#{section}{directive('Flour keeps for a year.')}")
    assert (found["marked"], found["section"], found["seen"]) == (["Flour keeps for a year."], "introduction", True)


@pytest.mark.parametrize(
    "fragment",
    [
        ":~:text=%E0%A4%A",
        ":~:text=100%",
        ":~:text=",
        ":~:text=,",
        ":~:text=,place.",
        ":~:",
        ":~:selector=x",
        directive("Nothing like this stands here."),
        directive("Bread rises in a warm", "nothing like this"),
        directive("read rises"),
        directive("<img src=x onerror=alert(1)>"),
    ],
)
def test_what_cannot_be_read_or_found_leads_to_the_section_alone(opened: Chrome, fragment: str) -> None:
    whole = opened.execute_script(LOOK)["words"]
    found = asked(opened, f"#how-is-bread-kept{fragment}")
    assert (found["marked"], found["words"]) == ([], whole)
    heading = opened.execute_script("return document.getElementById('how-is-bread-kept').getBoundingClientRect().top")
    assert 0 <= heading < opened.execute_script("return innerHeight")
    assert found["top"] > 0


@pytest.mark.parametrize("fragment", ["", "#how-is-bread-kept", "#%E0%A4%A", "#source:1"])
def test_without_a_text_fragment_nothing_is_done(opened: Chrome, fragment: str) -> None:
    found = asked(opened, fragment)
    assert (found["marked"], found["top"]) == ([], 0)


def test_a_section_that_cannot_be_read_leaves_the_page_as_it_is(opened: Chrome) -> None:
    assert asked(opened, "#%E0%A4%A:~:text=nowhere")["top"] == 0


def test_when_the_address_changes_so_does_the_mark_and_no_word_is_lost(opened: Chrome) -> None:
    before = opened.execute_script(LOOK)
    asked(opened, f"#introduction{directive('Flour keeps for a year.')}")
    opened.execute_script(MOVE, f"#how-is-bread-baked{directive('The oven must be very', 'thin and crisp.')}")
    assert opened.execute_script(LOOK)["section"] == "how-is-bread-baked"
    opened.execute_script(MOVE, f"#how-is-bread-kept{directive('Keep it dry.')}")
    found = opened.execute_script(LOOK)
    assert (found["marked"], found["section"], found["seen"]) == (["Keep it dry."], "how-is-bread-kept", True)
    opened.execute_script(MOVE, "#how-is-bread-kept")
    after = opened.execute_script(LOOK)
    assert (after["marked"], after["words"], after["notes"]) == ([], before["words"], before["notes"])


def test_the_page_runs_its_own_script_under_its_own_policy(opened: Chrome) -> None:
    opened.execute_script("document.querySelector('main p').innerHTML = '<mark>old</mark>'; dispatchEvent(new Event('hashchange'))")
    assert opened.execute_script("return [document.scripts.length, document.querySelectorAll('mark').length]") == [1, 0]


def test_a_script_that_the_policy_does_not_name_does_not_run(browser: Chrome, site: Site, bread: Document) -> None:
    page = document_page(bread, SAFETY)
    site.pages["page"] = (page.replace("</main>", "<script>document.title = 'planted'</script></main>"), DOCUMENT_HEADERS)
    browser.get(f"{site.address}/page")
    assert browser.title == "Bread"
    assert [line for line in browser.get_log("browser") if "Content Security Policy" in line["message"]] != []  # type: ignore[no-untyped-call]


def test_a_browser_that_knows_text_fragments_leaves_the_script_nothing_to_do(browser: Chrome, site: Site, bread: Document) -> None:
    open_page(browser, site, bread)
    browser.get(f"{site.address}/page#how-is-bread-kept{directive('Keep it dry.')}")
    assert browser.execute_script("return location.hash") == "#how-is-bread-kept"
    assert browser.execute_script(LOOK)["marked"] == []


@pytest.mark.parametrize("name", ["opioids/naloxone-narcan.md", "help-and-safety/overdose-first-aid.md", "tea"])
def test_every_sentence_of_a_document_is_marked_whole(browser: Chrome, site: Site, name: str, tmp_path: Path) -> None:
    document = read(tmp_path, TEA if name == "tea" else (CORPUS / "documents" / name).read_text(encoding="utf-8"))
    open_page(browser, site, document)
    browser.execute_script(START, "")
    cited = quotations(document)
    assert len(cited) > 1
    for section, text in cited:
        words = text.split()
        for terms in ([text], [" ".join(words[:5]), " ".join(words[-5:])] if len(words) > 10 else [text]):
            browser.execute_script(MOVE, f"#{quote(section)}{directive(*terms)}")
            found = browser.execute_script(LOOK)
            assert (" ".join("".join(found["marked"]).split()), found["section"], found["seen"]) == (text, section, True)


def quotations(document: Document) -> list[tuple[str, str]]:
    """Each section's words from one footnote to the next, on one line."""
    found: list[tuple[str, str]] = []
    for section in document.sections:
        inside = [block for block in document.blocks if block.kind == "paragraph" and section.start <= block.start < section.end]
        for block in inside:
            ends = [mark.position for mark in document.marks if block.start < mark.position <= block.end]
            found += [(section.id, document.text[start:end]) for start, end in zip([block.start, *ends], ends, strict=False)]
    return [(section, re.sub(r"\s+", " ", text).strip()) for section, text in found]
