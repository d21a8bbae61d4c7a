"""A whole answer as a page without JavaScript, and a refusal that keeps the question."""

from collections.abc import Sequence
from html import escape

from api.pages.citations import citation_marks, citations_section
from api.pages.form import Reader, ask_form, suggestion_buttons
from api.pages.frame import page
from api.pages.helplines import call_buttons, help_section
from bot.answer import Answer, AnswerSentence, Notice, Resource
from bot.safety import Safety

_URGENT_LINES = 2  # large links beside an urgent notice; the other lines stand under Help
_ALARMS = frozenset({"emergency", "crisis", "poison", "violence", "using-alone"})
_VERY_LIKELY, _LIKELY = 0.9, 0.75
_TITLES = {"abstained": "No reviewed answer", "clarify": "One question back"}


def answer_page(answer: Answer, question: str, safety: Safety, reader: Reader | None = None) -> str:
    """All of an answer: what is urgent, the sentences with their marks, their sources, lines to call, what to ask next."""
    reader = reader or Reader()
    if answer.status == "crisis":
        body = _card(answer) + _beside(answer, safety)
    elif answer.status == "clarify":
        body = _urgent(answer) + _said(answer, question) + _suggested("Choose one", answer, reader) + _beside(answer, safety)
    else:
        body = _urgent(answer) + _said(answer, question) + _beside(answer, safety) + _suggested("You can also ask", answer, reader)
    return page(
        "Help now - Citewell" if answer.status == "crisis" else "Answer - Citewell",
        body + ask_form("Ask another question", question, reader),
        safety,
        opens_with_helplines=answer.status != "crisis",
    )


def problem_page(
    title: str, detail: str, question: str, resources: Sequence[Resource], safety: Safety, reader: Reader | None = None
) -> str:
    """Why there is no answer now, with the question still in the form."""
    kept = "<p>Your question is still here, so you can ask it again.</p>" if question.strip() else ""
    return page(
        f"{title} - Citewell",
        f"<h1>{escape(title)}</h1><p>{escape(detail)}</p>{kept}{ask_form('Your question', question, reader)}{help_section(resources)}",
        safety,
    )


def _card(answer: Answer) -> str:
    """What to do and whom to call, before everything else on the page."""
    first, *then = answer.sentences
    steps = "".join(f"<li>{_sentence(sentence)}</li>" for sentence in then)
    listed = f'<ul class="steps">{steps}</ul>' if steps else ""
    urgent = "".join(f"<p>{_notice(notice)}</p>" for notice in answer.notices if notice.kind == "urgent")
    return (
        f'<section class="danger" aria-labelledby="now"><h1 id="now">{_sentence(first)}</h1>'
        f"{call_buttons(answer.resources)}{listed}{urgent}</section>"
    )


def _urgent(answer: Answer) -> str:
    said = "".join(f"<p>{_notice(notice)}</p>" for notice in answer.notices if notice.kind == "urgent")
    lines = answer.resources[:_URGENT_LINES]
    # Where to begin with treatment is no alarm.
    calm = " calm" if lines and all(_ALARMS.isdisjoint(line.purpose) for line in lines) else ""
    return f'<section class="danger{calm}" aria-label="Urgent">{said}{call_buttons(lines)}</section>' if said else ""


def _said(answer: Answer, question: str) -> str:
    sentences = "".join(f"<p>{_sentence(sentence)}</p>" for sentence in answer.sentences)
    title = _TITLES.get(answer.status, "Answer")
    return f'<h1>{title}</h1><p class="asked">You asked: {escape(question)}</p><div class="answer">{sentences}</div>'


def _beside(answer: Answer, safety: Safety) -> str:
    return _notices(answer) + _facts(answer) + citations_section(answer.citations, safety) + help_section(answer.resources)


def _suggested(title: str, answer: Answer, reader: Reader) -> str:
    buttons = suggestion_buttons(answer.suggestions, reader) if answer.suggestions else ""
    return f'<section aria-labelledby="next"><h2 id="next">{title}</h2>{buttons}</section>' if buttons else ""


def _sentence(sentence: AnswerSentence) -> str:
    return escape(sentence.text) + citation_marks(sentence.citation_ids)


def _notice(notice: Notice) -> str:
    return escape(notice.text) + citation_marks(notice.citation_ids)


def _notices(answer: Answer) -> str:
    return "".join(f'<p class="notice">{_notice(notice)}</p>' for notice in answer.notices if notice.kind != "urgent")


def _facts(answer: Answer) -> str:
    """What was understood, and how sure the answer is."""
    named = [
        drug.name if drug.surface.casefold() == drug.name.casefold() else f"{drug.surface} → {drug.name}"
        for drug in answer.interpretation.drugs
    ]
    told = [("Understood as", ", ".join(dict.fromkeys(named))), ("How sure", _sureness(answer))]
    facts = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in told if value)
    return f'<dl class="facts">{facts}</dl>' if facts else ""


def _sureness(answer: Answer) -> str:
    """The probability in words. For an answer that was not given there are none: it would read as doubt about saying so."""
    if answer.status != "answered" or answer.confidence is None:
        return ""
    if answer.confidence >= _VERY_LIKELY:
        return "Very likely right."
    if answer.confidence >= _LIKELY:
        return "Probably right. Please read the sources."
    return "May be wrong or incomplete. Please read the sources before you rely on it."
