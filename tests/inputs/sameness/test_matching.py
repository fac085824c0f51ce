"""The next list of the same office is matched row by row, each row once, and keeps its codes."""

from __future__ import annotations

import random
from typing import Any

import geopandas as gpd
import pytest
from shapely.geometry import Point

from planner.inputs.sameness.matching import carry_over, match_previous
from planner.inputs.tables import make_table


def inventory(*rows: dict[str, Any]) -> gpd.GeoDataFrame:
    """Return a facilities table; every row has a commune unless it says otherwise."""
    filled = [{"commune_code": "00901", "position_quality": "surveyed"} | row for row in rows]
    values = {key: [row.get(key) for row in filled] for key in {key for row in filled for key in row}}
    points = gpd.GeoSeries(
        [Point(row["lon"], row["lat"]) if row.get("lon") else None for row in filled], crs="EPSG:4326"
    )
    return gpd.GeoDataFrame(make_table("facilities", values, len(rows)), geometry=points)


OLD: dict[str, Any] = {"facility_id": "F-00000001", "name": "UBND xã An", "land_area_m2": 913.0}
NEW: dict[str, Any] = {"facility_id": "F-00000002", "name": "Đảng ủy phường Bình", "land_area_m2": 913.0}


@pytest.mark.parametrize(
    ("by", "old", "new"),
    [
        ("id", {}, {"facility_id": "F-00000001"}),
        ("parcel", {"map_sheet": "5", "parcel": "12"}, {"parcel": "tờ 05, thửa 12"}),
        ("certificate", {"certificate": "BM 345678"}, {"certificate": "số BM345678", "commune_code": None}),
        ("name", {}, {"name": "Trụ sở Ủy ban nhân dân xã An (cũ)"}),
        ("address", {"address": "Số 5 Trần Phú, xã An", "current_use": "office"},
         {"address": "5 đường Trần Phú, phường Bình", "current_use": "office"}),
        ("spelling", {"name": "Trường TH Hòa Bình", "current_use": "primary"},
         {"name": "Trường Tiểu học Hòa Bìnhh", "current_use": "primary"}),
        ("near", {"lon": 104.05, "lat": 22.05, "name": "Trường TH An Hòa"},
         {"lon": 104.0501, "lat": 22.05, "name": "Trường Tiểu học An Hòa", "commune_code": "00902"}),
    ],
)  # fmt: skip
def test_a_row_is_recognised(by: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    before, after = inventory({"facility_id": "F-9", "name": "Kho"}, OLD | old), inventory(NEW | new)
    assert match_previous(after, before) == [(0, 1, by)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({}, {}),
        ({"lon": 104.05, "lat": 22.05}, {"lon": 104.0501, "lat": 22.05}),  # close together, but of other names
        ({"lon": 104.05, "lat": 22.05}, {"lon": 104.0502, "lat": 22.05, "name": "UBND xã An", "commune_code": None}),
        ({"name": "Trường TH Sa Pa"}, {"name": "Trường TH Sa Pả"}),
        ({"address": "ấp 5, xã An", "current_use": "office"},  # names and areas speak against it
         {"address": "ấp 5, xã An", "current_use": "office", "land_area_m2": 4000.0}),
    ],
)  # fmt: skip
def test_a_row_that_may_be_another_is_not(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert match_previous(inventory(NEW | new), inventory(OLD | old)) == []


def test_what_several_rows_share_matches_nothing_and_the_next_clue_decides() -> None:
    parcel = {"map_sheet": "5", "parcel": "12"}
    before = inventory(parcel | {"facility_id": "A", "name": "Thanh tra"}, parcel | {"facility_id": "B", "name": "Kho"})
    after = inventory(parcel | {"facility_id": "C", "name": "Kho"}, parcel | {"facility_id": "D", "name": "Nội vụ"})
    assert match_previous(after, before) == [(0, 1, "name")]


def test_a_row_is_matched_once() -> None:
    point = {"lon": 104.05, "lat": 22.05}
    before = inventory(point | {"facility_id": "A", "name": "Trường TH An", "commune_code": None})
    after = inventory(*(point | {"facility_id": str(n), "name": "Trường Tiểu học An"} for n in range(3)))
    assert match_previous(after, before) == [(0, 0, "near")]


def test_a_shuffled_list_with_new_names_is_matched_whole() -> None:
    """The same 200 facilities in another order: every tenth renamed, every seventh with a code of its own."""
    rows = [
        {"facility_id": f"F-{n:08x}", "name": f"Trường Tiểu học số {n}", "current_use": "primary",
         "address": f"Số {n} Trần Phú, xã An", "land_area_m2": 500.0 + n}
        for n in range(200)
    ]  # fmt: skip
    later = [row | ({"name": f"Trường Tiểu học và THCS mới {row['land_area_m2']}"} if n % 10 == 0 else {})
             | ({"facility_id": f"F-{n + 5000:08x}"} if n % 7 == 0 else {}) for n, row in enumerate(rows)]  # fmt: skip
    random.Random(7).shuffle(later)  # noqa: S311
    before, after = inventory(*rows), inventory(*later)
    matches = match_previous(after, before)
    assert len(matches) == 200
    assert carry_over(after, before, matches)["facility_id"].tolist() == [
        f"F-{round(row['land_area_m2'] - 500):08x}" for row in later
    ]


def test_a_code_that_the_new_list_gives_stays() -> None:
    before = inventory(OLD, {"facility_id": "F-7", "name": "Kho"})
    after = inventory(NEW | {"name": "UBND xã An"}, {"facility_id": "K-7", "name": "Kho"})
    matches = match_previous(after, before)
    assert [match.by for match in matches] == ["name", "name"]
    assert carry_over(after, before, matches)["facility_id"].tolist() == ["F-00000001", "K-7"]


def test_no_code_is_given_twice() -> None:
    before = inventory({"facility_id": "F-00000001", "name": "Kho"})
    after = inventory({"facility_id": "F-00000002", "name": "Kho"}, {"facility_id": "F-00000001", "name": "Trạm y tế"})
    matches = match_previous(after, before)
    assert carry_over(after, before, matches)["facility_id"].tolist() == ["F-00000002", "F-00000001"]


def test_empty_lists_match_nothing() -> None:
    assert match_previous(inventory(), inventory(OLD)) == []
    assert match_previous(inventory(OLD), inventory()) == []
