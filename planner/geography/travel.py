"""Travel between points of one plane: what every way of measuring it shares, and the straight line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from scipy.spatial import cKDTree

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


Unit = Literal["km", "min"]


@dataclass(frozen=True)
class Reach:
    """Pairs within the limit: origin and destination numbers, travel in km and minutes (NaN where it is not known)."""

    origin: Ints
    destination: Ints
    km: Floats
    minutes: Floats

    def cost(self, unit: Unit) -> Floats:
        """Return travel in the unit of a limit."""
        return self.km if unit == "km" else self.minutes


@dataclass(frozen=True)
class Points:
    """Points of one table.

    Attributes
    ----------
    table : settlements, facilities or services.
    number : (n,) row of each point in its table.
    plane : (n, 2) plane coordinates in km, NaN where the position is unknown.
    detour : (n,) ways on foot as a multiple of the straight line, by terrain.
    kmh : (n,) speed from door to door where no roads are known, by terrain.
    """

    table: str
    number: Ints
    plane: Floats
    detour: Floats
    kmh: Floats

    def take(self, rows: Ints) -> Points:
        """Return some of the points, in the order given."""
        return Points(self.table, self.number[rows], self.plane[rows], self.detour[rows], self.kmh[rows])


class Travel(Protocol):
    """A way of measuring travel; from origins (settlements) to destinations (facilities or services)."""

    def within(self, origin: Points, destination: Points, limit: Floats, unit: Unit) -> Reach:
        """Return the pairs whose travel stays within the origin's limit, (n,) km or minutes."""

    def between(self, origin: Points, destination: Points) -> Floats:
        """Return (n,) km from each origin to its destination: NaN where not known, infinite where no way leads."""

    def knows(self, points: Points) -> Bools:
        """Return (n,) whether travel of a point is known however vague its position is."""


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


def within(origin: Points, destination: Points, limit: Floats, kmh: Floats) -> Reach:
    """Return the pairs whose straight-line travel stays within the origin's limit.

    Parameters
    ----------
    limit : (n,) longest travel in km. kmh : (n,) speed of the origin.
    """
    known_origin = np.nonzero(np.isfinite(origin.plane).all(axis=1))[0]
    known_destination = np.nonzero(np.isfinite(destination.plane).all(axis=1))[0]
    if not len(known_origin) or not len(known_destination):
        return Reach(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), np.zeros(0))
    tree = cKDTree(destination.plane[known_destination])
    radius = limit[known_origin] / origin.detour[known_origin]
    found = tree.query_ball_point(origin.plane[known_origin], radius, return_sorted=True)
    counts = np.array([len(hits) for hits in found])
    o = np.repeat(known_origin, counts)
    d = (
        known_destination[np.concatenate([np.asarray(hits, dtype=np.int64) for hits in found])]
        if counts.sum()
        else o[:0]
    )
    km = straight_line(origin.plane[o], destination.plane[d], origin.detour[o])
    return Reach(o, d, km, 60.0 * km / kmh[o])


@dataclass(frozen=True)
class StraightLine:
    """Straight line times the detour of the terrain; minutes at the terrain's assumed speed from door to door."""

    def within(self, origin: Points, destination: Points, limit: Floats, unit: Unit) -> Reach:
        """Return the pairs within the origin's limit; see `Travel`."""
        return within(origin, destination, limit if unit == "km" else limit * origin.kmh / 60.0, origin.kmh)

    def between(self, origin: Points, destination: Points) -> Floats:
        """Return (n,) km pair by pair; see `Travel`."""
        return straight_line(origin.plane, destination.plane, origin.detour)

    def knows(self, points: Points) -> Bools:
        """Return (n,) whether travel is known whatever the position of a point: it never is."""
        return np.zeros(len(points.number), dtype=bool)


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
