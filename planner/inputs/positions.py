"""Geometries of a block in WGS 84: from the layer itself, from lon and lat, or from x, y and crs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import geopandas as gpd
import shapely

from planner.inputs.crs import has_crs, in_viet_nam, known_crs, to_lon_lat, to_wgs84
from planner.inputs.tables import WGS84

if TYPE_CHECKING:
    from planner.errors import Record
    from planner.inputs.blocks import Block
    from planner.inputs.convert import Value


def place_block(block: Block) -> tuple[gpd.GeoSeries, list[Record]]:
    """Return one geometry a row in EPSG:4326 (None where unknown) and what is wrong with the positions.

    Polygons stay polygons for communes and become a point inside them for the other tables. `lon` and `lat` of the
    block are filled from geometries and from VN-2000 coordinates (x is the northing, y the easting).
    """
    if block.geometry is not None:
        return _of_layer(block, block.geometry)
    if block.origin.table == "communes":
        return _nowhere(block), [block.origin.record("no-polygons", "error")]
    records = _from_projected(block)
    lon, lat = _column(block, "lon"), _column(block, "lat")
    points = [
        shapely.Point(x, y) if isinstance(x, float) and isinstance(y, float) else None
        for x, y in zip(lon, lat, strict=True)
    ]
    return gpd.GeoSeries(points, crs=WGS84), records


def _nowhere(block: Block) -> gpd.GeoSeries:
    return gpd.GeoSeries([None] * len(block.rows), crs=WGS84)


def _column(block: Block, key: str) -> list[Value]:
    return block.data.get(key) or [None] * len(block.rows)


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


def _from_projected(block: Block) -> list[Record]:
    """Fill lon and lat of the rows that have only x, y and crs."""
    if "x" not in block.data or "y" not in block.data:
        return []
    lon, lat = list(_column(block, "lon")), list(_column(block, "lat"))
    records = []
    for i, (x, y, text) in enumerate(zip(block.data["x"], block.data["y"], _column(block, "crs"), strict=True)):
        if not isinstance(x, float) or not isinstance(y, float) or lon[i] is not None:
            continue
        crs = known_crs(str(text)) if text is not None else None
        if crs is None:
            records.append(_no_crs(block, i, text))
            continue
        (lon[i],), (lat[i],) = to_lon_lat(crs, [y], [x])
    block.data.update(lon=lon, lat=lat)
    return records


def _no_crs(block: Block, i: int, text: Value) -> Record:
    row, heading = block.rows[i], block.headers.get("crs", block.headers["x"])
    if text is None:
        return block.origin.record("crs-missing", "warning", row=row, column=heading)
    return block.origin.record("crs-unknown", "error", row=row, column=heading, value=text)
