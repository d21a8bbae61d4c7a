import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from indexer.documents import Draft
from indexer.errors import DocumentError
from indexer.readers import word_parts as module
from indexer.readers.docx import read_docx
from tests.docx_files import STRICT_WORD, cell, docx, item, paragraph, row, run, style, table, zipped
from tests.small_corpus import TEABOOK, problem, read

PARAGRAPHS = ("Tea is hot.", "Ice is not.")
WAY_OUT = "open it in a word processor and save it again"
LIST_STYLE = style("ListBullet", "List Bullet")
MATH_NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006/math"
MATH = "<m:r><m:t>{}</m:t></m:r>"
REFERENCE = '<w:r><w:footnoteReference w:id="2"/></w:r>'


def drafts(body: str, styles: str = "", footnotes: str = "", endnotes: str = "") -> list[Draft]:
    return read_docx(docx(body, styles=styles, footnotes=footnotes, endnotes=endnotes), "x.docx").drafts


def texts(body: str, styles: str = "", footnotes: str = "") -> list[tuple[str, str]]:
    return [(draft.kind, draft.text.strip()) for draft in drafts(body, styles, footnotes)]


def refused(content: bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        read_docx(content, "x.docx")
    assert str(caught.value).startswith("x.docx: ")
    return str(caught.value).removeprefix("x.docx: ")


# Paragraphs and headings


def test_paragraphs_are_read_in_order() -> None:
    assert drafts("".join(map(paragraph, PARAGRAPHS))) == [Draft("paragraph", words) for words in PARAGRAPHS]


def test_runs_of_a_paragraph_are_one_text_and_spaces_are_single() -> None:
    assert texts(paragraph(run("Tea is ") + run(" dr", "<w:b/>") + run("unk hot."))) == [("paragraph", "Tea is drunk hot.")]


@pytest.mark.parametrize(
    ("styles", "level"),
    [
        (style("a", "heading 1"), 1),
        (style("a", "Heading 2"), 2),
        (style("a", "heading 9"), 6),
        (style("a", "Title"), 1),
        (style("a", "Überschrift", '<w:pPr><w:outlineLvl w:val="2"/></w:pPr>'), 3),
        (style("a", "My own", '<w:basedOn w:val="b"/>') + style("b", "heading 3"), 3),
        (style("a", "My own", '<w:basedOn w:val="b"/>') + style("b", "x", '<w:basedOn w:val="c"/>') + style("c", "heading 2"), 2),
        (style("a", "My own", '<w:basedOn w:val="b"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr>') + style("b", "heading 3"), 1),
    ],
)
def test_a_style_may_be_that_of_a_heading(styles: str, level: int) -> None:
    assert drafts(paragraph("Tea", "a") + paragraph("Tea is hot."), styles) == [
        Draft("heading", "Tea", level=level),
        Draft("paragraph", "Tea is hot."),
    ]


@pytest.mark.parametrize(
    "styles",
    [
        style("a", "heading"),
        style("a", "heading two"),
        style("a", "Subtitle"),
        style("a", "My own", '<w:basedOn w:val="b"/><w:pPr><w:outlineLvl w:val="9"/></w:pPr>') + style("b", "heading 3"),
        style("a", "My own", '<w:basedOn w:val="a"/>'),
        style("a", "My own", '<w:basedOn w:val="gone"/>'),
        style("b", "heading 1"),
        "",
    ],
)
def test_any_other_style_is_that_of_a_paragraph(styles: str) -> None:
    assert texts(paragraph("Tea", "a"), styles) == [("paragraph", "Tea")]


def test_an_outline_level_of_its_own_goes_before_the_style() -> None:
    styles = style("a", "heading 1")
    body = paragraph("Tea", "a", '<w:outlineLvl w:val="3"/>') + paragraph("No heading", "a", '<w:outlineLvl w:val="9"/>')
    assert [(draft.kind, draft.level) for draft in drafts(body, styles)] == [("heading", 4), ("paragraph", 0)]


def test_a_numbered_heading_is_a_heading_and_no_item() -> None:
    numbered = '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
    assert texts(paragraph("Tea", "a"), style("a", "heading 1", numbered)) == [("heading", "Tea")]


def test_a_title_is_the_title_of_the_document(tmp_path: Path) -> None:
    body = paragraph("All on tea", "Title") + paragraph("Green", "H1") + paragraph("Tea is hot.")
    document = read(tmp_path, "x.docx", docx(body, styles=style("Title", "Title") + style("H1", "heading 1")))
    assert (document.title, document.text) == ("All on tea", "Green\n\nTea is hot.")


# Lists


def test_items_have_the_line_that_leads_into_them_as_context() -> None:
    body = paragraph("Tea keeps when it is:") + item("dry") + item("dark", level=1) + paragraph("Ice melts.") + item("fast")
    assert drafts(body) == [
        Draft("paragraph", "Tea keeps when it is:"),
        Draft("item", "dry", context="Tea keeps when it is:"),
        Draft("item", "dark", context="Tea keeps when it is:"),
        Draft("paragraph", "Ice melts."),
        Draft("item", "fast"),
    ]


def test_a_heading_leads_into_nothing() -> None:
    body = paragraph("Tea keeps:") + paragraph("Sorts:", "H1") + item("green")
    assert drafts(body, style("H1", "heading 1"))[-1] == Draft("item", "green")


def test_an_empty_paragraph_before_a_list_makes_no_difference() -> None:
    assert drafts(paragraph("Tea keeps:") + "<w:p/>" + item("dry"))[-1] == Draft("item", "dry", context="Tea keeps:")


@pytest.mark.parametrize(
    "styles",
    [
        style("a", "List Bullet"),
        style("a", "List Paragraph", '<w:pPr><w:numPr><w:numId w:val="4"/></w:numPr></w:pPr>'),
        style("a", "Mine", '<w:pPr><w:numPr><w:numId w:val="4"/></w:numPr></w:pPr>'),
        style("a", "Mine", '<w:basedOn w:val="b"/>') + style("b", "x", '<w:pPr><w:numPr><w:numId w:val="4"/></w:numPr></w:pPr>'),
    ],
)
def test_a_style_may_be_that_of_an_item(styles: str) -> None:
    assert texts(paragraph("dry", "a"), styles) == [("item", "dry")]


def test_a_paragraph_taken_out_of_its_list_is_no_item() -> None:
    body = paragraph("dry", "ListBullet", '<w:numPr><w:numId w:val="0"/></w:numPr>')
    assert texts(body, LIST_STYLE) == [("paragraph", "dry")]


# Tables


def test_a_table_is_a_header_and_rows_whose_context_is_the_header() -> None:
    assert drafts(table(row("Tea", "Water"), row("Green", "80 degrees"), row("Black", "100 degrees"))) == [
        Draft("header", "Tea | Water"),
        Draft("row", "Green | 80 degrees", context="Tea Water"),
        Draft("row", "Black | 100 degrees", context="Tea Water"),
    ]


def test_a_row_that_is_marked_as_header_is_one_whatever_it_looks_like() -> None:
    first = row("2024", "2025", properties="<w:tblHeader/>")
    assert [draft.kind for draft in drafts(table(first, row("1", "2")))] == ["header", "row"]


def test_an_empty_cell_keeps_the_others_in_their_columns() -> None:
    assert [text for _, text in texts(table(row("Tea", "", "80"), row("", "Ice", "0")))] == ["Tea | - | 80", "- | Ice | 0"]


def test_paragraphs_of_a_cell_are_one_line() -> None:
    assert texts(table(row("Tea", "Water"), row(cell("Green", "", "tea"), "80")))[1] == ("row", "Green tea | 80")


def test_a_cell_merged_downwards_carries_its_words_to_the_rows_it_covers() -> None:
    start, further = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    body = table(
        row("Tea", "Cup", "Water"),
        row(cell("Green", properties=start), "small", "80"),
        row(cell("", properties=further), "large", "85"),
        row(cell("Black", properties=start), "small", "100"),
    )
    assert [(draft.text, draft.context) for draft in drafts(body)[1:]] == [
        ("Green | small | 80", "Tea Cup Water"),
        ("- | large | 85", "Tea Cup Water Green"),
        ("Black | small | 100", "Tea Cup Water"),
    ]


def test_a_merged_cell_is_found_below_cells_that_span_columns() -> None:
    wide, start, further = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    body = table(
        row("A", "B", "C"),
        row(cell("wide", properties=wide), cell("kept", properties=start)),
        row("one", "two", cell("", properties=further)),
    )
    assert drafts(body)[-1] == Draft("row", "one | two | -", context="A B C kept")


@pytest.mark.parametrize(
    "rows",
    [
        [row(cell(*PARAGRAPHS), "More.")],
        [row(PARAGRAPHS[0]), row(PARAGRAPHS[1]), row("More.")],
        [row(PARAGRAPHS[0], cell(PARAGRAPHS[1])), row("More.", "Tea. " * 200)],
    ],
)
def test_a_table_that_lays_out_a_page_is_read_as_paragraphs(rows: list[str]) -> None:
    found = texts(table(*rows))
    assert [text for _, text in found][:3] == [*PARAGRAPHS, "More."]
    assert {kind for kind, _ in found} == {"paragraph"}


def test_headings_and_lists_in_a_table_that_lays_out_a_page_stay_what_they_are() -> None:
    body = table(row(cell(paragraph("Tea", "H1"), paragraph("Tea keeps:"), item("dry")), "x"))
    assert drafts(body, style("H1", "heading 1"))[:3] == [
        Draft("heading", "Tea", level=1),
        Draft("paragraph", "Tea keeps:"),
        Draft("item", "dry", context="Tea keeps:"),
    ]


def test_the_words_of_a_table_inside_a_cell_are_words_of_the_cell() -> None:
    inner = table(row("a", "b"), row("c", "d"))
    assert texts(table(row("Tea", "Water"), row(cell("Green", inner), "80")))[1] == ("row", "Green a b c d | 80")


def test_a_row_that_was_deleted_is_left_out_and_an_inserted_one_is_read() -> None:
    body = table(row("Tea", "Water"), row("Green", "80", properties="<w:del/>"), row("Black", "100", properties="<w:ins/>"))
    assert [text for _, text in texts(body)] == ["Tea | Water", "Black | 100"]


# What is seen and what is not


@pytest.mark.parametrize(
    "content",
    [
        f"{run('Tea ')}<w:ins>{run('is ')}</w:ins><w:del><w:r><w:delText>was </w:delText></w:r></w:del>{run('hot.')}",
        f"{run('Tea ')}<w:moveTo>{run('is ')}</w:moveTo><w:moveFrom>{run('was ')}</w:moveFrom>{run('hot.')}",
        f"{run('Tea ')}<w:ins><w:del>{run('was ')}</w:del></w:ins>{run('is hot.')}",
        f"{run('Tea is ')}{run('not ', '<w:vanish/>')}{run('hot.')}",
        run("Tea ") + run("is ", '<w:vanish w:val="false"/>') + run("hot."),
        f"<w:hyperlink>{run('Tea is')}</w:hyperlink>{run(' hot.')}",
        f"<w:sdt><w:sdtContent>{run('Tea is')}</w:sdtContent></w:sdt>{run(' hot.')}",
        f"<w:smartTag><w:customXml>{run('Tea is')}</w:customXml></w:smartTag>{run(' hot.')}",
        f"{run('Tea ')}<w:fldSimple>{run('is')}</w:fldSimple>{run(' hot.')}",
        f"{run('Tea is')}<w:r><w:fldChar/><w:instrText> PAGE </w:instrText></w:r>{run(' hot.')}",
        f"{run('Tea is')}<w:commentRangeStart/><w:bookmarkStart/>{run(' hot.')}<w:r><w:annotationRef/></w:r>",
        f"{run('Tea is')}<w:r><w:tab/></w:r>{run('hot.')}",
        f"{run('Tea is ')}<w:r><w:br/></w:r>{run(' hot.')}",
        f"{run('Tea is h')}<w:r><w:softHyphen/></w:r>{run('ot.')}",
        run("Tea\u00ad is\u200b hot."),
        f"<!-- cold -->{run('Tea is')}<?x y?>{run(' hot.')}",
    ],
)
def test_a_paragraph_is_what_a_reader_sees_once_all_changes_are_accepted(content: str) -> None:
    assert texts(f"<w:p>{content}</w:p>") == [("paragraph", "Tea is hot.")]


def test_a_hyphen_that_does_not_break_is_a_hyphen() -> None:
    assert texts(f"<w:p>{run('X')}<w:r><w:noBreakHyphen/></w:r>{run('ray')}</w:p>") == [("paragraph", "X-ray")]


def test_paragraphs_in_content_controls_and_insertions_are_read() -> None:
    body = f"<w:sdt><w:sdtPr/><w:sdtContent>{paragraph('Tea.')}</w:sdtContent></w:sdt><w:ins>{paragraph('Ice.')}</w:ins>"
    assert [text for _, text in texts(body)] == ["Tea.", "Ice."]


def test_rows_and_cells_in_content_controls_are_read() -> None:
    wrapped = f"<w:sdt><w:sdtContent>{row('Green', '80')}</w:sdtContent></w:sdt>"
    half = f"<w:tr><w:sdt><w:sdtContent>{cell('Black')}</w:sdtContent></w:sdt>{cell('100')}</w:tr>"
    assert [text for _, text in texts(table(row("Tea", "Water"), wrapped, half))] == ["Tea | Water", "Green | 80", "Black | 100"]


def test_a_table_of_contents_is_no_text() -> None:
    gallery = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'
    control = f"<w:sdt><w:sdtPr>{gallery}</w:sdtPr><w:sdtContent>{paragraph('Tea 7')}</w:sdtContent></w:sdt>"
    loose = paragraph("Contents", "b") + paragraph("Tea 7", "a")
    assert texts(control + loose + paragraph("Tea is hot."), style("a", "toc 1") + style("b", "TOC Heading")) == [
        ("paragraph", "Tea is hot.")
    ]


def test_a_content_control_of_another_kind_is_read() -> None:
    gallery = '<w:docPartObj><w:docPartGallery w:val="Cover Pages"/></w:docPartObj>'
    control = f"<w:sdt><w:sdtPr>{gallery}</w:sdtPr><w:sdtContent>{paragraph('Tea is hot.')}</w:sdtContent></w:sdt>"
    assert texts(control) == [("paragraph", "Tea is hot.")]


def test_a_text_box_is_read_once_behind_its_paragraph_although_it_is_held_twice() -> None:
    box = f"<w:txbxContent>{paragraph('In a box.')}</w:txbxContent>"
    both = (
        f'<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent>"
    )
    anchored = f"<w:p>{run('Tea is ')}<w:r>{both}</w:r>{run('hot.')}</w:p>"
    assert [text for _, text in texts(anchored + paragraph("More."))] == ["Tea is hot.", "In a box.", "More."]
    assert [text for _, text in texts(table(row("Tea", "Water"), row(cell(anchored), "80")))][1] == "Tea is hot. In a box. | 80"


def test_a_text_box_of_an_older_word_is_read() -> None:
    box = f"<w:pict><v:textbox><w:txbxContent>{paragraph('In a box.')}</w:txbxContent></v:textbox></w:pict>"
    assert [text for _, text in texts(f"<w:p><w:r>{box}</w:r></w:p>")] == ["In a box."]


# Footnotes


def test_a_footnote_is_a_mark_where_its_number_stands_and_a_definition() -> None:
    note = f'<w:footnote w:id="2">{paragraph("Tea board")}{paragraph("handbook")}</w:footnote>'
    content = docx(f"<w:p>{run('Tea is hot. ')}{REFERENCE}{run('Ice is not.')}</w:p>", footnotes=note)
    manuscript = read_docx(content, "x.docx")
    assert manuscript.drafts == [Draft("paragraph", "Tea is hot. Ice is not.", marks=((11, "footnote-2"),))]
    assert manuscript.definitions == {"footnote-2": "Tea board handbook"}


def test_a_footnote_is_a_source_with_its_address(tmp_path: Path) -> None:
    note = f'<w:footnote w:id="2">{paragraph(run(" Tea board, https://tea.example/x."))}</w:footnote>'
    document = read(tmp_path, "tea.docx", docx(f"<w:p>{run('Tea is hot.')}{REFERENCE}</w:p>", footnotes=note))
    (mark,) = document.marks
    (source,) = document.sources
    assert (mark.position, mark.source_ids) == (11, (source.id,))
    assert (source.title, source.url) == ("Tea board, https://tea.example/x.", "https://tea.example/x.")


def test_a_footnote_may_name_a_source_of_the_table(tmp_path: Path) -> None:
    note = f'<w:footnote w:id="2">{paragraph("See TEABOOK, page 3.")}</w:footnote>'
    assert read(tmp_path, "tea.docx", docx(f"<w:p>{run('Tea is hot.')}{REFERENCE}</w:p>", footnotes=note)).sources == (TEABOOK,)


def test_endnotes_and_footnotes_of_the_same_number_stay_apart() -> None:
    note, end = f'<w:footnote w:id="2">{paragraph("Foot")}</w:footnote>', f'<w:endnote w:id="2">{paragraph("End")}</w:endnote>'
    body = f'<w:p>{run("Tea.")}{REFERENCE}{run(" Ice.")}<w:r><w:endnoteReference w:id="2"/></w:r></w:p>'
    manuscript = read_docx(docx(body, footnotes=note, endnotes=end), "x.docx")
    assert manuscript.definitions == {"footnote-2": "Foot", "endnote-2": "End"}
    assert manuscript.drafts[0].marks == ((4, "footnote-2"), (9, "endnote-2"))


@pytest.mark.parametrize("notes", ["", '<w:footnote w:id="2"><w:p/></w:footnote>', f'<w:footnote w:id="3">{paragraph("x")}</w:footnote>'])
def test_a_footnote_without_words_is_no_source(tmp_path: Path, notes: str) -> None:
    document = read(tmp_path, "tea.docx", docx(f"<w:p>{run('Tea is hot.')}{REFERENCE}</w:p>", footnotes=notes))
    assert (document.text, document.marks) == ("Tea is hot.", ())


def test_a_footnote_in_a_cell_counts_from_the_start_of_its_row() -> None:
    note = f'<w:footnote w:id="2">{paragraph("Tea board")}</w:footnote>'
    body = table(row("Tea", "Water"), row("Green", cell("about", f"<w:p>{run('80')}{REFERENCE}</w:p>")))
    assert drafts(body, footnotes=note)[1] == Draft("row", "Green | about 80", context="Tea Water", marks=((16, "footnote-2"),))


# Files as they come


def test_the_strict_form_of_the_format_is_read() -> None:
    content = docx(paragraph("Tea", "a") + table(row("Tea", "Water"), row("a", "b")), styles=style("a", "heading 1"), namespace=STRICT_WORD)
    assert [draft.kind for draft in read_docx(content, "x.docx").drafts] == ["heading", "header", "row"]


def test_the_main_part_is_found_by_its_kind_and_not_by_its_name() -> None:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    link = f'<Relationships><Relationship Type="{kind}/officeDocument" Target="/doc/main.xml"/></Relationships>'
    main = f'<w:document xmlns:w="urn:x"><w:body>{paragraph("Tea is hot.")}</w:body></w:document>'
    assert [draft.text for draft in read_docx(zipped({"_rels/.rels": link, "doc/main.xml": main}), "x").drafts] == ["Tea is hot."]


def test_a_document_without_words_is_a_problem(tmp_path: Path) -> None:
    assert problem(tmp_path, "tea.docx", docx("<w:p/>")) == ": holds no sentence to quote; add text, or leave the file out"


def test_a_document_of_an_older_word_is_refused_as_such() -> None:
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600) == "is an old .doc file; save it as .docx"


