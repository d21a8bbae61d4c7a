"""The texts of an index, as they were encoded, read back out of its store in blocks."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

Kind = Literal["passages", "sentences", "keys"]
_OF_DOCUMENTS = "JOIN sections ON sections.number = passages.section JOIN documents ON documents.number = sections.document"
_QUERIES: dict[Kind, str] = {
    "passages": f"""
        SELECT passages.titles || '. ' || substr(documents.text, passages.start + 1, passages."end" - passages.start)
        FROM passages {_OF_DOCUMENTS} ORDER BY passages.number
    """,
    "sentences": f"""
        SELECT trim(sentences.context || ' ' || substr(documents.text, sentences.start + 1, sentences."end" - sentences.start))
        FROM sentences JOIN passages ON passages.number = sentences.passage {_OF_DOCUMENTS} ORDER BY sentences.number
    """,
    "keys": "SELECT text FROM keys ORDER BY number",
}


def stored_texts(version: Path, kind: Kind, at_once: int) -> Iterator[list[str]]:
    """All texts of a kind in their order, so many at a time."""
    connection = sqlite3.connect(f"{(version / 'documents.sqlite').absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        rows = connection.execute(_QUERIES[kind])
        while block := rows.fetchmany(at_once):
            yield [text for (text,) in block]
    finally:
        connection.close()
