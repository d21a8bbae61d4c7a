"""What routes are given: the services, the bot that answers now, its index, and who calls."""

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer

from api.access import Caller, admit, admit_operator
from api.services import Services
from bot.pipeline import Bot
from indexer.index import Index


async def get_services(request: Request) -> Services:
    """Those of this application."""
    services: Services = request.app.state.services
    return services


ServicesDependency = Annotated[Services, Depends(get_services)]


async def get_bot(services: ServicesDependency) -> Bot:
    """The bot that answers now; whoever asked for it keeps it to the end, whatever version is taken up meanwhile."""
    return services.live.bot


async def get_index(bot: Annotated[Bot, Depends(get_bot)]) -> Index:
    """The loaded index. Raises IndexUnusableError, which becomes a 503."""
    return bot.usable_index()


_BEARER = HTTPBearer(auto_error=False, scheme_name="key", description="A secret key, or a page's site key; see `citewell keys create`")
_Documented = Annotated[object, Security(_BEARER)]  # `admit` itself reads the header; this tells the API's description of it


async def admitted(request: Request, services: ServicesDependency, _: _Documented) -> Caller:
    """Who calls, counted against their limit. Raises AccessError or RateLimitedError."""
    return await counted(request, services, admit(request, services.keyring))


async def counted(request: Request, services: Services, caller: Caller) -> Caller:
    """A caller, counted against their limit. Raises RateLimitedError."""
    request.state.caller = caller
    request.state.usage = await services.limiter.hit(caller)
    return caller


async def operator(request: Request, services: ServicesDependency, _: _Documented) -> Caller:
    """The holder of a secret key. Raises AccessError."""
    caller = request.state.caller = admit_operator(request, services.keyring)
    return caller


BotDependency = Annotated[Bot, Depends(get_bot)]
IndexDependency = Annotated[Index, Depends(get_index)]
ADMITTED = Depends(admitted)
OPERATOR = Depends(operator)
