from datetime import date
from pathlib import Path

import pytest

from indexer.check.calendar import calendar
from indexer.check.check import check_corpus
from indexer.check.corpus import corpus_folder, read_corpus
from indexer.errors import CorpusError
from tests.written_corpus import FILES, TABLES, TODAY, lines_found, write_corpus, written_corpus

TEA, ICE = "documents/drinks/tea.md", "documents/drinks/ice.md"
HOT = "Green tea is hot.[^TEABOOK]"
# One change of the faultless corpus each, and the line that is printed of it.
PLANTED = {
    "no title": (TEA, "title: Green tea\n", "", f"{TEA}:1: the front matter has no `title`; add it"),
    "no topics": (TEA, "topics: [tea]\n", "", f"{TEA}:1: warning: the front matter has no `topics`; name some of topics.toml"),
    "no review date": (TEA, "review_due: 2027-02-01\n", "", f"{TEA}:1: the front matter has no `review_due`; add it"),
    "unreadable front matter": (
        TEA,
        "reviewed: 2026-02-01",
        "reviewed: soon",
        f"{TEA}:6: the front matter cannot be read: reviewed: Input should be a valid date or datetime, input is too short;"
        " mend what stands between the two --- lines",
    ),
    "broken YAML": (
        TEA,
        "topics: [tea]",
        "topics: [tea",
        f"{TEA}:5: the front matter cannot be read: while parsing a flow sequence in",
    ),
    "no text": (
        TEA,
        FILES[TEA].split("---\n")[2],
        "\n",
        f"{TEA}:1: holds no text below its front matter; write its sections, or remove the file",
    ),
    "id not the file's": (TEA, "id: tea", "id: green-tea", f"{TEA}:2: the id is 'green-tea' and the file's name 'tea'; make them the same"),
    "id no address": (TEA, "id: tea", "id: Tea", f"{TEA}:2: the id 'Tea' is no address; write 'tea'"),
    "id of another": (ICE, "id: ice", "id: tea", f"{TEA}:2: the id 'tea' is that of {ICE} too; change one"),
    "title of another": (TEA, "title: Green tea", "title: Ice water", f"{TEA}:3: the title 'Ice water' is that of {ICE} too; change one"),
    "title of another in other letters": (
        TEA,
        "title: Green tea",
        "title: ICE water",
        f"{TEA}:3: the title 'ICE water' is that of {ICE} too; change one",
    ),
    "group not the folder's": (
        TEA,
        "group: drinks",
        "group: teas",
        f"{TEA}:4: the group is 'teas' and the folder 'drinks'; move the file, or mend the group",
    ),
    "topic unknown": (TEA, "[tea]", "[tee]", f"{TEA}:5: the topic 'tee' is not in topics.toml; use one that is, or add it there"),
    "review before it was done": (
        TEA,
        "review_due: 2027-02-01",
        "review_due: 2026-02-01",
        f"{TEA}:8: `review_due` is not after `reviewed`; say when the next review is due",
    ),
    "unknown key": (
        TEA,
        "group: drinks",
        "group: drinks\nauthor: me",
        f"{TEA}:5: `author` means nothing here; use one of id, title, group, ",
    ),
    "too few sections": (
        TEA,
        FILES[TEA][FILES[TEA].index("\n## How long") :],
        "",
        f"{TEA}:1: warning: 1 sections, and 2 to 3 read well; split or join some",
    ),
    "empty section": (
        TEA,
        "## How long",
        "## Why is tea green?\n\n## How long",
        f"{TEA}:22: 'Why is tea green?' says nothing; write its answer",
    ),
    "asked of no section": (
        TEA,
        "  how-hot-is-green-tea:",
        "  how-hot:",
        f"{TEA}:11: `asked` names the section 'how-hot', which is not there; the sections are how-hot-is-green-tea, how-long-",
    ),
    "asked too little": (
        TEA,
        "    - tea temperature\n",
        "",
        f"{TEA}:17: warning: 'How hot is green tea?' has 1 of 2 ways of asking; add some under `asked: how-hot-is-green-tea`",
    ),
    "not asked at all": (
        TEA,
        "  how-hot-is-green-tea:\n    - can i burn my tongue on tea\n    - tea temperature\n",
        "",
        f"{TEA}:15: 'How hot is green tea?' has 0 of 2 ways of asking; add some under `asked: how-hot-is-green-tea`",
    ),
    "asked twice in one section": (
        TEA,
        "- tea temperature",
        "- Can I burn my tongue on TEA?",
        f"{TEA}:12: 'Can I burn my tongue on TEA?' asks nothing new here; remove it",
    ),
    "heading as a way of asking": (
        TEA,
        "- tea temperature",
        "- how hot is green tea",
        f"{TEA}:12: 'how hot is green tea' asks nothing new here; remove it",
    ),
    "heading as a way of asking another section": (
        TEA,
        "- tea temperature",
        "- how cold is ice water",
        f"{TEA}:12: 'how cold is ice water' is asked of ice#how-cold-is-ice-water as well; keep it where the better answer is",
    ),
    "way of asking without words": (TEA, "- tea temperature", "- '?!'", f"{TEA}:12: '?!' asks nothing new here; remove it"),
    "asked twice": (
        TEA,
        "- tea half-life",
        "- Is ice WATER cold?",
        f"{TEA}:14: 'Is ice WATER cold?' is asked of ice#how-cold-is-ice-water as well; keep it where the better answer is",
    ),
    "no footnote": (
        TEA,
        HOT,
        "Green tea is hot.",
        f"{TEA}:20: no footnote behind 'Green tea is hot.'; add [^SOURCE] after it, or leave it out",
    ),
    "no footnote behind an item": (
        ICE,
        "Ice water slows the stomach.[^ICEBOOK]",
        "Ice water slows the stomach.",
        f"{ICE}:23: no footnote behind 'Ice water slows the stomach.'; add [^SOURCE] after it, or leave it out",
    ),
    "no footnote behind a table row": (
        ICE,
        "## What",
        "| Water | Cold |\n|---|---|\n| Ice water | very |\n\n## What",
        f"{ICE}:27: no footnote behind 'Ice water | very'; add [^SOURCE] after it, or leave it out",
    ),
    "claim that leads into nothing": (
        TEA,
        HOT,
        f"{HOT} Green tea is cheap:\n\nGreen tea is sold to all.[^TEABOOK]",
        f"{TEA}:20: no footnote behind 'Green tea is cheap:'; add [^SOURCE] after it, or leave it out",
    ),
    "unknown source in a heading": (
        TEA,
        "## How hot is green tea?",
        "## How hot is green tea?[^TEABOK]",
        f"{TEA}:18: the footnote [^TEABOK] names no source; add it to sources.toml, or name one that is there",
    ),
    "unknown source": (
        TEA,
        HOT,
        "Green tea is hot.[^TEABOK]",
        f"{TEA}:20: the footnote [^TEABOK] names no source; add it to sources.toml, or name one that is there",
    ),
    "unused source": (
        "sources.toml",
        "",
        '\n[OLD]\ntitle = "A"\npublisher = "B"\nurl = "https://c.example"\nyear = 1999\n',
        "sources.toml:14: no document uses the source OLD; cite it, or remove it",
    ),
    "source without an address": (
        "sources.toml",
        "https://ice.example",
        "ice.example",
        "sources.toml:8: the source ICEBOOK has no https address; add it, so that a reader can look it up",
    ),
    "source without a publisher": (
        "sources.toml",
        '"Ice board"',
        '" "',
        "sources.toml:8: the source ICEBOOK has no publisher; add it, so that a reader can look it up",
    ),
    "source without most of it": (
        "sources.toml",
        'publisher = "Ice board"\nurl = "https://ice.example"',
        'publisher = ""\nurl = "ftp://ice.example"',
        "sources.toml:8: the source ICEBOOK has no publisher and no https address; add it, so that a reader can look it up",
    ),
    "source without a year": (
        "sources.toml",
        "year = 2023\n",
        "",
        "sources.toml:8: warning: the source ICEBOOK has no year; add it where it has one",
    ),
    "source of years to come": (
        "sources.toml",
        "year = 2023",
        "year = 3023",
        "sources.toml:8: the source ICEBOOK is of 3023, which is yet to come; mend the year",
    ),
    "hard to read": (
        TEA,
        HOT,
        f"{HOT} Unanticipated gastrointestinal complications notwithstanding, contemporary physicians consistently recommend individualized"
        " pharmacological interventions.[^TEABOOK]",
        f"{TEA}:18: 'How hot is green tea?' reads at grade ",
    ),
    "label": (
        TEA,
        HOT,
        f"{HOT} An addict may drink green tea.[^TEABOOK]",
        f"{TEA}:20: 'addict' labels a person or blames; write \"a person with an addiction\"",
    ),
    "dangling pronoun": (
        TEA,
        HOT,
        f"{HOT} It burns.[^TEABOOK]",
        f"{TEA}:20: opens with 'It', which says nothing when the sentence is quoted alone; name what is meant",
    ),
    "amount": (TEA, HOT, f"{HOT} Drink 20 mg of tea.[^TEABOOK]", f"{TEA}:20: an amount ('20 mg') stands in no document; leave it out"),
    "amount set with other signs": (
        TEA,
        HOT,
        f"{HOT} Drink 20\N{NO-BREAK SPACE}mg of tea.[^TEABOOK]",
        f"{TEA}:20: an amount ('20 mg') stands in no document; leave it out",
    ),
    "amount in a heading": (
        TEA,
        "## How hot is green tea?",
        "## How hot are 20 mg of green tea?",
        f"{TEA}:18: an amount ('20 mg') stands in no document; leave it out",
    ),
    "label in a title": (TEA, "title: Green tea", "title: Tea addicts", f"{TEA}:3: 'addicts' labels a person or blames; write "),
    "amount in a way of asking": (
        TEA,
        "- tea temperature",
        "- is 20 mg of tea much",
        f"{TEA}:12: an amount ('20 mg') stands in no document; leave it out",
    ),
    "partner left out": (
        TEA,
        "People who drink green tea let it cool first.",
        "People drink green tea in cups.",
        f"{TEA}:20: states tea-is-hot without its partner; say that in this section, or add tea#how-hot-",
    ),
    "partner in no section": (
        "partners.toml",
        "tea#how-hot-is-green-tea",
        "tea#how-hot",
        "partners.toml:2: tea-is-hot names the section tea#how-hot, which is not there; name the one that says it",
    ),
    "partner not said": (
        "partners.toml",
        "tea#how-hot-is-green-tea",
        "ice#how-cold-is-ice-water",
        "partners.toml:2: tea-is-hot has a partner that ice#how-cold-is-ice-water does not say; name the section that does",
    ),
    "partner never stated": (
        "partners.toml",
        "tea is hot'",
        "tea is lukewarm'",
        "partners.toml:2: tea-is-hot is stated in no document; mend its patterns, or remove it",
    ),
    "let apart for nothing": (
        "partners.toml",
        "",
        'apart = ["ice#how-cold-is-ice-water"]\n',
        "partners.toml:2: tea-is-hot is let apart in ice#how-cold-is-ice-water, which does not state it; remove that name",
    ),
    "contradiction": (
        ICE,
        "Ice water is cold:",
        "The half-life of green tea is 9 hours.[^ICEBOOK]\n\nIce water is cold:",
        f"{TEA}:24: the half-life of green tea is '5 hours' here and '9 hours' in {ICE}:20; find out which is true",
    ),
    "contradiction of a class": (
        ICE,
        "Ice water is cold:",
        "Ice water is in Class B here.[^ICEBOOK] Ice water is in Class C there.[^TEABOOK]\n\nIce water is cold:",
        f"{ICE}:20: the class of ice water is 'Class C' here and 'Class B' in {ICE}:20; find out which is true",
    ),
    "said twice": (
        ICE,
        "Ice water is cold:",
        "Green tea is hot.[^TEABOOK] People who drink green tea let it cool first.[^TEABOOK]\n\nIce water is cold:",
        f"{TEA}:18: 'How hot is green tea?' says nearly what ice#how-cold-is-ice-water says (100% of its words in a row);"
        " say it in other words or in one place",
    ),
    "unknown drug": (
        TEA,
        HOT,
        f"{HOT} Green tea is no blendazepam.[^TEABOOK]",
        f"{TEA}:20: the lexicon does not know 'blendazepam'; add it to lexicon.toml, or to `not_drugs` in style.toml where it is none",
    ),
    "one name for two": (
        "lexicon.toml",
        'drug_class = "water"',
        'drug_class = "water"\nbrands = ["leaf"]',
        "lexicon.toml:5: 'leaf' is also a name of ice water; say so under `ambiguous` of each, or remove it",
    ),
    "lexicon long unread": (
        "lexicon.toml",
        "2026-02-01",
        "2025-02-01",
        "lexicon.toml:2: warning: the lexicon was last read through on 2025-02-01; read it again, then set `checked`",
    ),
    "number typed out": (TEA, "{helpline:us-911}", "911", f"{TEA}:24: the number 911 is typed out; write {{helpline:us-911}}"),
    "another number typed out": (
        TEA,
        "{helpline:us-911}",
        "1-800-222-1222",
        f"{TEA}:24: the number 1-800-222-1222 is typed out; add the line to helplines.toml, and write {{helpline:id}}",
    ),
    "number with its digits apart": (
        TEA,
        "{helpline:us-911}",
        "9-1-1",
        f"{TEA}:24: the number 9-1-1 is typed out; write {{helpline:us-911}}",
    ),
    "number without its signs": (
        TEA,
        "{helpline:us-911}",
        "8005550199",
        f"{TEA}:24: the number 8005550199 is typed out; write {{helpline:us-tea}}",
    ),
    "number in a heading": (
        TEA,
        "## How hot is green tea?",
        "## Should I call 911?",
        f"{TEA}:18: the number 911 is typed out; write {{helpline:us-911}}",
    ),
    "placeholder misspelt": (
        TEA,
        "{helpline:us-911}",
        "{helpline us-911}",
        f"{TEA}:24: '{{helpline us-911}}' is no placeholder; write {{helpline:id}}, with an id of helplines.toml",
    ),
    "helpline unknown": (
        TEA,
        "{helpline:us-911}",
        "{helpline:us-912}",
        f"{TEA}:24: {{helpline:us-912}} is not in helplines.toml; add it there, or name one that is",
    ),
    "helpline without an address": (
        "helplines.toml",
        "https://line.example",
        "line.example",
        "helplines.toml:11: the helpline us-tea has no https address; add the page it can be looked up on",
    ),
    "helpline long untried": (
        "helplines.toml",
        'hours = "24/7"\nchecked = "2026-02-20"',
        'hours = "24/7"\nchecked = "2026-01-20"',
        "helplines.toml:1: warning: not tried within 30 days: 1 helplines (us-911); try them before a release, then set `checked`",
    ),
    "change without a date": (
        TEA,
        HOT,
        f"{HOT} Green tea is currently cheap.[^TEABOOK]",
        f"{TEA}:20: 'currently' without a date; say as of when",
    ),
    "old date": (
        ICE,
        "As of January 2026",
        "As of January 2025",
        f"{ICE}:27: another look at 'As of January 2025' was due on 2026-01-31; check it against its sources",
    ),
    "date gone by": (
        ICE,
        "is sold to all.",
        "is sold to all through 20 February 2026.",
        f"{ICE}:27: another look at 'through 20 February 2026' was due on 2026-02-20; check it",
    ),
    "reviewed in days to come": (
        TEA,
        "reviewed: 2026-02-01",
        "reviewed: 2026-03-02",
        f"{TEA}:6: `reviewed` is 2026-03-02, which is yet to come; mend the date",
    ),
    "review overdue": (
        TEA,
        "review_due: 2027-02-01",
        "review_due: 2026-02-28",
        f"{TEA}:8: the review of this document was due on 2026-02-28; check it against its sources, then mend the text and the date",
    ),
    "link to no document": (
        ICE,
        "tea.md#how-hot-is-green-tea",
        "coffee.md",
        f"{ICE}:27: the link 'coffee.md' leads to no document; name one by its id",
    ),
    "link to no section": (
        ICE,
        "tea.md#how-hot-is-green-tea",
        "tea.md#how-hot",
        f"{ICE}:27: the link 'tea.md#how-hot' leads to no section of tea; its sections are how-hot-is-green-tea, ",
    ),
    "link elsewhere": (
        ICE,
        "tea.md#how-hot-is-green-tea",
        "https://shop.example",
        f"{ICE}:27: the link to https://shop.example leads elsewhere; make it a source, and cite that in a footnote",
    ),
    "link by reference": (
        ICE,
        "## What",
        "[shop]: https://shop.example\n\n## What",
        f"{ICE}:25: the link to https://shop.example leads elsewhere; make it a source, and cite that in a footnote",
    ),
    "address without a link": (
        ICE,
        "says more on heat.",
        "says more at www.shop.example now.",
        f"{ICE}:27: the link to www.shop.example leads elsewhere; make it a source, and cite that in a footnote",
    ),
    "drug that the lexicon does not know": (
        "topics.toml",
        '"ice water"]',
        '"ice water", "milk"]',
        "topics.toml:2: the drug 'milk' is not in lexicon.toml; name it as it is there",
    ),
    "topic without a document": (
        "topics.toml",
        '["tea", "ice"]',
        '["tea", "ice", "milk"]',
        "topics.toml:5: warning: no document covers 'milk'; write one, or take the topic out",
    ),
    "exception for nothing": (
        "style.toml",
        "",
        '\n[[exempt]]\nrule = "words"\nabout = "labels"\nsection = "tea#how-hot-is-green-tea"\nwhy = "no reason at all"\n',
        "style.toml:47: warning: the exception for words in tea#how-hot-is-green-tea is needed no more; remove it",
    ),
}


