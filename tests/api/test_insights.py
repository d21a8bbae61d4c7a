"""What is asked, as counts: none is lost, none under five is shown, and a full disk keeps nobody from an answer."""

import sqlite3
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.insights import AT_LEAST, Insights, StorageError, valid_month
from api.keys import Keyring
from api.services import Services
from bot.answer import Answer, DrugMention, Interpretation, Receipt, Status
from bot.pipeline import Bot, Draft
from tests.applications import local_client, services_of

TEA = "How long should black tea steep?"
NOTHING: dict[str, Any] = {
    "answers": {"answered": None, "abstained": None, "clarify": None, "declined": None, "crisis": None},
    "crisis_cards": None,
    "asked": [],
    "topics": [],
    "unanswered": [],
    "rated_up": [],
    "rated_down": [],
    "reasons": [],
}


class Clock:
    """Takes the place of `datetime`; `day` can be set."""

    def __init__(self) -> None:
        self.day = date(2026, 11, 29)

    def now(self, tz: tzinfo) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=tz)


class Disk:
    """How large files of counts may become, in pages of 4 KiB; `None` for as large as they like."""

    def __init__(self) -> None:
        self.pages: int | None = None

    def fill(self, file: Path) -> None:
        self.pages = file.stat().st_size // 4096 if file.exists() else 1


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("api.insights.datetime", clock)
    return clock


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk, connect = Disk(), sqlite3.connect

    def limited(*names: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*names, **options)
        if disk.pages is not None and str(names[0]).endswith("insights.sqlite"):
            connection.execute(f"PRAGMA max_page_count = {disk.pages}")
        return connection

    monkeypatch.setattr("api.insights.sqlite3.connect", limited)
    return disk


def insights_in(folder: Path, retention_days: int | None = None) -> tuple[Insights, list[str]]:
    said: list[str] = []
    return Insights(folder, said.append, retention_days), said


def drafted(status: Status = "answered", drugs: tuple[str, ...] = (), topics: tuple[str, ...] = ()) -> Draft:
    mentions = tuple(DrugMention(drug, drug, "class") for drug in drugs)
    answer = Answer(status, "text", (), (), None, (), (), (), Interpretation("zanzibarian", mentions), Receipt(None, None, None, "0"))
    return Draft(answer, topics=topics)


def count(insights: Insights, times: int, status: Status = "answered", drugs: tuple[str, ...] = (), topics: tuple[str, ...] = ()) -> None:
    for _ in range(times):
        insights.count(drafted(status, drugs, topics))


def report(insights: Insights, month: str | None = None) -> dict[str, Any]:
    return insights.report(month, {"tea#steep": "Steeping"})


def rows(folder: Path, query: str = "SELECT sum(count) FROM counts") -> list[Any]:
    with closing(sqlite3.connect(folder / "insights.sqlite")) as connection:
        return connection.execute(query).fetchall()


