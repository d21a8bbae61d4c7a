import json
from pathlib import Path

import pytest

from indexer.corpus_tables import CorpusTables, parse_helplines
from indexer.documents import Document, Mark, Source
from indexer.errors import DocumentError
from indexer.readers import corpus_files, read_documents

CORPUS = Path(__file__).parent.parent.parent / "corpus"
TEABOOK = Source("TEABOOK", "Tea handbook", "Tea board", "https://tea.example/handbook", 2024)
ICEBOOK = Source("ICEBOOK", "Ice handbook", "Ice board", "https://ice.example/handbook")
LINES = {
    "us-911": {"name": "Emergency services", "purpose": ["emergency"], "phone": "911"},
    "us-tea": {"name": "Tea & Ice Line", "purpose": ["crisis"], "phone": "832", "sms": "832"},
}
SMALL = CorpusTables(
    sources={"TEABOOK": TEABOOK, "ICEBOOK": ICEBOOK},
    helplines=parse_helplines(
        {name: {"country": "US", "url": "https://x.example", "hours": "24/7", **line} for name, line in LINES.items()}
    ),
    safety={},
)


def written(folder: Path, name: str, content: str | bytes) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def read(folder: Path, name: str, content: str | bytes) -> Document:
    reading = read_documents([written(folder, name, content)], SMALL)
    assert reading.problems == ()
    (document,) = reading.documents
    return document


def problem(folder: Path, name: str, content: str | bytes) -> str:
    """What is said against a file, behind its path."""
    file = written(folder, name, content)
    reading = read_documents([file], SMALL)
    assert reading.documents == ()
    (line,) = reading.problems
    assert line.startswith(str(file))
    assert "\n" not in line
    return line.removeprefix(str(file))


def json_lines(*records: object) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


# Which files are read


def test_files_below_a_folder_are_found_in_a_stable_order(tmp_path: Path) -> None:
    names = ["b.md", "a/z.txt", "a/b/c.HTML", "a.jsonl", "c.markdown", "d.htm"]
    for name in names:
        written(tmp_path, name, "x")
    assert corpus_files([tmp_path]) == sorted(tmp_path / name for name in names)


def test_other_formats_below_a_folder_are_passed_over(tmp_path: Path) -> None:
    for name in ("a.md", "b.pdf", "c.py", "README", "d.md.bak"):
        written(tmp_path, name, "x")
    (tmp_path / "folder.md").mkdir()
    assert corpus_files([tmp_path]) == [tmp_path / "a.md"]


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    for name in ("a.md", ".b.md", ".git/c.md", "d/.e/f.md"):
        written(tmp_path, name, "x")
    assert corpus_files([tmp_path]) == [tmp_path / "a.md"]


def test_a_hidden_folder_is_read_when_it_is_named(tmp_path: Path) -> None:
    file = written(tmp_path, ".notes/a.md", "x")
    assert corpus_files([tmp_path / ".notes"]) == [file]


def test_paths_are_read_in_the_order_given_and_each_file_once(tmp_path: Path) -> None:
    a, b, c = (written(tmp_path, name, "x") for name in ("a.md", "b.md", "c/c.md"))
    assert corpus_files([c, tmp_path, b]) == [c, a, b]


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"/tea\.md: no such file or folder; name an existing one"):
        corpus_files([tmp_path, tmp_path / "tea.md"])


def test_a_folder_without_documents_has_no_files(tmp_path: Path) -> None:
    assert corpus_files([tmp_path]) == []


def test_a_file_named_outright_in_a_format_that_is_not_read_is_a_problem(tmp_path: Path) -> None:
    file = written(tmp_path, "tea.rtf", "x")
    assert corpus_files([file]) == [file]
    assert problem(tmp_path, "tea.rtf", "x").startswith(": the format '.rtf' is not read; use one of .md, .markdown, .txt,")


# Names, titles and front matter


def test_front_matter_says_what_is_known_about_a_document(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        "steep.md",
        "---\nid: tea\ntitle: All on  tea\ngroup: drinks\nurl: https://tea.example\nreviewed: 2026-01-15\nreviewed_by: Dr. Green\n"
        "review_due: 2026-06-01\nlayout: wide\n---\n\nTea is hot.\n",
    )
    assert (document.id, document.title, document.text) == ("tea", "All on tea", "Tea is hot.")
    assert (document.group, document.url) == ("drinks", "https://tea.example")
    assert (document.reviewed, document.reviewed_by, document.review_due) == ("2026-01-15", "Dr. Green", "2026-06-01")


