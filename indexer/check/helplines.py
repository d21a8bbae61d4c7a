"""Rules on helplines: numbers come from the one table, which a person tries out."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from indexer.check.corpus import Corpus
from indexer.check.finding import Finding
from indexer.corpus_tables import HELPLINE

_PHONE = re.compile(
    r"(?<![\w.,-])\+?\(?\d{1,4}\)?(?:[ .-]\(?\d{2,4}\)?){2,}(?![\w%])"  # 0800 111 222, (800) 555-0199
    r"|\b(?:1-)?\d{3}-\d{3}-\d{4}\b|\b\d{3}-\d{4}\b"
)
_FEW = 3


def check_helpline_numbers(corpus: Corpus) -> Iterator[Finding]:
    """No number is typed into a document, not even 911, and every {helpline:id} is in the table."""
    table = corpus.tables.helplines
    owners = {number: name for name, line in reversed(list(table.items())) for number in (line.phone, line.sms) if number}
    numbers = "|".join(map(re.escape, sorted(owners, key=len, reverse=True)))
    typed = re.compile(rf"(?<![\w$.,-])(?:{numbers or '(?!)'})(?![\w%-]|[.,]\d)")
    for written in (*(section.heading for section in corpus.sections()), *corpus.sentences()):
        for name in HELPLINE.findall(written.text):
            if name not in table:
                yield written.found("helpline", f"{{helpline:{name}}} is not in helplines.toml; add it there, or name one that is")
        bare = HELPLINE.sub(" ", written.text)
        if match := typed.search(bare) or _PHONE.search(bare):
            owner = owners.get(match[0])
            instead = f"write {{helpline:{owner}}}" if owner else "add the line to helplines.toml, and write {helpline:id}"
            yield written.found("helpline", f"the number {match[0]} is typed out; {instead}")


def check_helpline_table(corpus: Corpus, today: date, *, release: bool) -> Iterator[Finding]:
    """Every line has an address to look it up, and was tried by a person not long ago (an error, line by line, before a release)."""
    limit = timedelta(days=corpus.style.limits.helpline_days)
    untried: list[str] = []
    for name, helpline in corpus.tables.helplines.items():
        if not helpline.url.startswith("https://"):
            message = f"the helpline {name} has no https address; add the page it can be looked up on"
            yield corpus.in_table("helplines.toml", f"[{name}]", "helpline", message)
        if helpline.checked and today - helpline.checked <= limit:
            continue
        untried.append(name)
        if release:
            last = f"was last tried on {helpline.checked}" if helpline.checked else "was never tried"
            message = f"the helpline {name} {last}, and {limit.days} days is the limit; try it, then set `checked` to that day"
            yield corpus.in_table("helplines.toml", f"[{name}]", "helpline", message)
    if untried and not release:
        few = ", ".join(untried[:_FEW]) + (", ..." if len(untried) > _FEW else "")
        message = f"not tried within {limit.days} days: {len(untried)} helplines ({few}); try them before a release, then set `checked`"
        yield corpus.in_table("helplines.toml", "", "helpline", message, "warning")
