"""Rules on links: those to other documents and sections lead somewhere, those elsewhere are sources."""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from indexer.check.corpus import Corpus
from indexer.check.finding import Finding
from indexer.check.manuscripts import WrittenDocument

_LINK = re.compile(
    r"(?<!!)\[[^\]^][^\]]*\]\(\s*<?([^)\s>]*)>?[^)]*\)"  # [words](target)
    r"|^ {0,3}\[[^\]^][^\]]*\]:\s*<?([^\s>]+)"  # [words]: target
    r"|<a\b[^>]*\bhref\s*=\s*[\"']?([^\"'\s>]+)"
    r"|(?<![\w:(\"'<])<?((?:https?://|www\.)[^>\s)]+)",
    re.IGNORECASE,
)


def check_links(corpus: Corpus) -> Iterator[Finding]:
    """Every link in a document leads to a document or section that is there."""
    anchors = {document.id: {section.id for section in document.sections} for document in corpus.documents}
    for document in corpus.documents:
        for number, line in enumerate(document.lines[document.matter_end :], document.matter_end + 1):
            for target in ("".join(groups) for groups in _LINK.findall(line)):
                if wrong := _problem(target, document, anchors):
                    yield Finding(document.file, number, wrong, "link")


def _problem(target: str, document: WrittenDocument, anchors: Mapping[str, set[str]]) -> str | None:
    if "://" in target or target.startswith(("mailto:", "www.")):
        return f"the link to {target} leads elsewhere; make it a source, and cite that in a footnote"
    path, _, anchor = target.partition("#")
    name = PurePosixPath(path).name.removesuffix(".md") or document.id
    if name not in anchors:
        return f"the link {target!r} leads to no document; name one by its id"
    if anchor and anchor not in anchors[name]:
        return f"the link {target!r} leads to no section of {name}; its sections are {', '.join(sorted(anchors[name]))}"
    return None