def test_without_front_matter_the_file_name_is_id_and_title(tmp_path: Path) -> None:
    document = read(tmp_path, "Green_tea-hot.md", "Tea is hot.\n")
    assert (document.id, document.title) == ("green-tea-hot", "Green tea hot")
    known = (document.group, document.url, document.reviewed, document.reviewed_by, document.review_due, document.asked)
    assert known == (None, None, None, None, None, {})


def test_empty_front_matter_says_nothing(tmp_path: Path) -> None:
    document = read(tmp_path, "tea.md", "---\n---\nTea is hot.\n")
    assert (document.id, document.text) == ("tea", "Tea is hot.")


def test_numbers_as_id_and_title_are_read_as_words(tmp_path: Path) -> None:
    document = read(tmp_path, "tea.md", "---\nid: 7\ntitle: 1984\n---\nTea is hot.\n")
    assert (document.id, document.title) == ("7", "1984")


def test_a_line_of_hyphens_further_down_is_no_front_matter(tmp_path: Path) -> None:
    document = read(tmp_path, "tea.md", "Tea is hot.\n\n---\nid: ice\n\n---\n\nmore.\n")
    assert (document.id, document.text) == ("tea", "Tea is hot.\n\nid: ice\n\nmore.")


def test_an_opening_heading_is_the_title_and_no_section(tmp_path: Path) -> None:
    document = read(tmp_path, "x.md", "# All on *tea*\n\nTea is hot.\n\n## Green\n\nGreen is hot.\n")
    assert (document.title, document.text) == ("All on tea", "Tea is hot.\n\nGreen\n\nGreen is hot.")
    assert [(section.id, section.title) for section in document.sections] == [("introduction", "All on tea"), ("green", "Green")]


def test_an_opening_heading_that_repeats_the_title_is_no_section(tmp_path: Path) -> None:
    assert read(tmp_path, "x.md", "---\ntitle: Tea\n---\n# Tea\n\nTea is hot.\n").text == "Tea is hot."


def test_an_opening_heading_that_says_something_else_than_the_title_is_a_section(tmp_path: Path) -> None:
    document = read(tmp_path, "x.md", "---\ntitle: Tea\n---\n# Green\n\nTea is hot.\n")
    assert (document.title, document.text) == ("Tea", "Green\n\nTea is hot.")
    assert [section.id for section in document.sections] == ["green"]


def test_an_opening_heading_of_the_second_level_is_a_section(tmp_path: Path) -> None:
    document = read(tmp_path, "tea.md", "## Green\n\nTea is hot.\n")
    assert (document.title, document.text) == ("tea", "Green\n\nTea is hot.")


@pytest.mark.parametrize(
    ("matter", "reason"),
    [
        ("id: [", "while parsing a flow node"),
        ("reviewed: soon", "reviewed: Input should be a valid date"),
        ("id: ''", "id: String should have at least 1 character"),
        ("asked: often", "asked: Input should be a valid dictionary"),
        ("asked: {green: how}", "asked.green: Input should be a valid list"),
    ],
)
def test_front_matter_that_cannot_be_read_is_a_problem_that_names_the_key(tmp_path: Path, matter: str, reason: str) -> None:
    line = problem(tmp_path, "tea.md", f"---\n{matter}\n---\n## Green\n\nTea is hot.\n")
    assert line.startswith(": the front matter cannot be read: ")
    assert reason in line
    assert line.endswith("; mend what stands between the two --- lines")


def test_other_ways_of_asking_are_kept_by_section(tmp_path: Path) -> None:
    matter = "---\nasked:\n  green:\n    - is green tea hot\n    - green tea\n  introduction: [tea]\n---\n"
    document = read(tmp_path, "tea.md", f"{matter}Tea is old.\n\n## Green\n\nGreen is hot.\n")
    assert document.asked == {"green": ("is green tea hot", "green tea"), "introduction": ("tea",)}


