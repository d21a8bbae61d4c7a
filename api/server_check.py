"""`citewell doctor --url`: looks at a running server as its visitors meet it, through whatever stands in front of it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from api.access import names_loopback
from api.findings import Finding
from api.keys import checked_origin
from api.server_responses import checked_url
from indexer.errors import shown

_SECONDS = 10.0
_STRANGER = "https://unlisted.invalid"
_DANGER = "my friend is not breathing"
_EXPECTED = ("content-security-policy", "x-content-type-options", "referrer-policy", "x-request-id")


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    headers: Message
    body: bytes

    def json(self) -> dict[str, Any]:
        """The body, empty where it is no JSON object."""
        try:
            value = json.loads(self.body)
        except ValueError:
            value = None
        return value if isinstance(value, dict) else {}


def examine_server(url: str, origin: str | None) -> Iterator[Finding]:
    """Every finding about a server, and about pages of an origin that ask there. Raises QuestionError for what is no address."""
    url, page = checked_url(url), checked_origin(origin) if origin is not None else None
    try:
        yield from _findings(url, page)
    except (OSError, HTTPException) as problem:
        reason = getattr(problem, "reason", None) or problem
        yield Finding(f"{url} cannot be reached ({shown(reason)})", "start it with `citewell serve`, or mend --url")


def _findings(url: str, page: str | None) -> Iterator[Finding]:
    alive = _ask(url, "/healthz")
    if alive.json().get("status") != "alive":
        yield Finding(f"{url} is no Citewell server ({alive.status} to /healthz)", "mend --url, or what stands before the server")
        return
    for look in (_readiness, _transport, _headers, _danger, _access, _metrics, _strangers):
        yield look(url)
    if page is not None:
        yield from _origin(url, page)


def _readiness(url: str) -> Finding:
    reply = _ask(url, "/readyz")
    if reply.status != 200:  # noqa: PLR2004
        return Finding(f"{url} is alive and cannot answer", "see its log, and run `citewell doctor` beside it")
    return Finding(f"{url} answers from index {str(reply.json().get('index'))[:12]}")


def _transport(url: str) -> Finding:
    if urlsplit(url).scheme == "https" or _is_loopback(url):
        return Finding("nobody on the way can read what is asked")
    return Finding("what is asked goes over the network in clear", "put a proxy with TLS before it, and name that with CITEWELL_PROXIES")


def _headers(url: str) -> Finding:
    headers = _ask(url, "/v1/info").headers
    lacking = [name for name in _EXPECTED if name not in headers]
    if lacking:
        return Finding(f"headers do not get through: {', '.join(lacking)}", "let the proxy pass on what the server sends")
    return Finding("security headers")


def _danger(url: str) -> Finding:
    reply = _ask(url, "/v1/ask", {"Content-Type": "application/json"}, json.dumps({"question": _DANGER}).encode())
    if reply.json().get("status") != "crisis":
        return Finding(f"a message of danger gets no card ({reply.status})", "let POST /v1/ask through to the server as it is")
    return Finding("a message of danger gets its card, with a key or without")


def _access(url: str) -> Finding:
    status = _ask(url, "/v1/info").status
    if status == 401:  # noqa: PLR2004
        return Finding("whoever has no key is asked for one")
    if _is_loopback(url):
        return Finding("no key is needed on this machine")
    return Finding(
        f"anybody may ask without a key ({status} to /v1/info)",
        "run `citewell keys create` on the server, and let the proxy pass on Host and X-Forwarded-For",
    )


def _metrics(url: str) -> Finding:
    if _ask(url, "/metrics").status == 401 or _is_loopback(url):  # noqa: PLR2004
        return Finding("metrics are not for everybody")
    return Finding("anybody may read /metrics", "run `citewell keys create` on the server")


def _strangers(url: str) -> Finding:
    if _allowed(url, _STRANGER) is not None:
        return Finding("pages of any origin may read answers", "take Access-Control headers out of the proxy; the server sends its own")
    return Finding("pages of origins that are not listed may not read answers")


def _origin(url: str, origin: str) -> Iterator[Finding]:
    if origin.startswith("https:") and url.startswith("http:") and not _is_loopback(url):
        yield Finding(f"pages of {origin} may not ask over http", "serve over https: browsers refuse the one from the other")
    allowed = _allowed(url, origin)
    if allowed != origin:
        yield Finding(f"pages of {origin} may not ask there", f"run `citewell keys create --site --origin {origin}` on the server")
    else:
        yield Finding(f"pages of {origin} may ask there")


def _allowed(url: str, origin: str) -> str | None:
    """The origin that a browser would be told may read answers."""
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    reply = _ask(url, "/v1/ask", asked, method="OPTIONS")
    return reply.headers.get("access-control-allow-origin")


def _ask(url: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None, method: str | None = None) -> _Reply:
    """The reply to one request, whatever its status. Raises OSError or HTTPException."""
    request = Request(url + path, body, dict(headers or {}), method=method)  # noqa: S310 -- the scheme was checked
    try:
        with urlopen(request, timeout=_SECONDS) as reply:  # noqa: S310
            return _Reply(reply.status, reply.headers, reply.read())
    except HTTPError as refused:
        with refused:
            return _Reply(refused.code, refused.headers, refused.read())


def _is_loopback(url: str) -> bool:
    return names_loopback(urlsplit(url).hostname)
