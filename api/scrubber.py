"""Takes out of a question all that could name somebody, for sites that keep questions. What is not known to be harmless goes."""

import re
from collections.abc import Iterable

from indexer.index import Index

GONE = "[...]"
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_TOKEN = re.compile(r"\S+")
_EDGES = re.compile(r"^[\W_]*(.*?)([\W_]*)$", re.DOTALL)


class Scrubber:
    """Keeps the words that documents use in lower case, and the names of drugs: no name of a person or place is among them, nor a number."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)

    @classmethod
    def of(cls, index: Index) -> "Scrubber":
        """One that knows the words of an index."""
        written = {word for text in index.store.texts() for word in _WORD.findall(text) if word.islower()}
        names = {word.lower() for drug in index.lexicon.drugs for name in drug.all_names() for word in _WORD.findall(name)}
        return cls(written | names)

    def scrub(self, question: str) -> str:
        """The question, each word that is not known replaced by one sign."""
        kept = _TOKEN.sub(lambda match: self._known(match[0]), question)
        return re.sub(rf"{re.escape(GONE)}(?: {re.escape(GONE)})+", GONE, " ".join(kept.split()))

    def _known(self, token: str) -> str:
        match = _EDGES.match(token)
        word, after = match.groups() if match else ("", "")
        is_known = all(part.lower() in self._words for part in re.split(r"[-/]", word) if part)
        return token if is_known else f"{GONE}{after if after in '.,?!' else ''}"
