"""GET /widget/...: the chat that pages of any site embed, and its words in other languages."""

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from api.dependencies import ServicesDependency
from api.widget.script import LANGUAGES, Script, strings_script

router = APIRouter(include_in_schema=False)
# Any page may load it, unlike the server's other answers. It changes as helplines do, so browsers ask for it each time; but what
# they have goes on working for a day, also while this server does not answer.
_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=0, stale-while-revalidate=86400",
    "Vary": "Accept-Encoding",
}


@router.get("/widget/citewell-chat.js", response_class=Response)
def read_chat(request: Request, services: ServicesDependency) -> Response:
    """The chat, with the helplines of the index that answers now."""
    return _sent(request, services.chat())


@router.get("/widget/strings/{language}.js", response_class=Response)
def read_strings(request: Request, language: str) -> Response:
    """Its words in another language."""
    if language not in LANGUAGES:
        raise HTTPException(404, f"the chat has no words in this language; there are {', '.join(LANGUAGES)}, and its attribute strings")
    return _sent(request, strings_script(language))


def _sent(request: Request, script: Script) -> Response:
    headers = {**_HEADERS, "ETag": script.etag}
    if script.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(script.compressed, media_type="text/javascript", headers={**headers, "Content-Encoding": "gzip"})
    return Response(script.plain, media_type="text/javascript", headers=headers)
