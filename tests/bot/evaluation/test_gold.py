import json
from pathlib import Path
from typing import Any

import pytest

from bot.errors import GoldError
from bot.evaluation.gold import GoldItem, GoldSet, gold_problems, read_gold
from tests.judged_answers import gold, item

LINE = {"id": "q1", "split": "dev", "question": "Is ketamine an opioid?", "expected": "answered"}


def read(tmp_path: Path, *lines: dict[str, Any] | str, **how: Any) -> GoldSet:
    file = tmp_path / "gold.jsonl"
    text = "\n".join(line if isinstance(line, str) else json.dumps(line, **how) for line in lines)
    file.write_bytes(text.encode())
    return read_gold([file])


def problem(tmp_path: Path, **fields: Any) -> str:
    """What is wrong with an item that has these fields, without the place."""
    found = read(tmp_path, {**LINE, **fields})
    assert found.items == ()
    (line,) = found.problems
    assert "\n" not in line
    return line.partition(":1: ")[2]


def test_an_item_has_every_field_of_its_line(tmp_path: Path) -> None:
    line = {
        **LINE,
        "history": [{"role": "user", "content": "hi"}],
        "relevant": ["is-ketamine-an-opioid#short-answer"],
        "key_facts": [["dissociative", "anesthetic that separates"], ["NMDA"]],
        "must_not": [r"is an opioid\b(?! )"],
        "tags": ["ketamine", "slang"],
        "country": "US",
        "group": "g1",
    }
    found = read(tmp_path, line)
    (read_item,) = found.items
    assert (found.problems, found.notes) == ((), ())
    assert json.loads(read_item.model_dump_json()) == line
    assert read_item.key_facts == (("dissociative", "anesthetic that separates"), ("NMDA",))
    assert read_item.cluster == "group g1"


def test_what_is_left_out_or_null_is_empty(tmp_path: Path) -> None:
    (read_item,) = read(tmp_path, {**LINE, "country": None, "history": None, "key_facts": None}).items
    assert (read_item.country, read_item.history, read_item.key_facts, read_item.cluster) == (None, (), (), "item q1")


