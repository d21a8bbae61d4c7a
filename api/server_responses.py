"""A running server as what is evaluated: its replies by HTTP, with nothing but the standard library."""

import json
import time
from collections.abc import Iterator, Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

from pydantic import TypeAdapter, ValidationError

from api.schemas import DocumentList, DocumentReply, SearchReply
from bot.answer import Answer
from bot.conversation import LONGEST_QUESTION
from bot.errors import BotError, QuestionError
from bot.evaluation.gold import GoldItem
from bot.evaluation.responses import PASSAGES, Response, first_of_each
from indexer.errors import shown

_SECONDS = 60.0  # that a reply may take
_GONE = (404, 410)
_Replies = TypeAdapter[Any]
_ANSWER, _SEARCH = _Replies(Answer), _Replies(SearchReply)
_DOCUMENT, _DOCUMENTS = _Replies(DocumentReply), _Replies(DocumentList)


class ServerError(BotError):
    """A server cannot be reached, or replies with something else than it should."""


class Server:
    """A Citewell server. Texts of documents are asked for once. Raises QuestionError for what is no address."""

    def __init__(self, url: str) -> None:
        self.url = checked_url(url)
        self._texts: dict[str, str | None] = {}

    def respond(self, item: GoldItem) -> Response:
        """The server's response to an item; the best answer below the threshold cannot be had from outside. Raises ServerError."""
        asked = {"question": item.question, "history": list(item.history), "country": item.country}
        started = time.perf_counter()
        answer = self._reply("/v1/ask", _ANSWER, {name: value for name, value in asked.items() if value})
        took = (time.perf_counter() - started) * 1000
        query = {"query": answer["interpretation"]["question"][:LONGEST_QUESTION], "limit": PASSAGES}
        passages = self._reply("/v1/search", _SEARCH, query)["passages"]
        sections = first_of_each([f"{passage['document_id']}#{passage['section_id']}" for passage in passages])
        return Response(answer, None, sections, tuple(map(self._is_span, answer["citations"])), took)

    def documents(self) -> Iterator[tuple[str, str]]:
        """Id and text of every document. Raises ServerError."""
        for entry in self._reply("/v1/documents", _DOCUMENTS)["documents"]:
            yield entry["id"], self._text(entry["id"]) or ""

    def _is_span(self, citation: Mapping[str, Any]) -> bool:
        text = self._text(citation["document_id"])
        return text is not None and text[citation["start"] : citation["end"]] == citation["quote"]

    def _text(self, name: str) -> str | None:
        """A document's text, None where the server has no such document."""
        if name not in self._texts:
            reply = self._reply(f"/v1/documents/{quote(name)}", _DOCUMENT, may_lack=True)
            self._texts[name] = reply["text"] if reply is not None else None
        return self._texts[name]

    def _reply(self, path: str, form: _Replies, body: Mapping[str, Any] | None = None, *, may_lack: bool = False) -> Any:
        """The reply as it came, once its form was checked; None where there is nothing and there may be."""
        reply = self._fetch(path, json.dumps(body).encode() if body is not None else None, may_lack)
        try:
            if reply is not None:
                form.validate_python(reply)
        except ValidationError as problem:
            first = problem.errors()[0]
            where = ".".join(map(str, first["loc"])) or "the reply"
            raise ServerError(f"{self.url}{path} is no Citewell server of this version ({where}: {first['msg']}); mend --url") from problem
        return reply

    def _fetch(self, path: str, body: bytes | None, may_lack: bool) -> Any:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        try:
            with urlopen(Request(self.url + path, body, headers), timeout=_SECONDS) as reply:  # noqa: S310 -- the scheme was checked
                return json.load(reply)
        except HTTPError as problem:
            with problem:
                if may_lack and problem.code in _GONE:
                    return None
                raise ServerError(f"{self.url}{path} replied {problem.code} ({_detail(problem)}); see that the server is well") from problem
        except (OSError, HTTPException) as problem:
            reason = getattr(problem, "reason", None) or problem
            raise ServerError(
                f"{self.url} cannot be reached ({shown(reason)}); start it with `citewell serve`, or name another with --url"
            ) from problem
        except (ValueError, RecursionError) as problem:
            raise ServerError(f"{self.url}{path} did not reply with JSON; name a Citewell server with --url") from problem


def checked_url(url: str) -> str:
    """The address of a server, without a slash at its end. Raises QuestionError."""
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and not (parts.query or parts.fragment)
    except ValueError:
        is_address = False
    if not is_address or not url.isprintable() or " " in url:
        raise QuestionError(f"--url {url!r} is no address of a server; write it like http://127.0.0.1:8000")
    return url.rstrip("/")


def _detail(problem: HTTPError) -> str:
    """What a problem says of itself, else the words that stand for its number."""
    try:
        value = json.loads(problem.read())
        return shown(value["detail"])
    except (OSError, HTTPException, ValueError, RecursionError, LookupError, TypeError):
        return shown(problem.reason)