def test_a_corpus_without_fault_has_no_findings(tmp_path: Path) -> None:
    assert lines_found(tmp_path, {}) == []


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_fault_is_named_with_its_place_and_how_to_mend_it(tmp_path: Path, what: str) -> None:
    file, old, new, line = PLANTED[what]
    found = lines_found(tmp_path, {file: (old, new)})
    assert any(each.startswith(line) for each in found), found


def test_a_source_of_this_year_and_a_page_of_this_service_are_fine(tmp_path: Path) -> None:
    changes = {"sources.toml": ('url = "https://ice.example"\nyear = 2023', 'url = "/about"\nyear = 2026')}
    assert lines_found(tmp_path, changes) == []


def test_a_long_sentence_is_shown_by_its_beginning(tmp_path: Path) -> None:
    long = f"Green tea {'is hot and ' * 4}green tea is hot"  # 70 signs
    for sentence, shown in ((f"{long[:69]}.", f"{long[:69]}."), (f"{long}x.", f"{long[:67].rstrip()}...")):
        (tmp_path / sentence[-3:]).mkdir()
        found = lines_found(tmp_path / sentence[-3:], {TEA: (HOT, f"{HOT} {sentence}")})
        assert [line for line in found if "no footnote" in line] == [
            f"{TEA}:20: no footnote behind {shown!r}; add [^SOURCE] after it, or leave it out"
        ]


