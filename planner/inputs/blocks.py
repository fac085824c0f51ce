"""A sheet's rows as typed columns, with the place of every row."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.catalogue.columns import columns, values
from planner.inputs.convert import Problem, Value, convert
from planner.inputs.files import Sheet, open_sheets
from planner.inputs.header import Header, find_header, header_records
from planner.inputs.origin import Origin
from planner.inputs.rows import compare_totals, set_aside_records, sort_rows
from planner.inputs.tables import LAYERS, SheetRead
from planner.inputs.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd

    from planner.catalogue.load import Language
    from planner.errors import Record
    from planner.inputs.files import Cell

_BUILDINGS = frozenset({"buildings", "building", "nha", "toa nha", "cac toa nha", "danh muc nha", "danh sach nha"})


@dataclass(frozen=True)
class Block:
    """The rows of one sheet or layer that are used for a table.

    Attributes
    ----------
    data : column of the data model → one value a row; only columns that the sheet has.
    rows : the number of each row as the user sees it.
    sheets : the sheet of each row.
    headers : column → heading as the user wrote it.
    geometry : one geometry a row in the layer's own CRS, or None where the sheet has none.
    set_aside : number of non-blank rows below the header that are no rows of the table.
    mapped : headers of the scenario's mapping that were found.
    understood : how the sheet was understood.
    """

    origin: Origin
    data: dict[str, list[Value]]
    rows: list[int]
    sheets: list[str]
    headers: dict[str, str]
    geometry: gpd.GeoSeries | None
    set_aside: int
    mapped: frozenset[str]
    understood: SheetRead

    @property
    def read(self) -> int:
        """Return the number of non-blank rows below the header."""
        return len(self.rows) + self.set_aside

    @property
    def holds_buildings(self) -> bool:
        """Whether the sheet lists the buildings of the sites on another sheet."""
        return fold(self.origin.sheet) in _BUILDINGS and "site_id" in self.data


def read_blocks(
    path: Path, table: str, mapping: Mapping[str, str], language: Language
) -> tuple[list[Block], list[Record]]:
    """Return the sheets of a file that belong to a table, typed, and everything found while reading them."""
    sheets, records = open_sheets(path, table, language)
    if not sheets:
        return [], records
    fitting = [(sheet, header) for sheet in sheets if (header := find_header(sheet, table, mapping)) is not None]
    if len(fitting) > 1:
        fitting = [pair for pair in fitting if not _is_for_another_table(pair[0], table)] or fitting
        complete = [pair for pair in fitting if _is_complete(*pair, table)]
        fitting = complete or fitting
    blocks = []
    for sheet in sheets:
        origin = Origin(table, path.name, sheet.name, language)
        header = next((h for s, h in fitting if s is sheet), None)
        if header is not None:
            block, found = _block(sheet, header, origin, path)
            blocks.append(block)
            records += found
        elif not fitting:
            records.append(origin.record("no-header" if len(sheet.rows) > 1 else "empty-sheet", "error"))
        else:
            records.append(origin.record("sheet-skipped", "info"))
    return blocks, records


def _is_for_another_table(sheet: Sheet, table: str) -> bool:
    names = {fold(name): key for key, value in values("table").items() for name in (key, value.vi, value.en)}
    return names.get(fold(sheet.name), table) != table


def _is_complete(sheet: Sheet, header: Header, table: str) -> bool:
    required = [key for key, column in columns(table).items() if column.required]
    return _lists_buildings(sheet, header) or all(key in header.columns for key in required)


def _lists_buildings(sheet: Sheet, header: Header) -> bool:
    return fold(sheet.name) in _BUILDINGS and "site_id" in header.columns


def _block(sheet: Sheet, header: Header, origin: Origin, path: Path) -> tuple[Block, list[Record]]:
    table = origin.table
    rows = sort_rows(sheet, header, table)
    numbers = [sheet.row_number(index) for index in rows.used]
    converted: dict[str, list[Value]] = {}
    records = header_records(header, origin)
    if _lists_buildings(sheet, header):
        records = [record for record in records if record.rule != "missing-column"]
    for key, heading in header.columns.items():
        column = columns(table)[key]
        cells = [sheet.cell(index, heading.index) for index in rows.used]
        converted[key], problems = convert(column, cells, heading.factor(column.unit)[1])
        records += _cell_records(problems, cells, numbers, heading.shown, origin)
    records += set_aside_records(rows, sheet, origin)
    records += compare_totals(sheet, header, rows, converted, origin)
    if not rows.used:
        records.append(origin.record("empty-sheet", "error" if table in LAYERS else "info"))
    geometry = None
    if sheet.geometry is not None and sheet.geometry.notna().any():
        geometry = sheet.geometry.iloc[[index - 1 for index in rows.used]].reset_index(drop=True)
    headers = {key: heading.shown for key, heading in header.columns.items()}
    sheets = [origin.sheet] * len(numbers)
    understood = SheetRead(
        table=table,
        path=path,
        sheet=sheet.name,
        header_rows=(sheet.row_number(header.first), sheet.row_number(header.last)),
        matches=header.matches,
        unused=tuple(heading.shown for heading in header.unmatched),
        read=len(rows.used) + len(rows.set_aside),
        set_aside=dict(Counter(row.rule for row in rows.set_aside)),
        filled={key: sum(value is not None for value in values) for key, values in converted.items()},
    )
    block = Block(origin, converted, numbers, sheets, headers, geometry, len(rows.set_aside), header.mapped, understood)
    return block, records


def _cell_records(
    problems: list[Problem], cells: list[Cell], numbers: list[int], heading: str, origin: Origin
) -> list[Record]:
    """Return one record a cell; zeros put back before codes are told once for the column."""
    padded = [problem for problem in problems if problem.rule == "zeros-put-back"]
    records = [
        origin.record(
            problem.rule,
            problem.severity,
            row=numbers[problem.position],
            column=heading,
            value="" if cells[problem.position] is None else cells[problem.position],
            read_as=problem.read_as,
        )
        for problem in problems
        if problem.rule != "zeros-put-back"
    ]
    if padded:
        first = padded[0]
        records.append(
            origin.record(
                first.rule,
                first.severity,
                row=numbers[first.position],
                column=heading,
                value=cells[first.position],
                read_as=first.read_as,
                count=len(padded),
            )
        )
    return records
