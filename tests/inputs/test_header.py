"""The header block is found by itself and its headings are known by name, group or the scenario's mapping."""

from __future__ import annotations

from typing import Any

import pytest

from planner.inputs.files import Sheet
from planner.inputs.header import Header, Heading, find_header, header_records, match
from tests.inputs.books import ORIGIN, grid


def found(sheet: Sheet, table: str = "facilities", **mapping: str) -> Header:
    header = find_header(sheet, table, mapping)
    assert header is not None
    return header


def at(header: Header) -> dict[str, int]:
    return {key: heading.index for key, heading in header.columns.items()}


def test_one_row_under_titles() -> None:
    header = found(
        grid(["DANH MỤC CƠ SỞ NHÀ, ĐẤT", None, None], [], ["STT", "Tên cơ sở", "Địa chỉ"], [1, "Trụ sở", "Xã A"])
    )
    assert (header.last, at(header), header.serial) == (2, {"name": 1, "address": 2}, 0)


TWO_ROWS: list[list[Any]] = [
    [
        "STT",
        "Tên cơ sở nhà, đất",
        "Quyết định thu hồi, giao",
        None,
        "Diện tích (m2)",
        None,
        "Giá trị (đồng)",
        None,
        "Ghi chú",
    ],
    [None, None, "Số", "Ngày", "Đất", "Sàn xây dựng", "Nguyên giá", "Giá trị còn lại", None],
    [1, "Trụ sở", "480/QĐ", "23/01/2026", 909.2, None, 1, 1, None],
]
TWO_ROWS_AT = {
    "name": 1,
    "decision_no": 2,
    "decision_date": 3,
    "land_area_m2": 4,
    "floor_area_m2": 5,
    "original_value_vnd": 6,
    "residual_value_vnd": 7,
}


def test_two_rows_with_groups_written_once() -> None:
    header = found(grid(*TWO_ROWS))
    assert (header.last, at(header)) == (1, TWO_ROWS_AT)
    assert [heading.text for heading in header.unmatched] == ["Ghi chú"]
    assert header.columns["land_area_m2"].shown == "Diện tích (m2) / Đất"


def test_two_rows_with_merged_groups() -> None:
    spans = tuple(((0, i), (0, i + 1)) for i in (2, 4, 6))
    header = found(Sheet("Sheet", TWO_ROWS, spans))
    assert at(header) == TWO_ROWS_AT


def test_a_merged_title_is_no_group() -> None:
    header = found(Sheet("Sheet", [["DANH MỤC", None, None], ["Tên", "Tên cơ sở", "Địa chỉ"]], (((0, 0), (0, 2)),)))
    assert {heading.group for heading in header.columns.values()} == {""}


@pytest.mark.parametrize(
    ("text", "group", "column"),
    [
        ("Diện tích đất (m2)", "", "land_area_m2"),
        ("DIỆN TÍCH ĐẤT", "", "land_area_m2"),
        ("Land area (m²)", "", "land_area_m2"),
        ("land_area_m2", "", "land_area_m2"),
        ("land_area_", "", "land_area_m2"),
        ("Diện tích đất, ha", "", "land_area_m2"),
        ("Đất", "Diện tích (m²)", "land_area_m2"),
        ("Đất", "Hồ sơ", "dossier_land"),
        ("Đất", "Nhu cầu", None),
        ("Kinh độ", "Tọa độ (độ, WGS 84)", "lon"),
        ("Đơn vị bàn giao", "", "holder"),
        ("Xã (cũ)", "", "old_commune"),
        ("Một cột lạ", "", None),
    ],
)
def test_headings(text: str, group: str, column: str | None) -> None:
    hit = match(Heading(0, text, group), "facilities")
    assert (hit[0] if hit else None) == column


def test_units_in_headings() -> None:
    assert Heading(0, "Diện tích đất (ha)").factor("m²") == ("ha", 1e4)
    assert Heading(0, "Diện tích đất, ha").factor("m²") == ("ha", 1e4)
    assert Heading(0, "Nguyên giá", "Giá trị (triệu đồng)").factor("đồng") == ("trieu dong", 1e6)
    assert Heading(0, "Nguyên giá (1.000 đồng)").factor("đồng") == ("1 000 dong", 1e3)
    assert Heading(0, "Diện tích đất (m2)").factor("m²")[1] == 1.0


def test_two_headings_of_one_column() -> None:
    header = found(grid(["Tên cơ sở", "Tên tài sản", "Địa chỉ"], ["a", "b", "c"]))
    assert at(header) == {"name": 0, "address": 2}
    (record,) = [r for r in header_records(header, ORIGIN) if r.rule == "column-twice"]
    assert record.severity == "warning"
    assert "Tên cơ sở" in record.message
    assert "Tên tài sản" in record.message


def test_the_mapping_decides() -> None:
    sheet = grid(["Tên cơ sở", "Tên tài sản", "Tình trạng"], ["a", "b", "Đã tiếp nhận"])
    header = found(sheet, **{"Tên tài sản": "name", "Tình trạng": "status"})
    assert at(header) == {"name": 1, "status": 2}
    assert header.mapped == {"Tên tài sản", "Tình trạng"}
    assert not header.doubled


def test_a_preferred_heading_wins_without_a_warning() -> None:
    header = found(grid(["code", "name", "full_name"], ["02647", "Lào Cai", "Phường Lào Cai"]), "communes")
    assert at(header) == {"commune_code": 0, "name": 2}
    assert not header.doubled


def test_a_required_column_that_is_missing() -> None:
    records = header_records(found(grid(["Địa chỉ", "Diện tích đất"], ["a", 1])), ORIGIN)
    assert [(r.rule, r.severity, r.column) for r in records] == [("missing-column", "error", "Name")]


def test_a_sheet_without_a_header() -> None:
    assert find_header(grid(["a", "b"], [1, 2]), "facilities", {}) is None
    assert find_header(grid(), "facilities", {}) is None
