"""A sheet's rows as typed columns, with the place of every row."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, NamedTuple

from openpyxl.utils import get_column_letter

from planner.catalogue.columns import Column, columns, values
from planner.catalogue.load import read_data
from planner.inputs.cells.convert import TOLD_ONCE, Problem, Value, convert
from planner.inputs.cells.legacy import Changed, modernise
from planner.inputs.files.opening import Sheet, open_sheets
from planner.inputs.forms import as_tables, former_form_records, reviewed
from planner.inputs.lists.choice import choose_sheets, is_buildings, lists_buildings
from planner.inputs.lists.groups import fill_from_groups
from planner.inputs.lists.header import Header, header_records
from planner.inputs.lists.merged import fill_merged
from planner.inputs.lists.rows import Rows, doubtful_records, set_aside_records, sort_rows
from planner.inputs.lists.sections import split_sections
from planner.inputs.lists.totals import compare_totals
from planner.inputs.origin import Origin
from planner.inputs.tables import LAYERS, SheetRead, make_table
from planner.inputs.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from planner.catalogue.load import Language
    from planner.errors import Record
    from planner.inputs.files.opening import Cell

_OURS = ("check_records", "check_summary", "check_changes", "guide", "example", "lists", "dossier_index", "conflicts")
_UNSURE_UNITS = frozenset({"đồng"})  # areas are in m², but values come in thousands and millions too
_MOST_CELLS_TOLD = 20
_MOST_CHOICES = 8
_NO_DECISION = frozenset({"unknown-value", "not-a-date"})  # in a list of decisions a cell is never left out


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
        return is_buildings(self.origin.sheet) and "site_id" in self.data


def read_blocks(
    path: Path, table: str, mapping: Mapping[str, str], language: Language
) -> tuple[list[Block], list[Record]]:
    """Return the sheets of a file that belong to a table, typed, and everything found while reading them.

    Sheets that this program wrote itself are passed over; every other sheet that is not read is named with the reason.
    """
    opened, records = open_sheets(path, table, language)
    review = reviewed(opened, records, Origin(table, path.name, "", language)) if table == "decisions" else None
    opened, records = review or (opened, records)
    sheets = [
        found for sheet in opened if fold(sheet.name) not in _own_sheets() for found in _as_lists(path, sheet, table)
    ]
    if not sheets:
        return [], records or [Origin(table, path.name, "", language).record("empty-sheet", "error")]
    blocks = []
    groups = [[found] for found in sheets] if review else [sheets]  # what is known to be a list needs no choice
    choices = [choice for group in groups for choice in choose_sheets([found.sheet for found in group], table, mapping)]
    for source, choice in zip(sheets, choices, strict=True):
        origin = Origin(table, path.name, source.sheet.name, language)
        if choice.header is not None:
            block, found = _block(source, choice.header, origin)
            blocks.append(block)
            records += found
        else:
            records.append(choice.record(origin))
    if any(block.rows for block in blocks):  # an empty sheet beside a filled one is no mistake
        records = [replace(record, severity="info") if record.rule == "empty-sheet" else record for record in records]
    return blocks, records


def as_table(table: str, blocks: Sequence[Block]) -> pd.DataFrame:
    """Return the rows of blocks as one table of the data model, with their places and the headers as the user wrote."""
    values: dict[str, list[object]] = {
        key: list(chain.from_iterable(block.data.get(key) or [None] * len(block.rows) for block in blocks))
        for key in columns(table)
        if any(key in block.data for block in blocks)
    }
    values["file"] = [block.origin.file for block in blocks for _ in block.rows]
    values["sheet"] = [sheet for block in blocks for sheet in block.sheets]
    values["row"] = [row for block in blocks for row in block.rows]
    frame = make_table(table, values, sum(len(block.rows) for block in blocks))
    frame.attrs["headers"] = {key: text for block in reversed(blocks) for key, text in block.headers.items()}
    return frame


@cache
def _own_sheets() -> frozenset[str]:
    texts = read_data("workbook_texts")["sheets"]
    return frozenset(fold(texts[key][language]) for key in _OURS for language in ("vi", "en"))


class _Source(NamedTuple):
    """A sheet in Unicode, or one of the lists that a form on it makes, and the cells that were in an old font."""

    path: Path
    sheet: Sheet
    changed: Mapping[tuple[int, int], Changed]


def _as_lists(path: Path, sheet: Sheet, table: str) -> list[_Source]:
    rows, changed = modernise(sheet.rows)
    modern = replace(sheet, rows=rows) if changed else sheet
    places = {(sheet.row_number(found.row), found.column): found for found in changed}
    tables = as_tables(modern) if table == "facilities" else [modern]
    return [_Source(path, part, places) for found in tables for part in split_sections(found, table)]


def _block(source: _Source, header: Header, origin: Origin) -> tuple[Block, list[Record]]:
    table = origin.table
    sheet, records = fill_merged(source.sheet, header, origin)
    rows = sort_rows(sheet, header, table)
    numbers = [sheet.row_number(index) for index in rows.used]
    records = [*_header_records(sheet, header, rows, origin), *_legacy_records(source, header, origin), *records]
    converted: dict[str, list[Value]] = {}
    across = list(zip_longest(*(sheet.rows[index] for index in rows.used)))
    for key, heading in header.columns.items():
        column = columns(table)[key]
        cells: list[Cell] = list(across[heading.index]) if heading.index < len(across) else [None] * len(rows.used)
        unit, factor = header.unit(key, column.unit)
        converted[key], problems = convert(column, cells, factor)
        records += _cell_records(
            _severe(problems, origin), cells, numbers, heading.shown, origin, _allowed(column, origin)
        )
        records += former_form_records(column, cells, numbers, heading.shown, origin)
        if (
            column.unit in _UNSURE_UNITS
            and not unit
            and not sheet.is_layer
            and any(v is not None for v in converted[key])
        ):
            records.append(origin.record("unit-missing", "warning", column=heading.shown, unit=column.unit))
    records += set_aside_records(rows, sheet, origin)
    records += doubtful_records(rows, sheet, header, origin)
    records += compare_totals(sheet, header, rows, converted, origin)
    records += fill_from_groups(converted, sheet, header, rows, origin)
    if not rows.used:
        records.append(origin.record("empty-sheet", "error" if table in LAYERS else "info"))
    geometry = None
    if sheet.geometry is not None and sheet.geometry.notna().any():
        geometry = sheet.geometry.iloc[[index - 1 for index in rows.used]].reset_index(drop=True)
    block = Block(
        origin=origin,
        data=converted,
        rows=numbers,
        sheets=[origin.sheet] * len(numbers),
        headers={key: heading.shown for key, heading in header.columns.items()},
        geometry=geometry,
        set_aside=len(rows.set_aside),
        mapped=header.mapped,
        understood=_understood(source, header, rows, converted, origin),
    )
    return block, records


def _understood(
    source: _Source, header: Header, rows: Rows, converted: Mapping[str, list[Value]], origin: Origin
) -> SheetRead:
    sheet = source.sheet
    return SheetRead(
        table=origin.table,
        path=source.path,
        sheet=sheet.name,
        header_rows=(sheet.row_number(header.first), sheet.row_number(header.last)),
        matches=header.matches,
        unused=tuple(heading.shown for heading in header.unmatched),
        read=len(rows.used) + len(rows.set_aside),
        set_aside=dict(Counter(row.rule for row in rows.set_aside)),
        filled={key: len(values) - values.count(None) for key, values in converted.items()},
    )


def _header_records(sheet: Sheet, header: Header, rows: Rows, origin: Origin) -> list[Record]:
    """Return what is said about the header; a sheet of buildings may lack what its sites have."""
    records = header_records(header, origin)
    if lists_buildings(sheet, header):
        records = [record for record in records if record.rule != "missing-column"]
    known = {header.serial, *(heading.index for heading in (*header.columns.values(), *header.unmatched))}
    known |= {heading.index for _, heading in header.doubled}
    bare = [i for i in range(max(map(len, sheet.rows))) if i not in known]
    named = [get_column_letter(i + 1) for i in bare if any(sheet.cell(index, i) is not None for index in rows.used)]
    if named:
        records.append(origin.record("columns-unnamed", "info", column="; ".join(named), names="; ".join(named)))
    return records


def _legacy_records(source: _Source, header: Header, origin: Origin) -> list[Record]:
    """Return a warning for each cell that was in an old font; many of one column are told once, with the first."""
    if not source.changed:
        return []
    numbers = {source.sheet.row_number(index): index for index in range(len(source.sheet.rows))}
    heading_at = {heading.index: heading.shown for heading in (*header.columns.values(), *header.unmatched)}
    by_column: dict[int, list[tuple[int, Changed]]] = {}
    for (row, column), changed in source.changed.items():
        if row in numbers:
            by_column.setdefault(column, []).append((row, changed))
    return [
        origin.record(
            "legacy-font",
            "warning",
            row=row,
            column=heading_at.get(column, ""),
            value=changed.original,
            read_as=source.sheet.cell(numbers[row], column),
            encoding=changed.encoding,
            count=len(cells) if len(cells) > _MOST_CELLS_TOLD else 1,
        )
        for column, cells in sorted(by_column.items())
        for row, changed in (cells[:1] if len(cells) > _MOST_CELLS_TOLD else cells)
    ]


def _severe(problems: list[Problem], origin: Origin) -> list[Problem]:
    """Return the problems; a decision that cannot be read is an error, whatever column it stands in."""
    if origin.table != "decisions":
        return problems
    return [
        found._replace(rule=f"decision-{found.rule}", severity="error") if found.rule in _NO_DECISION else found
        for found in problems
    ]


def _allowed(column: Column, origin: Origin) -> str:
    """Return the words that a column's cells may hold, the first of a long list."""
    listed = values("yes_no") if column.type == "bool" else values(column.values)
    words = [value.label(origin.language) for value in listed.values()]
    return "; ".join(words[:_MOST_CHOICES]) + ("; …" if len(words) > _MOST_CHOICES else "")


def _cell_records(  # noqa: PLR0913  where the cells stand and what is said of them
    problems: list[Problem], cells: list[Cell], numbers: list[int], heading: str, origin: Origin, allowed: str
) -> list[Record]:
    """Return one record a cell; zeros put back and their like are told once for the column."""
    records: list[Record] = []
    told: Counter[str] = Counter()
    count = Counter(problem.rule for problem in problems)
    for position, rule, severity, read_as in problems:
        told[rule] += 1
        if rule not in TOLD_ONCE or told[rule] == 1:
            cell = cells[position]
            value = "" if cell is None else cell
            row, fields = numbers[position], {"read_as": read_as, "count": count[rule], "allowed": allowed}
            records.append(origin.record(rule, severity, row=row, column=heading, value=value, **fields))
    return records
