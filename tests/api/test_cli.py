"""The command line: results on standard output, an error as one line on standard error, exit codes 0, 1 and 2."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from tests.api.conftest import Outcome, Run

EMERGENCY = "Call 911 now, or your local emergency number: this may be an overdose or another emergency."
DANGER = "My friend took too many pills and is not breathing"
PROGRAM = [sys.executable, "-W", "error", "-c", "from api.cli import main; main()"]


pytestmark = pytest.mark.usefixtures("bare_environment")


def started(*arguments: str | Path, stdin: bytes = b"") -> tuple[int, str, str]:
    """The command line as a process of its own: exit code, standard output, standard error."""
    ended = subprocess.run([*PROGRAM, *map(str, arguments)], input=stdin, capture_output=True, check=False)
    return ended.returncode, ended.stdout.decode(), ended.stderr.decode()


def json_lines(file: Path, *rows: object) -> Path:
    file.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return file


def failed(outcome: "Outcome", code: int) -> str:
    """The one line of an error."""
    return outcome.error(code)


# Asking


@pytest.mark.model
def test_an_answer_is_printed_with_its_source(run: "Run", mixed_index_folder: Path) -> None:
    assert run("ask", "How many moons has Mars?", "--index", mixed_index_folder) == (
        0,
        "Mars has two small moons, Phobos and Deimos. [1]\n"
        "\nI'm an automated program, not a clinician, and nobody is watching this chat.\n\nSources\n[1] Mars > Mars\n"
        "    no review date, not yet clinician-reviewed\n    http://127.0.0.1:8000/documents/mars#introduction\n"
        "\nYou can also ask\n- What is tea?\n",
        "",
    )


@pytest.mark.model
def test_links_open_on_the_server_of_the_settings(run: "Run", monkeypatch: pytest.MonkeyPatch, mixed_index_folder: Path) -> None:
    monkeypatch.setenv("CITEWELL_HOST", "10.0.0.5")
    monkeypatch.setenv("CITEWELL_PORT", "9000")
    shown = run("ask", "How many moons has Mars?", "--index", mixed_index_folder).out
    assert "    http://10.0.0.5:9000/documents/mars#introduction\n" in shown


@pytest.mark.model
def test_an_answer_as_json_has_every_field_in_order(run: "Run", corpus_index_folder: Path) -> None:
    outcome = run("ask", "Is ketamine an opioid?", "--json", "--index", corpus_index_folder)
    assert (outcome.code, outcome.err) == (0, "")
    (answer,) = outcome.lines
    assert " ".join(answer) == ("status text sentences citations confidence notices resources suggestions interpretation receipt")
    assert (answer["status"], answer["text"].split(" [1]")[0]) == ("answered", "Ketamine is not an opioid.")


@pytest.mark.model
def test_the_folder_of_the_settings_is_used_where_no_option_names_one(
    run: "Run", monkeypatch: pytest.MonkeyPatch, mixed_index_folder: Path
) -> None:
    monkeypatch.setenv("CITEWELL_INDEX", str(mixed_index_folder))
    assert run("ask", "How many moons has Mars?").out.startswith("Mars has two small moons, Phobos and Deimos. [1]\n")


@pytest.mark.model
def test_the_option_wins_over_the_settings(run: "Run", monkeypatch: pytest.MonkeyPatch, mixed_index_folder: Path) -> None:
    monkeypatch.setenv("CITEWELL_INDEX", "/nothing/here")
    assert run("ask", "How many moons has Mars?", "--index", mixed_index_folder).code == 0


@pytest.mark.model
@pytest.mark.parametrize("from_stdin", [False, True])
def test_a_history_gives_a_follow_up_its_subject(run: "Run", mixed_index_folder: Path, tmp_path: Path, from_stdin: bool) -> None:
    turns = json.dumps([{"role": "user", "content": "How many moons has Mars?"}, {"role": "assistant", "content": "Two."}])
    (tmp_path / "turns.json").write_text(turns, encoding="utf-8")
    file, stdin = ("-", turns) if from_stdin else ("turns.json", "")
    outcome = run("ask", "Are they small?", "--history", file, "--json", "--index", mixed_index_folder, stdin=stdin)
    (answer,) = outcome.lines
    assert answer["interpretation"]["question"] == "Are they small? (many moons Mars)"


@pytest.mark.model
def test_abstaining_lists_the_helplines_of_the_country(run: "Run", mixed_index_folder: Path) -> None:
    outcome = run("ask", "Who won the chess championship?", "--country", "GB", "--json", "--index", mixed_index_folder)
    (answer,) = outcome.lines
    assert answer["status"] == "abstained"
    assert {line["country"] for line in answer["resources"]} == {"GB"}


@pytest.mark.parametrize(
    ("country", "first"),
    [
        ("US", EMERGENCY),
        ("GB", "Call 999 now, or your local emergency number: this may be an overdose or another emergency."),
        ("ZZ", "Call your local emergency number now: this may be an overdose or another emergency."),
    ],
)
def test_danger_is_answered_with_the_numbers_of_the_country(run: "Run", country: str, first: str) -> None:
    assert run("ask", DANGER, "--country", country).out.splitlines()[0] == first


def test_danger_is_answered_without_an_index(run: "Run") -> None:
    outcome = run("ask", DANGER)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(EMERGENCY)
    assert "\nGive naloxone (Narcan) if opioids are possible or no one is sure.\n" in outcome.out
    assert "\nHelp\n- Emergency services (US): call 911 or text 911\n" in outcome.out


def test_danger_is_answered_however_long_the_message(run: "Run") -> None:
    assert run("ask", f"{'It rained. ' * 300}{DANGER}").out.startswith(EMERGENCY)


def test_danger_as_json_says_that_there_is_no_index(run: "Run") -> None:
    (answer,) = run("ask", DANGER, "--json").lines
    assert (answer["status"], answer["confidence"], answer["receipt"]["index"]) == ("crisis", None, None)


# Asking a file of questions


QUESTIONS: list[dict[str, Any]] = [
    {"id": "a", "question": "How many moons has Mars?"},
    {"id": 2, "question": "Are they small?", "history": [{"role": "user", "content": "How many moons has Mars?"}]},
    {"id": "c", "question": DANGER, "country": "GB"},
    {"id": "d", "question": "Who won the chess championship?", "history": None, "country": None},
]


@pytest.mark.model
@pytest.mark.parametrize("from_stdin", [False, True])
def test_a_batch_gives_the_answers_of_one_by_one(run: "Run", mixed_index_folder: Path, tmp_path: Path, from_stdin: bool) -> None:
    single = []
    for row in QUESTIONS:
        history = json.dumps(row.get("history") or [])
        country = ("--country", row["country"]) if row.get("country") else ()
        options = ("--history", "-", *country, "--json", "--index", mixed_index_folder)
        single.append(run("ask", row["question"], *options, stdin=history).out)
    file = json_lines(tmp_path / "questions.jsonl", *QUESTIONS)
    name, stdin = ("-", file.read_text(encoding="utf-8")) if from_stdin else (str(file), "")
    outcome = run("ask", "--batch", name, "--index", mixed_index_folder, stdin=stdin)
    wanted = [f'{{"id": {json.dumps(row["id"])}, "answer": {line.rstrip()}}}' for row, line in zip(QUESTIONS, single, strict=True)]
    assert (outcome.code, outcome.err, outcome.out.splitlines()) == (0, "", wanted)


def test_the_country_of_a_line_wins_over_the_option(run: "Run", tmp_path: Path) -> None:
    file = json_lines(tmp_path / "q.jsonl", {"id": 1, "question": DANGER, "country": "GB"}, {"id": 2, "question": DANGER})
    lines = run("ask", "--batch", file, "--country", "CA").lines
    assert [line["answer"]["resources"][0]["country"] for line in lines] == ["GB", "CA"]


def test_empty_lines_byte_order_mark_and_carriage_returns_are_let_be(run: "Run") -> None:
    rows = f'\ufeff{{"id": 1, "question": "{DANGER}"}}\r\n\r\n{{"id": 2, "question": "{DANGER}"}}'
    assert [line["id"] for line in run("ask", "--batch", "-", stdin=rows).lines] == [1, 2]


def test_separators_of_lines_inside_a_question_do_not_split_it(run: "Run") -> None:
    row = {"id": 1, "question": f"{DANGER}\u2028please\x85"}
    (line,) = run("ask", "--batch", "-", stdin=json.dumps(row, ensure_ascii=False)).lines
    assert line["answer"]["interpretation"]["question"] == f"{DANGER}\u2028please"


@pytest.mark.parametrize("empty", ["", "\n", " \n\n"])
def test_an_empty_batch_prints_nothing(run: "Run", empty: str) -> None:
    assert run("ask", "--batch", "-", stdin=empty) == (0, "", "")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("not json", "this is not JSON"),
        ('{"id": 1, "question": "x"', "this is not JSON"),
        ("[" * 100_000, "this is not JSON"),
        ("[]", 'each line is a JSON object with "id" and "question"'),
        ('{"id": 1}', 'each line is a JSON object with "id" and "question"'),
        ('{"question": "x"}', 'each line is a JSON object with "id" and "question"'),
        ('{"id": 1.5, "question": "x"}', 'each line is a JSON object with "id" and "question"'),
        ('{"id": 1, "question": 5}', 'each line is a JSON object with "id" and "question"'),
        ('{"id": 1, "question": "x", "country": 5}', 'each line is a JSON object with "id" and "question"'),
        ('{"id": 1, "question": "x", "history": "y"}', "the history is not a list; send a list of turns, oldest first"),
        ('{"id": true, "question": "x"}', 'each line is a JSON object with "id" and "question"'),
        ('{"id": 1, "question": "x", "history": ["y"]}', 'each turn of the history is {"role": "user" or "assistant", "content": "..."}'),
        ('{"id": 1, "question": "  "}', "the question is empty; type a question"),
        (json.dumps({"id": 1, "question": "x" * 1_001}), "the question has 1,001 characters; ask in at most 1,000"),
        (json.dumps({"id": 1, "question": "x", "history": [{}] * 21}), "the history has 21 turns; send the last 20 at most"),
    ],
)
def test_a_bad_line_is_named_before_anything_is_printed(run: "Run", tmp_path: Path, line: str, reason: str) -> None:
    file = json_lines(tmp_path / "q.jsonl", {"id": 1, "question": DANGER}, "", line)
    assert failed(run("ask", "--batch", file), 2).startswith(f"{file}:3: {reason}")


def test_a_bad_line_of_standard_input_is_named_too(run: "Run") -> None:
    assert failed(run("ask", "--batch", "-", stdin="{}\n"), 2).startswith("-:1: each line is a JSON object")


def test_a_batch_that_is_not_utf8_is_refused_by_its_first_bad_byte(run: "Run", tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_bytes(b'{"id": "\xff"}')
    assert "byte 8 is not UTF-8; save the file as UTF-8" in failed(run("ask", "--batch", file), 2)


# Searching


@pytest.mark.model
def test_a_search_prints_ranked_passages(run: "Run", mixed_index_folder: Path) -> None:
    outcome = run("search", "moons", "--limit", "2", "--index", mixed_index_folder)
    lines = outcome.out.splitlines()
    assert [re.sub(r"0\.\d{3}", "0.###", line) for line in lines] == [
        "1. 0.###  moon#introduction",
        "    The Moon orbits the Earth in 27 days. The Moon has no air.",
        "2. 0.###  mars#introduction",
        "    Mars has two small moons, Phobos and Deimos.",
    ]


@pytest.mark.model
def test_a_passage_as_json_says_where_it_stands(run: "Run", mixed_index_folder: Path) -> None:
    (found,) = run("search", "moons", "--limit", "1", "--json", "--index", mixed_index_folder).lines
    (passage,) = found["passages"]
    assert 0 < passage.pop("score") <= 1
    assert passage == {
        "document_id": "moon",
        "section_id": "introduction",
        "text": "The Moon orbits the Earth in 27 days. The Moon has no air.",
        "start": 0,
        "end": 58,
        "url": "https://sky.example/moon#:~:text=The%20Moon%20orbits%20the%20Earth%20in%2027%20days.%20The%20Moon%20has%20no%20air.",
    }


@pytest.mark.model
@pytest.mark.parametrize("from_stdin", [False, True])
def test_a_batch_of_searches_gives_the_passages_of_one_by_one(
    run: "Run", mixed_index_folder: Path, tmp_path: Path, from_stdin: bool
) -> None:
    options = ("--limit", "3", "--index", mixed_index_folder)
    queries = {"a": "moons", "b": "queen of the bees"}
    single = {name: run("search", query, "--json", *options).lines[0]["passages"] for name, query in queries.items()}
    file = json_lines(tmp_path / "s.jsonl", *({"id": name, "query": query} for name, query in queries.items()))
    name, stdin = ("-", file.read_text(encoding="utf-8")) if from_stdin else (str(file), "")
    lines = run("search", "--batch", name, *options, stdin=stdin).lines
    assert lines == [{"id": name, "passages": passages} for name, passages in single.items()]


@pytest.mark.model
@pytest.mark.parametrize("ranking", ["dense", "sentence", "lexical", "key"])
def test_one_signal_alone_can_rank(run: "Run", mixed_index_folder: Path, ranking: str) -> None:
    (found,) = run("search", "two small moons", "--ranking", ranking, "--json", "--index", mixed_index_folder).lines
    combined = run("search", "two small moons", "--json", "--index", mixed_index_folder).lines[0]
    scores = [passage["score"] for passage in found["passages"]]
    assert (max(scores), scores) == (1.0, sorted(scores, reverse=True))
    assert scores != [passage["score"] for passage in combined["passages"]]


@pytest.mark.model
def test_ranking_by_words_alone_leaves_passages_without_them_at_nothing(run: "Run", mixed_index_folder: Path) -> None:
    (found,) = run("search", "Phobos", "--ranking", "lexical", "--json", "--index", mixed_index_folder).lines
    scores = {passage["document_id"]: passage["score"] for passage in found["passages"]}
    assert scores.pop("mars") == 1.0
    assert set(scores.values()) == {0.0}


# Documents


@pytest.mark.model
def test_a_document_is_printed_as_it_is_read(run: "Run", mixed_index_folder: Path) -> None:
    assert run("document", "moon", "--index", mixed_index_folder) == (
        0,
        "The Moon\n\nThe Moon orbits the Earth in 27 days. The Moon has no air.\n",
        "",
    )


@pytest.mark.model
def test_a_document_as_json_has_its_sections_as_spans(run: "Run", mixed_index_folder: Path) -> None:
    (document,) = run("document", "tea", "--json", "--index", mixed_index_folder).lines
    assert (document["id"], document["title"], document["reviewed"], document["url"]) == ("tea", "Tea", "2026-01-15", None)
    first, second = document["sections"]
    assert document["text"][first["start"] : first["end"]] == (
        "What is tea?\n\nTea is a drink made from the leaves of one plant. It is drunk hot or cold."
    )
    assert second["id"] == "how-long-should-tea-steep"
    assert document["sources"] == [
        {
            "id": "tea:1",
            "title": "Tea board handbook, https://tea.example/handbook",
            "publisher": None,
            "url": "https://tea.example/handbook",
            "year": None,
        }
    ]


@pytest.mark.model
def test_an_unknown_document_is_an_error_that_says_how_to_find_one(run: "Run", mixed_index_folder: Path) -> None:
    message = failed(run("document", "moo", "--index", mixed_index_folder), 1)
    assert message == "there is no document 'moo' in this index; `citewell search` finds ids"


# Indexing


@pytest.fixture
def new_index(tmp_path: Path, mixed_index_folder: Path) -> Path:
    """An index folder with nothing in it but the encoder."""
    folder = tmp_path / "new-index"
    folder.mkdir()
    (folder / "cache").symlink_to(mixed_index_folder / "cache")
    return folder


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder of two documents, one of which cannot be read."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    (folder / "owls.txt").write_text("Owls\n\nOwls hunt by night. Owls hear very well.\n", encoding="utf-8")
    return folder


@pytest.mark.model
def test_an_index_that_is_current_is_left_alone(run: "Run", mixed_folder: Path, mixed_index_folder: Path) -> None:
    before = (mixed_index_folder / "current").read_text(encoding="utf-8")
    outcome = run("index", mixed_folder, "--index", mixed_index_folder)
    summary = r"5 documents, 8 passages, \d+ sentences; nothing changed; \d+\.\d s; version 000001-[0-9a-f]{12}\n"
    assert (outcome.code, outcome.err) == (0, "")
    assert re.fullmatch(summary, outcome.out)
    assert (mixed_index_folder / "current").read_text(encoding="utf-8") == before


@pytest.mark.model
def test_only_what_is_new_is_encoded(run: "Run", shelf: Path, new_index: Path) -> None:
    unseen = uuid4().hex
    (shelf / "owls.txt").write_text(f"Owls\n\nOwls hunt by night. They were seen in {unseen}.\n", encoding="utf-8")
    first = run("index", shelf, "--index", new_index).out
    (shelf / "larks.txt").write_text(f"Larks {unseen}\n\nLarks sing at dawn in {unseen}.\n", encoding="utf-8")
    second = run("index", shelf, "--index", new_index).out
    assert re.fullmatch(r"1 document, 1 passage, 2 sentences; \d+ of \d+ vectors reused; \d+\.\d s; version 000001-\w+\n", first)
    counts = re.fullmatch(r"2 documents, 2 passages, 3 sentences; (\d+) of (\d+) vectors reused; \d+\.\d s; version 000002-\w+\n", second)
    texts = re.search(r"of (\d+) vectors", first)
    assert counts is not None
    assert texts is not None
    assert int(texts[1]) == int(counts[1]) < int(counts[2])


@pytest.mark.model
def test_a_document_that_cannot_be_read_is_named_and_left_out(run: "Run", shelf: Path, new_index: Path) -> None:
    (shelf / "torn.md").write_bytes(b"---\nid: [\n---\n\nTorn.\n")
    outcome = run("index", shelf, "--index", new_index)
    assert outcome.code == 0
    assert outcome.err.startswith(f"left out: {shelf / 'torn.md'}: the front matter cannot be read: ")
    assert outcome.out.startswith("1 document, 1 passage, 2 sentences, 1 left out; ")


@pytest.mark.model
def test_what_was_indexed_can_be_read_back(run: "Run", shelf: Path, new_index: Path) -> None:
    run("index", shelf, "--index", new_index)
    assert run("document", "owls", "--index", new_index).out == "Owls\n\nOwls hunt by night. Owls hear very well.\n"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["/nothing/here"], 1, "/nothing/here: no such file or folder; name an existing one, for example corpus/documents"),
        ([], 1, "corpus/documents: no such file or folder; name an existing one, for example corpus/documents"),
        (["empty"], 1, "no document was found; name a file or folder that holds one"),
        (["--corpus", "empty"], 1, "empty/sources.toml: cannot be read (No such file or directory); every corpus folder holds this table"),
        (["--passage-tokens", "31"], 2, "Invalid value for '--passage-tokens': Input should be greater than or equal to 32; see"),
        (["--passage-tokens", "513"], 2, "Invalid value for '--passage-tokens': Input should be less than or equal to 512; see"),
    ],
)
def test_an_index_that_cannot_be_built_is_an_error(run: "Run", tmp_path: Path, arguments: list[str], code: int, message: str) -> None:
    (tmp_path / "empty").mkdir()
    assert failed(run("index", *arguments, "--index", tmp_path / "index"), code).startswith(message)
    assert not (tmp_path / "index").exists()


def test_a_model_that_is_not_there_is_an_error(run: "Run", shelf: Path, tmp_path: Path) -> None:
    message = failed(run("index", shelf, "--model", "nobody/nothing", "--index", tmp_path / "index"), 1)
    assert message.startswith("the embedding model 'nobody/nothing' was not found; ")


def test_an_index_folder_that_is_a_file_is_an_error(run: "Run", shelf: Path) -> None:
    file = shelf / "owls.txt"
    message = failed(run("index", shelf, "--index", file), 1)
    assert message == f"{file} cannot be written (File exists); choose another folder with --index"


# Errors of every command


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask"], 'give a question, for example: citewell ask "Is ketamine an opioid?"; see `citewell --help`'),
        (["ask", ""], "the question is empty; type a question"),
        (["ask", " \t"], "the question is empty; type a question"),
        (["ask", "x" * 1_001], "the question has 1,001 characters; ask in at most 1,000"),
        (["ask", "What", "is", "tea?"], "Got unexpected extra argument(s) (is tea?); see `citewell --help`"),
        (["ask", "x", "--batch", "f"], "--batch takes its questions and histories from the file alone; see `citewell --help`"),
        (["ask", "--history", "f", "--batch", "f"], "--batch takes its questions and histories from the file alone; see `citewell --help`"),
        (["ask", "--batch", "f"], "f: cannot be read (No such file or directory); name an existing file, or - for standard input"),
        (["ask", "--batch", "."], ".: cannot be read (Is a directory); name an existing file, or - for standard input"),
        (["ask", "x", "--batch"], "Option '--batch' requires an argument; see `citewell --help`"),
        (["search"], 'give a query, for example: citewell search "naloxone benzodiazepines"; see `citewell --help`'),
        (["search", ""], "the question is empty; type a question"),
        (["search", "x", "--batch", "f"], "--batch takes its queries from the file alone; see `citewell --help`"),
        (["search", "x", "--limit", "0"], "Invalid value for '--limit': Input should be greater than or equal to 1; see `citewell --help`"),
        (["search", "x", "--ranking", "best"], "there is no ranking 'best'; choose combined, dense, sentence, lexical, key"),
        (["document"], "Missing argument 'ID'; see `citewell --help`"),
        (["serve", "--port", "65536"], "Invalid value for '--port': Input should be less than or equal to 65535; see `citewell --help`"),
        (["answer"], "No such command 'answer'; see `citewell --help`"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_two(run: "Run", arguments: list[str], message: str) -> None:
    assert failed(run(*arguments), 2) == message


@pytest.mark.parametrize("command", ["index", "ask", "search", "document", "serve"])
def test_an_unknown_option_is_wrong_use_of_every_command(run: "Run", command: str) -> None:
    assert failed(run(command, "--nonsense"), 2).startswith("No such option: --nonsense")


@pytest.mark.parametrize("arguments", [["ask", "What is tea?"], ["ask", "What is tea?", "--json"], ["search", "tea"], ["document", "tea"]])
def test_a_missing_index_is_an_error_that_says_how_to_build_one(run: "Run", tmp_path: Path, arguments: list[str]) -> None:
    message = failed(run(*arguments, "--index", tmp_path), 1)
    assert message == f"there is no index in {tmp_path}; run `citewell index` to build one, or name another with --index"


def test_a_message_stays_one_line_whatever_was_typed(run: "Run") -> None:
    assert failed(run("search", "tea", "--index", "two\nlines"), 1).startswith("there is no index in two lines; ")


def test_without_option_and_setting_the_index_is_looked_for_in_the_working_folder(run: "Run") -> None:
    assert failed(run("search", "tea"), 1).startswith("there is no index in .citewell/index; ")


@pytest.mark.parametrize(
    ("turns", "message"),
    [
        ("{}", "the history is not a list; send a list of turns"),
        ("[", "-: this is not JSON"),
        ("", "-: this is not JSON"),
    ],
)
def test_a_history_that_is_no_list_is_wrong_use(run: "Run", turns: str, message: str) -> None:
    assert failed(run("ask", "What is tea?", "--history", "-", stdin=turns), 2).startswith(message)


@pytest.mark.parametrize("turns", ['["Hello"]', '[{"role": "system", "content": "x"}]', '[{"role": "user", "content": null}]'])
def test_a_turn_of_the_wrong_form_is_wrong_use(run: "Run", turns: str) -> None:
    message = failed(run("ask", "What is tea?", "--history", "-", stdin=turns), 2)
    assert message.startswith('each turn of the history is {"role": "user" or "assistant", "content": "..."}')


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("PORT", "http", "Input should be a valid integer, unable to parse string as an integer"),
        ("PORT", "70000", "Input should be less than or equal to 65535"),
        ("WORKERS", "0", "Input should be greater than or equal to 1"),
    ],
)
def test_a_wrong_setting_is_named_with_its_value(run: "Run", monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str) -> None:
    monkeypatch.setenv(f"CITEWELL_{name}", value)
    assert failed(run("search", "tea"), 2) == f"CITEWELL_{name}={value!r}: {reason}; mend or unset it"


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["index", "--help"]])
def test_help_is_a_result(run: "Run", arguments: list[str]) -> None:
    outcome = run(*arguments)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("Usage: ")


def test_being_stopped_leaves_no_traceback(run: "Run", monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("bot.pipeline.Bot.open", stop)
    outcome = run("search", "tea")
    assert (outcome.code, outcome.out) == (130, "")
    assert "Traceback" not in outcome.err


# Serving


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the server was started with, without starting it."""
    options: dict[str, Any] = {}
    for name in ("CITEWELL_INDEX", "CITEWELL_WORKERS", "PROMETHEUS_MULTIPROC_DIR"):
        monkeypatch.setenv(name, "kept for after the test")
        monkeypatch.delenv(name)
    monkeypatch.setattr("api.serving.check_address", lambda host, port: None)
    monkeypatch.setattr("api.workers.run", lambda application, **given: options.update(given, application=application))
    return options


