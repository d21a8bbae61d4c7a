"""Answers as pages: danger before everything, every sentence with its source, the question never lost."""

import re
from typing import Any

import pytest

from api.pages import answer_page, problem_page
from bot.answer import AnswerSentence, DrugMention, Interpretation, Notice
from indexer.documents import Source
from tests.api.pages.sample_pages import SAFETY, answer, citation, crisis, resource
from tests.api.pages.seen_page import body, seen

MARK = '<a href="#citation-{0}" aria-label="source {0}">[{0}]</a>'
QUESTION = "are xans ketamine"


def main(**changes: Any) -> str:
    return body(answer_page(answer(**changes), QUESTION, SAFETY))


def test_each_sentence_leads_to_its_citations() -> None:
    page = main()
    one, two = MARK.format(1), MARK.format(2)
    assert f'<div class="answer"><p>Quote 1.&nbsp;<sup>{one}</sup></p><p>Quote 2.&nbsp;<sup>{one}{two}</sup></p></div>' in page
    assert f'<p class="notice">Talk with a pharmacist.&nbsp;<sup>{two}</sup></p>' in page
    links = {link.removeprefix("#") for link in seen(page).links if link.startswith("#")}
    assert links == {"citation-1", "citation-2"} <= set(seen(page).ids)


def test_a_citation_has_its_place_its_words_its_sources_and_its_review() -> None:
    assert (
        '<li id="citation-1"><p><strong>1</strong> <a href="/documents/tea#how-is-tea-made:~:text=Quote">Tea › How is tea made?</a></p>'
        "<blockquote>Quote 1.</blockquote><p>It rests on:</p>"
        '<ul><li><a href="https://tea.example/book" rel="noreferrer">The book of tea</a>. Tea board, 2020</li></ul>'
        '<p class="about">Reviewed 2026-01-15. Not yet clinician-reviewed.</p></li>'
    ) in main()


def test_a_citation_names_its_clinician_and_its_page() -> None:
    page = main(citations=(citation(1, reviewed=None, reviewed_by="A. Smith, MD", page=3, sources=()),))
    assert "Tea › How is tea made?</a>, page 3</p><blockquote>Quote 1.</blockquote>" in page
    assert '<p class="about">No review date. Reviewed by A. Smith, MD.</p></li>' in page


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "//evil.example", "/\\evil.example", ""]
)
def test_an_address_that_is_not_of_the_web_becomes_no_link(address: str) -> None:
    source = Source("S", "A book", url=address)
    line = resource("us-findtreatment")
    page = main(citations=(citation(1, url=address, sources=(source,)),), resources=(type(line)(**(line.to_dict() | {"url": address})),))
    assert {link for link in seen(page).links if not link.startswith("#")} == set()
    assert "<strong>1</strong> Tea › How is tea made?</p>" in page
    assert "<li>A book. </li>" in page


def test_a_citation_of_another_site_says_nothing_of_where_the_reader_was() -> None:
    page = main(citations=(citation(1, url="https://moon.example/#:~:text=a"),))
    assert '<a href="https://moon.example/#:~:text=a" rel="noreferrer">' in page


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        (1.0, "Very likely right."),
        (0.9, "Very likely right."),
        (0.8999, "Probably right. Please read the sources."),
        (0.75, "Probably right. Please read the sources."),
        (0.7499, "May be wrong or incomplete. Please read the sources before you rely on it."),
    ],
)
def test_confidence_is_told_in_words(confidence: float, words: str) -> None:
    assert f"<dt>How sure</dt><dd>{words}</dd>" in main(confidence=confidence)


@pytest.mark.parametrize(("status", "confidence"), [("abstained", 0.4), ("declined", None), ("clarify", None), ("answered", None)])
def test_where_nothing_was_answered_nothing_is_said_of_confidence(status: str, confidence: float | None) -> None:
    assert "How sure" not in main(status=status, confidence=confidence)


def test_names_are_shown_as_they_were_understood() -> None:
    drugs = [("xans", "alprazolam"), ("Ketamine", "ketamine"), ("xans", "alprazolam")]
    page = main(interpretation=Interpretation(QUESTION, tuple(DrugMention(*names, "kind") for names in drugs)))
    assert "<dt>Understood as</dt><dd>xans → alprazolam, ketamine</dd>" in page


def test_an_answer_that_named_no_drug_says_nothing_of_names() -> None:
    assert '<dl class="facts">' not in main(interpretation=Interpretation(QUESTION), confidence=None)


def test_a_suggestion_is_a_button_that_posts_it() -> None:
    assert (
        '<h2 id="next">You can also ask</h2><form method="post" action="/ask"><ul class="next">'
        '<li><button name="question" value="Is tea old?">Is tea old?</button></li>'
        '<li><button name="question" value="Is tea hot?">Is tea hot?</button></li></ul></form>'
    ) in main()


def test_where_one_of_several_is_meant_the_choices_come_right_after_the_question_back() -> None:
    page = main(status="clarify", sentences=(AnswerSentence("Which one do you mean?"),), citations=())
    assert '<p>Which one do you mean?</p></div><section aria-labelledby="next"><h2 id="next">Choose one</h2>' in page


