"""What Prometheus reads: every counter moves as it should, and no label holds anything that a caller wrote."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import NoReturn

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from api.bounded_pool import BoundedPool, OverloadedError
from api.keys import Keyring
from api.live_bot import LiveBot
from api.metrics import Metrics
from api.services import Services
from bot.pipeline import Bot
from tests.applications import distant_client, local_client, services_of

SECRET = "zanzibarian-7f3a"
TEA = "How long should black tea steep?"
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
def services(tea: Bot) -> Services:
    return services_of(tea)


@pytest.fixture
def client(services: Services) -> TestClient:
    return local_client(services, raise_server_exceptions=False)


def parsed(page: str) -> Samples:
    families = text_string_to_metric_families(page)
    return {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for family in families for sample in family.samples}


def value(samples: Samples, name: str, **labels: str) -> float:
    return samples.get((name, tuple(sorted(labels.items()))), 0.0)


def read(services: Services) -> Samples:
    return parsed(services.metrics.page().decode())


def test_the_page_is_prometheus_text(client: TestClient) -> None:
    reply = client.get("/metrics")
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    client.get("/healthz")
    samples = parsed(client.get("/metrics").text)
    assert value(samples, "citewell_requests_total", route="/healthz", method="GET", status="200") == 1
    assert value(samples, "citewell_request_seconds_count", route="/metrics") == 1  # this one is not yet over
    assert "python_info" not in client.get("/metrics").text


def test_answers_are_counted_by_status_and_requests_by_route(client: TestClient, services: Services) -> None:
    for question in (TEA, "How many moons has Mars?", "He is not breathing", "How much ketamine can I mix with xanax to get high?", TEA):
        client.post("/v1/ask", json={"question": question})
    client.post("/v1/ask/stream", json={"question": TEA})
    client.post("/ask", data={"question": "He is not breathing"})
    samples = read(services)
    answers = {
        status: value(samples, "citewell_answers_total", status=status) for status in ("answered", "abstained", "declined", "crisis")
    }
    assert answers == {"answered": 3, "abstained": 1, "declined": 1, "crisis": 2}
    assert value(samples, "citewell_cached_answers_total") == 2
    assert value(samples, "citewell_requests_total", route="/v1/ask", method="POST", status="200") == 5
    assert value(samples, "citewell_requests_total", route="/v1/ask/stream", method="POST", status="200") == 1
    assert value(samples, "citewell_request_seconds_count", route="/ask") == 1


def test_the_stages_of_computed_answers_are_timed(client: TestClient, services: Services) -> None:
    client.post("/v1/ask", json={"question": TEA})
    client.post("/v1/ask", json={"question": TEA})  # at hand
    samples = read(services)
    stages = {dict(labels)["stage"]: count for (name, labels), count in samples.items() if name == "citewell_stage_seconds_count"}
    assert {"rest", "safety", "understanding", "encoding"} <= set(stages)
    assert set(stages.values()) == {1}
    spent = sum(value(samples, "citewell_stage_seconds_sum", stage=stage) for stage in stages)
    assert 0 < spent < value(samples, "citewell_request_seconds_sum", route="/v1/ask")


def test_both_parts_of_a_streamed_answer_are_timed(client: TestClient, services: Services) -> None:
    client.post("/v1/ask/stream", json={"question": TEA})
    assert value(read(services), "citewell_stage_seconds_count", stage="rest") == 2


def test_a_card_for_a_refused_request_is_counted_once(tea: Bot) -> None:
    services = services_of(tea)
    distant_client(services).post("/v1/ask", json={"question": "He is not breathing"})
    samples = read(services)
    assert value(samples, "citewell_answers_total", status="crisis") == 1
    assert value(samples, "citewell_requests_total", route="/v1/ask", method="POST", status="200") == 1


@pytest.mark.parametrize("body", [{"question": ""}, {"question": SECRET, "colour": SECRET}, SECRET])
def test_refusals_are_counted_by_the_type_of_their_problem(client: TestClient, services: Services, body: object) -> None:
    client.post("/v1/ask", json=body)
    assert value(read(services), "citewell_refusals_total", type="invalid-request") == 1


def test_every_kind_of_refusal_has_its_own_count(tea: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    services = services_of(tea, tmp_path, rate_per_key="1/minute")
    key = Keyring(tmp_path).create("secret", "x", (), date(2026, 11, 29))[0]
    client = distant_client(services, raise_server_exceptions=False)
    client.get("/v1/documents")
    for _ in range(2):
        client.get("/v1/documents", headers={"Authorization": f"Bearer {key}"})
    client.get(f"/{SECRET}")
    client.post("/v1/ask", content=b" " * 70_000)
    client.post("/healthz")

    async def refuse(*_: object, **options: object) -> NoReturn:
        raise OverloadedError

    other = services_of(tea)
    monkeypatch.setattr(other.pool, "run", refuse)
    local_client(other).post("/v1/ask", json={"question": TEA})
    samples = {**read(services)}
    kinds = {dict(labels)["type"]: count for (name, labels), count in samples.items() if name == "citewell_refusals_total"}
    assert kinds == {"unauthorized": 1, "rate-limited": 1, "not-found": 1, "too-large": 1, "method-not-allowed": 1}
    assert value(read(other), "citewell_refusals_total", type="overloaded") == 1


def test_failures_are_counted(client: TestClient, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(self: Bot, question: str, *_: object, **options: object) -> NoReturn:
        raise ValueError(question)

    monkeypatch.setattr(Bot, "draft", failing)
    client.post("/v1/ask", json={"question": SECRET})
    samples = read(services)
    assert value(samples, "citewell_requests_total", route="/v1/ask", method="POST", status="500") == 1
    assert value(samples, "citewell_refusals_total", type="internal") == 1
    assert SECRET not in services.metrics.page().decode()


def test_no_label_holds_what_a_caller_wrote(client: TestClient, services: Services) -> None:
    words = {"question": SECRET, "country": SECRET}
    headers = {"Origin": f"https://{SECRET}.example", "User-Agent": SECRET, "Authorization": f"Bearer {SECRET}", "X-Request-Id": SECRET}
    paths = (f"/{SECRET}", f"/documents/{SECRET}", f"/v1/documents/{SECRET}?{SECRET}", f"/docs/{SECRET}", f"/v1/insights?month={SECRET}")
    for path in paths:
        for method in ("GET", "POST", SECRET.upper().replace("-", "")):
            client.request(method, path, headers=headers)
    for path in ("/v1/ask", "/v1/ask/stream", "/v1/search", "/v1/feedback"):
        client.post(path, json=words)
        client.post(path, json=words, headers=headers)
    page = services.metrics.page().decode()
    assert "zanzibarian" not in page.lower()
    labels = {label for name, labels in parsed(page) for label in labels}
    assert {text for name, text in labels if name == "method"} == {"GET", "POST", "other"}
    routes = {text for name, text in labels if name == "route"}
    expected = {"none", "/documents/{document_id:path}", "/v1/documents/{document_id:path}", "/docs/{name}", "/v1/insights"}
    assert routes == expected | {"/v1/ask", "/v1/ask/stream", "/v1/search", "/v1/feedback"}


def test_made_up_addresses_and_methods_are_one_line(client: TestClient, services: Services) -> None:
    for number in range(30):
        client.request(f"MADEUP{number}", f"/made/up/{number}")
    lines = [key for key in read(services) if key[0] == "citewell_requests_total"]
    assert lines == [("citewell_requests_total", (("method", "other"), ("route", "none"), ("status", "404")))]


def test_what_is_so_just_now(tea: Bot) -> None:
    metrics, live = Metrics(), LiveBot(tea)
    pool = BoundedPool(1, 5, 1)
    pool.waiting, live.taken_up, live.refused = 3, 2, 1
    metrics.observe(live, pool, live.written + 60)
    samples = parsed(metrics.page().decode())
    assert value(samples, "citewell_queue") == 3
    assert value(samples, "citewell_running") == 0
    assert (value(samples, "citewell_index_swaps"), value(samples, "citewell_index_refused")) == (2, 1)
    assert value(samples, "citewell_index_age_seconds") == 60
    assert value(samples, "citewell_index_info", index=tea.usable_index().digest[:12]) == 1
    metrics.observe(live, pool, live.written - 3_600)  # the clock was set back
    assert value(parsed(metrics.page().decode()), "citewell_index_age_seconds") == 0


def test_without_an_index_there_is_none_to_tell_of() -> None:
    metrics = Metrics()
    metrics.observe(LiveBot(Bot.without_index()), BoundedPool(1, 0, 1), 0)
    assert [key for key in parsed(metrics.page().decode()) if key[0] == "citewell_index_info"] == []


PROCESS = """if True:
    import sys
    from api.bounded_pool import BoundedPool
    from api.metrics import Metrics
    metrics = Metrics(is_shared=True)
    metrics.answers.labels("answered").inc(int(sys.argv[1]))
    metrics.request_seconds.labels("/v1/ask").observe(0.02)
    metrics.waiting.set(int(sys.argv[1]))
    metrics.index_age.set(int(sys.argv[1]))
    print("counted", flush=True)
    for line in sys.stdin:
        if line == "page\\n":
            print(metrics.page().decode(), "END", sep="\\n", flush=True)
        else:
            metrics.close()
            print("closed", flush=True)
            break
