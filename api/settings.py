"""Settings: from the environment, else from the TOML file that CITEWELL_SETTINGS names. Options of a command win over both."""

import os
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

from pydantic import Field, IPvAnyNetwork, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

PREFIX = "CITEWELL_"
FILE = f"{PREFIX}SETTINGS"
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
Rate = Annotated[str, Field(pattern=r"^[1-9]\d{0,8}/(second|minute|hour|day)$")]
Storage = Annotated[str, Field(pattern=r"^(memory://|rediss?://\S+)$")]


class Settings(BaseSettings):
    """Each field can be set as CITEWELL_<NAME>, or as a line of the file.

    - `index`, `data`: folders; of the index, and of keys and counts
    - `host`, `port`, `workers`: where it listens, with how many processes
    - `risk`: the share of wrong answers that `citewell calibrate` aims at
    - `proxies`: addresses or networks whose X-Forwarded-For and X-Forwarded-Proto are believed
    - `rate_per_address`, `rate_per_key`: "60/minute"; `rate_storage`: memory://, where each process counts for itself, or redis://...
    - `threads`: questions answered at once by a process, 0 for its share of the processors; `queue`: how many more may wait
    - `timeout`: seconds that a request may take to arrive, and again to be answered; `grace`: seconds to finish in when stopped
    - `cache`: answers a process keeps at hand in memory, for minutes; 0 for none
    - `insights`: count, without text, what is asked
    - `store_text`: also keep questions, stripped of what could name somebody, for `retention_days`
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid")

    index: Path = Path(".citewell/index")
    data: Path = Path(".citewell/data")
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    workers: int = Field(1, ge=1, le=64)
    risk: float = Field(0.05, gt=0, lt=1)
    proxies: Annotated[tuple[IPvAnyNetwork, ...], NoDecode] = ()
    rate_per_address: Rate = "60/minute"
    rate_per_key: Rate = "1200/minute"
    rate_storage: Storage = "memory://"
    threads: int = Field(0, ge=0, le=64)
    queue: int = Field(64, ge=0, le=10_000)
    timeout: float = Field(10, gt=0, le=300)
    grace: int = Field(20, ge=0, le=300)
    cache: int = Field(1_000, ge=0, le=100_000)
    insights: bool = True
    store_text: bool = False
    retention_days: int = Field(30, ge=1, le=365)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What was passed in, then the environment, then the file."""
        sources = (init_settings, env_settings)
        file = settings_file()
        return (*sources, TomlConfigSettingsSource(settings_cls, file)) if file else sources

    @field_validator("proxies", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def settings_file() -> Path | None:
    """The file that settings are read from, if one is named."""
    name = os.environ.get(FILE)
    return Path(name) if name else None


def counts_together() -> bool:
    """Whether several processes share the counts that Prometheus reads; its library takes their folder from this variable itself."""
    return METRICS_FOLDER in os.environ


def is_in_environment(name: str) -> bool:
    """Whether a setting comes from its variable, not from the file."""
    return PREFIX + name.upper() in os.environ


def unknown_variables() -> list[str]:
    """Variables that look like settings and are none, each with the setting that was likely meant."""
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    strangers = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in [*known, FILE])
    return [f"{name}{_meant(name, known)}" for name in strangers]


def _meant(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f" (did you mean {close[0]}?)" if close else ""
