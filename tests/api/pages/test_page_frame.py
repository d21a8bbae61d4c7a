"""What all pages share: helplines first, nothing from elsewhere, headers that allow just what there is, colours that can be read."""

import re
from itertools import product

import pytest

from api.pages import DOCUMENT_HEADERS, HOME_HEADERS, PAGE_HEADERS
from api.pages.highlight import HIGHLIGHT_SCRIPT
from api.pages.style import STYLE
from tests.api.pages.sample_pages import ATTACKS, hostile_document, pages_of
from tests.api.pages.seen_page import digest, seen

HELP = (
    'In the US: <a href="tel:911">Emergency services, call or text 911</a>; '
    '<a href="tel:988">988 Suicide &amp; Crisis Lifeline, call or text 988</a>. Elsewhere: your local emergency number.'
)
ATTACK = "<script>alert(1)</script>"
HOSTILE = pages_of(ATTACK, hostile_document(ATTACK))
TEXT = ("--ink", "--soft", "--link")
SURFACES = ("--paper", "--card")
PAIRS = [
    *product(TEXT, SURFACES),
    ("--ink", "--alert"),
    ("--alarm", "--alert"),
    ("--link", "--alert"),
    ("--on-alarm", "--alarm"),
    ("--ink", "--mark"),
]


@pytest.mark.parametrize("name", sorted(set(HOSTILE) - {"crisis"}))
def test_every_page_opens_with_the_helplines(name: str) -> None:
    header = HOSTILE[name][0].partition("<body>")[2].partition("</header>")[0]
    assert header.startswith('<header><p class="help">')
    assert HELP in header


def test_only_pages_of_documents_have_a_script_and_it_is_the_one_allowed() -> None:
    scripts = {name: re.findall(r"<script>(.*?)</script>", page, re.DOTALL) for name, (page, _) in HOSTILE.items()}
    assert {name: found for name, found in scripts.items() if found} == {"document": [HIGHLIGHT_SCRIPT]}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_page_loads_nothing(name: str) -> None:
    page = seen(HOSTILE[name][0])
    assert not {"img", "link", "iframe", "object", "base"} & set(page.tags)
    assert not [attribute for attribute in page.attributes if attribute[1] == "style" or attribute[1].startswith("on")]


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_the_policy_allows_the_style_and_script_of_the_page_and_nothing_else(name: str) -> None:
    page, headers = HOSTILE[name]
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    scripts = "".join(f"script-src {digest(script)}; " for script in re.findall(r"<script>(.*?)</script>", page, re.DOTALL))
    scripts += "script-src 'self'; connect-src 'self'; " if name == "home" else ""
    assert headers["Content-Security-Policy"] == (
        f"default-src 'none'; style-src {digest(style)}; {scripts}base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


@pytest.mark.parametrize("headers", [PAGE_HEADERS, DOCUMENT_HEADERS, HOME_HEADERS])
def test_pages_say_where_they_were_opened_to_nobody(headers: dict[str, str]) -> None:
    assert {name: value for name, value in headers.items() if name != "Content-Security-Policy"} == {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_page_has_one_title_one_main_part_and_no_id_twice(name: str) -> None:
    page = seen(HOSTILE[name][0])
    assert [page.tags.count(tag) for tag in ("title", "h1", "main", "footer")] == [1, 1, 1, 1]
    assert ("html", "lang", "en") in page.attributes
    assert len(page.ids) == len(set(page.ids))
    named = {value for _, name, value in page.attributes if name in ("for", "aria-labelledby", "aria-describedby")}
    assert named <= set(page.ids)


@pytest.mark.parametrize("attack", ATTACKS)
def test_markup_stays_words_on_every_page(attack: str) -> None:
    harmless = pages_of("z", hostile_document("z"))
    for name, (page, _) in pages_of(attack, hostile_document(attack)).items():
        assert (name, seen(page).tags) == (name, seen(harmless[name][0]).tags)
        assert {link.partition(":")[0] for link in seen(page).links if not link.startswith(("/", "#", "?"))} <= {"tel", "sms", "https"}


@pytest.mark.parametrize("name", ["answer", "crisis", "clarify", "abstained"])
def test_no_title_holds_what_was_asked(name: str) -> None:
    assert "alert" not in seen(HOSTILE[name][0]).words["title"][0]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("pair", PAIRS)
def test_words_stand_out_from_what_is_behind_them(pair: tuple[str, str], dark: bool) -> None:
    assert contrast(*(colours(dark)[name] for name in pair)) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_the_edges_of_what_can_be_used_stand_out(dark: bool) -> None:
    assert contrast(colours(dark)["--edge"], colours(dark)["--paper"]) >= 3
    assert contrast(colours(dark)["--edge"], colours(dark)["--card"]) >= 3


def colours(dark: bool) -> dict[str, str]:
    light, night = re.findall(r":root {(.*?)}", STYLE, re.DOTALL)[:2]
    return dict(re.findall(r"(--[\w-]+): (#\w+)", night if dark else light))


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    digits = colour.removeprefix("#")
    digits = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
