"""GET /docs: the API to read and to try, from files of this server alone."""

from functools import cache
from importlib.resources import files

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, Response

router = APIRouter(include_in_schema=False)
_ASSETS = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css", "favicon.png": "image/png"}
_START = b'window.ui = SwaggerUIBundle({url: "/openapi.json", dom_id: "#reference", deepLinking: true, tryItOutEnabled: true});'
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Citewell API</title><link rel="icon" href="/docs/favicon.png"><link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><main id="reference"></main><noscript>This page needs JavaScript; the same is in <a href="/openapi.json">openapi.json</a>.</noscript>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body></html>"""
_HEADERS = {
    # Swagger UI sets styles on its elements, and has its arrows as data.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}
_A_DAY = {"Cache-Control": "public, max-age=86400"}


@router.get("/docs", response_class=HTMLResponse)
async def read_reference() -> HTMLResponse:
    """The reference; try a route with the button beside it."""
    return HTMLResponse(_PAGE, headers=_HEADERS)


@router.get("/docs/{name}", response_class=Response)
async def asset(name: str) -> Response:
    """What the reference is made of."""
    if name == "start.js":
        return Response(_START, media_type="text/javascript", headers=_A_DAY)
    if name not in _ASSETS:
        raise HTTPException(404)
    return Response(_read(name), media_type=_ASSETS[name], headers=_A_DAY)


@cache
def _read(name: str) -> bytes:
    return (files("fastapi_offline") / "static" / name).read_bytes()
