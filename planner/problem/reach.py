"""Which settlement reaches which destination for a use, by distance where positions are sure, else by commune."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.catalogue import Use
from planner.geography.travel import same_commune, straight_line, within

UNKNOWN_SHARE = 0.5
"""Travel as a share of the limit where it cannot be measured."""


@dataclass(frozen=True)
class Places:
    """Points of one kind: (n, 2) plane coordinates in km, commune number, position error in km, terrain."""

    plane: np.ndarray
    commune: np.ndarray
    error_km: np.ndarray
    mountainous: np.ndarray
    detour: np.ndarray


def centres(places: Places, place: pd.Series, node: pd.Series, demand: pd.Series) -> Places:
    """Return one place a node, in the order of node numbers: the demand-weighted centre of its settlements.

    It is as sure as the least sure of them. A settlement whose position is unknown does not move the centre.
    """
    numbers, weight = place.to_numpy(dtype=int), demand.to_numpy(float)
    known = np.isfinite(places.plane[numbers, 0])
    plane = np.where(known[:, None], places.plane[numbers], 0.0)
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
    first = by["first"].first().to_numpy(dtype=int)
    return Places(
        centre,
        places.commune[first],
        by["error"].max().to_numpy(float),
        places.mountainous[first],
        places.detour[first],
    )


@dataclass(frozen=True)
class Arcs:
    """Who reaches what: origin and destination numbers, km (NaN where unknown), travel as a share of the limit."""

    origin: np.ndarray
    destination: np.ndarray
    km: np.ndarray
    share: np.ndarray


def limit_km(use: Use, mountainous: np.ndarray) -> np.ndarray:
    """Return (n,) longest travel to a use by terrain, infinite where the use has no limit."""
    plain, mountain = use.norm("max_travel_km_plain"), use.norm("max_travel_km_mountain")
    return np.where(mountainous, mountain or np.inf, plain or np.inf)


def reach(use: Use, origins: Places, destinations: Places, reference_km: float) -> Arcs:
    """Return the arcs of a use.

    A point whose position is less sure than half the limit is reached by commune instead of by distance.
    """
    if use.reach == "commune":
        origin, destination = same_commune(origins.commune, destinations.commune)
        km = straight_line(origins.plane[origin], destinations.plane[destination], origins.detour[origin])
        unsure = (origins.error_km[origin] > reference_km / 2) | (destinations.error_km[destination] > reference_km / 2)
        km = np.where(unsure, np.nan, km)
        share = np.where(np.isnan(km), UNKNOWN_SHARE, np.minimum(km / reference_km, 1.0))
        return Arcs(origin, destination, km, share)
    return _by_distance(use, origins, destinations)


def unsure_positions(use: Use, places: Places) -> np.ndarray:
    """Return (n,) whether a place is too unsure to be reached by distance for a use."""
    if use.reach == "commune":
        return np.zeros(len(places.commune), dtype=bool)
    return np.asarray(~(places.error_km <= limit_km(use, places.mountainous) / 2))


def _by_distance(use: Use, origins: Places, destinations: Places) -> Arcs:
    limit = limit_km(use, origins.mountainous)
    vague_origin, vague_destination = unsure_positions(use, origins), unsure_positions(use, destinations)
    sure = within(
        np.where(vague_origin[:, None], np.nan, origins.plane),
        np.where(vague_destination[:, None], np.nan, destinations.plane),
        limit,
        origins.detour,
    )
    origin, destination = same_commune(origins.commune, destinations.commune)
    keep = vague_origin[origin] | vague_destination[destination]
    origin, destination = origin[keep], destination[keep]
    return Arcs(
        np.concatenate([sure.origin, origin]),
        np.concatenate([sure.destination, destination]),
        np.concatenate([sure.km, np.full(len(origin), np.nan)]),
        np.concatenate([sure.km / limit[sure.origin], np.full(len(origin), UNKNOWN_SHARE)]),
    )
