"""A small corpus without fault, written to a folder; tests break one thing in it."""

from datetime import date
from pathlib import Path

from indexer.check.check import check_corpus
from indexer.check.corpus import Corpus, read_corpus

TODAY = date(2026, 3, 1)
TEA = """---
id: tea
title: Green tea
group: drinks
topics: [tea]
reviewed: 2026-02-01
reviewed_by: null
review_due: 2027-02-01
asked:
  how-hot-is-green-tea:
    - can i burn my tongue on tea
    - tea temperature
  how-long-does-green-tea-last:
    - tea half-life
    - my tea keeps me up, when does it stop
---

## How hot is green tea?

Green tea is hot.[^TEABOOK] People who drink green tea let it cool first.[^TEABOOK][^ICEBOOK]

## How long does green tea last?

The half-life of green tea is about 5 hours.[^TEABOOK] Call {helpline:us-911} if a person
who drank green tea cannot be woken.[^ICEBOOK]
"""
ICE = """---
id: ice
title: Ice water
group: drinks
topics: [ice]
reviewed: 2026-02-01
reviewed_by: null
review_due: 2027-02-01
asked:
  how-cold-is-ice-water:
    - is ice water cold
    - ice temperature
  what-does-the-law-say-on-ice-water:
    - is ice legal
    - ice law
---

## How cold is ice water?

Ice water is cold:

- Ice water numbs the mouth.[^ICEBOOK]
- Ice water slows the stomach.[^ICEBOOK]

## What does the law say on ice water?

As of January 2026, ice water is sold to all.[^ICEBOOK] The [tea page](tea.md#how-hot-is-green-tea) says more on heat.[^TEABOOK]
"""
TABLES = {
    "sources": """
[TEABOOK]
title = "Tea handbook"
publisher = "Tea board"
url = "https://tea.example/handbook"
year = 2024

[ICEBOOK]
title = "Ice handbook"
publisher = "Ice board"
url = "https://ice.example"
year = 2023
""",
    "helplines": """
[us-911]
name = "Emergency services"
country = "US"
purpose = ["emergency"]
phone = "911"
url = "https://911.example"
hours = "24/7"
checked = "2026-02-20"

[us-tea]
name = "Tea line"
country = "US"
purpose = ["crisis"]
phone = "800-555-0199"
sms = "83283"
url = "https://line.example"
hours = "24/7"
checked = "2026-02-20"
""",
    "lexicon": """
checked = "2026-02-01"

[[drug]]
name = "green tea"
drug_class = "tea"
brands = ["Leaf"]

[[drug]]
name = "ice water"
drug_class = "water"
""",
    "partners": """
[tea-is-hot]
states = ['tea is hot']
says = ['let it cool']
section = "tea#how-hot-is-green-tea"
""",
    "safety": "format = 1\n",
    "topics": """
drugs = ["green tea", "ice water"]

[topics]
drinks = ["tea", "ice"]

[kinds]
"how long" = 'how long'
"how strong" = 'how (?:hot|cold)'
""",
    "style": r"""
word_exceptions = ["Tea Addicts Society"]
leaning = ['(?:It|This|They)\b', 'However\b']
undated = 'currently|this year'
drug_like = '[a-z]+azepam'
not_drugs = ["leafazepam"]

[limits]
document_grade = 8.0
passage_grade = 10.0
sections = [2, 3]
asked = 2
as_of_days = 365
helpline_days = 30
lexicon_days = 100
likeness = 0.6

[words]
'addicts?' = '"a person with an addiction"'

[[forbidden]]
what = "an amount"
instead = "leave it out"
in_asked = true
patterns = ['\d+ mg\b']
but = ['\bsugar\b']

[[forbidden]]
what = "advertising"
instead = "leave it out"
patterns = ['our shop']

[[property]]
name = "half-life"
says = 'half-life'
value = '(?P<low>\d+(?:\.\d+)?)(?: to (?P<high>\d+))? (?P<unit>minute|hour|day)s?'
of = ['cold', 'in older adults']

[[property]]
name = "class"
says = 'Class'
value = 'Class (?P<low>[A-C])\b'
""",
}
FILES = {
    "documents/drinks/tea.md": TEA,
    "documents/drinks/ice.md": ICE,
    **{f"{name}.toml": text for name, text in TABLES.items()},
}


def write_corpus(folder: Path, changes: dict[str, tuple[str, str]] | None = None) -> Path:
    """The corpus in `folder`/corpus, with one text of a file in place of another (at the end, where the one is empty); its folder."""
    corpus = folder / "corpus"
    for name, text in FILES.items():
        old, new = (changes or {}).get(name, ("", ""))
        assert text.count(old) >= 1, (name, old)
        file = corpus / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace(old, new, 1) if old else text + new, encoding="utf-8")
    return corpus


def written_corpus(folder: Path, changes: dict[str, tuple[str, str]] | None = None) -> Corpus:
    """The same, read."""
    return read_corpus(write_corpus(folder, changes))


def lines_found(folder: Path, changes: dict[str, tuple[str, str]], *, today: date = TODAY, release: bool = False) -> list[str]:
    """What the check prints of the changed corpus, with paths from its folder."""
    corpus = written_corpus(folder, changes)
    findings = check_corpus(corpus, folder / "tests" / "gold", today, release=release)
    return [str(finding).replace(f"{folder}/corpus/", "") for finding in findings]
