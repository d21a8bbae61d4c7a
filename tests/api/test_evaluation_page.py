"""The first page and the report over HTTP: as the settings and the data folder have them."""

from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.pages import PAGE_HEADERS
from bot.calibration import IndexCalibration
from bot.pipeline import Bot
from tests.api.conftest import Evaluate
from tests.api.pages.sample_pages import calibration
from tests.applications import distant_client, local_client, services_of

REPORT = "<!doctype html><title>Café</title>"


@pytest.fixture
def client(without_index: Bot, tmp_path: Path) -> TestClient:
    return local_client(services_of(without_index, tmp_path))


def test_the_report_is_sent_as_it_was_written_and_may_do_nothing(client: TestClient, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(REPORT, encoding="utf-8")
    reply = client.get("/evaluation")
    assert (reply.status_code, reply.text, reply.headers["Content-Type"]) == (200, REPORT, "text/html; charset=utf-8")
    assert reply.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


def test_where_there_is_no_report_a_page_says_how_one_is_made(client: TestClient) -> None:
    reply = client.get("/evaluation")
    assert (reply.status_code, reply.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "<pre>citewell evaluate --gold tests/gold --report .citewell/data/report.html</pre>" in reply.text
    assert reply.headers["Content-Security-Policy"] == PAGE_HEADERS["Content-Security-Policy"]


def test_a_data_folder_that_is_not_there_or_is_none_has_no_report(without_index: Bot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for data in (tmp_path / "nothing", tmp_path / "file"):
        assert local_client(services_of(without_index, data)).get("/evaluation").status_code == 404


def test_the_report_is_open_to_everybody(without_index: Bot, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(REPORT, encoding="utf-8")
    stranger = distant_client(services_of(without_index, tmp_path))
    assert stranger.get("/evaluation", headers={"Authorization": "Bearer wrong", "Origin": "https://evil.example"}).status_code == 200


def test_the_home_page_is_as_the_settings_and_the_data_folder_have_it(tea: Bot, tmp_path: Path) -> None:
    plain = local_client(services_of(tea, tmp_path)).get("/").text
    assert "<strong>Questions are not kept.</strong>" in plain
    assert "What is counted is" in plain
    assert 'href="/evaluation"' not in plain
    (tmp_path / "report.html").write_text(REPORT, encoding="utf-8")
    keeping = local_client(services_of(tea, tmp_path, store_text=True, retention_days=7, insights=False)).get("/").text
    assert "<strong>This site keeps questions for 7 days</strong>" in keeping
    assert "What is counted is" not in keeping
    assert 'href="/evaluation"' in keeping


def test_the_home_page_shows_the_figures_of_its_own_index_or_none(tea: Bot) -> None:
    assert tea.calibration.file is None
    assert "Nothing has been measured yet on these documents" in local_client(services_of(tea)).get("/").text
    fitted = replace(tea, calibration=IndexCalibration(tea.calibration.model, calibration(coverage=0.61), "d" * 64))
    page = local_client(services_of(fitted)).get("/").text
    assert "<dt>Questions answered</dt><dd><strong>61%</strong>" in page
    assert "Nothing has been measured" not in page


@pytest.mark.model
def test_a_report_that_was_written_is_one_that_the_server_sends(evaluate: Evaluate, client: TestClient, tmp_path: Path) -> None:
    assert evaluate("--report", tmp_path / "report.html").code == 0
    page = client.get("/evaluation").text
    assert "<h1>How well Citewell answers</h1>" in page
    assert not {"<script", "<img", "<link", " style="} & {part for part in ("<script", "<img", "<link", " style=") if part in page}
