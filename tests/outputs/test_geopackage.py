"""The layers of a plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest

from planner.outputs.geopackage import write_geopackage
from tests.outputs.fake import AWKWARD_NAMES, CONFIDENTIAL, WITHOUT_POSITION, fake_plan

LAYERS = ["facilities", "communes", "settlements", "services"]


@pytest.fixture
def written(tmp_path: Path) -> Path:
    write_geopackage(fake_plan(), tmp_path / "plan.gpkg")
    return tmp_path / "plan.gpkg"


def test_four_layers_in_degrees(written: Path) -> None:
    assert [name for name, _ in pyogrio.list_layers(written)] == LAYERS
    assert {gpd.read_file(written, layer=name).crs.to_epsg() for name in LAYERS} == {4326}


def test_facilities_carry_the_allocation(written: Path) -> None:
    plan, layer = fake_plan(), gpd.read_file(written, layer="facilities")
    assert list(layer.columns[:-1]) == list(plan.allocation.columns)
    assert list(layer["facility_id"]) == list(plan.allocation["facility_id"])
    assert set(AWKWARD_NAMES) <= set(layer["name"])
    assert layer["commune_code"].iloc[0] == "02647"
    assert layer.geometry.x.iloc[0] == pytest.approx(plan.allocation["lon"].iloc[0])


def test_a_facility_without_a_position_is_kept(written: Path) -> None:
    layer = gpd.read_file(written, layer="facilities").set_index("facility_id")
    assert layer.index[layer.geometry.isna()].tolist() == [WITHOUT_POSITION]


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.gpkg", "b.gpkg"):
        write_geopackage(fake_plan(), tmp_path / name)
    assert (tmp_path / "a.gpkg").read_bytes() == (tmp_path / "b.gpkg").read_bytes()


def test_an_older_file_is_replaced(written: Path) -> None:
    before = written.read_bytes()
    write_geopackage(fake_plan(), written)
    assert written.read_bytes() == before


def test_empty_tables_are_empty_layers(tmp_path: Path) -> None:
    plan = fake_plan()
    inputs = replace(plan.inputs, settlements=plan.inputs.settlements.iloc[:0], services=plan.inputs.services.iloc[:0])
    write_geopackage(replace(plan, inputs=inputs), tmp_path / "plan.gpkg")
    assert len(pyogrio.list_layers(tmp_path / "plan.gpkg")) == 4


def test_a_public_run_has_no_confidential_facility(tmp_path: Path) -> None:
    write_geopackage(fake_plan(public=True), tmp_path / "plan.gpkg")
    assert CONFIDENTIAL not in set(gpd.read_file(tmp_path / "plan.gpkg", layer="facilities")["facility_id"])
    assert CONFIDENTIAL.encode() not in (tmp_path / "plan.gpkg").read_bytes()
