"""The description of the API says what really happens: generated requests against it, and what it shows of each route."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from starlette.types import Receive, Scope, Send

from api.app import build_app
from api.keys import Keyring
from api.problems import KINDS
from api.schemas import DocumentList, DocumentReply, InfoReply, InsightsReply, Problem, SearchReply
from bot.answer import Answer
from bot.pipeline import Bot
from tests.applications import local_client, services_of

AT_WILL = {"rate_per_address": "100000000/minute", "rate_per_key": "100000000/minute"}
PROBLEM = "application/problem+json"
PATHS = {
    "/v1/ask",
    "/v1/ask/stream",
    "/ask",
    "/v1/search",
    "/v1/documents",
    "/v1/documents/{document_id}",
    "/documents/{document_id}",
    "/",
    "/evaluation",
    "/v1/feedback",
    "/v1/insights",
    "/insights",
    "/v1/info",
    "/healthz",
    "/readyz",
    "/metrics",
}


@pytest.fixture(scope="module")
def client(tea: Bot, tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    return local_client(services_of(tea, tmp_path_factory.mktemp("data"), **AT_WILL))


@pytest.fixture(scope="module")
def document(client: TestClient) -> dict[str, Any]:
    described: dict[str, Any] = client.get("/openapi.json").json()
    return described


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Each operation by its method and path."""
    return {f"{method} {path}": operation for path, methods in document["paths"].items() for method, operation in methods.items()}


@pytest.mark.parametrize("has_index", [True, False])
def test_what_comes_back_is_what_the_description_says(tea: Bot, without_index: Bot, tmp_path: Path, has_index: bool) -> None:
    key = Keyring(tmp_path).create("secret", "server", (), date(2026, 11, 23))[0]
    app = build_app(services_of(tea if has_index else without_index, tmp_path, **AT_WILL))

    async def from_elsewhere(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["client"] = ("203.0.113.7", 50_000)
        await app(scope, receive, send)

    generation = {"max-examples": 8, "deterministic": True, "database": "none"}
    checks = {} if has_index else {"not_a_server_error": {"enabled": False}}
    config = SchemathesisConfig.from_dict(
        {"headers": {"Authorization": f"Bearer {key}"}, "seed": 1, "generation": generation, "checks": checks}
    )
    described = schemathesis.openapi.from_asgi("/openapi.json", from_elsewhere, config=config)
    passed, failed = 0, set()
    for event in from_schema(described).execute():
        assert not isinstance(event, NonFatalError | FatalError), event
        if isinstance(event, ScenarioFinished):
            for check in (check for made in event.recorder.checks.values() for check in made):
                passed += check.status is Status.SUCCESS
                if check.failure_info is not None:
                    failed.add(f"{event.recorder.label}: {check.failure_info.failure}: {check.failure_info.code_sample}")
    assert failed == set()
    assert passed > 2_000


def test_every_route_is_described_and_no_other(document: dict[str, Any]) -> None:
    assert set(document["paths"]) == PATHS
    assert len({operation["operationId"] for operation in operations(document).values()}) == len(operations(document)) == 16


def test_every_operation_says_what_it_does(document: dict[str, Any]) -> None:
    for name, operation in operations(document).items():
        assert operation["summary"], name
        assert operation["description"], name
        assert all(response["description"] for response in operation["responses"].values()), name


def test_every_refusal_is_described_with_its_type(document: dict[str, Any]) -> None:
    for name, operation in operations(document).items():
        for status, response in operation["responses"].items():
            if int(status) >= 400 and PROBLEM in response.get("content", {}):
                shown = response["content"][PROBLEM]
                examples = [shown["example"]] if "example" in shown else [one["value"] for one in shown["examples"].values()]
                for content in examples:
                    assert (content["status"], Problem.model_validate(content).type[:21]) == (int(status), "urn:citewell:problem:"), name
            assert "HTTPValidationError" not in json.dumps(response), name


def test_every_kind_of_refusal_is_described_somewhere(document: dict[str, Any]) -> None:
    described = {int(status) for operation in operations(document).values() for status in operation["responses"]}
    assert described - {200, 204} == set(KINDS) - {405}  # a wrong method belongs to no operation


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("post /v1/ask", "200 401 403 408 413 415 422 429 500 503"),
        ("post /v1/ask/stream", "200 401 403 408 413 415 422 429 500 503"),
        ("post /ask", "200 401 403 408 413 415 422 429 500 503"),
        ("post /v1/search", "200 401 403 408 413 415 422 429 500 503"),
        ("post /v1/feedback", "204 401 403 408 413 415 422 429 500 503"),
        ("get /v1/documents", "200 401 403 429 500 503"),
        ("get /v1/documents/{document_id}", "200 401 403 404 410 422 429 500 503"),
        ("get /documents/{document_id}", "200 404 410 422 500 503"),
        ("get /", "200 500 503"),
        ("get /evaluation", "200 404 500"),
        ("get /v1/insights", "200 401 403 404 422 500 503"),
        ("get /insights", "200 401 403 404 422 500 503"),
        ("get /v1/info", "200 401 403 429 500 503"),
        ("get /healthz", "200 500"),
        ("get /readyz", "200 500 503"),
        ("get /metrics", "200 401 403 500 503"),
    ],
)
def test_every_status_of_a_route_is_described(document: dict[str, Any], name: str, statuses: str) -> None:
    assert " ".join(sorted(operations(document)[name]["responses"])) == statuses


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("post /v1/ask", Answer),
        ("post /v1/search", SearchReply),
        ("get /v1/documents", DocumentList),
        ("get /v1/documents/{document_id}", DocumentReply),
        ("get /v1/insights", InsightsReply),
        ("get /v1/info", InfoReply),
    ],
)
def test_what_is_shown_of_a_reply_is_of_its_form(document: dict[str, Any], name: str, kind: type) -> None:
    shown = operations(document)[name]["responses"]["200"]["content"]["application/json"]["example"]
    assert TypeAdapter(kind).validate_python(shown) is not None


