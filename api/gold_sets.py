"""Gold sets as commands read them: notes are said, and items compared with the documents they name."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from api.history import counted
from api.options import say
from bot.errors import GoldError
from bot.evaluation.gold import GoldItem, GoldSet, gold_problems, read_gold
from indexer.index import Index
from indexer.store import Store

_OF_DRAFTS = tuple(f"the field {name!r} is not known" for name in ("draft", "source"))


def read_gold_set(paths: Sequence[Path]) -> GoldSet:
    """A gold set without fault, its notes said. Raises GoldError."""
    gold = read_gold(paths)
    say_notes(gold)
    return gold.checked()


def say_notes(gold: GoldSet) -> None:
    """What a gold set should have mended; of the fields of drafts no more than that they are there."""
    drafts = 0
    for note in gold.notes:
        if any(field in note for field in _OF_DRAFTS):
            drafts += _OF_DRAFTS[0] in note
        else:
            say(f"note: {note}")
    if drafts:
        say(f'note: {counted(drafts, "draft")} that nobody accepted; look at each, mend it, and take "draft" out')


def check_sections(gold: GoldSet, store: Store) -> None:
    """Say which facts stand in no section. Raises GoldError where items name sections that are not there."""
    missing, unstated = _compared(gold, store)
    if missing:
        more = f" (and {len(missing) - 1} more; `citewell gold check` lists them)" if len(missing) > 1 else ""
        raise GoldError(f"{missing[0]}{more}")
    for line in unstated:
        say(f"note: {line}")


def problems_with_documents(gold: GoldSet, folder: Path) -> list[str]:
    """What is wrong between a gold set and the live version of an index. Raises IndexUnusableError."""
    store = Index.load(folder).store
    missing, unstated = _compared(gold, store)
    store.close()
    return [*missing, *unstated]


def sizes(items: Sequence[GoldItem]) -> str:
    """How many items there are, and of which split."""
    found = Counter(item.split for item in items)
    return f"{counted(len(items), 'item')} (dev {found['dev']:,}, test {found['test']:,})"


def _compared(gold: GoldSet, store: Store) -> tuple[list[str], list[str]]:
    """Sections that are not there, and facts that none of an item's sections states."""
    sections = _section_texts(gold, store)
    lacking = [item for item in gold.items if not sections.keys() >= set(item.relevant)]
    whole = [item for item in gold.items if sections.keys() >= set(item.relevant)]
    missing, unstated = (list(gold_problems(replace(gold, items=tuple(items)), sections)) for items in (lacking, whole))
    return missing, unstated


def _section_texts(gold: GoldSet, store: Store) -> Mapping[str, str]:
    """The text of every section of the documents that a gold set names, by "document-id#section-id"."""
    names = dict.fromkeys(section.partition("#")[0] for item in gold.items for section in item.relevant)
    documents = [document for name in names if (document := store.document(name)) is not None]
    return {
        f"{document.id}#{section.id}": document.text[section.start : section.end] for document in documents for section in document.sections
    }
