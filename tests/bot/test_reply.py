"""Replies over the shipped corpus: sides of comparisons, combinations, gaps, claims, and what is wanted of an answer given before."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations
from math import log
from zlib import crc32

import numpy as np
import pytest

from bot.abstention import NOTHING_FOUND, Calibration
from bot.answer import DrugMention
from bot.conversation import Turn
from bot.extractive import ChosenSentence
from bot.finder import Finder, Found
from bot.fit import Fit
from bot.pipeline import Bot
from bot.question import Asked
from bot.reply import Replier, Reply
from bot.retriever import Query, Ranking
from indexer.documents import Section
from indexer.store import StoredDocument, StoredPassage, StoredSentence

pytestmark = pytest.mark.model

TODAY = date(2026, 11, 23)
NO_DANGER = "which does not mean that there is no danger."


def reply_to(bot: Bot, question: str, turns: Sequence[Turn] = ()) -> Reply:
    (reply,) = bot.replies(question, turns)
    return reply


def quoted(reply: Reply) -> list[str]:
    return [scored.sentence.text for scored in reply.chosen]


def said_before(bot: Bot, question: str) -> tuple[Turn, Turn]:
    """A question and its answer, as turns."""
    answer = bot.answer(question, today=TODAY)
    assert answer.status == "answered"
    return Turn("user", question), Turn("assistant", answer.text)


def with_threshold(bot: Bot, threshold: float) -> Bot:
    """The bot, sure from another probability on."""
    replier = bot.usable_replier()
    return replace(bot, replier=replace(replier, model=replace(replier.model, threshold=threshold), answered={}))


def drugs_of(bot: Bot, reply: Reply) -> set[str]:
    """The drugs that the sentences of a reply, or their sections' titles, name."""
    names = bot.usable_replier().finder.names
    found: set[str] = set()
    for scored in reply.chosen:
        found |= names.in_document(f"{scored.sentence.text} {scored.passage.section.title}")
    return found


@pytest.fixture(scope="module")
def replier(bot: Bot) -> Replier:
    return bot.usable_replier()


# One question


@pytest.mark.parametrize("question", ["how do opioids work", "is ketamine an opioid", "what is xanax"])
def test_one_question_takes_one_search(bot: Bot, replier: Replier, question: str) -> None:
    reply = reply_to(bot, question)
    assert reply.searches == (reply.found,)
    assert reply.chosen == reply.found.sentences
    assert reply.confidence == round(replier.model.probability(reply.found.features), 4)
    assert reply.gaps == ()
    assert (reply.part.said, reply.asked.question) == (question, question)


def test_a_reply_is_given_from_the_threshold_on(bot: Bot) -> None:
    confidence = reply_to(bot, "how do opioids work").confidence
    assert reply_to(with_threshold(bot, confidence), "how do opioids work").chosen
    unsure = reply_to(with_threshold(bot, confidence + 0.0001), "how do opioids work")
    assert (unsure.chosen, unsure.gaps, unsure.confidence) == ((), (), confidence)


def test_without_a_sentence_nothing_is_sure(bot: Bot) -> None:
    """However low the threshold."""
    daring = with_threshold(bot, 0.0).usable_replier()
    found = daring.finder.find("how do opioids work")
    assert daring.is_sure(found)
    assert not daring.is_sure(replace(found, sentences=()))


# Several drugs


@pytest.mark.parametrize(
    ("question", "drugs", "fact"),
    [
        ("which is stronger fentanyl or morphine", {"fentanyl", "morphine"}, "fentanyl is up to about 100 times as strong as morphine"),
        ("half life of xanax vs ketamine", {"alprazolam", "ketamine"}, "2.5 hours for ketamine and about 11 hours for Xanax"),
        ("how long does xanax last compared to valium", {"alprazolam", "diazepam"}, "Valium (diazepam) stays in the body longest"),
        ("difference between ketamine and xanax", {"ketamine", "alprazolam"}, "benzodiazepine"),
        ("can i mix ketamine and xanax", {"ketamine", "alprazolam"}, "can slow breathing"),
        ("xanax and suboxone together", {"alprazolam", "buprenorphine"}, "Mixing buprenorphine with alcohol or a benzodiazepine"),
        ("xanax with ketoconazole", {"alprazolam", "ketoconazole"}, "must not be taken with Xanax"),
    ],
)
def test_what_one_passage_tells_of_both_needs_no_second_search(bot: Bot, question: str, drugs: set[str], fact: str) -> None:
    reply = reply_to(bot, question)
    assert len(reply.searches) == 1
    assert reply.gaps == ()
    assert drugs <= drugs_of(bot, reply)
    assert fact in " ".join(quoted(reply))


