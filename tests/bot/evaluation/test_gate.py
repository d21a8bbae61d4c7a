import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import GoldError
from bot.evaluation.evaluate import About, Evaluation, Measure
from bot.evaluation.gate import GATED, Baseline, Lowered, documents_digest, failures, pinned, read_baseline
from bot.evaluation.measures import MEASURES


def measured(gold: str = "gold", documents: str | None = "documents", **splits: Mapping[str, float]) -> Evaluation:
    return Evaluation(
        gold=gold,
        about=About(receipt={}, documents=documents),
        measures={},
        splits={
            split: {name: Measure(value=value, low=None, high=None, count=1) for name, value in values.items()}
            for split, values in splits.items()
        },
        tags={},
        confusion={},
        curve=(),
        reliability=(),
        ablation={},
        items=(),
    )


def floors(lowered: tuple[Lowered, ...] = (), **bounds: Mapping[str, float]) -> Baseline:
    return Baseline(gold="gold", documents="documents", bounds=bounds, lowered=lowered)


def test_what_is_gated_is_a_measure_of_quality() -> None:
    assert set(GATED) <= set(MEASURES)
    assert len(set(GATED)) == len(GATED)
    assert not {"median_ms", "p95_ms"} & set(GATED)


def test_the_gate_opens_where_every_measure_is_at_its_bound_or_better() -> None:
    baseline = floors(dev={"recall@5": 0.9, "risk": 0.05}, test={"ece": 0.1})
    assert list(failures(measured(dev={"recall@5": 0.9, "risk": 0.05}, test={"ece": 0.02, "right": 0.1}), baseline)) == []


def test_what_is_worse_than_its_bound_is_named() -> None:
    evaluation = measured(dev={"recall@5": 0.89996, "risk": 0.0501}, test={"span_validity": 0.9})
    assert list(failures(evaluation, floors(dev={"recall@5": 0.9, "risk": 0.05}, test={"span_validity": 1}))) == [
        "dev: recall@5 is 0.9000, below the 0.9 that is pinned",
        "dev: risk is 0.0501, above the 0.05 that is pinned",
        "test: span_validity is 0.9000, below the 1 that is pinned",
    ]


def test_a_floor_under_something_that_was_not_measured_does_not_hold() -> None:
    assert list(failures(measured(dev={"right": 1}), floors(dev={"right": 0.5, "risk": 0.1, "renamed": 0.2}))) == [
        "dev: risk was not measured, and has a floor",
        "dev: renamed was not measured, and has a floor",
    ]


@pytest.mark.parametrize("bounds", [{}, {"test": {"right": 0.5}}, {"dev": {}}])
def test_a_split_without_floors_does_not_pass_unseen(bounds: dict[str, dict[str, float]]) -> None:
    assert list(failures(measured(dev={"right": 0.9}), Baseline(gold="gold", documents="documents", bounds=bounds))) == [
        "dev: no floors are pinned; look at the report, then pin them with --gate --update"
    ]


def test_the_floors_of_a_split_that_was_not_asked_for_are_left_alone() -> None:
    assert list(failures(measured(dev={"right": 0.9}), floors(dev={"right": 0.5}, test={"right": 0.95}))) == []


def test_another_gold_set_and_other_documents_are_told() -> None:
    changed = "changed since the floors were pinned; look at the report, then pin anew with --gate --update"
    baseline = floors(dev={"right": 0.5})
    assert list(failures(measured("other", "documents", dev={"right": 0.9}), baseline)) == [f"the gold set {changed}"]
    assert list(failures(measured("gold", "other", dev={"right": 0.9}), baseline)) == [f"the documents {changed}"]
    assert list(failures(measured("gold", None, dev={"right": 0.9}), baseline)) == [f"the documents {changed}"]


def test_bounds_are_pinned_a_hundredth_below_what_is_measured() -> None:
    evaluation = measured(
        dev={"right": 0.8765, "risk": 0.0312, "span_validity": 0.99, "crag": -0.5, "median_ms": 3, "citation_recall": 0.5}
    )
    assert pinned(evaluation, None, None) == floors(dev={"right": 0.866, "risk": 0.042, "span_validity": 0.99, "crag": -0.51})


@given(st.sampled_from(GATED), st.floats(0, 1))
def test_a_bound_just_pinned_holds_with_a_slack_of_about_a_hundredth(name: str, value: float) -> None:
    evaluation = measured(dev={name: value})
    baseline = pinned(evaluation, None, None)
    assert list(failures(evaluation, baseline)) == []
    assert abs(baseline.bounds["dev"][name] - value) < 0.0121
    assert pinned(evaluation, baseline, None) == baseline