def test_the_server_is_told_of_the_index_and_the_reader_of_the_address(run: "Run", served: dict[str, Any], tmp_path: Path) -> None:
    outcome = run("serve", "--index", tmp_path)
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == "serving on http://127.0.0.1:8000 (stop with Ctrl+C)\n"
    assert os.environ["CITEWELL_INDEX"] == str(tmp_path)
    assert (served["application"], served["factory"]) == ("api.app:create_app", True)


def test_addresses_of_visitors_are_not_logged(run: "Run", served: dict[str, Any]) -> None:
    run("serve")
    assert served["access_log"] is False


def test_options_of_serving_win_over_the_settings(run: "Run", served: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"HOST": "10.0.0.5", "PORT": "9000", "WORKERS": "3"}.items():
        monkeypatch.setenv(f"CITEWELL_{name}", value)
    run("serve")
    assert (served["host"], served["port"], served["workers"]) == ("10.0.0.5", 9000, 3)
    run("serve", "--host", "0.0.0.0", "--port", "0", "--workers", "2")
    assert (served["host"], served["port"], served["workers"]) == ("0.0.0.0", 0, 2)


# As a process


def test_the_program_answers_danger_without_an_index(tmp_path: Path) -> None:
    code, out, err = started("ask", DANGER, "--index", tmp_path)
    assert (code, err) == (0, "")
    assert out.startswith(f"{EMERGENCY}\n")