def wait_until(condition: Callable[[], bool], seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_nothing_counted_is_nothing_shown(tmp_path: Path, clock: Clock) -> None:
    insights, said = insights_in(tmp_path)
    assert report(insights) == {"month": "2026-11", "months": [], "at_least": 5, **NOTHING}
    assert said == []


@pytest.mark.parametrize(("times", "shown"), [(AT_LEAST - 1, False), (AT_LEAST, True)])
def test_a_count_is_shown_from_five_on(tmp_path: Path, clock: Clock, times: int, shown: bool) -> None:
    insights, _ = insights_in(tmp_path)
    count(insights, times, "answered", ("ketamine",), ("tea#steep", "gone#away"))
    for _ in range(times):
        insights.rate("up", ["tea#steep"], None)
        insights.rate("down", ["tea#steep"], "unclear")
    steeping = [{"section": "tea#steep", "title": "Steeping", "count": times}]
    expected = {
        "answers": {**NOTHING["answers"], "answered": times},
        "asked": [{"drug": "ketamine", "count": times}],
        "topics": [{"section": "gone#away", "title": None, "count": times}, *steeping],
        "rated_up": steeping,
        "rated_down": steeping,
        "reasons": [{"reason": "unclear", "count": times}],
    }
    found = report(insights)
    assert found == {"month": "2026-11", "months": ["2026-11"], "at_least": 5, **NOTHING, **(expected if shown else {})}


def test_small_counts_of_several_statuses_make_one_that_may_be_shown(tmp_path: Path, clock: Clock) -> None:
    insights, _ = insights_in(tmp_path)
    count(insights, 3, "answered", ("ketamine",), ("tea#steep",))
    count(insights, 2, "abstained", ("ketamine",), ("tea#steep",))
    found = report(insights)
    assert (found["asked"], found["answers"]) == ([{"drug": "ketamine", "count": 5}], NOTHING["answers"])
    assert [row["count"] for row in found["topics"]] == [5]
    assert found["unanswered"] == []


def test_sections_nearest_to_what_was_not_answered_are_told_apart(tmp_path: Path, clock: Clock) -> None:
    insights, _ = insights_in(tmp_path)
    count(insights, 7, "answered", topics=("tea#steep",))
    count(insights, 5, "abstained", topics=("tea#steep",))
    found = report(insights)
    assert found["topics"] == [{"section": "tea#steep", "title": "Steeping", "count": 12}]
    assert found["unanswered"] == [{"section": "tea#steep", "title": "Steeping", "count": 5}]
    assert found["answers"] == {**NOTHING["answers"], "answered": 7, "abstained": 5}


def test_the_greatest_counts_come_first_and_equal_ones_by_name(tmp_path: Path, clock: Clock) -> None:
    insights, _ = insights_in(tmp_path)
    for drug, times in (("b", 6), ("a", 6), ("c", 9), ("d", 4)):
        count(insights, times, drugs=(drug,))
    assert [row["drug"] for row in report(insights)["asked"]] == ["c", "a", "b"]


@pytest.mark.parametrize(("cards", "shown"), [(4, None), (5, 5)])
def test_cards_are_a_number_alone(tmp_path: Path, clock: Clock, cards: int, shown: int | None) -> None:
    insights, _ = insights_in(tmp_path)
    count(insights, cards, "crisis")
    found = report(insights)
    assert found == {**found, **NOTHING, "answers": {**NOTHING["answers"], "crisis": shown}, "crisis_cards": shown}


def test_words_given_as_a_reason_are_counted_as_other(tmp_path: Path, clock: Clock) -> None:
    insights, _ = insights_in(tmp_path)
    for number in range(5):
        insights.rate("down", [], f"zanzibarian {number}")
    assert report(insights)["reasons"] == [{"reason": "other", "count": 5}]
    assert b"zanzibarian" not in (tmp_path / "insights.sqlite").read_bytes()


def test_months_are_counted_apart_though_the_clock_goes_back(tmp_path: Path, clock: Clock) -> None:
    insights, _ = insights_in(tmp_path)
    for month, times in ((11, 5), (12, 6), (10, 7), (11, 1)):
        clock.day = date(2026, month, 1)
        count(insights, times)
        insights.flush()
    assert report(insights)["month"] == "2026-11"
    found = {month: report(insights, month) for month in ("2026-10", "2026-11", "2026-12", "2025-01")}
    assert {month: one["answers"]["answered"] for month, one in found.items()} == {
        "2026-10": 7,
        "2026-11": 6,
        "2026-12": 6,
        "2025-01": None,
    }
    assert {tuple(one["months"]) for one in found.values()} == {("2026-12", "2026-11", "2026-10")}


@pytest.mark.parametrize(
    ("text", "is_month"),
    [("2026-11", True), ("2026-13", False), ("2026-1", False), ("2026-W01", False), ("", False), ("2026-11-01", False), ("٢٠٢٦-11", False)],
)
def test_a_month_is_a_year_and_two_digits(text: str, is_month: bool) -> None:
    assert valid_month(text) == is_month


def test_threads_and_objects_that_count_into_one_file_lose_nothing(tmp_path: Path) -> None:
    all_of_them = [insights_in(tmp_path) for _ in range(4)]
    for insights, _ in all_of_them:
        insights.start()

    def work(insights: Insights) -> None:
        for number in range(50):
            insights.count(drafted(drugs=("ketamine",)))
            if number % 25 == 0:
                insights.rate("up", ["tea#steep"], None)
                insights.flush()

    threads = [threading.Thread(target=work, args=(insights,)) for insights, _ in all_of_them for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    for insights, said in all_of_them:
        insights.close()
        assert said == []
    assert dict(rows(tmp_path, "SELECT kind, sum(count) FROM counts GROUP BY kind")) == {"answer": 400, "drug": 400, "up": 16}


def test_processes_that_count_into_one_file_lose_nothing(tmp_path: Path) -> None:
    code = """if True:
        import sys
        from pathlib import Path
        from api.insights import Insights
        said = []
        insights = Insights(Path(sys.argv[1]), said.append)
        print("ready", flush=True)
        sys.stdin.readline()
        for number in range(25):
            insights.rate("up", ["tea#steep"], "wrong")
        assert said == []
    """
    running = [
        subprocess.Popen([sys.executable, "-c", code, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        process.communicate("go\n", timeout=20)
    assert [process.returncode for process in running] == [0, 0]
    assert rows(tmp_path, "SELECT kind, count FROM counts ORDER BY kind") == [("reason", 50), ("up", 50)]


def test_counts_are_written_by_a_thread_of_their_own(tmp_path: Path) -> None:
    insights, _ = insights_in(tmp_path)
    insights.start()
    count(insights, 3)
    wait_until(lambda: (tmp_path / "insights.sqlite").exists() and rows(tmp_path) == [(3,)])
    insights.close()


def test_closing_writes_what_is_left(tmp_path: Path) -> None:
    insights, _ = insights_in(tmp_path)
    insights.start()
    count(insights, 1)
    wait_until(lambda: (tmp_path / "insights.sqlite").exists() and rows(tmp_path) == [(1,)])
    count(insights, 2)  # while the thread rests
    begun = time.monotonic()
    insights.close()
    assert time.monotonic() - begun < 0.4
    assert rows(tmp_path) == [(3,)]
    assert not any(thread.name == "insights" and thread.is_alive() for thread in threading.enumerate())


def test_closing_without_having_started_writes_too(tmp_path: Path) -> None:
    insights, _ = insights_in(tmp_path)
    count(insights, 2)
    insights.close()
    assert rows(tmp_path) == [(2,)]


def test_a_full_disk_is_reported_once_and_its_counts_are_written_when_there_is_room(tmp_path: Path, clock: Clock, disk: Disk) -> None:
    insights, said = insights_in(tmp_path)
    count(insights, 5)
    insights.flush()
    disk.fill(tmp_path / "insights.sqlite")
    many = tuple(f"tea#{number:0200}" for number in range(100))
    for _ in range(3):
        count(insights, 2, topics=many)
        insights.flush()
    assert len(said) == 1
    assert said[0].startswith("counts cannot be written (database or disk is full); free space, or mend or remove ")
    assert rows(tmp_path) == [(5,)]
    assert report(insights)["answers"]["answered"] == 5  # what is written can still be read
    disk.pages = None
    insights.flush()
    assert rows(tmp_path) == [(5 + 6 + 600,)]
    disk.fill(tmp_path / "insights.sqlite")
    count(insights, 1, topics=tuple(f"ice#{number:0200}" for number in range(200)))
    insights.flush()
    assert len(said) == 2


def test_a_rating_that_does_not_fit_is_refused_and_none_of_it_is_kept(tmp_path: Path, disk: Disk) -> None:
    insights, _ = insights_in(tmp_path)
    insights.rate("up", ["tea#steep"], "wrong")
    disk.fill(tmp_path / "insights.sqlite")
    with pytest.raises(StorageError, match=r"^the rating could not be kept; try again in a few minutes$"):
        insights.rate("up", ["tea#steep", *(f"tea#{number:0200}" for number in range(100))], "wrong")
    assert rows(tmp_path, "SELECT kind, name, count FROM counts ORDER BY kind") == [("reason", "wrong", 1), ("up", "tea#steep", 1)]


def test_a_folder_that_is_none_is_reported_once_and_waits(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.write_text("a file", encoding="utf-8")
    insights, said = insights_in(folder)
    for _ in range(3):
        count(insights, 2)
        insights.flush()
    assert len(said) == 1
    assert said[0].startswith("counts cannot be written (")
    with pytest.raises(StorageError):
        report(insights)
    folder.unlink()
    insights.flush()
    assert rows(folder) == [(6,)]
    assert folder.stat().st_mode & 0o077 == 0


def test_what_is_kept_is_for_its_owner_alone(tmp_path: Path) -> None:
    insights, _ = insights_in(tmp_path)  # a folder that others may look into
    count(insights, 1)
    insights.flush()
    assert (tmp_path / "insights.sqlite").stat().st_mode & 0o077 == 0


def test_a_damaged_file_is_reported_once_and_counts_wait(tmp_path: Path) -> None:
    file = tmp_path / "insights.sqlite"
    file.write_bytes(b"no database at all " * 500)
    insights, said = insights_in(tmp_path)
    for _ in range(3):
        count(insights, 1)
        insights.flush()
    assert len(said) == 1
    assert "file is not a database" in said[0]
    with pytest.raises(StorageError, match=r"^the counts cannot be read; see the server's log$"):
        report(insights)
    with pytest.raises(StorageError):
        insights.rate("up", ["tea#steep"], None)
    file.unlink()
    insights.flush()
    assert rows(tmp_path) == [(3,)]


def test_a_file_that_somebody_holds_is_waited_for(tmp_path: Path) -> None:
    insights, said = insights_in(tmp_path)
    insights.flush()
    holder = sqlite3.connect(tmp_path / "insights.sqlite", isolation_level=None, check_same_thread=False)
    with closing(holder):
        holder.execute("BEGIN EXCLUSIVE")
        release = threading.Timer(0.2, holder.rollback)
        release.start()
        insights.rate("up", ["tea#steep"], None)
        release.join()
    assert (rows(tmp_path), said) == ([(1,)], [])


def test_questions_are_kept_as_long_as_they_may_be_and_then_overwritten(tmp_path: Path, clock: Clock) -> None:
    insights, _ = insights_in(tmp_path, retention_days=30)
    for number in range(50):
        insights.keep(f"an old question of many words {number}", "answered")
    insights.flush()
    clock.day += timedelta(days=30)
    insights.keep("a new question", "abstained")
    insights.flush()
    assert len(rows(tmp_path, "SELECT * FROM texts")) == 51
    clock.day += timedelta(days=1)
    insights.flush()
    assert rows(tmp_path, "SELECT * FROM texts") == [("2026-12-29", "abstained", "a new question")]
    for file in tmp_path.iterdir():
        assert b"an old question" not in file.read_bytes()


def test_questions_of_before_go_where_none_are_kept_any_more(tmp_path: Path, clock: Clock) -> None:
    insights, _ = insights_in(tmp_path, retention_days=30)
    insights.keep("an old question", "answered")
    insights.flush()
    other, _ = insights_in(tmp_path)
    other.keep("another one", "answered")
    other.flush()
    assert rows(tmp_path, "SELECT * FROM texts") == []
    assert b"an old question" not in (tmp_path / "insights.sqlite").read_bytes()


def test_no_question_of_somebody_in_danger_is_kept(tmp_path: Path) -> None:
    insights, _ = insights_in(tmp_path, retention_days=30)
    insights.keep("he is not breathing", "crisis")
    insights.flush()
    assert rows(tmp_path, "SELECT * FROM texts") == []


def test_no_more_questions_wait_for_a_disk_than_a_thousand(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.write_text("a file", encoding="utf-8")
    insights, _ = insights_in(folder, retention_days=30)
    for _ in range(3):
        for number in range(700):
            insights.keep(f"question {number}", "answered")
        insights.flush()
    assert len(insights._texts) == 1_000


@pytest.fixture
def services(tea: Bot, tmp_path: Path) -> Services:
    return services_of(tea, tmp_path)


@pytest.fixture
def secret(tmp_path: Path) -> str:
    return Keyring(tmp_path).create("secret", "operator", (), date(2026, 11, 29))[0]


@pytest.fixture
def client(services: Services, secret: str) -> TestClient:
    return local_client(services, headers={"Authorization": f"Bearer {secret}"})


def ask(client: TestClient, times: int, question: str = TEA) -> None:
    for _ in range(times):
        assert client.post("/v1/ask", json={"question": question}).status_code == 200


def test_answers_are_counted_however_they_are_asked_for(client: TestClient) -> None:
    ask(client, 3)
    assert client.post("/v1/ask/stream", json={"question": TEA}).status_code == 200
    assert client.post("/ask", data={"question": TEA}).status_code == 200
    found = client.get("/v1/insights").json()
    assert found["answers"]["answered"] == 5
    assert found["topics"] == [{"section": "tea#how-long-should-tea-steep", "title": "How long should tea steep?", "count": 5}]


def test_drugs_are_counted_by_their_names(client: TestClient) -> None:
    for word in ("xanax", "xans", "alprazolam", "Xanax", "xanny"):
        ask(client, 1, f"does tea steep with {word}")
    assert client.get("/v1/insights").json()["asked"] == [{"drug": "alprazolam", "count": 5}]


def test_danger_is_counted_whether_asked_properly_or_not(client: TestClient, services: Services) -> None:
    ask(client, 3, "He is not breathing after ketamine")
    assert client.post("/v1/ask", json={"question": "He is not breathing", "colour": "red"}).json()["status"] == "crisis"
    distant = local_client(services)  # without its key
    assert distant.post("/v1/ask", json={"question": "He is not breathing"}).json()["status"] == "crisis"
    found = client.get("/v1/insights").json()
    assert found == {**found, **NOTHING, "answers": {**NOTHING["answers"], "crisis": 5}, "crisis_cards": 5}


def test_a_month_can_be_named(client: TestClient) -> None:
    found = client.get("/v1/insights", params={"month": "2020-02"}).json()
    assert found == {"month": "2020-02", "months": found["months"], "at_least": 5, **NOTHING}


@pytest.mark.parametrize("month", ["2026", "zanzibarian", "", "2026-13", "' OR 1=1 --"])
@pytest.mark.parametrize("path", ["/v1/insights", "/insights"])
def test_what_is_no_month_is_refused_without_repeating_it(client: TestClient, path: str, month: str) -> None:
    reply = client.get(path, params={"month": month})
    assert (reply.status_code, reply.json()["detail"]) == (422, "month: write it like 2026-11")


def test_counts_can_be_turned_off(tea: Bot, tmp_path: Path, secret: str) -> None:
    client = local_client(services_of(tea, tmp_path, insights=False), headers={"Authorization": f"Bearer {secret}"})
    ask(client, 5)
    reply = client.post("/v1/feedback", json={"receipt": "x", "sections": ["bees#swarms"], "rating": "up"})
    assert reply.status_code == 204
    assert client.get("/v1/insights").json()["detail"] == "nothing is counted here; CITEWELL_INSIGHTS=true turns it on"
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith("insights")] == []


@pytest.mark.parametrize("path", ["/v1/insights", "/insights"])
def test_counts_are_for_the_holder_of_a_secret_key(services: Services, secret: str, path: str) -> None:
    site = services.keyring.create("site", "page", ("https://www.example.org",), date(2026, 11, 29))[0]
    client = local_client(services)
    for headers in ({}, {"Authorization": f"Bearer {site}"}, {"Authorization": "Bearer cw_secret_0_x"}, {"Sec-Fetch-Site": "same-origin"}):
        assert client.get(path, headers=headers).status_code == 401
    assert client.get(path, headers={"Authorization": f"Bearer {secret}"}).status_code == 200


def test_a_browser_is_asked_for_the_key_as_a_password(services: Services, client: TestClient, secret: str) -> None:
    ask(client, 6)
    for _ in range(5):
        services.insights.rate("down", ["gone#away"], None)
    browser = local_client(services)
    refused = browser.get("/insights")
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, 'Basic realm="Citewell"')
    assert local_client(services).get("/v1/insights").headers["WWW-Authenticate"] == "Bearer"
    wrong = browser.get("/insights", headers={"Authorization": f"Basic {b64encode(b'me:guess').decode()}"})
    assert wrong.status_code == 401
    for password in (secret, f" {secret}"):
        given = b64encode(f"me:{password}".encode()).decode()
        assert browser.get("/insights", headers={"Authorization": f"Basic {given}"}).status_code == (200 if password == secret else 401)
    page = browser.get("/insights", headers={"Authorization": f"Basic {b64encode(f':{secret}'.encode()).decode()}"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "How long should tea steep?" in page.text
    assert "gone" in page.text  # a section that the index has no longer
    assert "Cards for danger shown: fewer than 5." in page.text


def test_answers_go_on_where_nothing_can_be_counted(tea: Bot, tmp_path: Path, disk: Disk, secret: str) -> None:
    disk.pages = 1
    services = services_of(tea, tmp_path)
    client = local_client(services, headers={"Authorization": f"Bearer {secret}"})
    ask(client, 5)
    reply = client.get("/v1/insights")
    assert (reply.status_code, reply.json()["type"], reply.headers["Retry-After"]) == (503, "urn:citewell:problem:storage", "60")
    disk.pages = None
    assert client.get("/v1/insights").json()["answers"]["answered"] == 5


def test_serving_writes_counts_and_stopping_writes_the_last(tea: Bot, tmp_path: Path) -> None:
    query = "SELECT count FROM counts WHERE kind = 'answer'"
    with local_client(services_of(tea, tmp_path)) as client:
        ask(client, 2)
        wait_until(lambda: (tmp_path / "insights.sqlite").exists() and rows(tmp_path, query) == [(2,)])
        ask(client, 1)
    assert rows(tmp_path, query) == [(3,)]
