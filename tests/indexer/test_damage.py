"""Damage: whatever happens to a file of an index, loading it says so in one line, touches nothing, and there is a way back."""

import fcntl
import hashlib
import json
import shutil
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.pipeline import Bot
from indexer.build import Summary
from indexer.byte_vectors import ByteVectors
from indexer.errors import IndexDamagedError, IndexerError, IndexMissingError, IndexUnusableError
from indexer.index import PROBE_TEXT, Index, roll_back, version_problem, whole_version_before
from indexer.manifest import FORMAT, read_manifest
from indexer.vector_index import VectorIndex
from indexer.versions import list_versions, live_version
from indexer.word_table import WordTable
from tests.tiny_encoder import DIMENSION, write_tiny_encoder

FILES = [
    "bm25/first_postings.npy",
    "bm25/impacts.npy",
    "bm25/parameters.json",
    "bm25/passages.npy",
    "bm25/word_slots.npy",
    "bm25/word_starts.npy",
    "bm25/words.txt",
    "documents.sqlite",
    "encoder/encoder.json",
    "encoder/model.onnx",
    "encoder/tokenizer.json",
    "first_sentences.npy",
    "helplines.json",
    "key_sections.npy",
    "keys.faiss",
    "lexicon.json",
    "partners.json",
    "passage_sections.npy",
    "safety.json",
    "sentence_vectors.npy",
    "vectors.faiss",
    "vocabulary/vectors.npy",
    "vocabulary/word_slots.npy",
    "vocabulary/word_starts.npy",
    "vocabulary/words.txt",
    "whitening.npy",
]
# The whitening too: of three keys and more is one section alone, and that stands in both.
SAME_IN_BOTH = {name for name in FILES if name.startswith("encoder/")} | {
    "helplines.json",
    "lexicon.json",
    "partners.json",
    "safety.json",
    "whitening.npy",
}
CURRENT = "../../current"
REBUILD = "; run `citewell index` to build it again"


