"""A corpus written, in a process of its own."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from indexer.corpus_tables import load_tables
from indexer.documents import Document
from indexer.readers import find_files, read_documents
from indexer.readers.reader import read_file
from tests.benchmarks.growth.apart import answer
from tests.benchmarks.growth.corpus import write_corpus
from tests.benchmarks.growth.words import Words

_DOCUMENTS = Path(__file__).parents[3] / "corpus" / "documents"
_WORD = re.compile("[a-z]+")


def write(corpus: str, questions_file: str, sections: int, questions: int) -> dict[str, Any]:
    """Write documents of so many sections, and questions, a line each, with the number of their section."""
    asked = write_corpus(Path(corpus), sections, Words(real_words()), questions)
    lines = (json.dumps({"text": question.text, "section": question.section}) + "\n" for question in asked)
    Path(questions_file).write_text("".join(lines), encoding="utf-8")
    return {"bytes": Path(corpus).stat().st_size}


def real_words() -> list[str]:
    """The words of the shipped documents, the most frequent first."""
    tables = load_tables()
    reading = read_documents(find_files([_DOCUMENTS]).files, lambda file: read_file(file, tables))
    texts = (entry.result.text for entry in reading.entries if isinstance(entry.result, Document))
    counts = Counter(word for text in texts for word in _WORD.findall(text.lower()))
    return sorted(counts, key=lambda word: (-counts[word], word))


if __name__ == "__main__":
    answer(write)
