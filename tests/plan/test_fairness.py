"""Fairness figures of a plan: a commune that nothing reaches is listed and pulls nothing; shares asked and reached."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from openpyxl import load_workbook
from shapely.geometry import box

from planner.model.fairness import HOPELESS
from planner.outputs.console import summary_lines
from planner.outputs.workbook import write_workbook
from planner.plan import Plan
from planner.scenario import Scenario
from tests.tiny import tiny_communes, tiny_settlements, write_tiny

FAR, BUSY = "00905", "00903"
"""The far commune; and one whose only school must become its office, so that it needs a building too."""


def with_far_commune(folder: Path, more: str = "") -> Plan:
    """Return the plan of the tiny province with a fifth commune two degrees away, which no facility reaches."""
    layer = tiny_communes()
    row = layer.iloc[[3]].assign(commune_code=FAR, name="Xã Xa", geometry=[box(106.0, 22.0, 106.08, 22.08)])
    communes = gpd.GeoDataFrame(pd.concat([layer, row], ignore_index=True), crs=layer.crs)
    villages = [
        {**village, "settlement_id": f"V-{FAR}-{i}", "commune_code": FAR, "lon": 106.02 + 0.02 * i, "lat": 22.04}
        for i, village in enumerate(tiny_settlements()[9:])
    ]
    path = write_tiny(folder, communes=communes, settlements=[*tiny_settlements(), *villages], more=more)
    scenario = Scenario.load(path)
    return scenario.solve(scenario.read())


def solved(folder: Path, more: str = "") -> Plan:
    scenario = Scenario.load(write_tiny(folder, more=more))
    return scenario.solve(scenario.read())


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return solved(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return with_far_commune(tmp_path_factory.mktemp("far"))


def test_a_commune_that_can_reach_nothing_changes_no_decision(plain: Plan, far: Plan) -> None:
    pd.testing.assert_series_equal(plain.allocation["new_use"], far.allocation["new_use"])
    row = far.equity.set_index("key").loc[FAR]
    assert row["need"] > 0
    assert row["attainable_share"] < HOPELESS
    assert pd.isna(row["own_best_share"])


def test_it_is_listed_with_what_it_asks_and_its_people(plain: Plan, far: Plan, tmp_path: Path) -> None:
    listed, needs = far.needs_building, far.needs[far.needs["commune_code"] == FAR].set_index("use")
    assert set(listed["commune_code"]) == {BUSY, FAR}
    assert set(plain.needs_building["commune_code"]) == {BUSY}
    listed = listed[listed["commune_code"] == FAR]
    assert set(listed["population"]) == {2000}
    services = [use.key for use in far.catalogue.uses.values() if use.family == "service"]
    assert set(listed["use"]) == {use for use in needs.index[needs["known"]] if use in services}
    assert listed["unmet"].tolist() == listed["need"].tolist()
    told = far.checks[far.checks["rule"] == "commune-needs-building"]
    assert len(told) == 2
    assert "Xã Xa" in told["message"].iat[1]
    write_workbook(far, tmp_path / "plan.xlsx")
    assert "Xã cần xây mới" in load_workbook(tmp_path / "plan.xlsx").sheetnames
    assert any("Xã cần xây mới" in line for line in summary_lines(far, {"total": 0.0}))


def test_it_is_neither_the_worst_nor_the_next_worst(plain: Plan, far: Plan) -> None:
    for place in ("worst", "next_worst"):
        assert far.fairness[place].iat[0] == plain.fairness[place].iat[0] != "Xã Xa"
        assert far.summary["fairness"][place] == plain.summary["fairness"][place]
    assert far.summary["fairness"]["communes_that_need_a_building"] == 2
    assert far.fairness["mean_share"].iat[0] < plain.fairness["mean_share"].iat[0]


def test_worst_and_next_worst_are_the_two_lowest_of_the_communes(plain: Plan) -> None:
    communes = plain.equity[plain.equity["group"] == "commune"].sort_values("own_best_share", kind="stable")
    row = plain.fairness.iloc[0]
    assert [row["worst"], row["next_worst"]] == communes["name"].tolist()[:2]
    assert [row["worst_own_best_share"], row["next_worst_own_best_share"]] == communes["own_best_share"].tolist()[:2]


def test_gini_of_a_class_is_that_of_its_communes_and_of_their_people(plain: Plan) -> None:
    communes = plain.equity[plain.equity["group"] == "commune"].reset_index(drop=True)
    inside = communes[communes["name"].isin(["Xã Cao", "Xã Dương"])]
    x, p = inside["share"].to_numpy(), inside["population"].to_numpy()
    expected = p[0] * p[1] * abs(x[0] - x[1]) / (p.sum() * (x @ p))
    found = plain.fairness[(plain.fairness["scope"] == "class") & (plain.fairness["key"] == "III")]
    assert found["communes"].tolist() == [2]
    assert found["gini"].iat[0] == pytest.approx(expected, abs=1e-4)


def test_a_share_of_area_is_asked_and_what_is_reached_is_told(plain: Plan, tmp_path: Path) -> None:
    groups = "[fairness]\narea_share_min = 0.9\n[catalogue.coefficients.area_slack_weight]\nvalue = 1000\n"
    asked = solved(tmp_path, groups)
    before, after = (plan.shares.set_index("measure").loc["area"] for plan in (plain, asked))
    assert pd.isna(before["disadvantaged_share_min"])
    assert after["disadvantaged_share_min"] == 0.9
    assert after["disadvantaged_share"] > before["disadvantaged_share"]
    assert asked.summary["status"] == "optimal"
    assert asked.summary["fairness"]["area_share"] == {"asked": 0.9, "reached": after["disadvantaged_share"]}


def test_area_given_to_exits_counts_for_nobody(plain: Plan) -> None:
    uses = plain.catalogue.uses
    public = plain.allocation[[uses[use].public for use in plain.allocation["new_use"]]]
    usable = public["floor_area_m2"].fillna(0).astype(float).sum() * plain.catalogue.coefficient("net_to_gross")
    assert plain.shares.set_index("measure").at["area", "total"] <= usable + assumed(plain) + 1e-6


def assumed(plan: Plan) -> float:
    """Return the usable m² that rest on an assumed floor area."""
    cells = plan.assumed[plan.assumed["column"] == "floor_area_m2"]
    return float(cells["value"].sum()) * plan.catalogue.coefficient("net_to_gross")


def test_a_stated_tau_holds_for_every_commune_and_the_assumed_one_falls_with_the_weight(
    plain: Plan, tmp_path: Path
) -> None:
    stated = solved(tmp_path, "[fairness]\ntau = 0.9\n")
    told, usual = (p.equity[p.equity["group"] == "commune"] for p in (stated, plain))
    assert set(told["target_share"]) == {0.9}
    weight = usual["weight"] / usual["weight"].max()
    assert usual["target_share"].tolist() == pytest.approx(
        (plain.catalogue.coefficient("fairness_tau") * weight).tolist(), abs=1e-4
    )
