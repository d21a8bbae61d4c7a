"""Gold sets: questions with what a right answer is, as JSON lines, checked as they are read.

Sections are judged, never passages, so that cutting documents otherwise keeps a gold set valid.
"""

import hashlib
import json
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from bot.answer import Status
from bot.conversation import LONGEST_QUESTION, checked_history, checked_question
from bot.errors import GoldError, QuestionError
from indexer.documents import plain
from indexer.errors import shown

Split = Literal["dev", "test"]


def _telling(pattern: str) -> str:
    """A pattern that can be read and does not match everything."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)  # of a pattern that will mean something else
            matches_nothing = re.search(pattern, "", re.IGNORECASE) is not None
    except (re.error, FutureWarning, OverflowError, RecursionError) as problem:
        raise ValueError(f"the pattern {pattern!r} cannot be read ({problem})") from problem
    if matches_nothing:
        raise ValueError(f"the pattern {pattern!r} matches every text")
    return pattern


_Pattern = Annotated[str, AfterValidator(_telling)]
# trec_eval, which measures the ranking, ends a name at a zero byte, and the process where two are then alike.
_Name = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]+$")]
_Section = Annotated[str, Field(pattern=r"^[^#\s\x00]+#[^#\s\x00]+$")]


class GoldItem(BaseModel):
    """A question and what is right for it.

    `relevant` are the sections ("document-id#section-id") of which each answers it. A key fact is a list of alternatives, of which one must
    match; `must_not` must match nowhere (regular expressions, whatever the case). Items of one `group` ask the same in other words.
    """

    model_config = ConfigDict(frozen=True)

    id: _Name
    split: Split
    question: str = Field(min_length=1)
    expected: Status
    history: tuple[Mapping[str, str], ...] = ()
    relevant: tuple[_Section, ...] = ()
    key_facts: tuple[Annotated[tuple[_Pattern, ...], Field(min_length=1)], ...] = ()
    must_not: tuple[_Pattern, ...] = ()
    tags: tuple[str, ...] = ()
    country: str | None = None
    group: str | None = None

    @property
    def cluster(self) -> str:
        """What the item belongs to: its group of paraphrases, or itself."""
        return f"group {self.group}" if self.group else f"item {self.id}"

    @property
    def judgement(self) -> str:
        """What stands for the question and what is right for it; its split, group and tags may change."""
        return hashlib.sha256(self.model_dump_json(exclude={"split", "group", "tags"}).encode()).hexdigest()

    def facts_in(self, text: str) -> tuple[bool, ...]:
        """For each key fact, whether it is stated in a text."""
        return tuple(any(re.search(pattern, text, re.IGNORECASE) for pattern in fact) for fact in self.key_facts)

    def forbidden_in(self, text: str) -> tuple[str, ...]:
        """The patterns of `must_not` that match in a text."""
        return tuple(pattern for pattern in self.must_not if re.search(pattern, text, re.IGNORECASE))


@dataclass(frozen=True, slots=True)
class GoldSet:
    """The items of one or more files.

    `digest` stands for all of them, whatever their order; `problems` are lines that are no items.
    """

    items: tuple[GoldItem, ...]
    digest: str
    problems: tuple[str, ...]
    notes: tuple[str, ...]

    def checked(self) -> "GoldSet":
        """Itself. Raises GoldError where a line is wrong, or none is there."""
        if self.problems:
            more = f" (and {len(self.problems) - 1} more; `citewell gold check` lists them)" if len(self.problems) > 1 else ""
            raise GoldError(f"{self.problems[0]}{more}")
        if not self.items:
            raise GoldError("the gold set holds no item; name a file of JSON lines, or draft one with `citewell gold suggest`")
        return self

    def of_split(self, split: str | None) -> "GoldSet":
        """The items of one split, or all. Raises GoldError where there is none."""
        kept = tuple(item for item in self.items if split in (None, item.split))
        if not kept:
            raise GoldError(f"no item is of the split {split!r}; the splits are dev and test")
        return GoldSet(kept, self.digest, self.problems, self.notes)


def read_gold(paths: Sequence[Path]) -> GoldSet:
    """Every item of some files, or of the .jsonl files below a folder. Raises GoldError only for a path that cannot be read."""
    numbered = [(file, number, line) for file in _gold_files(paths) for number, line in _lines(file)]
    items: list[tuple[str, GoldItem]] = []
    problems: list[str] = []
    notes: list[str] = []
    for file, number, line in numbered:
        where = f"{shown(file)}:{number}"
        try:
            item, unknown = _item(line)
            items.append((where, item))
            notes += [f"{where}: the field {name!r} is not known and not used" for name in unknown]
        except (ValueError, QuestionError) as problem:
            problems.append(f"{where}: {problem}")
    problems += _clashes(items)
    notes += _repeated(items)
    digest = hashlib.sha256("\n".join(sorted(item.model_dump_json() for _, item in items)).encode()).hexdigest()
    return GoldSet(tuple(item for _, item in items), digest, tuple(problems), tuple(notes))


def gold_problems(gold: GoldSet, sections: Mapping[str, str]) -> Iterator[str]:
    """What is wrong between items and documents, given each section's text: sections that are not there, facts that none of them states."""
    for item in gold.items:
        missing = [name for name in item.relevant if name not in sections]
        for name in missing:
            yield f"{item.id}: the documents hold no section {name!r}; `citewell document ID --json` lists a document's sections"
        texts = [sections[name] for name in item.relevant if name in sections]
        if texts and not missing:
            stated = item.facts_in("\n".join(texts))
            for fact, found in zip(item.key_facts, stated, strict=True):
                if not found and not _names_a_gap(item, fact):
                    yield f"{item.id}: no relevant section states the key fact {list(fact)}; mend the pattern, or name the section"


