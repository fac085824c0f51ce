"""Two plans side by side: what moved is the difference of the tables, figures are those of both."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import planner
from planner.errors import ExitCode, PlannerError
from planner.outputs.past_run import read_side
from planner.plan import Plan
from tests.outputs.fake import CONFIDENTIAL, fake_plan

MOVES = {"00012": "pending", "F-0004": "commune_office", "F-0009": "land_fund"}


def changed(plan: Plan, **summary: Any) -> Plan:
    """Return the plan with three facilities moved, one of them dearer."""
    allocation = plan.allocation.copy()
    rows = allocation["facility_id"].isin(MOVES)
    allocation.loc[rows, "new_use"] = allocation.loc[rows, "facility_id"].map(MOVES)
    allocation.loc[allocation["facility_id"] == "F-0004", "renovation_cost_million_vnd"] = 900.5
    return replace(plan, allocation=allocation, summary=plan.summary | summary)


def figures(comparison: Any) -> pd.DataFrame:
    return comparison.figures.set_index(["group", "figure"])[["a", "b", "difference"]]


def test_moved_is_the_difference_of_the_tables() -> None:
    a, b = fake_plan(), changed(fake_plan())
    moved = planner.compare(a, b).moved.set_index("facility_id")
    left, right = (plan.allocation.set_index("facility_id") for plan in (a, b))
    differ = left.index[left["new_use"] != right["new_use"]]
    assert moved.index.tolist() == differ.tolist() == list(MOVES)
    for table, letter in ((left, "a"), (right, "b")):
        for key in ("handling_form", "decided_by", "reason"):
            assert moved[f"{key}_{letter}"].tolist() == table.loc[differ, key].tolist()
        assert moved[f"use_{letter}"].tolist() == table.loc[differ, "new_use"].tolist()
        costs = table.loc[differ, "renovation_cost_million_vnd"]
        assert moved[f"cost_{letter}"].tolist() == costs.tolist()
    assert moved["name"].tolist() == left.loc[differ, "name"].tolist()


def test_a_plan_differs_in_nothing_from_itself() -> None:
    same = planner.compare(fake_plan(), fake_plan())
    assert (len(same.moved), len(same.alone), len(same.moves), same.warnings) == (0, 0, 0, [])
    assert (same.figures["difference"].dropna() == 0).all()


def test_moves_are_counted_by_use() -> None:
    moves = planner.compare(fake_plan(), changed(fake_plan())).moves
    assert moves["facilities"].sum() == len(MOVES)
    assert ("commune_office", "pending", 1) in set(moves.itertuples(index=False, name=None))


def test_a_facility_of_one_plan_only_is_told_apart() -> None:
    a, b = fake_plan(rows=12), fake_plan(rows=14)
    comparison = planner.compare(a, b)
    assert comparison.alone[["side", "facility_id"]].to_numpy().tolist() == [["b", "F-00013"], ["b", "F-00014"]]
    assert len(comparison.moved) == 0
    assert planner.compare(b, a).alone["side"].tolist() == ["a", "a"]


def test_figures_of_both_and_their_difference() -> None:
    plan = fake_plan("en")
    terms = [t | {"value": t["value"] + 10} for t in plan.summary["terms"]]
    shown = figures(planner.compare(plan, changed(plan, terms=terms, objective=plan.summary["objective"] + 5)))
    assert shown.loc[("status", "Objective"), "difference"] == 5
    assert shown.loc[("terms", "Mandatory needs")].tolist() == [1_234.5678, 1_244.5678, 10]
    cost = plan.allocation["renovation_cost_million_vnd"].sum()
    assert shown.loc[("money", "Renovation cost")].tolist() == pytest.approx([cost, cost + 270.5, 270.5])
    assert shown.loc[("needs", "Preschool: unmet"), "a"] == plan.summary["needs"]["preschool"]["unmet"]
    assert shown.loc[("served", "Preschool: served, priority areas"), "a"] == 77.23
    counts = plan.summary["counts"]["by_ministry_outcome"]
    assert shown.loc["by_ministry_outcome"]["a"].sum() == sum(counts.values())


@pytest.mark.parametrize("part", ["inputs", "terms", "needs"])
def test_objectives_that_measure_something_else_are_not_subtracted(part: str) -> None:
    plan = fake_plan("en")
    other = {
        "inputs": [{"path": "other.xlsx", "sha256": "1" * 64, "rows": 12}],
        "terms": [t | {"weight": 2 * t["weight"]} for t in plan.summary["terms"]],
        "needs": {k: v | {"need": v["need"] + 1} for k, v in plan.summary["needs"].items()},
    }
    comparison = planner.compare(plan, changed(plan, **{part: other[part]}))
    assert pd.isna(figures(comparison).loc[("status", "Objective"), "difference"])
    expected = "runs-inputs-differ" if part == "inputs" else "runs-not-comparable"
    assert [warning.rule for warning in comparison.warnings] == [expected]


def test_folders_tell_the_same_as_the_plans(tmp_path: Path) -> None:
    a, b = fake_plan(), changed(fake_plan())
    folders = a.save(tmp_path / "a"), b.save(tmp_path / "b")
    read, made = planner.compare(*folders), planner.compare(a, b)
    plain = [c.moved.astype("string").fillna("") for c in (read, made)]
    pd.testing.assert_frame_equal(*plain)
    pd.testing.assert_frame_equal(read.figures, made.figures)
    assert read.warnings == []
    assert read.names == (f"{a.scenario.name} (a)", f"{b.scenario.name} (b)")


def test_a_file_changed_by_hand_is_told(tmp_path: Path) -> None:
    folder = fake_plan().save(tmp_path / "a")
    (folder / "allocation.xlsx").write_bytes(b"marked")
    comparison = planner.compare(folder, changed(fake_plan()))
    assert [(w.rule, "allocation.xlsx" in w.message) for w in comparison.warnings] == [("runs-changed", True)]


def test_a_folder_that_is_no_run_is_refused_with_every_reason(tmp_path: Path) -> None:
    with pytest.raises(PlannerError) as refused:
        read_side(tmp_path, "vi")
    assert refused.value.code == ExitCode.WRONG_COMMAND
    assert [Path(r.file).name for r in refused.value.records] == ["plan.json", "allocation.csv", "plan.gpkg"]

    folder = fake_plan().save(tmp_path / "run")
    (folder / "plan.json").write_text(json.dumps({"schema": 1}), encoding="utf-8")
    (folder / "allocation.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    with pytest.raises(PlannerError) as refused:
        read_side(folder, "en")
    assert [Path(r.file).name for r in refused.value.records] == ["plan.json", "allocation.csv"]
    assert all("cannot be read" in r.message for r in refused.value.records)


def test_a_public_edition_shows_no_confidential_facility() -> None:
    comparison = planner.compare(fake_plan(public=True), changed(fake_plan(public=True)))
    assert CONFIDENTIAL not in set(comparison.b.allocation["facility_id"])
