"""Coordinates change their system in one place, with one operation."""

from __future__ import annotations

import geopandas as gpd
import pytest
from pyproj import CRS, Geod
from shapely.geometry import Point

from planner.catalogue.load import read_data
from planner.inputs.places.units import old_communes
from planner.inputs.positions.crs import (
    crs_label,
    in_viet_nam,
    known_crs,
    named_datum,
    names_system,
    to_lon_lat,
    to_wgs84,
    transformer,
)


@pytest.mark.parametrize(
    "text",
    [
        "9208", "EPSG:9208", "epsg:9208", "9208.0", "KTT 104°45'", "104.75", "104,75", "104 45", "104-45", "104045'",
        "104°45'00\"", "VN-2000/TM-3 104-45", "VN-2000 KTT 104 độ 45 phút, múi 3",
        "Tọa độ (VN2000, múi chiếu 30, KTT 104045’)",
    ],
)  # fmt: skip
def test_one_system_in_many_spellings(text: str) -> None:
    assert known_crs(text) == "EPSG:9208"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kinh tuyến trục 105-00 múi 3", 5897),
        ("kinh tuyến trục 105°, múi 3°", 5897),
        ("105", 5897),
        ("105.30", 9209),
        ("TM-3 zone 491", 5898),
        ("VN-2000 UTM 48N", 3405),
        ("VN-2000 / UTM zone 49N", 3406),
        ("VN2000, múi 6 độ, KTT 105", 3405),
        ("WGS84 UTM 48N", 32648),
        ("WGS 84", 4326),
        ("HN-72 múi 18", 2044),
    ],
)
def test_zones_and_names(text: str, expected: int) -> None:
    assert known_crs(text) == f"EPSG:{expected}"


@pytest.mark.parametrize("text", ["VN-2000", "1", "", "UTM 48N", "106.75", "12345", "EPSG:32633", "X VN-2000"])
def test_no_crs(text: str) -> None:
    assert known_crs(text) is None


def test_a_datum_without_a_zone_is_a_name_and_no_system() -> None:
    assert names_system("VN-2000")
    assert names_system("UTM 48N")
    assert not names_system("địa phương")
    assert named_datum("Hệ VN 2000") == "vn2000"


def test_every_zone_is_the_one_of_its_meridian() -> None:
    for meridian, code in read_data("meridians")["tm3"].items():
        degrees, minutes = meridian.split("-")
        operation = CRS.from_epsg(code).coordinate_operation
        assert operation is not None
        values = {parameter.name: parameter.value for parameter in operation.params}
        assert values["Longitude of natural origin"] == int(degrees) + int(minutes) / 60
        assert (values["Scale factor at natural origin"], values["False easting"]) == (0.9999, 500_000)
        assert crs_label(f"EPSG:{code}") == f"VN-2000 / TM-3 {meridian} (EPSG:{code})"


def test_every_former_province_has_a_meridian_near_to_it() -> None:
    data = read_data("meridians")
    assert set(data["provinces"]) == {old.province.key for old in old_communes()}
    for old in old_communes():
        degrees, minutes = data["provinces"][old.province.key]["meridian"].split("-")
        assert abs(int(degrees) + int(minutes) / 60 - old.lon) < 2.0 or old.lon > 110
    for row in data["provinces"].values():
        assert row["meridian"] in data["tm3"]
        assert row["confidence"] in {"official", "press"}


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
