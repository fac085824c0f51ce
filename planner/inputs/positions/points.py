"""Geometries of a block in WGS 84: from the layer itself, from lon and lat, or from x, y and crs."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Geod

from planner.catalogue.load import read_data
from planner.catalogue.numbers import plain_digits
from planner.inputs.positions.crs import (
    crs_label,
    has_crs,
    in_viet_nam,
    inside_bounds,
    known_crs,
    lon_lat,
    named_datum,
    names_system,
    to_wgs84,
)
from planner.inputs.positions.degrees import parse_pair
from planner.inputs.tables import WGS84
from planner.inputs.text import fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.errors import Record
    from planner.inputs.cells.convert import Value
    from planner.inputs.lists.blocks import Block

VN2000_DEGREES = "EPSG:4756"
SAME_POINT_M = 300.0
"""Two positions of one row this near to each other agree."""
_COORDINATES = ("crs", "x", "y", "coordinates")


def place_block(block: Block) -> tuple[gpd.GeoSeries, list[Record]]:
    """Return one geometry a row in EPSG:4326 and what is wrong with the positions.

    A row has a geometry only where its coordinates can be read in one way: a layer with its CRS, degrees inside Viet
    Nam, x (northing) and y (easting) with a CRS named in the row or the heading and a result inside Viet Nam. All
    other rows keep what they say in `lon`, `lat`, `x`, `y`, `crs` and have no geometry; see `readings`.

    Polygons stay polygons for communes and become a point inside them for the other tables. `lon` and `lat` of the
    block are filled from geometries, from both coordinates in one cell and from x and y.
    """
    if block.geometry is not None:
        return _of_layer(block, block.geometry)
    if block.origin.table == "communes":
        return _nowhere(block), [block.origin.record("no-polygons", "error")]
    records = _split_pairs(block)
    _turn_axes(block)
    records += _shift_degrees(block)
    records += _declare(block)
    records += _from_projected(block)
    lon, lat = _numbers(block, "lon"), _numbers(block, "lat")
    inside = inside_bounds(lon, lat)
    records += [_half(block, int(i)) for i in np.flatnonzero(np.isnan(lon) != np.isnan(lat))]
    points = np.full(len(lon), None, dtype=object)
    points[inside] = shapely.points(lon[inside], lat[inside])
    return gpd.GeoSeries(points, crs=WGS84), records


def _nowhere(block: Block) -> gpd.GeoSeries:
    return gpd.GeoSeries([None] * len(block.rows), crs=WGS84)


def _column(block: Block, key: str) -> list[Value]:
    return block.data.get(key) or [None] * len(block.rows)


def _numbers(block: Block, key: str) -> NDArray[np.float64]:
    return np.array([value if isinstance(value, float) else math.nan for value in _column(block, key)])


def _texts(block: Block, key: str) -> list[str]:
    return ["" if value is None else str(value) for value in _column(block, key)]


def _of_layer(block: Block, geometry: gpd.GeoSeries) -> tuple[gpd.GeoSeries, list[Record]]:
    placed = to_wgs84(geometry)
    if not in_viet_nam(placed):
        return _nowhere(block), [_wrong_crs(block, geometry)]
    records = [] if has_crs(geometry) else [block.origin.record("crs-assumed", "warning")]
    if block.origin.table == "communes":
        return placed, records
    points = placed.where(placed.isna() | (placed.geom_type == "Point"), placed.representative_point())
    for key, part in (("lon", points.x), ("lat", points.y)):
        block.data[key] = [value if math.isfinite(value) else None for value in part]
    return points, records


def _wrong_crs(block: Block, geometry: gpd.GeoSeries) -> Record:
    bounds = ", ".join(f"{value:.6g}" for value in geometry.total_bounds)
    crs = "–" if geometry.crs is None else geometry.crs.name
    return block.origin.record("wrong-crs", "error", column="geometry", value=crs, bounds=bounds)


def _split_pairs(block: Block) -> list[Record]:
    """Fill lon and lat, or x and y, of the rows that write both coordinates in one cell."""
    texts = _texts(block, "coordinates")
    columns = {key: list(_column(block, key)) for key in ("lon", "lat", "x", "y", "crs")}
    records = []
    for i, text in enumerate(texts):
        if not text or any(columns[key][i] is not None for key in ("lon", "lat", "x", "y")):
            continue
        pair = parse_pair(text)
        if pair is None:
            records.append(_warning(block, i, "coordinates-unreadable", "coordinates"))
            continue
        for key, value in pair.items():
            columns[key][i] = value
        if "x" in pair and columns["crs"][i] is None:
            columns["crs"][i] = known_crs(text)
    if any(texts):
        block.data.update({key: values for key, values in columns.items() if any(v is not None for v in values)})
    return records


def _warning(block: Block, i: int, rule: str, key: str, **fields: object) -> Record:
    """Return a warning about a cell."""
    value = _column(block, key)[i]
    shown = plain_digits(value) if isinstance(value, float) else value or ""
    heading = block.headers.get(key, key)
    return block.origin.record(rule, "warning", row=block.rows[i], column=heading, value=shown, **fields)


def _turn_axes(block: Block) -> None:
    """Let x be the northing where the headings call it the easting."""
    axes = {axis: frozenset(words) for axis, words in read_data("meridians")["axes"].items()}
    x, y = (frozenset(fold(block.headers.get(key, "")).split()) for key in ("x", "y"))
    if "x" in block.data and "y" in block.data and (x & axes["east"] or y & axes["north"]):
        block.data["x"], block.data["y"] = block.data["y"], block.data["x"]
        block.headers["x"], block.headers["y"] = block.headers["y"], block.headers["x"]


def _shift_degrees(block: Block) -> list[Record]:
    """Bring degrees in VN-2000, where heading or row say so, to WGS 84: 225 m."""
    heading = " ".join(block.headers.get(key, "") for key in ("lon", "lat"))
    whole = named_datum(heading) == "vn2000"
    lon, lat = _numbers(block, "lon"), _numbers(block, "lat")
    named = np.array([whole or known_crs(text) == VN2000_DEGREES for text in _texts(block, "crs")], bool)
    shifted = named & inside_bounds(lon, lat)
    if not shifted.any():
        return []
    lon[shifted], lat[shifted] = lon_lat(VN2000_DEGREES, lon[shifted], lat[shifted])
    _write(block, lon, lat)
    crs = crs_label(VN2000_DEGREES)
    return [block.origin.record("crs-stated", "info", column=heading, value=crs, count=int(shifted.sum()))]


def _declare(block: Block) -> list[Record]:
    """Fill the CRS of rows that name none from the headings."""
    said = [text for key in _COORDINATES if (text := block.headers.get(key, "")) and known_crs(text)]
    empty = [i for i, text in enumerate(_texts(block, "crs")) if not text]
    if not said or not empty or "x" not in block.data:
        return []
    crs = known_crs(said[0]) or ""
    column = list(_column(block, "crs"))
    for i in empty:
        column[i] = crs
    block.data["crs"] = column
    block.headers.setdefault("crs", said[0])
    return [block.origin.record("crs-stated", "info", column=said[0], value=crs_label(crs), count=len(empty))]


def _from_projected(block: Block) -> list[Record]:
    """Fill lon and lat of the rows that have only x, y and a CRS, where they lie inside Viet Nam."""
    x, y = _numbers(block, "x"), _numbers(block, "y")
    own = np.column_stack([_numbers(block, "lon"), _numbers(block, "lat")])
    by_crs: dict[str, list[int]] = defaultdict(list)
    records = []
    for i, text in enumerate(_texts(block, "crs")):
        crs = known_crs(text)
        if math.isnan(x[i]) or math.isnan(y[i]) or not text:
            continue
        if crs is not None:
            by_crs[crs].append(i)
        elif not names_system(text):
            records.append(replace(_warning(block, i, "crs-unknown", "crs"), severity="error"))
    for crs, numbers in by_crs.items():
        rows = np.array(numbers)
        place = np.column_stack(lon_lat(crs, y[rows], x[rows]))
        inside, open_ = inside_bounds(place[:, 0], place[:, 1]), np.isnan(own[rows]).any(axis=1)
        records += _differing(block, rows[inside & ~open_], own, place[inside & ~open_])
        own[rows[inside & open_]] = place[inside & open_]
    if by_crs:
        _write(block, own[:, 0], own[:, 1])
    return records


def _differing(
    block: Block, rows: NDArray[np.int64], own: NDArray[np.float64], other: NDArray[np.float64]
) -> list[Record]:
    """Return a warning for each row whose degrees and metres mean two places."""
    apart = Geod(ellps="WGS84").inv(*own[rows].T, *other.T)[2] if len(rows) else []
    return [
        _warning(block, int(i), "positions-differ", "x", km=f"{metres / 1000:.1f}")
        for i, metres in zip(rows, apart, strict=True)
        if metres > SAME_POINT_M
    ]


def _write(block: Block, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> None:
    for key, values in (("lon", lon), ("lat", lat)):
        block.data[key] = [None if math.isnan(value) else float(value) for value in values]


def _half(block: Block, i: int) -> Record:
    given, missing = ("lat", "lon") if _column(block, "lon")[i] is None else ("lon", "lat")
    return _warning(block, i, "position-half", given, missing=block.headers.get(missing, missing))
