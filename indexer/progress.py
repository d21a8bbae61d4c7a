"""How far a run has come, for whoever shows it."""

from collections.abc import Callable

# Told (stage, done since last told, in all): documents that are cut, texts that are encoded.
Progress = Callable[[str, int, int], None]
