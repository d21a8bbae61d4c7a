"""A rule on gold sets: what the bot is tested with is not what it was taught by."""

import json
from collections.abc import Iterator
from pathlib import Path

from indexer.check.corpus import Corpus
from indexer.check.finding import Finding
from indexer.documents import plain
from indexer.errors import shown


def check_gold(corpus: Corpus, folder: Path) -> Iterator[Finding]:
    """No question of a gold set stands among the ways of asking. Lines that are no items are the gold set's own check to find."""
    gold: dict[str, str] = {}
    for file in sorted(folder.rglob("*.jsonl")):
        for number, line in enumerate(file.read_text(encoding="utf-8-sig", errors="replace").split("\n"), 1):
            gold.setdefault(plain(_question(line)), f"{shown(file)}:{number}")
    gold.pop("", None)
    for way in corpus.asked():
        if place := gold.get(plain(way.text)):
            yield way.found("gold", f"{way.text!r} is asked by the gold set ({place}); remove it here, or that item tests nothing")


def _question(line: str) -> str:
    try:
        item = json.loads(line)
    except (ValueError, RecursionError):
        return ""
    question = item.get("question") if isinstance(item, dict) else None
    return question if isinstance(question, str) else ""
