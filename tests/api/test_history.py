import subprocess
import sys
from pathlib import Path

import pytest

WITHOUT_INDEXING = """
import sys
for name in ("chardet", "lxml", "mdit_py_plugins", "onnx", "pathspec", "pypdfium2", "sentence_transformers", "syntok", "torch", "yaml"):
    sys.modules[name] = None
from api.cli import main
main()
"""


@pytest.mark.parametrize(("option", "said"), [("--list", "000001-"), ("--rollback", "back to version 000001-")])
def test_a_server_lists_versions_and_goes_back_without_what_only_indexing_needs(tiny: Path, option: str, said: str) -> None:
    command = [sys.executable, "-c", WITHOUT_INDEXING, "index", option, "--index", str(tiny / "index")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert said in done.stdout
