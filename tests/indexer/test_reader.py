"""One file in, its documents out: what the formats share."""

import os
from pathlib import Path

import pytest

from indexer.corpus_tables import CorpusTables
from indexer.documents import Document, Draft, Mark, Place, Tombstone
from indexer.readers import find_files, reader
from indexer.readers.manuscript import Manuscript
from indexer.readers.reader import read_file
from tests.conftest import CORPUS, read_folder
from tests.small_corpus import ICEBOOK, SMALL, TEABOOK, entries, problem, read, written

# Titles and ids


def test_without_front_matter_the_file_name_is_id_and_title(tmp_path: Path) -> None:
    document = read(tmp_path, "Green_tea-hot.md", "Tea is hot.\n")
    assert (document.id, document.title) == ("green-tea-hot", "Green tea hot")
    known = (document.group, document.url, document.reviewed, document.reviewed_by, document.review_due, document.asked)
    assert known == (None, None, None, None, None, {})


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


def test_a_file_called_index_goes_by_the_name_of_its_folder(tmp_path: Path) -> None:
    assert [read(tmp_path, name, "tea is hot.\n").id for name in ("Green tea/index.md", "ice/Index.txt")] == ["green-tea", "ice"]


def test_a_name_without_letters_has_an_id_all_the_same(tmp_path: Path) -> None:
    assert read(tmp_path, "!.md", "tea is hot.\n").id == "section"


# Sections asked for


def test_other_ways_of_asking_are_kept_by_section(tmp_path: Path) -> None:
    matter = "---\nasked:\n  green:\n    - is green tea hot\n    - green tea\n  introduction: [tea]\n---\n"
    document = read(tmp_path, "tea.md", f"{matter}Tea is old.\n\n## Green\n\nGreen is hot.\n")
    assert document.asked == {"green": ("is green tea hot", "green tea"), "introduction": ("tea",)}


def test_ways_of_asking_for_a_section_that_is_not_there_are_a_problem(tmp_path: Path) -> None:
    line = problem(tmp_path, "tea.md", "---\nasked:\n  gren: [x]\n---\nTea is old.\n\n## Green\n\nGreen is hot.\n")
    assert line == ": `asked` names the section 'gren', which is not there; the sections are introduction, green"


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


def test_footnotes_of_the_same_label_in_two_files_of_the_same_name_stay_apart(tmp_path: Path) -> None:
    sources = [
        read(tmp_path, f"{name}/guide.md", f"---\nid: {name}\n---\nIt is so.[^1]\n\n[^1]: {book}\n").sources[0]
        for name, book in (("x", "Tea book"), ("y", "Ice book"))
    ]
    assert [(source.id, source.title) for source in sources] == [("x:1", "Tea book"), ("y:1", "Ice book")]


# Helplines


def test_a_helpline_is_named_with_its_number_and_quoted_so(tmp_path: Path) -> None:
    document = read(tmp_path, "tea.md", "Call {helpline:us-911} or the {helpline:us-tea}.[^TEABOOK] Tea is hot.\n")
    assert document.text == "Call 911 or the Tea & Ice Line (call or text 832). Tea is hot."
    assert document.marks == (Mark(50, ("TEABOOK",)),)


def test_a_helpline_that_is_not_in_the_table_is_a_problem(tmp_path: Path) -> None:
    line = problem(tmp_path, "tea.md", "Call {helpline:us-988}.\n")
    assert line == ": {helpline:us-988} is not in the helpline table; add it to helplines.toml, or name one that is"


def test_a_helpline_is_named_in_plain_text_and_json_lines_too(tmp_path: Path) -> None:
    assert read(tmp_path, "tea.txt", "call {helpline:us-911}.").text == "call 911."
    assert read(tmp_path, "x.jsonl", '{"id": "tea", "text": "call {helpline:us-911}."}\n').text == "call 911."


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


@pytest.mark.parametrize("name", ["tea.MD", "tea.Markdown"])
def test_the_case_of_a_suffix_makes_no_difference(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, name, "# Tea\n\nTea is *hot*.\n").text == "Tea is hot."


def test_an_encoding_that_was_named_goes_to_the_readers_of_text(tmp_path: Path) -> None:
    for name in ("tea.md", "tea.txt"):
        (entry,) = entries(tmp_path, name, "чай горячий.".encode("koi8-r"), encoding="koi8-r")
        assert isinstance(entry.result, Document)
        assert entry.result.text == "чай горячий."


def test_what_a_reader_notes_is_kept_with_the_document(tmp_path: Path) -> None:
    (entry,) = entries(tmp_path, "tea.txt", "tea is drunk hot,\0or cold.")
    assert entry.where == str(tmp_path / "tea.txt")
    assert entry.notes == ("1 control character became \ufffd, which readers will see; remove them",)


def test_a_page_of_a_paged_document_is_kept_as_the_place_where_it_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drafts = [Draft("paragraph", "Tea is hot.", places=((0, 3),)), Draft("paragraph", "Ice is not.", places=((0, 3), (4, 4)))]
    monkeypatch.setattr(reader, "read_pdf", lambda content, where: Manuscript(drafts, paged=True))
    assert read(tmp_path, "tea.pdf", b"%PDF").pages == (Place(0, 3), Place(17, 4))


# What is taken out


def test_a_withdrawn_document_is_a_tombstone_with_the_reason(tmp_path: Path) -> None:
    matter = "---\nid: tea\ntitle: All on tea\nwithdrawn: |\n  wrong\n  dose\n---\n"
    (entry,) = entries(tmp_path, "x.md", f"{matter}Tea is hot.[^NONE] {{helpline:none}}\n")
    assert entry.result == Tombstone("tea", "All on tea", "wrong dose")


