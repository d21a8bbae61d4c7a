"""`citewell check`: whether a corpus keeps its own rules, what is due when, and what it covers. Loads its parts only when it is run."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bot.errors import QuestionError

if TYPE_CHECKING:
    from indexer.check.calendar import Due
    from indexer.check.corpus import Corpus
    from indexer.check.coverage import Coverage
    from indexer.check.finding import Finding

Form = Literal["text", "json"]


def check_command(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Documents, or folders of a corpus [the one here].", show_default=False)
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="text (a line each), or json.")] = "text",
    today: Annotated[str | None, typer.Option(help="The day to check for, as YYYY-MM-DD [today].")] = None,
    release: Annotated[bool, typer.Option("--release", help="Helplines that nobody tried of late are errors.")] = False,
    calendar: Annotated[bool, typer.Option("--calendar", help="List what is due for review, and when.")] = False,
    coverage: Annotated[bool, typer.Option("--coverage", help="Show topics and kinds of question, each with its sections.")] = False,
    index: Annotated[Path | None, typer.Option(hidden=True)] = None,  # every command takes it; this one reads documents alone
) -> None:
    """Check the documents and tables of a corpus: sources, plain words, dates, partner facts, and what must stand in none of them."""
    from indexer.check.corpus import corpus_folder, read_corpus

    if calendar and coverage:
        raise QuestionError("--calendar and --coverage each stand alone")
    day = _day(today)
    corpora = [read_corpus(folder) for folder in dict.fromkeys(corpus_folder(path) for path in paths or [Path()])]
    if calendar:
        _print_calendar(corpora, form)
    elif coverage:
        _print_coverage(corpora, form)
    else:
        raise typer.Exit(_print_findings(corpora, day, form, release=release))


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text) if text else datetime.now(UTC).date()
    except ValueError as problem:
        raise QuestionError(f"--today {text!r} is no day; write it as YYYY-MM-DD") from problem


def _print_findings(corpora: Sequence["Corpus"], today: date, form: Form, *, release: bool) -> bool:
    """Print what was found; whether there is an error."""
    from indexer.check.check import check_corpus

    findings: list[Finding] = []
    for corpus in corpora:
        findings += check_corpus(corpus, corpus.folder.parent / "tests" / "gold", today, release=release)
    errors = sum(finding.severity == "error" for finding in findings)
    counts = {
        "documents": sum(len(corpus.documents) for corpus in corpora),
        "sections": sum(1 for corpus in corpora for _ in corpus.sections()),
        "sentences": sum(1 for corpus in corpora for _ in corpus.sentences()),
        "errors": errors,
        "warnings": len(findings) - errors,
    }
    if form == "json":
        _print_json({"findings": [asdict(finding) for finding in findings], **counts})
    else:
        _print_lines(findings)
        print(", ".join(f"{number:,} {noun}" for noun, number in counts.items()), file=sys.stderr)
    return errors > 0


def _print_calendar(corpora: Sequence["Corpus"], form: Form) -> None:
    from indexer.check.calendar import calendar

    due: list[Due] = [entry for corpus in corpora for entry in calendar(corpus)]
    if form == "json":
        _print_json({"due": [asdict(entry) for entry in due]})
    else:
        _print_lines(f"{entry.day or 'never done'}  {entry.file}:{entry.line}: {entry.what}" for entry in due)


def _print_coverage(corpora: Sequence["Corpus"], form: Form) -> None:
    from indexer.check.coverage import coverage

    for corpus in corpora:
        found = coverage(corpus)
        if form == "json":
            _print_json(asdict(found))
        else:
            _print_tables(found)


def _print_tables(found: "Coverage") -> None:
    from rich.console import Console
    from rich.table import Table

    topics = Table("subject", "topic", "sections", title="Topics")
    for subject, counts in found.topics.items():
        for topic, number in counts.items():
            topics.add_row(subject, topic, str(number or "none"))
    first = next(iter(found.kinds.values()), {})
    kinds = Table("drug", *first, title="Sections by drug and kind of question")
    for drug, numbers in found.kinds.items():
        kinds.add_row(drug, *(str(number or "-") for number in numbers.values()))
    console = Console(width=None if sys.stdout.isatty() else 220, highlight=False)  # a file or pipe has room
    console.print(topics)
    console.print(kinds)


def _print_lines(lines: Iterable[Any]) -> None:
    for line in lines:
        print(line)


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, default=str))
