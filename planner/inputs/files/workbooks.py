"""Workbooks of every make: looked through, then opened by one reader; nothing in them is run or fetched."""

from __future__ import annotations

import struct
import zipfile
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from planner.inputs.files.kinds import Kind
from planner.inputs.files.ole import CompoundFile
from planner.inputs.files.scan_binary import scan_xls, scan_xlsb
from planner.inputs.files.scan_ods import scan_ods
from planner.inputs.files.scan_xlsx import scan_xlsx
from planner.inputs.files.scans import (
    MOST_CELLS,
    MOST_FILLED,
    MOST_TEXT,
    BookScan,
    SheetScan,
    UnreadableError,
    cell_name,
)
from planner.inputs.files.sheet import Cell, Formula, Sheet, trimmed
from planner.inputs.files.zipped import open_package

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from python_calamine import CalamineSheet

    from planner.errors import Record, Severity
    from planner.inputs.origin import Origin

_SCANS = {"xlsx": scan_xlsx, "xlsb": scan_xlsb, "ods": scan_ods}


def read_workbook(path: Path, kind: Kind, place: Origin) -> tuple[list[Sheet], list[Record]]:
    """Return the visible sheets of a workbook and what the user should know about them.

    Parameters
    ----------
    kind : `xlsx`, `xlsb`, `ods` or `xls`, as the file's bytes say.
    place : the file and table that records name.

    Raises
    ------
    UnreadableError : damaged, locked, or larger than what can be read in bounded memory.
    """
    with _damage_told():
        scan = _look_through(path, kind)
        if scan.text_length > MOST_TEXT:
            raise UnreadableError("too-large", f"{scan.text_length / 1e6:,.0f} MB > {MOST_TEXT / 1e6:,.0f} MB")
        if astray := _too_large(scan, place):
            return [], [astray]
        records = [place.record("macros-not-run", "info")] if scan.has_macros else []
        records += [place.record("external-links", "info")] if scan.has_links else []
        with path.open("rb") as file:  # the reader would judge a path by its name
            sheets, found = _read(CalamineWorkbook.from_filelike(file), scan, place)
    return sheets, records + found


def _look_through(path: Path, kind: Kind) -> BookScan:
    if kind == "xls":
        return scan_xls(CompoundFile(path.read_bytes()))
    with open_package(path) as package:
        return _SCANS[kind](package)


@contextmanager
def _damage_told() -> Iterator[None]:
    """Turn whatever a damaged workbook makes its readers raise into one error."""
    try:
        yield
    except PasswordError as error:
        raise UnreadableError("password") from error
    except (CalamineError, zipfile.BadZipFile, struct.error, LookupError, ValueError) as error:
        raise UnreadableError("not-a-workbook", error) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # the reader's own crash, which is no Exception
            raise
        raise UnreadableError("not-a-workbook", error) from error


def _too_large(scan: BookScan, place: Origin) -> Record | None:
    """Return a record about the largest sheet, where all sheets together are too large: a reader may open all."""
    sheets = scan.sheets.values()
    cells, filled = sum(sheet.rows * sheet.columns for sheet in sheets), sum(sheet.filled for sheet in sheets)
    if cells <= MOST_CELLS and filled <= MOST_FILLED:
        return None
    name, largest = max(scan.sheets.items(), key=lambda item: item[1].rows * item[1].columns)
    last = cell_name(largest.rows - 1, largest.columns - 1)
    return replace(place, sheet=name).record("sheet-too-large", "error", last=last, filled=largest.filled)


def _read(book: CalamineWorkbook, scan: BookScan, place: Origin) -> tuple[list[Sheet], list[Record]]:
    sheets: list[Sheet] = []
    records: list[Record] = []
    for index, meta in enumerate(book.sheets_metadata):
        here = replace(place, sheet=meta.name)
        seen = scan.sheets.get(meta.name)
        if meta.typ != SheetTypeEnum.WorkSheet:
            continue
        if meta.visible != SheetVisibleEnum.Visible:
            records += [here.record("hidden-sheet", "info")] if seen is None or seen.rows else []
            continue
        opened = book.get_sheet_by_index(index) if seen is None or seen.rows else None
        seen = seen or SheetScan()
        rows = _rows(opened) if opened else []
        records += _shown_instead(rows, seen, here)
        if seen.hidden_rows:
            records.append(here.record("hidden-rows", "info", count=seen.hidden_rows))
        spans = seen.spans or (opened.merged_cell_ranges if opened else None) or ()
        sheets.append(Sheet(meta.name, rows, tuple(spans)))
    return sheets, records


def _rows(sheet: CalamineSheet) -> list[list[Cell]]:
    """Return the cells from the first row and column on."""
    rows: list[list[Cell]] = sheet.to_python(skip_empty_area=False)  # type: ignore[assignment]
    blank: dict[Cell, Cell] = dict.fromkeys(
        cell for row in rows for cell in row if type(cell) is str and not cell.strip()
    )
    for row in rows:
        row[:] = map(blank.get, row, row)
    return trimmed(rows)


def _shown_instead(rows: list[list[Cell]], scan: SheetScan, place: Origin) -> list[Record]:
    """Put errors and formulas without a saved value into the rows that hold data; tell of those elsewhere.

    A cell that shows #REF! or was never calculated is not blank: as text it is judged with its column. Rows of nothing
    but such cells, often formulas drawn far below the list, stay blank rows.
    """
    has_data = [any(cell is not None for cell in row) for row in rows]
    elsewhere = []
    for (row, column), text in scan.texts.items():
        if row < len(rows) and has_data[row]:
            rows[row] += [None] * (column + 1 - len(rows[row]))
            rows[row][column] = Formula(text) if text.startswith("=") else text
        else:
            elsewhere.append((row, column))
    if not elsewhere:
        return []
    first = min(elsewhere)
    severity: Severity = "warning" if any(has_data) else "error"
    return [
        place.record(
            "cells-without-value",
            severity,
            row=first[0] + 1,
            value=scan.texts[first],
            cell=cell_name(*first),
            count=len(elsewhere),
        )
    ]
