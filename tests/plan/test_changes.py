"""An earlier plan: what stays, what changes at a cost, and the difference of the two tables told row by row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.errors import PlannerError
from planner.outputs.console import summary_lines
from planner.plan.changes import count_changes
from planner.plan.result import Plan
from planner.progress import LAPS
from planner.scenario import Scenario
from tests.tiny import Row, tiny_facilities, write_csv, write_tiny


def solved(folder: Path, previous: list[Row] | None, more: str = "", **tables: Any) -> Plan:
    """Solve the tiny province, with money for everything where the test is not about money."""
    path = write_tiny(folder, more=more, language="en", **tables)
    named = {"inputs.previous": str(write_csv(folder / "previous.csv", previous))} if previous else {}
    scenario = Scenario.load(path, budget__renovation_million_vnd=100_000, **named)
    return scenario.solve(scenario.read())


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return solved(tmp_path_factory.mktemp("first"), None)


def rows_of(plan: Plan, **changed: dict[str, str]) -> list[Row]:
    """Return a plan's table as an earlier one, with some rows changed."""
    rows = plan.allocation[["facility_id", "name", "commune_name", "new_use", "status"]].to_dict("records")
    return [
        {str(k): v for k, v in row.items()} | changed.get(str(row["facility_id"]).replace("-", ""), {}) for row in rows
    ]


def uses(plan: Plan) -> dict[str, str]:
    return dict(zip(plan.allocation["facility_id"], plan.allocation["new_use"], strict=True))


def why(plan: Plan, facility_id: str) -> str:
    found: str = plan.changes.set_index("facility_id").loc[facility_id, "why"]
    return found


def test_the_same_plan_again_changes_nothing(tmp_path: Path, first: Plan) -> None:
    again = solved(tmp_path, rows_of(first))
    assert uses(again) == uses(first)
    assert again.summary["changes"] == {"count": 0, "approved": 0, "new": 0, "gone": 0}
    assert "changes" not in first.summary
    assert not len(first.changes)


def test_an_approved_decision_of_the_earlier_plan_stays(tmp_path: Path, first: Plan) -> None:
    plan = solved(tmp_path, rows_of(first, T05={"new_use": "land_fund", "status": "approved"}))
    row = plan.allocation.set_index("facility_id").loc["T-05"]
    assert uses(first)["T-05"] != "land_fund"
    assert (row["new_use"], row["decided_by"], row["status"]) == ("land_fund", "lock", "approved")
    actual = plan.statistics[plan.statistics["block"] == "actual"].set_index("ministry_outcome")["sites"]
    assert actual["land_fund"] == 1


@pytest.mark.parametrize("more", ['[locks]\nrelease = ["T-05"]\n', "[locks]\nrelease_approved = true\n"])
def test_what_is_released_may_change_and_is_a_proposal_again(tmp_path: Path, first: Plan, more: str) -> None:
    plan = solved(tmp_path, rows_of(first, T05={"new_use": "land_fund", "status": "handed_over"}), more)
    row = plan.allocation.set_index("facility_id").loc["T-05"]
    assert (row["new_use"], row["status"]) == (uses(first)["T-05"], "proposed")
    assert why(plan, "T-05").startswith("The earlier decision was released")
    assert plan.summary["changes"]["approved"] >= 1


def test_a_change_must_be_worth_its_cost_and_a_mandatory_need_always_is(tmp_path: Path, first: Plan) -> None:
    before = rows_of(first, T01={"new_use": "preschool"}, T05={"new_use": "land_fund"})
    free = solved(tmp_path / "free", before, "[previous]\nchange_cost = 0\n")
    dear = solved(tmp_path / "dear", before, "[previous]\nchange_cost = 1e6\n")
    assert uses(free) == uses(first)
    assert set(free.changes["facility_id"]) == {"T-01", "T-05"}
    assert set(dear.changes["facility_id"]) == {"T-05"}
    assert why(free, "T-01").startswith("In the plan as a whole")
    parameters = dear.parameters.set_index("key").loc["change_cost"]
    assert (parameters["value"], parameters["confidence"]) == (1e6, "scenario")


