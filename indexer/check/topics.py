"""What the corpus is meant to cover: topics by subject, and the kinds of question people ask (topics.toml)."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from indexer.corpus_tables import Pattern


class Topics(BaseModel):
    """`topics` lists what each subject is to cover; `kinds` are patterns over the titles of sections."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    topics: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, Pattern]
    drugs: tuple[str, ...]

    def all(self) -> frozenset[str]:
        """Every topic."""
        return frozenset(topic for topics in self.topics.values() for topic in topics)
