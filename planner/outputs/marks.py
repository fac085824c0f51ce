"""Which cells of a list its findings stand in, and the columns that a check adds to the list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd

from planner.errors import Record, Severity
from planner.inputs.files.opening import open_sheets
from planner.outputs.check_summary import SEVERITIES

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from planner.inputs.files.sheet import Cell, Sheet, Span
    from planner.inputs.read import Reading
    from planner.inputs.tables import SheetRead

_DECIMALS = 7  # of a degree: a centimetre


class Spot(NamedTuple):
    """A cell of a workbook: the sheet as its file names it, row and column from 1."""

    sheet: str
    row: int
    column: int


@dataclass(frozen=True)
class Mark:
    """What is said about a cell: the worst severity, and the records by falling severity."""

    severity: Severity
    records: tuple[Record, ...]


@dataclass(frozen=True)
class Source:
    """A file that was checked.

    Attributes
    ----------
    sheets : its grids of untouched cells by name; none where it cannot be read.
    reads : how its sheets were understood.
    """

    path: Path
    sheets: Mapping[str, Sheet]
    reads: tuple[SheetRead, ...]

    def read_as(self, sheet: str, table: str, row: int | None) -> SheetRead | None:
        """Return how a sheet was understood for a table; where it has several lists, the one that a row stands in."""
        found = [read for read in self.reads if read.sheet == sheet]
        found = [read for read in found if read.table == table] or found
        above = [read for read in found if row is not None and read.header_rows[1] < row]
        return above[-1] if above else found[0] if found else None

    @cached_property
    def widths(self) -> dict[str, int]:
        """Return the number of columns of each sheet."""
        return {name: max(map(len, sheet.rows), default=0) for name, sheet in self.sheets.items()}

    @cached_property
    def merged(self) -> dict[tuple[str, int], list[Span]]:
        """Return the merged cells by sheet and row, from 0."""
        rows: dict[tuple[str, int], list[Span]] = {}
        for name, sheet in self.sheets.items():
            for span in sheet.spans:
                for row in range(span[0][0], min(span[1][0] + 1, len(sheet.rows))):
                    rows.setdefault((name, row), []).append(span)
        return rows


def open_source(path: Path, reading: Reading) -> Source:
    """Return a file of a reading with its grids."""
    sheets, _ = open_sheets(path, "facilities", reading.scenario.language)
    reads = tuple(read for read in reading.sheets if read.path == path)
    return Source(path, {sheet.name: sheet for sheet in sheets}, reads)


def marks_of(records: Iterable[Record], spots: Iterable[Spot | None]) -> dict[Spot, Mark]:
    """Return the marks of a file's cells, the most severe first.

    Parameters
    ----------
    spots : the cell of each record, see `spot_of`; a record without one makes no mark.
    """
    found: dict[Spot, list[Record]] = {}
    for record, spot in zip(records, spots, strict=True):
        if spot is not None:
            found.setdefault(spot, []).append(record)
    marks = {}
    for spot, about in found.items():
        ordered = sorted(about, key=lambda record: SEVERITIES.index(record.severity))
        marks[spot] = Mark(ordered[0].severity, tuple(ordered))
    return dict(sorted(marks.items(), key=lambda item: SEVERITIES.index(item[1].severity)))


def spot_of(record: Record, source: Source) -> Spot | None:
    """Return the cell that a record is about.

    A record about a row stands in the row's first filled cell, one about a column or a sheet in the header.
    """
    sheet = source.sheets.get(record.sheet) if record.file == source.path.name else None
    if sheet is None:
        return None
    read = source.read_as(record.sheet, record.table, record.row)
    column = _column(record.column, source.widths[sheet.name], read)
    if record.row is None:
        if read is None:
            return Spot(sheet.name, 1, 1)
        first = min((match.index for match in read.matches), default=0)
        return _shown_at(source, sheet, read.header_rows[1] + sheet.is_layer, first if column is None else column)
    row = record.row + sheet.is_layer
    return _shown_at(source, sheet, row, _first_filled(sheet, row) if column is None else column)


def _column(heading: str, width: int, read: SheetRead | None) -> int | None:
    """Return the position of a heading in the sheet; the columns that a form was given stand outside of it."""
    found = (match.index for match in read.matches if match.heading == heading) if heading and read else ()
    return next((index for index in found if index < width), None)


def _first_filled(sheet: Sheet, row: int) -> int:
    cells = sheet.rows[row - 1] if 0 < row <= len(sheet.rows) else []
    return next((index for index, cell in enumerate(cells) if cell is not None), 0)


def _shown_at(source: Source, sheet: Sheet, row: int, index: int) -> Spot:
    """Return a cell, or the one that shows it where cells are merged."""
    for (top, left), (_, right) in source.merged.get((sheet.name, row - 1), ()):
        if left <= index <= right:
            return Spot(sheet.name, top + 1, left + 1)
    return Spot(sheet.name, max(row, 1), index + 1)


@dataclass(frozen=True)
class Added:
    """A column that a check writes into a list.

    Attributes
    ----------
    column : its key in the data model.
    sheet : the sheet that it stands in.
    place : its position, from 1.
    header_rows : first and last row of its heading, from 1; None where the list has the column already.
    values : what is written, by row from 1.
    """

    column: str
    sheet: str
    place: int
    header_rows: tuple[int, int] | None
    values: Mapping[int, str | float]


def added_columns(reading: Reading, source: Source, settled_by: Iterable[str]) -> list[Added]:
    """Return what a check writes into the lists of facilities of a file.

    Parameters
    ----------
    settled_by : rules about likely duplicates; a sheet with one of them gets the column `same_as` to answer in.

    Returns
    -------
    The ids that rows lack, an empty `same_as`, and the positions of a layer's features, for which a sheet has no place.
    """
    facilities, rules = reading.tables["facilities"], frozenset(settled_by)
    asked = {record.sheet for record in reading.records if record.rule in rules and record.file == source.path.name}
    added: list[Added] = []
    for read in source.reads:
        sheet = source.sheets.get(read.sheet)
        if sheet is None or read.table != "facilities":
            continue
        if any(match.index >= source.widths[sheet.name] for match in read.matches):
            continue  # a form was rearranged to be read: its columns are not those of the sheet
        here = facilities[(facilities["file"] == source.path.name) & (facilities["sheet"] == read.sheet)]
        wanted = _values(here, "facility_id", sheet) | (_positions(here, sheet) if sheet.is_layer else {})
        added += _placed(wanted | ({"same_as": {}} if read.sheet in asked else {}), sheet, read)
    return added


def _values(here: pd.DataFrame, column: str, sheet: Sheet) -> dict[str, dict[int, str | float]]:
    """Return the values of a column by row of the workbook."""
    known = here[here[column].notna()]
    return {column: {int(row) + sheet.is_layer: value for row, value in zip(known["row"], known[column], strict=True)}}


def _positions(here: pd.DataFrame, sheet: Sheet) -> dict[str, dict[int, str | float]]:
    points = gpd.GeoSeries(here.geometry)
    placed = here.assign(lon=points.x.round(_DECIMALS), lat=points.y.round(_DECIMALS))[points.notna()]
    return _values(placed, "lon", sheet) | _values(placed, "lat", sheet)


def _placed(wanted: Mapping[str, Mapping[int, str | float]], sheet: Sheet, read: SheetRead) -> Iterator[Added]:
    """Yield the columns with their places: where the list has them, only its empty cells; otherwise behind its last."""
    has = {match.column: match.index for match in read.matches}
    place = max(map(_filled_width, sheet.rows), default=0)
    first, last = (row + sheet.is_layer for row in read.header_rows)
    for column, values in wanted.items():
        index = has.get(column)
        if index is not None:
            empty = {row: value for row, value in values.items() if sheet.cell(row - 1, index) is None}
            if empty:
                yield Added(column, sheet.name, index + 1, None, empty)
        elif values or column == "same_as":
            place += 1
            yield Added(column, sheet.name, place, (first, last), values)


def _filled_width(row: list[Cell]) -> int:
    return next((place for place in range(len(row), 0, -1) if row[place - 1] is not None), 0)