def cut_to_half(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def empty(file: Path) -> None:
    file.write_bytes(b"")


def flip_a_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def swap(file: Path) -> None:
    """With the file of the same name of the version before."""
    older, newer = sorted(next(folder for folder in file.parents if folder.name == "versions").iterdir())
    shutil.copyfile(older / file.relative_to(newer), file)


def on_disk(folder: Path) -> dict[str, tuple[int, str]]:
    """Every path below a folder, when it was last written, and the digest of what it holds."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "")
        for path in folder.rglob("*")
    }


def answers(folder: Path) -> bool:
    bot = Bot.open(folder)
    answer = bot.answer("Mars", today=date(2026, 2, 1))
    bot.usable_index().store.close()
    return answer.citations[0].quote == "Mars has two small moons, Phobos and Deimos."


def refusal(folder: Path) -> str:
    """The one line with which the live version is refused, after it was seen that refusing it changed nothing."""
    before = on_disk(folder)
    with pytest.raises((IndexDamagedError, IndexMissingError)) as error:
        Index.load(folder)
    assert on_disk(folder) == before
    message = str(error.value)
    assert message.isprintable()
    return message


def test_every_file_of_a_version_is_damaged_below(tiny: Path) -> None:
    versions = list_versions(tiny / "index")
    for version in versions:
        assert list(read_manifest(version).files) == FILES
        assert sorted(str(file.relative_to(version)) for file in version.rglob("*") if file.is_file()) == sorted([*FILES, "manifest.json"])
    same = {name for name in FILES if (versions[0] / name).read_bytes() == (versions[1] / name).read_bytes()}
    assert same == SAME_IN_BOTH


@pytest.mark.parametrize("damage", [cut_to_half, empty, flip_a_bit, Path.unlink, swap])
@pytest.mark.parametrize("name", [*FILES, "manifest.json", CURRENT])
def test_damage_is_named_with_what_mends_it_and_the_version_to_go_back_to(tiny: Path, name: str, damage: Callable[[Path], None]) -> None:
    folder = tiny / "index"
    newer, older = list_versions(folder)
    if damage is swap and (name in SAME_IN_BOTH or name == CURRENT):
        pytest.skip("the versions have this file in common")
    damage((newer / name).resolve())
    whole = newer if name == CURRENT else older
    message = refusal(folder)
    assert Path(name).name in message
    assert message.endswith(f"{REBUILD}, or `citewell index --rollback` to go back to version {whole.name}")
    assert roll_back(folder) == whole
    assert live_version(folder) == whole
    assert answers(folder)
    assert newer.is_dir()


@pytest.mark.parametrize("name", ["documents.sqlite", "encoder/model.onnx", "manifest.json", CURRENT])
def test_the_next_run_mends_damage_without_encoding_anything(tiny: Path, build_tiny: Callable[..., Summary], name: str) -> None:
    folder = tiny / "index"
    flip_a_bit((live_version(folder) / name).resolve())
    summary = build_tiny(tiny / "documents", folder)
    assert summary.texts == summary.reused
    assert summary.version.startswith("000002-" if name == CURRENT else "000003-")
    assert summary.outcome == ("made live" if name == CURRENT else "written")
    assert answers(folder)


def test_without_a_whole_version_there_is_only_building_again(tiny: Path) -> None:
    for version in list_versions(tiny / "index"):
        flip_a_bit(version / "vectors.faiss")
    assert refusal(tiny / "index").endswith(f"vectors.faiss has changed since it was written{REBUILD}")
    with pytest.raises(IndexMissingError, match=rf"{tiny / 'index'} holds no earlier version that is whole{REBUILD}"):
        roll_back(tiny / "index")


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe garbage", b"000009-0123456789ab\n", b"../../etc", b"/etc/passwd\n"])
def test_a_pointer_to_nowhere_offers_the_newest_version(tiny: Path, content: bytes) -> None:
    newest = list_versions(tiny / "index")[0]
    (tiny / "index" / "current").write_bytes(content)
    assert refusal(tiny / "index").endswith(f"{REBUILD}, or `citewell index --rollback` to go back to version {newest.name}")
    assert roll_back(tiny / "index") == newest
    assert answers(tiny / "index")


def test_a_folder_without_versions_offers_none(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"there is no index in {tmp_path}; run `citewell index` to build one, or name another with --index"


# Manifests of another make: the folder's name fits, so only what stands in them can tell


Change = Callable[[dict[str, Any], Path], None]


def rewritten(folder: Path, change: Change) -> Path:
    """The live version, changed together with its manifest and name, as other software would have written it."""
    version = live_version(folder)
    values = json.loads((version / "manifest.json").read_bytes())
    change(values, version)
    return renamed(folder, version, json.dumps(values).encode())


def renamed(folder: Path, version: Path, manifest: bytes) -> Path:
    (version / "manifest.json").write_bytes(manifest)
    target = version.with_name(f"000009-{hashlib.sha256(manifest).hexdigest()[:12]}")
    version.rename(target)
    (folder / "current").write_text(target.name)
    return target


def digested(values: dict[str, Any], version: Path) -> None:
    """Every checksum of a manifest, made to fit the files."""
    values["files"] = {name: hashlib.sha256((version / name).read_bytes()).hexdigest() for name in values["files"]}


def unchanged(values: dict[str, Any], version: Path) -> None:
    digested(values, version)


def test_a_manifest_rewritten_without_a_change_is_whole(tiny: Path) -> None:
    assert version_problem(rewritten(tiny / "index", unchanged)) is None
    assert answers(tiny / "index")


@pytest.mark.parametrize("found", [1, FORMAT + 1, 99, "2", None, [], 2.5])
def test_another_format_is_refused_by_its_number(tiny: Path, found: object) -> None:
    version = rewritten(tiny / "index", lambda values, version: values.update(format=found))
    assert refusal(tiny / "index").startswith(
        f"the index in {version} is of format {found!r}, and this software reads format {FORMAT}{REBUILD}, or"
    )


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b"2", b"null", b"[" * 100_000, b"{}"], ids=repr)
def test_a_manifest_that_is_none_has_no_format(tiny: Path, content: bytes) -> None:
    version = renamed(tiny / "index", live_version(tiny / "index"), content)
    assert refusal(tiny / "index").startswith(f"the index in {version} is of format None, and this software reads format {FORMAT}")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda values, version: values.update(colour="red"), "colour"),
        (lambda values, version: values.pop("probe"), "probe"),
        (lambda values, version: values["counts"].update(keys="many"), "counts.keys"),
        (lambda values, version: values["encoder"].update(kind="magic"), "encoder.kind"),
        (lambda values, version: values.update(files=[]), "files"),
    ],
)
def test_a_manifest_of_the_right_format_and_the_wrong_form_is_refused_by_field(tiny: Path, change: Change, where: str) -> None:
    version = rewritten(tiny / "index", change)
    assert refusal(tiny / "index").startswith(f"{version / 'manifest.json'} is not of this version's format ({where}: ")


def another_model(values: dict[str, Any], version: Path) -> None:
    values["encoder"]["model"] = "another"


def another_dimension(values: dict[str, Any], version: Path) -> None:
    values["encoder"]["dimension"] = 12


def another_dimension_everywhere_it_is_said(values: dict[str, Any], version: Path) -> None:
    values["encoder"]["dimension"] = 12
    (version / "encoder" / "encoder.json").write_text(json.dumps(values["encoder"]))
    digested(values, version)


def one_more(name: str) -> Change:
    def change(values: dict[str, Any], version: Path) -> None:
        values["counts"][name] += 1

    change.__name__ = f"one_more_of_{name}"
    return change


def shorter(name: str) -> Change:
    def change(values: dict[str, Any], version: Path) -> None:
        array = np.load(version / name)
        np.save(version / name, array[:-1])
        digested(values, version)

    change.__name__ = f"shorter_{name}"
    return change


def fewer_vectors(values: dict[str, Any], version: Path) -> None:
    VectorIndex.build(np.ones((1, values["encoder"]["dimension"]), dtype=np.float32)).save(version / "vectors.faiss")
    digested(values, version)


def vectors_of_another_dimension(name: str) -> Change:
    def change(values: dict[str, Any], version: Path) -> None:
        VectorIndex.build(np.ones((len(VectorIndex.load(version / name)), 12), dtype=np.float32)).save(version / name)
        digested(values, version)

    change.__name__ = f"another_dimension_of_{name}"
    return change


def whitening_of(*shape: int) -> Change:
    def change(values: dict[str, Any], version: Path) -> None:
        np.save(version / "whitening.npy", np.ones(shape, dtype=np.float32))
        digested(values, version)

    change.__name__ = f"whitening_of_shape_{shape}"
    return change


def word_table(folder: str, *words: str) -> Change:
    def change(values: dict[str, Any], version: Path) -> None:
        WordTable.build(words).save(version / folder)
        digested(values, version)

    change.__name__ = f"{len(words)}_words_in_{folder}"
    return change


def word_vectors_of_another_dimension(values: dict[str, Any], version: Path) -> None:
    count = values["counts"]["words"]
    ByteVectors.save(version / "vocabulary" / "vectors.npy", [np.ones((count, 12), dtype=np.float32)], (count, 12))
    digested(values, version)


def vectors_compared_otherwise(values: dict[str, Any], version: Path) -> None:
    index = VectorIndex.build(np.ones((values["counts"]["keys"], values["encoder"]["dimension"]), dtype=np.float32), half=True)
    index.save(version / "keys.faiss")
    digested(values, version)


def words_of_the_version_before(values: dict[str, Any], version: Path) -> None:
    older = min(version.parent.iterdir())
    shutil.copytree(older / "bm25", version / "bm25", dirs_exist_ok=True)
    digested(values, version)


@pytest.mark.parametrize(
    "change",
    [
        another_model,
        another_dimension,
        another_dimension_everywhere_it_is_said,
        *(one_more(name) for name in ("documents", "passages", "sentences", "keys", "words")),
        *(shorter(f"{name}.npy") for name in ("passage_sections", "key_sections", "sentence_vectors", "first_sentences")),
        *(shorter(f"vocabulary/{name}.npy") for name in ("vectors", "word_starts", "word_slots")),
        *(shorter(f"bm25/{name}.npy") for name in ("passages", "impacts", "first_postings", "word_starts")),
        word_table("vocabulary", "tea"),
        word_table("bm25", "tea", "moon"),
        vectors_compared_otherwise,
        shorter("whitening.npy"),
        *(whitening_of(*shape) for shape in ((), (DIMENSION,), (12, 12), (DIMENSION, DIMENSION, 1))),
        word_vectors_of_another_dimension,
        fewer_vectors,
        vectors_of_another_dimension("vectors.faiss"),
        vectors_of_another_dimension("keys.faiss"),
        words_of_the_version_before,
    ],
    ids=lambda change: change.__name__,
)
def test_files_that_do_not_belong_together_are_refused(tiny: Path, change: Change) -> None:
    version = rewritten(tiny / "index", change)
    line = refusal(tiny / "index")
    assert line.startswith(f"the files of the index in {version} do not belong together: the ")
    assert f" its manifest names{REBUILD}, or " in line


def garbled(name: str) -> Change:
    def change(values: dict[str, Any], version: Path) -> None:
        (version / name).write_bytes(b"garbage")
        digested(values, version)

    change.__name__ = f"garbled_{name}"
    return change


NOT_THE_ENCODER = [name for name in FILES if not name.startswith("encoder/")]


@pytest.mark.parametrize("change", [garbled(name) for name in NOT_THE_ENCODER], ids=lambda change: change.__name__)
def test_garbage_with_the_right_checksum_is_refused_too(tiny: Path, change: Change) -> None:
    version = rewritten(tiny / "index", change)
    assert "run `citewell index`" in refusal(tiny / "index")
    with pytest.raises(IndexDamagedError):
        Index.load_version(version)


# A model changed under the same name


@pytest.fixture
def other_model(tmp_path: Path, tiny_model: Path) -> bytes:
    """The model.onnx of another tiny encoder."""
    (tmp_path / "other").mkdir()
    write_tiny_encoder(tiny_model, tmp_path / "other", "tiny", seed=1)
    return (tmp_path / "other" / "model.onnx").read_bytes()


def test_a_model_changed_under_the_same_name_is_found_out_by_what_it_computes(tiny: Path, other_model: bytes) -> None:
    def change(values: dict[str, Any], version: Path) -> None:
        (version / "encoder" / "model.onnx").write_bytes(other_model)
        values["encoder"]["files"]["model.onnx"] = hashlib.sha256(other_model).hexdigest()
        (version / "encoder" / "encoder.json").write_text(json.dumps(values["encoder"]))
        digested(values, version)

    version = rewritten(tiny / "index", change)
    assert refusal(tiny / "index").startswith(f"the encoder in {version} no longer computes what the index was built with{REBUILD}, or ")


@pytest.mark.parametrize(
    "probe",
    [
        lambda old: old[::-1],
        lambda old: [0.0] * len(old),
        lambda old: [-value for value in old],
        lambda old: [1.1 * value for value in old],
        lambda old: old[:-1],
        lambda old: old[:1],
        lambda old: [],
    ],
)
def test_a_probe_that_does_not_fit_is_found_out(tiny: Path, probe: Callable[[list[float]], list[float]]) -> None:
    version = rewritten(tiny / "index", lambda values, version: values.update(probe=probe(values["probe"])))
    assert refusal(tiny / "index").startswith(f"the encoder in {version} no longer computes what the index was built with{REBUILD}, or ")


def test_a_probe_that_is_no_number_is_found_out(tiny: Path) -> None:
    version = rewritten(tiny / "index", lambda values, version: values["probe"].__setitem__(0, float("nan")))
    refusal(tiny / "index")
    with pytest.raises(IndexDamagedError):
        Index.load_version(version)


def test_an_encoder_that_is_not_installed_is_no_damage_and_danger_is_still_seen(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def change(values: dict[str, Any], version: Path) -> None:
        values["encoder"]["kind"] = "sentence-transformers"
        (version / "encoder" / "encoder.json").write_text(json.dumps(values["encoder"]))
        digested(values, version)

    version = rewritten(tiny / "index", change)
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(IndexUnusableError) as error:
        Index.load_version(version)
    assert type(error.value) is IndexUnusableError
    assert str(error.value) == "this index needs sentence-transformers to encode; run `pip install citewell[index]`"
    bot = Bot.open(tiny / "index")
    assert "needs sentence-transformers" in str(bot.problem)
    assert bot.answer("My friend took too many pills and is not breathing", today=date(2026, 2, 1)).status == "crisis"


def test_the_probe_of_an_index_is_the_vector_of_its_text(tiny: Path) -> None:
    index = Index.load(tiny / "index")
    assert index.embedder.encode([PROBE_TEXT])[0].tolist() == pytest.approx(list(index.manifest.probe), abs=1e-6)
    index.store.close()


# Going back


def test_going_back_goes_to_the_version_before_and_no_further(tiny: Path) -> None:
    newer, older = list_versions(tiny / "index")
    assert roll_back(tiny / "index") == older
    with pytest.raises(IndexMissingError, match="holds no earlier version that is whole"):
        roll_back(tiny / "index")
    assert live_version(tiny / "index") == older
    assert newer.is_dir()


def test_going_back_twice_goes_back_two_versions(tiny: Path, build_tiny: Callable[..., Summary]) -> None:
    (tiny / "documents" / "tea.md").unlink()
    build_tiny(tiny / "documents", tiny / "index")
    third, second, first = list_versions(tiny / "index")
    assert [roll_back(tiny / "index"), roll_back(tiny / "index")] == [second, first]
    assert list_versions(tiny / "index") == [third, second, first]
    assert answers(tiny / "index")


def test_going_back_passes_over_a_damaged_version(tiny: Path, build_tiny: Callable[..., Summary]) -> None:
    (tiny / "documents" / "tea.md").unlink()
    build_tiny(tiny / "documents", tiny / "index")
    _, second, first = list_versions(tiny / "index")
    flip_a_bit(second / "documents.sqlite")
    assert roll_back(tiny / "index") == first


def test_where_the_oldest_version_is_live_and_damaged_a_newer_one_is_gone_to(tiny: Path) -> None:
    newer, older = list_versions(tiny / "index")
    roll_back(tiny / "index")
    flip_a_bit(older / "documents.sqlite")
    assert refusal(tiny / "index").endswith(f"to go back to version {newer.name}")
    assert roll_back(tiny / "index") == newer
    assert answers(tiny / "index")


def test_an_index_that_is_whole_with_nothing_before_it_has_no_way_back(tiny: Path) -> None:
    newer, older = list_versions(tiny / "index")
    shutil.rmtree(older)
    assert whole_version_before(tiny / "index") is None
    with pytest.raises(IndexMissingError, match="holds no earlier version that is whole"):
        roll_back(tiny / "index")
    assert live_version(tiny / "index") == newer


def test_going_back_in_an_empty_folder_says_that_there_is_nothing(tmp_path: Path) -> None:
    with pytest.raises(
        IndexUnusableError, match=r"^there is no index in .*; run `citewell index` to build one, or name another with --index$"
    ):
        roll_back(tmp_path)
    with pytest.raises(IndexMissingError):
        roll_back(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


def test_nobody_goes_back_while_a_run_is_writing(tiny: Path) -> None:
    with (tiny / "index" / "lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(IndexerError, match="is writing into"):
            roll_back(tiny / "index")