def test_a_question_of_the_gold_set_is_not_taught(tmp_path: Path) -> None:
    gold = tmp_path / "tests" / "gold" / "dev" / "items.jsonl"
    gold.parent.mkdir(parents=True)
    gold.write_text('\n{"question": "Why tea?"}\nno json\n[1]\n{"question": "Is ice legal?"}\n', encoding="utf-8")
    assert lines_found(tmp_path, {}) == [
        f"{ICE}:14: 'is ice legal' is asked by the gold set ({gold}:5); remove it here, or that item tests nothing"
    ]


def test_a_brand_behind_a_drugs_name_is_to_be_known_and_told_once(tmp_path: Path) -> None:
    coffee = '\n[[drug]]\nname = "coffee"\ndrug_class = "drink"\nbrands = ["Bean"]\n'
    text = f"{HOT} Coffee (Bean), coffee (Roast) and COFFEE (Roast) are hot.[^TEABOOK] A coffee (Cup) and a house (Wood) too.[^TEABOOK]"
    found = lines_found(tmp_path, {"lexicon.toml": ("", coffee), TEA: (HOT, text)})
    assert [line.partition("; add")[0] for line in found] == [
        f"{TEA}:20: the lexicon does not know 'Cup'",
        f"{TEA}:20: the lexicon does not know 'Roast'",
    ]