def test_ways_of_asking_for_a_section_that_is_not_there_are_a_problem(tmp_path: Path) -> None:
    line = problem(tmp_path, "tea.md", "---\nasked:\n  gren: [x]\n---\nTea is old.\n\n## Green\n\nGreen is hot.\n")
    assert line == ": `asked` names the section 'gren', which is not there; the sections are introduction, green"


# Ids


def test_a_second_document_with_the_same_id_is_a_problem_that_names_both_files(tmp_path: Path) -> None:
    first, second = written(tmp_path, "a/tea.md", "Tea is hot."), written(tmp_path, "b/tea.txt", "tea is cold.")
    reading = read_documents([first, second], SMALL)
    assert [document.text for document in reading.documents] == ["Tea is hot."]
    assert reading.problems == (f"{second}: the id 'tea' is taken by {first}; give one of the two another id",)


def test_a_document_that_cannot_be_read_does_not_keep_the_others_out(tmp_path: Path) -> None:
    files = [written(tmp_path, "a.md", "Tea."), written(tmp_path, "b.md", b"\xff"), written(tmp_path, "c.md", "Ice.")]
    reading = read_documents(files, SMALL)
    assert [document.id for document in reading.documents] == ["a", "c"]
    assert reading.problems == (f"{files[1]}: byte 0 is not UTF-8; save the file as UTF-8",)


# Bytes


@pytest.mark.parametrize("name", ["tea.md", "tea.txt", "tea.jsonl"])
def test_the_first_byte_that_is_not_utf8_is_named(tmp_path: Path, name: str) -> None:
    assert problem(tmp_path, name, "Tea is é, ".encode() + "café".encode("latin-1")) == ": byte 14 is not UTF-8; save the file as UTF-8"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_byte_order_mark_and_kind_of_line_end_make_no_difference(tmp_path: Path, newline: str, mark: str) -> None:
    lines = [
        "---",
        "title: Tea",
        "---",
        "",
        "Tea is hot",
        "and wet.[^TEABOOK]",
        "",
        "## Green",
        "",
        "- dry",
        "- dark",
        "",
        "```",
        "a",
        "b",
        "```",
    ]
    document = read(tmp_path, "tea.md", mark + newline.join(lines))
    assert (document.title, document.text) == ("Tea", "Tea is hot and wet.\n\nGreen\n\ndry\ndark\n\na\nb")
    assert document.marks == (Mark(19, ("TEABOOK",)),)


def test_byte_order_mark_and_line_ends_of_a_plain_text_are_no_text(tmp_path: Path) -> None:
    document = read(tmp_path, "x.txt", "\ufeffAll on tea\r\n\r\ntea is hot\r\nand wet.\r\n")
    assert (document.title, document.text) == ("All on tea", "tea is hot and wet.")


def test_byte_order_mark_and_line_ends_of_json_lines_are_no_text(tmp_path: Path) -> None:
    document = read(tmp_path, "x.jsonl", '\ufeff{"id": "tea", "text": "tea is\\r\\nhot.\\r\\n\\r\\nice."}\r\n\r\n')
    assert (document.id, document.text) == ("tea", "tea is hot.\n\nice.")


def test_a_null_byte_becomes_a_replacement_character(tmp_path: Path) -> None:
    assert read(tmp_path, "tea.txt", "tea is\0hot.").text == "tea is\N{REPLACEMENT CHARACTER}hot."


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tea.md", ""),
        ("tea.md", "---\nid: tea\n---\n"),
        ("tea.md", "# Tea\n\n## Green\n"),
        ("tea.md", "## Green\n\n***\n"),
        ("tea.md", "| Tea | Water |\n|---|---|\n"),
        ("tea.txt", "\n\n"),
    ],
)
def test_a_document_without_a_sentence_is_a_problem(tmp_path: Path, name: str, content: str) -> None:
    assert problem(tmp_path, name, content) == ": holds no sentence to quote; add text, or leave the file out"


def test_a_web_page_without_text_is_a_problem(tmp_path: Path) -> None:
    assert problem(tmp_path, "tea.html", "<html></html>").startswith(": no main text was found in this page")


def test_a_file_that_is_gone_is_a_problem(tmp_path: Path) -> None:
    (line,) = read_documents([tmp_path / "tea.md"], SMALL).problems
    assert line.startswith(f"{tmp_path / 'tea.md'}: cannot be read (No such file or directory)")


