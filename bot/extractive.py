"""The sentences that answer: chosen from the best passages, never written.

A sentence is scored by its own likeness to the question and by its passage's, so that it comes from where the answer is.
Headings, table headers and questions are never offered. A sentence that leans on the one before brings it along, a list brings its lead-in.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

import numpy as np

from bot.config import ExtractionConfig
from bot.fit import POLAR, Facets, Fit
from bot.retriever import FoundPassage, Query
from indexer.index import Index
from indexer.store import Store, StoredPassage, StoredSentence

_LEANS = re.compile(
    r"(It|Its|This|That|These|Those|They|Their|Them|He|She|His|Her|Such|However|But|Also|Therefore|Thus|Instead|Then|Both|Either|Neither"
    r"|In addition|Moreover|Furthermore|As a result|For this reason|And|So|Otherwise|Similarly|Likewise|Here)\b"
)
_ASTRAY = 0.1  # cosine; farther than this from the nearest key, a title asks something else


@dataclass(frozen=True, slots=True)
class ChosenSentence:
    """A sentence of the answer, with the passage it stands in and its score."""

    sentence: StoredSentence
    passage: StoredPassage
    score: float


def nothing_forbidden(_: str) -> bool:
    """Every sentence may be quoted."""
    return False


def sentences_of(store: Store, sections: Iterable[str]) -> Iterator[ChosenSentence]:
    """The sentences of sections by their names, in reading order; none of a section that is not there."""
    for name in sections:
        for passage in store.passages_of_section(name):
            yield from (ChosenSentence(sentence, passage, 0.0) for sentence in passage.sentences)


def choose_sentences(
    index: Index,
    query: Query,
    found: Sequence[FoundPassage],
    config: ExtractionConfig,
    fit: Fit,
    said: str = "",
    forbids: Callable[[str], bool] = nothing_forbidden,
) -> tuple[ChosenSentence, ...]:
    """One to `config.sentences` sentences: passages by relevance, each passage's in reading order. None where none can be quoted.

    Nothing is quoted that is about other drugs than those asked, stands in `said` already, or is forbidden.
    """
    quotable = (scored for passage in found for scored in _scored(index, query, passage, config, fit, said))
    best_first = sorted((scored for scored in quotable if not forbids(scored.sentence.text)), key=lambda scored: -scored.score)
    if not best_first:
        return ()
    chosen: dict[int, ChosenSentence] = {}
    passages: list[int] = []
    for candidate in best_first:
        if candidate.score < best_first[0].score - config.margin:
            break
        group = [member for member in _with_company(candidate, config.sentences) if member.sentence.number not in chosen]
        new_passage = candidate.passage.number not in passages
        if (new_passage and len(passages) == config.passages) or (len(chosen) + len(group) > config.sentences and chosen):
            continue
        if (
            not group
            or any(forbids(member.sentence.text) for member in group)
            or _is_bare_lead_in(group)
            or _says_nothing_new(candidate, list(chosen.values()), config.duplicate, fit.facets)
        ):
            continue
        if new_passage:
            passages.append(candidate.passage.number)
        chosen |= {member.sentence.number: member for member in group}
    in_order = sorted(chosen.values(), key=lambda scored: (passages.index(scored.passage.number), scored.sentence.number))
    return _led(in_order, index, query, config, fit)


def _led(chosen: Sequence[ChosenSentence], index: Index, query: Query, config: ExtractionConfig, fit: Fit) -> tuple[ChosenSentence, ...]:
    """The sentences with the one in front that settles the question by itself, where its shape asks for one."""
    if fit.asked.shape == "open":
        return tuple(chosen)
    similarities = index.sentence_vectors.similarities(query.vector, [scored.sentence.number for scored in chosen])
    scores = [
        float(similarity)
        + config.lead * fit.leads(scored.sentence)
        + config.about * fit.sentence(scored.sentence, scored.passage)
        + config.covered * coverage(query, fit.facets.words(scored.sentence.text))
        for similarity, scored in zip(similarities, chosen, strict=True)
    ]
    scores[0] += config.first
    lead = int(np.argmax(scores))
    if _LEANS.match(chosen[lead].sentence.text) or chosen[lead].sentence.kind != "paragraph":
        return tuple(chosen)
    return (chosen[lead], *chosen[:lead], *chosen[lead + 1 :])


def _scored(index: Index, query: Query, found: FoundPassage, config: ExtractionConfig, fit: Fit, said: str) -> list[ChosenSentence]:
    sentences = found.passage.sentences
    rows = np.arange(sentences[0].number, sentences[-1].number + 1)
    similarities = index.sentence_vectors.similarities(query.vector, rows)
    scores = config.similarity * similarities + config.passage * found.score
    scores[0] += config.opening
    scores -= config.fit * (1 - np.array([fit.sentence(sentence, found.passage) for sentence in sentences], dtype=np.float32))
    scores += config.shape * np.array([fit.shape(sentence) for sentence in sentences], dtype=np.float32)
    return [
        ChosenSentence(sentence, found.passage, float(score))
        for sentence, score in zip(sentences, scores, strict=True)
        if not sentence.text.endswith("?")
        and sentence.text not in said
        and fit.about(sentence, found.passage)
        and not (POLAR.match(sentence.text) and _is_of_another_question(found, query, fit))
    ]


def _is_of_another_question(found: FoundPassage, query: Query, fit: Fit) -> bool:
    """Whether a section answers something else than was asked: its "Yes" or "No" is about its own title, and would mislead.

    A title asks the same only if it is near, names no other drug, and shares a word with the question besides the drugs. Where it is the
    nearest of all and one drug is asked about, other words may say the same.
    """
    title = found.passage.section.title
    if found.astray > _ASTRAY or not fit.is_asked_by(title):
        return True
    if found.astray == 0 and fit.asked.relation == "alone":
        return False
    asks = fit.facets.topic(title)
    return bool(asks) and asks.isdisjoint(query.words)


def coverage(query: Query, held: Collection[str]) -> float:
    """How much of the question's words, weighted by how much each tells, is among the words of a text: 0 to 1."""
    total = sum(query.rarities.values())
    return sum(rarity for word, rarity in query.rarities.items() if word in held) / total if total else 0.0


