"""What routes are given: the bot, and its index where one is loaded."""

from typing import Annotated

from fastapi import Depends, Request

from bot.pipeline import Bot
from indexer.index import Index


def get_bot(request: Request) -> Bot:
    """The bot this application serves."""
    bot: Bot = request.app.state.bot
    return bot


def get_index(bot: Annotated[Bot, Depends(get_bot)]) -> Index:
    """The loaded index. Raises IndexUnusableError, which becomes a 503."""
    return bot.usable_index()


BotDependency = Annotated[Bot, Depends(get_bot)]
IndexDependency = Annotated[Index, Depends(get_index)]
