"""A sheet of untouched cells: what every file becomes before anything is guessed about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd

Cell = str | float | bool | dt.date | dt.time | dt.timedelta | None
Span = tuple[tuple[int, int], tuple[int, int]]


class Formula(str):
    """A formula whose value was never saved: no text, even where it looks like one."""

    __slots__ = ()


@dataclass(frozen=True)
class Sheet:
    """A sheet, CSV file or layer as a grid.

    Attributes
    ----------
    name : name of the sheet or layer, empty for a CSV file.
    rows : cells from the very first row and column on; blank cells are None, blank cells at a row's end and blank rows
        at the sheet's end are left out.
    spans : merged cells as ((row, column), (row, column)), both inclusive, from 0.
    geometry : one geometry for each row below the first, in the layer's own CRS; None for sheets.
    numbers : number of each row as the user sees it, where the rows were rearranged; None otherwise.
    """

    name: str
    rows: list[list[Cell]]
    spans: tuple[Span, ...] = ()
    geometry: gpd.GeoSeries | None = None
    numbers: tuple[int, ...] | None = None

    def cell(self, row: int, column: int) -> Cell:
        """Return a cell by its indices; rows may be short."""
        cells = self.rows[row]
        return cells[column] if column < len(cells) else None

    @property
    def is_layer(self) -> bool:
        """Whether the first row holds field names and the rows below are features, numbered from 1."""
        return self.geometry is not None

    def row_number(self, index: int) -> int:
        """Return the number of a row as the user sees it: a spreadsheet counts from 1, a layer its features."""
        if self.numbers is not None:
            return self.numbers[index]
        return index if self.is_layer else index + 1


def trimmed(rows: list[list[Cell]]) -> list[list[Cell]]:
    """Return the rows without blank cells at their ends and without blank rows at the end, in place."""
    for row in rows:
        while row and row[-1] is None:
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    return rows
