"""Made-up documents whose words are used as in real ones, and questions each of which has one section that it was made from.

Every document has a topic, a subject and sections with a subject each, whose words come back in its sentences; so texts of a section are
nearer to each other than to those of its document, and these than to those of its topic. A corpus is the beginning of every larger one.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tests.benchmarks.growth.words import CONTENT, Chances, Ranks, Words, ranks_of, share_below

SEED = 20_261_129
_BLOCK = 512  # documents drawn at a time
_SECTIONS = (4, 9)  # of a document, from and up to below; corpus/documents have 5.9
_SENTENCES = ((3, 4, 5), (0.2, 0.45, 0.35))  # of a section, and how often; corpus/documents have 4.4
# Words of a sentence in corpus/documents: what shares of them are at most so long.
_LENGTH_SHARES = (0, 0.01, 0.10, 0.25, 0.50, 0.75, 0.90, 0.99, 1)
_LENGTHS = (4, 7, 11, 14, 17, 20, 23, 26, 31)
_FRAMES = (
    ("what is", "and"),
    ("how does", "change"),
    ("how long does", "last with"),
    ("when should people ask about", "after"),
    ("is", "safe with"),
    ("who can use", "for"),
    ("why do people stop", "before"),
    ("what helps against", "and"),
    ("where is", "found near"),
    ("how much", "is too much for"),
)
_OF_FRAMES = frozenset(word for frame in _FRAMES for part in frame for word in part.split())
# What a word that is no article or the like is drawn from; the others come from the whole language.
_FROM_TOPIC, _FROM_SUBJECT, _FROM_SECTION = 0.46, 0.18, 0.20
_TOPIC_WORDS, _SUBJECT_WORDS, _SECTION_WORDS = 30, 2, 2
_RARER = 500  # the rank after which the subjects of documents stand
_LARGEST_TOPICS = 20.0  # topics before their sizes begin to fall as number^-1.5
_LONGEST_HEADING = 80  # letters; see `indexer/readers/plain_text.py`
_ASKED = 3  # words of its section in a question, beside those of its title
_SHORT = 4  # letters of words that are not asked for

Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class MadeSection:
    """A heading and its sentences."""

    title: str
    sentences: tuple[str, ...]

    def question(self) -> str:
        """The subjects of its title, and words out of its middle that are no articles or the like."""
        title = [word for word in self.title.rstrip("?").lower().split() if word not in _OF_FRAMES]
        middle = self.sentences[len(self.sentences) // 2].rstrip(".").lower().split()
        asked = [word for word in middle if len(word) > _SHORT and word not in title]
        return " ".join(("what about", *title, *dict.fromkeys(asked[:_ASKED])))


@dataclass(frozen=True, slots=True)
class MadeDocument:
    """A document as `.jsonl` files have them."""

    id: str
    title: str
    sections: tuple[MadeSection, ...]

    def text(self) -> str:
        """Headings and paragraphs, apart by blank lines."""
        blocks = (f"{section.title}\n\n{' '.join(section.sentences)}" for section in self.sections)
        return "\n\n".join(blocks)


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the number of the section that it was made from, in reading order from 0."""

    text: str
    section: int


def write_corpus(file: Path, sections: int, words: Words, questions: int) -> list[Question]:
    """Write so many sections as documents, a line each. Returns questions about sections that lie evenly among them."""
    asked = set(np.linspace(0, sections - 1, questions).astype(int).tolist())
    found: list[Question] = []
    written = 0
    with file.open("w", encoding="utf-8") as stream:
        for document in made_documents(sections, words):
            record = {"id": document.id, "title": document.title, "text": document.text()}
            stream.write(json.dumps(record) + "\n")
            found += [Question(one.question(), number) for number, one in enumerate(document.sections, written) if number in asked]
            written += len(document.sections)
    return found


def made_documents(sections: int, words: Words, seed: int = SEED) -> Iterator[MadeDocument]:
    """Documents until they have so many sections, the last cut short; the same for the same seed and words."""
    block = 0
    while sections > 0:
        for document in _Block.drawn(block, seed).documents(words):
            kept = document.sections[:sections]
            sections -= len(kept)
            if kept:
                yield MadeDocument(document.id, document.title, kept)
        block += 1


