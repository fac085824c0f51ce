"""Several lists below one another on one sheet, each under a header with columns of its own."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from planner.catalogue.columns import columns
from planner.inputs.lists.header import MOST_ROWS, ROWS_SEARCHED

if TYPE_CHECKING:
    from planner.inputs.files.opening import Cell, Sheet

_LEAST_HEADINGS = 3
_PROBED = 8  # columns looked at in each row before all of them are


def split_sections(sheet: Sheet, table: str) -> list[Sheet]:
    """Return a sheet as one sheet for each of its lists; the sheet itself where its header never changes.

    A new list begins at a row with at least three known headings that repeats no row of the header above it. Rows keep
    the numbers that the user sees.
    """
    starts = [] if sheet.is_layer else _starts(sheet, table)
    if len(starts) <= 1:
        return [sheet]
    ends = [*starts[1:], len(sheet.rows)]
    return [_part(sheet, 0 if first == starts[0] else first, end) for first, end in zip(starts, ends, strict=True)]


def _starts(sheet: Sheet, table: str) -> list[int]:
    known = _known(table)
    first = next(
        (i for i, row in enumerate(sheet.rows[:ROWS_SEARCHED]) if len(_headings(row, known)) >= _LEAST_HEADINGS), None
    )
    if first is None:
        return []
    starts, seen = [first], [_headings(sheet.rows[first], known)]
    probed = [i for i, cell in enumerate(sheet.rows[first]) if cell is not None][:_PROBED]
    for index in range(first + 1, len(sheet.rows)):
        row = sheet.rows[index]
        if not any(i < len(row) and _plain(row[i]) in known for i in probed):
            continue
        found = _headings(row, known)
        if len(found) < _LEAST_HEADINGS or found in seen:
            continue
        if index - starts[-1] >= MOST_ROWS:
            starts.append(index)
            seen = []
        seen.append(found)
    return starts


def _headings(row: list[Cell], known: frozenset[str]) -> dict[int, str]:
    return {i: text for i, cell in enumerate(row) if (text := _plain(cell)) in known}


def _plain(cell: Cell) -> str:
    return " ".join(cell.lower().split()) if type(cell) is str else ""


@cache
def _known(table: str) -> frozenset[str]:
    """Return the headings of a table in small letters, each without its group."""
    return frozenset(
        _plain(text.rpartition(" / ")[2])
        for column in columns(table).values()
        for text in (column.vi, column.en, *column.synonyms, *column.preferred)
    )


def _part(sheet: Sheet, first: int, end: int) -> Sheet:
    spans = tuple(
        ((a - first, left), (min(b, end - 1) - first, right))
        for (a, left), (b, right) in sheet.spans
        if first <= a < end
    )
    numbers = tuple(sheet.row_number(index) for index in range(first, end))
    return replace(sheet, rows=sheet.rows[first:end], spans=spans, numbers=numbers)