@pytest.mark.parametrize(
    ("question", "searched", "gap"),
    [
        ("bladder damage from ketamine vs xanax", "xanax", "I don't have a reviewed answer to this for xanax (alprazolam)."),
        ("xanax vs LSD drug test", "LSD", "I don't have a reviewed answer to this for LSD."),
        ("compare the half life of xanax and lsd", "lsd", "I don't have a reviewed answer to this for lsd."),
        ("is methadone or acid safer in pregnancy", "acid", "I don't have a reviewed answer to this for acid (LSD)."),
        ("xanax vs shrooms", "shrooms", "I don't have a reviewed answer to this for shrooms (psilocybin)."),
    ],
)
def test_a_side_without_an_answer_is_asked_for_and_named(bot: Bot, question: str, searched: str, gap: str) -> None:
    """By the user's word, and its own name where that is another."""
    reply = reply_to(bot, question)
    assert reply.gaps == (gap,)
    assert reply.chosen
    assert searched in reply.searches[-1].query.text
    answer = bot.answer(question, today=TODAY)
    assert (answer.status, answer.sentences[-1].text, answer.sentences[-1].citation_ids) == ("answered", gap, ())


def test_of_a_side_that_is_lacking_nothing_is_quoted(bot: Bot) -> None:
    assert "LSD" not in drugs_of(bot, reply_to(bot, "xanax vs LSD drug test"))
    assert "LSD" not in drugs_of(bot, reply_to(bot, "compare the half life of xanax and lsd"))


def test_sides_of_which_none_is_sure_are_no_reply(bot: Bot) -> None:
    reply = reply_to(with_threshold(bot, 1.1), "xanax vs LSD drug test")
    assert (reply.chosen, reply.gaps, len(reply.searches)) == ((), (), 1)


# Several drugs, with what is found made up


@dataclass(frozen=True, slots=True)
class ScriptedFinder(Finder):
    """Finds what it was told for the drugs of a question: how sure it is, and sentences below the titles of sections."""

    script: Mapping[str, tuple[float, Sequence[tuple[str, str]]]] = field(default_factory=dict)

    def find(self, question: str, spoken: Sequence[DrugMention] = (), said: str = "") -> Found:
        drugs = self.names.in_text(question)
        sure, told = self.script.get(" ".join(sorted(drug.name for drug in drugs)), (0.01, ()))
        nothing = np.empty(0, dtype=np.float32)
        query = Query(question, nothing, (), (), question, drugs)
        fit = Fit(Asked.in_text(question, self.names, drugs), self.names, self.facets)
        ranking = Ranking(np.empty(0, dtype=np.int64), nothing, nothing, nothing, nothing, nothing)
        sentences = tuple(chosen_of(title, text) for title, text in told)
        return Found(query, fit, ranking, (), sentences, replace(NOTHING_FOUND, key=log(sure / (1 - sure))))


def chosen_of(title: str, text: str) -> ChosenSentence:
    """A sentence that is all of its passage, known by its text."""
    stored = StoredDocument(0, "made-up", "Made up", text, None, None, None, None, None, (), ())
    sentence = StoredSentence(crc32(text.encode()), 0, len(text), "paragraph", text)
    return ChosenSentence(
        sentence, StoredPassage(0, 0, Section("made-up", title, 0, len(text)), stored, 0, len(text), title, (sentence,)), 1.0
    )


def scripted(bot: Bot, script: Mapping[str, tuple[float, Sequence[tuple[str, str]]]]) -> Bot:
    """A bot that is as sure as the script has it, and answers from 0.6 on."""
    replier = bot.usable_replier()
    finder = ScriptedFinder(replier.finder.index, replier.finder.names, replier.finder.facets, script=script)
    model = Calibration(0.0, replace(NOTHING_FOUND, key=1.0), 0.6)
    return replace(bot, replier=Replier(finder, model, replier.wording))


KRATOM = [("Kratom", "Kratom is a leaf."), ("Kratom", "Kratom can be addictive."), ("Kratom", "Kratom is sold.")]
LSD = [("LSD", "LSD is a drug."), ("LSD", "LSD is not habit forming."), ("LSD", "LSD is banned.")]
BOTH = [("Kratom and LSD", "Kratom and LSD differ.")]
COMPARED, COMBINED = "is kratom or LSD more addictive", "mixing kratom with LSD"


