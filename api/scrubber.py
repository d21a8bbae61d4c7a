"""Takes out of a question all that could name somebody, for sites that keep questions. What is not known to be harmless goes."""

import re
from collections.abc import Iterable

from indexer.index import Index

GONE = "[...]"
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
# Other signs could spell something, or be half a sign, which no file can hold.
_PLAIN = re.compile(r"[\w.,;:!?'\u2018\u2019\"\u201c\u201d()&/-]*")
_EDGES = re.compile(r"^[\W_]*(.*?)([\W_]*)$")
_ENDS = (".", "?", "!")


class Scrubber:
    """Keeps the words that documents use in lower case, and names of drugs: few names of persons or places are among them, no number is.

    Those that are, like Rose or Will, go where they are written as names are: with a capital within a sentence.
    """

    def __init__(self, words: Iterable[str], names: Iterable[str] = ()) -> None:
        """`words` and `names`, all in lower case; a name of a drug may be written in any way."""
        self._words = frozenset(words)
        self._names = frozenset(names)

    @classmethod
    def of(cls, index: Index) -> "Scrubber":
        """One that knows the words of an index."""
        written = {word for text in index.store.texts() for word in _WORD.findall(text) if word.islower()}
        names = {word.lower() for drug in index.lexicon.drugs for name in drug.all_names() for word in _WORD.findall(name)}
        return cls(written, names)

    def scrub(self, question: str) -> str:
        """The question, each word that is not known replaced by one sign."""
        kept, opens = [], True
        for token in question.split():
            kept.append(self._known(token, opens))
            opens = token.endswith(_ENDS)
        return re.sub(rf"{re.escape(GONE)}(?: {re.escape(GONE)})+", GONE, " ".join(kept))

    def _known(self, token: str, opens: bool) -> str:
        match = _EDGES.match(token)
        word, after = match.groups() if match else ("", "")
        parts = filter(None, re.split("[-/]", word))
        if _PLAIN.fullmatch(token) and all(self._is_harmless(part, opens) for part in parts):
            return token
        return f"{GONE}{after if after in (*_ENDS, ',') else ''}"

    def _is_harmless(self, word: str, opens: bool) -> bool:
        """Whether nobody is named by a word, which may open a sentence."""
        lowered = word.lower()
        return lowered in self._names or (lowered in self._words and (opens or word == lowered))