def test_a_document_with_a_password_is_refused_as_such() -> None:
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    assert refused(locked) == "is protected by a password; save it without one"


WHOLE = docx(paragraph("Tea is hot."), styles=style("a", "heading 1"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK",
        b"Tea is hot.",
        WHOLE[: len(WHOLE) // 2],
        WHOLE[:-10],
        zipped({"a.txt": "x"}),
        zipped({"word/document.xml": ""}),
        zipped({"word/document.xml": "<w:document"}),
        zipped({"word/document.xml": "<a/>", "_rels/.rels": "<b"}),
    ],
)
def test_a_damaged_file_is_refused_in_one_line(content: bytes) -> None:
    line = refused(content)
    assert line.startswith("cannot be read as .docx (")
    assert line.endswith(f"); {WAY_OUT}")
    assert "\n" not in line


def test_whatever_byte_is_broken_the_file_is_read_or_refused() -> None:
    for place in range(0, len(WHOLE), 3):
        broken = bytearray(WHOLE)
        broken[place] ^= 0xFF
        try:
            read_docx(bytes(broken), "x.docx")
        except DocumentError as error:
            assert str(error).startswith("x.docx: ")


def test_a_part_that_unpacks_to_more_than_the_limit_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_FILE", 2**20)
    content = docx(paragraph("Tea. " * 2**19))
    assert len(content) < 2**16
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("unpacked"))
    with zipfile.ZipFile(BytesIO(content)) as archive, pytest.raises(ValueError, match=r"^word/document\.xml unpacks to 3 MB$"):
        module._parsed(archive, "word/document.xml")


