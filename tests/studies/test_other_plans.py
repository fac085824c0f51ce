"""Alternatives of the tiny province, in Python and in the workbook."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from planner import Scenario
from planner.catalogue.columns import columns
from planner.model.assembly import TERMS
from planner.plan.result import Plan
from tests.tiny import write_tiny

WITHIN = 1.0
ASKED = f"[studies.other_plans]\ncount = 2\nwithin = {WITHIN}\n"


@pytest.fixture(scope="module")
def studied(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    scenario = Scenario.load(write_tiny(tmp_path_factory.mktemp("tiny"), more=ASKED))
    return scenario.solve(scenario.read())


def test_no_term_is_worse_than_allowed(studied: Plan) -> None:
    table = studied.studies.other_plans
    assert list(table.columns) == list(columns("other_plans"))
    assert len(table) > 1
    for name in TERMS:
        assert (table[name] <= (1 + WITHIN) * table[name].iat[0] + 2e-3).all()
    assert (table["objective"].iloc[1:] >= table["objective"].iat[0] - 1e-4).all()


def test_the_plan_itself_comes_first_and_differs_from_nothing(studied: Plan) -> None:
    first = studied.studies.other_plans.iloc[0]
    assert first["objective"] == pytest.approx(studied.summary["objective"], abs=1e-4)
    assert first["cost_million_vnd"] == pytest.approx(studied.budget["spent_million_vnd"].sum())
    assert first[["different", "different_at_most", "proven"]].isna().all()


def test_the_facilities_listed_are_those_that_differ(studied: Plan) -> None:
    decisions, plans = studied.studies.other_decisions, studied.studies.other_plans
    planned = studied.allocation.set_index("facility_id")["new_use"]
    assert decisions["new_use"].tolist() == planned[decisions["facility_id"]].tolist()
    for number in plans["plan"].iloc[1:]:
        differing = (decisions[f"use_{number}"] != decisions["new_use"]).sum()
        assert differing >= plans.set_index("plan")["different"][number]
    assert int((decisions["use_1"] != decisions["new_use"]).sum()) == plans["different"].iat[1]


def test_the_workbook_has_a_sheet_of_each(studied: Plan, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(studied.save(tmp_path / "out") / "allocation.xlsx")
    assert book["Phương án tốt ngang"].max_row == 1 + len(studied.studies.other_plans)
    assert book["Cơ sở có thể đổi"].max_row == 1 + len(studied.studies.other_decisions)
