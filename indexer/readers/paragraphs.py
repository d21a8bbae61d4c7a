"""Lines of a column put together as paragraphs and list items, by where they begin and end."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from indexer.readers.page_lines import BULLETS, Line, same_size, usual_distance

_BULLET = re.compile(rf"[{BULLETS}] +(?=\S)")
_NUMBER = re.compile(r"\(?(\d{1,3}|[a-z])[.)] +(?=\S)")
_ENDS = re.compile(r"[.!?:;][)\]\"'\u2019\u201d]*[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]*$")
_COMMON = 1 / 2  # of the most common distance of lines
_WIDER = 1.3  # times the usual distance of lines: more parts paragraphs
_HEADING = 1.1  # times the usual size of letters
_INDENT = 0.8  # ems
# First parts of compounds that are written with a hyphen more often than not.
_KEEPS_HYPHEN = frozenset(
    ("all", "anti", "cross", "ex", "full", "half", "high", "ill", "low", "non", "part", "self", "semi", "short", "well")
)


@dataclass(slots=True)
class Paragraph:
    """Lines that are read as one, with the page that each stands on. `left` is where its text begins, `indent` how far in that is."""

    lines: list[str]
    pages: list[int]
    size: float
    is_bold: bool
    is_item: bool = False
    indent: float = 0.0
    number: str = ""
    left: float = 0.0

    @property
    def ends(self) -> bool:
        """Whether it ends as a sentence does."""
        return _ENDS.search(self.lines[-1]) is not None

    @property
    def rounded_size(self) -> float:
        """The size of its letters, to half a point: headings of one level differ by less."""
        return round(self.size * 2) / 2

    def take(self, line: Line, text: str, page: int) -> None:
        """Add its next line."""
        if len(self.lines) == 1 and not self.is_item:
            self.left = line[0].left  # the first line may stand further in
        self.lines.append(text)
        self.pages.append(page)
        self.is_bold = self.is_bold and all(run.is_bold for run in line)


@dataclass(slots=True)
class _Measure:
    """What is usual in a column: its edges, and the distance of its lines."""

    left: float
    right: float
    size: float
    pitch: dict[float, float] = field(default_factory=dict)


def paragraphs_of(lines: Sequence[Line], page: int) -> list[Paragraph]:
    """The paragraphs of one column, from the top."""
    measure = _measured(lines)
    found: list[Paragraph] = []
    before: Line | None = None
    for number, line in enumerate(lines):
        text = " ".join(run.text for run in line)
        following = lines[number + 1] if number + 1 < len(lines) else None
        starts = before is None or _parts(before, line, found[-1], measure)
        marker = _marker(text, found[-1] if found else None, starts=starts)
        if before is None or starts or marker or _is_indented(before, line, following, found[-1], measure):
            left = _after(line, marker)
            number_of_item = re.sub(r"[\s().]", "", marker)
            is_bold = all(run.is_bold for run in line)
            indent = left - measure.left
            found.append(Paragraph([text[len(marker) :]], [page], _size(line), is_bold, bool(marker), indent, number_of_item, left))
        else:
            found[-1].take(line, text, page)
        before = line
    return found


def joined(lines: Sequence[str], vocabulary: Counter[str]) -> tuple[str, list[int]]:
    """Lines as one text, words hyphenated at a line's end put together, and where in the text each line begins."""
    text = ""
    starts: list[int] = []
    for line in lines:
        if re.search(r"\w-$", text) and re.match(r"\w", line):
            if not _keeps_hyphen(text, line, vocabulary):
                text = text[:-1]
        elif text:
            text += " "
        starts.append(len(text))
        text += line
    return text, starts


