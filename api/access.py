"""Who may call: servers with a secret key, pages of listed origins with a site key; while there are no keys, this machine and own pages."""

from base64 import b64decode
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Literal
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from api.keys import Key, Keyring

_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")


class AccessError(Exception):
    """Somebody who may not call: 401 where a key would help, 403 where the key they have does not reach."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls. `key` is the id of their key; `address` is theirs, as far as named proxies tell it."""

    kind: Literal["server", "site", "same-origin", "loopback"]
    address: str
    key: str | None = None


def admit(request: HTTPConnection, keyring: Keyring, presented: str | None = None) -> Caller:
    """The caller of a request. `presented` is a key that came another way than in the header. Raises AccessError or KeysError."""
    keys = keyring.current()
    presented = presented or bearer(request)
    if not keys.keys:
        return _without_keys(request)
    if presented is not None:
        return _with_key(request, keys.find(presented))
    # Whoever lets pages in lets the server's own in too.
    if keys.has_site_keys and is_same_origin(request):
        return Caller("same-origin", _address(request))
    raise AccessError(HTTPStatus.UNAUTHORIZED, "send a key: Authorization: Bearer <key>")


def admit_operator(request: HTTPConnection, keyring: Keyring) -> Caller:
    """The caller, if they hold a secret key. A browser asks for it as a password. Raises AccessError or KeysError."""
    presented = bearer(request) or _password(request)
    key = keyring.current().find(presented) if presented is not None else None
    if key is None or key.kind != "secret":
        raise AccessError(HTTPStatus.UNAUTHORIZED, "this needs a secret key; its operator makes one with `citewell keys create`")
    return _with_key(request, key)


def admit_form(request: HTTPConnection, keyring: Keyring, presented: str | None) -> Caller:
    """The caller of the form without JavaScript, which cannot send a header: a page of a site key's origin is as good as the key.

    A page that sends no referrer has the origin "null"; it needs the key in a field of its form.
    """
    origin = request.headers.get("origin")
    if presented is None and origin is not None:
        site_keys = keyring.current().site_keys(origin)
        if site_keys:
            return Caller("site", _address(request), site_keys[0].id)
    key = keyring.current().find(presented) if presented else None
    if origin == "null" and key is not None and key.kind == "site":
        return Caller("site", _address(request), key.id)
    return admit(request, keyring, presented)


def bearer(request: HTTPConnection) -> str | None:
    """What follows "Bearer" in the Authorization header."""
    presented = _authorization(request, "bearer")
    return presented.strip() if presented is not None else None


def is_same_origin(request: HTTPConnection) -> bool:
    """Whether a page of this very server calls, as far as its browser says so."""
    origin = request.headers.get("origin")
    if origin is None or origin == "null":
        return request.headers.get("sec-fetch-site") == "same-origin"
    return _host(origin) == request.headers.get("host")


def _without_keys(request: HTTPConnection) -> Caller:
    """Who may call while nobody has made a key."""
    address = _address(request)
    is_own_page, is_page = is_same_origin(request), "origin" in request.headers
    is_here = names_loopback(address) and not any(name in request.headers for name in _FORWARDED)
    if is_here and not names_loopback(_named(request.headers.get("host", ""))):
        # Any page can be given a name that points to the visitor's own machine, and would be this server's own by that name.
        raise AccessError(HTTPStatus.UNAUTHORIZED, "this name is not this machine's; a proxy that passes it on has to send X-Forwarded-For")
    if is_here and (is_own_page or not is_page):
        return Caller("loopback", address)
    if is_own_page:
        return Caller("same-origin", address)
    if is_page:
        raise AccessError(HTTPStatus.FORBIDDEN, "this page may not ask here; the server's operator makes a site key for it")
    raise AccessError(HTTPStatus.UNAUTHORIZED, "no key has been made for this server; its operator makes one with `citewell keys create`")


def _with_key(request: HTTPConnection, key: Key | None) -> Caller:
    origin, address = request.headers.get("origin"), _address(request)
    if key is None:
        raise AccessError(HTTPStatus.UNAUTHORIZED, "this key is not known here, or was revoked")
    if key.kind == "site":
        if origin not in key.origins and not is_same_origin(request):
            raise AccessError(
                HTTPStatus.FORBIDDEN, "this site key is not for the page it was sent from; its operator lists origins with --origin"
            )
        return Caller("site", address, key.id)
    if origin is not None and not is_same_origin(request):
        raise AccessError(HTTPStatus.FORBIDDEN, "a secret key does not belong into a page; make a site key for it")
    return Caller("server", address, key.id)


def _address(request: HTTPConnection) -> str:
    return request.client.host if request.client else ""


def _authorization(request: HTTPConnection, wanted: str) -> str | None:
    """What follows a scheme, in lower case, in the Authorization header."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    return value if scheme.lower() == wanted else None


def _host(origin: str) -> str | None:
    """Host and port of an origin, None where it is no origin."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def _named(host: str) -> str | None:
    """The name in a Host header, without its port; None where it holds none."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def names_loopback(host: str | None) -> bool:
    """Whether a host's name or address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return host is not None and plain_address(host).is_loopback
    except ValueError:
        return False


def plain_address(text: str) -> IPv4Address | IPv6Address:
    """An address; one of IPv4 that a socket for both kinds writes as one of IPv6 is what it is. Raises ValueError."""
    address = ip_address(text)
    return (address.version == 6 and address.ipv4_mapped) or address  # noqa: PLR2004


def _password(request: HTTPConnection) -> str | None:
    value = _authorization(request, "basic")
    if value is None:
        return None
    try:
        return b64decode(value, validate=True).decode().partition(":")[2]
    except ValueError:
        return None
