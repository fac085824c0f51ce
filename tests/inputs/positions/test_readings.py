"""Coordinates that can mean several places are read so that they lie in their commune, and never silently."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from pyproj import Geod
from shapely.geometry import Point, box

from benchmarks.coordinates import judge, make_case, read_case, read_communes, read_points
from planner.errors import Record
from planner.inputs.findings import shown
from planner.inputs.places.resolve import place_facilities
from planner.inputs.positions.crs import transformer
from planner.inputs.positions.readings import resolve_positions, settled
from planner.inputs.tables import make_table
from tests.inputs.books import SHARED

BEN_TRE, VINH_LONG = "28984", "29734"  # former provinces with the meridians 105°45′ and 105°30′
HERE = Point(106.0534, 10.0471)
BACK = 2.0
OWN, OTHER = "EPSG:9210", "EPSG:9209"


def make_communes(*shapes: Any, drawn: bool = True) -> gpd.GeoDataFrame:
    squares = list(shapes) or [box(106.0, 10.0, 106.1, 10.1), box(106.1, 10.0, 106.2, 10.1)]
    values = {"commune_code": [BEN_TRE, VINH_LONG], "name": ["Xã Giồng Trôm", "Xã Hoà Hiệp"]}
    return gpd.GeoDataFrame(make_table("communes", values, 2), geometry=squares if drawn else [None, None], crs=4326)


def metres(crs: str, point: Point = HERE) -> tuple[float, float]:
    """Return x (northing) and y (easting) of a point."""
    east, north = transformer(crs).transform(point.x, point.y, direction="INVERSE")
    return float(north), float(east)


def read(
    *rows: dict[str, Any], communes: gpd.GeoDataFrame | None = None
) -> tuple[gpd.GeoDataFrame, list[Record], list[Record]]:
    """Return the table of some rows, what the readings say and all that is left of what was said before."""
    communes = make_communes() if communes is None else communes
    frame = pd.DataFrame([{"commune_code": BEN_TRE, "file": "f.xlsx", "sheet": "S"} | row for row in rows])
    values = {key: frame[key].where(frame[key].notna(), None).tolist() for key in frame} | {
        "row": range(2, 2 + len(rows))
    }
    points = [row.get("geometry") for row in rows]
    table = gpd.GeoDataFrame(make_table("facilities", values, len(rows)), geometry=gpd.GeoSeries(points, crs=4326))
    table.attrs["headers"] = {"x": "Tọa độ X", "y": "Tọa độ Y"}
    placed, before = place_facilities(table, communes, "en")
    resolved, found = resolve_positions(placed, communes, "en", table["position_quality"])
    return resolved, found, settled(before, found)


def apart(point: Point | None, other: Point = HERE) -> float:
    assert point is not None
    return float(Geod(ellps="WGS84").inv(point.x, point.y, other.x, other.y)[2])


def xy(system: str, /, *, swapped: bool = False, scale: float = 1.0, **more: Any) -> dict[str, Any]:
    x, y = metres(system)
    x, y = (y, x) if swapped else (x, y)
    return {"x": x * scale, "y": y * scale} | more


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (xy(OWN), "TM-3 105-45 (EPSG:9210)"),
        (xy(OTHER), "TM-3 105-30 (EPSG:9209)"),
        (xy(OTHER, crs=OWN), "TM-3 105-30 (EPSG:9209)"),
        (xy(OWN, crs="VN-2000"), "TM-3 105-45 (EPSG:9210)"),
        (xy(OWN, swapped=True, crs=OWN), "(EPSG:9210), the two values swapped"),
        (xy(OWN, swapped=True), "(EPSG:9210), the two values swapped"),
        (xy(OWN, scale=1e-3), "(EPSG:9210), in kilometres"),
        (xy(OWN, scale=1e-3, crs=OWN), "(EPSG:9210), in kilometres"),
        ({"x": metres("EPSG:3405")[0], "y": metres("EPSG:3405")[1] + 48e6}, "UTM zone 48N (EPSG:3405)"),
        ({"x": metres("EPSG:5897")[0], "y": metres("EPSG:5897")[1] + 482e6}, "without the zone's number before Y"),
        ({"x": metres(OWN)[0] - 1e6, "y": metres(OWN)[1]}, "with the lost first digit 1 of X"),
        (xy("EPSG:3857"), "Pseudo-Mercator (EPSG:3857)"),
        ({"x": HERE.y, "y": HERE.x}, "WGS 84 (EPSG:4326)"),
        ({"x": HERE.x, "y": HERE.y}, "WGS 84 (EPSG:4326), the two values swapped"),
        ({"lon": 1060534.0, "lat": 100471.0}, "with the lost decimal point"),
        ({"lon": metres(OWN)[1], "lat": metres(OWN)[0]}, "TM-3 105-45 (EPSG:9210)"),
    ],
)
def test_the_reading_in_the_commune_is_used_and_said(row: dict[str, Any], says: str) -> None:
    table, (record,), _ = read(row)
    assert apart(table.geometry.iloc[0]) < BACK
    assert (table["lon"].iloc[0], table["lat"].iloc[0]) == pytest.approx((HERE.x, HERE.y), abs=1e-4)
    assert (record.rule, record.severity, record.row) == ("position-read-as", "warning", 2)
    assert says in record.message
    assert record.fix


def test_degrees_minutes_and_seconds_run_together() -> None:
    table, (record,), _ = read(
        {"lon": 1063306.0, "lat": 103306.0}, communes=make_communes(box(106.5, 10.5, 106.6, 10.6), box(0, 0, 1, 1))
    )
    place = 33 / 60 + 6 / 3600
    assert apart(table.geometry.iloc[0], Point(106 + place, 10 + place)) < 1
    assert "degrees, minutes and seconds run together" in record.message


def test_swapped_degrees_are_swapped_back() -> None:
    table, (record,), before = read({"lon": HERE.y, "lat": HERE.x})
    assert table.geometry.iloc[0] == HERE
    assert table["position_quality"].iloc[0] == "surveyed"
    assert (record.rule, record.severity, record.value) == ("position-read-as", "warning", "10.0471")
    assert "WGS 84 (EPSG:4326), the two values swapped" in record.message
    assert before == []


def test_sure_positions_are_left_alone() -> None:
    table, found, before = read({"lon": HERE.x, "lat": HERE.y, "geometry": HERE})
    assert (found, before) == ([], [])
    assert table["position_quality"].iloc[0] == "surveyed"


def test_a_wrong_meridian_in_the_row_replaces_what_was_said_of_the_place() -> None:
    x, y = metres(OTHER)
    wrong = Point(*transformer(OWN).transform(y, x))
    table, (record,), before = read({"x": x, "y": y, "crs": OWN, "lon": wrong.x, "lat": wrong.y, "geometry": wrong})
    assert apart(table.geometry.iloc[0]) < BACK
    assert record.rule == "position-read-as"
    assert f"Tọa độ X {shown(x)}, Tọa độ Y {shown(y)}" in record.message
    assert before == []


WIDE = (box(105.5, 9.8, 106.5, 10.3), box(106.5, 9.8, 106.6, 10.3))


def test_where_the_commune_cannot_tell_the_former_province_decides() -> None:
    table, (record,), _ = read(xy(OWN), communes=make_communes(*WIDE))
    assert apart(table.geometry.iloc[0]) < BACK
    assert table["position_quality"].iloc[0] == "address"
    assert "former province's meridian; it could also be: VN-2000 / TM-3 105-30" in record.message
    table, _, _ = read(xy(OTHER, old_province="Tỉnh Vĩnh Long"), communes=make_communes(*WIDE))
    assert apart(table.geometry.iloc[0]) < BACK


def test_where_the_commune_cannot_tell_the_row_decides_before_the_province() -> None:
    table, (record,), _ = read(xy(OTHER, swapped=True, crs=OTHER), communes=make_communes(*WIDE))
    assert apart(table.geometry.iloc[0]) < BACK
    assert table["position_quality"].iloc[0] == "surveyed"
    assert "the row names that system" in record.message


def test_where_nothing_decides_the_position_stays_unknown() -> None:
    rows = xy("EPSG:9211", old_province="Lào Cai")
    table, (record,), _ = read(rows, communes=make_communes(*WIDE))
    assert table.geometry.iloc[0] is None
    assert table["position_quality"].iloc[0] == "unknown"
    assert table["commune_code"].iloc[0] == BEN_TRE
    assert (record.rule, record.severity) == ("position-doubtful", "warning")
    assert "EPSG:9210" in record.message
    assert "EPSG:9211" in record.message


def test_readings_that_differ_by_the_datum_are_not_decided_silently() -> None:
    table, (record,), _ = read(xy("EPSG:3405"))
    assert apart(table.geometry.iloc[0]) < BACK
    assert table["position_quality"].iloc[0] == "address"
    assert "some hundred metres apart; it could also be: VN-2000 / TM-3 105-00" in record.message
    table, (record,), _ = read(xy("EPSG:32648", crs="WGS84"))
    assert apart(table.geometry.iloc[0]) < BACK
    assert "the row names that system" in record.message


def test_the_other_rows_of_the_list_decide_for_a_row_without_commune() -> None:
    own = [xy(OTHER) | {"address": "a"} for _ in range(3)]
    table, found, before = read(*own, xy(OTHER, commune_code=None), xy(OTHER, commune_code=None, sheet="other"))
    assert apart(table.geometry.iloc[3]) < BACK
    assert table["commune_code"].iloc[3] == BEN_TRE
    assert table["commune_name"].iloc[3] == "Xã Giồng Trôm"
    assert [(r.row, r.rule) for r in found[3:]] == [(5, "position-read-as"), (6, "crs-missing")]
    assert table.geometry.iloc[4] is None
    assert [(r.row, r.rule) for r in before] == [(None, "placed-by"), (6, "commune-unresolved")]


def test_no_reading_in_the_commune_is_said() -> None:
    table, (record,), _ = read({"x": 1_500_000.0, "y": 500_000.0})
    assert table.geometry.iloc[0] is None
    assert (record.rule, record.severity) == ("position-unreadable", "warning")
    table, (record,), _ = read({"lon": 10.0, "lat": 10.0})
    assert (record.rule, table["lon"].isna().all()) == ("position-unreadable", True)


def test_without_a_commune_contradictions_stay_errors() -> None:
    rows = [{"lon": 10.05, "lat": 106.05}, {"lon": 3.0, "lat": 4.0}, xy(OWN, swapped=True, crs=OWN)]
    table, found, _ = read(*(row | {"commune_code": None} for row in rows))
    assert table["lon"].tolist()[:2] == [10.05, 3.0]  # for the checks
    assert [(record.row, record.rule, record.severity) for record in found] == [(4, "coordinates-contradict", "error")]


def test_a_point_just_beside_its_commune_is_not_moved_to_another_reading() -> None:
    beside = Point(106.11, 10.05)
    x, y = metres(OWN, beside)
    communes = make_communes(box(105.8, 10.0, 106.1, 10.1), box(106.1, 10.0, 106.2, 10.1))
    row = {"x": x, "y": y, "crs": OWN, "lon": beside.x, "lat": beside.y, "geometry": beside}
    table, (record,), before = read(row, communes=communes)
    assert table.geometry.iloc[0] == beside
    assert table["position_quality"].iloc[0] == "unknown"
    assert record.rule == "position-doubtful"
    assert [item.rule for item in before] == ["position-elsewhere"]


def test_rows_of_a_list_with_wrong_labels_are_doubted_where_the_commune_cannot_tell() -> None:
    sure = {"crs": OTHER, "lon": 106.5, "lat": 10.05, "geometry": Point(106.5, 10.05)}
    x, y = metres(OTHER, Point(106.5, 10.05))
    good = {"x": x, "y": y, "commune_code": VINH_LONG} | sure
    wrong = xy(OWN, crs=OTHER)
    communes = make_communes(box(106.0, 10.0, 106.1, 10.1), box(106.2, 9.9, 106.9, 10.2))
    table, found, _ = read(wrong, good, communes=communes)
    assert [(record.row, record.rule) for record in found] == [(2, "position-read-as"), (3, "meridian-doubtful")]
    assert table["position_quality"].tolist() == ["surveyed", "commune"]
    assert apart(table.geometry.iloc[1], Point(106.5, 10.05)) < 1
    assert read(good, communes=communes)[1] == []


def test_communes_without_polygons_are_told_by_the_labels_of_their_former_communes() -> None:
    from planner.inputs.places.units import old_communes

    old = next(old for old in old_communes() if old.today[0] == BEN_TRE)
    point = Point(old.lon + 0.01, old.lat)
    x, y = metres(OTHER, point)
    table, (record,), _ = read({"x": y, "y": x}, communes=make_communes(drawn=False))
    assert apart(table.geometry.iloc[0], point) < BACK
    assert record.rule == "position-read-as"


def test_three_sites_at_one_point_stand_at_a_label() -> None:
    here = {"lon": HERE.x, "lat": HERE.y, "geometry": HERE}
    rows = [here | {"address": f"ấp {i}"} for i in range(3)]
    table, found, _ = read(*rows, {"lon": 106.06, "lat": 10.06, "geometry": Point(106.0612, 10.0634)})
    assert [(record.row, record.rule) for record in found] == [(row, "position-is-centre") for row in (2, 3, 4)]
    assert table["position_quality"].tolist() == ["commune"] * 3 + ["surveyed"]
    assert read(*[row | {"site_id": "S-1"} for row in rows])[1] == []
    assert read(*[here] * 3)[1] == []
    found = read(*[here | {"holder": f"Phòng {i}"} for i in range(3)])[1]
    assert {record.rule for record in found} == {"position-is-centre"}


def test_a_position_found_is_never_surer_than_the_file_says() -> None:
    turned = {"lon": HERE.y, "lat": HERE.x}
    table, found, _ = read(turned, turned | {"position_quality": "address", "lon": 10.0512})
    assert [record.rule for record in found] == ["position-read-as"] * 2
    assert table["position_quality"].tolist() == ["surveyed", "address"]


def test_two_sites_with_different_addresses_at_one_point() -> None:
    here = {"lon": HERE.x, "lat": HERE.y, "geometry": HERE}
    table, found, _ = read(here | {"address": "ấp 1"}, here | {"address": "ấp 2"})
    assert {record.rule for record in found} == {"position-shared"}
    assert table["position_quality"].tolist() == ["address"] * 2
    assert read(here | {"address": "Ấp 1"}, here | {"address": "ấp 1"})[1] == []


def test_a_point_at_the_label_of_a_former_commune() -> None:
    from planner.inputs.places.units import old_communes

    old = next(old for old in old_communes() if old.today[0] == BEN_TRE)
    point = Point(old.lon, old.lat)
    communes = make_communes(point.buffer(0.02), point.buffer(0.02).boundary.buffer(0.001))
    table, (record,), _ = read({"lon": old.lon, "lat": old.lat, "geometry": point}, communes=communes)
    assert (record.rule, record.severity) == ("position-is-centre", "info")
    assert table["position_quality"].tolist() == ["commune"]


def test_rounded_degrees_among_exact_ones() -> None:
    places = [Point(106.05 + i * 0.00713, 10.0512 + i * 0.00311) for i in range(1, 5)]
    rows = [{"lon": p.x, "lat": p.y, "geometry": p} for p in [*places, Point(106.07, 10.03)]]
    table, (record,), _ = read(*rows)
    assert (record.rule, record.row) == ("position-rounded", 6)
    assert table["position_quality"].tolist() == ["surveyed"] * 4 + ["address"]
    assert read(*rows[-1:] * 1)[1] == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_messages_speak_the_language(language: Any) -> None:
    communes = make_communes()
    table = make_table("facilities", {"commune_code": [BEN_TRE], "file": ["f"], "row": [2]} | _column(xy(OWN)), 1)
    facilities = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries([None], crs=4326))
    _, (record,) = resolve_positions(place_facilities(facilities, communes, language)[0], communes, language)
    assert ("no other reading" in record.message) == (language == "en")


def _column(row: dict[str, Any]) -> dict[str, list[Any]]:
    return {key: [value] for key, value in row.items()}


def small_case() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return 60 points of two former provinces and their two communes of today."""
    places = [(106.01 + i % 30 * 0.003, 10.02 + i // 30 * 0.05) for i in range(60)]
    points = [Point(lon + (i % 2) * 0.1, lat) for i, (lon, lat) in enumerate(places)]
    provinces = ["Tỉnh Bến Tre", "Tỉnh Vĩnh Long"] * 30
    return (
        gpd.GeoDataFrame({"commune_code": [BEN_TRE, VINH_LONG] * 30, "province": provinces}, geometry=points, crs=4326),
        make_communes(),
    )


def test_points_of_two_provinces_come_back(tmp_path: Path) -> None:
    points, communes = small_case()
    case = make_case(points, communes)
    everything = judge(case, *read_case(case, communes, tmp_path)[:2])[-1]
    assert (everything.apart, everything.back, everything.silent) == (60, 60, 0)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data are not beside the repository")
def test_a_thousand_points_of_the_country_come_back_or_are_flagged(tmp_path: Path) -> None:
    communes = read_communes(SHARED / "communes.parquet")
    case = make_case(read_points(SHARED / "old_communes.parquet", 1000), communes)
    outcomes = judge(case, *read_case(case, communes, tmp_path)[:2])
    for outcome in outcomes:
        assert outcome.back >= 0.98 * outcome.apart, outcome
        assert outcome.silent == 0, outcome
        assert outcome.back_of_all + outcome.flagged == outcome.rows, outcome
