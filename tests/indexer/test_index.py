"""The index as a whole: built from every format, loaded, damaged."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from indexer.build import Summary, build_index
from indexer.config import IndexConfig
from indexer.corpus_tables import CorpusTables
from indexer.errors import IndexDamagedError, IndexMissingError, ModelError
from indexer.index import PROBE_TEXT, Index
from indexer.lexical_index import spoken_words
from indexer.readers import find_files, read_documents
from indexer.readers.reader import read_file
from indexer.versions import live_version
from indexer.whitening import whiten, within_class_whitening

pytestmark = pytest.mark.model


def run(folder: Path, documents: Path, tables: CorpusTables, config: IndexConfig | None = None) -> Summary:
    return build_index(
        read_documents(find_files([documents]).files, lambda file: read_file(file, tables)),
        folder,
        config or IndexConfig(),
        tables,
        report=lambda line: None,
        progress=lambda stage, done, total: None,
    )


@pytest.fixture
def writable(tmp_path: Path, mixed_index_folder: Path, mixed_folder: Path) -> Path:
    """A copy of the mixed index, with its documents in `documents`, to be changed at will."""
    shutil.copytree(mixed_index_folder, tmp_path / "index")
    shutil.copytree(mixed_folder, tmp_path / "documents")
    return tmp_path


def all_documents(index: Index) -> list[str]:
    return [row[0] for row in index.store.document_list()]


def test_every_format_becomes_a_document(mixed_index: Index) -> None:
    assert all_documents(mixed_index) == ["bees", "bread", "moon", "mars", "tea"]
    assert mixed_index.manifest.counts.documents == 5


@pytest.mark.parametrize("which", ["mixed_index_folder", "corpus_index_folder"])
def test_every_passage_and_sentence_is_a_span_of_its_document(which: str, request: pytest.FixtureRequest) -> None:
    index = Index.load(request.getfixturevalue(which))
    seen = 0
    for number in range(index.manifest.counts.passages):
        passage = index.store.passage(number)
        document = index.store.document(passage.document.id)
        assert document is not None
        assert document.text[passage.start : passage.end] == passage.text
        assert passage.section in document.sections
        for sentence in passage.sentences:
            assert document.text[sentence.start : sentence.end] == sentence.text == sentence.text.strip()
            assert passage.section.start <= sentence.start < sentence.end <= passage.section.end
            seen += 1
    assert seen == index.manifest.counts.sentences > 0
    index.store.close()


def test_numbers_of_passages_and_sentences_are_rows_of_their_vectors(mixed_index: Index) -> None:
    for number in range(mixed_index.manifest.counts.passages):
        passage = mixed_index.store.passage(number)
        vector = whiten(mixed_index.embedder.encode([f"{passage.titles}. {passage.text}"])[0], mixed_index.whitening)
        assert mixed_index.vectors.similarities(vector, [number])[0] == pytest.approx(1.0, abs=1e-4)
        rows = range(mixed_index.first_sentences[number], mixed_index.first_sentences[number + 1])
        assert [sentence.number for sentence in passage.sentences] == list(rows)
        plain = next((sentence for sentence in passage.sentences if sentence.kind == "paragraph"), None)
        if plain is not None:
            own = whiten(mixed_index.embedder.encode([plain.text])[0], mixed_index.whitening)
            assert mixed_index.sentence_vectors.similarities(own, [plain.number])[0] == pytest.approx(1.0, abs=1e-3)


def test_keys_are_whitened_by_their_own_sections(mixed_index: Index) -> None:
    """The whole matrix, and each key's vector, from the keys' texts."""
    left = {int(number): list(mixed_index.store.keys_of_section(int(number))) for number in set(mixed_index.key_sections.tolist())}
    texts = [left[int(number)].pop(0) for number in mixed_index.key_sections]
    vectors = mixed_index.embedder.encode(texts)
    matrix = within_class_whitening(vectors, np.asarray(mixed_index.key_sections))
    np.testing.assert_allclose(mixed_index.whitening, matrix, atol=1e-5)
    assert np.abs(matrix - np.eye(len(matrix))).max() > 1e-5  # there is something to see
    for number, vector in enumerate(whiten(vectors, matrix)):
        assert mixed_index.keys.similarities(vector, [number])[0] == pytest.approx(1.0, abs=1e-4)


def test_a_question_is_whitened_as_what_it_is_compared_with(mixed_index: Index) -> None:
    asked = mixed_index.encode_query("brewing time for tea")
    plain = mixed_index.embedder.encode(["brewing time for tea"])[0]
    assert asked.tolist() == whiten(plain, mixed_index.whitening).tolist() != plain.tolist()
    assert float(np.linalg.norm(asked)) == pytest.approx(1.0, abs=1e-5)


def test_the_vocabulary_holds_every_word_of_passages_titles_and_ways_of_asking_and_no_other(mixed_index: Index) -> None:
    texts: list[str] = []
    for number in range(mixed_index.manifest.counts.passages):
        passage = mixed_index.store.passage(number)
        texts += [passage.text, passage.titles, *mixed_index.store.keys_of_section(passage.section_number)]
    spoken = list(dict.fromkeys(word for text in texts for word in spoken_words(text)))
    assert {"brewing", "sourdough", "swarm", "steeps", "27"} <= set(spoken)
    assert len(mixed_index.vocabulary) == len(spoken)
    expected = whiten(mixed_index.embedder.encode(spoken), mixed_index.whitening)
    np.testing.assert_allclose(mixed_index.vocabulary.of(spoken), expected, atol=2e-3)


def test_titles_that_differ_in_case_alone_leave_vectors_as_they_are(tmp_path: Path, mixed_index_folder: Path, tables: CorpusTables) -> None:
    """The one section with three keys has the same vector three times: no spread to whiten by."""
    (tmp_path / "documents").mkdir()
    text = "---\nid: tea\ntitle: Tea\nasked:\n  tea:\n    - TEA\n    - tea\n---\n\n## Tea\n\nTea is hot.\n"
    (tmp_path / "documents" / "tea.md").write_text(text, encoding="utf-8")
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "cache").symlink_to(mixed_index_folder / "cache")
    run(tmp_path / "index", tmp_path / "documents", tables)
    index = Index.load(tmp_path / "index")
    assert index.whitening.tolist() == np.eye(len(index.whitening)).tolist()
    assert index.encode_query("Tea").tolist() == pytest.approx(index.embedder.encode(["Tea"])[0].tolist(), abs=1e-6)
    index.store.close()


def test_a_document_without_a_word_that_means_something_is_indexed(tmp_path: Path, mixed_index_folder: Path, tables: CorpusTables) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "it.md").write_text("---\nid: it\ntitle: It\n---\n\n## What is it?\n\nIt is what it is.\n", encoding="utf-8")
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "cache").symlink_to(mixed_index_folder / "cache")
    run(tmp_path / "index", tmp_path / "documents", tables)
    index = Index.load(tmp_path / "index")
    assert (len(index.vocabulary), index.vocabulary.of(["tea"]).shape) == (0, (0, index.manifest.encoder.dimension))
    index.store.close()


def test_a_text_is_encoded_the_same_alone_and_among_others(mixed_index: Index) -> None:
    texts = ["Tea", "A much longer sentence about the Moon, tides and the calendar.", "bees sting?"]
    together = mixed_index.embedder.encode(texts)
    for text, vector in zip(texts, together, strict=True):
        assert mixed_index.embedder.encode([text])[0].tolist() == vector.tolist()
    assert np.linalg.norm(together, axis=1).tolist() == pytest.approx([1.0, 1.0, 1.0], abs=1e-5)


def test_vectors_are_those_of_the_original_model(mixed_index: Index) -> None:
    """In a process of its own: torch must not stay loaded in this one."""
    texts = ["Naloxone reverses opioids.", "Naloxone reverses an opioid overdose quickly.", "Bread bakes in an oven."]
    script = (
        "import json, sys; from sentence_transformers import SentenceTransformer; from indexer.export import locate_model\n"
        "model = SentenceTransformer(str(locate_model('sentence-transformers/all-MiniLM-L6-v2')), device='cpu')\n"
        "print(json.dumps(model.encode(json.loads(sys.argv[1]), normalize_embeddings=True).tolist()))"
    )
    printed = subprocess.run([sys.executable, "-c", script, json.dumps(texts)], capture_output=True, text=True, check=True)
    original = np.array(json.loads(printed.stdout.splitlines()[-1]))
    ours = mixed_index.embedder.encode(texts)
    assert (original * ours).sum(axis=1).min() > 0.98
    assert original @ original.T == pytest.approx(ours @ ours.T, abs=0.05)


def test_indexing_again_without_a_change_does_nothing(writable: Path, tables: CorpusTables) -> None:
    before = live_version(writable / "index")
    summary = run(writable / "index", writable / "documents", tables)
    assert summary.outcome == "unchanged"
    assert (summary.documents, summary.texts) == (5, 0)
    assert live_version(writable / "index") == before


def test_only_a_changed_sentence_is_encoded_again(writable: Path, tables: CorpusTables) -> None:
    bread = writable / "documents" / "bread.txt"
    bread.write_text(bread.read_text().replace("forty minutes", "fifty minutes"))
    summary = run(writable / "index", writable / "documents", tables)
    assert summary.texts - summary.reused == 2  # the sentence and its passage
    index = Index.load(writable / "index")
    found = index.store.document("bread")
    assert found is not None and "fifty minutes" in found.text
    index.store.close()


def test_a_deleted_document_is_gone(writable: Path, tables: CorpusTables) -> None:
    (writable / "documents" / "tea.md").unlink()
    run(writable / "index", writable / "documents", tables)
    index = Index.load(writable / "index")
    assert "tea" not in all_documents(index)
    index.store.close()


def test_the_same_input_gives_the_same_index_byte_for_byte(
    tmp_path: Path, mixed_index_folder: Path, mixed_folder: Path, tables: CorpusTables
) -> None:
    (tmp_path / "cache").symlink_to(mixed_index_folder / "cache")
    run(tmp_path, mixed_folder, tables)
    assert live_version(tmp_path).name == live_version(mixed_index_folder).name


def test_an_unknown_model_is_named(writable: Path, tables: CorpusTables) -> None:
    with pytest.raises(ModelError, match="'no/such-model' was not found; name a local folder"):
        run(writable / "index", writable / "documents", tables, IndexConfig(model="no/such-model"))


def test_a_folder_without_an_index_is_missing(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError):
        Index.load(tmp_path)


def flip_a_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))


def test_any_file_with_a_bit_flipped_is_found_and_named(writable: Path) -> None:
    version = live_version(writable / "index")
    files = sorted(file for file in version.rglob("*") if file.is_file())
    assert len(files) > 12
    for file in files:
        flip_a_bit(file)
        with pytest.raises(IndexDamagedError, match=rf"{file.name}.*run `citewell index`"):
            Index.load(writable / "index")
        flip_a_bit(file)
    Index.load(writable / "index").store.close()


def test_the_probe_stands_for_the_encoder(mixed_index: Index) -> None:
    assert mixed_index.embedder.encode([PROBE_TEXT])[0].tolist() == pytest.approx(list(mixed_index.manifest.probe), abs=1e-5)


def test_a_damaged_encoder_is_made_again(writable: Path, tables: CorpusTables) -> None:
    model = next((writable / "index" / "cache" / "encoders").glob("*/model.onnx"))
    flip_a_bit(model)
    flip_a_bit(live_version(writable / "index") / "encoder" / "model.onnx")
    with pytest.raises(IndexDamagedError, match=r"model.onnx has changed"):
        Index.load(writable / "index")
    said: list[str] = []
    reading = read_documents(find_files([writable / "documents"]).files, lambda file: read_file(file, tables))
    build_index(reading, writable / "index", IndexConfig(), tables, said.append, lambda stage, done, total: None)
    assert said == ["preparing the encoder sentence-transformers/all-MiniLM-L6-v2 (once)"]
    Index.load(writable / "index").store.close()


def test_a_folder_of_another_name_beside_the_versions_is_left_alone(writable: Path, tables: CorpusTables) -> None:
    kept = writable / "index" / "versions" / "000001.bak"
    kept.mkdir()
    (writable / "documents" / "tea.md").unlink()
    run(writable / "index", writable / "documents", tables)
    assert kept.is_dir()