@dataclass(frozen=True, slots=True)
class _Block:
    """Documents drawn together. `of_section[s]` is the document of section s, `of_sentence[t]` the section of sentence t.

    `first[t]` to `first[t + 1]` are the places of a sentence's words in `ranks`; subjects have shape (documents or sections, words).
    """

    number: int
    of_section: Ranks
    of_sentence: Ranks
    first: Ranks
    ranks: Ranks
    subjects: Ranks
    section_subjects: Ranks
    frames: Ranks
    topic_words: Ranks

    @classmethod
    def drawn(cls, number: int, seed: int) -> "_Block":
        """A block by its number; which were drawn before makes no difference."""
        generator = np.random.default_rng([seed, number])
        of_section = np.repeat(np.arange(_BLOCK), generator.integers(*_SECTIONS, _BLOCK))
        sections = len(of_section)
        of_sentence = np.repeat(np.arange(sections), generator.choice(_SENTENCES[0], sections, p=_SENTENCES[1]))
        lengths = np.rint(np.interp(generator.random(len(of_sentence)), _LENGTH_SHARES, _LENGTHS)).astype(np.int64)
        of_word = np.repeat(of_sentence, lengths)
        topics = (_LARGEST_TOPICS * ((1 - generator.random(_BLOCK)) ** -2 - 1)).astype(np.int64)
        subjects = ranks_of(_content(generator.random((_BLOCK, _SUBJECT_WORDS)), _RARER))
        section_subjects = ranks_of(_content(generator.random((sections, _SECTION_WORDS))))
        ranks = ranks_of(generator.random(len(of_word)))
        source, which = generator.random(len(of_word)), generator.random(len(of_word))
        source[ranks <= CONTENT] = 1
        bounds = np.cumsum((_FROM_TOPIC, _FROM_SUBJECT, _FROM_SECTION))
        from_topic, from_subject = source < bounds[0], (source >= bounds[0]) & (source < bounds[1])
        from_section = (source >= bounds[1]) & (source < bounds[2])
        ranks[from_topic] = _words_of_topics(topics[of_section[of_word[from_topic]]], which[from_topic])
        ranks[from_subject] = _chosen(subjects, of_section[of_word[from_subject]], which[from_subject])
        ranks[from_section] = _chosen(section_subjects, of_word[from_section], which[from_section])
        return cls(
            number,
            of_section,
            of_sentence,
            np.concatenate([[0], np.cumsum(lengths)]),
            ranks,
            subjects,
            section_subjects,
            generator.integers(len(_FRAMES), size=sections),
            _words_of_topics(topics[of_section], generator.random(sections)),
        )

    def documents(self, words: Words) -> Iterator[MadeDocument]:
        """The documents, spelt out."""
        sections = self._sections(words)
        bounds = np.searchsorted(self.of_section, np.arange(_BLOCK + 1))
        subjects = words.words(self.subjects)
        for place in range(_BLOCK):
            title = " ".join(dict.fromkeys(subjects[place])).capitalize()
            name = f"document-{self.number * _BLOCK + place:07d}"
            yield MadeDocument(name, title, tuple(sections[bounds[place] : bounds[place + 1]]))

    def _sections(self, words: Words) -> list[MadeSection]:
        spelt = words.words(self.ranks).tolist()
        sentences = [" ".join(spelt[start:end]).capitalize() + "." for start, end in zip(self.first[:-1], self.first[1:], strict=True)]
        bounds = np.searchsorted(self.of_sentence, np.arange(len(self.of_section) + 1))
        own, subjects, topics = (words.words(ranks) for ranks in (self.section_subjects, self.subjects, self.topic_words))
        made = []
        for number, document in enumerate(self.of_section.tolist()):
            title = _title(*_FRAMES[self.frames[number]], (own[number][0], subjects[document][0]), (own[number][1], topics[number]))
            made.append(MadeSection(title, tuple(sentences[bounds[number] : bounds[number + 1]])))
        return made


def _title(begin: str, link: str, subjects: tuple[str, str], beside: tuple[str, str]) -> str:
    """A heading as readers of plain text know one: of at most 80 letters, which the rarest words would go beyond."""
    whole = " ".join((begin, *subjects, link, *beside))
    title = whole if len(whole) < _LONGEST_HEADING else " ".join((begin, *subjects))[: _LONGEST_HEADING - 1]
    return f"{title.capitalize()}?"


def _content(chances: Chances, after: int = CONTENT) -> Chances:
    """Chances that lead to words after a rank."""
    low = share_below(after + 1)
    return low + chances * (1 - low)


def _chosen(table: Ranks, rows: Ranks, chances: Chances) -> Ranks:
    """One of each row's words, the first more often."""
    chosen: Ranks = table[rows, (chances**1.5 * table.shape[1]).astype(np.int64)]
    return chosen


def _words_of_topics(topics: Ranks, chances: Chances) -> Ranks:
    """Words of topics: each has its own, some used more than others, and all topics together use words as the language does."""
    which = np.exp(chances * np.log(_TOPIC_WORDS)).astype(np.uint64)
    mixed = scattered(topics.astype(np.uint64) * np.uint64(1024) + which)
    return ranks_of(_content((mixed >> np.uint64(11)).astype(np.float64) / 2**53))


def scattered(keys: Keys) -> Keys:
    """Numbers that look like chance, the same for the same key (splitmix64's finaliser; Steele, Lea and Flood, OOPSLA 2014)."""
    mixed = keys + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
