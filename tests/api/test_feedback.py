"""Ratings: counted by section and kind of reason, and nothing of what somebody wrote is kept."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from bot.pipeline import Bot
from tests.applications import local_client, services_of

STEEPING = "tea#how-long-should-tea-steep"
SECRET = "zanzibarian-7f3a"


@pytest.fixture
def client(tea: Bot, tmp_path: Path) -> TestClient:
    return local_client(services_of(tea, tmp_path))


def rate(client: TestClient, **fields: Any) -> Response:
    body = json.dumps({"receipt": "a" * 64, "sections": [STEEPING], "rating": "up", **fields})
    return client.post("/v1/feedback", content=body, headers={"Content-Type": "application/json"})


def kept(folder: Path) -> list[tuple[str, str, int]]:
    """Kind, name and count of all that was written."""
    with closing(sqlite3.connect(folder / "insights.sqlite")) as connection:
        return connection.execute("SELECT kind, name, count FROM counts ORDER BY kind, name").fetchall()


def test_a_rating_is_counted_and_answered_with_nothing(client: TestClient, tmp_path: Path) -> None:
    reply = rate(client)
    assert (reply.status_code, reply.content) == (204, b"")
    assert rate(client, rating="down", reason="unclear").status_code == 204
    assert kept(tmp_path) == [("down", STEEPING, 1), ("reason", "unclear", 1), ("up", STEEPING, 1)]


def test_an_answer_can_be_rated_by_what_it_holds_itself(client: TestClient, tmp_path: Path) -> None:
    answer = client.post("/v1/ask", json={"question": "How long should black tea steep?"}).json()
    sections = [f"{citation['document_id']}#{citation['section_id']}" for citation in answer["citations"]]
    assert rate(client, receipt=answer["receipt"], sections=sections).status_code == 204
    assert [entry for entry in kept(tmp_path) if entry[0] == "up"] == [("up", STEEPING, 1)]


@pytest.mark.parametrize(
    "receipt",
    ["a" * 64, "", {}, {"index": None, "embedding_model": None, "calibration": None, "software": "0.1.0"}, {"index": "a" * 64}],
)
def test_a_receipt_is_an_object_or_its_index(client: TestClient, receipt: object) -> None:
    assert rate(client, receipt=receipt).status_code == 204


@pytest.mark.parametrize("name", ["how-long-should-tea-steep", STEEPING])
def test_the_id_of_a_section_alone_will_do(client: TestClient, tmp_path: Path, name: str) -> None:
    assert rate(client, sections=[name]).status_code == 204
    assert kept(tmp_path) == [("up", STEEPING, 1)]


def test_an_id_that_several_documents_have_is_not_enough(client: TestClient, tea: Bot, tmp_path: Path) -> None:
    names = [name.partition("#")[2] for name in tea.usable_index().store.section_titles()]
    (shared,) = {name for name in names if names.count(name) > 1}
    assert rate(client, sections=[shared, f"tea#{shared}"]).status_code == 204
    assert kept(tmp_path) == []


def test_a_section_named_twice_is_counted_once(client: TestClient, tmp_path: Path) -> None:
    assert rate(client, sections=[STEEPING, "how-long-should-tea-steep", STEEPING]).status_code == 204
    assert kept(tmp_path) == [("up", STEEPING, 1)]


def test_sections_that_are_not_in_the_index_are_not_kept(client: TestClient, tmp_path: Path) -> None:
    assert rate(client, sections=[SECRET, STEEPING, f"tea#{SECRET}", "\ud800", "", "#"]).status_code == 204
    assert kept(tmp_path) == [("up", STEEPING, 1)]


def test_where_no_section_is_in_the_index_any_more_the_reason_is_counted(client: TestClient, tmp_path: Path) -> None:
    assert rate(client, sections=[SECRET], reason="wrong").status_code == 204
    assert kept(tmp_path) == [("reason", "wrong", 1)]


@pytest.mark.parametrize("reason", ["wrong", "incomplete", "unclear", "unrelated", "unkind"])
def test_reasons_that_are_known_are_counted_by_name(client: TestClient, tmp_path: Path, reason: str) -> None:
    assert rate(client, rating="down", reason=reason).status_code == 204
    assert kept(tmp_path) == [("down", STEEPING, 1), ("reason", reason, 1)]


@pytest.mark.parametrize("reason", [f"my name is {SECRET}", "WRONG", "", "x" * 500, "other"])
def test_words_of_a_reason_are_not_kept(client: TestClient, tmp_path: Path, reason: str) -> None:
    assert rate(client, receipt=SECRET, rating="down", reason=reason).status_code == 204
    assert kept(tmp_path) == [("down", STEEPING, 1), ("reason", "other", 1)]
    for file in tmp_path.iterdir():
        assert SECRET.encode() not in file.read_bytes()


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"rating": SECRET}, "rating: Input should be 'up' or 'down'"),
        ({"rating": None}, "rating: Input should be 'up' or 'down'"),
        ({"sections": SECRET}, "sections: Input should be a valid list"),
        ({"sections": [STEEPING] * 21}, "sections: List should have at most 20 items after validation, not 21"),
        ({"sections": [7]}, "sections.0: Input should be a valid string"),
        ({"reason": "x" * 501}, "reason: String should have at most 500 characters"),
        ({"reason": [SECRET]}, "reason: Input should be a valid string"),
        ({"question": SECRET}, "the body holds a field that is not known here; /docs lists those there are"),
        ({SECRET: SECRET}, "the body holds a field that is not known here; /docs lists those there are"),
    ],
)
def test_a_rating_of_the_wrong_form_is_refused_without_repeating_it(
    client: TestClient, tmp_path: Path, fields: dict[str, object], detail: str
) -> None:
    reply = rate(client, **fields)
    assert (reply.status_code, reply.json()["detail"], reply.json()["type"]) == (422, detail, "urn:citewell:problem:invalid-request")
    assert SECRET not in reply.text
    assert not (tmp_path / "insights.sqlite").exists()


@pytest.mark.parametrize("receipt", [{SECRET: [1]}, {SECRET: {SECRET: 1}}, [SECRET], 7, None])
def test_a_receipt_of_the_wrong_form_is_refused_without_repeating_it(client: TestClient, receipt: object) -> None:
    reply = rate(client, receipt=receipt)
    assert reply.status_code == 422
    assert SECRET not in reply.text


def test_a_rating_without_sections_counts_its_reason(client: TestClient, tmp_path: Path) -> None:
    assert rate(client, sections=[], rating="down", reason="incomplete").status_code == 204
    assert ("reason", "incomplete", 1) in kept(tmp_path)


def test_where_ratings_cannot_be_kept_the_page_is_told_to_come_again(tea: Bot, tmp_path: Path) -> None:
    client = local_client(services_of(tea, tmp_path))
    (tmp_path / "insights.sqlite").mkdir()
    reply = rate(client)
    assert (reply.status_code, reply.headers["Retry-After"]) == (503, "60")
    assert reply.json() == {
        "type": "urn:citewell:problem:storage",
        "title": "It cannot be kept just now",
        "status": 503,
        "detail": "the rating could not be kept; try again in a few minutes",
    }
    (tmp_path / "insights.sqlite").rmdir()
    assert rate(client).status_code == 204
    assert kept(tmp_path) == [("up", STEEPING, 1)]


def test_without_an_index_ratings_have_to_wait() -> None:
    client = local_client(services_of(Bot.without_index()))
    reply = rate(client)
    assert (reply.status_code, reply.json()["type"]) == (503, "urn:citewell:problem:no-index")
    assert "resources" not in reply.json()