@pytest.mark.parametrize(("arguments", "code"), [(["search", "tea"], 1), (["search", ""], 2), (["search", "--nonsense"], 2)])
def test_the_program_fails_in_one_line(arguments: list[str], code: int) -> None:
    ended, out, err = started(*arguments)
    assert (ended, out, err.count("\n")) == (code, "", 1)
    assert err.startswith("citewell: ")


@pytest.mark.model
def test_the_program_reads_standard_input_and_writes_utf8(mixed_index_folder: Path) -> None:
    row = {"id": "été", "question": "How many moons has Mars?"}
    code, out, err = started("ask", "--batch", "-", "--index", mixed_index_folder, stdin=json.dumps(row, ensure_ascii=False).encode())
    assert (code, err) == (0, "")
    assert out.startswith('{"id": "été", "answer": {"status": "answered", "text": "Mars has two small moons, Phobos and Deimos. [1]"')


@pytest.mark.parametrize(
    "arguments",
    [("--history", "/nope"), ("--index", "/nope"), ("--history", "-")],
)
def test_danger_is_answered_whatever_else_is_wrong(run: "Run", arguments: tuple[str, ...]) -> None:
    done = run("ask", "he is not breathing", *arguments, stdin="[not json")
    assert done.code == 0
    assert done.out.startswith("Call 911 now")


