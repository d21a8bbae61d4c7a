"""Rules on sources: every sentence has one, every one named is known, complete and used."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import zip_longest

from indexer.check.corpus import Corpus
from indexer.check.finding import Finding
from indexer.readers.markdown import MARK

_ADDRESS = re.compile(r"https://\S+\.\S+|/[\w/-]*")  # a page of this service begins with a slash
_LONGEST = 70  # signs of a sentence that a message shows


def check_footnotes(corpus: Corpus) -> Iterator[Finding]:
    """Every sentence, list item and table row has a footnote, and every footnote a source."""
    for document in corpus.documents:
        for section in document.sections:
            for sentence, following in zip_longest(section.sentences, section.sentences[1:]):
                leads_in = sentence.text.endswith(":") and following is not None and following.kind == "item"  # the items have their own
                if not sentence.labels and not leads_in and not sentence.text.endswith("?"):  # a question is never quoted
                    yield sentence.found("footnote", f"no footnote behind {_shown(sentence.text)}; add [^SOURCE] after it, or leave it out")
            for written in (section.heading, *section.sentences):
                for label in dict.fromkeys(written.labels):
                    if label not in corpus.tables.sources and label not in document.definitions:
                        message = f"the footnote [^{label}] names no source; add it to sources.toml, or name one that is there"
                        yield written.found("source", message)


def check_sources(corpus: Corpus, today: date) -> Iterator[Finding]:
    """Every source in the table is used, and says who published it and where it can be read."""
    used = {label for document in corpus.documents for line in document.lines for label in MARK.findall(line)}
    used |= {word for document in corpus.documents for text in document.definitions.values() for word in re.findall(r"[\w-]+", text)}
    for name, source in corpus.tables.sources.items():
        lacking = [key for key in ("title", "publisher") if not (getattr(source, key) or "").strip()]
        lacking += [] if _ADDRESS.fullmatch(source.url or "") else ["https address"]
        if name not in used:
            yield corpus.in_table("sources.toml", f"[{name}]", "source", f"no document uses the source {name}; cite it, or remove it")
        if lacking:
            message = f"the source {name} has no {' and no '.join(lacking)}; add it, so that a reader can look it up"
            yield corpus.in_table("sources.toml", f"[{name}]", "source", message)
        elif source.year is not None and source.year > today.year:
            message = f"the source {name} is of {source.year}, which is yet to come; mend the year"
            yield corpus.in_table("sources.toml", f"[{name}]", "source", message)
        elif source.year is None:
            message = f"the source {name} has no year; add it where it has one"
            yield corpus.in_table("sources.toml", f"[{name}]", "source", message, "warning")


def _shown(text: str) -> str:
    return repr(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3].rstrip()}...")