def texts(told: Sequence[tuple[str, str]]) -> list[str]:
    return [text for _, text in told]


@pytest.mark.parametrize("whole", [(0.3, KRATOM), (0.3, []), (0.5999, [("Opioids", "Opioids are drugs.")])])
def test_sides_that_no_passage_has_together_are_answered_one_by_one(bot: Bot, whole: tuple[float, list[tuple[str, str]]]) -> None:
    """Two sentences of each, and no surer than the less sure side."""
    reply = reply_to(scripted(bot, {"LSD kratom": whole, "kratom": (0.9, KRATOM), "LSD": (0.7, LSD)}), COMPARED)
    assert quoted(reply) == [*texts(KRATOM[:2]), *texts(LSD[:2])]
    assert (reply.confidence, len(reply.searches), reply.gaps) == (0.7, 3, ())


def test_a_side_is_added_to_an_answer_that_has_only_the_other(bot: Bot) -> None:
    reply = reply_to(scripted(bot, {"LSD kratom": (0.8, KRATOM[:2]), "LSD": (0.9, LSD)}), COMPARED)
    assert quoted(reply) == [*texts(KRATOM[:2]), *texts(LSD[:2])]
    assert (reply.confidence, reply.gaps) == (0.8, ())


@pytest.mark.parametrize("side", [(0.5999, LSD), (0.01, []), (0.9, KRATOM), (0.9, [])])
def test_a_side_is_lacking_that_is_not_sure_or_about_something_else(bot: Bot, side: tuple[float, list[tuple[str, str]]]) -> None:
    reply = reply_to(scripted(bot, {"LSD kratom": (0.8, KRATOM[:2]), "LSD": side}), COMPARED)
    assert quoted(reply) == texts(KRATOM[:2])
    assert (reply.confidence, reply.gaps) == (0.8, ("I don't have a reviewed answer to this for LSD.",))


def test_an_answer_with_both_sides_is_left_as_it_is(bot: Bot) -> None:
    for told in ([("Kratom", "Kratom is a leaf."), ("LSD", "It is a drug.")], BOTH):
        for question in (COMPARED, COMBINED) if told == BOTH else (COMPARED,):
            reply = reply_to(scripted(bot, {"LSD kratom": (0.8, told)}), question)
            assert (quoted(reply), len(reply.searches), reply.gaps) == (texts(told), 1, ())


def test_where_no_side_is_sure_there_is_no_reply(bot: Bot) -> None:
    reply = reply_to(scripted(bot, {"LSD kratom": (0.5, []), "kratom": (0.5, KRATOM), "LSD": (0.4, LSD)}), COMPARED)
    assert (reply.chosen, reply.gaps, reply.confidence) == ((), (), 0.5)


def test_two_that_are_told_of_apart_are_not_told_of_together(bot: Bot) -> None:
    """Sentences on each are quoted, and that none is on both is said."""
    gap = f"I found no reviewed statement on kratom and LSD together, {NO_DANGER}"
    apart = reply_to(scripted(bot, {"LSD kratom": (0.8, [KRATOM[0], LSD[0]])}), COMBINED)
    assert (quoted(apart), apart.gaps) == ([KRATOM[0][1], LSD[0][1]], (gap,))
    by_one = reply_to(scripted(bot, {"LSD kratom": (0.5, []), "kratom": (0.9, KRATOM), "LSD": (0.7, LSD)}), COMBINED)
    assert (quoted(by_one), by_one.gaps) == ([*texts(KRATOM[:2]), *texts(LSD[:2])], (gap,))


@pytest.mark.parametrize("whole", [(0.9, KRATOM), (0.3, KRATOM), (0.3, [])])
def test_of_a_combination_nothing_is_quoted_where_one_of_the_two_has_no_answer(
    bot: Bot, whole: tuple[float, list[tuple[str, str]]]
) -> None:
    """What is said of the other alone would pass for an answer."""
    reply = reply_to(scripted(bot, {"LSD kratom": whole, "kratom": (0.9, KRATOM), "LSD": (0.3, LSD)}), COMBINED)
    assert (quoted(reply), reply.gaps) == ([], (f"I found no reviewed statement on kratom and LSD together, {NO_DANGER}",))


# Combinations


