"""The HTTP API: every route with and without an index, and every refusal as a problem."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Never, cast

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from api.app import create_app
from api.pages import DOCUMENT_HEADERS, HOME_HEADERS
from bot.answer import Receipt
from bot.pipeline import Bot
from bot.safety import Safety
from indexer.build import build_index
from indexer.config import IndexConfig
from indexer.corpus_tables import CorpusTables
from indexer.errors import IndexMissingError
from indexer.readers import read_documents
from indexer.readers.reader import read_file
from tests.applications import local_client, services_of

EMERGENCY = "Call 911 now, or your local emergency number: this may be an overdose or another emergency."
SECRET = "is my neighbour zanzibarian"
ATTACK = "<script>alert(1)</script>"
PROBLEMS = {
    404: ("urn:citewell:problem:not-found", "There is nothing at this address"),
    405: ("urn:citewell:problem:method-not-allowed", "This address takes another method"),
    413: ("urn:citewell:problem:too-large", "The request is too large"),
    422: ("urn:citewell:problem:invalid-request", "The request is not of the right form"),
    500: ("urn:citewell:problem:internal", "Something went wrong here"),
    503: ("urn:citewell:problem:no-index", "No index is loaded"),
}


@pytest.fixture(scope="module")
def client(bot: Bot) -> TestClient:
    return local_client(services_of(bot))


@pytest.fixture(scope="module")
def bare(tables: CorpusTables) -> TestClient:
    """An application without an index."""
    problem = IndexMissingError("there is no index in /srv/private; run `citewell index`")
    return local_client(services_of(Bot(Safety.compile(tables.safety, tables.helplines), problem=problem)))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, mixed_index_folder: Path, tables: CorpusTables) -> Iterator[TestClient]:
    """An application over a document that tries to be markup."""
    documents, folder = tmp_path_factory.mktemp("hostile"), tmp_path_factory.mktemp("hostile-index")
    record = {"id": f"a/b {ATTACK}", "title": ATTACK, "text": f'Words {ATTACK} & more "words" stand here.'}
    (documents / "attack.jsonl").write_text(json.dumps(record), encoding="utf-8")
    (folder / "cache").symlink_to(mixed_index_folder / "cache")
    reading = read_documents([documents / "attack.jsonl"], lambda file: read_file(file, tables))
    build_index(reading, folder, IndexConfig(), tables, report=lambda line: None, progress=lambda stage, done, total: None)
    bot = Bot.open(folder)
    yield local_client(services_of(bot))
    bot.usable_index().store.close()


def ask(client: TestClient, question: str, **fields: object) -> Response:
    return client.post("/v1/ask", json={"question": question, **fields})


def problem_of(reply: Response, status: int) -> dict[str, Any]:
    """The problem a reply holds, after its status, type and title were checked."""
    assert reply.headers["content-type"] == "application/problem+json"
    content: dict[str, Any] = reply.json()
    kind, title = PROBLEMS[status]
    assert (reply.status_code, content["status"], content["type"], content["title"]) == (status, status, kind, title)
    return content


def helplines_of(content: dict[str, Any]) -> list[str]:
    return [line["id"] for line in content["resources"]]


@pytest.mark.model
def test_an_answer_is_the_one_the_bot_gives(client: TestClient, bot: Bot) -> None:
    answer = bot.answer("Is ketamine an opioid?", today=datetime.now(UTC).date())
    reply = ask(client, "Is ketamine an opioid?")
    assert reply.status_code == 200
    assert reply.json() == json.loads(json.dumps(answer.to_dict()))


@pytest.mark.model
def test_the_same_question_gets_the_same_bytes(client: TestClient) -> None:
    assert ask(client, "What is naloxone?").content == ask(client, "What is naloxone?").content


@pytest.mark.model
def test_every_quote_stands_where_its_citation_says(client: TestClient) -> None:
    answer = ask(client, "Is ketamine an opioid?").json()
    assert answer["status"] == "answered"
    assert answer["sentences"][0] == {"text": "Ketamine is not an opioid.", "citation_ids": [1]}
    for citation in answer["citations"]:
        text = client.get(f"/v1/documents/{citation['document_id']}").json()["text"]
        assert text[citation["start"] : citation["end"]] == citation["quote"]


@pytest.mark.model
def test_the_address_of_a_citation_opens_its_section(client: TestClient) -> None:
    citation = ask(client, "Is ketamine an opioid?").json()["citations"][0]
    page = client.get(citation["url"].partition("#")[0])
    assert page.status_code == 200
    assert citation["url"].startswith(f"/documents/{citation['document_id']}#{citation['section_id']}:~:text=")
    assert f'id="{citation["section_id"]}"' in page.text


@pytest.mark.model
def test_a_follow_up_is_understood_by_its_history(client: TestClient) -> None:
    history = [{"role": "user", "content": "What is ketamine?"}, {"role": "assistant", "content": "A dissociative."}]
    answer = ask(client, "Is it an opioid?", history=history).json()
    assert answer["interpretation"]["question"] == "Is it an opioid? (ketamine)"
    assert answer["sentences"][0]["text"] == "Ketamine is not an opioid."


@pytest.mark.model
def test_a_question_the_documents_do_not_answer_is_abstained_from(client: TestClient) -> None:
    answer = ask(client, "Who won the chess championship in 1972?").json()
    assert (answer["status"], answer["citations"]) == ("abstained", [])
    assert answer["sentences"][0] == {"text": "I don't have a reviewed answer for that.", "citation_ids": []}
    assert {line["country"] for line in answer["resources"]} == {"US"}


@pytest.mark.model
def test_twenty_turns_and_a_thousand_characters_are_taken(client: TestClient) -> None:
    question = "Is ketamine an opioid?" + " " * 50 + "x" * (1_000 - 72)
    turns = [{"role": "user", "content": "Hello."}] * 20
    assert len(question) == 1_000
    assert ask(client, f"  {question}\n", history=turns).status_code == 200


@pytest.mark.model
def test_search_gives_ranked_passages_with_their_place(client: TestClient) -> None:
    passages = client.post("/v1/search", json={"query": "naloxone", "limit": 3}).json()["passages"]
    assert [list(passage) for passage in passages] == [["document_id", "section_id", "text", "start", "end", "score", "url"]] * 3
    scores = [passage["score"] for passage in passages]
    assert scores == sorted(scores, reverse=True)
    assert passages[0]["document_id"] == "naloxone-narcan"
    text = client.get("/v1/documents/naloxone-narcan").json()["text"]
    assert text[passages[0]["start"] : passages[0]["end"]] == passages[0]["text"]


@pytest.mark.model
def test_search_gives_ten_passages_where_no_limit_is_named(client: TestClient) -> None:
    assert len(client.post("/v1/search", json={"query": "naloxone"}).json()["passages"]) == 10


@pytest.mark.model
def test_every_document_listed_can_be_read_as_data_and_as_a_page(client: TestClient) -> None:
    listed = client.get("/v1/documents").json()["documents"]
    assert {"is-ketamine-an-opioid", "naloxone-narcan", "what-is-xanax"} <= {entry["id"] for entry in listed}
    for entry in listed:
        document = client.get(f"/v1/documents/{entry['id']}").json()
        assert (document["id"], document["title"], document["group"]) == (entry["id"], entry["title"], entry["group"])
        assert client.get(entry["url"]).text.count("<h1") == 1


@pytest.mark.model
def test_a_document_is_given_with_its_sections_and_sources(client: TestClient) -> None:
    document = client.get("/v1/documents/is-ketamine-an-opioid").json()
    fields = ["id", "title", "text", "url", "group", "reviewed", "reviewed_by", "review_due", "pages", "sections", "sources"]
    assert list(document) == fields
    first = document["sections"][0]
    assert (first["id"], first["title"]) == ("is-ketamine-an-opioid", "Is ketamine an opioid?")
    assert document["text"][first["start"] : first["end"]].startswith("Is ketamine an opioid?\n\nKetamine is not an opioid.")
    assert "KETLABEL" in [source["id"] for source in document["sources"]]


@pytest.mark.model
@pytest.mark.parametrize(("path", "expected"), [("/", HOME_HEADERS), ("/documents/is-ketamine-an-opioid", DOCUMENT_HEADERS)])
def test_pages_are_html_and_carry_the_policy(client: TestClient, path: str, expected: dict[str, str]) -> None:
    reply = client.get(path)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert {name: reply.headers[name] for name in expected} == expected
    assert reply.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")


@pytest.mark.model
def test_the_home_page_links_to_every_document(client: TestClient) -> None:
    page = client.get("/").text
    for entry in client.get("/v1/documents").json()["documents"]:
        assert f'<a href="{entry["url"]}">' in page


@pytest.mark.model
def test_a_server_with_an_index_is_ready_and_names_it(client: TestClient, bot: Bot) -> None:
    assert client.get("/readyz").json() == {"status": "ready", "index": bot.usable_index().digest}


@pytest.mark.model
def test_a_document_that_tries_to_be_markup_stays_words_on_its_page(hostile: TestClient) -> None:
    (entry,) = hostile.get("/v1/documents").json()["documents"]
    assert entry["title"] == ATTACK
    page = hostile.get(entry["url"]).text
    assert page.count("<script") == 1  # the page's own, which the policy knows by its hash
    assert "<script>alert" not in page
    assert "<p>Words &lt;script&gt;alert(1)&lt;/script&gt; &amp; more &quot;words&quot; stand here.</p>" in page


@pytest.mark.model
def test_a_document_that_tries_to_be_markup_stays_words_on_the_home_page(hostile: TestClient) -> None:
    page = hostile.get("/").text
    assert page.count("<script") == 1  # the chat, a file of this server
    assert "<script>alert" not in page
    link = "/documents/a/b%20%3Cscript%3Ealert%281%29%3C/script%3E"
    assert f'<a href="{link}">&lt;script&gt;alert(1)&lt;/script&gt;</a>' in page


@pytest.mark.model
@pytest.mark.parametrize("path", ["/v1/documents/nothing-here", "/documents/nothing-here", "/v1/documents/", "/documents/..%2fetc"])
def test_an_unknown_document_is_a_problem_that_says_where_to_look(client: TestClient, path: str) -> None:
    assert problem_of(client.get(path), 404)["detail"] == "there is no such document; GET /v1/documents lists those there are"


def test_a_server_without_an_index_is_alive(bare: TestClient) -> None:
    reply = bare.get("/healthz")
    assert (reply.status_code, reply.json()["status"]) == (200, "alive")


@pytest.mark.parametrize("path", ["/readyz", "/", "/v1/documents", "/v1/documents/tea", "/documents/tea"])
def test_without_an_index_what_needs_one_is_unavailable_for_now(bare: TestClient, path: str) -> None:
    reply = bare.get(path)
    content = problem_of(reply, 503)
    assert int(reply.headers["Retry-After"]) > 0
    assert "resources" not in content


def test_without_an_index_search_is_unavailable(bare: TestClient) -> None:
    assert problem_of(bare.post("/v1/search", json={"query": "naloxone"}), 503)["detail"].endswith("try again in a few minutes")


def test_without_an_index_a_question_gets_helplines(bare: TestClient) -> None:
    assert helplines_of(problem_of(ask(bare, "Is ketamine an opioid?"), 503)) == ["us-911", "us-988"]


def test_a_problem_names_no_path_of_the_server(bare: TestClient) -> None:
    assert "/srv" not in ask(bare, "Is ketamine an opioid?").text


@pytest.mark.parametrize("path", ["/nothing", "/docs/nothing", "/redoc", "/v1", "/documentary"])
def test_an_unknown_address_is_a_problem(bare: TestClient, path: str) -> None:
    assert "resources" not in problem_of(bare.get(path), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("GET", "/v1/ask", "POST"), ("DELETE", "/v1/ask", "POST"), ("GET", "/v1/search", "POST"), ("POST", "/v1/documents", "GET")],
)
def test_a_wrong_method_is_a_problem_that_names_the_right_one(bare: TestClient, method: str, path: str, allowed: str) -> None:
    reply = bare.request(method, path)
    problem_of(reply, 405)
    assert reply.headers["Allow"] == allowed


def test_a_wrong_method_on_the_ask_route_gets_helplines(bare: TestClient) -> None:
    assert helplines_of(problem_of(bare.get("/v1/ask"), 405)) == ["us-911", "us-988"]


def test_a_body_that_grows_too_large_as_it_arrives_is_a_problem_with_helplines(bare: TestClient) -> None:
    chunks = (b" " * 1024 for _ in range(65))
    reply = bare.post("/v1/ask", content=chunks, headers={"Content-Type": "application/json"})
    assert helplines_of(problem_of(reply, 413)) == ["us-911", "us-988"]


def test_a_body_declared_too_large_is_a_problem_with_helplines(bare: TestClient) -> None:
    reply = bare.post("/v1/ask", content=b" " * (64 * 1024 + 1), headers={"Content-Type": "application/json"})
    assert helplines_of(problem_of(reply, 413)) == ["us-911", "us-988"]


def test_a_search_too_large_is_a_problem_without_helplines(bare: TestClient) -> None:
    assert "resources" not in problem_of(bare.post("/v1/search", json={"query": "x" * 70_000}), 413)


def test_a_body_of_64_kib_is_read(bare: TestClient) -> None:
    body = json.dumps({"question": "He is not breathing."}).encode()
    reply = bare.post("/v1/ask", content=body.ljust(64 * 1024), headers={"Content-Type": "application/json"})
    assert reply.json()["status"] == "crisis"


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({}, "question: Field required"),
        ({"question": ""}, "the question is empty; type a question"),
        ({"question": " \n\t "}, "the question is empty; type a question"),
        ({"question": "x" * 1_001}, "the question has 1,001 characters; ask in at most 1,000"),
        ({"question": None}, "question: Input should be a valid string"),
        ({"question": [SECRET]}, "question: Input should be a valid string"),
        ({"question": SECRET, "history": SECRET}, "history: Input should be a valid list"),
        ({"question": SECRET, "country": 1}, "country: Input should be a valid string"),
        ({"question": SECRET, "colour": SECRET}, "the body holds a field that is not known here; /docs lists those there are"),
        ({"question": SECRET, "history": [{}] * 21}, "the history has 21 turns; send the last 20 at most"),
    ],
)
def test_a_question_of_the_wrong_form_is_a_problem_with_helplines(bare: TestClient, fields: dict[str, object], detail: str) -> None:
    content = problem_of(bare.post("/v1/ask", json=fields), 422)
    assert content["detail"] == detail
    assert helplines_of(content) == ["us-911", "us-988"]


@pytest.mark.parametrize(
    "turn", [SECRET, {"role": "user"}, {"role": "system", "content": SECRET}, {"role": "user", "content": [SECRET]}, None]
)
def test_a_turn_of_the_wrong_form_is_refused_without_repeating_it(bare: TestClient, turn: object) -> None:
    reply = ask(bare, SECRET, history=[turn])
    assert problem_of(reply, 422)["detail"] == 'each turn of the history is {"role": "user" or "assistant", "content": "..."}'
    assert "zanzibarian" not in reply.text


@pytest.mark.parametrize(
    "body", [f'{{"question": "{SECRET}"', f'"{SECRET}"', f'["{SECRET}"]', SECRET, f'{{"question": "{SECRET}", "history": "{SECRET}"}}']
)
@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_no_problem_repeats_what_was_asked(bare: TestClient, body: str, kind: str) -> None:
    reply = bare.post("/v1/ask", content=body, headers={"Content-Type": kind})
    problem_of(reply, 422)
    assert "zanzibarian" not in reply.text


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"query": "tea", "limit": 0}, "limit: Input should be greater than or equal to 1"),
        ({"query": "tea", "limit": 101}, "limit: Input should be less than or equal to 100"),
        ({"limit": 5}, "query: Field required"),
        ({"query": "tea", "ranking": "dense"}, "the body holds a field that is not known here; /docs lists those there are"),
    ],
)
def test_a_search_of_the_wrong_form_is_a_problem_without_helplines(bare: TestClient, fields: dict[str, object], detail: str) -> None:
    content = problem_of(bare.post("/v1/search", json=fields), 422)
    assert content["detail"] == detail
    assert "resources" not in content


def test_danger_is_answered_without_an_index(bare: TestClient) -> None:
    answer = ask(bare, "My friend took too many pills and is not breathing").json()
    assert (answer["status"], answer["sentences"][0]["text"]) == ("crisis", EMERGENCY)
    assert (answer["confidence"], answer["citations"], answer["receipt"]["index"]) == (None, [], None)
    assert [line["id"] for line in answer["resources"]] == ["us-911", "us-poison"]


@pytest.mark.parametrize("place", [0, 1_500, 2_950])
def test_danger_is_found_anywhere_in_a_message_of_three_thousand_characters(bare: TestClient, place: int) -> None:
    filler = "we were at the lake and it rained for days. " * 100
    message = (filler[:place] + " my friend is not breathing. " + filler)[:3_000]
    assert len(message) == 3_000
    assert ask(bare, message).json()["status"] == "crisis"


def test_danger_is_answered_whatever_the_history_holds(bare: TestClient) -> None:
    assert ask(bare, "My friend is not breathing", history=[SECRET] * 30).json()["status"] == "crisis"


@pytest.mark.parametrize(
    ("country", "first"),
    [
        ("GB", "Call 999 now, or your local emergency number: this may be an overdose or another emergency."),
        ("gb", "Call 999 now, or your local emergency number: this may be an overdose or another emergency."),
        ("ZZ", "Call your local emergency number now: this may be an overdose or another emergency."),
        (None, EMERGENCY),
    ],
)
def test_danger_is_answered_with_the_numbers_of_the_country(bare: TestClient, country: str | None, first: str) -> None:
    assert ask(bare, "My friend is not breathing", country=country).json()["sentences"][0]["text"] == first


@given(question=st.text(max_size=1_200))
@given_settings(deadline=None, max_examples=60)
def test_any_text_is_refused_or_answered_but_never_an_accident(bare: TestClient, question: str) -> None:
    reply = ask(bare, question)
    length = len(question.strip())
    if reply.status_code == 200:
        assert reply.json()["status"] == "crisis"
    else:
        problem_of(reply, 503 if 1 <= length <= 1_000 else 422)


def test_an_accident_says_nothing_of_its_cause_and_gives_helplines(tables: CorpusTables) -> None:
    class Broken:
        safety = Safety.compile(tables.safety, tables.helplines)

        def receipt(self) -> Receipt:
            return Receipt(None, None, None, "0")

        def usable_index(self) -> Never:
            raise IndexMissingError("none")

        def crisis(self, *_: object, **options: object) -> None:
            return None

        def draft(self, question: str, *rest: object, **options: object) -> Never:
            raise RuntimeError(question)

    broken = local_client(services_of(cast(Bot, Broken())), raise_server_exceptions=False)
    reply = ask(broken, SECRET)
    assert helplines_of(problem_of(reply, 500)) == ["us-911", "us-988"]
    assert "zanzibarian" not in reply.text


def test_the_description_of_the_api_names_every_route_by_an_id_of_its_own(bare: TestClient) -> None:
    paths = bare.get("/openapi.json").json()["paths"]
    named = {operation["operationId"]: (method, path) for path, methods in paths.items() for method, operation in methods.items()}
    assert len(named) == sum(len(methods) for methods in paths.values())
    assert named.items() >= {
        ("ask", ("post", "/v1/ask")),
        ("search", ("post", "/v1/search")),
        ("listDocuments", ("get", "/v1/documents")),
        ("getDocument", ("get", "/v1/documents/{document_id}")),
        ("readDocument", ("get", "/documents/{document_id}")),
        ("readHome", ("get", "/")),
        ("readEvaluation", ("get", "/evaluation")),
        ("isAlive", ("get", "/healthz")),
        ("isReady", ("get", "/readyz")),
    }


@pytest.mark.usefixtures("logs_as_before")
def test_the_application_of_the_settings_serves_danger_where_its_folder_is_empty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CITEWELL_INDEX", str(tmp_path))
    client = TestClient(create_app())
    assert ask(client, "My friend is not breathing").json()["status"] == "crisis"
    problem_of(client.get("/readyz"), 503)


@pytest.mark.usefixtures("logs_as_before")
@pytest.mark.model
def test_the_application_of_the_settings_serves_the_index_named_there(monkeypatch: pytest.MonkeyPatch, mixed_index_folder: Path) -> None:
    monkeypatch.setenv("CITEWELL_INDEX", str(mixed_index_folder))
    local = TestClient(create_app(), base_url="http://127.0.0.1:8000", client=("127.0.0.1", 50_000))
    listed = local.get("/v1/documents").json()["documents"]
    assert [entry["id"] for entry in listed] == ["bees", "bread", "moon", "mars", "tea"]


@pytest.mark.parametrize(
    "body",
    [
        {"question": "he is not breathing", "history": None},
        {"question": "he is not breathing", "history": "x"},
        {"question": "he is not breathing", "colour": "red"},
        {"question": "he is not breathing", "country": 7},
        {"question": "he is not breathing \ud800"},
    ],
)
def test_danger_is_answered_whatever_else_is_wrong_with_the_request(client: TestClient, body: dict[str, object]) -> None:
    reply = client.post("/v1/ask", content=json.dumps(body), headers={"content-type": "application/json"})
    assert reply.status_code == 200
    assert reply.json()["status"] == "crisis"
    assert reply.json()["text"].startswith("Call 911 now")


def test_half_a_surrogate_pair_in_a_question_does_no_harm(client: TestClient) -> None:
    reply = client.post("/v1/ask", content='{"question": "is ketamine an opioid \\ud800"}', headers={"content-type": "application/json"})
    assert reply.status_code == 200
    assert reply.json()["interpretation"]["question"] == "is ketamine an opioid \ufffd"


def test_a_body_that_is_no_utf8_is_a_problem(client: TestClient) -> None:
    reply = client.post("/v1/ask", content=b'{"question": "\xff"}', headers={"content-type": "application/json"})
    assert (reply.status_code, reply.json()["detail"]) == (422, "the body cannot be read; send JSON in UTF-8")


@pytest.mark.usefixtures("logs_as_before")
def test_a_server_without_an_index_says_so_in_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CITEWELL_INDEX", str(tmp_path / "index"))
    monkeypatch.setenv("CITEWELL_DATA", str(tmp_path / "data"))
    create_app()
    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (first["level"], first["event"]) == (
        "warning",
        f"there is no index in {tmp_path / 'index'}; run `citewell index` to build one, or name another with --index; "
        "only messages of danger are answered until then",
    )
    assert second["event"].startswith("no key has been made: only this machine and the server's own pages are answered;")


def test_danger_is_answered_in_json_that_does_not_say_so(client: TestClient) -> None:
    reply = client.post("/v1/ask", content=b'{"question": "he is not breathing", "country": "GB"}')
    assert reply.status_code == 200
    assert reply.json()["text"].startswith("Call 999 now")
