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
