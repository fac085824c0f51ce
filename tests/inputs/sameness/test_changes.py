"""What changed between two versions of an inventory: what came, went, was renamed, moved or got another value."""

from __future__ import annotations

from typing import Any

import geopandas as gpd

from planner.catalogue.columns import columns
from planner.inputs.sameness.changes import changes
from planner.inputs.sameness.matching import match_previous
from tests.inputs.sameness.test_matching import inventory

FIRST: dict[str, Any] = {
    "facility_id": "F-1",
    "name": "Trụ sở UBND xã Hòa An",
    "holder": "UBND xã Hòa An",
    "land_area_m2": 4568.8,
    "condition": "good",
    "heritage": False,
    "decision_no": "480/QĐ-UBND",
    "lon": 104.05,
    "lat": 22.05,
    "file": "old.xlsx",
    "sheet": "A",
    "row": 5,
}


def changed(first: dict[str, Any], second: dict[str, Any]) -> list[tuple[Any, ...]]:
    frame = listed(inventory(first), inventory(FIRST | {"file": "new.xlsx", "row": 7} | second))
    return list(frame[["change", "column", "old_value", "new_value"]].fillna("").itertuples(index=False, name=None))


def listed(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> Any:
    return changes(old, new, match_previous(new, old), "en")


def test_nothing_changed() -> None:
    frame = listed(inventory(FIRST), inventory(FIRST))
    assert list(frame.columns) == list(columns("changes"))
    assert frame.empty
    assert changed(FIRST, {"name": "TRỤ SỞ  UBND xã Hoà An", "lon": 104.050001}) == []


def test_a_value_that_changed_is_shown_as_people_read_it() -> None:
    later = {"land_area_m2": 3928.2, "condition": "poor", "heritage": True, "decision_no": None}
    assert changed(FIRST, later) == [
        ("changed", "Land area (m²)", "4,568.8", "3,928.2"),
        ("changed", "Condition", "Good", "Poor"),
        ("changed", "Heritage", "No", "Yes"),
        ("changed", "Decision no.", "480/QĐ-UBND", ""),
    ]


def test_a_renamed_agency_is_told_apart_from_a_value() -> None:
    assert changed(FIRST, {"holder": "Đảng ủy xã Bình", "name": "Trụ sở Đảng ủy"}) == [
        ("renamed", "Name", "Trụ sở UBND xã Hòa An", "Trụ sở Đảng ủy"),
        ("renamed", "Holder", "UBND xã Hòa An", "Đảng ủy xã Bình"),
    ]


def test_a_moved_position_says_how_far() -> None:
    frame = listed(inventory(FIRST), inventory(FIRST | {"lon": 104.051}))
    assert frame[["change", "old_value", "new_value"]].to_numpy().tolist() == [
        ["moved", "104.05, 22.05", "104.051, 22.05"]
    ]
    assert 102 < frame["distance_m"].iloc[0] < 104


def test_a_position_that_came_or_went_has_no_distance() -> None:
    nowhere = FIRST | {"lon": None, "lat": None}
    assert changed(nowhere, {}) == [("moved", "", "", "104.05, 22.05")]
    assert changed(FIRST, {"lon": None, "lat": None}) == [("moved", "", "104.05, 22.05", "")]
    assert listed(inventory(nowhere), inventory(FIRST))["distance_m"].isna().all()


def test_what_came_and_went_and_where_it_stands() -> None:
    gone = {"facility_id": "F-8", "name": "Kho", "file": "old.xlsx", "sheet": "", "row": 9}
    came = {"facility_id": "F-9", "name": "Chợ xã An", "file": "new.xlsx", "sheet": "B", "row": 3}
    frame = listed(inventory(gone, FIRST), inventory(came, FIRST | {"rooms": 4.0, "file": "new.xlsx"}))
    shown = frame[["facility_id", "change", "matched_by", "old_source", "new_source"]].fillna("")
    assert shown.to_numpy().tolist() == [
        ["F-9", "added", "", "", "new.xlsx [B]:3"],
        ["F-1", "changed", "id", "old.xlsx [A]:5", "new.xlsx [A]:5"],
        ["F-8", "removed", "", "old.xlsx:9", ""],
    ]
