"""Rows below the header: used, or set aside with a reason."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.catalogue.columns import columns
from planner.inputs.cells.convert import convert
from planner.inputs.files.opening import Sheet
from planner.inputs.lists.header import Header, find_header
from planner.inputs.lists.rows import doubtful_records, set_aside_records, sort_rows
from planner.inputs.lists.totals import compare_totals
from planner.inputs.lists.unit_headings import group_unit
from tests.inputs.books import ORIGIN, grid

TOP = ["STT", "Tên cơ sở", "Địa chỉ", "Diện tích đất (m2)"]


def reasons(*rows: list[Any], top: list[Any] = TOP) -> list[str]:
    sheet = grid(top, *rows)
    sorted_rows = sort_rows(sheet, header_of(sheet), "facilities")
    why = {row.index: row.rule for row in sorted_rows.set_aside} | dict.fromkeys(sorted_rows.used, "used")
    return [why[index] for index in sorted(why)]


def header_of(sheet: Any) -> Header:
    header = find_header(sheet, "facilities", {})
    assert header is not None
    return header


def test_groups_totals_and_blank_rows() -> None:
    rows: list[list[Any]] = [
        ["I", "Huyện Bát Xát (cũ)", None, None],
        ["I.1", "Trụ sở", "Xã A", 10.0],
        [None, None, None, None],
        ["A", "Xã B", None, 55.0],
        [None, "Khối trường học", None, None],
        [12, "Cơ sở chỉ có tên", None, None],
        [None, "Tổng cộng", None, 10.0],
        ["Người lập biểu", None, None, None],
    ]
    assert reasons(*rows) == ["group-row", "used", "group-row", "group-row", "used", "totals-row", "signature-row"]


@pytest.mark.parametrize(
    "text", ["Tổng cộng", "TỔNG CỘNG:", "Cộng", "Cộng huyện Bát Xát", "Tổng số", "Tong cong", "Total", "Subtotal A"]
)
def test_totals_in_either_leading_column(text: str) -> None:
    assert reasons([text, None, None, 10.0]) == ["totals-row"]
    assert reasons([None, text, None, 10.0]) == ["totals-row"]


@pytest.mark.parametrize(
    "name", ["Công an xã", "Cổng thông tin", "Tổng kho vật tư", "Cộng Hòa", "Trường tiểu học Cộng Hòa"]
)
def test_names_that_only_look_like_totals(name: str) -> None:
    assert reasons([3, name, None, 10.0]) == ["used"]


def test_without_running_numbers_no_facility_is_lost() -> None:
    top = ["Tên cơ sở", "Địa chỉ"]
    assert reasons(["Kho cũ", None], ["I. Huyện A", None], top=top) == ["used", "group-row"]


def test_column_numbers_and_repeated_headers() -> None:
    assert reasons(["(1)", "(2)", "(3)", "(4)"], [1, "a", "b", 1.0], TOP) == ["column-numbers", "used", "header-again"]
    assert reasons([1, 2, 3, 4.0], [1, "a", "b", 1.0]) == ["column-numbers", "used"]


def test_a_record_for_each_row_set_aside_with_the_row_as_the_user_sees_it() -> None:
    sheet = grid(TOP, ["I", "Nhóm một"], [1, "a", "b", 1.0])
    (record,) = set_aside_records(sort_rows(sheet, header_of(sheet), "facilities"), sheet, ORIGIN)
    assert (record.rule, record.severity, record.row, record.sheet) == ("group-row", "info", 2, "Sheet")
    assert "Nhóm một" in record.message


def totals(*rows: list[Any], top: list[Any] = TOP) -> list[tuple[str, str]]:
    sheet = grid(top, *rows)
    header = header_of(sheet)
    sorted_rows = sort_rows(sheet, header, "facilities")
    cells = {
        key: [sheet.cell(index, heading.index) for index in sorted_rows.used] for key, heading in header.columns.items()
    }
    values = {key: convert(columns("facilities")[key], column)[0] for key, column in cells.items()}
    return [(r.rule, r.severity) for r in compare_totals(sheet, header, sorted_rows, values, ORIGIN)]


def test_totals_are_compared() -> None:
    rows: list[list[Any]] = [[1, "a", "x", 10.0], [2, "b", "y", "1.130,5"]]
    assert totals(*rows, [None, "Tổng cộng", None, 1140.5]) == [("totals-agree", "info")]
    assert totals(*rows, [None, "Tổng cộng", None, "1.140,5"]) == [("totals-agree", "info")]
    assert totals(*rows, [None, "Tổng cộng", None, 1200.0]) == [("totals-differ", "warning")]
    assert totals(*rows, [None, "Tổng cộng", None, None]) == []


def test_subtotals_count_from_the_last_group() -> None:
    rows: list[list[Any]] = [
        ["I", "Nhóm một", None, None],
        [1, "a", "x", 10.0],
        ["II", "Nhóm hai", None, None],
        [2, "b", "y", 5.0],
        [None, "Cộng", None, 5.0],
        [None, "Tổng cộng", None, 15.0],
    ]
    assert totals(*rows) == [("totals-agree", "info")] * 2


def test_land_counts_once_for_a_site() -> None:
    top = ["Tên cơ sở", "Mã khuôn viên", "Diện tích đất (m2)"]
    rows: list[list[Any]] = [["a", "S1", 10.0], ["b", "S1", 10.0], ["c", None, 3.0], ["Tổng cộng", None, 13.0]]
    assert totals(*rows, top=top) == [("totals-agree", "info")]


WIDE = [*TOP, "Số tầng", "Ghi chú"]


def test_signatures_notes_and_what_stands_below_them() -> None:
    rows: list[list[Any]] = [
        [1, "Trụ sở", "Xã A", 10.0, 2, None],
        ["Ghi chú: số liệu đến 30/6", None, None, None, None, None],
        ["- Cơ sở 1 chưa bàn giao", None, None, None, None, None],
        [None, None, None, None, "Lào Cai, ngày     tháng 7 năm 2026", None],
        [None, "NGƯỜI LẬP BIỂU", None, None, "GIÁM ĐỐC", None],
        [None, "(Ký, ghi rõ họ tên)", None, None, "(Ký tên, đóng dấu)", None],
        [None, "Nguyễn Văn A", None, None, "Trần Thị B", None],
    ]
    assert reasons(*rows, top=WIDE) == ["used", "note-row", "note-row", *["signature-row"] * 4]


def test_a_signature_amid_the_list_ends_nothing() -> None:
    rows: list[list[Any]] = [
        [1, "Trụ sở", "Xã A", 10.0, 2, None],
        [None, "Kế toán trưởng", None, None, None, None],
        [2, "Trạm y tế", "Xã A", 5.0, 1, None],
    ]
    assert reasons(*rows, top=WIDE) == ["used", "signature-row", "used"]


@pytest.mark.parametrize("name", ["Giám đốc sở cũ", "Nhà Chủ tịch", "Trường Kế toán", "Nguồn nước sạch", "Trang trại"])
def test_names_that_only_look_like_lines(name: str) -> None:
    assert reasons([3, name, "Xã A", 10.0, 2, None], top=WIDE) == ["used"]


def test_the_next_page() -> None:
    numbers = ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"]
    rows: list[list[Any]] = [numbers, [1, "a", "Xã A", 1.0, 2, None], ["Trang 2", *[None] * 5], WIDE, numbers]
    rows.append([2, "b", "Xã B", 1.0, 2, None])
    expected = ["column-numbers", "used", "page-header", "header-again", "column-numbers", "used"]
    assert reasons(*rows, top=WIDE) == expected


def test_a_number_that_waits_for_its_row() -> None:
    assert reasons([7, None, None, None, None, None], top=WIDE) == ["no-content"]


def test_groups_merged_over_the_width_or_named_after_a_unit() -> None:
    top = ["Tên cơ sở", "Địa chỉ", "Diện tích đất (m2)", "Số tầng"]
    rows = [["Cơ sở chờ xử lý", None, None, None], ["Phường Sa Pa", None, None, None], ["Kho cũ", None, None, None]]
    sheet = Sheet("Sheet", [top, *rows], (((1, 0), (1, 3)),))
    found = sort_rows(sheet, header_of(sheet), "facilities")
    assert [row.index for row in found.set_aside] == [1, 2]
    assert (found.used, found.doubtful) == ([3], [3])


def test_a_doubtful_row_is_used_and_told() -> None:
    sheet = grid(WIDE, [1, "Kho cũ", None, None, None, None], [2, "a", "b", 1.0, 1, None])
    found = sort_rows(sheet, header_of(sheet), "facilities")
    (record,) = doubtful_records(found, sheet, header_of(sheet), ORIGIN)
    assert (record.rule, record.severity, record.row, record.value) == ("row-doubtful", "warning", 2, "Kho cũ")
    assert record.fix


def test_a_total_without_a_word() -> None:
    rows: list[list[Any]] = [[1, "a", "x", 10.0, 1, None], [2, "b", "y", 5.5, 1, None]]
    assert reasons(*rows, [None, None, None, 15.5, None, None], top=WIDE) == ["used", "used", "totals-row"]
    assert reasons(*rows, [None, None, None, 16.0, None, None], top=WIDE) == ["used"] * 3


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("HUYỆN SA PA", ("old_district", "HUYỆN SA PA")),
        ("I. Huyện Bát Xát (cũ): 12 cơ sở", ("old_district", "Huyện Bát Xát")),
        ("TX Sa Pa", ("old_district", "TX Sa Pa")),
        ("H. Bát Xát", ("old_district", "H. Bát Xát")),
        ("TP. Lào Cai", ("old_district", "TP. Lào Cai")),
        ("Xã Bản Qua", ("commune_name", "Xã Bản Qua")),
        ("Xã Bản Qua cũ", ("old_commune", "Xã Bản Qua")),
        ("Thị trấn Tằng Loỏng", ("old_commune", "Thị trấn Tằng Loỏng")),
        ("Phường 2", ("commune_name", "Phường 2")),
        ("Trụ sở UBND xã Bản Qua", None),
        ("HUYỆN ỦY", None),
        ("Xã hội", None),
        ("Huyện đoàn Bát Xát", None),
        ("Thành phố Hà Nội", None),
    ],
)
def test_units_that_headings_name(text: str, unit: tuple[str, str] | None) -> None:
    assert group_unit(text) == unit


def test_totals_at_the_top_and_sums_of_groups() -> None:
    rows: list[list[Any]] = [
        [None, "TỔNG CỘNG", None, 30.0],
        ["I", "Huyện Bát Xát", None, 10.0],
        [1, "a", "x", 10.0],
        ["II", "Huyện Sa Pa", None, 21.0],
        [2, "b", "y", 15.0],
        [3, "c", "y", 5.0],
    ]
    assert totals(*rows) == [("totals-agree", "info"), ("totals-agree", "info"), ("totals-differ", "warning")]


def test_totals_of_groups_in_groups() -> None:
    rows: list[list[Any]] = [
        ["A", "HUYỆN BÁT XÁT", None, None],
        ["I", "Xã A", None, None],
        [1, "a", "x", 10.0],
        [None, "Cộng xã A", None, 10.0],
        ["II", "Xã B", None, None],
        [2, "b", "y", 5.0],
        [None, "Cộng xã B", None, 5.0],
        [None, "Cộng huyện Bát Xát", None, 15.0],
        ["B", "HUYỆN SA PA", None, None],
        [3, "c", "z", 1.0],
        [None, "Tổng cộng (A + B)", None, 16.0],
    ]
    assert totals(*rows) == [("totals-agree", "info")] * 4


def test_facilities_with_roman_numbers_are_not_lost() -> None:
    rows: list[list[Any]] = [
        ["I", "Trụ sở UBND", None, 10.0],
        ["II", "Trạm y tế", None, 5.0],
        ["III", "Khối trường học", None, 7.0],
        [1, "Trường A", "Xã A", 7.0],
    ]
    assert reasons(*rows) == ["used", "used", "group-row", "used"]


@given(st.text(min_size=1, max_size=40) | st.sampled_from(["Tổng cộng", "Ghi chú: x", "Huyện Sa Pa", "Giám đốc", "*"]))
@settings(max_examples=80, derandomize=True, deadline=None)
def test_a_numbered_row_with_an_address_is_always_used(name: str) -> None:
    assert reasons([5, name, "Thôn 2, xã Bản Qua", 10.0]) == ["used"]
