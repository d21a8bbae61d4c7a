"""Settings, from the environment and nowhere else. Command line options win over them."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Each field can be set as CITEWELL_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="CITEWELL_", extra="ignore")

    index: Path = Path(".citewell/index")
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    workers: int = Field(1, ge=1, le=64)
    risk: float = Field(0.05, gt=0, lt=1)