def test_the_lexicon_is_read_through_within_its_days(tmp_path: Path) -> None:
    """It was on 1 February 2026, and 100 days are allowed; the helplines' 30 days have passed by then."""
    for day, number in ((date(2026, 5, 12), 0), (date(2026, 5, 13), 1)):
        (tmp_path / str(day)).mkdir()
        assert sum("lexicon was last read" in line for line in lines_found(tmp_path / str(day), {}, today=day)) == number


def test_a_name_marked_as_ambiguous_may_stand_for_two(tmp_path: Path) -> None:
    shared = {"lexicon.toml": ('drug_class = "water"', 'drug_class = "water"\nbrands = ["leaf"]\n[drug.ambiguous]\n"leaf" = "of a tree"')}
    assert [line.partition(";")[0] for line in lines_found(tmp_path, shared)] == ["lexicon.toml:5: 'leaf' is also a name of ice water"]


def test_before_a_release_each_helpline_that_nobody_tried_is_an_error(tmp_path: Path) -> None:
    untried = {"helplines.toml": ('hours = "24/7"\nchecked = "2026-02-20"\n\n', 'hours = "24/7"\n\n')}
    what_to_do = "and 30 days is the limit; try it, then set `checked` to that day"
    assert lines_found(tmp_path, untried, release=True, today=date(2026, 3, 23)) == [
        f"helplines.toml:2: the helpline us-911 was never tried, {what_to_do}",
        f"helplines.toml:10: the helpline us-tea was last tried on 2026-02-20, {what_to_do}",
    ]


