"""Rules on helplines: numbers come from the one table, which a person tries out."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from indexer.check.corpus import Corpus
from indexer.check.finding import Finding
from indexer.corpus_tables import HELPLINE

_PHONE = re.compile(
    r"(?<![\w.,-])(?!\d{4}-\d\d-\d\d\b|\d\d?\.\d\d?\.\d{4}\b)"  # no date
    r"(?=(?:\D{0,2}\d){7})\+?\(?\d{1,4}\)?(?:[ .-]\(?\d{2,4}\)?){2,}(?![\w%])"  # 0800 111 222, (800) 555-0199
    r"|\b(?:1-)?\d{3}-\d{3}-\d{4}\b|\b\d{3}-\d{4}\b|\b1-\d{3}-[A-Z]{4,}\b"
)
_PLACEHOLDER = re.compile(r"\{[^}]*\}*|\(helpline:[^)]*\)?", re.IGNORECASE)
_COUNTED = "people|deaths|patients|cases|adults|women|men|samples|pills|visits"  # what a number before them counts
_WITH_COUNTRY_CODE = 11  # digits of a North American number that begins with 1
_SHORT = 3  # digits of an emergency number, which stand together or all apart ("9-1-1"): 1-12 is none
_FEW = 3


def check_helpline_numbers(corpus: Corpus) -> Iterator[Finding]:
    """No number is typed into a document, not even 911, and every {helpline:id} is in the table."""
    table = corpus.tables.helplines
    owners = {_digits(number): name for name, line in reversed(list(table.items())) for number in (line.phone, line.sms) if number}
    numbers = "|".join(map(_spelt, sorted(owners, key=len, reverse=True)))
    typed = re.compile(rf"(?<![\w$.,-])(?:{numbers or '(?!)'}|nine[- ]one[- ]one)(?![\w%]|-\d|[.,]\d| (?:{_COUNTED})\b)", re.IGNORECASE)
    for written in corpus.shown():
        for name in HELPLINE.findall(written.text):
            if name not in table:
                yield written.found("helpline", f"{{helpline:{name}}} is not in helplines.toml; add it there, or name one that is")
        bare = HELPLINE.sub(" ", written.text)
        if match := _PLACEHOLDER.search(bare):
            yield written.found("helpline", f"{match[0]!r} is no placeholder; write {{helpline:id}}, with an id of helplines.toml")
        if match := typed.search(bare) or _PHONE.search(bare):
            digits = _digits(match[0])
            owner = owners.get(digits) or owners.get(f"1{digits}")
            instead = f"write {{helpline:{owner}}}" if owner else "add the line to helplines.toml, and write {helpline:id}"
            yield written.found("helpline", f"the number {match[0]} is typed out; {instead}")


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)


def _spelt(digits: str) -> str:
    """A pattern for a number, however its digits are set apart."""
    if len(digits) <= _SHORT:
        return f"{digits}|{'-'.join(digits)}|{' '.join(digits)}"
    national = digits.removeprefix("1") if len(digits) == _WITH_COUNTRY_CODE else digits
    return ("" if national == digits else r"(?:1[ .()-]{0,2})?") + r"[ .()-]{0,2}".join(national)


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
