"""The validated input tables of a run, as frozen objects that a notebook can print."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import geopandas as gpd
import pandas as pd

from planner.catalogue.columns import columns
from planner.errors import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

WGS84 = "EPSG:4326"
PROVENANCE = ("file", "sheet", "row")
LAYERS = ("facilities", "communes", "settlements", "services")
_DTYPES = {"number": "Float64", "integer": "Float64", "bool": "boolean", "date": "datetime64[us]"}


class InputFile(NamedTuple):
    """A file that was read: path as seen from the scenario file, hash of its bytes, rows read from it."""

    path: str
    sha256: str
    rows: int


@dataclass(frozen=True)
class Match:
    """A column of a sheet and what it is in the data model.

    Attributes
    ----------
    column : key in the data model.
    index : position in the sheet, from 0.
    heading : as the user wrote it, with the group heading above; records name the column so.
    score : how like the heading is, 0 to 1.
    by : what recognised it: the scenario's mapping, the column's own name, a synonym, likeness, or the values below it.
    """

    column: str
    index: int
    heading: str
    score: float
    by: Literal["scenario", "name", "synonym", "alike", "values"]


@dataclass(frozen=True)
class SheetRead:
    """How one sheet or layer was understood.

    Attributes
    ----------
    table : the table it was read for.
    path : its file.
    sheet : its name; empty for a CSV file.
    header_rows : first and last row of the header block, as the user counts.
    matches : the columns recognised, in the sheet's order.
    unused : headings that no column recognises.
    read : non-blank rows below the header.
    set_aside : rows that are no rows of the table, by rule.
    filled : cells filled by column, of the rows used.
    """

    table: str
    path: Path
    sheet: str
    header_rows: tuple[int, int]
    matches: tuple[Match, ...]
    unused: tuple[str, ...]
    read: int
    set_aside: dict[str, int]
    filled: dict[str, int]

    @property
    def used(self) -> int:
        """Return the number of rows that became rows of the table."""
        return self.read - sum(self.set_aside.values())


@dataclass(frozen=True)
class Tables:
    """The input tables; layers are in EPSG:4326.

    Every table holds all columns of the data model with the types of the column table (NA where unknown; text and
    keys as `string`, numbers as `Float64`, booleans as `boolean`, dates as `datetime64`) and `file`, `sheet`, `row`:
    the place in the user's own file, the row as a spreadsheet numbers it. `table.attrs["headers"]` maps a column to
    the header it had there, see `header`.

    Attributes
    ----------
    facilities : GeoDataFrame, one row per facility; geometry None where the position is unknown.
    communes : GeoDataFrame of polygons.
    settlements, services : GeoDataFrames of points.
    needs, decisions : DataFrames, empty where the scenario names no file.
    """

    facilities: gpd.GeoDataFrame
    communes: gpd.GeoDataFrame
    settlements: gpd.GeoDataFrame
    services: gpd.GeoDataFrame
    needs: pd.DataFrame
    decisions: pd.DataFrame


@dataclass(frozen=True)
class Inputs(Tables):
    """The tables with what was found while reading them.

    Attributes
    ----------
    checks : the records of all checks, one row each, columns as in `planner.errors.Record`.
    sources : the files read.
    sheets : how each of their sheets was understood.
    read, set_aside : rows by table; rows read (non-blank below the header) = rows used + rows set aside.
    previous : an earlier plan (facility_id, name, commune_name, new_use, status), None where there is none.
    roads : lines to travel on, see `inputs.roads`; None where travel is not by road.
    travel : ready-made travel by origin and destination, see `inputs.travel_table`; None where there is none.
    synthetic_notice : what the data say about themselves where they are a sample, in the run's language.
    """

    checks: pd.DataFrame
    sources: tuple[InputFile, ...]
    sheets: tuple[SheetRead, ...]
    read: dict[str, int]
    set_aside: dict[str, int]
    synthetic_notice: str | None
    previous: pd.DataFrame | None = None
    roads: gpd.GeoDataFrame | None = None
    travel: pd.DataFrame | None = None


def text_of(table: pd.DataFrame, column: str) -> list[str]:
    """Return a column of text as a list, an empty text where it is unknown or the table lacks it."""
    if column not in table:
        return [""] * len(table)
    found: list[str] = table[column].to_numpy(dtype=object, na_value="").tolist()  # ten times as fast as tolist alone
    return found


def header(table: pd.DataFrame, column: str) -> str:
    """Return the header that a column has in the user's file, or its key where the file lacks it."""
    return str(table.attrs.get("headers", {}).get(column, column))


def make_table(name: str, values: Mapping[str, Iterable[object]], rows: int) -> pd.DataFrame:
    """Return a table of the data model with all its columns, typed; columns not given are NA."""
    frame = pd.DataFrame(index=pd.RangeIndex(rows))
    series = {
        key: pd.Series(list(values[key]) if key in values else pd.NA, frame.index, _DTYPES.get(column.type, "string"))
        for key, column in columns(name).items()
    }
    series |= {key: pd.Series(list(values.get(key, [""] * rows)), dtype="string") for key in ("file", "sheet")}
    series["row"] = pd.Series(list(values.get("row", [None] * rows)), dtype="Int64")
    return frame.assign(**series)


def empty_table(name: str) -> pd.DataFrame:
    """Return a table without rows; the layers as GeoDataFrames in EPSG:4326."""
    frame = make_table(name, {}, 0)
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries([], crs=WGS84)) if name in LAYERS else frame


def records_table(records: Iterable[Record]) -> pd.DataFrame:
    """Return records as a table, errors first, otherwise in the order found."""
    frame = pd.DataFrame(
        [vars(record) for record in records],
        columns=["table", "file", "sheet", "row", "column", "value", "rule", "severity", "message", "fix"],
    ).astype({"row": "Int64"})
    order = frame["severity"].map({"error": 0, "warning": 1, "info": 2})
    return frame.loc[order.sort_values(kind="stable").index].reset_index(drop=True)