def test_an_empty_group_is_none() -> None:
    assert item("q1", group="").cluster == "item q1"


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"id": ""}, "id: String should match pattern"),
        ({"id": 7}, "id: Input should be a valid string"),
        ({"id": "a\0b"}, "id: String should match pattern"),
        ({"id": "a\nb"}, "id: String should match pattern"),
        ({"split": "train"}, "split: Input should be 'dev' or 'test'"),
        ({"question": ""}, "question: String should have at least 1 character"),
        ({"question": " \u3000 "}, "the question is empty"),
        ({"question": "a" * 1001}, "the question has 1,001 characters"),
        ({"question": "half \ud83d"}, "this is not JSON ('utf-8' codec can't encode character"),
        ({"expected": "refused"}, "expected: Input should be 'answered'"),
        ({"expected": ["answered"]}, "expected: Input should be 'answered'"),
        ({"expected": "crisis", "question": "  "}, "the question is empty"),
        ({"history": "hi"}, "history: Input should be a valid tuple"),
        ({"history": {"role": "user", "content": "hi"}}, "history: Input should be a valid tuple"),
        ({"history": ["hi"]}, "history.0: Input should be a valid dictionary"),
        ({"history": [{"role": "user", "content": 5}]}, "history.0.content: Input should be a valid string"),
        ({"history": [{"role": "user", "content": "hi", "x": [[[]]]}]}, "history.0.x: Input should be a valid string"),
        ({"history": [{"role": "system", "content": "hi"}]}, "each turn of the history is"),
        ({"history": [{"role": "system", "content": "hi"}], "expected": "crisis"}, "each turn of the history is"),
        ({"history": [{"role": "user", "content": "hi"}] * 21}, "the history has 21 turns"),
        ({"history": [{"role": "user", "content": "\udc00"}]}, "this is not JSON ('utf-8' codec can't encode character"),
        ({"relevant": "a#b"}, "relevant: Input should be a valid tuple"),
        ({"relevant": ["a"]}, "relevant.0: String should match pattern"),
        ({"relevant": ["a#b#c"]}, "relevant.0: String should match pattern"),
        ({"relevant": ["a#b c"]}, "relevant.0: String should match pattern"),
        ({"relevant": ["a#b\n"]}, "relevant.0: String should match pattern"),
        ({"relevant": ["a#b\0"]}, "relevant.0: String should match pattern"),
        ({"key_facts": "NMDA"}, "key_facts: Input should be a valid tuple"),
        ({"key_facts": ["NMDA"]}, "key_facts.0: Input should be a valid tuple"),
        ({"key_facts": {"a": ["b"]}}, "key_facts: Input should be a valid tuple"),
        ({"key_facts": [[]]}, "key_facts.0: Tuple should have at least 1 item"),
        ({"key_facts": [[5]]}, "key_facts.0.0: Input should be a valid string"),
        ({"key_facts": [["ok"], ["NMDA", ""]]}, "key_facts.1.1: the pattern '' matches every text"),
        ({"key_facts": [["a*"]]}, "key_facts.0.0: the pattern 'a*' matches every text"),
        ({"must_not": ["("]}, "must_not.0: the pattern '(' cannot be read (missing ), unterminated subpattern at position 0)"),
        ({"must_not": ["a{99999999999999999999}"]}, "must_not.0: the pattern 'a{99999999999999999999}' cannot be read"),
        ({"must_not": ["(" * 3000 + ")" * 3000]}, "must_not.0: the pattern '((("),
        ({"must_not": ["[[a]"]}, "must_not.0: the pattern '[[a]' cannot be read (Possible nested set at position 1)"),
        ({"must_not": "never"}, "must_not: Input should be a valid tuple"),
        ({"tags": "ketamine"}, "tags: Input should be a valid tuple"),
        ({"tags": ["\ud800"]}, "this is not JSON ('utf-8' codec can't encode character"),
        ({"country": True}, "country: Input should be a valid string"),
    ],
)
def test_a_line_of_another_form_is_a_problem_that_names_the_field(tmp_path: Path, fields: dict[str, Any], what: str) -> None:
    assert problem(tmp_path, **fields).startswith(what)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{", "this is not JSON (Expecting property name"),
        ("[1]", "this is no JSON object"),
        ('"text"', "this is no JSON object"),
        ("[" * 100_000, "this is not JSON (maximum recursion depth exceeded"),
        ('{"id": ' + "9" * 5000 + "}", "this is not JSON (Exceeds the limit"),
        ("{}", "id: Field required; mend the item"),
    ],
)
def test_a_line_that_is_no_item_is_a_problem_and_the_others_are_read(tmp_path: Path, line: str, what: str) -> None:
    found = read(tmp_path, LINE, line)
    assert [one.id for one in found.items] == ["q1"]
    assert found.problems[0].startswith(f"{tmp_path}/gold.jsonl:2: {what}")


def test_a_crisis_may_be_longer_than_any_other_question(tmp_path: Path) -> None:
    assert read(tmp_path, {**LINE, "expected": "crisis", "question": "he is not breathing " * 100}).problems == ()


def test_an_escaped_pair_of_halves_is_one_character(tmp_path: Path) -> None:
    (read_item,) = read(tmp_path, {**LINE, "question": "\U0001f600?"}, ensure_ascii=True).items
    assert read_item.question == "\U0001f600?"


def test_lines_end_where_files_end_them_and_nowhere_else(tmp_path: Path) -> None:
    first, second = json.dumps({**LINE, "question": "a\u2028b\u0085c?"}, ensure_ascii=False), json.dumps({**LINE, "id": "q2"})
    found = read(tmp_path, f"\ufeff{first}\r\n\r\n \t\r\n{second}\r\n{{")
    assert [one.question for one in found.items] == ["a\u2028b\u0085c?", "Is ketamine an opioid?"]
    assert [line.partition(" ")[0] for line in found.problems] == [f"{tmp_path}/gold.jsonl:5:"]


def test_a_field_that_is_not_known_is_noted(tmp_path: Path) -> None:
    found = read(tmp_path, {**LINE, "relevnt": ["a#b"], "weight": float("nan")})
    assert len(found.items) == 1
    assert found.notes == tuple(f"{tmp_path}/gold.jsonl:1: the field {name!r} is not known and not used" for name in ("relevnt", "weight"))