def test_a_bomb_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_FILE", 2**20)
    assert refused(docx(paragraph("Tea. " * 2**19))) == f"cannot be read as .docx (word/document.xml unpacks to 3 MB); {WAY_OUT}"


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    kind = f'<!DOCTYPE d [<!ENTITY a "laughter"><!ENTITY b SYSTEM "{secret.as_uri()}">]>'
    body = "<w:p><w:r><w:t>Tea &a; &b; is hot.</w:t></w:r></w:p><w:p><w:r><w:t>Ice.</w:t></w:r></w:p>"
    content = zipped({"word/document.xml": f'{kind}<w:document xmlns:w="urn:x"><w:body>{body}</w:body></w:document>'})
    said = " ".join(draft.text for draft in read_docx(content, "x").drafts)
    assert "laughter" not in said
    assert "secret" not in said
    assert "Ice." in said


# Signs, formulas and figures


@pytest.mark.parametrize(
    ("font", "char", "sign"),
    [
        ("Symbol", "F06D", "µ"),
        ("Symbol", "F0A3", "≤"),
        ("Symbol", "F0B3", "≥"),
        ("Symbol", "006D", "µ"),
        ("Symbol", "F001", "\ufffd"),
        ("Wingdings", "F0FC", "✓"),
        ("Unheard Of", "F06D", "\ufffd"),
        ("Times New Roman", "00B5", "µ"),
        ("Symbol", "nonsense", "\ufffd"),
    ],
)
def test_a_sign_named_by_its_number_is_the_one_it_shows(font: str, char: str, sign: str) -> None:
    body = f'<w:p>{run("Take 500 ")}<w:r><w:sym w:font="{font}" w:char="{char}"/></w:r>{run("g of tea.")}</w:p>'
    assert texts(body) == [("paragraph", f"Take 500 {sign}g of tea.")]


