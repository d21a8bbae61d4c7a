import re
from datetime import date
from pathlib import Path

import pytest

from indexer.corpus_tables import CorpusTables, Drug, Helpline, Lexicon, PartnerFact, expand_helplines, load_tables, parse_helplines
from indexer.documents import Source
from indexer.errors import CorpusError

SOURCES = """
[TEABOOK]
title = "Tea handbook"
publisher = "Tea board"
url = "https://tea.example/handbook"
year = 2024

[ICEBOOK]
title = "Ice"
publisher = "Ice board"
url = "https://ice.example"
"""
HELPLINES = """
[nz-tea]
name = "Tea line"
country = "NZ"
purpose = ["treatment", "family"]
phone = "0800 832"
url = "https://www.tea.example/"
hours = "24/7"

[us-911]
name = "Emergency services"
country = "US"
purpose = ["emergency"]
phone = "911"
url = "https://911.example"
hours = "24/7"
note = "Call if you can."
checked = "2026-01-15"
"""


LEXICON = """
checked = "2026-01-15"
context = ["cup", "cups"]

[[drug]]
name = "green tea"
drug_class = "tea"
names = ["sencha"]
brands = ["Leaf"]
street = ["G"]
misspellings = ["grean tea"]
[drug.ambiguous]
"g" = "the letter"

[[drug]]
name = "coffee"
drug_class = "not tea"
outside = true

[places]
"South Seas" = ["fiji", "samoa"]
Peru = ["peru"]
"""
PARTNERS = """
[tea-is-hot]
states = ['tea\\b.{0,20}\\bhot']
says = ['\\blet it cool']
section = "tea#how-hot"
apart = ["ice#how-cold"]
"""
TABLES = {"sources": SOURCES, "helplines": HELPLINES, "lexicon": LEXICON, "partners": PARTNERS, "safety": "format = 1\n"}


def folder_of(folder: Path, **tables: str) -> Path:
    for name, text in (TABLES | tables).items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def helpline(
    *,
    purpose: str = "crisis",
    url: str = "https://tea.example",
    phone: str | None = None,
    sms: str | None = None,
    sms_body: str | None = None,
) -> Helpline:
    entry = {"name": "Tea line", "country": "US", "purpose": [purpose], "url": url, "hours": "24/7"}
    return parse_helplines({"tea": {**entry, "phone": phone, "sms": sms, "sms_body": sms_body}})["tea"]


def test_sources_are_read_with_their_ids(tmp_path: Path) -> None:
    assert load_tables(folder_of(tmp_path)).sources == {
        "TEABOOK": Source("TEABOOK", "Tea handbook", "Tea board", "https://tea.example/handbook", 2024),
        "ICEBOOK": Source("ICEBOOK", "Ice", "Ice board", "https://ice.example", None),
    }


def test_helplines_are_read_in_the_order_of_the_table(tmp_path: Path) -> None:
    helplines = load_tables(folder_of(tmp_path)).helplines
    assert list(helplines) == ["nz-tea", "us-911"]
    assert helplines["us-911"] == Helpline(
        id="us-911",
        name="Emergency services",
        country="US",
        purpose=("emergency",),
        phone="911",
        url="https://911.example",
        hours="24/7",
        note="Call if you can.",
        checked=date(2026, 1, 15),
    )
    assert helplines["us-911"].model_dump()["checked"] == "2026-01-15"


def test_what_a_helpline_leaves_out_is_empty(tmp_path: Path) -> None:
    line = load_tables(folder_of(tmp_path)).helplines["nz-tea"]
    assert (line.sms, line.sms_body, line.note, line.checked) == (None, None, "", None)


def test_names_of_drugs_are_read_with_what_else_they_mean(tmp_path: Path) -> None:
    lexicon = load_tables(folder_of(tmp_path)).lexicon
    tea, coffee = lexicon.drugs
    assert lexicon.checked == date(2026, 1, 15)
    assert tea.proper_names() == ("green tea", "sencha", "Leaf")
    assert tea.all_names() == ("green tea", "sencha", "Leaf", "G", "grean tea")
    assert (dict(tea.ambiguous), tea.outside) == ({"g": "the letter"}, False)
    assert coffee == Drug(name="coffee", drug_class="not tea", outside=True)
    assert lexicon.context == ("cup", "cups")
    assert dict(lexicon.places) == {"South Seas": ("fiji", "samoa"), "Peru": ("peru",)}


