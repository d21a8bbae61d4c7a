"""The export, its fallback, and what counts as the same model."""

import shutil
from pathlib import Path

import pytest

from indexer import export
from indexer.config import DEFAULT_MODEL
from indexer.embedder import OnnxEmbedder, SentenceTransformersEmbedder, load_embedder
from indexer.errors import ModelError
from indexer.export import export_encoder, fingerprint, locate_model

pytestmark = pytest.mark.model


def test_the_packaged_model_is_found_without_a_network() -> None:
    assert (locate_model(DEFAULT_MODEL) / "model.safetensors").is_file()


def test_a_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    assert locate_model(str(tmp_path)) == tmp_path


def test_a_folder_that_is_no_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(ModelError, match="is no sentence-transformers model"):
        export_encoder(tmp_path, tmp_path / "out", "mine", report=print)


def test_a_model_whose_files_changed_under_the_same_name_is_another(tmp_path: Path) -> None:
    copy = tmp_path / "model"
    shutil.copytree(locate_model(DEFAULT_MODEL), copy)
    assert fingerprint(copy) == fingerprint(locate_model(DEFAULT_MODEL))
    (copy / "config.json").write_text((copy / "config.json").read_text() + "\n")
    assert fingerprint(copy) != fingerprint(locate_model(DEFAULT_MODEL))


def test_a_model_that_cannot_be_exported_is_used_as_it_is_and_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(model: object, target: Path) -> None:
        raise RuntimeError("this operation has no ONNX counterpart")

    monkeypatch.setattr(export, "_export_onnx", fail)
    said: list[str] = []
    export_encoder(locate_model(DEFAULT_MODEL), tmp_path, DEFAULT_MODEL, said.append)
    assert said == [f"{DEFAULT_MODEL} cannot be exported to ONNX (RuntimeError); using sentence-transformers itself, which is slower"]
    embedder = load_embedder(tmp_path)
    assert isinstance(embedder, SentenceTransformersEmbedder)
    vectors = embedder.encode(["Tea is hot.", "A hot drink of tea.", "Bees fly."])
    assert vectors.shape == (3, 384)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.3
    assert embedder.count_tokens("Tea is hot.") == 6
    assert embedder.encode(["Bees fly."])[0].tolist() == vectors[2].tolist()


def test_a_damaged_encoder_is_named(tmp_path: Path, mixed_index_folder: Path) -> None:
    encoder = next((mixed_index_folder / "cache" / "encoders").iterdir())
    copy = tmp_path / "encoder"
    shutil.copytree(encoder, copy)
    assert isinstance(load_embedder(copy), OnnxEmbedder)
    (copy / "model.onnx").write_bytes(b"not a model")
    with pytest.raises(ModelError, match="cannot be loaded; run `citewell index` again"):
        load_embedder(copy)
    (copy / "encoder.json").unlink()
    with pytest.raises(ModelError, match=r"cannot be read \(FileNotFoundError\)"):
        load_embedder(copy)
