"""Bytes to text: Unicode where the bytes say so, what is declared, and what can be told from the bytes; never a guess in silence."""

import codecs
import re
import unicodedata
from dataclasses import dataclass

from indexer.documents import CONTROLS, visible, well_formed
from indexer.errors import DocumentError

# chardet scores a detection by how much text there is to judge by; over fourteen encodings and nine languages, all wrong ones stayed below.
_SURE_ENOUGH = 0.15
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FEW = 20  # one sign in so many may be a control character or one that does not exist; more of them make no text
_STRANGE = ("Cc", "Cn", "Co")
_SAMPLE = 100_000
# What cannot be told from windows-1252 by its bytes, which is far more common.
_TAKEN_FOR = {"iso-8859-1": "windows-1252", "iso8859-1": "windows-1252", "iso8859-15": "windows-1252", "iso-8859-15": "windows-1252"}
_NO_ENCODINGS = ("unicode_escape", "raw_unicode_escape", "undefined", "idna", "punycode")  # text to Python, not to its readers
_ESCAPES = re.compile(rb"[\x00\x1b]")  # what UTF-16 and ISO-2022 hold, and plain text does not
_NO_TEXT = "is not a text file; save its text as UTF-8, or leave the file out"
_WAY_OUT = "save the file as UTF-8, or name its encoding with --encoding"
_BREAKS = re.compile("\r\n?|[\v\f\x85\u2028]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file, and what its owner should know about how it was read."""

    text: str
    notes: tuple[str, ...] = ()


def decode(content: bytes, where: str, declared: str | None = None) -> Decoded:
    """The text of a file, one kind of line end. `declared` is an encoding that somebody named. Raises DocumentError."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _checked(_strictly(content[len(mark) :], encoding, where), where)
    plain = _utf8(content)
    if plain is not None and not _ESCAPES.search(content):
        return _checked(plain, where)
    if declared is not None:
        return _checked(_strictly(content, declared, where), where)
    if plain is None and _is_cut_off(content):
        raise DocumentError(f"{where}: ends in the middle of a sign, or is not UTF-8; copy it again, or name its encoding with --encoding")
    if plain is None and _is_damaged_utf8(content):
        raise DocumentError(f"{where}: is UTF-8 with bytes broken or cut off; copy it again, or save it as UTF-8")
    encoding, certainty = _detected(content)
    if plain is not None and not encoding.startswith(("utf-16", "utf-32", "iso-2022", "iso2022")):
        return _checked(plain, where)
    if not encoding:
        raise DocumentError(f"{where}: {_NO_TEXT}")
    if certainty < _SURE_ENOUGH:
        raise DocumentError(f"{where}: is not UTF-8, and its encoding cannot be told for sure; {_WAY_OUT}")
    note = f"read as {encoding}, as far as can be told; {_WAY_OUT} to be sure"
    return _checked(_strictly(content, encoding, where), where, (note,))


def checked_encoding(name: str) -> str:
    """The encoding of that name. Raises DocumentError."""
    try:
        found = codecs.lookup(name)
        is_text = found._is_text_encoding and found.name.replace("-", "_") not in _NO_ENCODINGS
    except (LookupError, ValueError):
        is_text = False
    if not is_text:
        raise DocumentError(f"there is no encoding {name!r}; name one that Python knows, such as windows-1252")
    return name


def _strictly(content: bytes, encoding: str, where: str) -> str:
    try:
        return content.decode(checked_encoding(encoding))
    except UnicodeDecodeError as problem:
        raise DocumentError(f"{where}: byte {problem.start} is not {encoding}; {_WAY_OUT}") from problem
    except ValueError as problem:  # an encoding's own complaint
        raise DocumentError(f"{where}: cannot be read as {encoding} ({problem}); {_WAY_OUT}") from problem


def _utf8(content: bytes) -> str | None:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _is_cut_off(content: bytes) -> bool:
    """Whether all is UTF-8 but for the end, which could be the beginning of a sign."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(content, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _is_damaged_utf8(content: bytes) -> bool:
    """Whether most of what is not ASCII is UTF-8: then the rest is damage, and no other encoding."""
    lenient = content.decode("utf-8", "replace")
    broken = lenient.count("\N{REPLACEMENT CHARACTER}")
    return len(lenient) - len(lenient.encode("ascii", "ignore")) - broken > broken


def _detected(content: bytes) -> tuple[str, float]:
    """The likeliest encoding, empty for what is no text, and how certain that is (0 to 1)."""
    import chardet

    found = chardet.detect(content, encoding_era=chardet.EncodingEra.ALL & ~chardet.EncodingEra.MAINFRAME)
    encoding = (found["encoding"] or "").lower()
    return _TAKEN_FOR.get(encoding, encoding), found["confidence"]


def _checked(text: str, where: str, notes: tuple[str, ...] = ()) -> Decoded:
    """A file's text, cleaned. Raises DocumentError for what is no text, whatever it can be decoded as."""
    sample = text[:_SAMPLE]
    strange = sum(unicodedata.category(sign) in _STRANGE and sign not in "\t\n\r\v\f\x85" for sign in sample)
    if strange * _FEW > len(sample):
        raise DocumentError(f"{where}: {_NO_TEXT}")
    return cleaned(text, notes)


def cleaned(text: str, notes: tuple[str, ...] = ()) -> Decoded:
    """One kind of line end; what a terminal would obey becomes a replacement character, so that its place stays seen."""
    text = _BREAKS.sub("\n", well_formed(text)).replace("\u2029", "\n\n")
    count = len(CONTROLS.findall(text))
    if count:
        notes = (
            *notes,
            f"{count:,} control character{'s' if count > 1 else ''} became \N{REPLACEMENT CHARACTER}, which readers will see; remove them",
        )
    return Decoded(visible(text), notes)