def test_a_line_to_call_can_be_dialled_and_says_when_it_is_open() -> None:
    page = main(resources=(resource("us-samhsa"),))
    whose = '<span class="unseen"> SAMHSA National Helpline</span>'
    assert (
        "<li><strong>SAMHSA National Helpline</strong> (US)<p>"
        f'<a href="tel:18006624357">Call <span class="number">1-800-662-4357</span>{whose}</a>'
        f'<a href="sms:435748">Text your ZIP code to <span class="number">435748</span>{whose}</a>'
    ) in page
    assert '<p class="about">Hours: 24/7. Free referrals, not counseling.' in page


def test_a_line_without_a_number_is_its_website() -> None:
    line = resource("us-findtreatment")
    page = main(resources=(line,))
    assert f'<p><a href="{line.url}" rel="noreferrer">Website<span class="unseen"> of {line.name}</span></a></p>' in page


def test_a_card_for_danger_stands_before_everything_else() -> None:
    page = answer_page(crisis(), "he is not breathing", SAFETY)
    whose = '<span class="unseen"> Emergency services</span>'
    assert page.partition("<body>")[2].startswith(
        '<main><section class="danger" aria-labelledby="now"><h1 id="now">Call 911 now.</h1>'
        '<ul class="calls"><li>Emergency services<div class="ways">'
        f'<a class="call" href="tel:911">Call <span class="number">911</span>{whose}</a>'
        f'<a class="call" href="sms:911">Text <span class="number">911</span>{whose}</a></div></li>'
    )
    assert f'<ul class="steps"><li>Give naloxone.&nbsp;<sup>{MARK.format(1)}</sup></li></ul></section>' in page
    assert page.index("he is not breathing") > page.index("</section>")
    assert page.count("he is not breathing") == 1


def test_a_card_for_danger_has_a_large_link_for_every_line() -> None:
    lines = tuple(resource(name) for name in ("us-988", "us-911", "us-poison", "us-findtreatment"))
    card = body(answer_page(crisis(resources=lines), "", SAFETY)).partition("</section>")[0]
    large = re.findall(r'<a class="call" href="([^"]+)"', card)
    assert large == ["tel:988", "sms:988", "tel:911", "sms:911", "tel:18002221222", "https://findtreatment.gov"]


def test_a_card_without_lines_or_steps_is_its_first_sentence() -> None:
    page = body(answer_page(crisis(sentences=(AnswerSentence("Call now."),), resources=(), notices=(), citations=()), "", SAFETY))
    assert page.startswith('<section class="danger" aria-labelledby="now"><h1 id="now">Call now.</h1></section><form class="ask"')


def test_what_is_urgent_stands_before_the_answer_with_large_links() -> None:
    lines = tuple(resource(name) for name in ("us-911", "us-poison", "us-988"))
    page = main(notices=(Notice("medical", "Ask a pharmacist."), Notice("urgent", "Call 911 first.")), resources=lines)
    assert page.startswith('<section class="danger" aria-label="Urgent"><p>Call 911 first.</p><ul class="calls">')
    assert re.findall(r'<a class="call" href="([^"]+)"', page) == ["tel:911", "sms:911", "tel:18002221222"]
    assert page.index("</section>") < page.index("<h1>Answer</h1>") < page.index("Ask a pharmacist.")


@pytest.mark.parametrize(("names", "looks"), [(["us-samhsa"], "danger calm"), (["us-samhsa", "us-911"], "danger"), ([], "danger")])
def test_where_to_begin_with_treatment_is_said_calmly(names: list[str], looks: str) -> None:
    page = main(notices=(Notice("urgent", "You can start here."),), resources=tuple(resource(name) for name in names))
    assert page.startswith(f'<section class="{looks}" aria-label="Urgent"><p>You can start here.</p>')


def test_without_urgency_the_answer_comes_first() -> None:
    assert main().startswith(f'<h1>Answer</h1><p class="asked">You asked: {QUESTION}</p>')


@pytest.mark.parametrize(
    ("status", "title"),
    [("answered", "Answer"), ("declined", "Answer"), ("abstained", "No reviewed answer"), ("clarify", "One question back")],
)
def test_the_title_says_what_kind_of_answer_it_is(status: str, title: str) -> None:
    assert seen(answer_page(answer(status=status), QUESTION, SAFETY)).words["h1"] == [title]


@pytest.mark.parametrize("question", ["a", "\na\n", "<b>&amp;</textarea>", "  two\n\nlines"])
def test_the_question_stands_in_the_form_again_as_it_was(question: str) -> None:
    for page in (answer_page(answer(), question, SAFETY), problem_page("Busy", "Please wait.", question, (), SAFETY)):
        # A browser leaves out the line break that a textarea begins with.
        assert seen(page).words["textarea"] == [f"\n{question}"]


def test_a_problem_says_what_it_is_keeps_the_question_and_names_who_can_help() -> None:
    page = body(problem_page("Too many <questions>", "Wait <5> minutes.", "is tea old", (resource("us-988"),), SAFETY))
    assert page.startswith(
        "<h1>Too many &lt;questions&gt;</h1><p>Wait &lt;5&gt; minutes.</p><p>Your question is still here, so you can ask it again.</p>"
    )
    assert "\nis tea old</textarea>" in page
    assert '<a href="tel:988">' in page


def test_a_problem_without_a_question_keeps_none() -> None:
    page = body(problem_page("Busy", "Please wait.", " ", (), SAFETY))
    assert page.startswith('<h1>Busy</h1><p>Please wait.</p><form class="ask"')
    assert "<h2>Help" not in page
