"""The texts of a store in the order of their numbers, a few in memory at a time: what is encoded once documents are cut."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from indexer.cutting import passage_text, sentence_text

_PASSAGES = """
SELECT sections.document, passages.start, passages."end", passages.titles
FROM passages JOIN sections ON sections.number = passages.section ORDER BY passages.number
"""
_SENTENCES = """
SELECT sections.document, sentences.start, sentences."end", sentences.context
FROM sentences JOIN passages ON passages.number = sentences.passage JOIN sections ON sections.number = passages.section
ORDER BY sentences.number
"""


class StoredTexts:
    """Reads the file that a StoreWriter has closed."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def keys(self) -> Iterator[str]:
        """The titles and other ways to ask."""
        return (text for (text,) in self._connection.execute("SELECT text FROM keys ORDER BY number"))

    def passages(self) -> Iterator[str]:
        """What is encoded for each passage."""
        return (passage_text(titles, words) for words, titles in self._spans(_PASSAGES))

    def sentences(self) -> Iterator[str]:
        """What is encoded for each sentence."""
        return (sentence_text(context, words) for words, context in self._spans(_SENTENCES))

    def _spans(self, query: str) -> Iterator[tuple[str, str]]:
        """The words of each span a query gives, and what stands beside it."""
        document, text = -1, ""
        for number, start, end, beside in self._connection.execute(query):
            if number != document:
                document, (text,) = number, self._connection.execute("SELECT text FROM documents WHERE number = ?", (number,)).fetchone()
            yield text[start:end], beside
