"""The questions of a corpus, as `writing` left them."""

import json
from pathlib import Path

from tests.benchmarks.growth.corpus import Question


def read_questions(file: Path) -> list[Question]:
    """Every question, with the section that it was made from."""
    return [Question(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]
