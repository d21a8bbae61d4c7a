"""Ways to ask that work without JavaScript. Questions are posted, so none ever stands in an address."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from bot.conversation import LONGEST_QUESTION

# Those of the helpline table. For any other the table has the international directory.
_COUNTRIES = {
    "US": "United States",
    "AU": "Australia",
    "CA": "Canada",
    "GB": "United Kingdom",
    "IE": "Ireland",
    "NZ": "New Zealand",
    "ZZ": "Another country",
}
_FORGETS = "Please leave out names. Questions are not kept."
_KEEPS = "Please leave out names. This site keeps questions for a while, without names and numbers."


@dataclass(frozen=True, slots=True)
class Reader:
    """What forms know of whoever reads the page: their country, and whether the site keeps what they ask."""

    country: str | None = None
    is_kept: bool = False


def ask_form(label: str, question: str = "", reader: Reader | None = None) -> str:
    """A place to write a question; `question` stands in it already."""
    reader = reader or Reader()
    # The first line break in a textarea is left out by browsers: with one put there, those of the question stay.
    return (
        f'<form class="ask" method="post" action="/ask"><label for="question">{escape(label)}</label>'
        f'<textarea id="question" name="question" maxlength="{LONGEST_QUESTION}" required aria-describedby="hint">'
        f"\n{escape(question)}</textarea>"
        f'<p id="hint">{_KEEPS if reader.is_kept else _FORGETS}</p>{_countries(reader.country)}<button>Ask</button></form>'
    )


def suggestion_buttons(suggestions: Sequence[str], reader: Reader) -> str:
    """Questions that can be asked by a click."""
    buttons = "".join(f'<li><button name="question" value="{escape(text)}">{escape(text)}</button></li>' for text in suggestions)
    country = f'<input type="hidden" name="country" value="{escape(reader.country)}">' if reader.country else ""
    return f'<form method="post" action="/ask">{country}<ul class="next">{buttons}</ul></form>'


def _countries(chosen: str | None) -> str:
    """Whose helplines are shown."""
    code = (chosen or "US").upper()
    known = code if code in _COUNTRIES else "ZZ"
    options = "".join(f'<option value="{of}"{" selected" if of == known else ""}>{name}</option>' for of, name in _COUNTRIES.items())
    return f'<p class="country"><label for="country">Helplines of</label> <select id="country" name="country">{options}</select></p>'