def test_an_id_that_stands_twice_is_a_problem_of_both_lines(tmp_path: Path) -> None:
    found = read(tmp_path, LINE, {**LINE, "question": "What is Xanax?"})
    assert found.problems == tuple(
        f"{tmp_path}/gold.jsonl:{number}: the id 'q1' stands 2 times; give each item one of its own" for number in (1, 2)
    )


def test_an_id_in_both_splits_is_not_taken_for_a_group(tmp_path: Path) -> None:
    found = read(tmp_path, LINE, {**LINE, "split": "test", "question": "What is Xanax?"})
    assert all("stands 2 times" in line for line in found.problems)


def test_a_group_in_both_splits_is_a_problem(tmp_path: Path) -> None:
    found = read(tmp_path, {**LINE, "group": "g"}, {**LINE, "id": "q2", "question": "k opioid?", "split": "test", "group": "g"})
    assert [line.partition(" ")[2] for line in found.problems] == ["the group 'g' is in both splits; keep it in one"] * 2


def test_a_question_in_both_splits_is_a_problem_whatever_its_signs(tmp_path: Path) -> None:
    found = read(tmp_path, LINE, {**LINE, "id": "q2", "question": "is KETAMINE an opioid", "split": "test"})
    assert "the question 'is KETAMINE an opioid' is in both splits" in found.problems[1]


@pytest.mark.parametrize("other", [{"history": [{"role": "user", "content": "heroin"}]}, {"country": "CA"}])
def test_the_same_words_in_another_conversation_or_country_are_another_question(tmp_path: Path, other: dict[str, Any]) -> None:
    found = read(tmp_path, LINE, {**LINE, "id": "q2", "split": "test", **other})
    assert (found.problems, found.notes) == ((), ())


def test_other_turns_before_it_make_another_question(tmp_path: Path) -> None:
    lines = [{**LINE, "id": drug, "history": [{"role": "user", "content": drug}]} for drug in ("heroin", "xanax")]
    assert read(tmp_path, *lines).notes == ()


def test_a_question_that_stands_twice_in_a_split_is_noted(tmp_path: Path) -> None:
    found = read(tmp_path, LINE, {**LINE, "id": "q2"})
    assert found.problems == ()
    assert found.notes == tuple(f"{tmp_path}/gold.jsonl:{at}: the question 'Is ketamine an opioid?' stands 2 times" for at in (1, 2))


def test_questions_of_signs_alone_are_told_apart(tmp_path: Path) -> None:
    assert read(tmp_path, {**LINE, "question": "??"}, {**LINE, "id": "q2", "question": "!!"}).notes == ()


def test_a_folder_is_all_its_gold_sets_and_each_file_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.jsonl").write_text(json.dumps(LINE), encoding="utf-8")
    (tmp_path / "deep" / "b.jsonl").write_text(json.dumps({**LINE, "id": "q2", "question": "b?"}), encoding="utf-8")
    (tmp_path / "baseline.json").write_text("{}", encoding="utf-8")
    found = read_gold([tmp_path, tmp_path / "a.jsonl"])
    assert ([one.id for one in found.items], found.problems) == (["q1", "q2"], ())


def test_the_digest_is_that_of_the_items_whatever_their_order_and_form(tmp_path: Path) -> None:
    other = {**LINE, "id": "q2", "question": "What is Xanax?"}
    digest = read(tmp_path, LINE, other).digest
    assert len(digest) == 64
    assert read(tmp_path, other, "", {**LINE, "country": None}, indent=None, separators=(",", ":")).digest == digest
    assert read(tmp_path, LINE, {**other, "tags": ["x"]}).digest != digest
    assert read(tmp_path, LINE).digest != digest


@pytest.mark.parametrize(
    ("name", "what"),
    [("none.jsonl", "does not exist"), ("x" * 300, "cannot be read (File name too long)"), ("gold.jsonl/x", "does not exist")],
)
def test_a_path_that_is_not_there_is_refused(tmp_path: Path, name: str, what: str) -> None:
    (tmp_path / "gold.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(GoldError) as refusal:
        read_gold([tmp_path / name])
    assert what in str(refusal.value)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "gold.jsonl").write_bytes(b'{"id": "caf\xe9"}')
    with pytest.raises(GoldError, match="byte 11 is not UTF-8; save the file as UTF-8"):
        read_gold([tmp_path])


