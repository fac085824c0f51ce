"""Rows below the header: used, or set aside with a reason."""

from __future__ import annotations

from typing import Any

import pytest

from planner.catalogue.columns import columns
from planner.inputs.convert import convert
from planner.inputs.header import Header, find_header
from planner.inputs.rows import compare_totals, set_aside_records, sort_rows
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
    assert reasons(*rows) == ["group-row", "used", "group-row", "group-row", "used", "totals-row", "no-content"]


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