@pytest.mark.parametrize(("day", "is_due"), [("until 2019", False), ("until 31 January 2026", False), ("until 1 February 2026", True)])
def test_what_had_ended_when_the_document_was_reviewed_is_history(tmp_path: Path, day: str, is_due: bool) -> None:
    found = lines_found(tmp_path, {ICE: ("is sold to all.", f"was sold to all {day}.")})
    assert [line.split(" was due ")[0] for line in found] == [f"{ICE}:27: another look at '{day}'"] * is_due


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("As of 2024", "2025-12-31"),
        ("as of mid-2024", "2025-12-31"),
        ("As of February 2024", "2025-02-28"),
        ("As of December 2024", "2025-12-31"),
        ("As of February 9, 2024", "2025-02-08"),
        ("As of 9 February 2024", "2025-02-08"),
    ],
)
def test_a_statement_is_due_a_year_after_the_last_day_it_names(tmp_path: Path, text: str, day: str) -> None:
    corpus = written_corpus(tmp_path, {ICE: ("As of January 2026", text)})
    assert [due.day for due in calendar(corpus) if "another look" in due.what] == [date.fromisoformat(day)]


def test_an_exception_lets_a_section_do_what_a_rule_forbids(tmp_path: Path) -> None:
    exempt = '\n[[exempt]]\nrule = "forbidden"\nabout = "an amount"\nsection = "tea#how-hot-is-green-tea"\nwhy = "told to clinicians"\n'
    amount, shop = "Drink 20 mg.[^TEABOOK]", "Come to our shop.[^TEABOOK]"
    assert lines_found(tmp_path, {"style.toml": ("", exempt), TEA: (HOT, f"{HOT} {amount}")}) == []
    assert lines_found(tmp_path, {"style.toml": ("", exempt), TEA: (HOT, f"{HOT} {amount} {shop}")}) == [
        f"{TEA}:20: advertising ('our shop') stands in no document; leave it out"
    ]


