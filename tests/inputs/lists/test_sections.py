"""Lists below one another on one sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from planner.inputs.lists.blocks import read_blocks
from planner.inputs.lists.sections import split_sections
from tests.inputs.books import grid, workbook

TOP: list[Any] = ["STT", "Tên cơ sở nhà, đất", "Địa chỉ", "Diện tích đất (m²)"]
OTHER: list[Any] = ["STT", "Địa chỉ", "Số tầng", "Tên cơ sở nhà, đất"]
ROWS: list[list[Any]] = [[i, f"Nhà {i}", f"Thôn {i}", 10.0] for i in range(1, 6)]


def test_the_same_header_again_is_no_new_list() -> None:
    sheet = grid(["DANH SÁCH"], TOP, *ROWS, TOP, *ROWS)
    assert split_sections(sheet, "facilities") == [sheet]


def test_another_header_begins_another_list(tmp_path: Path) -> None:
    rows = [["DANH SÁCH"], TOP, *ROWS, ["II. Trường học"], OTHER, [1, "Thôn 9", 2, "Trường"]]
    parts = split_sections(grid(*rows), "facilities")
    assert [part.row_number(0) for part in parts] == [1, 9]
    blocks, _ = read_blocks(workbook(tmp_path / "a.xlsx", {"A": rows}), "facilities", {}, "en")
    assert [block.data["name"][-1] for block in blocks] == ["Nhà 5", "Trường"]
    assert [block.rows[-1] for block in blocks] == [7, 10]


def test_the_rows_of_one_header_block_stay_together() -> None:
    block = [["Tên cơ sở nhà, đất", "Địa chỉ", "Số tầng", "Giá trị"], ["Nguyên giá", "GTCL", "Địa điểm", "Số phòng"]]
    assert len(split_sections(grid(*block, *ROWS), "facilities")) == 1


def test_the_unit_line_above_holds_for_the_lists_below_too(tmp_path: Path) -> None:
    top, other = [*TOP, "Nguyên giá"], [*OTHER, "Nguyên giá"]
    rows = [["ĐVT: m2; triệu đồng"], top, *([*row, 5] for row in ROWS), ["II"], other, [1, "Thôn 9", 2, "Trường", 7]]
    own = [["ĐVT: nghìn đồng"], [*OTHER[1:], "Nguyên giá", "Số phòng"], *(["Thôn", 2, "Nhà", 7, 3] for _ in range(3))]
    path = workbook(tmp_path / "a.xlsx", {"A": [*rows, *ROWS[:3], *own]})
    blocks, records = read_blocks(path, "facilities", {}, "en")
    assert [block.data["original_value_vnd"][0] for block in blocks] == [5e6, 7e6, 7e3]
    assert "unit-missing" not in {record.rule for record in records}
    assert [block.rows[0] for block in blocks] == [3, 10, 16]


def test_values_that_are_headings_of_other_columns_begin_no_list() -> None:
    top: list[Any] = ["STT", "Tên cơ sở nhà, đất", "Địa chỉ", "Cấp quản lý", "Ràng buộc pháp lý", "Văn bản", "Số tầng"]
    rows: list[list[Any]] = [[i, f"Nhà {i}", f"Thôn {i}", "Tỉnh", "Không", "Có", 2] for i in range(1, 5)]
    sheet = grid(top, *rows, [5, "Nhà", "Xã", "Huyện", "Tranh chấp", "Hồ sơ", 2], *rows)
    assert split_sections(sheet, "facilities") == [sheet]


def test_a_summary_below_the_list_is_no_part_of_it(tmp_path: Path) -> None:
    summary = [["TỔNG HỢP"], ["STT", "Huyện", "Số cơ sở", "Diện tích đất (m2)"], [1, "Bát Xát", 5, 50.0]]
    path = workbook(tmp_path / "a.xlsx", {"A": [TOP, *ROWS, [], *summary]})
    blocks, records = read_blocks(path, "facilities", {}, "en")
    assert [block.data["name"] for block in blocks] == [[f"Nhà {i}" for i in range(1, 6)]]
    assert "sheet-skipped" in {record.rule for record in records}


def test_headings_with_units_begin_another_list_too() -> None:
    other: list[Any] = ["STT", "Tên cơ sở nhà, đất", "Diện tích sàn (m2)", "Số tầng"]
    assert len(split_sections(grid(TOP, *ROWS, other, *ROWS), "facilities")) == 2
