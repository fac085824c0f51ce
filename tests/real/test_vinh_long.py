"""A real list of 33 sites: read whole, every site in its commune, decisions kept or opened again, nothing invented."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from planner.cli import main
from planner.commands.common import plan_run
from planner.errors import ExitCode
from planner.inputs.tables import Inputs
from planner.plan import Plan
from planner.progress import Stopwatch
from planner.scenario import Scenario
from tests.inputs.books import SHARED
from tests.inputs.places.test_resolve import TRUTH

HERE = Path(__file__).parent
LIST = SHARED / "vinh_long_33_sites.xlsx"
PLAN_KEYS = {
    "schema", "scenario", "status", "objective", "bound", "gap", "gap_abs", "unique", "reproducible", "terms", "counts",
    "needs", "disadvantaged", "inputs", "solver", "versions", "locks", "files", "seconds", "language", "scenario_file",
    "overrides", "fairness",
}  # fmt: skip

pytestmark = pytest.mark.skipif(not LIST.is_file(), reason="the shared data are not beside the repository")


@pytest.fixture(scope="module")
def kept() -> Plan:
    return plan_run(Scenario.load(HERE / "vinh-long-kept.toml"), Stopwatch())


@pytest.fixture(scope="module")
def released(kept: Plan) -> Plan:
    """Return the plan in which every decision is open again, over the same tables."""
    return Scenario.load(HERE / "vinh-long-released.toml").solve(kept.inputs)


@pytest.fixture(scope="module")
def inputs(kept: Plan) -> Inputs:
    return kept.inputs


@pytest.fixture(params=["kept", "released"])
def plan(request: pytest.FixtureRequest) -> Plan:
    made: Plan = request.getfixturevalue(request.param)
    return made


def outline() -> list[str]:
    """Return the numbers of the 33 sites, in the order of the sheet."""
    rows = CalamineWorkbook.from_path(LIST).get_sheet_by_index(0).to_python()
    return [str(row[0]) for row in rows if str(row[0]) in TRUTH]


def found(inputs: Inputs, rule: str) -> pd.DataFrame:
    return inputs.checks[inputs.checks["rule"] == rule]


def test_every_site_is_in_its_commune_from_the_address_alone(inputs: Inputs) -> None:
    assert inputs.facilities.geometry.isna().all()
    assert dict(zip(outline(), inputs.facilities["commune_code"], strict=True)) == TRUTH
    assert found(inputs, "commune-ambiguous").empty
    assert found(inputs, "commune-unresolved").empty
    assert len(inputs.communes) == 124
    assert inputs.communes.geometry.is_valid.all()


def test_group_and_totals_rows_are_no_sites(inputs: Inputs) -> None:
    assert inputs.read["facilities"] == 36
    assert inputs.set_aside["facilities"] == 3
    assert len(inputs.facilities) == 33
    assert found(inputs, "group-row")["row"].tolist() == [5, 14]
    assert found(inputs, "totals-row")["row"].tolist() == [40]


def test_land_adds_up_to_the_sheets_own_total(inputs: Inputs) -> None:
    assert inputs.facilities["land_area_m2"].sum() == pytest.approx(64_067.2, abs=0.01)
    (agreed,) = found(inputs, "totals-agree").itertuples()
    assert (agreed.row, agreed.value, agreed.column) == (40, "64067.2", "Diện tích (m2) / Đất")


def test_the_sheets_floor_total_is_off_and_this_is_said(inputs: Inputs) -> None:
    assert inputs.facilities["floor_area_m2"].sum() == pytest.approx(5_247.92, abs=0.001)
    (differs,) = found(inputs, "totals-differ").itertuples()
    assert (differs.row, differs.value) == (40, "5247.88")
    assert inputs.facilities["floor_area_m2"].isna().sum() == 20


def test_numbers_and_dates_of_both_kinds_are_read(inputs: Inputs) -> None:
    rows = inputs.facilities.set_index("row")
    assert rows.at[9, "land_area_m2"] == 203.4  # "203,4"
    assert rows.at[13, "land_area_m2"] == 1_371.1  # "1.371,1"
    assert rows.at[9, "original_value_vnd"] == 264_420_000  # "264.420.000,0"
    assert rows.at[6, "decision_date"] == pd.Timestamp("2026-02-05")  # text
    assert rows.at[7, "decision_date"] == pd.Timestamp("2026-02-13")  # a date
    assert rows["status"].value_counts().to_dict() == {"approved": 25, "handed_over": 8}


def test_every_name_says_what_the_site_was(inputs: Inputs) -> None:
    assert inputs.facilities["current_use"].notna().all()
    assert inputs.facilities["current_use"].value_counts().to_dict() == {
        "primary": 10, "office": 8, "preschool": 5, "public_service_unit": 3, "lower_secondary": 2, "health_station": 2,
        "culture_house": 1, "sports_ground": 1, "other": 1,
    }  # fmt: skip
    assert len(found(inputs, "use-from-name")) == 33


def test_kept_decisions_stay(kept: Plan) -> None:
    table = kept.allocation
    assert (table["new_use"] == "land_fund").all()
    assert (table["decided_by"] == "lock").all()
    assert table["locked"].all()
    assert (table["handling_form"] == "recover").all()
    assert table["reason"].str.contains("quyết định").all()
    assert kept.summary["counts"]["by_use"] == {"land_fund": 33}


def test_released_sites_all_get_an_outcome(released: Plan) -> None:
    table = released.allocation
    assert len(table) == 33
    assert table["new_use"].notna().all()
    assert not table["locked"].any()
    assert set(table["decided_by"]) <= {"need", "cascade", "law"}
    pending = table["new_use"] == "pending"
    assert (
        table.loc[~pending, ["handling_form", "next_step", "legal_ground", "receiver", "authority"]]
        .notna()
        .all(axis=None)
    )
    offices = table[table["new_use"] == "commune_office"]
    assert set(offices["current_use"]) == {"office"}, "a school is no commune office where nobody asked for one"
    assert table["reason"].str.len().gt(20).all()


def test_no_site_is_lost(plan: Plan, inputs: Inputs) -> None:
    assert plan.allocation["facility_id"].is_unique
    assert plan.allocation["facility_id"].tolist() == inputs.facilities["facility_id"].tolist()
    assert plan.allocation["land_area_m2"].sum() == pytest.approx(64_067.2, abs=0.01)
    assert sum(plan.summary["counts"]["by_ministry_outcome"].values()) == 33
    proposed = plan.statistics[plan.statistics["block"] == "proposed"]
    assert proposed["sites"].sum() == 33
    assert proposed["land_m2"].sum() == pytest.approx(64_067.2, abs=0.01)


def test_nothing_is_bought_for_needs_nobody_listed(plan: Plan) -> None:
    assert plan.purchases.empty
    unknown = plan.needs[~plan.needs["known"]]
    assert unknown[["need", "existing", "met", "unmet", "residents_without"]].isna().all(axis=None)
    known = plan.needs[plan.needs["known"]]
    assert set(known["use"]) <= {"commune_office"}
    assert set(known["commune_code"]) <= set(plan.allocation["commune_code"])


def test_both_runs_through_the_command_line(tmp_path: Path) -> None:
    for name in ("kept", "released"):
        out = tmp_path / name
        assert main(["run", str(HERE / f"vinh-long-{name}.toml"), "--out", str(out)]) == ExitCode.DONE
        summary = json.loads((out / "plan.json").read_text(encoding="utf-8"))
        assert set(summary) == PLAN_KEYS
        assert summary["status"] == "optimal"
        assert summary["counts"]["read"]["facilities"] == 36
        assert summary["counts"]["set_aside"]["facilities"] == 3
        assert summary["counts"]["facilities"] == 33
        assert len(pd.read_csv(out / "allocation.csv", encoding="utf-8-sig", dtype=str)) == 33
