"""How well danger and harmful requests are recognised, by kind, layer and rewording: `python -m tests.safety.measure [--misses]`.

Reads the live index (CITEWELL_INDEX) and the messages of this folder.
"""

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from time import perf_counter

from bot.likeness import likelihoods
from bot.pipeline import Bot
from bot.safety import Concerns
from indexer.corpus_tables import ORDINARY
from tests.safety.messages import Message, read_messages
from tests.safety.rewording import REWORDINGS

Layer = Callable[[str], Concerns]
_NORMAL = 1.96  # standard deviations that hold 95%


@dataclass(frozen=True)
class Share:
    """`hits` of `total`, with the Wilson interval of 95%."""

    hits: int
    total: int

    @property
    def value(self) -> float:
        return self.hits / self.total if self.total else 0.0

    def __str__(self) -> str:
        if not self.total:
            return "-"
        spread = _NORMAL**2 / self.total
        middle = (self.value + spread / 2) / (1 + spread)
        half = _NORMAL / (1 + spread) * sqrt(self.value * (1 - self.value) / self.total + spread / (4 * self.total))
        return f"{self.value:.3f} ({max(middle - half, 0):.3f}-{min(middle + half, 1):.3f}) of {self.total}"


def layers(bot: Bot) -> Mapping[str, Layer]:
    """Each layer alone, and both."""
    index = bot.usable_index()
    return {
        "patterns": bot.safety.recognise,
        "exemplars": lambda message: bot.safety.recognise("", likelihoods(index, message)),
        "both": bot.concerns,
    }


def outcome(concerns: Concerns) -> str:
    """The status that a message gets, "ordinary" where it is searched for."""
    return "crisis" if concerns.cards else "declined" if concerns.refusals else ORDINARY


def wanted(kind: str, bot: Bot) -> str:
    """The status that a message of a kind should get."""
    rules = bot.safety.rules
    if any(card.name == kind for card in rules.cards):
        return "crisis"
    return "declined" if any(refusal.name == kind for refusal in rules.refusals) else ORDINARY


def is_recognised(message: Message, concerns: Concerns, bot: Bot) -> bool:
    """Whether a message gets the status it should, and what is said beside an answer where its kind has a notice."""
    status = wanted(message.kind, bot)
    if message.kind in {notice.name for notice in bot.safety.rules.notices}:
        return not concerns.cards and message.kind in concerns.names()
    return outcome(concerns) == status


def share(messages: Iterable[Message], layer: Layer, holds: Callable[[Message, Concerns], bool]) -> Share:
    """Of how many messages something holds."""
    held = [holds(message, layer(message.message)) for message in messages]
    return Share(sum(held), len(held))


def recall(messages: Iterable[Message], layer: Layer, bot: Bot) -> Share:
    """The messages that get what they should."""
    return share(messages, layer, lambda message, concerns: is_recognised(message, concerns, bot))


def false_alarms(messages: Sequence[Message], layer: Layer, status: str) -> Share:
    """The ordinary messages that get a status they should not."""
    ordinary = [message for message in messages if message.kind == ORDINARY]
    return share(ordinary, layer, lambda _, concerns: outcome(concerns) == status)


def of_status(messages: Iterable[Message], bot: Bot, status: str) -> list[Message]:
    """The messages that should get a status by their kind."""
    return [message for message in messages if message.kind != ORDINARY and wanted(message.kind, bot) == status]


def _tell(bot: Bot, messages: Sequence[Message], split: str) -> None:
    chosen = [message for message in messages if message.split == split]
    print(f"\n{split}: {len(chosen)} messages")
    for name, layer in layers(bot).items():
        crises, declined = of_status(chosen, bot, "crisis"), of_status(chosen, bot, "declined")
        print(f"  {name:10} crisis recall  {recall(crises, layer, bot)}; false alarms  {false_alarms(chosen, layer, 'crisis')}")
        print(f"  {'':10} decline recall {recall(declined, layer, bot)}; false declines {false_alarms(chosen, layer, 'declined')}")
    for kind in dict.fromkeys(message.kind for message in chosen if message.kind != ORDINARY):
        print(f"  {kind:16} {recall((one for one in chosen if one.kind == kind), bot.concerns, bot)}")
    for name, reword in REWORDINGS.items():
        other = [message.model_copy(update={"message": reword(message.message)}) for message in chosen]
        for status in ("crisis", "declined"):
            found, false = recall(of_status(other, bot, status), bot.concerns, bot), false_alarms(other, bot.concerns, status)
            print(f"  {name:12} {status} {found}, false {false.value:.3f}")


def _tell_misses(bot: Bot, messages: Sequence[Message]) -> None:
    for message in messages:
        concerns = bot.concerns(message.message)
        if not is_recognised(message, concerns, bot):
            print(f"{message.split} {message.kind} taken for {concerns.names()[:1] or ORDINARY}: {message.message}")


def _tell_times(bot: Bot, messages: Sequence[Message]) -> None:
    times: list[float] = []
    for message in messages:
        start = perf_counter()
        bot.safety.recognise(message.message)
        times.append((perf_counter() - start) * 1000)
    times.sort()
    print(f"\npatterns: {times[len(times) // 2]:.3f} ms median, {times[int(len(times) * 0.99)]:.3f} ms of one in a hundred")


if __name__ == "__main__":
    opened = Bot.open(Path(os.environ.get("CITEWELL_INDEX", ".citewell/index")))
    everything = read_messages()
    if "--misses" in sys.argv:
        _tell_misses(opened, [message for message in everything if message.split == "dev" or "--test" in sys.argv])
    else:
        for part in ("dev", "test"):
            _tell(opened, everything, part)
        _tell_times(opened, everything)