# Footnotes


def test_a_mark_names_the_sources_of_the_sentence_before_it(tmp_path: Path) -> None:
    document = read(tmp_path, "tea.md", "## Green\n\nTea is *hot*.[^TEABOOK][^ICEBOOK] Ice is not.[^ICEBOOK]\n\n- wet[^TEABOOK]\n")
    assert [(document.text[: mark.position].split("\n")[-1], mark.source_ids) for mark in document.marks] == [
        ("Tea is hot.", ("TEABOOK", "ICEBOOK")),
        ("Tea is hot. Ice is not.", ("ICEBOOK",)),
        ("wet", ("TEABOOK",)),
    ]
    assert document.text == "Green\n\nTea is hot. Ice is not.\n\nwet"
    assert [mark.position for mark in document.marks] == [18, 30, 35]


def test_sources_are_listed_once_in_the_order_they_are_named(tmp_path: Path) -> None:
    assert read(tmp_path, "tea.md", "Tea.[^ICEBOOK] Ice.[^TEABOOK] More.[^ICEBOOK]\n").sources == (ICEBOOK, TEABOOK)


def test_a_definition_may_name_sources_of_the_table(tmp_path: Path) -> None:
    document = read(tmp_path, "tea.md", "Tea is hot.[^1]\n\n[^1]: See TEABOOK, page 3, and ICEBOOK.\n")
    assert document.marks == (Mark(11, ("TEABOOK", "ICEBOOK")),)
    assert document.sources == (TEABOOK, ICEBOOK)


def test_a_source_is_named_by_its_whole_id_only(tmp_path: Path) -> None:
    (source,) = read(tmp_path, "tea.md", "Tea is hot.[^1]\n\n[^1]: TEABOOKS and ICEBOOK-2\n").sources
    assert source.title == "TEABOOKS and ICEBOOK-2"


def test_a_definition_in_words_of_its_own_is_a_source(tmp_path: Path) -> None:
    document = read(tmp_path, "tea.md", "Tea is hot.[^1] Ice is not.[^b]\n\n[^1]: Tea (https://tea.example/a_b).\n[^b]: My *own* notes\n")
    assert [(source.title, source.publisher, source.url, source.year) for source in document.sources] == [
        ("Tea (https://tea.example/a_b).", None, "https://tea.example/a_b", None),
        ("My own notes", None, None, None),
    ]
    assert [mark.source_ids for mark in document.marks] == [(document.sources[0].id,), (document.sources[1].id,)]


def test_the_same_source_marked_twice_in_one_place_counts_once(tmp_path: Path) -> None:
    document = read(tmp_path, "tea.md", "Tea is hot.[^TEABOOK][^1][^TEABOOK]\n\n[^1]: TEABOOK\n")
    assert document.marks == (Mark(11, ("TEABOOK",)),)


def test_a_definition_that_is_never_used_is_no_source(tmp_path: Path) -> None:
    document = read(tmp_path, "tea.md", "Tea is hot.\n\n[^1]: TEABOOK\n")
    assert (document.text, document.sources, document.marks) == ("Tea is hot.", (), ())


def test_a_footnote_that_names_no_source_is_a_problem(tmp_path: Path) -> None:
    line = problem(tmp_path, "tea.md", "Tea is hot.[^TEABOK]\n")
    assert line == ": the footnote [^TEABOK] names no source; add it to sources.toml, or define it as [^TEABOK]: …"


# Helplines


def test_a_helpline_is_named_with_its_number_and_quoted_so(tmp_path: Path) -> None:
    document = read(tmp_path, "tea.md", "Call {helpline:us-911} or the {helpline:us-tea}.[^TEABOOK] Tea is hot.\n")
    assert document.text == "Call 911 or the Tea & Ice Line (call or text 832). Tea is hot."
    assert document.marks == (Mark(50, ("TEABOOK",)),)


def test_a_helpline_that_is_not_in_the_table_is_a_problem(tmp_path: Path) -> None:
    line = problem(tmp_path, "tea.md", "Call {helpline:us-988}.\n")
    assert line == ": {helpline:us-988} is not in the helpline table; add it to helplines.toml, or name one that is"


