"""How time, memory and size grow with the number of passages: made-up corpora, drawn vectors, and what is measured on them.

Begin with `__main__`; it is a benchmark, so pytest collects nothing of it but the tests of its arithmetic.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any


def section(results: Mapping[str, Any]) -> str:
    """growth.json as an HTML fragment; see `page`, which is loaded here, as plots are no part of what is measured."""
    fragment: str = import_module(f"{__name__}.page").growth_section(results)
    return fragment
