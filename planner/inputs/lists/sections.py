"""Several lists below one another on one sheet, each under a header with columns of its own."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from planner.catalogue.columns import columns
from planner.catalogue.load import read_data
from planner.inputs.lists.header import MOST_ROWS, ROWS_SEARCHED, can_be_heading, unit_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.inputs.files.opening import Cell, Sheet

_LEAST_HEADINGS = 3
_PROBED = 8  # columns looked at in each row before all of them are


def split_sections(sheet: Sheet, table: str) -> list[Sheet]:
    """Return a sheet as one sheet for each of its lists; the sheet itself where its header never changes.

    A new list begins at a row mostly of known headings, three at least, that repeats no row of the header above it.
    Rows keep the numbers that the user sees.
    """
    starts = [] if sheet.is_layer else _starts(sheet, table)
    if len(starts) <= 1:
        return [sheet]
    ends = [*starts[1:], len(sheet.rows)]
    parts = [_part(sheet, range(starts[1]))]
    for first, end in zip(starts[1:], ends[1:], strict=True):
        parts.append(_part(sheet, range(first, end), _unit_lines(sheet, first)))
    return parts


def _starts(sheet: Sheet, table: str) -> list[int]:
    known = _known(table)
    first = next(
        (i for i, row in enumerate(sheet.rows[:ROWS_SEARCHED]) if len(_headings(row, known)) >= _LEAST_HEADINGS), None
    )
    if first is None:
        return []
    starts, seen = [first], [_headings(sheet.rows[first], known)]
    probed = [i for i, cell in enumerate(sheet.rows[first]) if cell is not None][:_PROBED]
    below = sheet.rows[first + 1 :]
    headings = _headings_in(below, probed, known)
    for index, row in enumerate(below if headings else (), start=first + 1):
        if headings.isdisjoint(row):
            continue
        found = _headings(row, known)
        if len(found) < _LEAST_HEADINGS or found in seen or not _is_mostly(row, found):
            continue
        if index - starts[-1] >= MOST_ROWS:
            starts.append(index)
            seen = []
        seen.append(found)
    return starts


def _headings_in(rows: list[list[Cell]], probed: list[int], known: frozenset[str]) -> frozenset[Cell]:
    """Return the cells of some columns that are known headings."""
    distinct = {row[i] for row in rows for i in probed if i < len(row)}
    return frozenset(cell for cell in distinct if _plain(cell) in known)


def _is_mostly(row: list[Cell], found: dict[int, str]) -> bool:
    """Return whether a row is one of headings: values such as "Xã" or "Tranh chấp" are headings of others too."""
    return can_be_heading(row) and 2 * len(found) >= len(row) - row.count(None)


def _headings(row: list[Cell], known: frozenset[str]) -> dict[int, str]:
    return {i: text for i, cell in enumerate(row) if (text := _plain(cell)) in known}


def _plain(cell: Cell) -> str:
    if type(cell) is not str:
        return ""
    text = cell.partition("(")[0] if cell.endswith(")") else cell
    return " ".join(text.lower().split())


@cache
def _known(table: str) -> frozenset[str]:
    """Return the headings of a table and of counts of sites in small letters, each without its group."""
    return frozenset(map(_plain, read_data("sheet_words")["headings"]["counts"])) | frozenset(
        _plain(text.rpartition(" / ")[2])
        for column in columns(table).values()
        for text in (column.vi, column.en, *column.synonyms, *column.preferred)
    )


def _unit_lines(sheet: Sheet, end: int) -> list[int]:
    """Return the rows above a list that say its units, those of the lists before it too."""
    return [index for index in range(end) if unit_texts(sheet.rows[index])]


def _part(sheet: Sheet, body: range, above: Sequence[int] = ()) -> Sheet:
    """Return some rows of a sheet, with single rows from above put before them."""
    rows = [*above, *body]
    down = len(above) - body.start
    spans = tuple(
        ((a + down, left), (min(b, body.stop - 1) + down, right)) for (a, left), (b, right) in sheet.spans if a in body
    )
    numbers = tuple(sheet.row_number(index) for index in rows)
    return replace(sheet, rows=[sheet.rows[index] for index in rows], spans=spans, numbers=numbers)