@pytest.mark.parametrize(("typed", "sign"), [("m", "µ"), ("\uf0a3", "≤"), ("\uf001", "\ufffd")])
def test_a_run_in_the_font_symbol_is_what_it_shows(typed: str, sign: str) -> None:
    symbol = run(typed, '<w:rFonts w:ascii="Symbol" w:hAnsi="Symbol"/>')
    assert texts(f"<w:p>{run('Take 500 ')}{symbol}{run('g of tea.')}</w:p>") == [("paragraph", f"Take 500 {sign}g of tea.")]


def test_raised_figures_are_raised() -> None:
    raised = run("-6", '<w:vertAlign w:val="superscript"/>')
    assert texts(f"<w:p>{run('It is 10')}{raised}{run(' g.')}</w:p>") == [("paragraph", "It is 10⁻⁶ g.")]


def test_a_formula_keeps_its_powers_and_fractions_apart() -> None:
    power = f"<m:sSup><m:e>{MATH.format('10')}</m:e><m:sup>{MATH.format('6')}</m:sup></m:sSup>"
    fraction = f"<m:f><m:num>{MATH.format('1')}</m:num><m:den>{MATH.format('2')}</m:den></m:f>"
    words = f"{run('Take ')}<m:oMath>{power}</m:oMath>{run(' or ')}<m:oMath>{fraction}</m:oMath>{run(' cups.')}"
    body = f'<w:p xmlns:m="{MATH_NAMESPACE}">{words}</w:p>'
    assert texts(body) == [("paragraph", "Take 10⁶ or 1/2 cups.")]


