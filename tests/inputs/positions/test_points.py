"""Geometries come from the layer, from lon and lat, or from VN-2000 coordinates."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import Point, box

from planner.inputs.positions.crs import to_lon_lat
from planner.inputs.positions.points import place_block
from tests.inputs.books import block, workbook


def rules(path: Path, table: str = "facilities") -> tuple[gpd.GeoSeries, list[str]]:
    found, _ = block(path, table)
    geometry, records = place_block(found)
    return geometry, [record.rule for record in records]


def test_lon_and_lat(tmp_path: Path) -> None:
    rows = [["name", "lon", "lat"], ["a", 104.5, "22,5"], ["b", 104.5, None]]
    geometry, found = rules(workbook(tmp_path / "a.xlsx", {"a": rows}))
    assert list(geometry) == [Point(104.5, 22.5), None]
    assert found == ["position-half"]


def test_x_is_the_northing_and_y_the_easting(tmp_path: Path) -> None:
    rows = [["name", "Tọa độ X", "Tọa độ Y", "Hệ tọa độ"], ["a", 2_490_000, 420_000, 9208]]
    geometry, found = rules(workbook(tmp_path / "a.xlsx", {"a": rows}))
    (lon,), (lat,) = to_lon_lat("EPSG:9208", [420_000], [2_490_000])
    assert (geometry[0].x, geometry[0].y) == pytest.approx((lon, lat))
    assert found == []


def test_x_and_y_without_a_usable_crs_wait_for_their_commune(tmp_path: Path) -> None:
    rows = [["name", "x", "y", "crs"], *([name, 2_490_000, 420_000, crs] for name, crs in [("a", None), ("b", "1")])]
    rows += [["c", 2_490_000, 420_000, "VN-2000"], ["d", 420_000, 2_490_000, "9208"]]
    geometry, found = rules(workbook(tmp_path / "a.xlsx", {"a": rows}))
    assert list(geometry) == [None] * 4
    assert found == ["crs-unknown"]


def test_a_heading_names_the_system(tmp_path: Path) -> None:
    rows = [["name", "Tọa độ (VN-2000, KTT 104°45')", None], [None, "X", "Y"], ["a", 2_490_000, 420_000]]
    found, _ = block(workbook(tmp_path / "a.xlsx", {"a": rows}, ("B1:C1",)))
    geometry, records = place_block(found)
    (lon,), (lat,) = to_lon_lat("EPSG:9208", [420_000], [2_490_000])
    assert (geometry[0].x, geometry[0].y) == pytest.approx((lon, lat))
    assert [(record.rule, record.severity) for record in records] == [("crs-stated", "info")]


def test_a_heading_names_the_axes(tmp_path: Path) -> None:
    rows = [["name", "X (Đông)", "Y (Bắc)", "EPSG"], ["a", 420_000, 2_490_000, "104°45'"]]
    found, _ = block(workbook(tmp_path / "a.xlsx", {"a": rows}))
    geometry, records = place_block(found)
    (lon,), (lat,) = to_lon_lat("EPSG:9208", [420_000], [2_490_000])
    assert (geometry[0].x, geometry[0].y) == pytest.approx((lon, lat))
    assert records == []


def test_degrees_in_vn2000_are_shifted(tmp_path: Path) -> None:
    rows = [["name", "Kinh độ (VN-2000)", "Vĩ độ (VN-2000)"], ["a", 104.5, 22.5]]
    found, _ = block(workbook(tmp_path / "a.xlsx", {"a": rows}))
    geometry, records = place_block(found)
    (lon,), (lat,) = to_lon_lat("EPSG:4756", [104.5], [22.5])
    assert (geometry[0].x, geometry[0].y) == pytest.approx((lon, lat))
    assert [record.rule for record in records] == ["crs-stated"]


def test_both_coordinates_in_one_cell(tmp_path: Path) -> None:
    texts = ["22,5; 104,5", "X=2490000; Y=420000 (KTT 104°45')", "X=2490000; Y=420000", "ở xa"]
    rows = [["name", "Tọa độ"], *(["a", text] for text in texts)]
    geometry, found = rules(workbook(tmp_path / "a.xlsx", {"a": rows}))
    (lon,), (lat,) = to_lon_lat("EPSG:9208", [420_000], [2_490_000])
    assert geometry[0] == Point(104.5, 22.5)
    assert (geometry[1].x, geometry[1].y) == pytest.approx((lon, lat))
    assert list(geometry[2:]) == [None, None]
    assert found == ["coordinates-unreadable"]


def test_two_positions_of_one_row_that_differ(tmp_path: Path) -> None:
    rows = [["name", "lon", "lat", "x", "y", "crs"], ["a", 104.5, 22.5, 2_490_000, 420_000, 9208]]
    geometry, found = rules(workbook(tmp_path / "a.xlsx", {"a": rows}))
    assert geometry[0] == Point(104.5, 22.5)
    assert found == ["positions-differ"]


def test_degrees_outside_the_country_keep_what_they_say(tmp_path: Path) -> None:
    found, _ = block(workbook(tmp_path / "a.xlsx", {"a": [["name", "lon", "lat"], ["a", 22.5, 104.5]]}))
    geometry, records = place_block(found)
    assert list(geometry) == [None]
    assert (found.data["lon"], found.data["lat"], records) == ([22.5], [104.5], [])


def communes(crs: str | None, square: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"commune_code": ["00901"], "name": ["Xã An"]}, geometry=[box(*square)], crs=crs)


METRES = (420_000, 2_490_000, 430_000, 2_500_000)
DEGREES = (104.0, 22.0, 104.1, 22.1)


@pytest.mark.parametrize(
    ("crs", "square", "expected"),
    [
        ("EPSG:4326", DEGREES, []),
        ("EPSG:9208", METRES, []),
        ("EPSG:4326", METRES, ["wrong-crs"]),
        ("EPSG:9208", DEGREES, ["wrong-crs"]),
        ("EPSG:4326", (22.0, 104.0, 22.1, 104.1), ["wrong-crs"]),
        ("EPSG:32633", METRES, ["wrong-crs"]),
    ],
)
def test_a_layer_in_the_wrong_crs(
    tmp_path: Path, crs: str, square: tuple[float, float, float, float], expected: list[str]
) -> None:
    communes(crs, square).to_file(tmp_path / "a.gpkg")
    geometry, found = rules(tmp_path / "a.gpkg", "communes")
    assert found == expected
    assert geometry.isna().all() == bool(expected)
    assert geometry.crs == "EPSG:4326"


@pytest.mark.parametrize(("square", "expected"), [(DEGREES, ["crs-assumed"]), (METRES, ["wrong-crs"])])
def test_a_layer_that_states_no_crs(
    tmp_path: Path, square: tuple[float, float, float, float], expected: list[str]
) -> None:
    communes(None, square).to_parquet(tmp_path / "a.parquet")
    assert rules(tmp_path / "a.parquet", "communes")[1] == expected


def test_polygons_of_facilities_become_points_inside(tmp_path: Path) -> None:
    sites = gpd.GeoDataFrame({"name": ["a"], "address": ["b"]}, geometry=[box(*DEGREES)], crs="EPSG:4326")
    sites.to_file(tmp_path / "a.gpkg")
    found, _ = block(tmp_path / "a.gpkg")
    geometry, _ = place_block(found)
    assert box(*DEGREES).contains(geometry[0])
    assert found.data["lon"] == [geometry[0].x]


def test_communes_need_polygons(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("commune_code,name\n00901,Xã An\n", encoding="utf-8")
    assert rules(path, "communes")[1] == ["no-polygons"]
