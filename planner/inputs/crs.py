"""The one place where coordinates change their reference system: everything inside is WGS 84 (EPSG:4326)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError
from pyproj.transformer import Transformer, TransformerGroup

from planner.inputs.tables import WGS84

if TYPE_CHECKING:
    from collections.abc import Sequence

# Two operations lead from VN-2000 to WGS 84, 0.8 m apart; one is pinned so that every machine gives the same.
VN2000_OPERATION = "VN-2000 to WGS 84 (2)"
BOUNDS = (102.0, 8.0, 118.0, 24.0)
"""Longitude and latitude of Viet Nam with its islands: west, south, east, north."""


@cache
def transformer(crs: str) -> Transformer:
    """Return the transformer from a CRS, with x east and y north, to WGS 84 longitude and latitude.

    Raises
    ------
    CRSError : the CRS is not known.
    """
    group = TransformerGroup(CRS.from_user_input(crs), WGS84, always_xy=True)
    pinned = [found for found in group.transformers if VN2000_OPERATION in found.description]
    return (pinned or group.transformers)[0]


def known_crs(text: str) -> str | None:
    """Return a CRS as `EPSG:code` from what a cell says (`9208`, `EPSG:9208`), or None where there is no such CRS."""
    code = text.upper().removeprefix("EPSG:").strip()
    try:
        return f"EPSG:{CRS.from_epsg(int(code)).to_epsg()}"
    except (ValueError, CRSError):
        return None


def to_lon_lat(crs: str, easting: Sequence[float], northing: Sequence[float]) -> tuple[list[float], list[float]]:
    """Return longitudes and latitudes of points given by easting and northing in m."""
    lon, lat = transformer(crs).transform(np.asarray(easting, float), np.asarray(northing, float))
    return lon.tolist(), lat.tolist()


def has_crs(geometry: gpd.GeoSeries) -> bool:
    """Return whether a layer states a CRS on the Earth; GIS programs write "undefined" ones too."""
    return geometry.crs is not None and bool(geometry.crs.is_geographic or geometry.crs.is_projected)


def to_wgs84(geometry: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return plane geometries in WGS 84; a layer without a usable CRS is taken to be in it already."""
    flat = shapely.force_2d(geometry.to_numpy())
    if not has_crs(geometry) or geometry.crs == CRS.from_user_input(WGS84):
        return gpd.GeoSeries(flat, crs=WGS84)
    change = transformer(geometry.crs.to_wkt())

    def moved(points: np.ndarray) -> np.ndarray:
        return np.column_stack(change.transform(points[:, 0], points[:, 1]))

    return gpd.GeoSeries(shapely.transform(flat, moved), crs=WGS84)


def in_viet_nam(geometry: gpd.GeoSeries) -> bool:
    """Return whether at least half of the geometries (in degrees) lie within the country's bounds."""
    bounds = shapely.bounds(geometry[geometry.notna()].to_numpy())
    west, south, east, north = BOUNDS
    with np.errstate(invalid="ignore"):
        inside = (bounds[:, 0] >= west) & (bounds[:, 1] >= south) & (bounds[:, 2] <= east) & (bounds[:, 3] <= north)
    return not len(inside) or bool(inside.mean() >= 0.5)  # noqa: PLR2004  the half
