"""Text to vectors: the exported ONNX encoder, or sentence-transformers where a model cannot be exported.

Each text is encoded alone and unpadded: int8 activations are scaled over the whole input, so in a batch the neighbours of a text would
change its vector. Several texts are encoded in parallel instead, which is faster as well.
"""

import hashlib
import os
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, ValidationError

from indexer.errors import ModelError

Vectors = npt.NDArray[np.float32]
ENCODER_SETTINGS = "encoder.json"
_REMEMBERED = 256  # vectors


class EncoderSettings(BaseModel):
    """encoder.json: what is needed to encode as the model was meant to.

    Prompts are put before a text, by its role. `files` has the sha256 of every other file of the encoder.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    kind: Literal["onnx-int8", "sentence-transformers"]
    model: str
    fingerprint: str
    dimension: int
    max_tokens: int
    query_prompt: str = ""
    passage_prompt: str = ""
    files: dict[str, str] = {}


class Embedder(Protocol):
    """Unit vectors of texts. Encoding is deterministic, safe from several threads, and the same alone as among others."""

    settings: EncoderSettings

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), dimension), float32, length 1."""
        ...

    def count_tokens(self, text: str) -> int:
        """How many tokens a text takes up."""
        ...

    def is_word(self, word: str) -> bool:
        """Whether the model knows a lower-case word as one token, as it does the common words of its language."""
        ...


def silence_onnxruntime() -> None:
    """Keep onnxruntime from writing down who uses it, and from sending that to its makers; heeded only before its first import."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"


def load_settings(folder: Path) -> EncoderSettings:
    """encoder.json of a folder. Raises ModelError."""
    try:
        return EncoderSettings.model_validate_json((folder / ENCODER_SETTINGS).read_bytes())
    except (OSError, ValidationError) as problem:
        raise ModelError(f"the encoder in {folder} cannot be read ({type(problem).__name__}); run `citewell index` again") from problem


def load_embedder(folder: Path) -> Embedder:
    """The encoder saved in a folder. Raises ModelError."""
    settings = load_settings(folder)
    return OnnxEmbedder(folder, settings) if settings.kind == "onnx-int8" else SentenceTransformersEmbedder(folder, settings)


class RememberingEmbedder:
    """An embedder that keeps the vectors of the texts it was last asked for one by one, as a message is looked at more than once.

    Texts are known by their digest alone, so that no question stays in memory.
    """

    def __init__(self, embedder: Embedder) -> None:
        self.settings = embedder.settings
        self._embedder = embedder
        self._vectors: OrderedDict[bytes, Vectors] = OrderedDict()
        self._lock = Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See Embedder."""
        if len(texts) != 1:
            return self._embedder.encode(texts)
        name = hashlib.sha256(texts[0].encode()).digest()
        with self._lock:
            vectors = self._vectors.pop(name, None)
        if vectors is None:
            vectors = self._embedder.encode(texts)
            vectors.flags.writeable = False
        with self._lock:
            self._vectors[name] = vectors
            while len(self._vectors) > _REMEMBERED:
                self._vectors.popitem(last=False)
        return vectors

    def count_tokens(self, text: str) -> int:
        """See Embedder."""
        return self._embedder.count_tokens(text)

    def is_word(self, word: str) -> bool:
        """See Embedder."""
        return self._embedder.is_word(word)


class OnnxEmbedder:
    """The int8 encoder run by onnxruntime; needs neither torch nor sentence-transformers."""

    def __init__(self, folder: Path, settings: EncoderSettings) -> None:
        silence_onnxruntime()
        import onnxruntime
        from tokenizers import Tokenizer

        self.settings = settings
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # parallel over texts, not within one: the same vector on any number of cores
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
        except Exception as problem:  # both libraries raise bare or private exception types
            raise ModelError(f"the encoder in {folder} cannot be loaded; run `citewell index` again") from problem
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(settings.max_tokens)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See Embedder."""
        if len(texts) == 1:
            return self._encode_one(texts[0])[None, :]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            vectors = list(pool.map(self._encode_one, texts))
        return np.stack(vectors) if vectors else np.empty((0, self.settings.dimension), dtype=np.float32)

    def count_tokens(self, text: str) -> int:
        """See Embedder; the two special tokens included, cut at the model's limit."""
        return len(self._tokenizer.encode(text).ids)

    def is_word(self, word: str) -> bool:
        """See Embedder."""
        return self._tokenizer.token_to_id(word) is not None

    def _encode_one(self, text: str) -> npt.NDArray[np.float32]:
        ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
        vector: npt.NDArray[np.float32] = self._session.run(None, {"input_ids": ids})[0][0]
        return vector / np.linalg.norm(vector)


class SentenceTransformersEmbedder:
    """The model itself, for models that cannot be exported. Slower, larger, and in need of torch."""

    def __init__(self, folder: Path, settings: EncoderSettings) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as problem:
            raise ModelError("this index needs sentence-transformers to encode; run `pip install citewell[index]`") from problem
        self.settings = settings
        self._model: Any = SentenceTransformer(str(folder / "model"), device="cpu", local_files_only=True)
        self._words = frozenset(self._model.tokenizer.get_vocab())

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See Embedder; one text at a time, as padding changes the last digits."""
        vectors = [self._model.encode(text, normalize_embeddings=True, show_progress_bar=False) for text in texts]
        return np.stack(vectors) if vectors else np.empty((0, self.settings.dimension), dtype=np.float32)

    def count_tokens(self, text: str) -> int:
        """See Embedder."""
        return len(self._model.tokenizer(text)["input_ids"])

    def is_word(self, word: str) -> bool:
        """See Embedder."""
        return word in self._words