def test_new_and_gone_facilities_are_told(tmp_path: Path, first: Plan) -> None:
    before = [row for row in rows_of(first) if row["facility_id"] != "T-07"]
    gone = {"facility_id": "T-99", "name": "Kho cũ", "commune_name": "Xã An", "new_use": "market", "status": "in_use"}
    plan = solved(tmp_path, [*before, gone])
    assert why(plan, "T-07") == "The earlier plan does not hold this facility."
    assert why(plan, "T-99") == "The list of today no longer holds this facility."
    assert plan.changes.set_index("facility_id").loc["T-99", "name"] == "Kho cũ"
    assert count_changes(plan.changes) == {"count": 2, "approved": 1, "new": 1, "gone": 1}
    lines = summary_lines(plan, dict.fromkeys((*LAPS, "total"), 0.0))
    assert any(line.startswith("Differs from the earlier plan: 2 facilities") for line in lines)


def test_a_use_that_is_no_longer_possible_is_told_with_its_rule(tmp_path: Path, first: Plan) -> None:
    facilities = tiny_facilities()
    facilities[4] |= {"condition": "Không an toàn"}
    before = rows_of(first, T05={"new_use": "commune_office"}, T10={"new_use": "land_fund"})
    plan = solved(tmp_path, before, facilities=facilities)
    assert "the building is unsafe (Unsafe)" in why(plan, "T-05")
    assert "encumbered (Dispute)" in why(plan, "T-10")


def test_what_is_cleared_and_what_the_review_says_is_told(tmp_path: Path, first: Plan) -> None:
    facilities = tiny_facilities()
    facilities[9] |= {"encumbrance": "Không"}
    decisions = [
        {"facility_id": "T-09", "verdict": "require", "use": "community_house", "reason": "asked by the village"}
    ]
    write_csv(tmp_path / "decisions.csv", decisions)
    path = write_tiny(tmp_path, language="en", facilities=facilities)
    files = {"previous": str(write_csv(tmp_path / "previous.csv", rows_of(first)))}
    scenario = Scenario.load(
        path, inputs__previous=files["previous"], inputs__decisions=str(tmp_path / "decisions.csv")
    )
    plan = scenario.solve(scenario.read())
    assert why(plan, "T-10") == "What stood against a decision is cleared, so there is one now."
    assert why(plan, "T-09") == "As the review table says: asked by the village."


def test_the_list_is_newer_than_the_earlier_plan(tmp_path: Path, first: Plan) -> None:
    plan = solved(tmp_path, rows_of(first, T12={"new_use": "market", "status": "approved"}))
    assert uses(plan)["T-12"] == "culture_house"
    (warning,) = plan.checks[plan.checks["rule"] == "previous-differs"].to_dict("records")
    assert (warning["severity"], warning["row"]) == ("warning", 15)
    assert "Culture house" in warning["message"]
    assert "Market" in warning["message"]
    assert why(plan, "T-12") == "The list of today holds another decision; the list is newer and is used."


def test_a_facility_twice_and_an_unknown_use_are_errors(tmp_path: Path, first: Plan) -> None:
    before = [*rows_of(first, T05={"new_use": "palace"}), rows_of(first)[0]]
    with pytest.raises(PlannerError) as refused:
        solved(tmp_path, before)
    records = {record.rule: record for record in refused.value.records}
    assert records["previous-twice"].row == 14
    assert {record.row for record in refused.value.records} == {6, 14}


def test_a_cost_of_changes_needs_an_earlier_plan(tmp_path: Path) -> None:
    with pytest.raises(PlannerError) as refused:
        Scenario.load(write_tiny(tmp_path, more="[previous]\nchange_cost = 2.0\n"))
    assert [record.column for record in refused.value.records] == ["inputs.previous"]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_run_s_own_files_are_read_back(tmp_path: Path, first: Plan, language: str) -> None:
    """Of the workbook only the allocation's sheet is read, although others list facilities, uses and status too."""
    named = {"inputs.previous": str(write_csv(tmp_path / "previous.csv", rows_of(first, T01={"new_use": "preschool"})))}
    scenario = Scenario.load(write_tiny(tmp_path, language=language), procedure__start_date="2026-12-01", **named)
    plan = scenario.solve(scenario.read())
    assert len(plan.deadlines)
    assert len(plan.changes)
    plan.save(tmp_path / "out")
    for name in ("allocation.csv", "allocation.xlsx"):
        again = Scenario.load(write_tiny(tmp_path), inputs__previous=str(tmp_path / "out" / name)).read().previous
        assert again is not None
        told = again[["facility_id", "name", "commune_name", "new_use", "status"]]
        expected = plan.allocation[list(told.columns)]
        pd.testing.assert_frame_equal(told.astype(object), expected.astype(object))