def test_a_lexicon_needs_neither_places_nor_context(tmp_path: Path) -> None:
    lexicon = load_tables(folder_of(tmp_path, lexicon='checked = "2026-01-15"\ndrug = []\n')).lexicon
    assert (lexicon.context, dict(lexicon.places), lexicon.drugs) == ((), {}, ())


def test_a_lexicon_survives_the_index(tables: CorpusTables) -> None:
    """As the build writes it and the index reads it."""
    written = tables.lexicon.model_dump_json(by_alias=True)
    assert Lexicon.model_validate_json(written) == tables.lexicon


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ('context = ["cup", "cups"]', 'context = "cup"', r"context: Input should be a valid tuple"),
        ('["peru"]', '"peru"', r"places\.Peru: Input should be a valid tuple"),
        ("context =", "contexts =", r"contexts: Extra inputs are not permitted"),
    ],
)
def test_places_and_context_that_are_wrong_are_refused(tmp_path: Path, right: str, wrong: str, message: str) -> None:
    assert right in LEXICON
    with pytest.raises(CorpusError, match=rf"^lexicon\.toml: {message}; mend the entry$"):
        load_tables(folder_of(tmp_path, lexicon=LEXICON.replace(right, wrong)))


def test_partner_facts_are_read_in_order(tmp_path: Path) -> None:
    assert load_tables(folder_of(tmp_path)).partners == (
        PartnerFact(
            name="tea-is-hot",
            states=(r"tea\b.{0,20}\bhot",),
            says=(r"\blet it cool",),
            section="tea#how-hot",
            apart=("ice#how-cold",),
        ),
    )


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("hot'", "hot('", r"tea-is-hot\.states\.0: the pattern .* cannot be read \(.*\); mend the entry"),
        ("tea#how-hot", "tea", r"tea-is-hot\.section: String should match pattern .*; mend the entry"),
        ("section =", "sections =", r"tea-is-hot\.(section: Field required|sections: Extra inputs .*); mend the entry"),
        ("says = ['\\blet it cool']", "says = []", r"tea-is-hot\.says: Tuple should have at least 1 item .*; mend the entry"),
    ],
)
def test_a_partner_fact_that_is_wrong_is_refused(tmp_path: Path, right: str, wrong: str, message: str) -> None:
    assert right in PARTNERS
    with pytest.raises(CorpusError, match=rf"^partners\.toml: {message}$"):
        load_tables(folder_of(tmp_path, partners=PARTNERS.replace(right, wrong)))


def test_a_drug_with_an_unknown_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"^lexicon\.toml: drug\.0\.streets: Extra inputs are not permitted; mend the entry$"):
        load_tables(folder_of(tmp_path, lexicon=LEXICON.replace("street =", "streets =")))


def test_safety_rules_are_kept_as_data(tmp_path: Path) -> None:
    assert load_tables(folder_of(tmp_path, safety="format = 1\n[words]\ntea = '(tea|té)'\n")).safety == {
        "format": 1,
        "words": {"tea": "(tea|té)"},
    }


def test_the_shipped_tables_are_the_default(tables: CorpusTables) -> None:
    assert tables.sources["KETLABEL"].publisher == "US National Library of Medicine, DailyMed"
    assert tables.helplines["us-988"].in_text() == "988 Suicide & Crisis Lifeline (call or text 988)"
    assert tables.helplines["us-911"].in_text() == "911"
    assert tables.safety["format"] == 2


def test_the_shipped_helplines_name_a_country_by_its_code_first(tables: CorpusTables) -> None:
    assert [line.id for line in tables.helplines.values() if not line.id.startswith(line.country.lower())] == []