# Formats


def test_a_plain_text_opens_with_its_title(tmp_path: Path) -> None:
    document = read(tmp_path, "My tea.txt", "All on tea\n\ntea is hot.\n")
    assert (document.id, document.title, document.text, document.url) == ("my-tea", "All on tea", "tea is hot.", None)


def test_a_web_page_has_the_title_and_address_it_names(tmp_path: Path) -> None:
    words = "Green tea steeps for two minutes in water of eighty degrees; longer makes it bitter."
    head = '<title>All on tea</title><link rel="canonical" href="https://tea.example/all">'
    document = read(
        tmp_path, "Tea page.htm", f"<html><head>{head}</head><body><article><h1>All on tea</h1><p>{words}</p></article></body></html>"
    )
    assert (document.id, document.title, document.text, document.url) == ("tea-page", "All on tea", words, "https://tea.example/all")


def test_each_json_line_is_a_document(tmp_path: Path) -> None:
    lines = json_lines(
        {"id": "Tea 1", "title": "All on\ntea", "text": "Tea is hot.", "url": "https://tea.example"}, {"id": 7, "text": "Ice.", "x": 1}
    )
    first, second = read_documents([written(tmp_path, "x.jsonl", lines)], SMALL).documents
    assert (first.id, first.title, first.text, first.url) == ("Tea 1", "All on tea", "Tea is hot.", "https://tea.example")
    assert (second.id, second.title, second.text, second.url) == ("7", "7", "Ice.", None)


def test_a_json_line_is_laid_out_like_a_plain_text(tmp_path: Path) -> None:
    document = read(tmp_path, "x.jsonl", json_lines({"id": "tea", "title": "Tea", "text": "tea is old.\n\nGreen\n\ntea is\nhot.\n- dry"}))
    assert document.text == "tea is old.\n\nGreen\n\ntea is hot.\n\ndry"
    assert [(section.id, section.title) for section in document.sections] == [("introduction", "Tea"), ("green", "Green")]


def test_a_line_separator_within_a_json_line_ends_no_line(tmp_path: Path) -> None:
    assert read(tmp_path, "x.jsonl", '{"id": "tea", "text": "tea is\u2028hot."}\n').id == "tea"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{tea", "Expecting property name enclosed in double quotes"),
        ("[1]", "the line: Input should be a valid dictionary"),
        ('{"id": "tea"}', "text: Field required"),
        ('{"text": "Tea."}', "id: Field required"),
        ('{"id": "", "text": "Tea."}', "id: String should have at least 1 character"),
        ('{"id": "tea", "text": ["Tea."]}', "text: Input should be a valid string"),
        ('{"id": "tea", "text": " … "}', "holds no sentence to quote"),
        ("[" * 100_000, ""),
    ],
)
def test_a_json_line_that_cannot_be_read_is_a_problem_with_its_number(tmp_path: Path, line: str, reason: str) -> None:
    file = written(tmp_path, "x.jsonl", f'\n{{"id": "a", "text": "Tea."}}\n{line}\n{{"id": "b", "text": "Ice."}}\n')
    reading = read_documents([file], SMALL)
    assert [document.id for document in reading.documents] == ["a", "b"]
    (said,) = reading.problems
    assert said.startswith(f"{file}:3: {reason}")


def test_ids_are_unique_over_json_lines_and_files(tmp_path: Path) -> None:
    files = [written(tmp_path, "tea.md", "Tea is hot."), written(tmp_path, "x.jsonl", json_lines({"id": "tea", "text": "Tea is cold."}))]
    reading = read_documents(files, SMALL)
    assert [document.text for document in reading.documents] == ["Tea is hot."]
    assert len(reading.problems) == 1


# Everything together


def test_a_folder_of_every_format_is_read_whole(mixed_folder: Path, tables: CorpusTables) -> None:
    reading = read_documents(corpus_files([mixed_folder]), tables)
    assert reading.problems == ()
    assert [(document.id, document.title) for document in reading.documents] == [
        ("bees", "Honey bees"),
        ("bread", "Sourdough bread"),
        ("moon", "The Moon"),
        ("mars", "Mars"),
        ("tea", "Tea"),
    ]