@pytest.mark.parametrize(
    ("question", "drugs"),
    [
        ("can i mix cocaine and nitrous oxide", "cocaine and nitrous oxide"),
        ("mixing GHB and zuranolone", "GHB and zuranolone"),
        ("xanax and acid together", "xanax (alprazolam) and acid (LSD)"),
        ("can i take shrooms with ket", "shrooms (psilocybin) and ket (ketamine)"),
        ("whippets with kratom", "whippets (nitrous oxide) and kratom"),
    ],
)
def test_a_combination_that_no_document_tells_of_is_named_with_its_danger(bot: Bot, question: str, drugs: str) -> None:
    gap = f"I found no reviewed statement on {drugs} together, {NO_DANGER}"
    reply = reply_to(bot, question)
    assert (reply.chosen, reply.gaps) == ((), (gap,))
    answer = bot.answer(question, today=TODAY)
    assert answer.status == "abstained"
    assert [sentence.text for sentence in answer.sentences][:2] == ["I don't have a reviewed answer for that.", gap]
    assert answer.citations == ()


def test_what_is_told_of_each_of_two_is_not_told_of_both(bot: Bot) -> None:
    reply = reply_to(bot, "ketamine with xylazine together")
    assert reply.gaps == (f"I found no reviewed statement on ketamine and xylazine together, {NO_DANGER}",)


MIXED = [
    "ketamine",
    "xanax",
    "tramadol",
    "alcohol",
    "cocaine",
    "LSD",
    "psilocybin",
    "nitrous oxide",
    "GHB",
    "kratom",
    "xylazine",
    "spravato",
]


def test_nobody_reads_that_a_combination_is_safe_or_nothing_of_it(bot: Bot, replier: Replier) -> None:
    """Of every pair: one sentence with its title is about both or one of their kinds, or the lack of it is said."""
    names = replier.finder.names
    wording = bot.safety.wording
    told = 0
    for first, second in combinations(MIXED, 2):
        reply = reply_to(bot, f"can i mix {first} and {second}")
        assert not [gap for gap in reply.gaps if re.search("safe", gap, re.IGNORECASE)]
        drugs = reply.found.fit.asked.drugs
        together = wording.nothing_together.format(
            drugs=" and ".join(drug.surface if drug.surface == drug.name else f"{drug.surface} ({drug.name})" for drug in drugs)
        )
        assert set(reply.gaps) <= {together}, (first, second)
        about = [names.in_document(f"{scored.sentence.text} {scored.passage.section.title}") for scored in reply.chosen]
        is_told = any(all(drug.name in has or any(names.related(drug.name, other) for other in has) for drug in drugs) for has in about)
        assert is_told or not reply.chosen or reply.gaps == (together,), (first, second)
        told += is_told
    assert 10 < told < 60


def test_the_wording_of_gaps_promises_nothing(bot: Bot) -> None:
    wording = bot.safety.wording
    for line in (wording.nothing_on, wording.nothing_together, wording.part_unanswered):
        assert not re.search(r"\bsafe|\bharmless|\bfine\b", line, re.IGNORECASE)
    assert NO_DANGER in wording.nothing_together


def test_gaps_are_worded_by_the_safety_table(bot: Bot) -> None:
    replier = bot.usable_replier()
    wording = replier.wording.model_copy(update={"nothing_on": "Lacking: {drug}", "nothing_together": "Not together: {drugs}"})
    other = replace(bot, replier=replace(replier, wording=wording))
    assert reply_to(other, "xanax vs LSD drug test").gaps == ("Lacking: LSD",)
    assert reply_to(other, "can i mix cocaine and nitrous oxide").gaps == ("Not together: cocaine and nitrous oxide",)


# Claims


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("why is ketamine an opioid", "Ketamine is not an opioid."),
        ("why is xanax an opioid", "No, Xanax is not an opioid; Xanax belongs to a different drug family called benzodiazepines."),
        (
            "since xanax is an opioid, does narcan work on it",
            "No, Xanax is not an opioid; Xanax belongs to a different drug family called benzodiazepines.",
        ),
        ("why is ketamine not addictive", "Ketamine can be addictive."),
        (
            "since xanax is safe with alcohol, can i drink on it",
            "No, drinking alcohol with Xanax can cause severe drowsiness, breathing problems, coma and death.",
        ),
        (
            "why does narcan work on ketamine",
            "No, naloxone (Narcan) works on opioids but not on ketamine; give naloxone anyway when a person may have taken an opioid too, "
            "and call 911.",
        ),
        (
            "since naloxone reverses xanax, should i carry it",
            "Naloxone does not reverse Xanax or any other benzodiazepine, but if opioids might be involved or no one is sure, "
            "give naloxone anyway and call 911.",
        ),
    ],
)
def test_what_is_taken_for_granted_and_is_not_so_is_corrected_first(bot: Bot, question: str, first: str) -> None:
    reply = reply_to(bot, question)
    assert quoted(reply)[0] == first
    assert len(reply.searches) == 2
    assert reply.searches[1].sentences[0] == reply.chosen[0]
    assert len(set(quoted(reply))) == len(reply.chosen) <= 5


