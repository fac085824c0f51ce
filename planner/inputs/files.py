"""Open a file of any supported format as sheets of untouched cells: nothing is guessed about types here."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyogrio
from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from planner.inputs.origin import Origin
from planner.inputs.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from planner.catalogue.load import Language
    from planner.errors import Record

Cell = str | float | bool | dt.date | dt.time | dt.timedelta | None
Span = tuple[tuple[int, int], tuple[int, int]]

WORKBOOKS = (".xlsx", ".xlsm", ".xls")
TEXTS = (".csv", ".tsv", ".txt")
LAYERS = (".gpkg", ".geojson", ".json", ".shp")
PARQUETS = (".parquet", ".geoparquet")
_DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True)
class Sheet:
    """A sheet, CSV file or layer as a grid.

    Attributes
    ----------
    name : name of the sheet or layer, empty for a CSV file.
    rows : cells from the very first row on; blank cells are None.
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
        """Return a cell by its indices; rows of a CSV file may be short."""
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


class _UnreadableError(Exception):
    """A file that exists but cannot be read; carries the rule's name and the reason."""

    def __init__(self, rule: str, reason: object = "") -> None:
        super().__init__(rule)
        self.rule = rule
        self.reason = str(reason)


def open_sheets(path: Path, table: str, language: Language) -> tuple[list[Sheet], list[Record]]:
    """Return the sheets of a file that may hold a table, and what is wrong with the file.

    Parameters
    ----------
    path : an .xlsx, .csv, .gpkg, .geojson, .shp or .parquet file.
    table : the table wanted; a layer of that name is preferred to the other layers of its file.
    """
    place = Origin(table, path.name, "", language)
    if not path.is_file():
        return [], [place.record("file-missing", "error", path=path)]
    try:
        sheets = list(_sheets(path, table))
    except _UnreadableError as error:
        return [], [place.record(error.rule, "error", reason=error.reason)]
    except OSError as error:
        return [], [place.record("file-unreadable", "error", path=path, reason=error)]
    filled = [sheet for sheet in sheets if len(sheet.rows) > 1 or (sheet.rows and not sheet.is_layer)]
    return filled, [] if filled else [place.record("empty-sheet", "error")]


def _sheets(path: Path, table: str) -> Iterator[Sheet]:
    suffix = path.suffix.lower()
    if suffix in WORKBOOKS:
        yield from _workbook(path)
    elif suffix in TEXTS:
        yield from _text(path)
    elif suffix in LAYERS:
        yield from _layers(path, table)
    elif suffix in PARQUETS:
        yield _parquet(path)
    else:
        raise _UnreadableError("unknown-format", ", ".join((*WORKBOOKS, *TEXTS, *LAYERS, *PARQUETS)))


def _workbook(path: Path) -> Iterator[Sheet]:
    try:
        workbook = CalamineWorkbook.from_path(path)
        for meta in workbook.sheets_metadata:
            if meta.visible == SheetVisibleEnum.Visible:
                sheet = workbook.get_sheet_by_name(meta.name)
                rows = [[_blank_as_none(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
                yield Sheet(meta.name, rows, tuple(sheet.merged_cell_ranges or ()))
    except CalamineError as error:
        raise _UnreadableError("not-a-workbook", error) from error


def _blank_as_none(cell: Any) -> Cell:  # noqa: ANN401  whatever the reader yields
    if cell is None or cell is pd.NaT or (isinstance(cell, float) and cell != cell):  # noqa: PLR0124  NaN
        return None
    return None if isinstance(cell, str) and not cell.strip() else cell


def _text(path: Path) -> Iterator[Sheet]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise _UnreadableError("not-utf8", error) from error
    if "\0" in text:
        raise _UnreadableError("not-utf8")
    rows = _split(text, max(_DELIMITERS, key=lambda delimiter: _regularity(text, delimiter)))
    yield Sheet("", rows if any(any(row) for row in rows) else [])


def _split(text: str, delimiter: str) -> list[list[Cell]]:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [[_blank_as_none(cell) for cell in line] for line in lines]


def _regularity(text: str, delimiter: str) -> int:
    """Return how many cells lie in rows of the most frequent width: highest for the true delimiter."""
    rows = _split("\n".join(text.splitlines()[:100]), delimiter)
    return max((count * (width - 1) for width, count in Counter(map(len, rows)).items() if width > 1), default=0)


def _layers(path: Path, table: str) -> Iterator[Sheet]:
    try:
        names = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
        named = [name for name in names if fold(name) == fold(table)]
        for name in named or names:
            yield _layer(gpd.read_file(path, layer=name), name)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, UnicodeDecodeError) as error:
        raise _UnreadableError("not-a-layer", error) from error


def _parquet(path: Path) -> Sheet:
    try:
        try:
            return _layer(gpd.read_parquet(path), path.stem)
        except ValueError:  # a parquet file without geometry
            return _layer(gpd.GeoDataFrame(pd.read_parquet(path), geometry=None), path.stem)
    except ValueError as error:
        raise _UnreadableError("not-a-layer", error) from error


def _layer(frame: gpd.GeoDataFrame, name: str) -> Sheet:
    has_geometry = frame.active_geometry_name is not None
    fields = pd.DataFrame(frame.drop(columns=frame.geometry.name) if has_geometry else frame)
    columns = [[_blank_as_none(_native(cell)) for cell in fields[field]] for field in fields]
    rows: list[list[Cell]] = [list(fields.columns), *map(list, zip(*columns, strict=True))]
    geometry = frame.geometry if has_geometry else gpd.GeoSeries([None] * len(frame))
    return Sheet(name, rows, geometry=geometry.reset_index(drop=True))


def _native(cell: Any) -> Any:  # noqa: ANN401  a cell of any data frame
    if cell is pd.NA:
        return None
    if isinstance(cell, pd.Timestamp):
        return cell.to_pydatetime()
    cell = cell.item() if hasattr(cell, "item") else cell
    return cell if cell is None or isinstance(cell, str | int | float | dt.date) else str(cell)


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's bytes; a Shapefile counts with the files beside it."""
    parts = sorted(path.parent.glob(f"{path.stem}.*")) if path.suffix.lower() == ".shp" else [path]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes())
    return digest.hexdigest()
