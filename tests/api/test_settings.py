"""Settings come from the environment alone and are checked before they are used."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st
from pydantic import ValidationError

from api.settings import Settings


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CITEWELL_{name.upper()}", raising=False)


def test_without_any_variable_the_defaults_hold() -> None:
    assert Settings().model_dump() == {
        "index": Path(".citewell/index"),
        "data": Path(".citewell/data"),
        "host": "127.0.0.1",
        "port": 8000,
        "workers": 1,
        "risk": 0.05,
        "proxies": (),
        "rate_per_address": "60/minute",
        "rate_per_key": "1200/minute",
        "rate_storage": "memory://",
        "threads": 0,
        "queue": 64,
        "timeout": 10.0,
        "grace": 20,
        "cache": 1_000,
        "insights": True,
        "store_text": False,
        "retention_days": 30,
    }


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("index", "/srv/index", Path("/srv/index")),
        ("host", "0.0.0.0", "0.0.0.0"),
        ("port", "0", 0),
        ("port", "65535", 65535),
        ("workers", "64", 64),
        ("risk", "0.2", 0.2),
    ],
)
def test_each_field_is_read_from_its_variable(monkeypatch: pytest.MonkeyPatch, name: str, text: str, value: object) -> None:
    monkeypatch.setenv(f"CITEWELL_{name.upper()}", text)
    assert getattr(Settings(), name) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("port", "-1"),
        ("port", "65536"),
        ("port", "http"),
        ("workers", "0"),
        ("workers", "65"),
        ("workers", ""),
        ("risk", "0"),
        ("risk", "1"),
        ("risk", "nan"),
    ],
)
def test_a_value_out_of_range_is_refused_by_the_name_of_its_field(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    monkeypatch.setenv(f"CITEWELL_{name.upper()}", text)
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert [error["loc"] for error in refused.value.errors()] == [(name,)]


def test_variables_of_other_programs_are_let_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9")
    monkeypatch.setenv("HOST", "elsewhere")
    monkeypatch.setenv("CITEWELL_COLOUR", "green")
    assert (Settings().host, Settings().port) == ("127.0.0.1", 8000)


def test_a_file_of_variables_is_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CITEWELL_PORT=9000\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert Settings().port == 8000


@given(port=st.integers(0, 65535))
@given_settings(deadline=None, max_examples=60)
def test_every_port_there_is_can_be_set(port: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CITEWELL_PORT", str(port))
        assert Settings().port == port
