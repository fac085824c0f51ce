"""Through the whole planner: across the river a straight line and the roads choose different schools."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from planner.errors import PlannerError
from planner.plan.result import Plan
from planner.problem.facts import commune_facts, facility_facts
from planner.problem.needs import staying
from planner.problem.places import find_positions, mean_km
from planner.scenario import Scenario
from tests.geography.valley import (
    BRIDGE,
    FERRY,
    NORTH,
    SCHOOLS,
    SOUTH,
    VILLAGES,
    best_school,
    by_road,
    chosen,
    valley_roads,
    write_valley,
)

ROADS = 'roads = "roads.gpkg"'


def plan_of(scenario: Path) -> Plan:
    loaded = Scenario.load(scenario)
    return loaded.solve(loaded.read())


def network(folder: Path, season: str, crs: str = "EPSG:4326", **more: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    valley_roads().to_crs(crs).to_file(folder / "roads.gpkg", layer="roads", driver="GPKG")
    return write_valley(folder, "network", travel=f'season = "{season}"', inputs=ROADS, **more)


def test_the_straight_line_crosses_the_river(tmp_path: Path) -> None:
    assert chosen(plan_of(write_valley(tmp_path, "straight_line")).allocation) == "F-S"


@pytest.mark.parametrize(("minutes", "served"), [(7.8, 1 / 6), (8.0, 1.0)])
def test_minutes_of_a_straight_line_are_at_the_assumed_speed(tmp_path: Path, minutes: float, served: float) -> None:
    """From the northern village to the southern school it is 1.13 km x 1.4 at 12 km/h: 7.9 minutes."""
    limit = f"max_travel_min = {{ plain = 1.0, mountain = {minutes} }}"
    needs = plan_of(write_valley(tmp_path, "straight_line", limit=limit)).needs
    row = needs[needs["use"] == "primary"].iloc[0]
    assert row["met"] == pytest.approx(served * row["need"])


@pytest.mark.parametrize(("season", "school"), [("dry", "F-S"), ("rainy", "F-N")])
def test_the_roads_choose_what_trying_every_school_finds(tmp_path: Path, season: str, school: str) -> None:
    assert best_school(5.0, ferry=season == "dry") == school
    assert chosen(plan_of(network(tmp_path, season)).allocation) == school


def test_the_crs_of_the_roads_does_not_matter(tmp_path: Path) -> None:
    own = "+proj=tmerc +lat_0=0 +lon_0=104.75 +k=0.9999 +x_0=500000 +y_0=0 +ellps=WGS84 +units=m +no_defs"
    for number, crs in enumerate(("EPSG:32648", own)):
        assert chosen(plan_of(network(tmp_path / str(number), "rainy", crs)).allocation) == "F-N"


def test_travel_reported_is_that_by_road(tmp_path: Path) -> None:
    needs = plan_of(network(tmp_path, "rainy")).needs
    row = needs[needs["use"] == "primary"].iloc[0]
    expected = by_road(VILLAGES["V-N"][:2], SCHOOLS["F-N"], ferry=False)
    assert row["mean_travel_km"] == pytest.approx(expected, rel=5e-3)
    assert row["unmet"] == pytest.approx(row["need"] / 6)  # the southern village


def test_minutes_follow_class_and_season(tmp_path: Path) -> None:
    """At 40 km/h the northern school is 4.6 minutes away; at 5 km/h nobody is there in 10."""
    limit = "max_travel_min = { plain = 10.0, mountain = 10.0 }"
    assert chosen(plan_of(network(tmp_path / "fast", "rainy", limit=limit)).allocation) == "F-N"
    slow = network(tmp_path / "slow", "rainy", limit=limit)
    slow.write_text(
        slow.read_text(encoding="utf-8") + "[travel.speeds]\nprovincial = { dry = 40.0, rainy = 5.0 }\n", "utf-8"
    )
    needs = plan_of(slow).needs
    assert needs.loc[needs["use"] == "primary", "met"].iloc[0] == pytest.approx(
        needs.loc[needs["use"] == "primary", "need"].iloc[0] / 6
    )


def test_the_office_is_reached_by_road_too(tmp_path: Path) -> None:
    for season in ("dry", "rainy"):
        scenario = Scenario.load(network(tmp_path / season, season))
        inputs, catalogue = scenario.read(), scenario.load_catalogue()
        communes = commune_facts(inputs, catalogue)
        facts = facility_facts(inputs, communes, catalogue)
        services = staying(inputs, catalogue).reset_index(drop=True)
        positions = find_positions(scenario, inputs, services, facts, communes, catalogue)
        found = mean_km(positions, positions.facilities, facts["commune"].to_numpy())
        for km, at in zip(found, SCHOOLS.values(), strict=True):
            ways = [(by_road(v[:2], at, ferry=season == "dry"), v[2]) for v in VILLAGES.values()]
            assert km == pytest.approx(sum(way * people for way, people in ways) / 1200, rel=5e-3)


def test_a_second_run_reads_travel_from_the_cache(tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = network(tmp_path, "rainy")
    first = plan_of(scenario).allocation
    files = {path.name for path in kept.glob("*.npz")}
    assert files
    monkeypatch.setattr("planner.geography.roads.search", None)  # a fresh search would fail
    pd.testing.assert_frame_equal(plan_of(scenario).allocation, first)
    assert {path.name for path in kept.glob("*.npz")} == files


def test_points_far_from_roads_and_loose_roads_are_named(tmp_path: Path) -> None:
    far = VILLAGES | {"V-xa": (104.05, 22.095, 100)}
    scenario = network(tmp_path, "rainy", villages=far)
    roads = valley_roads()
    island = (
        roads.iloc[[1]]
        .assign(**{"Tên đường": "Đường cù lao"})
        .set_geometry(roads.geometry.iloc[[1]].translate(0, -0.02))
    )
    short = island.assign(**{"Tên đường": "Ngõ cụt"}).set_geometry(
        island.geometry.translate(0, -0.02).scale(0.01, 0.01, origin=(104.0, 22.0))
    )
    pd.concat([roads, island, short]).to_file(tmp_path / "roads.gpkg", layer="roads", driver="GPKG")
    checks = plan_of(scenario).checks.set_index("rule")
    assert "V-xa" in checks.loc["off-the-roads", "message"]
    assert checks.loc["off-the-roads", "table"] == "settlements"
    assert checks.loc["roads-loose", "value"] == "Đường cù lao"
    assert "Ngõ cụt" in checks.loc["roads-left-out", "message"]


def test_what_the_rain_cuts_off_is_named(tmp_path: Path) -> None:
    scenario = network(tmp_path, "rainy")
    valley_roads().iloc[[0, 1, 3]].to_file(tmp_path / "roads.gpkg", layer="roads", driver="GPKG")
    checks = plan_of(scenario).checks.set_index("rule")
    assert "V-N" in checks.loc["roads-cut-off", "message"] or "V-S" in checks.loc["roads-cut-off", "message"]
    dry = plan_of(network(tmp_path / "dry", "dry")).checks
    assert "roads-cut-off" not in set(dry["rule"])


def test_a_school_without_a_position_is_reached_within_its_commune(tmp_path: Path) -> None:
    scenario = network(tmp_path, "rainy")
    book = load_workbook(tmp_path / "facilities.xlsx")
    sheet = book.active
    assert sheet is not None
    headings = [cell.value for cell in sheet[3]]
    for heading in ("Kinh độ", "Vĩ độ"):
        sheet.cell(4, headings.index(heading) + 1).value = None
    book.save(tmp_path / "facilities.xlsx")
    plan = plan_of(scenario)
    assert chosen(plan.allocation) in SCHOOLS
    assert "off-the-roads" not in set(plan.checks["rule"])


def test_bad_roads_stop_the_run_with_every_reason(tmp_path: Path) -> None:
    scenario = network(tmp_path, "rainy")
    valley_roads().assign(speed_kmh=[10, -3, 0, 5]).to_file(tmp_path / "roads.gpkg", layer="roads", driver="GPKG")
    with pytest.raises(PlannerError) as error:
        plan_of(scenario)
    (record,) = error.value.records
    assert (record.rule, record.file, record.sheet, record.row, record.column, record.value) == (
        "road-speed-negative", "roads.gpkg", "roads", 2, "speed_kmh", "-3"
    )  # fmt: skip
    assert record.fix


def test_speeds_in_force_are_among_the_parameters(tmp_path: Path) -> None:
    scenario = network(tmp_path, "rainy")
    scenario.write_text(scenario.read_text("utf-8") + "[travel.speeds]\nprovincial = 33\n", "utf-8")
    table = plan_of(scenario).parameters.set_index("key")
    assert table.loc["roads.provincial.rainy_kmh", ["value", "confidence"]].tolist() == [33.0, "scenario"]
    assert table.loc["roads.commune.rainy_kmh", "confidence"] == "assumed"


# ---------------------------------------------------------------- a ready-made table


def table(folder: Path, *, minutes: bool, **more: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        {"Từ": v, "Đến": f, "Khoảng cách (km)": by_road(at[:2], SCHOOLS[f], ferry=False)}
        for v, at in VILLAGES.items()
        for f in SCHOOLS
    ]
    frame = pd.DataFrame(rows)
    if minutes:
        frame = frame.rename(columns={"Khoảng cách (km)": "Thời gian (phút)"})
    frame.to_csv(folder / "travel.csv", index=False, sep=";", decimal=",", encoding="utf-8-sig")
    return write_valley(folder, "matrix", inputs='travel = "travel.csv"', **more)


def test_a_table_of_roads_chooses_as_the_roads_do(tmp_path: Path) -> None:
    assert chosen(plan_of(table(tmp_path, minutes=False)).allocation) == "F-N"


def test_a_limit_in_minutes_needs_minutes(tmp_path: Path) -> None:
    limit = "max_travel_min = { plain = 5.0, mountain = 5.0 }"
    assert chosen(plan_of(table(tmp_path / "a", minutes=True, limit=limit)).allocation) == "F-N"
    with pytest.raises(PlannerError) as error:
        plan_of(table(tmp_path / "b", minutes=False, limit=limit))
    assert [record.rule for record in error.value.records] == ["travel-lacks-minutes"]
    assert error.value.records[0].column == "uses.primary.max_travel_min"


@pytest.mark.parametrize(("mode", "key"), [("network", "inputs.roads"), ("matrix", "inputs.travel")])
def test_a_way_of_travel_needs_its_file(tmp_path: Path, mode: str, key: str) -> None:
    with pytest.raises(PlannerError) as error:
        Scenario.load(write_valley(tmp_path, mode))
    assert [(r.rule, r.column) for r in error.value.records] == [("scenario-missing-key", key)]


def test_an_unknown_class_in_the_speeds_is_named(tmp_path: Path) -> None:
    scenario = write_valley(tmp_path, "straight_line", travel="[travel.speeds]\nnationall = 40")
    with pytest.raises(PlannerError) as error:
        Scenario.load(scenario)
    assert error.value.records[0].value == "nationall"


def test_a_limit_on_a_use_within_the_commune_is_refused(tmp_path: Path) -> None:
    scenario = write_valley(tmp_path, "straight_line")
    text = scenario.read_text(encoding="utf-8").replace(
        "[uses.health_station]\n", "[uses.health_station]\nmax_travel_min = { plain = 5.0, mountain = 5.0 }\n"
    )
    scenario.write_text(text, encoding="utf-8")
    with pytest.raises(PlannerError) as error:
        Scenario.load(scenario)
    assert error.value.records[0].rule == "limit-without-reach"


def test_the_valley_is_what_it_says() -> None:
    assert by_road((FERRY, NORTH), (FERRY, SOUTH), ferry=False) == pytest.approx(
        2 * (FERRY - BRIDGE) * 103.2 + by_road((FERRY, NORTH), (FERRY, SOUTH), ferry=True)
    )
