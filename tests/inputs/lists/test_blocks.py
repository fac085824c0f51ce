"""Which sheets of a file belong to a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from planner.catalogue.load import read_data
from planner.inputs.lists.blocks import read_blocks
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
    assert rules == ["columns-matched", "zeros-put-back"]


def test_a_bad_cell_is_named_with_its_row_heading_and_value(tmp_path: Path) -> None:
    rows = [["TIÊU ĐỀ"], ["Tên cơ sở", "Diện tích (m2)", None], [None, "Đất", "Sàn"], ["a", "ba trăm", -5]]
    path = workbook(tmp_path / "a.xlsx", {"Một": rows}, merged=("B2:C2",))
    _, records = read_blocks(path, "facilities", {}, "en")
    seen = [(r.rule, r.file, r.sheet, r.row, r.column, r.value) for r in records if r.rule != "columns-matched"]
    assert seen == [
        ("not-a-number", "a.xlsx", "Một", 4, "Diện tích (m2) / Đất", "ba trăm"),
        ("negative-value", "a.xlsx", "Một", 4, "Diện tích (m2) / Sàn", "-5"),
    ]
    assert all(r.fix for r in records if r.severity != "info")


def test_hectares_and_millions(tmp_path: Path) -> None:
    rows = [["Tên cơ sở", "Diện tích đất (ha)", "Nguyên giá (triệu đồng)"], ["a", 0.5, 1200]]
    found, rules = block(workbook(tmp_path / "a.xlsx", {"a": rows}))
    assert found.data["land_area_m2"] == [5000.0]
    assert found.data["original_value_vnd"] == [1.2e9]
    assert rules == ["columns-matched", "unit-converted", "unit-converted"]


def test_no_header_and_no_rows(tmp_path: Path) -> None:
    for rows, rule in (([["a", "b"], [1, 2]], "no-header"), ([["Tên cơ sở nhà, đất", "Địa chỉ"]], "empty-sheet")):
        _, records = read_blocks(workbook(tmp_path / "a.xlsx", {"a": rows}), "facilities", {}, "en")
        assert [(r.rule, r.severity) for r in records] == [(rule, "error")]
        assert records[0].fix


def test_a_decisions_file_may_be_empty(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("facility_id,verdict,use\n", encoding="utf-8")
    _, records = read_blocks(path, "decisions", {}, "en")
    assert [(r.rule, r.severity) for r in records] == [("empty-sheet", "info")]


def skipped(records: list[Any]) -> list[tuple[str, str]]:
    return [(r.sheet, r.severity) for r in records if r.rule == "sheet-skipped"]


def test_each_sheet_has_its_own_header_and_order(tmp_path: Path) -> None:
    other = [["DANH SÁCH"], [], ["STT", "Địa chỉ", "Tên cơ sở nhà, đất"], ["1", "Xã C", "Kho"]]
    blocks, _ = read_blocks(workbook(tmp_path / "a.xlsx", {"A": LIST, "B": other}), "facilities", {}, "en")
    assert [found.data["name"] for found in blocks] == [["Trụ sở", "Trạm"], ["Kho"]]
    assert [found.rows for found in blocks] == [[2, 3], [4]]
    assert [found.understood.header_rows for found in blocks] == [(1, 1), (3, 3)]


SUMMARY = [["STT", "Đơn vị", "Số cơ sở", "Diện tích đất", "Diện tích sàn"], [1, "Xã A", 12, 300, 200]]


def test_a_summary_by_unit_is_no_list(tmp_path: Path) -> None:
    blocks, records = read_blocks(
        workbook(tmp_path / "a.xlsx", {"A": LIST, "Tổng hợp": SUMMARY}), "facilities", {}, "en"
    )
    assert [found.origin.sheet for found in blocks] == ["A"]
    assert skipped(records) == [("Tổng hợp", "info")]
    blocks, records = read_blocks(workbook(tmp_path / "b.xlsx", {"Tổng hợp": SUMMARY}), "facilities", {}, "en")
    assert (blocks, [(r.rule, r.severity) for r in records]) == ([], [("only-a-summary", "error")])


def test_a_list_that_lacks_a_required_column_is_skipped_with_a_warning(tmp_path: Path) -> None:
    nameless = [["Mã cơ sở", "Địa chỉ", "Diện tích đất (m²)"], ["F1", "Xã A", 100]]
    _, records = read_blocks(workbook(tmp_path / "a.xlsx", {"A": LIST, "B": nameless}), "facilities", {}, "en")
    assert skipped(records) == [("B", "warning")]
    assert "name" in next(r.message for r in records if r.rule == "sheet-skipped")


def test_sheets_that_this_program_wrote_are_passed_over(tmp_path: Path) -> None:
    ours = [read_data("workbook_texts")["sheets"][key]["vi"] for key in ("check_records", "check_summary", "guide")]
    sheets = {**dict.fromkeys(ours, LIST), "A": LIST}
    blocks, records = read_blocks(workbook(tmp_path / "a.xlsx", sheets), "facilities", {}, "en")
    assert [found.origin.sheet for found in blocks] == ["A"]
    assert skipped(records) == []


def test_old_fonts_are_told_cell_by_cell_or_once_for_a_column(tmp_path: Path) -> None:
    rows = [["Tên cơ sở nhà, đất", "Địa chỉ"], ["Tr­êng mÇm non x· §ång Yªn", "Thôn 1"], ["Trụ sở", "Thôn 2"]]
    found, _ = block(workbook(tmp_path / "a.xlsx", {"a": rows}))
    assert found.data["name"] == ["Trường mầm non xã Đồng Yên", "Trụ sở"]
    many = [rows[0], *[rows[1]] * 40]
    _, records = read_blocks(workbook(tmp_path / "b.xlsx", {"a": many}), "facilities", {}, "en")
    (told,) = [r for r in records if r.rule == "legacy-font"]
    assert (told.severity, told.row, told.column, told.value) == ("warning", 2, "Tên cơ sở nhà, đất", rows[1][0])
    assert "40" in told.message


def test_values_without_a_unit_are_told(tmp_path: Path) -> None:
    rows = [["Tên cơ sở nhà, đất", "Nguyên giá", "Ghi chú"], ["a", 1200]]
    assert "unit-missing" in block(workbook(tmp_path / "a.xlsx", {"a": rows}))[1]
    titled = [["Đơn vị tính: nghìn đồng"], *rows]
    found, rules = block(workbook(tmp_path / "b.xlsx", {"a": titled}))
    assert found.data["original_value_vnd"] == [1.2e6]
    assert "unit-missing" not in rules
    assert "unit-converted" in rules


def test_columns_with_data_but_no_heading_are_named(tmp_path: Path) -> None:
    rows = [["Tên cơ sở nhà, đất", None, "Địa chỉ"], ["a", "lạc lõng", "b"]]
    _, records = read_blocks(workbook(tmp_path / "a.xlsx", {"a": rows}), "facilities", {}, "en")
    assert [(r.rule, r.column) for r in records] == [("columns-unnamed", "B")]


def test_merged_land_counts_once(tmp_path: Path) -> None:
    rows = [["Tên cơ sở nhà, đất", "Địa chỉ", "Diện tích đất (m²)"], ["a", "Xã A", 900], ["b", None, None]]
    path = workbook(tmp_path / "a.xlsx", {"a": rows}, merged=("B2:B3", "C2:C3"))
    found, rules = block(path)
    assert (found.data["address"], found.data["land_area_m2"]) == (["Xã A", "Xã A"], [900.0, None])
    assert rules == ["merged-filled", "merged-number"]


def _records(path: Path, rows: list[list[Any]], merged: tuple[str, ...] = ()) -> dict[str, Any]:
    _, records = read_blocks(workbook(path / "a.xlsx", {"a": rows}, merged=merged), "facilities", {}, "vi")
    return {record.rule: record for record in records}


def test_counts_in_totals_and_groups_are_compared_with_the_rows(tmp_path: Path) -> None:
    header = ["STT", "Tên cơ sở nhà, đất", "Địa chỉ"]
    rows = [[i, f"Trường tiểu học số {i}", f"Thôn {i}"] for i in range(1, 5)]
    stated = [["I", "Huyện Bát Xát (4 cơ sở)"], *rows, [None, "Tổng cộng: 5 cơ sở nhà, đất"]]
    found = _records(tmp_path, [header, *stated])
    assert (found["count-agrees"].severity, found["count-agrees"].row) == ("info", 2)
    assert (found["count-differs"].severity, found["count-differs"].row) == ("warning", 7)
    assert found["count-differs"].message == "Bảng ghi 5 cơ sở, số dòng đã đọc là 4."


def test_totals_are_told_as_the_sheet_writes_them(tmp_path: Path) -> None:
    header = ["STT", "Tên cơ sở nhà, đất", "Nguyên giá (trđ)"]
    rows = [[i, f"Trường tiểu học số {i}", 7_010_500.5] for i in range(1, 3)]
    found = _records(tmp_path, [header, *rows, [None, "Tổng cộng", "14.021.001,5"]])
    assert found["totals-differ"].value == "14.021.001,5"
    assert "là 14021001.5, tổng các dòng đã đọc là 14021001." in found["totals-differ"].message
    assert "triệu đồng" in found["unit-converted"].message


def test_a_total_that_differs_is_not_compared_with_no_rows(tmp_path: Path) -> None:
    header = ["STT", "Tên cơ sở nhà, đất", "Diện tích đất (m2)"]
    rows = [[i, f"Trường tiểu học số {i}", 500] for i in range(1, 3)]
    found = _records(tmp_path, [header, *rows, [None, "Cộng I", 1000], [None, "Tổng cộng", 99]])
    assert "là 99, tổng các dòng đã đọc là 1000." in found["totals-differ"].message


def test_a_missing_column_names_the_headings_that_may_be_it(tmp_path: Path) -> None:
    rows = [["STT", "Đối tượng", "Địa chỉ", "Số tầng", "Sân (m2)"], [1, "Trụ sở", "Thôn 1", 2, 80]]
    assert "gần nhất trước: Đối tượng; Sân (m2)." in _records(tmp_path, rows)["missing-column"].fix


def test_numbers_of_columns_are_no_values_of_a_column(tmp_path: Path) -> None:
    rows = [["Tên cơ sở nhà, đất", "Địa chỉ", "Hiện trạng sử dụng"], ["(1)", "(2)", "(3)"]]
    rows += [["Trường", "Thôn 1", "Bỏ trống"], ["Trạm", "Thôn 2", "Cho thuê"]]
    found, rules = block(workbook(tmp_path / "a.xlsx", {"a": rows}))
    assert found.data["occupancy"] == ["vacant", "leased"]
    assert "unknown-value" not in rules