def test_danger_is_answered_in_spite_of_a_bad_setting(run: "Run", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEWELL_PORT", "abc")
    assert run("ask", "he is not breathing").out.startswith("Call 911 now")


def test_without_arguments_the_help_is_shown(run: "Run") -> None:
    done = run()
    assert done.code == 0
    assert "Usage: citewell" in done.out


def test_bytes_that_are_no_text_do_no_harm(run: "Run", mixed_index_folder: Path) -> None:
    assert run("search", "tea \udcff", "--index", str(mixed_index_folder)).code == 0
    assert failed(run("document", "tea\udcff", "--index", str(mixed_index_folder)), 1).startswith("there is no document")


def test_search_takes_the_batch_file_of_ask(run: "Run", mixed_index_folder: Path) -> None:
    rows = [json.dumps({"id": 1, field: "moons of Mars"}) + "\n" for field in ("query", "question")]
    first, second = (run("search", "--batch", "-", "--index", str(mixed_index_folder), stdin=row).out for row in rows)
    assert first == second
    assert json.loads(first)["passages"][0]["document_id"] == "mars"


def test_an_address_in_use_is_named(run: "Run", mixed_index_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        message = failed(run("serve", "--port", str(port), "--index", str(mixed_index_folder)), 1)
    assert message == f"http://127.0.0.1:{port} cannot be served (Address already in use); choose another with --host or --port"
