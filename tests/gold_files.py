"""Small gold sets over the documents of `tests/conftest.py`, written into files."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ANSWERABLE = {
    "How many moons has Mars?": ("mars#introduction", "Phobos"),
    "name the moons of Mars": ("mars#introduction", "Deimos"),
    "how long does the Moon take around the Earth": ("moon#introduction", "27 days"),
    "is there air on the Moon": ("moon#introduction", "no air"),
    "swarms in spring": ("bees#swarms", "late spring"),
    "do drones have a sting": ("bees#swarms", "no sting"),
    "how many queens has a colony of bees": ("bees#introduction", "single queen"),
    "how often is a starter fed": ("bread#feeding-the-starter", "every day"),
    "smell of a hungry starter": ("bread#feeding-the-starter", "vinegar"),
    "baking the loaf": ("bread#baking", "forty minutes"),
    "how long should black tea steep": ("tea#how-long-should-tea-steep", "three to five"),
    "what is tea made from": ("tea#what-is-tea", "leaves"),
}
UNANSWERABLE = (
    "who repairs the telephone",
    "how do I mend a bicycle",
    "how do I paint a new roof",
    "when was the opera house built",
    "capital of Portugal",
    "how tall is the highest mountain",
    "does the train halt here on Sundays",
    "which sauce goes with fish",
    "rules of chess",
    "how do I reset my password",
    "who painted the ceiling of the chapel",
    "does tea contain sugar",
    "what is the name of the queen of the bees",
)


def answered(name: str, split: str, question: str, **fields: Any) -> dict[str, Any]:
    """An item of ANSWERABLE, by its question."""
    section, fact = ANSWERABLE[question]
    item = {"id": name, "split": split, "question": question, "expected": "answered", "relevant": [section], "key_facts": [[fact]]}
    return {**item, **fields}


def abstained(name: str, split: str, question: str) -> dict[str, Any]:
    """An item that the documents do not answer."""
    return {"id": name, "split": split, "question": question, "expected": "abstained"}


def write_gold(file: Path, items: Iterable[dict[str, Any] | str]) -> Path:
    """A gold set of these items, or lines as they are."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = (item if isinstance(item, str) else json.dumps(item) for item in items)
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return file


def development_items() -> list[dict[str, Any]]:
    """Enough of both kinds to learn from."""
    right = [answered(f"a{number}", "dev", question) for number, question in enumerate(ANSWERABLE)]
    return right + [abstained(f"u{number}", "dev", question) for number, question in enumerate(UNANSWERABLE)]


FOUR = (
    answered("moons", "dev", "How many moons has Mars?"),
    abstained("phone", "dev", "who repairs the telephone"),
    answered("swarm", "test", "swarms in spring"),
    answered("bake", "test", "baking the loaf", key_facts=[["fifty minutes"]]),
)
UNSTATED = "note: bake: no relevant section states the key fact ['fifty minutes']; mend the pattern, or name the section\n"
