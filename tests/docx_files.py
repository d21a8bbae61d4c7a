"""Word documents out of hand-written WordprocessingML."""

import zipfile
from io import BytesIO

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT_WORD = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OTHERS = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml"'
)


def docx(body: str, *, styles: str = "", footnotes: str = "", endnotes: str = "", namespace: str = WORD) -> bytes:
    """A .docx of what stands in its body, its table of styles and its notes, all in WordprocessingML with the prefix `w`."""
    wanted = {"styles": styles, "footnotes": footnotes, "endnotes": endnotes}
    parts = {name: xml for name, xml in wanted.items() if xml}
    links = "".join(f'<Relationship Id="{name}" Type="{_KIND}/{name}" Target="{name}.xml"/>' for name in parts)
    files = {
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}">'
        f'<Relationship Id="a" Type="{_KIND}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{links}</Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{namespace}" {_OTHERS}><w:body>{body}</w:body></w:document>',
    } | {f"word/{name}.xml": f'<w:{name} xmlns:w="{namespace}">{xml}</w:{name}>' for name, xml in parts.items()}
    return zipped(files)


def zipped(files: dict[str, str]) -> bytes:
    """A zip archive of these files."""
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return whole.getvalue()


def run(text: str, properties: str = "") -> str:
    """Words set alike."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(content: str, style: str = "", properties: str = "") -> str:
    """A paragraph of words, or of markup where it begins with a bracket."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{content if content.startswith('<') else run(content)}</w:p>"


def style(identity: str, name: str, rest: str = "") -> str:
    """A paragraph style by its identity and the name that Word shows."""
    return f'<w:style w:type="paragraph" w:styleId="{identity}"><w:name w:val="{name}"/>{rest}</w:style>'


def item(text: str, level: int = 0, number: int = 1) -> str:
    """An item of a list."""
    return paragraph(text, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def cell(*content: str, properties: str = "") -> str:
    """A cell of paragraphs, given as words or markup."""
    inside = "".join(part if part.startswith("<w:") else paragraph(part) for part in content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    """A row of cells, given as words or markup."""
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(part if part.startswith('<w:tc') else cell(part) for part in cells)}</w:tr>"


def table(*rows: str) -> str:
    """A table of rows."""
    return f"<w:tbl>{''.join(rows)}</w:tbl>"
