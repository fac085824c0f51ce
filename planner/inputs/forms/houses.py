"""The table of houses in a site report: its header of one to four rows, its rows, its groups and totals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from planner.catalogue.load import read_data
from planner.inputs.forms.words import bare, begins, is_total, money_unit, site_report, texts
from planner.inputs.text import clean, fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.inputs.files.opening import Cell, Sheet
    from planner.inputs.forms.facts import Report

_SERIAL = frozenset({"stt", "so tt", "tt"})
_NOT_KEPT = frozenset({"", "original_budget", "original_other"})  # only their sum has a column
_NUMBERING = re.compile(r"\(?(\d{1,2}|[A-Z])\)?(\s*=.*)?")
_DATED = re.compile(r"\bngay\b.*\bthang\b.*\bnam\b")


@dataclass(frozen=True)
class Houses:
    """The table of houses.

    Attributes
    ----------
    header : the last row of its header, from 0.
    rows : the rows below.
    columns : key of `known_forms.toml` (columns and uses) → column, from 0.
    left : column → heading of what the data model has no column for.
    unit : of the values.
    """

    header: int
    rows: range
    columns: dict[str, int]
    left: dict[int, str]
    unit: str


def find_houses(report: Report) -> Houses | None:
    """Return the table of houses of a report, or None where it has none."""
    start = report.title if report.houses is None else report.houses
    for row in range(start, report.end):
        filled = texts(report.sheet.rows[row])
        name = next((i for i, text in filled if bare(text) in site_report()["columns"]["name"]), None)
        if name is not None and len(filled) > 1:
            return _read_table(report, row, name)
    return None


def _read_table(report: Report, first: int, name: int) -> Houses:
    """Return the table whose header begins in a row; it goes on until the column of names is filled again."""
    sheet = report.sheet
    below = next((row for row in range(first + 1, report.end) if sheet.cell(row, name) is not None), report.end)
    paths = _paths(sheet, range(first, below))
    found: dict[str, int] = {}
    left: dict[int, str] = {}
    for column, path in paths.items():
        key = _key_of(path)
        if key:
            found.setdefault(key, column)
        if key in _NOT_KEPT and fold(path[-1]) not in _SERIAL:
            left[column] = path[-1]
    said = " ".join(text for path in paths.values() for text in path)
    unit = money_unit(said, str(site_report()["value_unit"]))
    if below < report.end and all(_NUMBERING.fullmatch(text) for _, text in texts(sheet.rows[below])):
        below += 1
    end = next((row for row in range(below, report.end) if _ends_table(report, row)), report.end)
    filled = [row for row in range(below, end) if texts(sheet.rows[row])]
    return Houses(below - 1, range(below, max(filled, default=below - 1) + 1), found | {"name": name}, left, unit)


def _ends_table(report: Report, row: int) -> bool:
    cells = report.sheet.rows[row]
    dated = any(_DATED.search(fold(text)) for _, text in texts(cells))
    return row == report.papers or dated or begins(cells, site_report()["ends"])


def _paths(sheet: Sheet, rows: range) -> dict[int, list[str]]:
    """Return the headings over each column, from the top; a merged heading stands over all its columns."""
    over: dict[tuple[int, int], Cell] = {
        (row, column): sheet.cell(*start)
        for start, end in sheet.spans
        if start[0] in rows
        for row in range(start[0], end[0] + 1)
        for column in range(start[1], end[1] + 1)
    }
    paths: dict[int, list[str]] = {}
    for row in rows:
        group: Cell = None
        for column in range(max(len(sheet.rows[row]) for row in rows)):
            cell = over.get((row, column), sheet.cell(row, column))
            group = group if cell is None else cell
            if cell is None and not sheet.spans and _has_below(sheet, rows, row, column):
                cell = group
            if cell is not None and clean(str(cell)) not in paths.get(column, []):
                paths.setdefault(column, []).append(clean(str(cell)))
    return paths


def _has_below(sheet: Sheet, rows: range, row: int, column: int) -> bool:
    return any(sheet.cell(below, column) is not None for below in rows if below > row)


def _key_of(path: Sequence[str]) -> str:
    """Return the key of a column by the headings over it, or an empty text; the spelling with most headings wins."""
    folded = [bare(text) for text in path]
    fitting = [
        (len(spelling), key)
        for key, spelling in _spellings()
        if folded[-1] == spelling[-1] and all(any(part in text for text in folded[:-1]) for part in spelling[:-1])
    ]
    return max(fitting, default=(0, ""))[1]


@cache
def _spellings() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return (key, headings from the top, folded) for every spelling of a column, the uses among them."""
    data = read_data("known_forms")["site_report"]
    spelled = data["columns"] | {use: row["names"] for use, row in data["uses"].items()}
    return tuple((key, tuple(map(fold, text.split(" / ")))) for key, names in spelled.items() for text in names)


def is_house(report: Report, houses: Houses, row: int) -> bool:
    """Return whether a row of the table is a house: a name and anything else, but no total."""
    filled = texts(report.sheet.rows[row])
    others = [column for key, column in houses.columns.items() if key != "name"]
    named = report.sheet.cell(row, houses.columns["name"]) is not None
    told = any(report.sheet.cell(row, column) is not None for column in others)
    return named and told and not any(is_total(text) for _, text in filled[:2])


def group_name(report: Report, houses: Houses, row: int) -> str | None:
    """Return the name that stands alone over the houses below it, or None."""
    name = report.sheet.cell(row, houses.columns["name"])
    filled = [text for column, text in texts(report.sheet.rows[row]) if column >= houses.columns["name"]]
    if name is None or len(filled) != 1 or is_total(filled[0]):
        return None
    return clean(str(name))
