"""Coordinates change their system in one place, with one operation."""

from __future__ import annotations

import geopandas as gpd
import pytest
from pyproj import Geod
from shapely.geometry import Point

from planner.inputs.crs import in_viet_nam, known_crs, to_lon_lat, to_wgs84, transformer


@pytest.mark.parametrize("text", ["9208", "EPSG:9208", "epsg:9208"])
def test_known_crs(text: str) -> None:
    assert known_crs(text) == "EPSG:9208"


@pytest.mark.parametrize("text", ["VN-2000", "1", ""])
def test_no_crs(text: str) -> None:
    assert known_crs(text) is None


@pytest.mark.parametrize("crs", ["EPSG:9208", "EPSG:5897", "EPSG:3405", "EPSG:4756"])
def test_the_shift_from_vn2000_is_pinned(crs: str) -> None:
    assert "VN-2000 to WGS 84 (2)" in transformer(crs).description


def test_leaving_the_shift_out_would_be_about_225_m() -> None:
    (lon,), (lat,) = to_lon_lat("EPSG:4756", [104.0], [22.5])
    assert Geod(ellps="WGS84").inv(104.0, 22.5, lon, lat)[2] == pytest.approx(225, abs=40)


def test_a_projected_layer_and_plain_coordinates_agree() -> None:
    placed = to_wgs84(gpd.GeoSeries([Point(420_000, 2_490_000), None], crs="EPSG:9208"))
    (lon,), (lat,) = to_lon_lat("EPSG:9208", [420_000], [2_490_000])
    assert (placed[0].x, placed[0].y) == pytest.approx((lon, lat))
    assert placed[1] is None
    assert placed.crs == "EPSG:4326"


def test_in_viet_nam() -> None:
    assert in_viet_nam(gpd.GeoSeries([Point(104, 22), Point(106, 10), None]))
    assert not in_viet_nam(gpd.GeoSeries([Point(22, 104), Point(0, 0)]))
    assert in_viet_nam(gpd.GeoSeries([None]))