def test_findings_come_in_the_order_of_files_and_lines(tmp_path: Path) -> None:
    changes = {TEA: ("Call {helpline:us-911} if", "It is so, call 911 if"), ICE: ("is sold to all.[^ICEBOOK]", "is sold to all.")}
    found = lines_found(tmp_path, changes)
    assert [line.split(":")[0:2] for line in found] == [[ICE, "27"], [TEA, "24"], [TEA, "24"]]


def test_to_withdraw_a_document_is_one_line_and_what_leaned_on_it_is_named(tmp_path: Path) -> None:
    assert lines_found(tmp_path, {TEA: ("group: drinks", "group: drinks\nwithdrawn: went cold")}) == [
        f"{ICE}:27: the link 'tea.md#how-hot-is-green-tea' leads to no section of tea; its sections are ",
        "partners.toml:2: tea-is-hot is stated in no document; mend its patterns, or remove it",
        "partners.toml:2: tea-is-hot names the section tea#how-hot-is-green-tea, which is not there; name the one that says it",
    ]


def test_a_document_of_another_format_is_said_to_be_unchecked(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path)
    (corpus / "documents" / "milk.txt").write_text("Milk is white.", encoding="utf-8")
    (corpus / "documents" / ".hidden.md").write_text("no", encoding="utf-8")
    (corpus / "documents" / "picture.png").write_bytes(b"")
    (found,) = check_corpus(read_corpus(corpus), tmp_path / "none", TODAY)
    assert str(found).removeprefix(f"{corpus}/") == (
        "documents/milk.txt:1: warning: only Markdown documents are checked; save its text as .md, or review it by hand"
    )


