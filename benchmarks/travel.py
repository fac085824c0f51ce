"""Travel by road on 100,000 nodes: from a thousand villages to the facilities in reach, fresh and from the cache.

Run with `python -m benchmarks.travel [NODES] [VILLAGES]`. The network is made from a seed: a hilly grid of lanes with
winding lines, some one-way, crossed by faster roads; the limit is 12 km, what a cluster of mountain communes has.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time

import geopandas as gpd
import numpy as np
import shapely

from planner.geography.cache import VARIABLE
from planner.geography.roads import RoadSettings, RoadTravel
from planner.geography.travel import Points, Reach, local_projection, to_plane

SEED = 20260701
NODES, VILLAGES, FACILITIES = 100_000, 1_000, 1_000
SPACING = 0.004  # degrees between crossings: about 430 m
LIMIT_KM, LIMIT_MIN = 12.0, 30.0
WEST, SOUTH = 103.5, 21.5


def make_roads(nodes: int) -> gpd.GeoDataFrame:
    """Return the lines of a network with about so many crossings."""
    rng = np.random.default_rng(SEED)
    side = round(nodes**0.5)
    at = np.stack(np.meshgrid(np.arange(side), np.arange(side), indexing="ij"), axis=-1) * SPACING
    at = at + rng.uniform(-0.3, 0.3, at.shape) * SPACING + (WEST, SOUTH)
    ends = [(at[:-1], at[1:]), (at[:, :-1], at[:, 1:])]
    start = np.concatenate([a.reshape(-1, 2) for a, _ in ends])
    end = np.concatenate([b.reshape(-1, 2) for _, b in ends])
    middle = (start + end) / 2 + rng.uniform(-0.1, 0.1, start.shape) * SPACING
    count = len(start)
    classes = rng.choice(["village", "commune", "district", "national"], count, p=[0.6, 0.25, 0.1, 0.05])
    return gpd.GeoDataFrame(
        {
            "name": "",
            "class": classes,
            "oneway": rng.choice(["both", "forward"], count, p=[0.98, 0.02]),
            "season": rng.choice(["all", "dry"], count, p=[0.95, 0.05]),
            "speed_kmh": np.nan,
            "ferry": False,
            "bridge": False,
        },
        geometry=shapely.linestrings(np.stack([start, middle, end], axis=1)),
        crs="EPSG:4326",
    )


def make_points(table: str, count: int, roads: gpd.GeoDataFrame, seed: int) -> Points:
    """Return points scattered over the roads' extent, in its plane."""
    rng = np.random.default_rng(seed)
    west, south, east, north = roads.total_bounds
    places = gpd.GeoSeries(
        gpd.points_from_xy(rng.uniform(west, east, count), rng.uniform(south, north, count)), crs="EPSG:4326"
    )
    plane = to_plane(places, local_projection(roads.geometry))
    return Points(table, np.arange(count), plane, np.full(count, 1.4), np.full(count, 12.0))


def make_travel(roads: gpd.GeoDataFrame) -> RoadTravel:
    """Return travel by these roads in the dry season."""
    kmh = {"village": 15.0, "commune": 25.0, "district": 30.0, "national": 45.0}
    settings = RoadSettings("dry", kmh, walking_kmh=4.0, snap_km=3.0, loose_part_km=5.0)
    return RoadTravel(roads, local_projection(roads.geometry), settings)


def timed(roads: gpd.GeoDataFrame, villages: Points, facilities: Points, unit: str) -> tuple[float, Reach]:
    """Return the seconds from lines to pairs within the limit, and the pairs."""
    limit = np.full(len(villages.number), LIMIT_KM if unit == "km" else LIMIT_MIN)
    begin = time.perf_counter()
    found = make_travel(roads).within(villages, facilities, limit, "km" if unit == "km" else "min")
    return time.perf_counter() - begin, found


def main(arguments: list[str]) -> int:
    """Print seconds fresh and from the cache; return 1 where the two differ."""
    nodes, villages = (int(a) for a in arguments) if arguments else (NODES, VILLAGES)
    roads = make_roads(nodes)
    origin, destination = (
        make_points("settlements", villages, roads, 1),
        make_points("facilities", FACILITIES, roads, 2),
    )
    same = True
    with tempfile.TemporaryDirectory() as folder:
        os.environ[VARIABLE] = folder
        for unit in ("km", "min"):
            fresh, first = timed(roads, origin, destination, unit)
            cached, again = timed(roads, origin, destination, unit)
            same &= all(np.array_equal(a, b) for a, b in zip(vars(first).values(), vars(again).values(), strict=True))
            limit = f"{LIMIT_KM:g} km" if unit == "km" else f"{LIMIT_MIN:g} min"
            sys.stdout.write(
                f"{nodes:,} nodes, {len(roads):,} lines, {villages:,} villages x {FACILITIES:,} facilities within "
                f"{limit}: {len(first.km):,} pairs, fresh {fresh:.2f} s, cached {cached:.2f} s, "
                f"ratio {fresh / cached:.1f}\n"
            )
    return 0 if same else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
