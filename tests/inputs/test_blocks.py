"""Which sheets of a file belong to a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from planner.inputs.blocks import read_blocks
from tests.inputs.books import block, workbook

LIST: list[list[Any]] = [["Tên cơ sở", "Địa chỉ", "Mã xã"], ["Trụ sở", "Xã A", 2647], ["Trạm", "Xã B", "02671"]]


def test_all_sheets_with_the_header_are_read_and_the_others_named(tmp_path: Path) -> None:
    notes = [["Ghi chú"], ["Danh mục này lập ngày 1/7"]]
    villages = [["Tên thôn", "Mã xã", "Địa chỉ", "Tên cơ sở"], ["Thôn 1", "02647", "x", "y"]]
    sheets = {"Bát Xát": LIST, "Mường Khương": LIST, "Ghi chú": notes, "Thôn, bản": villages}
    blocks, records = read_blocks(workbook(tmp_path / "a.xlsx", sheets), "facilities", {}, "vi")
    assert [found.origin.sheet for found in blocks] == ["Bát Xát", "Mường Khương"]
    assert [r.sheet for r in records if r.rule == "sheet-skipped"] == ["Ghi chú", "Thôn, bản"]


def test_zeros_put_back_are_told_once(tmp_path: Path) -> None:
    found, rules = block(workbook(tmp_path / "a.xlsx", {"a": LIST}))
    assert found.data["commune_code"] == ["02647", "02671"]
    assert rules == ["zeros-put-back"]


def test_a_bad_cell_is_named_with_its_row_heading_and_value(tmp_path: Path) -> None:
    rows = [["TIÊU ĐỀ"], ["Tên cơ sở", "Diện tích (m2)", None], [None, "Đất", "Sàn"], ["a", "ba trăm", -5]]
    path = workbook(tmp_path / "a.xlsx", {"Một": rows}, merged=("B2:C2",))
    _, records = read_blocks(path, "facilities", {}, "en")
    seen = [(r.rule, r.file, r.sheet, r.row, r.column, r.value) for r in records]
    assert seen == [
        ("not-a-number", "a.xlsx", "Một", 4, "Diện tích (m2) / Đất", "ba trăm"),
        ("negative-value", "a.xlsx", "Một", 4, "Diện tích (m2) / Sàn", "-5.0"),
    ]
    assert all(r.fix for r in records)


def test_hectares_and_millions(tmp_path: Path) -> None:
    rows = [["Tên cơ sở", "Diện tích đất (ha)", "Nguyên giá (triệu đồng)"], ["a", 0.5, 1200]]
    found, rules = block(workbook(tmp_path / "a.xlsx", {"a": rows}))
    assert found.data["land_area_m2"] == [5000.0]
    assert found.data["original_value_vnd"] == [1.2e9]
    assert rules == ["unit-converted", "unit-converted"]


def test_no_header_and_no_rows(tmp_path: Path) -> None:
    for rows, rule in (([["a", "b"], [1, 2]], "no-header"), ([["Tên cơ sở", "Địa chỉ"]], "empty-sheet")):
        _, records = read_blocks(workbook(tmp_path / "a.xlsx", {"a": rows}), "facilities", {}, "en")
        assert [(r.rule, r.severity) for r in records] == [(rule, "error")]
        assert records[0].fix


def test_a_decisions_file_may_be_empty(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("facility_id,verdict,use\n", encoding="utf-8")
    _, records = read_blocks(path, "decisions", {}, "en")
    assert [(r.rule, r.severity) for r in records] == [("empty-sheet", "info")]