def test_sections_of_every_format_are_spans_of_the_text(mixed_folder: Path, tables: CorpusTables) -> None:
    documents = {document.id: document for document in read_documents(corpus_files([mixed_folder]), tables).documents}
    quoted = {
        f"{name}#{section.id}": document.text[section.start : section.end].split("\n")[0]
        for name, document in documents.items()
        for section in document.sections
    }
    assert quoted == {
        "bees#introduction": "Honey bees live in colonies of many thousands. A colony has a single queen.",
        "bees#swarms": "Swarms",
        "bread#feeding-the-starter": "Feeding the starter",
        "bread#baking": "Baking",
        "moon#introduction": "The Moon orbits the Earth in 27 days. The Moon has no air.",
        "mars#introduction": "Mars has two small moons, Phobos and Deimos.",
        "tea#what-is-tea": "What is tea?",
        "tea#how-long-should-tea-steep": "How long should tea steep?",
    }


def test_the_tea_document_keeps_its_footnote_and_ways_of_asking(mixed_folder: Path, tables: CorpusTables) -> None:
    (tea,) = read_documents([mixed_folder / "tea.md"], tables).documents
    (mark,) = tea.marks
    assert tea.text[: mark.position] == "What is tea?\n\nTea is a drink made from the leaves of one plant."
    assert [(source.id, source.title, source.url) for source in tea.sources] == [
        (mark.source_ids[0], "Tea board handbook, https://tea.example/handbook", "https://tea.example/handbook")
    ]
    assert tea.asked == {"how-long-should-tea-steep": ("brewing time for tea",)}


def test_the_shipped_documents_are_read_without_a_problem(tables: CorpusTables) -> None:
    files = corpus_files([CORPUS / "documents"])
    reading = read_documents(files, tables)
    assert reading.problems == ()
    assert [document.id for document in reading.documents] == [file.stem for file in files]


def test_the_shipped_documents_show_no_signs_of_markup(tables: CorpusTables) -> None:
    for document in read_documents(corpus_files([CORPUS / "documents"]), tables).documents:
        assert [sign for sign in ("[^", "](", "**", "{helpline", "##", "\n\n\n") if sign in document.text] == []
        ends = [document.text[mark.position - 1] for mark in document.marks]
        assert set(ends) <= set(".?!:)\u201d|abcdefghijklmnopqrstuvwxyz")


def test_an_impossible_date_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    assert "day is out of range" in problem(tmp_path, "tea.md", "---\nreviewed: 2026-02-30\n---\nTea is hot.\n")


def test_a_rule_across_the_page_is_no_front_matter(tmp_path: Path) -> None:
    file = written(tmp_path, "tea.md", "---\n\nTea is hot.\n\n---\n\nMore tea.\n")
    assert read_documents([file], SMALL).documents[0].text == "Tea is hot.\n\nMore tea."


def test_footnotes_of_the_same_label_in_two_files_of_the_same_name_stay_apart(tmp_path: Path) -> None:
    files = []
    for name, book in (("x", "Tea book"), ("y", "Ice book")):
        (tmp_path / name).mkdir()
        files.append(written(tmp_path / name, "guide.md", f"---\nid: {name}\n---\nIt is so.[^1]\n\n[^1]: {book}\n"))
    sources = [document.sources[0] for document in read_documents(files, SMALL).documents]
    assert [(source.id, source.title) for source in sources] == [("x:1", "Tea book"), ("y:1", "Ice book")]


def test_half_a_surrogate_pair_is_replaced(tmp_path: Path) -> None:
    file = written(tmp_path, "a.jsonl", '{"id": "a", "text": "Tea \\ud800 is hot."}\n')
    assert read_documents([file], SMALL).documents[0].text == "Tea \ufffd is hot."


def test_only_web_addresses_are_taken_for_links(tmp_path: Path) -> None:
    assert "url: String should match pattern" in problem(tmp_path, "a.jsonl", '{"id": "a", "text": "Tea.", "url": "javascript:alert(1)"}\n')


def test_one_file_named_in_two_ways_is_read_once(tmp_path: Path) -> None:
    file = written(tmp_path, "tea.md", "Tea is hot.\n")
    (tmp_path / "x").mkdir()
    assert corpus_files([file, tmp_path / "x" / ".." / "tea.md"]) == [file]
