import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest

from bot.evaluation.evaluate import About, BinShown, CurvePoint, Evaluation, ItemResult, Measure, Measures
from bot.evaluation.plots import DARK, MOST_TAGS, operating_point, share
from bot.evaluation.report import report_page

PLANTED = "<script>alert(1)</script>\"'&$x_1$\x07\u6f22"
VOID = {"meta", "br"}


def measure(value: float, low: float | None = None, high: float | None = None, count: int = 40) -> Measure:
    return Measure(value=value, low=low, high=high, count=count)


def item(number: int, **changes: Any) -> ItemResult:
    named = dict.fromkeys(("id", "judgement", "cluster"), f"q{number:03}") | {"question": f"Question {number}?", "split": "dev"}
    outcome = {"expected": "answered", "status": "answered", "confidence": 0.9, "right": True, "text": "Tea is a drink. [1]", "why": ""}
    found = {"relevant": ("tea#steeping",), "sections": ("tea#steeping", "bread#feeding"), "scores": {}, "milliseconds": 1.0}
    fields: dict[str, Any] = {**named, **outcome, **found, "tags": ("tea",), "history": ()}
    return ItemResult(**fields | changes)


DEV: Measures = {
    "coverage": measure(0.912, 0.861, 0.954, 312),
    "risk": measure(0.0004, 0.0, 0.02),
    "span_validity": measure(1.0, 1.0, 1.0, 7),
    "auroc_answerable": measure(0.9534, 0.93, 0.97),
    "median_ms": measure(12.34, 11.0, 13.5),
}
TEST: Measures = {"coverage": measure(0.887, 0.801, 0.943), "risk": measure(0.031, 0.01, 0.06)}
WRONG = (
    item(1, question="Surely wrong?", right=False, confidence=0.97, why="does not state 'boil'"),
    item(2, question="Perhaps wrong?", right=False, confidence=0.7),
    item(3, question="Refused?", status="abstained", right=False, confidence=0.4, history=({"role": "user", "content": "Before."},)),
    item(4, question="He is not waking up", expected="crisis", status="answered", right=False, confidence=0.3, relevant=()),
    item(5, question="Alarmed?", status="crisis", right=False, confidence=None),
)


def evaluation(**changes: Any) -> Evaluation:
    fields: dict[str, Any] = {
        "gold": "9f3c2a77d1e0ffff",
        "about": About(
            receipt={"index": "4be1c09d7f32ffff", "embedding_model": "small-model", "calibration": None, "software": "0.1.0"},
            threshold=0.65,
            target_risk=0.05,
        ),
        "measures": DEV,
        "splits": {"dev": DEV, "test": TEST},
        "tags": {"tea": {"right": measure(0.8, 0.6, 0.9, 20)}, "bread": {"right": measure(0.95, None, None, 5)}},
        "confusion": {"answered": {"answered": 37, "abstained": 3}, "crisis": {"answered": 1}},
        "curve": tuple(CurvePoint(confidence=1 - at / 10, risk=at / 100, coverage=at / 10) for at in range(1, 10)),
        "reliability": (BinShown(low=0.3, count=4, confidence=0.34, right=0.25), BinShown(low=0.9, count=61, confidence=0.96, right=0.95)),
        "ablation": {name: {"success@5": measure(0.8, 0.7, 0.9), "ndcg@10": measure(0.6, 0.5, 0.7)} for name in ("BM25", "full")},
        "items": (*WRONG, item(6), item(7, split="test")),
    }
    return Evaluation(**fields | changes)


