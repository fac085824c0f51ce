"""One facility in two rows is found whatever gives it away; rows that only look alike stay in peace."""

from __future__ import annotations

from typing import Any

import pytest

from planner.checks import sameness
from planner.errors import Record
from tests.checks.world import make_scenario, make_tables

FAR = [104.01, 104.05, 104.09]


def found(**changes: list[Any]) -> list[Record]:
    """Return what is said of three rows in one commune, each a site of its own, far from one another."""
    rows: dict[str, list[Any]] = {
        "site_id": [None] * 3,
        "name": ["Trụ sở UBND xã An", "Nhà kho", "Trường tiểu học Sa Pa"],
        "commune_code": ["00901"] * 3,
        "lon": FAR,
        "land_area_m2": [913.0, 1277.0, 541.0],
        "floor_area_m2": [613.0, 83.0, 307.0],
        "current_use": ["office", "warehouse", "primary"],
    }
    return sameness.repeated_facilities(make_tables({"facilities": rows | changes}), make_scenario(language="en"))


def school(first: str, last: str, **changes: list[Any]) -> list[Record]:
    """Return what is said of two schools with these names, a warehouse between them."""
    return found(name=[first, "Nhà kho", last], current_use=["primary", "warehouse", "primary"], **changes)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("Trường Tiểu học Hoà Bình", "Trường Tiểu học Hòa Bình"),
        ("Trường Tiểu học Hòa Bình", "Truong tieu hoc Hoa Binh"),
        ("Trường Tiểu học Hòa Bình", "Trường TH Hòa Bình (cũ)"),
        ("Trường TH&THCS Hòa Bình", "Trường Tiểu học và Trung học cơ sở Hòa Bình"),
        ("Trường Tiểu học Hòa Bình", "Khu đất Trường Tiểu học Hòa Bình"),
        ("Trường Tiểu học Hòa Bình, xã An", "Xã An: Trường Tiểu học Hòa Bình"),
        ("Trường Tiểu học Lý Thường Kiệt", "Trường Tiểu học Lí Thường Kiệt"),
        ("Trường Tiểu học số 2 An Phú", "Trường Tiểu học 2 An Phú"),
    ],
)
def test_a_name_written_in_two_ways_is_a_warning(first: str, last: str) -> None:
    (record,) = school(first, last)
    assert (record.rule, record.severity, record.row) == ("possible-duplicate", "warning", 7)
    assert "F-1 at facilities.xlsx:5" in record.message
    assert first in record.message
    assert last in record.message
    assert "Land area (m²): 913 ≠ 541" in record.message


@pytest.mark.parametrize("last", ["Trường Tiểu học Hòa Bìnhh", "Trường Tiểu học Hòa Bnih", "Trường Tiểu học Hoa Bình"])
def test_a_misspelt_name_is_a_note(last: str) -> None:
    (record,) = school("Trường Tiểu học Hòa Bình", last)
    assert (record.severity, record.row) == ("info", 7)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("Trường Tiểu học Tân Long A", "Trường Tiểu học Tân Long C"),
        ("Trường Mầm non 2", "Trường Mầm non 3"),
        ("Trường Tiểu học Sa Pa", "Trường Tiểu học Sa Pả"),
        ("Trường Tiểu học số 1, bản 2", "Trường Tiểu học số 2, bản 1"),
        ("Trụ sở Tòa án nhân dân huyện Bảo Yên", "Trụ sở Công an huyện Bảo Yên"),
        ("Trường Tiểu học Tân Long", "Trường Mầm non Tân Long"),
    ],
)
def test_names_that_are_two_names_are_left_in_peace(first: str, last: str) -> None:
    assert school(first, last) == []


def test_similar_names_need_something_beside_them() -> None:
    names = ("Trường Mẫu giáo Tân Long", "Trường Mầm non Tân Long")
    assert school(*names) == []
    (record,) = school(*names, land_area_m2=[913.0, 1277.0, 913.0])
    assert record.severity == "info"
    assert "Same land area (913)" in record.message
    assert school(*names, land_area_m2=[900.0, 1277.0, 900.0]) == []  # a round number says nothing


def test_the_old_and_the_new_units_name_may_be_one_station() -> None:
    names = ["Trạm y tế xã Tân Quới", "Nhà kho", "Trạm y tế xã Tân Bình"]  # two parts of the commune 29800
    uses = ["health_station", "warehouse", "health_station"]
    places = ["29800"] * 3
    assert found(name=names, current_use=uses, commune_code=places) == []
    same_land = [913.0, 1277.0, 913.0]
    (record,) = found(name=names, current_use=uses, commune_code=places, land_area_m2=same_land)
    assert record.severity == "info"


def test_the_same_school_at_several_points_is_a_note() -> None:
    addresses = ["ấp Ngã Ngay, xã An", None, "ấp Đồng Bé, xã An"]
    (record,) = school("Trường Tiểu học Tân Long A", "Trường TH Tân Long A", address=addresses)
    assert record.severity == "info"
    assert found(name=["Nhà văn hóa", "Nhà kho", "Nhà văn hóa"], address=addresses) == []


