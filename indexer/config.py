"""The settings that decide what an index looks like."""

from dataclasses import dataclass

DEFAULT_MODEL = "sentence-transformers/all-MiniLM-L6-v2"


@dataclass(frozen=True, slots=True)
class IndexConfig:
    """What an index is built with; stands in its manifest, so an index built otherwise is never mistaken for it.

    `model` is a local folder, or the name of a sentence-transformers model. `passage_tokens` bounds a passage together with
    its titles, and is cut down to what the model can read.
    """

    model: str = DEFAULT_MODEL
    passage_tokens: int = 200
