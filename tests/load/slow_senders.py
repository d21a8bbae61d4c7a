"""Connections that send a byte a second: they are closed in time, and nobody else notices them."""

import asyncio
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from tests.load.fleet import ask_all, ask_during
from tests.load.outcome import Outcome
from tests.load.questions import mostly_repeated, titles
from tests.load.served import serving

_CLIENTS = 4
_HEAD = b"POST /v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Padding: " + b"a" * 200
_WHOLE_HEAD = b"POST /v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n"
_LATEST = 20.0  # seconds until each has to be closed; the head and the body of a request have 10 each
_HANGS = "still open"


def slow_senders(folder: Path, index: Path, slow: int, seconds: float) -> Outcome:
    """As many as `slow` connections, of which one half is slow with the head of a request and one with its body."""
    found = Outcome()
    questions = mostly_repeated(8, 0.2, titles(index, 30))
    with serving(folder, index, 2, queue=_CLIENTS) as served:
        alone = asyncio.run(ask_all(served.port, _CLIENTS, questions, seconds=seconds))
        tally, ends = asyncio.run(ask_during(lambda: asyncio.run(_send_slowly(served.port, slow)), served.port, _CLIENTS, questions))
        held = sum(served.connections().values())
    found.note("slow connections", slow)
    found.note("how they ended", dict(Counter(end for end, _ in ends)))
    found.note("seconds until the first, and the last, was closed", f"{min(at for _, at in ends):.1f}, {max(at for _, at in ends):.1f}")
    found.note_times("replies 200 without them", alone.percentiles())
    found.note_tally(tally, "replies beside them")
    found.expect_none_failed(tally)
    found.expect(not any(end == _HANGS for end, _ in ends), "slow connections were held")
    answered = sum(end == "replied 408" for end, _ in ends)
    found.expect(answered >= 0.9 * (slow // 2), f"only {answered} of those who are slow with a body were told so")
    found.expect(all(at < _LATEST for _, at in ends), "slow connections were closed late")
    found.expect(held == 0, f"{held} connections are still held")
    return found


async def _send_slowly(port: int, count: int) -> list[tuple[str, float]]:
    """How each connection ended, and after how many seconds."""
    return await asyncio.gather(*(_slow(port, is_head_slow=number % 2 == 0) for number in range(count)))


async def _slow(port: int, *, is_head_slow: bool) -> tuple[str, float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    begun = time.monotonic()
    first = b""
    sending = asyncio.create_task(_drip(writer, _HEAD if is_head_slow else b"{" * 500, b"" if is_head_slow else _WHOLE_HEAD))
    try:
        async with asyncio.timeout(_LATEST + 5):
            first = await reader.read(12)
            await reader.read()
    except TimeoutError:
        return _HANGS, time.monotonic() - begun
    except OSError as problem:
        # A byte that crosses the end resets the connection; who was told before has been told.
        if not first:
            return type(problem).__name__, time.monotonic() - begun
    finally:
        sending.cancel()
        writer.transport.abort()
    return f"replied {first[9:].decode()}" if first else "closed", time.monotonic() - begun


async def _drip(writer: asyncio.StreamWriter, content: bytes, at_once: bytes) -> None:
    writer.write(at_once)
    for number in range(len(content)):
        with suppress(OSError):
            writer.write(content[number : number + 1])
        await asyncio.sleep(1)
