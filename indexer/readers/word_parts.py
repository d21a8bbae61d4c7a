"""A Word file's parts: the archive, its main part and those it names, and what its paragraph styles come to (ECMA-376)."""

import posixpath
import zipfile
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from lxml import etree

from indexer.readers.limits import LARGEST_FILE, shown_size

_BODY_LEVEL = 9  # outline level of ordinary text
_DEEPEST_HEADING = 6


@dataclass(frozen=True, slots=True)
class WordPackage:
    """The zip archive, its main part, and the parts that one names by their kind."""

    archive: zipfile.ZipFile
    main: str
    related: dict[str, str]

    @classmethod
    def open(cls, content: bytes) -> "WordPackage":
        """The package in a file's bytes. Raises what zipfile and lxml raise over damage."""
        archive = zipfile.ZipFile(BytesIO(content))
        main = _related(archive, "").get("officeDocument", "word/document.xml")
        return cls(archive, main, _related(archive, main))

    def body(self) -> Any:
        """The element that holds the text; None where there is none."""
        return first(_parsed(self.archive, self.main), "body")

    def styles(self) -> "dict[str, ParagraphStyle]":
        """Paragraph styles by id."""
        if "styles" not in self.related:
            return {}
        found = {value_of(style, "styleId"): style for style in _parsed(self.archive, self.related["styles"]) if name_of(style) == "style"}
        return {name: _style(name, found) for name in found}

    def notes(self) -> dict[str, Any]:
        """Footnotes and endnotes by label."""
        notes: dict[str, Any] = {}
        for kind in ("footnote", "endnote"):
            if f"{kind}s" in self.related:
                for note in _parsed(self.archive, self.related[f"{kind}s"]):
                    notes[f"{kind}-{value_of(note, 'id')}"] = note
        return notes


def _related(archive: zipfile.ZipFile, part: str) -> dict[str, str]:
    """The parts that a part names, by the last word of their kind."""
    folder, name = posixpath.split(part)
    file = posixpath.join(folder, "_rels", f"{name}.rels")
    if file not in archive.namelist():
        return {}
    links = [link for link in _parsed(archive, file) if link.get("TargetMode") != "External"]
    targets = {
        link.get("Type", "").rsplit("/", 1)[-1]: posixpath.normpath(posixpath.join("/", folder, link.get("Target", ""))) for link in links
    }
    return {kind: target.lstrip("/") for kind, target in targets.items()}


def _parsed(archive: zipfile.ZipFile, part: str) -> Any:
    size = archive.getinfo(part).file_size
    if size > LARGEST_FILE:
        raise ValueError(f"{part} unpacks to {shown_size(size)}")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    return etree.fromstring(archive.read(part), parser)


@dataclass(frozen=True, slots=True)
class ParagraphStyle:
    """What matters of a paragraph style. `level` is that of a heading, 0 for ordinary text."""

    level: int = 0
    is_item: bool = False
    is_contents: bool = False


def _style(name: str, found: dict[str, Any]) -> ParagraphStyle:
    """A style with what it takes over from those it is based on."""
    chain: list[Any] = []
    while name in found and found[name] not in chain:
        chain.append(found[name])
        name = value_of(first(found[name], "basedOn"), "val")
    names = [value_of(first(style, "name"), "val").lower() for style in chain]
    properties = [first(style, "pPr") for style in chain]
    levels = [level for level in map(outline_level, properties) if level is not None]
    level = levels[0] if levels else 0
    for named in names:
        if not levels and (named == "title" or (named.startswith("heading ") and named[8:].isdigit())):
            level = 1 if named == "title" else min(int(named[8:]), _DEEPEST_HEADING)
            break
    numbered = next((said for said in map(is_numbered, properties) if said is not None), False)
    return ParagraphStyle(level, numbered or names[0].startswith("list"), names[0].startswith(("toc ", "toc heading", "contents ")))


def outline_level(properties: Any) -> int | None:
    """1 to 6 for a heading, 0 for ordinary text, None where nothing is said."""
    value = value_of(first(properties, "outlineLvl"), "val")
    if not value.isdigit():
        return None
    return 0 if int(value) >= _BODY_LEVEL else min(int(value) + 1, _DEEPEST_HEADING)


def is_numbered(properties: Any) -> bool | None:
    """Whether a paragraph is an item of a list, None where nothing is said."""
    numbering = first(properties, "numPr")
    return None if numbering is None else value_of(first(numbering, "numId"), "val") not in ("", "0")


def first(element: Any, name: str) -> Any:
    """The first child of that name; None where there is none, or no element."""
    return None if element is None else element.find("{*}" + name)


def name_of(element: Any) -> str:
    """The name without its namespace; Word has two of them, transitional and strict."""
    return str(element.tag).rsplit("}", 1)[-1]


def value_of(element: Any, name: str) -> str:
    """An attribute, in whatever namespace; empty where there is none."""
    if element is None:
        return ""
    return next((str(value) for key, value in element.attrib.items() if key.rsplit("}", 1)[-1] == name), "")