"""


class Process:
    """A process that counts together with others."""

    def __init__(self, number: int, folder: Path) -> None:
        environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder)}
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROCESS, str(number)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().removesuffix("\n")

    def tell(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()

    def page(self) -> Samples:
        self.tell("page")
        return parsed("\n".join(iter(self.line, "END")) + "\n")

    def end(self) -> None:
        self._process.communicate(timeout=10)


def test_processes_count_together_and_take_their_gauges_with_them(tmp_path: Path) -> None:
    processes = [Process(number, tmp_path) for number in (1, 2)]
    first, second = processes
    assert [process.line() for process in processes] == ["counted", "counted"]
    pages = [process.page() for process in processes]
    assert pages[0] == pages[1]
    assert value(pages[0], "citewell_answers_total", status="answered") == 3
    assert value(pages[0], "citewell_request_seconds_count", route="/v1/ask") == 2
    assert value(pages[0], "citewell_queue") == 3
    assert value(pages[0], "citewell_index_age_seconds") == 2
    second.tell("close")
    assert second.line() == "closed"
    after = first.page()
    assert value(after, "citewell_answers_total", status="answered") == 3
    assert (value(after, "citewell_queue"), value(after, "citewell_index_age_seconds")) == (1, 1)
    for process in processes:
        process.end()