@pytest.mark.parametrize(
    "question", ["why is xanax addictive", "since xanax is addictive, how do i stop", "why is ketamine bad for your bladder"]
)
def test_what_is_so_is_not_corrected(bot: Bot, question: str) -> None:
    reply = reply_to(bot, question)
    assert reply.searches == (reply.found,)
    assert reply.chosen == reply.found.sentences


@pytest.mark.parametrize("question", ["since it is not raining today, what is xanax", "what is xanax", "is ketamine an opioid"])
def test_what_takes_nothing_for_granted_about_drugs_is_not_corrected(bot: Bot, question: str) -> None:
    reply = reply_to(bot, question)
    assert reply.chosen
    assert reply.searches == (reply.found,)


def test_a_claim_that_names_no_drug_is_not_looked_up(bot: Bot) -> None:
    """However surely something else would be said to it."""
    script = {"kratom": (0.9, KRATOM), "": (0.9, [("Help", "There is help.")])}
    reply = reply_to(scripted(bot, script), "since there is no help at all, is kratom addictive")
    assert (quoted(reply), len(reply.searches)) == (texts(KRATOM), 1)


def test_where_the_answer_is_not_sure_no_claim_is_corrected(bot: Bot) -> None:
    reply = reply_to(with_threshold(bot, 1.1), "why is ketamine an opioid")
    assert (reply.chosen, len(reply.searches)) == ((), 1)


# What is wanted of the answer before


@pytest.mark.parametrize("question", ["is ketamine an opioid", "is xanax addictive", "what are the signs of an opioid overdose"])
@pytest.mark.parametrize(("turn", "wanted"), [("tell me more", "more"), ("what else", "more"), ("why", "why")])
def test_more_and_why_leave_out_what_was_said(bot: Bot, question: str, turn: str, wanted: str) -> None:
    turns = said_before(bot, question)
    reply = reply_to(bot, turn, turns)
    assert reply.asked.wanted == wanted
    assert reply.chosen
    assert not [text for text in quoted(reply) if text in turns[1].content]


def test_more_and_more_ends(bot: Bot) -> None:
    """Each time something new, until nothing is left that answers."""
    turns: list[Turn] = [*said_before(bot, "is xanax addictive")]
    for _ in range(12):
        reply = reply_to(bot, "more", turns)
        if not reply.chosen:
            break
        said = "\n".join(turn.content for turn in turns)
        assert not [text for text in quoted(reply) if text in said]
        turns += [Turn("user", "more"), Turn("assistant", " ".join(quoted(reply)))]
    assert reply.chosen == ()


@pytest.mark.parametrize(
    ("question", "count"), [("is ketamine an opioid", 2), ("what are the signs of an opioid overdose", 2), ("is xanax addictive", 1)]
)
def test_in_short_are_the_first_two_sentences(bot: Bot, question: str, count: int) -> None:
    """Also where they were said."""
    turns = said_before(bot, question)
    reply = reply_to(bot, "in short", turns)
    assert reply.asked.wanted == "short"
    assert quoted(reply) == quoted(reply_to(bot, question))[:count]
    assert all(text in turns[1].content for text in quoted(reply))


def test_other_turns_may_say_again_what_was_said(bot: Bot) -> None:
    turns = said_before(bot, "is ketamine an opioid")
    before = quoted(reply_to(bot, "is ketamine an opioid"))
    assert quoted(reply_to(bot, "is ketamine an opioid", turns)) == before
    assert quoted(reply_to(bot, "where is that from", turns)) == before
    assert quoted(reply_to(bot, "is ketamine an opioid", [*turns, *turns])) == before


@pytest.mark.parametrize(
    "question", ["klonopin with alcohol", "can i mix heroin with valium", "fentanyl and valium together", "oxycodone with ativan"]
)
def test_what_is_said_of_the_kinds_of_two_drugs_is_said_of_the_two(bot: Bot, question: str) -> None:
    """That no statement was found on heroin with Valium would hide the one on opioids with benzodiazepines."""
    reply = reply_to(bot, question)
    assert reply.gaps == ()
    assert "slowed breathing, coma and death" in " ".join(quoted(reply))
