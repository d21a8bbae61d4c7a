"""`citewell index` with the model itself in float32: `python -m tests.benchmarks.exact_index index PATH --index DIR`.

The export is made to fail, so that the index falls back on sentence-transformers, as it does for models that cannot be exported. At index
time texts are encoded in batches, which in float32 changes no more than last digits.
"""

from collections.abc import Sequence
from unittest.mock import patch

import torch
from sentence_transformers import SentenceTransformer

from api.cli import main
from indexer.config import DEFAULT_MODEL
from indexer.embedder import SentenceTransformersEmbedder, Vectors
from indexer.export import locate_model

_BATCH = 64


def _refuse(*_: object, **__: object) -> None:
    raise RuntimeError("the benchmark wants the model itself")


def run() -> None:
    """The command line, with those two changes."""
    model = SentenceTransformer(str(locate_model(DEFAULT_MODEL)), device="cpu", local_files_only=True)

    def encode(_: SentenceTransformersEmbedder, texts: Sequence[str]) -> Vectors:
        vectors: Vectors = model.encode(list(texts), batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False)
        return vectors

    with patch.object(torch.onnx, "export", _refuse), patch.object(SentenceTransformersEmbedder, "encode", encode):
        main()


if __name__ == "__main__":
    run()
