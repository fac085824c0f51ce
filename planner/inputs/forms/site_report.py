"""A report on one site and its houses (04a-ĐK/TSC) as the rows of an ordinary list.

The table of houses keeps its rows and columns; what stands above and below it is set beside it, on the right.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from planner.catalogue.columns import columns
from planner.inputs.cells.convert import read_number
from planner.inputs.files.opening import Sheet
from planner.inputs.forms.facts import Report, held_papers, land_amounts, shared_by_houses, used_as
from planner.inputs.forms.houses import Houses, find_houses, group_name, is_house
from planner.inputs.forms.words import BRACKETS, begins, shown, site_report, starts, texts
from planner.inputs.text import clean, fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.inputs.files.opening import Cell

_ROWS_SEARCHED = 60
_YEAR = re.compile(r"(?:18|19|20)\d{2}")


def as_tables(sheet: Sheet) -> list[Sheet]:
    """Return a sheet of site reports as lists of facilities, one for each report; any other sheet as it is.

    Parameters
    ----------
    sheet : as opened; a report has a title, a land section and mostly a table of houses.

    Returns
    -------
    Sheets with one header row that the header finder knows, then one row a house, or one for a site without any; the
    row numbers are those of the user's sheet, and the table's columns stay in their places.
    """
    reports = [] if sheet.is_layer else _reports(sheet)
    return [_as_list(report) for report in reports] or [sheet]


def _reports(sheet: Sheet) -> list[Report]:
    known = site_report()
    if not any(begins(row, known["titles"]) for row in sheet.rows[:_ROWS_SEARCHED]):
        return []
    titles = [i for i, row in enumerate(sheet.rows) if begins(row, known["titles"])]
    papers = [i for i, row in enumerate(sheet.rows) if begins(row, known["sections"]["papers"])]
    starting = [_head(sheet, row, max((p + 1 for p in papers if p < row), default=0)) for row in titles]
    reports = []
    for title, first, end in zip(titles, starting, [*starting[1:], len(sheet.rows)], strict=True):
        at = {name: _section(sheet, range(title, end), words) for name, words in known["sections"].items()}
        if at["land"] is not None or at["houses"] is not None:
            reports.append(Report(sheet, first, title, end, at["houses"], at["papers"]))
    return reports


def _head(sheet: Sheet, title: int, least: int) -> int:
    """Return the first of the rows above a title that belong to it: who reports, and the form's number."""
    first = title
    while first > least and all(starts(text, site_report()["head"]) for _, text in texts(sheet.rows[first - 1])):
        first -= 1
    return first


def _section(sheet: Sheet, rows: range, words: Sequence[str]) -> int | None:
    return next((row for row in rows if begins(sheet.rows[row], words)), None)


def _as_list(report: Report) -> Sheet:
    houses = find_houses(report)
    unit = houses.unit if houses else str(site_report()["value_unit"])
    beside = shared_by_houses(report, unit) | held_papers(report)
    width = max((len(row) for row in report.sheet.rows), default=0)
    if houses is not None and any(is_house(report, houses, row) for row in houses.rows):
        return _list_of_houses(report, houses, beside, width)
    return _list_of_one(report, beside, width, unit)


def _list_of_one(report: Report, beside: Mapping[str, Cell], width: int, unit: str) -> Sheet:
    """Return a site without houses as one row, numbered by the row of its address."""
    name = beside.get("holder") or beside.get("address")
    site = {"name": name} | dict(beside) | used_as(land_amounts(report), [str(name or "")])
    address = report.facts.get("address", ("", report.title))
    blank: list[Cell] = [None] * width
    headings = [_heading(key, unit) for key in site]
    numbers = (report.sheet.row_number(report.title), report.sheet.row_number(address[1]))
    return Sheet(report.sheet.name, [[*blank, *headings], [*blank, *site.values()]], numbers=numbers)


def _list_of_houses(report: Report, houses: Houses, beside: Mapping[str, Cell], width: int) -> Sheet:
    """Return one row a house; names that stand alone over houses are their holder, and are set aside."""
    land, holder = land_amounts(report), beside.get("holder")
    groups = {row: group_name(report, houses, row) for row in houses.rows}
    found: dict[int, dict[str, Cell]] = {}
    for row in houses.rows:
        holder = groups[row] or holder
        if is_house(report, houses, row):
            found[row] = _house(report, houses, row, {**beside, "holder": holder}, land)
    extra = [key for key in dict.fromkeys(k for cells in found.values() for k in cells) if key not in houses.columns]
    headings: list[Cell] = [houses.left.get(column) for column in range(width)]
    known = {key: column for key, column in houses.columns.items() if key in columns("facilities")}
    for key, column in known.items():
        headings[column] = _heading(key, houses.unit)
    rows = [[*headings, *(_heading(key, houses.unit) for key in extra), None]]
    for row in houses.rows:
        kept = [column for column in range(width) if row not in found or headings[column] is not None]
        read: list[Cell] = [report.sheet.cell(row, column) if column in kept else None for column in range(width)]
        for key in found.get(row, {}).keys() & known.keys():
            read[known[key]] = found[row][key]
        own = [None] * width if groups[row] else read
        rows.append([*own, *(found.get(row, {}).get(key) for key in extra), groups[row]])
    numbers = tuple(report.sheet.row_number(row) for row in (houses.header, *houses.rows))
    return Sheet(report.sheet.name, rows, numbers=numbers)


def _house(
    report: Report, houses: Houses, row: int, beside: Mapping[str, Cell], land: Mapping[str, float]
) -> dict[str, Cell]:
    """Return what a house has beside the cells of its row: what it shares with its site, its full name, its use."""

    def cell(key: str) -> Cell:
        return report.sheet.cell(row, houses.columns[key]) if key in houses.columns else None

    own, holder = clean(str(cell("name"))), str(beside["holder"] or "")
    name = own if fold(holder) in fold(own) else f"{holder}, {own}"
    amounts = {use: amount for use in site_report()["uses"] if (amount := read_number(cell(use))) is not None}
    used = used_as(amounts if sum(amounts.values()) > 0 else land, [holder, own])
    found: dict[str, Cell] = {"name": name, **beside, **used}
    parts = [part for key in ("original_budget", "original_other") if (part := read_number(cell(key))) is not None]
    if "original_value_vnd" not in houses.columns and parts:
        found["original_value_vnd"] = sum(parts)
    if cell("built_year") is None and (year := _year(cell("used_since"))) is not None:
        found["built_year"] = year
    return {key: value for key, value in found.items() if value is not None}


def _heading(key: str, unit: str) -> str:
    """Return a heading that the header finder knows for a column, with the unit of values."""
    column = columns("facilities")[key]
    return f"{clean(BRACKETS.sub('', column.vi))} ({unit})" if column.unit == "đồng" else column.vi


def _year(cell: Cell) -> float | None:
    if isinstance(cell, dt.date):
        return float(cell.year)
    found = _YEAR.findall(shown(cell)) if cell is not None else []
    return float(found[-1]) if found else None
