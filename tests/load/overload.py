"""More clients than can be answered: who is refused hears so at once and when to come back, and who is in danger is answered."""

import asyncio
import time
from itertools import cycle
from pathlib import Path
from typing import Any

from tests.load.connection import BrokenError, Connection, Reply
from tests.load.fleet import Tally, ask_all, percentiles
from tests.load.outcome import Outcome
from tests.load.questions import DANGERS, distinct_questions, gold_items
from tests.load.served import Served, serving

_EVERY = 0.1  # seconds between two messages of danger


def overload(folder: Path, index: Path, clients: int, seconds: float, workers: int = 2, **settings: Any) -> Outcome:
    """Distinct questions of many clients at once, and messages of danger among them."""
    found = Outcome()
    with serving(folder, index, workers, **settings) as served:
        tally, plain, hidden, held = asyncio.run(_asked(served, clients, seconds))
        after = asyncio.run(_calm(served.port))
        errors = served.errors()
    found.note("clients", clients)
    found.note("connections held by each worker, half-way", sorted(held.values()))
    found.note_tally(tally)
    found.note_times("danger in plain words", percentiles(reply.seconds for reply in plain))
    cards = sum(_is_card(reply) for reply in hidden)
    found.note("danger of tests/gold, told in any words, that got its card while refusing", f"{cards} of {len(hidden)}")
    found.expect_none_failed(tally, (200, 503))
    found.expect(tally.count(503) > 0, "nobody was refused, so it was no overload")
    found.expect(len(plain) > seconds / 2, f"only {len(plain)} messages of danger were sent")
    missed = [reply.status for reply in plain if not _is_card(reply)]
    found.expect(not missed, f"messages of danger without a card: {missed}")
    found.expect(after < 5, f"a question takes {after:.1f} s after the rush")
    found.expect(not errors, f"errors in the log: {errors[:3]}")
    return found


async def _asked(served: Served, clients: int, seconds: float) -> tuple[Tally, list[Reply], list[Reply], dict[int, int]]:
    port = served.port
    hidden = cycle(sorted({item.question for item in gold_items() if item.expected == "crisis" and not item.history}))
    asking = asyncio.create_task(ask_all(port, clients, distinct_questions(1), seconds=seconds))
    plain, others, held = await asyncio.gather(
        _danger(port, cycle(DANGERS), seconds), _danger(port, hidden, seconds), _connections(served, seconds / 2)
    )
    return await asking, plain, others, held


async def _connections(served: Served, after: float) -> dict[int, int]:
    await asyncio.sleep(after)
    return served.connections()


async def _danger(port: int, messages: "cycle[str]", seconds: float) -> list[Reply]:
    """The replies to messages of danger, one after the other, each over a connection of its own. Raises BrokenError."""
    replies, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        async with Connection(port) as connection:
            replies.append(await connection.ask(next(messages)))
        await asyncio.sleep(_EVERY)
    return replies


async def _calm(port: int) -> float:
    """How long a question takes once nobody else asks."""
    async with Connection(port) as connection:
        try:
            reply = await connection.ask("is it calm now?")
        except BrokenError:
            return float("inf")
        return reply.seconds if reply.status == 200 else float("inf")


def _is_card(reply: Reply) -> bool:
    return reply.status == 200 and reply.json()["status"] == "crisis"