def test_a_tab_to_a_place_parts_words() -> None:
    assert texts(f"<w:p>{run('Tea')}<w:r><w:ptab/></w:r>{run('80 degrees.')}</w:p>") == [("paragraph", "Tea 80 degrees.")]


def test_several_spaces_are_one() -> None:
    assert texts(paragraph(run("Tea  is   ") + run("  hot."))) == [("paragraph", "Tea is hot.")]


def test_a_text_box_in_a_text_box_is_read_once() -> None:
    inner = f"<w:r><w:drawing><wps:txbx><w:txbxContent>{paragraph('Inner.')}</w:txbxContent></wps:txbx></w:drawing></w:r>"
    outer = f"<w:drawing><wps:txbx><w:txbxContent><w:p>{run('Outer.')}{inner}</w:p></w:txbxContent></wps:txbx></w:drawing>"
    assert [text for _, text in texts(f"<w:p>{run('Tea is hot.')}<w:r>{outer}</w:r></w:p>")] == ["Tea is hot.", "Outer.", "Inner."]


def test_what_should_be_typed_in_a_form_is_no_text() -> None:
    control = "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    inline = f"<w:p>{run('Tea is hot.')}{control.format(run('Click to enter text.'))}</w:p>"
    assert texts(inline + control.format(paragraph("Click to enter text."))) == [("paragraph", "Tea is hot.")]
