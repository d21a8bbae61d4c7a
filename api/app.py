"""The HTTP application, put together."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api.edge import REQUEST_ID, Edge
from api.errors import install_error_handlers
from api.examples import problems
from api.keys import Keyring, KeysError
from api.live_bot import LiveBot
from api.logs import configure_logs, logger
from api.metrics import Metrics
from api.routes import ask, documents, feedback, health, home, info, insights, reference, search, widget
from api.services import Services
from api.settings import Settings, counts_together, unknown_variables
from bot.pipeline import software_version

_ROUTES = (home, ask, search, documents, feedback, insights, info, health, reference, widget)
_DESCRIPTION = """Each sentence of an answer is a span of a reviewed document, cited as such. A message that speaks of danger gets a card
with what to do first, whatever else is asked and also where a request is refused.

What stands under `/v1` changes by adding fields, routes and optional parameters alone; whoever reads it passes over what they do not know.
What would take something away comes as `/v2`, is announced in CHANGELOG.md, and `/v1` is served beside it for at least a year, with a
`Deprecation` header."""
_EXPOSED = (REQUEST_ID, "Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "RateLimit-Policy")


def build_app(services: Services) -> ASGIApp:
    """The application around its services. Questions are health data: none is logged, and telemetry of the framework is off."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with services.running():
            yield

    app = FastAPI(
        title="Citewell",
        summary="Answers on ketamine, opioids and Xanax out of reviewed documents, with the passage behind every sentence.",
        description=_DESCRIPTION,
        version=software_version(),
        docs_url=None,  # the framework's pages load scripts from a third party
        redoc_url=None,
        redirect_slashes=False,  # a redirect would lead wherever the Host header says
        lifespan=lifespan,
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
        },
    )
    app.state.services = services
    install_error_handlers(app)
    for routes in _ROUTES:
        app.include_router(routes.router, responses=problems(500))
    edge = Edge(ListedOrigins(app, services.keyring), services.metrics, services.settings.timeout)
    proxies = [str(network) for network in services.settings.proxies]
    return ProxyHeadersMiddleware(edge, proxies) if proxies else edge  # type: ignore[arg-type, return-value]


def create_app() -> ASGIApp:
    """The application as the settings have it; what a server process calls."""
    configure_logs()
    settings = Settings()
    live = LiveBot.open(settings.index)
    services = Services.of(live, settings, Metrics(is_shared=counts_together()))
    for line in _remarks(services):
        logger().warning(line)
    return build_app(services)


def _remarks(services: Services) -> Iterator[str]:
    """What an operator should know of how this is set up."""
    settings, problem = services.settings, services.live.bot.problem
    for name in unknown_variables():
        yield f"{name} is no setting; README.md lists those there are"
    if problem is not None:
        yield f"{problem}; only messages of danger are answered until then"
    if not services.keyring.current().keys:
        yield "no key has been made: only this machine and the server's own pages are answered; `citewell keys create` makes one"
    if settings.workers > 1 and settings.rate_storage == "memory://":
        yield f"{settings.workers} processes count calls each for itself; CITEWELL_RATE_STORAGE=redis://... lets them count together"


class ListedOrigins(CORSMiddleware):
    """Pages of the origins that site keys list may read what they are sent; of none, where none is listed."""

    def __init__(self, app: ASGIApp, keyring: Keyring) -> None:
        super().__init__(
            app, allow_methods=("GET", "POST"), allow_headers=("Authorization", "Content-Type"), expose_headers=_EXPOSED, max_age=600
        )
        self._keyring = keyring

    def is_allowed_origin(self, origin: str) -> bool:
        """Whether some site key lists an origin."""
        try:
            return bool(self._keyring.current().site_keys(origin))
        except KeysError:
            return False
