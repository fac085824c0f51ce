"""The inventory workbook, laid out as provinces send it: title, two-row header, group rows, totals."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from sample.facilities import Cell, Row
from sample.labels import COLUMNS, VALUES

SHEET = "Cơ sở nhà, đất"
TITLE = "DANH SÁCH CƠ SỞ NHÀ, ĐẤT DÔI DƯ SAU SẮP XẾP – TỈNH LÀO CAI"
NOTE = (
    "DỮ LIỆU MẪU: cơ sở, diện tích, giá trị, quyết định đều là giả lập; chỉ tên và mã đơn vị hành chính là thật. / "
    "SAMPLE DATA: facilities and all their attributes are synthetic; only names and codes of the units are real."
)
TOTAL = "Tổng cộng"
HEADER_ROW = 2
CREATED = datetime(2026, 1, 1)  # noqa: DTZ001 - the file format has no time zone
HEAD = {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1, "bg_color": "#DDEBF7"}
NUMBER_FORMATS = {
    "lon": "0.00000",
    "lat": "0.00000",
    "land_area_m2": "#,##0.0",
    "floor_area_m2": "#,##0.0",
    "largest_room_m2": "#,##0.0",
    "original_value_vnd": "#,##0",
    "residual_value_vnd": "#,##0",
    "decision_date": "dd/mm/yyyy",
}
ROMAN_TENS, ROMAN_ONES = ("", "X"), ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")


def write_workbook(path: Path, rows: Sequence[Row]) -> None:
    """Write the facilities, grouped by abolished district.

    Parameters
    ----------
    path
        File to write.
    rows
        Facilities in the order of the list.
    """
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"title": TITLE, "created": CREATED})
        sheet = book.add_worksheet(SHEET)
        bold = book.add_format({"bold": True})
        head = book.add_format(HEAD)
        formats = [book.add_format({"num_format": NUMBER_FORMATS.get(name, "@")}) for _, _, name, _ in COLUMNS]
        sums = book.add_format({"bold": True, "num_format": "#,##0.0", "top": 1})
        sheet.write_string(0, 0, TITLE, book.add_format({"bold": True, "font_size": 14}))
        sheet.write_string(1, 0, NOTE, book.add_format({"italic": True, "font_color": "#C00000"}))
        _write_header(sheet, head)
        end = _write_rows(sheet, rows, bold, formats)
        _write_total(sheet, rows, end, sums)


def _write_header(sheet: Worksheet, head: Format) -> None:
    sheet.freeze_panes(HEADER_ROW + 2, 4)
    sheet.set_row(HEADER_ROW + 1, 32)
    column = 0
    for group, members in groupby(COLUMNS, key=lambda item: item[0]):
        first = column
        for _, heading, _, width in members:
            sheet.set_column(column, column, width)
            if group:
                sheet.write_string(HEADER_ROW + 1, column, heading, head)
            else:
                sheet.merge_range(HEADER_ROW, column, HEADER_ROW + 1, column, heading, head)
            column += 1
        if group:
            sheet.merge_range(HEADER_ROW, first, HEADER_ROW, column - 1, group, head)


def _write_rows(sheet: Worksheet, rows: Sequence[Row], bold: Format, formats: Sequence[Format]) -> int:
    """Write group rows and facilities; return the row after the last one."""
    line = HEADER_ROW + 2
    for group, (district, members) in enumerate(groupby(rows, key=lambda row: row["old_district"]), start=1):
        roman = ROMAN_TENS[group // 10] + ROMAN_ONES[group % 10]
        sheet.write_string(line, 0, roman, bold)
        sheet.write_string(line, 3, f"{district} (cũ)", bold)
        line += 1
        for number, row in enumerate(members, start=1):
            sheet.write_string(line, 0, f"{roman}.{number}")
            for column, (_, _, name, _) in enumerate(COLUMNS[1:], start=1):
                _write_cell(sheet, line, column, _worded(name, row.get(name)), formats[column])
            line += 1
    return line


def _worded(column: str, value: Cell) -> Cell:
    """Replace a code of the data model by its Vietnamese wording."""
    return VALUES[column][value] if column in VALUES and isinstance(value, str) else value


def _write_cell(sheet: Worksheet, line: int, column: int, value: Cell, form: Format) -> None:
    if isinstance(value, date):
        sheet.write_datetime(line, column, datetime(value.year, value.month, value.day), form)  # noqa: DTZ001
    elif isinstance(value, str):
        sheet.write_string(line, column, value)
    elif value is not None:
        sheet.write_number(line, column, value, form)


def _write_total(sheet: Worksheet, rows: Sequence[Row], line: int, form: Format) -> None:
    """Add up land once per site and floor once per building."""
    land = {row["site_id"]: row["land_area_m2"] for row in rows}
    floor = [row["floor_area_m2"] for row in rows]
    totals = {"land_area_m2": land.values(), "floor_area_m2": floor}
    sheet.write_string(line, 3, TOTAL, form)
    for column, (_, _, name, _) in enumerate(COLUMNS):
        if name in totals:
            numbers = [value for value in totals[name] if isinstance(value, int | float)]
            sheet.write_number(line, column, round(sum(numbers), 1), form)