# Refusals


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
    assert problem(tmp_path, "tea.html", "<html></html>").endswith("text was found in this page; save its text as .md or .txt instead")


def test_a_file_that_is_gone_is_a_problem(tmp_path: Path) -> None:
    (entry,) = read_file(tmp_path / "tea.md", SMALL)
    assert str(entry.result) == f"{tmp_path / 'tea.md'}: cannot be read (No such file or directory); check that it exists and may be read"


def test_a_link_that_leads_to_itself_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "tea.md").symlink_to(tmp_path / "tea.md")
    (entry,) = read_file(tmp_path / "tea.md", SMALL)
    assert str(entry.result).startswith(f"{tmp_path / 'tea.md'}: cannot be read (Too many levels of symbolic links)")


def test_a_file_that_is_too_large_is_a_problem_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "LARGEST_FILE", 2**20)
    assert problem(tmp_path, "tea.pdf", b"x" * (2**20 + 1)) == (": has 1 MB, and 1 MB is the limit; split it, or save its text as .jsonl")
    assert problem(tmp_path, "tea.md", b"x" * 2**21).startswith(": has 2 MB, and 1 MB is the limit")


@pytest.mark.parametrize("name", ["tea.md", "tea.txt", "tea.jsonl"])
def test_a_text_that_is_too_long_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(reader, "LONGEST_TEXT", 20)
    content = '{"id": "tea", "text": "%s"}' if name.endswith(".jsonl") else "%s"
    (entry,) = entries(tmp_path, name, content % "tea is very very hot.")
    assert "holds 21 characters, and 20 is the limit; split it into several documents" in str(entry.result)
    assert read(tmp_path, name, content % "tea is very veryhot.").text == "tea is very veryhot."


def test_a_name_that_cannot_be_printed_is_escaped_in_a_problem(tmp_path: Path) -> None:
    file = written(tmp_path, "t\x1b[31mea\n.rtf", "x")
    (entry,) = read_file(file, SMALL)
    assert str(entry.result).startswith(f"{tmp_path}/t\\x1b[31mea\\n.rtf: the format '.rtf' is not read")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("%PDF-1.4\n", "a PDF; let its name end in .pdf"),
        ("{\\rtf1 Tea is hot.}", "in Rich Text Format; save it as .docx"),
        ("\n <!DOCTYPE HTML><p>Tea is hot.", "a web page; let its name end in .html"),
        ("<html><p>Tea is hot.", "a web page; let its name end in .html"),
    ],
)
@pytest.mark.parametrize("name", ["tea.txt", "tea.md"])
def test_another_format_under_the_name_of_a_text_is_a_problem(tmp_path: Path, name: str, content: str, kind: str) -> None:
    assert problem(tmp_path, name, content) == f": is {kind}"


# Everything together


def test_a_folder_of_every_format_is_read_whole(mixed_folder: Path, tables: CorpusTables) -> None:
    reading = read_folder(mixed_folder, tables)
    assert reading.problems == ()
    assert [(document.id, document.title) for document in reading.documents] == [
        ("bees", "Honey bees"),
        ("bread", "Sourdough bread"),
        ("moon", "The Moon"),
        ("mars", "Mars"),
        ("tea", "Tea"),
    ]


def test_sections_of_every_format_are_spans_of_the_text(mixed_folder: Path, tables: CorpusTables) -> None:
    documents = {document.id: document for document in read_folder(mixed_folder, tables).documents}
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
    (tea,) = (document for document in read_folder(mixed_folder, tables).documents if document.id == "tea")
    (mark,) = tea.marks
    assert tea.text[: mark.position] == "What is tea?\n\nTea is a drink made from the leaves of one plant."
    assert [(source.id, source.title, source.url) for source in tea.sources] == [
        (mark.source_ids[0], "Tea board handbook, https://tea.example/handbook", "https://tea.example/handbook")
    ]
    assert tea.asked == {"how-long-should-tea-steep": ("brewing time for tea",)}


def test_the_shipped_documents_are_read_without_a_problem(tables: CorpusTables) -> None:
    reading = read_folder(CORPUS / "documents", tables)
    assert reading.problems == ()
    assert [document.id for document in reading.documents] == [file.stem for file in find_files([CORPUS / "documents"]).files]


def test_the_shipped_documents_show_no_signs_of_markup(tables: CorpusTables) -> None:
    for document in read_folder(CORPUS / "documents", tables).documents:
        assert [sign for sign in ("[^", "](", "**", "{helpline", "##", "\n\n\n") if sign in document.text] == []
        ends = [document.text[mark.position - 1] for mark in document.marks]
        assert set(ends) <= set(".?!:)\u201d|abcdefghijklmnopqrstuvwxyz")


def test_a_name_that_is_no_unicode_makes_a_title_that_is(tmp_path: Path) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md"))
    file.write_text("Tea is hot.", encoding="utf-8")
    (entry,) = read_file(file, SMALL)
    assert isinstance(entry.result, Document)
    assert entry.result.title == "caf\N{REPLACEMENT CHARACTER}"


def test_a_window_into_the_system_is_no_document(tmp_path: Path) -> None:
    (tmp_path / "p.txt").symlink_to("/proc/self/environ")
    (entry,) = read_file(tmp_path / "p.txt", SMALL)
    assert str(entry.result).endswith("p.txt: holds no sentence to quote; add text, or leave the file out")