def _names_a_gap(item: GoldItem, fact: Sequence[str]) -> bool:
    """Whether a fact is that a part of the question has no answer, said in the question's own words."""
    named = f'I don\'t have a reviewed answer for "{item.question}"'
    return any(re.search(pattern, named, re.IGNORECASE) and not re.search(pattern, item.question, re.IGNORECASE) for pattern in fact)


def _gold_files(paths: Iterable[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        try:
            is_there = path.exists()
        except OSError as problem:
            raise GoldError(
                f"{shown(path)}: cannot be read ({problem.strerror}); name a gold set, or a folder that holds some"
            ) from problem
        if not is_there:
            raise GoldError(f"{shown(path)} does not exist; name a gold set, or a folder that holds some")
        files += sorted(path.rglob("*.jsonl")) if path.is_dir() else [path]
    return list(dict.fromkeys(files))


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise GoldError(f"{shown(file)}: cannot be read ({problem.strerror}); check that it may be read") from problem
    except UnicodeDecodeError as problem:
        raise GoldError(f"{shown(file)}: byte {problem.start} is not UTF-8; save the file as UTF-8") from problem
    return ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())


def _item(line: str) -> tuple[GoldItem, list[str]]:
    """An item, and the fields of its line that are not known. Raises ValueError or QuestionError."""
    try:
        value = json.loads(line)
        json.dumps(value, ensure_ascii=False).encode()  # half of a surrogate pair is JSON, and no text
    except (ValueError, RecursionError) as problem:
        raise ValueError(f"this is not JSON ({problem}); mend it") from problem
    if not isinstance(value, dict):
        raise ValueError('this is no JSON object; write {"id": ..., "split": ..., "question": ..., "expected": ...}')
    try:
        item = GoldItem.model_validate({name: entry for name, entry in value.items() if entry is not None})
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"{where}: {first['msg'].removeprefix('Value error, ')}; mend the item") from problem
    is_crisis = item.expected == "crisis"  # which is recognised at any length
    checked_question(item.question.strip()[:LONGEST_QUESTION] if is_crisis else item.question)
    checked_history(item.history)
    return item, [str(name) for name in value if name not in GoldItem.model_fields]


def _clashes(items: Sequence[tuple[str, GoldItem]]) -> Iterator[str]:
    """Ids that stand twice, and what is asked in both splits: what was tuned on would be tested on."""
    ids = Counter(item.id for _, item in items)
    splits: dict[str, set[str]] = {}
    for _, item in items:
        for name in (item.cluster, _asked(item)):
            splits.setdefault(name, set()).add(item.split)
    for where, item in items:
        if ids[item.id] > 1:
            yield f"{where}: the id {item.id!r} stands {ids[item.id]} times; give each item one of its own"
        if item.group and len(splits[item.cluster]) > 1:
            yield f"{where}: the group {item.group!r} is in both splits; keep it in one"
        if len(splits[_asked(item)]) > 1:
            yield f"{where}: the question {item.question!r} is in both splits; keep it in one"


def _repeated(items: Sequence[tuple[str, GoldItem]]) -> Iterator[str]:
    """Questions that stand twice in a split, and count twice."""
    questions = Counter(_asked(item) for _, item in items)
    for where, item in items:
        if questions[_asked(item)] > 1:
            yield f"{where}: the question {item.question!r} stands {questions[_asked(item)]} times"


def _asked(item: GoldItem) -> str:
    """Whatever makes two questions the same to the bot, in plain words."""
    turns = [plain(str(turn.get("content"))) for turn in item.history]
    return json.dumps([plain(item.question) or item.question, turns, item.country])
