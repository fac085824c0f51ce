"""Any list as a new workbook: the same sheets, every row at its own number, values as they were read."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from planner.catalogue.columns import columns
from planner.outputs.marks import Spot
from planner.outputs.page import COLOURS, solid, text_cell
from planner.outputs.sheet import DATE, PALE

if TYPE_CHECKING:
    from openpyxl.comments import Comment
    from openpyxl.worksheet.worksheet import Worksheet

    from planner.catalogue.load import Language
    from planner.inputs.files.sheet import Sheet
    from planner.outputs.marks import Added, Mark, Source

_NOT_IN_A_TITLE = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST_TITLE = 31
_EARLIEST = 1900  # Excel knows no year before
_SAMPLE = 200  # rows from which the widths of columns are taken
_NARROW, _WIDE = 8, 42

Row = dict[int, Any]
"""Something by column, from 1."""


def transcribe(
    source: Source,
    marks: Mapping[Spot, Mark],
    comments: Mapping[Spot, Comment],
    added: Sequence[Added],
    language: Language,
) -> tuple[Workbook, dict[str, str]]:
    """Return a streamed workbook with the sheets of a source, and its sheets' titles by their names in the source.

    Parameters
    ----------
    marks, comments : of the cells; a cell with a mark is coloured.
    added : columns that the check writes.
    language : of the added headings.
    """
    book = Workbook(write_only=True)
    titles: dict[str, str] = {}
    for sheet in source.sheets.values():
        titles[sheet.name] = sheet_title(sheet.name or source.path.stem, titles.values())
        page = book.create_sheet(titles[sheet.name])
        headers = [read.header_rows for read in source.reads if read.sheet == sheet.name]
        headings = {row + sheet.is_layer for first, last in headers for row in range(first, last + 1)}
        _set_up(page, sheet, max(headings, default=0))
        new, marked = _new_cells(sheet, added, language), _by_row(sheet, marks)
        for row, own in enumerate(sheet.rows, start=1):
            cells = _extended([_plain(page, value) for value in own], {**marked.get(row, {}), **new.get(row, {})})
            if row in headings:
                cells = [_heading(page, value) for value in cells]
            for column in marked.get(row, ()):
                spot = Spot(sheet.name, row, column)
                cells[column - 1] = _marked(page, cells[column - 1], marks[spot], comments.get(spot))
            page.append(cells)
    return book, titles


def _by_row(sheet: Sheet, marks: Mapping[Spot, Mark]) -> dict[int, Row]:
    """Return the columns of a sheet's marks by row, with nothing to be written there."""
    rows: dict[int, Row] = {}
    for spot in marks:
        if spot.sheet == sheet.name:
            rows.setdefault(spot.row, {})[spot.column] = None
    return rows


def _extended(cells: list[Any], new: Row) -> list[Any]:
    """Return the cells of a row with new ones where it has none."""
    cells += [None] * (max(new, default=0) - len(cells))
    return [new.get(column) if cell is None else cell for column, cell in enumerate(cells, start=1)] if new else cells


def sheet_title(name: str, taken: Collection[str]) -> str:
    """Return a name as a sheet may bear it, different from those taken."""
    title = _NOT_IN_A_TITLE.sub(" ", name).strip(" '")[:_LONGEST_TITLE] or "1"
    known = {other.casefold() for other in taken}
    number = 2
    while title.casefold() in known:
        title = f"{title[: _LONGEST_TITLE - 4].rstrip()} ({number})"
        number += 1
    return title


def _set_up(page: Worksheet, sheet: Sheet, header: int) -> None:
    if header:
        page.freeze_panes = f"A{header + 1}"
    sample = sheet.rows[:_SAMPLE]
    for column in range(max(map(len, sample), default=0)):
        texts = (str(row[column]) for row in sample if column < len(row) and row[column] is not None)
        width = max((max(map(len, text.split("\n"))) for text in texts), default=0)
        page.column_dimensions[get_column_letter(column + 1)].width = min(max(width + 2, _NARROW), _WIDE)
    for (top, left), (bottom, right) in sheet.spans:
        page.merged_cells.add(f"{get_column_letter(left + 1)}{top + 1}:{get_column_letter(right + 1)}{bottom + 1}")


def _new_cells(sheet: Sheet, added: Sequence[Added], language: Language) -> dict[int, Row]:
    """Return the cells of added columns by row."""
    new: dict[int, Row] = {}
    for item in added:
        if item.sheet == sheet.name:
            if item.header_rows is not None:
                new.setdefault(item.header_rows[0], {})[item.place] = columns("facilities")[item.column].label(language)
            for row, value in item.values.items():
                new.setdefault(row, {})[item.place] = value
    return new


def _plain(page: Worksheet, value: Any) -> Any:  # noqa: ANN401  a cell of any type
    """Return what is written for a value: text stays text, and what Excel has no number for becomes text."""
    if isinstance(value, str):
        return text_cell(page, value) if value[:1] in "=#" or ILLEGAL_CHARACTERS_RE.search(value) else value
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dt.date):
        if value.year < _EARLIEST:
            return value.isoformat()
        cell = WriteOnlyCell(page)
        cell.value, cell.number_format = value, DATE
        return cell
    return value


def _heading(page: Worksheet, value: Any) -> Cell | None:  # noqa: ANN401  a cell of any type
    if value is None:
        return None
    cell = value if isinstance(value, Cell) else text_cell(page, value)
    cell.font, cell.fill, cell.alignment = Font(bold=True), solid(PALE), Alignment(wrap_text=True, vertical="center")
    return cell


def _marked(page: Worksheet, value: Any, mark: Mark, comment: Comment | None) -> Cell:  # noqa: ANN401  any cell
    cell = value if isinstance(value, Cell) else text_cell(page, value)
    cell.fill = solid(COLOURS[mark.severity])
    cell.comment = comment
    return cell