def test_one_parcel_counts_in_its_old_commune_only() -> None:
    parcel = {"map_sheet": ["5", None, "Tờ số 05"], "parcel": ["12", None, "thửa 12"]}
    (record,) = found(**parcel)
    assert (record.severity, record.column) == ("warning", "parcel")
    assert "5/12" in record.message
    assert found(**parcel, old_commune=["Xã An", None, "Xã Ninh"]) == []
    assert len(found(**parcel, old_commune=["Xã An", None, "An"])) == 1
    assert len(found(parcel=["Tờ 5, thửa 12", None, "thửa đất số 12, tờ bản đồ số 5"])) == 1
    assert found(parcel=["12", None, "12"]) == []  # without the sheet it may be anywhere


def test_one_certificate_is_a_warning_and_a_yes_is_none() -> None:
    (record,) = found(certificate=["BM 345678", None, "Số BM345678 ngày 12/05/2015"])
    assert (record.severity, record.column) == ("warning", "certificate")
    assert found(certificate=["Có", "Có", "Có"]) == []


def test_surveyed_positions_a_few_metres_apart_are_a_warning() -> None:
    (record,) = found(lon=[104.05, 104.01, 104.05003])
    assert (record.severity, record.column) == ("warning", "lon")
    assert "(3.1 m)" in record.message
    assert found(lon=[104.05, 104.01, 104.05003], position_quality=["surveyed", "surveyed", "address"]) == []


def test_one_house_number_with_one_use_is_a_note() -> None:
    addresses = ["Số 55 Lê Thái Tổ, phường An", None, "55 đường Lê Thái Tổ, P. An"]
    (record,) = school("Trường Tiểu học An", "Trường Tiểu học Bình", address=addresses)
    assert (record.severity, record.column) == ("info", "address")
    assert found(address=addresses) == []  # an office and a school


def test_a_decision_settles_what_the_commune_does_not() -> None:
    decisions = {"decision_no": ["480/QĐ-UBND", None, "480/QĐ-UBND"], "status": ["approved", None, "approved"]}
    assert school("Trường Tiểu học An", "Trường TH An", commune_code=["00901", "00901", None]) == []
    (record,) = school("Trường Tiểu học An", "Trường TH An", commune_code=["00901", "00901", None], **decisions)
    assert record.severity == "info"
    assert "480/QĐ-UBND" in record.message


def test_a_pair_is_told_once_with_every_reason_and_the_likeliest_comes_first() -> None:
    records = found(
        name=["Trường TH An", "Trường Tiểu học An", "Trường Tiểu học An"],
        current_use=["primary"] * 3,
        certificate=[None, "BM 345678", "BM 345678"],
        decision_no=["480/QĐ-UBND"] * 3,
    )
    assert [(record.row, record.message.count("at facilities.xlsx")) for record in records] == [(7, 1), (6, 1), (7, 1)]
    assert all(text in records[0].message for text in ("Same certificate", "Same name", "Same decision"))


def test_what_is_settled_is_not_asked_again() -> None:
    names = ("Trường Tiểu học An", "Trường TH An")
    assert school(*names, site_id=["S-1", None, "S-1"]) == []
    assert school(*names, same_as=[None, None, "khác"]) == []
    assert school(*names, same_as=["Khác", None, None]) == []


def test_rows_without_a_commune_are_compared_within_their_old_one() -> None:
    names = ("Trường Tiểu học An", "Trường TH An")
    unplaced: dict[str, list[Any]] = {"commune_code": [None] * 3, "old_district": [None] * 3}
    assert len(school(*names, **unplaced, old_commune=["Xã Kim Phú", None, "xã Kim Phú"])) == 1
    assert school(*names, **unplaced, old_commune=["Xã Kim Phú", None, "Xã An Tường"]) == []


def shared(**changes: list[Any]) -> list[Record]:
    rows: dict[str, list[Any]] = {
        "site_id": [None] * 3,
        "commune_code": ["00901"] * 3,
        "map_sheet": ["5", "5", "5"],
        "parcel": ["12", "12", "12"],
        "holder": ["UBND xã An", "Ủy ban nhân dân xã An", "Phòng Tài chính"],
    }
    found = sameness.repeated_facilities(make_tables({"facilities": rows | changes}), make_scenario(language="en"))
    return [record for record in found if record.rule == "agencies-share-parcel"]


def test_agencies_on_one_parcel_are_told_once_with_a_site_code() -> None:
    (record,) = shared()
    assert record.rule == "agencies-share-parcel"
    assert all(holder in record.message for holder in ("UBND xã An (F-1", "Phòng Tài chính (F-3"))
    assert "S-" in record.fix
    (record,) = shared(site_id=["KV-7", None, None])
    assert "KV-7" in record.fix


def test_one_holder_or_one_site_shares_with_nobody() -> None:
    assert shared(holder=["UBND xã An", "Ủy ban nhân dân xã An", None]) == []
    assert shared(site_id=["KV-7"] * 3) == []
