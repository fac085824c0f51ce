"""Codes are stable where they are made, and buildings take after their sites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from planner.inputs.lists.blocks import Block, read_blocks
from planner.inputs.sameness.identity import give_codes, join_buildings
from tests.inputs.books import workbook


def blocks(path: Path, sheets: Mapping[str, Sequence[Any]]) -> list[Block]:
    found, _ = read_blocks(workbook(path, sheets), "facilities", {}, "en")
    return found


TOP = ["Tên cơ sở", "Địa chỉ"]


def codes(path: Path, *rows: list[Any]) -> tuple[list[Any], list[str]]:
    named, records = give_codes(blocks(path, {"a": [TOP, *rows]}))
    return named[0].data["facility_id"], [record.rule for record in records]


def test_made_codes_do_not_depend_on_the_order(tmp_path: Path) -> None:
    one, rules = codes(tmp_path / "a.xlsx", ["Trụ sở", "Xã Hoà Bình"], ["Trạm", "Xã B"])
    other, _ = codes(tmp_path / "b.xlsx", ["TRẠM", "xã b"], ["Trụ  sở", "Xã Hòa Bình"])
    assert one == other[::-1]
    assert rules == ["codes-made"]
    assert str(one[0]).startswith("F-")


def test_rows_alike_are_numbered_with_a_warning(tmp_path: Path) -> None:
    found, rules = codes(tmp_path / "a.xlsx", ["Trụ sở", "Xã A"], ["Trụ sở", "Xã A"])
    assert found[1] == f"{found[0]}-2"
    assert rules == ["rows-alike", "codes-made"]


def test_duplicate_codes_name_both_rows(tmp_path: Path) -> None:
    rows = [["Mã cơ sở", *TOP], ["A1", "a", "b"], ["A2", "c", "d"], ["A1", "e", "f"]]
    _, (record,) = give_codes(blocks(tmp_path / "a.xlsx", {"List": rows}))
    assert (record.rule, record.severity, record.row, record.value) == ("duplicate-id", "error", 4, "A1")
    assert "a.xlsx [List]:2" in record.message
    assert record.fix


HOUSE = ["Tên cơ sở", "Địa chỉ", "Công năng hiện tại", "Tờ bản đồ số", "Thửa đất số", "Sổ đỏ", "Đơn vị quản lý"]
SCHOOL = "Trường tiểu học"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["UBND xã A", "Xã A", "Trụ sở làm việc", 5, 12, None, "UBND xã A"],
         ["Đảng ủy xã B", "Xã A", "Trụ sở làm việc", "05", "12", "Có", "Đảng ủy xã B"]),
        (["Trường TH A", "Xã A", SCHOOL, None, None, "BM 345678", None],
         ["Trường Tiểu học và THCS B", "Xã A", SCHOOL, None, None, "Số BM345678", None]),
        (["Trường TH A", "Số 5 Trần Phú, Phường A", SCHOOL, None, None, None, None],
         ["Trường TH B", "số 5 Trần Phú, Phường A", SCHOOL, None, None, None, "Phòng Giáo dục"]),
        (["Trường TH A", "ấp Đông, xã A", None, None, None, None, None],
         ["Trường Tiểu học B", "Ấp Đông, xã A", None, None, None, None, None]),
        (["Trạm y tế A", "Xã A", None, None, None, None, "UBND xã A"],
         ["Trạm Y tế A", "Xã A", None, None, None, None, "Sở Y tế"]),
    ],
)  # fmt: skip
def test_a_new_name_makes_no_new_code(tmp_path: Path, before: list[Any], after: list[Any]) -> None:
    other = ["Nhà kho", "Xã Z", None, None, None, None, None]
    (first, _), (second, _) = (
        give_codes(blocks(tmp_path / f"{n}.xlsx", {"a": [HOUSE, other, row]}))[0][0].data["facility_id"][::-1]
        for n, row in enumerate((before, after))
    )
    assert first == second


def test_what_several_rows_share_makes_no_code(tmp_path: Path) -> None:
    one = ["Phòng Nội vụ", "Xã A", "Trụ sở làm việc", 5, 12, None, None]
    two = ["Phòng Tài chính", "Xã A", "Trụ sở làm việc", 5, 12, None, None]
    (found,), _ = give_codes(blocks(tmp_path / "a.xlsx", {"a": [HOUSE, one, two]}))
    (turned,), records = give_codes(blocks(tmp_path / "b.xlsx", {"a": [HOUSE, two, one]}))
    assert len(set(found.data["facility_id"])) == 2
    assert found.data["facility_id"] == turned.data["facility_id"][::-1]
    assert [record.rule for record in records] == ["codes-made"]


def test_rows_alike_are_numbered_by_what_they_hold(tmp_path: Path) -> None:
    top, big, small = [*TOP, "Diện tích đất (m2)"], ["Trụ sở", "Xã A", 900], ["Trụ sở", "Xã A", 300]
    (found,), _ = give_codes(blocks(tmp_path / "a.xlsx", {"a": [top, big, small]}))
    (turned,), _ = give_codes(blocks(tmp_path / "b.xlsx", {"a": [top, small, big]}))
    assert found.data["facility_id"] == turned.data["facility_id"][::-1]


def test_a_made_code_is_not_one_that_a_row_has(tmp_path: Path) -> None:
    (made,), _ = give_codes(blocks(tmp_path / "a.xlsx", {"a": [TOP, ["Trụ sở", "Xã A"]]}))
    code = made.data["facility_id"][0]
    rows = [["Mã cơ sở", *TOP], [code, "Trụ sở", "Xã A"], [None, "Trụ sở", "Xã A"]]
    (found,), records = give_codes(blocks(tmp_path / "b.xlsx", {"a": rows}))
    assert found.data["facility_id"] == [code, f"{code}-2"]
    assert "rows-alike" in [record.rule for record in records]


SITES: list[list[Any]] = [
    ["Mã khuôn viên", "Tên cơ sở", "Địa chỉ", "Chủ sở hữu", "Diện tích đất (m2)", "Số tầng"],
    ["S1", "Huyện ủy A", "Xã A", "Đảng", 6000, 3],
    ["S2", "Trạm y tế B", "Xã B", "Xã", 500, 1],
]
BUILDINGS: list[list[Any]] = [
    ["Mã khuôn viên", "Tên nhà", "Diện tích sàn (m2)"],
    ["S1", "Nhà A", 2000],
    ["S1", "Nhà B", 800],
]


def test_buildings_inherit_from_their_site(tmp_path: Path) -> None:
    (joined,), records = join_buildings(blocks(tmp_path / "a.xlsx", {"Khuôn viên": SITES, "Nhà": BUILDINGS}))
    assert joined.data["name"] == ["Huyện ủy A, Nhà A", "Huyện ủy A, Nhà B", "Trạm y tế B"]
    assert joined.data["owner"] == ["party", "party", "commune"]
    assert joined.data["land_area_m2"] == [6000, 6000, 500]
    assert joined.data["floor_area_m2"] == [2000, 800, None]
    assert joined.data["storeys"] == [None, None, 1]
    assert list(zip(joined.sheets, joined.rows, strict=True)) == [("Nhà", 2), ("Nhà", 3), ("Khuôn viên", 3)]
    assert [record.rule for record in records] == ["site-with-buildings"]
    assert joined.read == 4
    assert joined.set_aside == 1


def test_a_building_of_no_site_is_an_error(tmp_path: Path) -> None:
    found = blocks(tmp_path / "a.xlsx", {"Khuôn viên": SITES, "Nhà": [*BUILDINGS, ["S9", "Nhà C", 10]]})
    _, records = join_buildings(found)
    assert [(r.severity, r.row, r.value) for r in records if r.rule == "unknown-site"] == [("error", 4, "S9")]
