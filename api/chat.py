"""`citewell chat`: a conversation in the terminal. It is kept in memory only, and gone when it ends."""

import importlib
import sys
from collections import deque
from contextlib import suppress
from datetime import UTC, datetime

from api.terminal import print_answer
from bot.conversation import LONGEST_HISTORY
from bot.errors import QuestionError
from bot.pipeline import Bot
from indexer.errors import IndexUnusableError

_PROMPT = "\nYou: "
_ENDINGS = ("quit", "exit")


def converse(bot: Bot, country: str | None, server: str) -> int:
    """Answer line by line until the input ends. Returns the exit code: 1 where there was no index to answer from."""
    is_terminal = sys.stdin.isatty()
    if is_terminal:
        with suppress(ImportError):
            importlib.import_module("readline")  # lets a line be edited; what was typed is never written to disk
        print("Ask about ketamine, opioids, Xanax and other benzodiazepines. An empty line or Ctrl+D ends. Nothing is stored.")
    turns: deque[dict[str, str]] = deque(maxlen=LONGEST_HISTORY)
    while (question := _next_line(is_terminal)) is not None:
        try:
            answer = bot.answer(question, list(turns), country, today=datetime.now(UTC).date())
        except (QuestionError, IndexUnusableError) as problem:
            print(f"citewell: {problem}", file=sys.stderr)
            continue
        print_answer(answer, server)
        turns += ({"role": "user", "content": question}, {"role": "assistant", "content": answer.text})
    return 1 if bot.problem is not None else 0


def _next_line(is_terminal: bool) -> str | None:
    """What is typed next; None at the end. On a terminal an empty line ends too, elsewhere it is passed over."""
    while True:
        try:
            line = input(_PROMPT if is_terminal else "").strip()
        except (EOFError, KeyboardInterrupt):
            return None
        if line.lower() in _ENDINGS or (is_terminal and not line):
            return None
        if line:
            return line
