"""Cells merged over rows of data: text counts for each row, a number once."""

from __future__ import annotations

from typing import Any

from planner.inputs.files.opening import Sheet
from planner.inputs.lists.header import find_header
from planner.inputs.lists.merged import fill_merged
from tests.inputs.books import ORIGIN

ROWS: list[list[Any]] = [
    ["Mã cơ sở", "Tên cơ sở nhà, đất", "Xã, phường hiện nay", "Diện tích đất (m²)", "Số tầng"],
    ["F1", "Nhà A", "Xã X", 900.0, 2],
    [None, "Nhà B", None, None, None],
    [None, "Nhà C", None, None, None],
    [None, None, None, None, None],
]


def filled(*columns: int, last: int = 3) -> tuple[Sheet, list[tuple[str, str, int | None]]]:
    sheet = Sheet("Sheet", ROWS, tuple(((1, i), (last, i)) for i in columns))
    header = find_header(sheet, "facilities", {})
    assert header is not None
    sheet, records = fill_merged(sheet, header, ORIGIN)
    return sheet, [(r.rule, r.severity, r.row) for r in records]


def test_text_counts_for_each_row() -> None:
    sheet, records = filled(2)
    assert [row[2] for row in sheet.rows[1:]] == ["Xã X", "Xã X", "Xã X", None]
    assert records == [("merged-filled", "info", 2)]


def test_numbers_that_add_up_count_once() -> None:
    sheet, records = filled(3)
    assert [row[3] for row in sheet.rows[1:4]] == [900.0, None, None]
    assert records == [("merged-number", "warning", 2)]


def test_other_numbers_count_for_each_row() -> None:
    assert [row[4] for row in filled(4)[0].rows[1:4]] == [2, 2, 2]


def test_a_row_s_own_code_is_not_repeated() -> None:
    sheet, records = filled(0)
    assert [row[0] for row in sheet.rows[1:4]] == ["F1", None, None]
    assert records == [("merged-code", "warning", 2)]


def test_blank_rows_and_rows_behind_the_last_stay_as_they_are() -> None:
    sheet, records = filled(2, last=90)
    assert [row[2] for row in sheet.rows[1:]] == ["Xã X", "Xã X", "Xã X", None]
    assert len(sheet.rows) == len(ROWS)
    assert len(records) == 1


def test_nothing_merged_nothing_changed() -> None:
    sheet, records = filled()
    assert sheet.rows is ROWS
    assert records == []
