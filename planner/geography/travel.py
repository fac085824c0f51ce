"""Straight-line travel in kilometres, in a local projected CRS, and who reaches what within a limit."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from scipy.spatial import cKDTree

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Reach:
    """Pairs within the limit: origin and destination numbers, and travel in km (NaN where it is not known)."""

    origin: Ints
    destination: Ints
    km: Floats


def local_projection(points: gpd.GeoSeries) -> Transformer:
    """Return the transformer from EPSG:4326 to an azimuthal equidistant plane in metres around the points.

    Distances from the centre are exact; within a province of 300 km the error stays below 0.1 %.
    """
    west, south, east, north = points.total_bounds
    crs = CRS.from_proj4(
        f"+proj=aeqd +lat_0={(south + north) / 2:.4f} +lon_0={(west + east) / 2:.4f} +datum=WGS84 +units=m"
    )
    return Transformer.from_crs(4326, crs, always_xy=True)


def to_plane(points: gpd.GeoSeries, projection: Transformer) -> Floats:
    """Return (n, 2) coordinates in km; NaN where a point is missing."""
    known = ~(points.isna() | points.is_empty)
    plane = np.full((len(points), 2), np.nan)
    x, y = projection.transform(points[known].x.to_numpy(), points[known].y.to_numpy())
    plane[known.to_numpy()] = np.column_stack([x, y]) / 1000.0
    return plane


def straight_line(origin: Floats, destination: Floats, detour: Floats) -> Floats:
    """Return travel in km from each origin to its destination: straight line times the origin's detour factor."""
    gap = origin - destination
    return np.asarray(np.hypot(gap[:, 0], gap[:, 1]) * detour)


def within(origin: Floats, destination: Floats, limit: Floats, detour: Floats) -> Reach:
    """Return the pairs whose straight-line travel stays within the origin's limit.

    Parameters
    ----------
    origin, destination : (n, 2), (m, 2) plane coordinates in km, NaN where unknown.
    limit, detour : (n,) longest travel in km and detour factor at the origin.
    """
    known_origin = np.nonzero(np.isfinite(origin).all(axis=1))[0]
    known_destination = np.nonzero(np.isfinite(destination).all(axis=1))[0]
    if not len(known_origin) or not len(known_destination):
        return Reach(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    tree = cKDTree(destination[known_destination])
    found = tree.query_ball_point(origin[known_origin], limit[known_origin] / detour[known_origin], return_sorted=True)
    counts = np.array([len(hits) for hits in found])
    o = np.repeat(known_origin, counts)
    d = (
        known_destination[np.concatenate([np.asarray(hits, dtype=np.int64) for hits in found])]
        if counts.sum()
        else o[:0]
    )
    return Reach(o, d, straight_line(origin[o], destination[d], detour[o]))


def same_commune(origin_commune: Ints, destination_commune: Ints) -> tuple[Ints, Ints]:
    """Return all (origin, destination) pairs of one commune; -1 is no commune and matches nothing."""
    order = np.argsort(destination_commune, kind="stable")
    ranked = destination_commune[order]
    first = np.searchsorted(ranked, origin_commune, side="left")
    last = np.searchsorted(ranked, origin_commune, side="right")
    counts = np.where(origin_commune >= 0, last - first, 0)
    origin = np.repeat(np.arange(len(origin_commune)), counts)
    offset = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return origin, order[np.repeat(first, counts) + offset]