def test_text_above_the_first_heading_is_checked_as_well(tmp_path: Path) -> None:
    found = lines_found(tmp_path, {TEA: ("## How hot is green tea?", "Green tea is a drink.\n\n## How hot is green tea?")})
    assert found == [
        f"{TEA}:18: 'Green tea' has 0 of 2 ways of asking; add some under `asked: introduction`",
        f"{TEA}:18: no footnote behind 'Green tea is a drink.'; add [^SOURCE] after it, or leave it out",
    ]


def test_a_table_in_another_encoding_is_one_line(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path)
    (corpus / "lexicon.toml").write_bytes(b'checked = "2026-01-01" # caf\xe9\n')
    with pytest.raises(CorpusError, match=r"/lexicon\.toml: 'utf-8' codec can't decode"):
        read_corpus(corpus)


def test_a_table_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path)
    lexicon = corpus / "lexicon.toml"
    lexicon.write_bytes(b"\xef\xbb\xbf" + lexicon.read_bytes())
    assert check_corpus(read_corpus(corpus), tmp_path / "none", TODAY) == []


def test_a_document_that_cannot_be_read_is_a_finding_and_the_others_are_checked(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path, {TEA: (HOT, "Green tea is hot.")})
    (corpus / "documents" / "drinks" / "milk.md").write_bytes(b"\xff\xfe\x00\x00\xd8")
    first, second = check_corpus(read_corpus(corpus), tmp_path / "none", TODAY)
    assert (Path(first.file).name, first.line, first.rule) == ("milk.md", 1, "front-matter")
    assert (Path(second.file).name, second.line, second.rule) == ("tea.md", 20, "footnote")


@pytest.mark.parametrize("path", ["", "documents", "documents/drinks", "documents/drinks/tea.md", "sources.toml", ".."])
def test_the_corpus_that_holds_a_path_is_found(tmp_path: Path, path: str) -> None:
    corpus = write_corpus(tmp_path)
    assert corpus_folder(corpus / path).resolve() == corpus


def test_a_corpus_below_the_present_folder_is_named_from_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_corpus(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert corpus_folder(Path("corpus/documents")) == Path("corpus")


def test_a_path_in_no_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r" is in no corpus; a corpus is a folder with sources\.toml and documents/ in it$"):
        corpus_folder(tmp_path)
    with pytest.raises(CorpusError, match=r"none does not exist; give a document, or the folder of a corpus$"):
        corpus_folder(tmp_path / "none")


def test_a_corpus_without_documents_is_refused(tmp_path: Path) -> None:
    for name, text in TABLES.items():
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"/documents holds no Markdown document; write one, or give another folder$"):
        read_corpus(tmp_path)


def test_a_corpus_without_a_style_is_held_to_the_one_shipped(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path)
    (corpus / "style.toml").unlink()
    assert read_corpus(corpus).style.limits.document_grade == 8


def test_a_corpus_without_topics_may_cover_what_it_likes(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path, {TEA: ("topics: [tea]\n", "")})
    (corpus / "topics.toml").unlink()
    assert check_corpus(read_corpus(corpus), tmp_path / "none", TODAY) == []


def test_a_style_that_is_wrong_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"^style\.toml: limits\.asked: Input should be a valid integer.*; mend the entry$"):
        written_corpus(tmp_path, {"style.toml": ("asked = 2", 'asked = "two"')})
    with pytest.raises(CorpusError, match=r"^style\.toml: forbidden\.0\.patterns\.0: the pattern .* cannot be read .*; mend the entry$"):
        written_corpus(tmp_path, {"style.toml": (r"'\d+ mg\b'", "'(mg'")})
    with pytest.raises(CorpusError, match=r"^style\.toml: forbidden\.0\.patterns\.0: the pattern .* cannot be read .*; mend the entry$"):
        written_corpus(tmp_path, {"style.toml": (r"'\d+ mg\b'", "'(?i)mg'")})
    with pytest.raises(CorpusError, match=r"^style\.toml: words\..*: the pattern .* cannot be read .*; mend the entry$"):
        written_corpus(tmp_path, {"style.toml": ("'addicts?'", "'(addicts'")})
    with pytest.raises(CorpusError, match=r"^style\.toml: property\.1\.value: the pattern has no group .*; mend the entry$"):
        written_corpus(tmp_path, {"style.toml": ("(?P<low>[A-C])", "([A-C])")})
