"""Ways to ask that work without JavaScript. Questions are posted, so none ever stands in an address."""

from collections.abc import Sequence
from html import escape

LONGEST_QUESTION = 1_000


def ask_form(label: str, question: str = "") -> str:
    """A place to write a question; `question` stands in it already."""
    # The first line break in a textarea is left out by browsers: with one put there, those of the question stay.
    return (
        f'<form class="ask" method="post" action="/ask"><label for="question">{escape(label)}</label>'
        f'<textarea id="question" name="question" maxlength="{LONGEST_QUESTION}" required aria-describedby="hint">'
        f"\n{escape(question)}</textarea>"
        '<p id="hint">Please leave out names. Questions are not kept.</p><button>Ask</button></form>'
    )


def suggestion_buttons(suggestions: Sequence[str]) -> str:
    """Questions that can be asked by a click."""
    buttons = "".join(f'<li><button name="question" value="{escape(text)}">{escape(text)}</button></li>' for text in suggestions)
    return f'<form method="post" action="/ask"><ul class="next">{buttons}</ul></form>'
