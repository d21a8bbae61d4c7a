"""How an answer came about, step by step: what was understood, found, chosen and decided."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from rich.text import Text

from api.terminal import open_console
from bot.conversation import checked_history, checked_question
from bot.finder import Found
from bot.likeness import likelihoods
from bot.pipeline import Bot
from bot.reply import Reply
from bot.safety import Concerns

_LIKELIEST = 3


def print_explanation(bot: Bot, question: str, history: Any) -> None:
    """The steps behind the answer to a question, to standard output."""
    console = open_console()
    concerns = bot.concerns(question)
    for line in _safety(bot, question, concerns):
        console.print(Text(line))
    if concerns.cards or concerns.refusal:
        console.print(Text("nothing was searched\n"))
        return
    for number, reply in enumerate(bot.replies(checked_question(question), checked_history(history)), start=1):
        console.print(Text(f"{number}. {reply.part.said}", style="bold"))
        for line in _steps(bot, reply):
            console.print(Text(f"   {line}"))
        console.print()


def _safety(bot: Bot, question: str, concerns: Concerns) -> Iterator[str]:
    """What the message raises, and by which layer."""
    told = bot.safety.recognise(question).names()
    for name in concerns.names():
        yield f"raises: {name}, by {'a pattern' if name in told else 'its likeness to the exemplars'}"
    if bot.replier is not None:
        likely = sorted(likelihoods(bot.usable_index(), question).items(), key=lambda one: -one[1])[:_LIKELIEST]
        yield f"like exemplars of: {', '.join(f'{name} {probability:.2f}' for name, probability in likely) or 'none'}"


def _steps(bot: Bot, reply: Reply) -> Iterator[str]:
    """Of one question of the message: the question itself, then what else was searched for it."""
    yield f"stands alone as: {reply.asked.question}"
    if reply.asked.wanted != "answer":
        yield f"wanted: {reply.asked.wanted}"
    for found in reply.searches:
        yield from _search(found)
        yield f"confidence: {bot.usable_replier().confidence(found):.4f}, answered from {bot.calibration.model.threshold:.4f}"
    yield from (f"named as lacking: {gap}" for gap in reply.gaps)
    yield f"quoted: {len(reply.chosen)} sentences" if reply.chosen else "quoted: nothing"


def _search(found: Found) -> Iterator[str]:
    asked = found.fit.asked
    drugs = ", ".join(f"{drug.surface} = {drug.name} ({drug.drug_class})" for drug in asked.drugs) or "none"
    yield f"drugs: {drugs}; {asked.relation}"
    yield f"asks about: {', '.join(one.name for one in asked.properties) or 'nothing the lexicon knows'}; answered by: {asked.shape}"
    yield f"searched: {found.query.text}"
    yield "passages:    score  fit    dense  sentence  words   key"
    ranking = found.ranking
    for one in found.passages:
        signals = (ranking.dense[one.place], ranking.sentence[one.place], ranking.lexical[one.place], ranking.key[one.place])
        dense, sentence, lexical, key = map(float, signals)
        where = f"{one.passage.document.id}#{one.passage.section.id}"
        scores = f"{one.score:.3f}  {found.fit.passage(one.passage):.3f}  {dense:.3f}  {sentence:.3f}     {lexical:6.2f}  {key:.3f}"
        yield f"             {scores}  {where}"
    yield "sentences:"
    yield from (f"             {scored.score:.3f}  {scored.sentence.text}" for scored in found.sentences)
    yield f"features:    {', '.join(f'{name} {value:.2f}' for name, value in asdict(found.features).items())}"
