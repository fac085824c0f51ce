"""Which settlement reaches which destination for a use, by distance where positions are sure, else by commune."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from planner.catalogue import Use
from planner.geography.travel import Points, Travel, same_commune

UNKNOWN_SHARE = 0.5
"""Travel as a share of the limit where it cannot be measured."""


@dataclass(frozen=True)
class Places:
    """Points of one kind: (n,) each its commune number, position error in km and terrain."""

    points: Points
    commune: np.ndarray
    error_km: np.ndarray
    mountainous: np.ndarray

    def take(self, rows: np.ndarray) -> Places:
        """Return some of the places, in the order given."""
        return Places(self.points.take(rows), self.commune[rows], self.error_km[rows], self.mountainous[rows])


def centres(places: Places, place: pd.Series, node: pd.Series, demand: pd.Series) -> Places:
    """Return one place a node, in the order of node numbers: the demand-weighted centre of its settlements.

    It is as sure as the least sure of them. A settlement whose position is unknown does not move the centre.
    """
    numbers, weight = place.to_numpy(dtype=int), demand.to_numpy(float)
    known = np.isfinite(places.points.plane[numbers, 0])
    plane = np.where(known[:, None], places.points.plane[numbers], 0.0)
    table = pd.DataFrame(
        {
            "node": node.to_numpy(),
            "weight": weight * known,
            "x": plane[:, 0] * weight,
            "y": plane[:, 1] * weight,
            "error": np.where(known, places.error_km[numbers], np.inf),
            "first": numbers,
        }
    )
    by = table.groupby("node", sort=True)
    total = by["weight"].sum().to_numpy(float)
    sums = by[["x", "y"]].sum().to_numpy(float)
    centre = np.divide(sums, total[:, None], out=np.full_like(sums, np.nan), where=total[:, None] > 0)
    first = places.take(by["first"].first().to_numpy(dtype=int))
    points = replace(first.points, plane=centre)
    return Places(points, first.commune, by["error"].max().to_numpy(float), first.mountainous)


def speakers(places: Places, place: pd.Series, node: pd.Series, demand: pd.Series) -> Places:
    """Return one place a node, in the order of node numbers: the settlement nearest to the centre of them all.

    Roads lead to settlements, and tables name them; the centre of a commune may lie on a mountain.
    """
    numbers = place.to_numpy(dtype=int)
    centre = centres(places, place, node, demand)
    of = np.unique(node.to_numpy(), return_inverse=True)[1]
    gap = np.hypot(*(places.points.plane[numbers] - centre.points.plane[of]).T)
    table = pd.DataFrame({"node": of, "gap": gap, "demand": -demand.to_numpy(float), "settlement": numbers})
    nearest = table.sort_values(["node", "gap", "demand", "settlement"], na_position="last").drop_duplicates("node")
    return replace(places.take(nearest["settlement"].to_numpy(dtype=int)), error_km=centre.error_km)


@dataclass(frozen=True)
class Arcs:
    """Who reaches what: origin and destination numbers, km (NaN where unknown), travel as a share of the limit."""

    origin: np.ndarray
    destination: np.ndarray
    km: np.ndarray
    share: np.ndarray


def limit_of(use: Use, places: Places) -> np.ndarray:
    """Return (n,) longest travel to a use by terrain, in its `limit_unit`; infinite where it has no limit."""
    plain, mountain = use.limit("plain"), use.limit("mountain")
    return np.where(places.mountainous, mountain or np.inf, plain or np.inf)


def reach(use: Use, origins: Places, destinations: Places, travel: Travel, reference_km: float) -> Arcs:
    """Return the arcs of a use.

    A point whose position is less sure than half the limit is reached by commune instead of by distance.
    """
    if use.reach == "commune":
        return _by_commune(origins, destinations, travel, reference_km)
    return _by_distance(use, origins, destinations, travel)


def unsure_positions(use: Use, places: Places, travel: Travel) -> np.ndarray:
    """Return (n,) whether a place is too unsure to be reached by distance for a use."""
    if use.reach == "commune":
        return np.zeros(len(places.commune), dtype=bool)
    limit = limit_of(use, places)
    limit_km = limit if use.limit_unit == "km" else limit * places.points.kmh / 60.0
    return np.asarray(~(places.error_km <= limit_km / 2)) & ~travel.knows(places.points)


def _by_commune(origins: Places, destinations: Places, travel: Travel, reference_km: float) -> Arcs:
    origin, destination = same_commune(origins.commune, destinations.commune)
    start, end = origins.take(origin), destinations.take(destination)
    km = travel.between(start.points, end.points)
    way = ~np.isposinf(km)  # no way leads there, not even far
    origin, destination, start, end, km = origin[way], destination[way], start.take(way), end.take(way), km[way]
    unsure = np.zeros(len(km), dtype=bool)
    for places in (start, end):
        unsure |= (places.error_km > reference_km / 2) & ~travel.knows(places.points)
    km = np.where(unsure, np.nan, km)
    share = np.where(np.isnan(km), UNKNOWN_SHARE, np.minimum(km / reference_km, 1.0))
    return Arcs(origin, destination, km, share)


def _by_distance(use: Use, origins: Places, destinations: Places, travel: Travel) -> Arcs:
    limit = limit_of(use, origins)
    vague_origin, vague_destination = (unsure_positions(use, places, travel) for places in (origins, destinations))
    sure_origin, sure_destination = np.nonzero(~vague_origin)[0], np.nonzero(~vague_destination)[0]
    sure = travel.within(
        origins.points.take(sure_origin),
        destinations.points.take(sure_destination),
        limit[sure_origin],
        use.limit_unit,
    )
    near, there = sure_origin[sure.origin], sure_destination[sure.destination]
    origin, destination = same_commune(origins.commune, destinations.commune)
    keep = vague_origin[origin] | vague_destination[destination]
    origin, destination = origin[keep], destination[keep]
    return Arcs(
        np.concatenate([near, origin]),
        np.concatenate([there, destination]),
        np.concatenate([sure.km, np.full(len(origin), np.nan)]),
        np.concatenate([sure.cost(use.limit_unit) / limit[near], np.full(len(origin), UNKNOWN_SHARE)]),
    )
