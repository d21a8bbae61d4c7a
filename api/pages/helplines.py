"""Helplines as links that dial or text: large ones where every second counts, and a list with all that is known of each."""

from collections.abc import Sequence
from html import escape

from api.pages.links import dialled, outward
from bot.answer import Resource


def call_buttons(resources: Sequence[Resource]) -> str:
    """The large links of a card for danger."""
    entries = "".join(f'<li>{escape(line.name)}<div class="ways">{_ways(line, "call")}</div></li>' for line in resources)
    return f'<ul class="calls">{entries}</ul>' if entries else ""


def help_section(resources: Sequence[Resource]) -> str:
    """Every line with when it is open, what it is for and its website."""
    entries = "".join(_entry(line) for line in resources)
    return f'<section aria-labelledby="help"><h2 id="help">Help</h2><ul class="lines">{entries}</ul></section>' if entries else ""


def _entry(line: Resource) -> str:
    website = _website(line) if line.phone or line.sms else ""
    about = " ".join(part for part in (f"Hours: {line.hours}." if line.hours else "", line.note) if part)
    return (
        f"<li><strong>{escape(line.name)}</strong> ({escape(line.country)})<p>{_ways(line)}{website}</p>"
        f'<p class="about">{escape(about)}</p></li>'
    )


def _ways(line: Resource, looks: str = "") -> str:
    """Calling and texting, as far as a line has them, or its website."""
    whose = f'<span class="unseen"> {escape(line.name)}</span>'
    shown = f' class="{looks}"' if looks else ""
    ways = []
    if line.phone:
        ways.append(f'<a{shown} href="{dialled("tel", line.phone)}">Call {_number(line.phone)}{whose}</a>')
    if line.sms:
        what = f"Text {escape(line.sms_body)} to" if line.sms_body else "Text"
        ways.append(f'<a{shown} href="{dialled("sms", line.sms)}">{what} {_number(line.sms)}{whose}</a>')
    return "".join(ways) or _website(line, looks)


def _number(number: str) -> str:
    return f'<span class="number">{escape(number)}</span>'


def _website(line: Resource, looks: str = "") -> str:
    return outward(line.url, "Website", f" of {line.name}", looks)