@pytest.mark.parametrize("name", ["sources.toml", "helplines.toml", "lexicon.toml", "partners.toml", "safety.toml"])
def test_a_table_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    (folder_of(tmp_path) / name).unlink()
    with pytest.raises(CorpusError, match=rf"^{re.escape(str(tmp_path / name))}: cannot be read \(No such file or directory\)"):
        load_tables(tmp_path)


def test_a_table_that_is_no_toml_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=rf"^{re.escape(str(tmp_path))}/safety\.toml: .*line 2.*; mend the line named$"):
        load_tables(folder_of(tmp_path, safety="format = 1\nwords =\n"))


def test_a_table_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (folder_of(tmp_path) / "sources.toml").write_bytes(b'[A]\ntitle = "caf\xe9"\n')
    with pytest.raises(CorpusError, match=rf"^{re.escape(str(tmp_path))}/sources\.toml: "):
        load_tables(tmp_path)


def test_a_source_without_a_title_is_named_with_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"^sources\.toml: TEABOOK\.title: Field required; mend the entry$"):
        load_tables(folder_of(tmp_path, sources='[TEABOOK]\npublisher = "P"\nurl = "U"\n'))


def test_a_source_with_a_misspelt_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"^sources\.toml: TEABOOK\.yaer: Extra inputs are not permitted"):
        load_tables(folder_of(tmp_path, sources=SOURCES.replace("year", "yaer")))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('"NZ"', '"nz"'),
        ('"NZ"', '"NZL"'),
        ('"family"', '"knitting"'),
        ("hours", "horus"),
        ("note", "noet"),
        ('phone = "0800 832"', "phone = 800832"),
    ],
)
def test_a_helpline_entry_that_is_wrong_is_refused(tmp_path: Path, right: str, wrong: str) -> None:
    with pytest.raises(CorpusError, match=r"^helplines\.toml: .*; mend the entry$"):
        load_tables(folder_of(tmp_path, helplines=HELPLINES.replace(right, wrong, 1)))


def test_how_a_line_is_reached_depends_on_its_numbers() -> None:
    assert helpline(phone="988", sms="988").contact() == "call or text 988"
    assert helpline(phone="988").contact() == "call 988"
    assert helpline(sms="741741").contact() == "text 741741"
    assert helpline(sms="741741", sms_body="HOME").contact() == "text HOME to 741741"
    assert helpline(phone="988", sms="838255").contact() == "call 988 or text 838255"
    assert helpline(phone="988", sms="988", sms_body="HELLO").contact() == "call 988 or text HELLO to 988"
    assert helpline().contact() == ""


def test_a_line_stands_in_a_text_with_its_name_and_how_to_reach_it() -> None:
    assert helpline(phone="988").in_text() == "Tea line (call 988)"


def test_a_line_without_a_number_stands_in_a_text_with_its_bare_address() -> None:
    assert helpline(url="https://www.tea.example/find/").in_text() == "Tea line (tea.example/find)"


def test_an_emergency_number_stands_in_a_text_alone() -> None:
    assert helpline(purpose="emergency", phone="112", sms="112").in_text() == "112"
    assert helpline(purpose="emergency").in_text() == "Tea line (tea.example)"


def test_every_helpline_named_in_a_text_is_expanded() -> None:
    text = "Call {helpline:tea} or {helpline:us-911}, {helpline:tea}; not {tea}."
    lines = {"tea": helpline(phone="988"), "us-911": helpline(purpose="emergency", phone="911")}
    assert expand_helplines(text, lines) == "Call Tea line (call 988) or 911, Tea line (call 988); not {tea}."


@pytest.mark.parametrize("name", ["ice", "", "Tea", " tea"])
def test_a_helpline_that_is_not_in_the_table_is_named(name: str) -> None:
    with pytest.raises(
        CorpusError, match=rf"^\{{helpline:{name}\}} is not in the helpline table; add it to helplines\.toml, or name one that is$"
    ):
        expand_helplines(f"Call {{helpline:{name}}}.", {"tea": helpline()})