def words_of(lines: Iterable[str]) -> Counter[str]:
    """The words of lines, those apart that a line's end may have cut."""
    return Counter(word.casefold() for line in lines for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", re.sub(r"\S+-$", "", line)))


def _keeps_hyphen(text: str, line: str, vocabulary: Counter[str]) -> bool:
    """Whether the hyphen at the end of a line is the word's own: seen so elsewhere, or told by the words themselves."""
    ending, beginning = re.search(r"[\w-]*$", text), re.match(r"[\w-]*", line)
    first, second = ending[0].rstrip("-").casefold() if ending else "", beginning[0].casefold() if beginning else ""
    plain, hyphenated = vocabulary[first + second], vocabulary[f"{first}-{second}"]
    if plain or hyphenated:
        return hyphenated > plain
    return not line[0].islower() or "-" in first + second or first in _KEEPS_HYPHEN or any(sign.isdigit() for sign in first)


def _measured(lines: Sequence[Line]) -> _Measure:
    lefts = Counter(round(line[0].left) for line in lines)
    distances: dict[float, list[float]] = {}
    for above, below in pairwise(lines):
        if same_size(_size(above), _size(below)) and above[0].bottom - below[0].bottom > 0:
            distances.setdefault(round(_size(below)), []).append(above[0].bottom - below[0].bottom)
    pitch = {size: usual_distance(found, _COMMON) for size, found in distances.items()}
    left = min((value for value, count in lefts.items() if count >= 0.2 * len(lines)), default=min(lefts))
    size = median(_size(line) for line in lines)
    return _Measure(left, max(line[-1].right for line in lines), size, pitch)


def _marker(text: str, before: Paragraph | None, *, starts: bool) -> str:
    """The bullet or number that opens an item; a number within running text opens none."""
    bullet = _BULLET.match(text)
    if bullet:
        in_list = before is not None and (before.is_item or before.lines[-1].endswith(":"))
        return bullet[0] if bullet[0][0] not in "-\u2013" or starts or in_list else ""
    number = _NUMBER.match(text)
    if not number:
        return ""
    goes_on = before is not None and before.is_item and before.number != "" and _next(before.number) == number[1]
    return number[0] if goes_on or (starts and number[1] in ("1", "a")) else ""


def _next(number: str) -> str:
    return str(int(number) + 1) if number.isdigit() else chr(ord(number) + 1) if len(number) == 1 else ""


def _parts(before: Line, line: Line, paragraph: Paragraph, measure: _Measure) -> bool:
    """Whether a line begins another paragraph: other letters, more space above, or the line above ended before it had to."""
    other_weight = paragraph.is_bold and (len(paragraph.lines) == 1) != all(run.is_bold for run in line)
    if other_weight or not same_size(_size(before), _size(line)):
        return True
    distance = before[0].bottom - line[0].bottom
    usual = measure.pitch.get(round(_size(line)), 1.3 * _size(line))
    if distance > _WIDER * usual or distance <= 0:
        return True
    words = line[0].words
    if _goes_on(before, line):
        return False
    width = words[0].right - words[0].left
    ended_early = before[-1].right + width + _INDENT * _size(line) < measure.right
    return ended_early and not words[0].text[:1].islower()


def _is_indented(before: Line, line: Line, following: Line | None, paragraph: Paragraph, measure: _Measure) -> bool:
    """Whether a line begins another paragraph by standing further in, or back out of an item."""
    em = _size(line)
    left = line[0].left
    if _goes_on(before, line) or (_size(line) > _HEADING * measure.size and not paragraph.is_item):  # a heading's second line may hang
        return False
    if paragraph.is_item:
        return abs(left - paragraph.left) > _INDENT * em
    further_in = left > before[0].left + _INDENT * em and left > measure.left + _INDENT * em
    comes_back = following is None or following[0].left < left - _INDENT * em
    back_out = len(paragraph.lines) > 1 and left < paragraph.left - _INDENT * em
    return (further_in and comes_back) or back_out


def _goes_on(before: Line, line: Line) -> bool:
    """Whether a word begun in the line above ends in this one."""
    return before[-1].words[-1].text.endswith("-") and line[0].words[0].text[:1].islower()


def _after(line: Line, marker: str) -> float:
    """Where the text of a line begins, behind its marker."""
    words = [word.left for run in line for word in run.words]
    return words[1] if marker and len(words) > 1 else words[0]


def _size(line: Line) -> float:
    return median(run.size for run in line)
