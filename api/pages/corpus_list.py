"""The documents that answers come from, by group, with the day each was last reviewed."""

from collections.abc import Sequence
from datetime import date
from html import escape
from itertools import groupby

from api.schemas import DocumentEntry
from bot.safety import Safety


def documents_section(documents: Sequence[DocumentEntry], safety: Safety) -> str:
    """How many documents there are and how fresh they are; each group opens to its titles."""
    groups = [(name, list(entries)) for name, entries in groupby(documents, key=lambda entry: entry.group)]
    unsigned = safety.wording.not_reviewed_by_clinician
    is_signed = any(entry.reviewed_by for entry in documents)
    note = f'<p class="notice">{escape(unsigned)}</p>' if documents and not is_signed else ""
    opened = " open" if len(groups) == 1 else ""
    listed = "".join(f"<details{opened}>{_group(name, entries, unsigned if is_signed else '')}</details>" for name, entries in groups)
    return (
        '<section class="part" aria-labelledby="documents"><div><h2 id="documents">The documents behind it</h2>'
        f"<p>{_summary(documents, len(groups))}</p>{note}</div>"
        f'<div class="titles">{listed}</div></section>'
    )


def _group(name: str | None, entries: Sequence[DocumentEntry], unsigned: str) -> str:
    """A group's name over its titles. The day of review stands once where all have the same, else behind each title."""
    heading = (name or "Documents").replace("-", " ").capitalize()
    days = {entry.reviewed for entry in entries}
    about = _counted(len(entries), "document") + (f", reviewed {_in_words(entries[0].reviewed)}" if len(days) == 1 and all(days) else "")
    listed = "".join(_entry(entry, len(days) > 1, unsigned) for entry in entries)
    return f"<summary>{escape(heading)} <span>{escape(about)}</span></summary><ul>{listed}</ul>"


def _entry(entry: DocumentEntry, has_day: bool, unsigned: str) -> str:
    """A title, with its day of review or without. `unsigned` is said of one that no clinician signed, where some did."""
    day = f"Reviewed {_in_words(entry.reviewed)}." if has_day and entry.reviewed else ""
    signed = f"Reviewed by {entry.reviewed_by}." if entry.reviewed_by else unsigned
    about = " ".join(part for part in (day, signed) if part)
    shown = f'<span class="about">{escape(about)}</span>' if about else ""
    return f'<li><a href="{escape(entry.url)}">{escape(entry.title)}</a>{shown}</li>'


def _summary(documents: Sequence[DocumentEntry], groups: int) -> str:
    if not documents:
        return "There are no documents yet."
    counted = _counted(len(documents), "document") + (f" in {groups} groups" if groups > 1 else "")
    return f"{counted}{_reviewed(documents)}. Open one to read it whole, with the sources that its sentences rest on."


def _reviewed(documents: Sequence[DocumentEntry]) -> str:
    days = sorted(day for entry in documents if (day := _day(entry.reviewed)) is not None)
    if not days:
        return ""
    first, last = _words(days[0]), _words(days[-1])
    return f", last reviewed on {last}" if first == last else f", last reviewed between {first} and {last}"


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _in_words(reviewed: str | None) -> str:
    day = _day(reviewed)
    return _words(day) if day else reviewed or ""


def _day(reviewed: str | None) -> date | None:
    """A day, where it is written as one."""
    try:
        return date.fromisoformat(reviewed or "")
    except ValueError:
        return None


def _words(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"
