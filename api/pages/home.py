"""The first page: what Citewell is, the chat at work, how it answers and how well, how to embed it, and what it stands on."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from api.pages.corpus_list import documents_section
from api.pages.embedding import embedding_section
from api.pages.evaluation import evaluation_section
from api.pages.form import Reader, ask_form, suggestion_buttons
from api.pages.frame import page
from api.schemas import DocumentEntry
from bot.calibration import CalibrationFile
from bot.safety import Safety

_CHAT = "/widget/citewell-chat.js"
_EXAMPLES = ("Can ketamine damage the bladder?", "Does Narcan work on Xanax?", "What are the signs of an opioid overdose?")

_OPENING = (
    '<div class="words"><h1>Answers on ketamine, opioids and Xanax that <mark>you can check</mark></h1>'
    '<p class="lead">Citewell looks for danger first. It answers with sentences quoted from reviewed documents, and shows the source of '
    "each one. When they hold no answer, it says so.</p></div>"
)
# Behind the chat, so that on a telephone nothing but a few words stands before it.
_ONWARDS = (
    '<p class="onwards"><a class="onward" href="#embedding">Put it on your site</a> '
    '<a class="onward" href="#evaluation">How well it answers</a></p>'
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a server can say of itself: its calibration and report, how long it keeps questions if it does, whether it counts topics."""

    calibration: CalibrationFile | None = None
    has_report: bool = False
    retention_days: int = 30
    counts_topics: bool = True


def home_page(documents: Sequence[DocumentEntry], safety: Safety, reader: Reader | None = None, standing: Standing | None = None) -> str:
    """The whole page. Without its script it has a form in place of the chat. Send it with HOME_HEADERS."""
    reader, standing = reader or Reader(), standing or Standing()
    return page(
        "Citewell",
        f'<div class="opening">{_OPENING}{_chat(reader)}{_ONWARDS}{_how(safety)}</div>'
        f"{_privacy(reader, standing)}{evaluation_section(standing.calibration, has_report=standing.has_report)}"
        f"{embedding_section()}{documents_section(documents, safety)}",
        safety,
        module=_CHAT,
        is_wide=True,
    )


def _chat(reader: Reader) -> str:
    """The chat; within it, what shows where its script does not run."""
    return (
        f'<div class="chat"><citewell-chat position="inline" heading="Ask a question" examples="{escape("|".join(_EXAMPLES))}">'
        f'{ask_form("Your question", "", reader)}<p class="about">Or ask one of these:</p>{suggestion_buttons(_EXAMPLES, reader)}'
        "</citewell-chat></div>"
    )


def _how(safety: Safety) -> str:
    points = {
        "Danger first": "Each message is looked at for danger: an overdose, thoughts of suicide, a child who swallowed a pill. "
        "If there is any, what to do and whom to call comes before all else.",
        "Quoted, never written": "Each sentence of an answer is copied word for word from a document. Its number leads to the place where "
        "it stands. No AI writes the words.",
        "It knows when to stop": f"Where the documents hold no answer, it says: “{escape(safety.wording.abstained)}” "
        "Then it offers the nearest questions that it can answer.",
    }
    listed = "".join(f"<li><h3>{title}</h3><p>{words}</p></li>" for title, words in points.items())
    return f'<section class="how" aria-labelledby="how"><h2 id="how">How it works</h2><ol>{listed}</ol></section>'


def _privacy(reader: Reader, standing: Standing) -> str:
    counted = " What is counted is how often a topic comes up in a month, without any words." if standing.counts_topics else ""
    points = (
        _keeping(reader, standing) + counted,
        "This page asks no other server for anything. It has no ads and no tracking.",
        "Nobody watches the chat, and it is not a clinician. It shares general information, and no doses.",
    )
    listed = "".join(f"<li>{words}</li>" for words in points)
    return (
        '<section class="part" aria-labelledby="privacy"><div><h2 id="privacy">What happens to your question</h2></div>'
        f'<ul class="points">{listed}</ul></section>'
    )


def _keeping(reader: Reader, standing: Standing) -> str:
    if not reader.is_kept:
        return "<strong>Questions are not kept.</strong> None is written to a log, a count or a rating."
    days = f"{standing.retention_days} days" if standing.retention_days > 1 else "a day"
    return (
        f"<strong>This site keeps questions for {days}</strong>, without names and numbers. What somebody in danger writes is never kept."
    )
