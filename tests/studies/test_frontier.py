"""Coverage against money of the tiny province, in Python and in the workbook."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from planner import Scenario
from planner.catalogue.columns import columns, label
from planner.plan.result import Plan
from planner.prepare import NoClock, prepare
from planner.sections import Frontier
from planner.studies.frontier import make_frontier
from tests.tiny import write_tiny

ASKED = "[studies.frontier]\npoints = 5\n"


@pytest.fixture(scope="module")
def studied(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    scenario = Scenario.load(write_tiny(tmp_path_factory.mktemp("tiny"), more=ASKED))
    return scenario.solve(scenario.read())


def test_the_points_go_from_the_least_to_the_most_and_each_is_proven(studied: Plan) -> None:
    table = studied.studies.frontier
    assert list(table.columns) == list(columns("frontier"))
    assert table["status"].eq("optimal").all()
    assert table["money_million_vnd"].is_monotonic_increasing
    assert table["objective"].is_monotonic_decreasing
    budget = studied.budget.set_index("source").loc["renovation"]
    assert table["spent_million_vnd"].iat[0] <= budget["spent_million_vnd"] <= table["spent_million_vnd"].iat[-1]
    assert table["objective"].iat[-1] <= studied.summary["objective"] <= table["objective"].iat[0]


def test_a_point_is_the_plan_that_the_scenario_gives_with_that_money(studied: Plan, tmp_path: Path) -> None:
    point = studied.studies.frontier.iloc[2]
    scenario = Scenario.load(write_tiny(tmp_path), budget__renovation_million_vnd=float(point["money_million_vnd"]))
    plan = scenario.solve(scenario.read())
    assert plan.summary["objective"] == pytest.approx(point["objective"])
    served = plan.settlements_served["served"].sum()
    assert served == pytest.approx(point["persons_served"], abs=0.1)


def test_the_most_money_is_kept_and_the_study_runs_by_itself(studied: Plan) -> None:
    prepared = prepare(studied.scenario, studied.inputs, NoClock())
    middle = float(studied.studies.frontier["money_million_vnd"].iat[2])
    table = make_frontier(prepared, Frontier(points=3, most_million_vnd=middle))
    assert table["money_million_vnd"].max() <= middle


def test_the_workbook_holds_the_table_and_its_charts(studied: Plan, tmp_path: Path) -> None:
    file = studied.save(tmp_path / "out") / "allocation.xlsx"
    sheet = openpyxl.load_workbook(file)["Tiền và mức phục vụ"]
    headers = [cell.value for cell in sheet[1]]
    assert headers == [label("frontier", key, "vi") for key in columns("frontier")]
    assert sheet.max_row == 1 + len(studied.studies.frontier)
    assert len(sheet._charts) == 2


def test_nothing_is_studied_unasked(tmp_path: Path) -> None:
    scenario = Scenario.load(write_tiny(tmp_path))
    plan = scenario.solve(scenario.read())
    assert not len(plan.studies.frontier)
