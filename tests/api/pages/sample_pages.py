"""What pages are made of in tests: documents, answers and a report, plain or full of markup."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from api.pages import (
    DOCUMENT_HEADERS,
    HOME_HEADERS,
    PAGE_HEADERS,
    Standing,
    answer_page,
    document_page,
    home_page,
    insights_page,
    no_evaluation_page,
    problem_page,
    withdrawn_page,
)
from api.schemas import DocumentEntry
from bot.answer import Answer, AnswerSentence, Citation, DrugMention, Interpretation, Notice, Receipt, Resource
from bot.calibration import CalibrationFile
from bot.safety import Safety
from indexer.corpus_tables import CorpusTables, load_tables
from indexer.documents import Document, Draft, Mark, Source, Tombstone, lay_out
from indexer.readers import read_documents
from indexer.readers.reader import read_file

TABLES = load_tables()
SAFETY = Safety.compile(TABLES.safety, TABLES.helplines)
ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title><b>",
    "<!--",
    "&lt;b&gt;",
    "' onclick='",
    "</textarea><i>",
]

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


def read(folder: Path, text: str, tables: CorpusTables = TABLES) -> Document:
    file = folder / "page.md"
    file.write_text(text, encoding="utf-8")
    reading = read_documents([file], lambda path: read_file(path, tables))
    assert reading.problems == ()
    return next(reading.documents)


def plain(text: str, title: str = "Title") -> Document:
    layout = lay_out([Draft("paragraph", text)], title)
    return Document("plain", title, layout.text, layout.blocks, layout.sections)


def hostile_document(attack: str) -> Document:
    """A document that has markup wherever words can stand."""
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
    return Document(attack, attack, layout.text, layout.blocks, layout.sections, marks, sources, reviewed=attack, reviewed_by=attack)


def resource(name: str) -> Resource:
    """A line of the shipped table."""
    return Resource.from_helpline(TABLES.helplines[name])


def citation(number: int = 1, **changes: Any) -> Citation:
    source = Source("BOOK", "The book of tea", "Tea board", "https://tea.example/book", 2020)
    usual = Citation(
        number, "tea", "Tea", "how-is-tea-made", "How is tea made?", f"Quote {number}.", 0, 8, None,
        "/documents/tea#how-is-tea-made:~:text=Quote", "2026-01-15", None, (source,),
    )  # fmt: skip
    return replace(usual, **changes)


def answer(**changes: Any) -> Answer:
    """An answer of two sentences, with all that an answer can have."""
    usual = Answer(
        "answered",
        "Quote 1. [1] Quote 2. [1] [2]",
        (AnswerSentence("Quote 1.", (1,)), AnswerSentence("Quote 2.", (1, 2))),
        (citation(1), citation(2)),
        0.95,
        (Notice("medical", "Talk with a pharmacist.", (2,)),),
        (resource("us-911"), resource("us-988")),
        ("Is tea old?", "Is tea hot?"),
        Interpretation("are xans ketamine", (DrugMention("xans", "alprazolam", "benzodiazepine"),)),
        Receipt(None, None, None, "0.1.0"),
    )
    return replace(usual, **changes)


def crisis(**changes: Any) -> Answer:
    """A card for danger."""
    usual = answer(
        status="crisis",
        sentences=(AnswerSentence("Call 911 now."), AnswerSentence("Give naloxone.", (1,))),
        citations=(citation(1),),
        confidence=None,
        suggestions=(),
        interpretation=Interpretation("he is not breathing"),
    )
    return replace(usual, **changes)


def hostile_answer(attack: str, **changes: Any) -> Answer:
    """An answer that has markup wherever words can stand."""
    cited = citation(
        1, document_title=attack, section_title=attack, quote=attack, url="javascript:alert(1)//" + attack, reviewed=attack,
        reviewed_by=attack, sources=(Source(attack, attack, attack, "javascript:alert(1)//" + attack, 2020),),
    )  # fmt: skip
    line = Resource(attack, attack, f"911 {attack}", f"911 {attack}", attack, f"javascript:{attack}", attack, attack, attack, (), attack)
    usual = answer(
        sentences=(AnswerSentence(attack, (1,)), AnswerSentence(attack)),
        citations=(cited,),
        notices=(Notice("urgent", attack), Notice("medical", attack, (1,))),
        resources=(line,),
        suggestions=(attack, attack),
        interpretation=Interpretation(attack, (DrugMention(attack, f"{attack} too", attack),)),
    )
    return replace(usual, **changes)


def report(words: str = "", **changes: Any) -> dict[str, Any]:
    """The counts of a month."""
    row = {"section": f"tea{words}#how-is-tea-made{words}", "title": f"How is tea made?{words}", "count": 20}
    usual: dict[str, Any] = {
        "month": f"2026-11{words}",
        "months": [f"2026-11{words}", "2026-10"],
        "at_least": 5,
        "answers": {"answered": 120, "abstained": 30, "clarify": None, f"new-status{words}": 6},
        "asked": [{"drug": f"alprazolam{words}", "count": 40}],
        "topics": [row],
        "unanswered": [row],
        "rated_up": [row],
        "rated_down": [],
        "reasons": [{"reason": f"not-clear{words}", "count": 9}],
        "crisis_cards": None,
    }
    return usual | changes


def entry(name: str, group: str | None, reviewed: str | None = None, reviewed_by: str | None = None) -> DocumentEntry:
    url = f"/documents/{name}"
    return DocumentEntry(id=name, title=name.capitalize(), group=group, reviewed=reviewed, reviewed_by=reviewed_by, url=url)


def calibration(**changes: Any) -> CalibrationFile:
    """What was fitted and measured for an index."""
    usual: dict[str, Any] = {
        "index": "i", "gold": "g", "code": "c", "bias": -1.0, "weights": {}, "threshold": 0.86, "target_risk": 0.05, "questions": 1474,
        "right": 900, "risk": 0.0498, "bound": 0.0794, "coverage": 0.6724, "auroc": 0.9307, "ece": 0.04,
    }  # fmt: skip
    return CalibrationFile(**usual | changes)


def pages_of(words: str, document: Document) -> dict[str, tuple[str, dict[str, str]]]:
    """Every kind of page with some words in it, and the headers it is sent with."""
    listed = [entry(words, words, words, words), entry(f"{words} too", words, "2026-11-23")]
    lines = hostile_answer(words).resources
    return {
        "answer": (answer_page(hostile_answer(words), words, SAFETY), PAGE_HEADERS),
        "abstained": (answer_page(hostile_answer(words, status="abstained"), words, SAFETY), PAGE_HEADERS),
        "clarify": (answer_page(hostile_answer(words, status="clarify"), words, SAFETY), PAGE_HEADERS),
        "crisis": (answer_page(hostile_answer(words, status="crisis"), words, SAFETY), PAGE_HEADERS),
        "document": (document_page(document, SAFETY), DOCUMENT_HEADERS),
        "evaluation": (no_evaluation_page(SAFETY), PAGE_HEADERS),
        "home": (home_page(listed, SAFETY, standing=Standing(calibration(), has_report=True)), HOME_HEADERS),
        "insights": (insights_page(report(words), SAFETY), PAGE_HEADERS),
        "problem": (problem_page(words, words, words, lines, SAFETY), PAGE_HEADERS),
        "withdrawn": (withdrawn_page(Tombstone("x", words, words), SAFETY), PAGE_HEADERS),
    }