def _with_company(scored: ChosenSentence, limit: int) -> list[ChosenSentence]:
    """The sentence with those it cannot stand without, at most `limit` in all: what it leans on, or the list it belongs to."""
    sentences = scored.passage.sentences
    at = next(place for place, sentence in enumerate(sentences) if sentence.number == scored.sentence.number)
    company = _list_around(sentences, at, limit) or _leaning(sentences, at)[-limit:]
    return [ChosenSentence(sentences[place], scored.passage, scored.score) for place in company if not sentences[place].text.endswith("?")]


def _list_around(sentences: Sequence[StoredSentence], at: int, limit: int) -> list[int]:
    """The places of a list's lead-in and its items, from the first unless the one at `at` would not fit then. Empty for no list."""
    lead = at
    while lead > 0 and sentences[lead].kind == "item":
        lead -= 1
    if not sentences[lead].text.endswith(":"):
        return []
    items = list(takewhile(lambda place: sentences[place].kind == "item", range(lead + 1, len(sentences))))
    first = max(0, at - lead - (limit - 1))
    return [lead, *items[first : first + limit - 1]]


def _leaning(sentences: Sequence[StoredSentence], at: int) -> list[int]:
    """The places of the sentences that one leans on, and its own."""
    first = at
    while first > 0 and _LEANS.match(sentences[first].text) and sentences[first].kind == sentences[first - 1].kind == "paragraph":
        first -= 1
    return list(range(first, at + 1))


def _is_bare_lead_in(group: Sequence[ChosenSentence]) -> bool:
    """Whether it is a lead-in ("The signs are:") without its list."""
    return len(group) == 1 and group[0].sentence.text.endswith(":")


def _says_nothing_new(scored: ChosenSentence, chosen: Sequence[ChosenSentence], limit: float, facets: Facets) -> bool:
    """Whether a sentence shares so many words with one already chosen (Jaccard) that it says the same again."""
    own = facets.words(scored.sentence.text)
    others = [facets.words(other.sentence.text) for other in chosen]
    return any(len(own & other) >= limit * len(own | other) for other in others)
