"""An encoder of a few kilobytes, so that what is not about meaning can be tested on many indexes."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from indexer.embedder import ENCODER_SETTINGS, EncoderSettings
from indexer.export import fingerprint
from indexer.manifest import list_files

DIMENSION = 48
WORDS = """
    air bakes bees bitter black bread colony deimos drink drones drunk earth feeding fed flour flat for forty four green has hive honey hot
    how in is jar keeps leaves light live loaf long many mars minutes moon moons naloxone no of old oven phobos plant queen rarely reverses
    small smells sourdough stale starter steep steeps sting summer swarm swarms tastes tea the thousands three two vinegar water weeks what
    workers
""".split()


def write_tiny_encoder(source: Path, target: Path, name: str, report: Callable[[str], None] = print, seed: int = 0) -> None:
    """In place of `export_encoder`: each word has a vector of chance, a text the mean of its words'."""
    tokenizer = Tokenizer(models.WordLevel({word: number for number, word in enumerate(["?", *WORDS])}, unk_token="?"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(target / "tokenizer.json"))
    table = np.random.default_rng(seed).normal(size=(len(WORDS) + 1, DIMENSION)).astype(np.float32)
    graph = onnx.helper.make_graph(
        [
            onnx.helper.make_node("Gather", ["table", "input_ids"], ["rows"]),
            onnx.helper.make_node("ReduceMean", ["rows"], ["mean"], axes=[1], keepdims=0),
        ],
        "tiny",
        [onnx.helper.make_tensor_value_info("input_ids", onnx.TensorProto.INT64, [1, "tokens"])],
        [onnx.helper.make_tensor_value_info("mean", onnx.TensorProto.FLOAT, [1, DIMENSION])],
        [onnx.numpy_helper.from_array(table, "table")],
    )
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8), str(target / "model.onnx"))
    settings = EncoderSettings(
        kind="onnx-int8",
        model=name,
        fingerprint=fingerprint(source),
        dimension=DIMENSION,
        max_tokens=256,
        files=list_files(target),
    )
    (target / ENCODER_SETTINGS).write_text(settings.model_dump_json(indent=1) + "\n", encoding="utf-8")