def test_what_is_shown_of_a_request_is_taken(document: dict[str, Any], client: TestClient) -> None:
    shown = document["components"]["schemas"]
    for body in shown["AskRequest"]["examples"]:
        assert client.post("/v1/ask", json=body).status_code == 200
        assert client.post("/v1/ask/stream", json=body).status_code == 200
    for body in shown["FeedbackRequest"]["examples"]:
        assert client.post("/v1/feedback", json=body).status_code == 204
    query = shown["SearchRequest"]["properties"]["query"]["examples"][0]
    assert client.post("/v1/search", json={"query": query}).status_code == 200
    form = operations(document)["post /ask"]["requestBody"]["content"]["application/x-www-form-urlencoded"]["example"]
    assert client.post("/ask", data=form).status_code == 200


def test_an_error_of_the_form_is_described_as_the_page_that_browsers_get(document: dict[str, Any]) -> None:
    responses = operations(document)["post /ask"]["responses"]
    assert all({"text/html", PROBLEM} == set(responses[status]["content"]) for status in responses if int(status) >= 400)


def test_who_has_to_wait_is_described_as_told_how_long(document: dict[str, Any]) -> None:
    for operation in operations(document).values():
        for status in {"429", "503"} & set(operation["responses"]):
            assert "Retry-After" in operation["responses"][status]["headers"]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
TURNS = st.lists(
    st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant", "system"]), "content": st.text(max_size=40)}), max_size=3
)


def bodies(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Objects that hold some of these fields, rightly or not, and others; or no object at all."""
    whole = st.fixed_dictionaries({}, optional={name: values | ANYTHING for name, values in fields.items()})
    return whole | st.fixed_dictionaries(fields) | st.dictionaries(st.text(max_size=8), ANYTHING, max_size=3) | ANYTHING


QUESTIONS = st.text(max_size=1_100) | st.sampled_from(
    ["tea", "how long should tea steep", "does naloxone work", "bees \ud800", "\x00", "10^400"]
)
ASKED = bodies(question=QUESTIONS, history=TURNS, country=st.sampled_from(["US", "GB", "", "\x00", "us", "\ud800"]))
SEARCHED = bodies(query=QUESTIONS, limit=st.integers(-5, 200))
RATED = bodies(
    receipt=st.none() | st.text(max_size=10),
    sections=st.lists(st.text(max_size=10) | st.sampled_from(["tea#what-is-tea", "baking", "\ud800", "\x00"]), max_size=3),
    rating=st.sampled_from(["up", "down"]),
    reason=st.none() | st.text(max_size=600) | st.sampled_from(["wrong", "\ud800"]),
)
ANY_BODY = settings(max_examples=60, deadline=None, derandomize=True, database=None)


def status_of(client: TestClient, path: str, body: object) -> int:
    reply = client.post(path, content=json.dumps(body).encode(), headers={"Content-Type": "application/json"})
    if reply.status_code >= 400:
        assert reply.headers["content-type"] == PROBLEM
        Problem.model_validate(reply.json())
    return reply.status_code


@given(body=ASKED)
@example(body={"question": "tea", "history": [{"role": "user", "content": "\ud800"}]})
@example(body={"question": "tea", "country": "\ud800"})
@ANY_BODY
def test_whatever_is_asked_is_no_accident(client: TestClient, body: object) -> None:
    assert status_of(client, "/v1/ask", body) in (200, 422)
    assert status_of(client, "/v1/ask/stream", body) in (200, 422)


@given(body=SEARCHED)
@example(body={"query": "\ud800"})
@example(body={"query": "tea", "limit": 1e400})
@example(body={"query": "tea", "limit": 10**400})
@ANY_BODY
def test_whatever_is_searched_for_is_no_accident(client: TestClient, body: object) -> None:
    assert status_of(client, "/v1/search", body) in (200, 422)


@given(body=RATED)
@example(body={"receipt": "\ud800", "sections": ["\ud800#\x00"], "rating": "up", "reason": "\ud800"})
@ANY_BODY
def test_whatever_is_rated_is_no_accident(client: TestClient, body: object) -> None:
    assert status_of(client, "/v1/feedback", body) in (204, 422)