class Elements(HTMLParser):
    """Every element with its attributes; fails where elements are not closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def values(self, attribute: str) -> Iterator[str]:
        return (value for _, attributes in self.found if (value := attributes.get(attribute)) is not None)


def words(page: str) -> str:
    """What a reader sees, the style aside."""
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)).split())


def test_the_page_says_what_was_evaluated() -> None:
    said = words(report_page(evaluation()))
    assert "7 questions with known right answers (6 dev and 1 test) were put to Citewell 0.1.0" in said
    assert "index 4be1c09d7f32 , gold set 9f3c2a77d1e0 , embedding model small-model" in said
    assert "at least 65% sure, which is meant to keep wrong answers at or below 5%." in said


def test_a_server_and_its_memory_are_named() -> None:
    about = About(receipt={}, server="http://127.0.0.1:8000/<b>", memory_mb=412.3)
    page = report_page(evaluation(about=about))
    assert "at <code>http://127.0.0.1:8000/&lt;b&gt;</code>" in page
    assert "at most 412 MB" in page
    assert "index <code>unknown</code>" in page


def test_cards_show_both_splits_with_ranges() -> None:
    said = words(report_page(evaluation()))
    assert "dev 91.2% 86.1% to 95.4% 312 questions test 88.7% 80.1% to 94.3% 40 questions" in said
    assert "dev 100% all alike 7 answers test &ndash; not measured" in said
    assert "dev 0.953 0.930 to 0.970 40 questions" in said


def test_only_what_is_nothing_is_shown_as_nothing() -> None:
    assert [share(value) for value in (0.0, 0.0004, 0.5, 0.9996, 1.0)] == ["0%", "<0.1%", "50.0%", ">99.9%", "100%"]
    assert "&lt;0.1%" in report_page(evaluation())


def test_the_table_has_every_measure_overall_and_by_split() -> None:
    said = words(report_page(evaluation()))
    assert "answerable questions that are answered coverage , higher is better 91.2% 86.1% to 95.4% n 312 91.2%" in said
    assert "median_ms , lower is better 12.3 ms 11.0 ms to 13.5 ms n 40" in said


def test_a_split_alone_is_shown_once() -> None:
    said = words(report_page(evaluation(splits={"test": TEST}, items=(item(1, split="test"),))))
    assert "measure test answerable questions" in said
    assert "tuned" not in said


def test_the_confusion_table_counts() -> None:
    said = words(report_page(evaluation()))
    assert "should answer (40) 37 92.5% 3 7.5% 0" in said
    assert "should raise the alarm (1) 1 100% 0 0" in said


def test_failures_come_the_worst_first() -> None:
    page = report_page(evaluation())
    asked = ["He is not waking up", "Surely wrong?", "Perhaps wrong?", "Refused?", "Alarmed?"]
    assert re.findall(r'<summary><span class="sure">[^<]*</span> <span dir="auto">([^<]*)', page) == asked
    assert "5 of 7 responses are not right." in page
    assert "Question 6?" not in page


def test_a_failure_is_told_in_full() -> None:
    said = words(report_page(evaluation()))
    assert (
        "97% Surely wrong? Why does not state &#x27;boil&#x27; Expected answered Given answered, 97.0% sure Answer Tea is a drink. [1]"
        in said
    )
    assert "First sections tea#steeping relevant bread#feeding Right sections tea#steeping Item q001 , dev, tea" in said
    assert "Before it user : Before." in said
    assert "The best answer found, not given Tea is a drink." in said


def test_sixty_failures_are_shown_and_all_are_counted() -> None:
    many = (
        *(item(number, right=False) for number in range(50)),
        *(item(number, right=False, status="abstained") for number in range(50, 70)),
    )
    page = report_page(evaluation(items=many))
    assert "70 of 70 responses are not right; the 60 worst are shown." in page
    assert "Wrong answers (50)" in page
    assert "Refusals of questions that can be answered (10 of 20)" in page
    assert page.count('class="sure"') == 60


def test_no_failure_is_said_too() -> None:
    assert "Nothing: every response is right." in report_page(evaluation(items=(item(1),)))


def test_planted_elements_stay_text() -> None:
    told = dict.fromkeys(("id", "split", "question", "text", "why"), PLANTED) | dict.fromkeys(("tags", "relevant", "sections"), (PLANTED,))
    changes = {
        "gold": PLANTED,
        "about": About(receipt=dict.fromkeys(("index", "embedding_model", "software"), PLANTED), server=PLANTED),
        "splits": {PLANTED: DEV, "test": TEST},
        "tags": {PLANTED: {"right": measure(0.5)}},
        "ablation": {PLANTED: {"success@5": measure(0.5)}},
        "items": (item(1, right=False, history=({"role": PLANTED, "content": PLANTED},), **told),),
    }
    page = report_page(evaluation(**changes))
    assert "<script" not in page
    assert page.count("&lt;script") >= 15
    Elements(page)
    assert "$x_1$" in page


def test_nothing_comes_from_elsewhere() -> None:
    page = report_page(evaluation())
    elements = Elements(page)
    assert "http://" not in page
    assert "https://" not in page
    assert "@import" not in page
    assert {tag for tag, _ in elements.found}.isdisjoint({"script", "link", "img", "iframe", "object", "image", "base", "form"})
    assert [*elements.values("src")] == []
    assert all(link.startswith("#") for link in elements.values("href"))
    assert all(address.startswith("#") for address in re.findall(r"url\(([^)]*)\)", page))


def test_the_policy_allows_the_one_style_and_nothing_is_styled_elsewhere() -> None:
    page = report_page(evaluation())
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    elements = Elements(page)
    assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() in next(elements.values("content"))
    assert style.count("{") == style.count("}")
    assert [*elements.values("style")] == []
    assert not any(name.startswith("on") for _, attributes in elements.found for name in attributes)


def test_ids_are_unique_and_links_lead_somewhere() -> None:
    elements = Elements(report_page(evaluation()))
    counts = Counter(elements.values("id"))
    assert counts.most_common(1)[0][1] == 1
    referred = [link[1:] for link in elements.values("href")] + [path[5:-1] for path in elements.values("clip-path")]
    assert len(referred) > 10
    assert set(referred) <= counts.keys()


def test_the_four_plots_are_named_for_who_cannot_see_them() -> None:
    plots = [
        attributes for tag, attributes in Elements(report_page(evaluation())).found if tag == "svg" and attributes.get("role") == "img"
    ]
    assert [str(plot["aria-label"]) for plot in plots] == [
        "Curve of risk over coverage; at the threshold 30.0% are answered and 3.0% of the answers are wrong",
        "Confidence and share that is right: 4 answers at 34% of which 25% right, 61 answers at 96% of which 95% right",
        "A right section among the first five, by ranking: BM25 80%, full 80%",
        "Share right by tag, from bread, 95% of 5, down to tea, 80% of 20; the table below has all of them",
    ]


def test_plots_write_their_text_as_text() -> None:
    plots = re.findall(r'<svg role="img".*?</svg>', report_page(evaluation()), re.DOTALL)
    said = [re.findall(r"<text[^>]*>([^<]*)", plot) for plot in plots]
    assert {"2%", "5%", "threshold"} <= set(said[0])
    assert {"4", "61"} <= set(said[1])
    assert {"BM25", "full", "nDCG@10"} <= set(said[2])
    assert said[3].index("bread (5)") < said[3].index("tea (20)")
    assert {"95%", "80%"} <= set(said[3])


def test_every_colour_of_the_plots_has_one_for_the_dark() -> None:
    plots = "".join(re.findall(r'<svg role="img".*?</svg>', report_page(evaluation()), re.DOTALL))
    used = set(re.findall(r'(?:fill|stroke)="(#[^"]+)"', plots))
    assert used
    assert all(f'[fill="{colour}"]' in DARK for colour in used)


def test_the_threshold_answers_all_that_is_at_least_as_sure() -> None:
    curve = [CurvePoint(confidence=sure, risk=0.1, coverage=1 - sure) for sure in (0.9, 0.65, 0.2)]
    assert operating_point(curve, 0.65) == curve[1]
    assert operating_point(curve, 0.66) == curve[0]
    assert operating_point(curve, 0.95) is None
    assert operating_point(curve, None) is None


def test_the_largest_tags_are_drawn_and_all_are_listed() -> None:
    tags = {f"tag {number:02}": {"right": measure(0.5, count=100 - number)} for number in range(MOST_TAGS + 3)}
    page = report_page(evaluation(tags=tags))
    assert f">tag {MOST_TAGS - 1} (" in page
    assert f">tag {MOST_TAGS} (" not in page
    assert f"<th>tag {MOST_TAGS}</th>" in page
    assert f"the {MOST_TAGS} tags of {MOST_TAGS + 3} with the most questions" in page


@pytest.mark.parametrize(
    ("lacking", "drawn"),
    [
        ({"ablation": {}}, 3),
        ({"curve": (), "reliability": ()}, 2),
        ({"tags": {}}, 3),
        ({"tags": {"tea": {"coverage": measure(0.5)}}}, 3),
        ({"curve": (CurvePoint(confidence=0.5, risk=1.0, coverage=0.0),)}, 4),
        ({"splits": {"dev": DEV}}, 4),
        ({"splits": {}, "measures": {}}, 4),
        ({"confusion": {}, "items": ()}, 4),
        ({"ablation": {"BM25": {}}}, 4),
    ],
)
def test_what_is_lacking_leaves_the_rest(lacking: dict[str, Any], drawn: int) -> None:
    page = report_page(evaluation(**lacking))
    Elements(page)
    assert page.count('role="img"') == drawn
    assert page.count("Not drawn") == 4 - drawn


def test_the_same_evaluation_gives_the_same_bytes() -> None:
    assert report_page(evaluation()) == report_page(Evaluation.model_validate_json(evaluation().model_dump_json()))