def test_a_bound_that_holds_stays_and_rises_with_what_is_better() -> None:
    before = floors(dev={"right": 0.8, "risk": 0.1, "ece": 0.1})
    after = pinned(measured(dev={"right": 0.805, "risk": 0.095, "ece": 0.05}), before, None)
    assert after == floors(dev={"right": 0.8, "risk": 0.1, "ece": 0.06})


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_no_floor_goes_down_without_a_reason(reason: str | None) -> None:
    before = floors(dev={"right": 0.8, "risk": 0.1, "ece": 0.2})
    with pytest.raises(
        GoldError, match=r"^these floors would be let down: dev right 0\.8 to 0\.78, dev risk 0\.1 to 0\.13; mend the cause, or"
    ):
        pinned(measured(dev={"right": 0.79, "risk": 0.12, "ece": 0.2}), before, reason)


def test_the_reason_stays_with_those_before_it() -> None:
    first = Lowered(split="dev", measure="ece", before=0.1, after=0.2, reason="earlier")
    before = floors((first,), dev={"right": 0.8, "ece": 0.2}, test={"risk": 0.1})
    after = pinned(measured(dev={"right": 0.79, "ece": 0.1}, test={"risk": 0.12}), before, " fewer documents ")
    assert after.bounds == {"dev": {"right": 0.78, "ece": 0.11}, "test": {"risk": 0.13}}
    assert after.lowered == (
        first,
        Lowered(split="dev", measure="right", before=0.8, after=0.78, reason="fewer documents"),
        Lowered(split="test", measure="risk", before=0.1, after=0.13, reason="fewer documents"),
    )


def test_a_floor_does_not_vanish_with_what_it_is_under() -> None:
    before = floors(dev={"right": 0.8, "same_status": 0.7, "renamed": 0.5}, test={"right": 0.9})
    after = pinned(measured(dev={"right": 0.82}), before, None)
    assert after == floors(dev={"right": 0.81, "same_status": 0.7, "renamed": 0.5}, test={"right": 0.9})


def test_new_floors_belong_to_the_gold_set_and_documents_of_now() -> None:
    after = pinned(measured("new", "other", dev={"right": 0.9}), floors(dev={"right": 0.8}), None)
    assert (after.gold, after.documents) == ("new", "other")


def test_floors_of_documents_that_nobody_knows_hold_for_none() -> None:
    unknown = measured("gold", None, dev={"right": 0.9})
    after = pinned(unknown, None, None)
    assert after.documents == ""
    assert len(list(failures(unknown, after))) == 1


def test_a_baseline_is_read_as_it_was_written(tmp_path: Path) -> None:
    lowered = Lowered(split="dev", measure="right", before=0.8, after=0.7, reason='the "old" one\n\u2028')
    baseline = floors((lowered,), dev={"right": 0.7}, test={"risk": 1e-9})
    file = tmp_path / "baseline.json"
    file.write_text(baseline.model_dump_json(indent=1), encoding="utf-8")
    assert read_baseline(file) == baseline


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"bounds": {"dev": {"right": float("nan")}}},
        {"bounds": {"dev": {"right": float("inf")}}},
        {"bounds": {"dev": {"right": None}}},
        {"bounds": {"dev": 0.5}},
        {"bound": {}},
        {"gold": 5},
        {"lowered": [{"split": "dev"}]},
    ],
)
def test_a_baseline_of_another_form_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    file = tmp_path / "baseline.json"
    file.write_text(json.dumps({**json.loads(floors(dev={"right": 0.5}).model_dump_json()), **change}), encoding="utf-8")
    with pytest.raises(GoldError, match=r"baseline\.json is no baseline \(.*\); pin one with --gate --update$"):
        read_baseline(file)


def test_a_baseline_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match=r"cannot be read \(No such file or directory\); pin one with"):
        read_baseline(tmp_path / "baseline.json")
    (tmp_path / "damaged.json").write_bytes(b"{\xff")
    with pytest.raises(GoldError, match="is no baseline"):
        read_baseline(tmp_path / "damaged.json")


def test_the_digest_of_documents_is_that_of_ids_and_texts_whatever_their_order() -> None:
    digest = documents_digest([("a", "x"), ("b", "y\u2028")])
    assert digest == documents_digest([("b", "y\u2028"), ("a", "x")])
    others = ([("a", "x")], [("a", "x"), ("b", "z")], [("a", "x"), ("c", "y\u2028")], [("a", 'x"]\n["b", "y\u2028')])
    assert digest not in {documents_digest(other) for other in others}