def test_a_folder_called_like_a_gold_set_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").mkdir()
    with pytest.raises(GoldError, match=r"x\.jsonl: cannot be read \(Is a directory\)"):
        read_gold([tmp_path])


def test_a_set_is_used_only_where_nothing_is_wrong_with_it(tmp_path: Path) -> None:
    whole = read(tmp_path, LINE)
    assert whole.checked() is whole
    with pytest.raises(GoldError, match=r":1: .*JSON.*; mend it$"):
        read(tmp_path, "{").checked()
    with pytest.raises(GoldError, match=r"\(and 1 more; `citewell gold check` lists them\)$"):
        read(tmp_path, "{", "{").checked()
    with pytest.raises(GoldError, match=r"\(and 2 more; `citewell gold check` lists them\)$"):
        read(tmp_path, "{", LINE, "{", "{").checked()
    with pytest.raises(GoldError, match="the gold set holds no item"):
        read(tmp_path).checked()


def test_the_items_of_a_split() -> None:
    both = gold(item("q1"), item("q2", split="test"))
    assert [one.id for one in both.of_split("test").items] == ["q2"]
    assert [one.id for one in both.of_split(None).items] == ["q1", "q2"]
    assert both.of_split("dev").digest == both.digest
    with pytest.raises(GoldError, match="no item is of the split 'test'; the splits are dev and test"):
        gold(item("q1")).of_split("test")


def test_a_fact_is_stated_where_one_alternative_matches_in_any_case() -> None:
    facts = item(key_facts=[["dissociative", "separates"], ["nmda"], [r"^short\b"]])
    assert facts.facts_in("It separates.\nNMDA receptors") == (True, True, False)
    assert facts.facts_in("") == (False, False, False)
    assert item().facts_in("x") == ()


def test_what_is_forbidden_is_named_by_its_pattern() -> None:
    assert item(must_not=["is an opioid", "safe"]).forbidden_in("Ketamine IS AN OPIOID.") == ("is an opioid",)
    assert item(must_not=["safe"]).forbidden_in("Unsound.") == ()


def judged_as(**fields: Any) -> str:
    return item("q1", **fields).judgement


@pytest.mark.parametrize(
    "fields",
    [
        {"question": "other?"},
        {"history": [{"role": "user", "content": "hi"}]},
        {"country": "US"},
        {"expected": "abstained"},
        {"relevant": ["a#b"]},
        {"key_facts": [["a"]]},
        {"must_not": ["a"]},
    ],
)
def test_the_judgement_changes_with_whatever_an_answer_is_judged_by(fields: dict[str, Any]) -> None:
    assert judged_as(**fields) != judged_as()


def test_the_judgement_stays_where_an_item_is_moved() -> None:
    assert judged_as(split="test", tags=["a"], group="g") == judged_as()


def lacking(sections: dict[str, str], *items: GoldItem) -> list[str]:
    return list(gold_problems(gold(*items), sections))


def test_a_section_that_is_not_there_is_named() -> None:
    relevant = item(relevant=["tea#what", "tea#gone"], key_facts=[["leaves"]])
    (line,) = lacking({"tea#what": "A drink."}, relevant)
    assert line == "q1: the documents hold no section 'tea#gone'; `citewell document ID --json` lists a document's sections"


def test_a_fact_may_stand_in_any_relevant_section_and_must_in_one() -> None:
    relevant = item(relevant=["tea#what", "tea#how"], key_facts=[["leaves"], ["minutes"], ["sugar", "honey"]])
    (line,) = lacking({"tea#what": "Made of leaves.", "tea#how": "Three Minutes.", "tea#other": "With sugar."}, relevant)
    assert line == "q1: no relevant section states the key fact ['sugar', 'honey']; mend the pattern, or name the section"


def test_a_fact_does_not_run_from_one_section_into_the_next() -> None:
    assert len(lacking({"tea#a": "made of", "tea#b": "leaves"}, item(relevant=["tea#a", "tea#b"], key_facts=[["made.{0,7}leaves"]]))) == 1


def test_an_item_without_sections_cannot_be_compared_with_documents() -> None:
    assert lacking({}, item(key_facts=[["a"]])) == []
