"""Travel by road: walk to the nearest road, along the roads, and walk again; or on foot where that is nearer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from planner.geography.cache import Arrays, digest, remembered
from planner.geography.network import Access, Graph, Lines, Network, join, make_network, nearest_lines, parts_of
from planner.geography.search import search
from planner.geography.travel import Bools, Floats, Ints, Points, Reach, Unit, straight_line, within

_WIDER = (1.0, 4.0, np.inf)
"""Ways that a first search does not find are looked for again, so much farther."""


@dataclass(frozen=True)
class RoadSettings:
    """Season, speed by class of road in that season, walking speed, longest walk to a road, least loose network."""

    season: Literal["dry", "rainy"]
    kmh: Mapping[str, float]
    walking_kmh: float
    snap_km: float
    loose_part_km: float


class Survey(NamedTuple):
    """How roads and points hang together.

    Attributes
    ----------
    km : (L,) length of each line. part : (L,) part of the roads to which it belongs with everything open.
    season_part : (L,) part in the season, -1 for lines closed or left out.
    used : (L,) whether its part is long enough to travel on.
    line : line at which each point steps onto the roads, -1 for none, by table.
    """

    km: Floats
    part: Ints
    season_part: Ints
    used: Bools
    line: Mapping[str, Ints]


class _Roads(NamedTuple):
    """All lines as a network, the part of each with everything open, and whether it is used."""

    network: Network
    part: Ints
    used: Bools


class _Ends(NamedTuple):
    """A graph with both ends joined in: their nodes (-1: no road near) and km on foot to the roads (then infinite)."""

    graph: Graph
    source: Ints
    target: Ints
    walk_from: Floats
    walk_to: Floats


@dataclass(frozen=True)
class RoadTravel:
    """Travel by road.

    Of any two points the way is: on foot to the nearest place on the nearest road, by road, on foot from there. Two
    points nearer to each other than to the roads are walked between directly, where the roads do not show that a river
    or ridge lies between; and so is every way to a point with no road within `snap_km`. Between parts of the roads that
    do not meet there is no way.

    Attributes
    ----------
    roads : lines in EPSG:4326, see `planner.inputs.roads`.
    projection : from EPSG:4326 to the plane of the points, in metres.
    settings : season and speeds.
    """

    roads: gpd.GeoDataFrame
    projection: Transformer
    settings: RoadSettings

    def within(self, origin: Points, destination: Points, limit: Floats, unit: Unit) -> Reach:
        """Return the pairs within the origin's limit: the shortest way where it is in km, the quickest in minutes."""
        key = digest(self._digest, "within", *_content(origin), *_content(destination), limit, unit)
        found = remembered(key, lambda: vars(self._within(origin, destination, limit, unit)))
        return Reach(**found)  # type: ignore[arg-type]

    def between(self, origin: Points, destination: Points) -> Floats:
        """Return (n,) km of the shortest way, pair by pair; see `Travel`."""
        key = digest(self._digest, "between", *_content(origin), *_content(destination))
        found = remembered(key, lambda: {"km": self._between(origin, destination)})
        return np.asarray(found["km"], dtype=np.float64)

    def knows(self, points: Points) -> Bools:
        """Return (n,) whether travel is known whatever the position of a point: it never is."""
        return np.zeros(len(points.number), dtype=bool)

    def survey(self, points: Mapping[str, Points]) -> Survey:
        """Return how the roads and some points, by table, hang together."""
        key = digest(self._digest, "survey", *(part for found in points.values() for part in _content(found)))
        found = dict(remembered(key, lambda: self._survey(points)))
        line = {table: found.pop(f"line_{table}") for table in points}
        return Survey(line=line, **found)  # type: ignore[arg-type]

    @property
    def from_cache(self) -> bool:
        """Return whether everything asked so far was kept from an earlier run."""
        return "_network" not in vars(self)

    @cached_property
    def _digest(self) -> str:
        """Everything that travel depends on except the points."""
        at, of = shapely.get_coordinates(self.roads.geometry.to_numpy(), return_index=True)
        facts: list[object] = [self.roads[column].to_numpy(float) for column in ("speed_kmh", "ferry", "bridge")]
        for column in ("class", "oneway", "season"):
            code, names = pd.factorize(self.roads[column])
            facts += [code, list(names)]
        return digest(at, of, *facts, self.projection.definition, self.settings)

    @cached_property
    def _roads(self) -> _Roads:
        """All lines whatever the season; a part that hangs loose is used where it is long enough."""
        roads = self.roads
        kmh = roads["speed_kmh"].fillna(roads["class"].map(self.settings.kmh)).to_numpy(float)
        midway = ~(roads["ferry"] | roads["bridge"] | (roads["class"] == "motorway")).to_numpy(bool)
        direction = roads["oneway"].to_numpy(object)
        shape = shapely.transform(roads.geometry.to_numpy(), self._to_plane)
        lines = Lines(shape, kmh, direction != "backward", direction != "forward", midway)
        network = make_network(lines)
        part = parts_of(network)
        size = np.bincount(part, shapely.length(shape), minlength=1)
        used = (size >= self.settings.loose_part_km) | (np.arange(len(size)) == size.argmax())
        return _Roads(network, part, used[part])

    @cached_property
    def _open(self) -> Bools:
        season = self.roads["season"].to_numpy(object)
        return np.asarray(self._roads.used & ((season == "all") | (season == self.settings.season)))

    @cached_property
    def _network(self) -> Network:
        whole = self._roads.network
        return whole if self._open.all() else make_network(whole.lines.take(self._open))

    def _to_plane(self, lon_lat: Floats) -> Floats:
        return np.column_stack(self.projection.transform(lon_lat[:, 0], lon_lat[:, 1])) / 1000.0

    def _access(self, points: Points) -> Access:
        return nearest_lines(self._network.lines, points.plane, self.settings.snap_km)

    def _survey(self, points: Mapping[str, Points]) -> Arrays:
        season_part = np.full(len(self.roads), -1, dtype=np.int64)
        season_part[self._open] = parts_of(self._network)
        rows = np.append(np.nonzero(self._open)[0], -1)  # -1, no road, takes the last
        return {
            "km": shapely.length(self._roads.network.lines.shape),
            "part": self._roads.part,
            "season_part": season_part,
            "used": self._roads.used,
        } | {f"line_{table}": rows[self._access(found).line] for table, found in points.items()}

    def _ends(self, origin: Points, destination: Points) -> _Ends:
        start, end = self._access(origin), self._access(destination)
        graph, node = join(self._network, np.r_[start.line, end.line], np.r_[start.along, end.along])
        source, target = np.split(node, [len(start.line)])
        return _Ends(graph, source, target, start.km * origin.detour, end.km * destination.detour)

    def _within(self, origin: Points, destination: Points, limit: Floats, unit: Unit) -> Reach:
        ends = self._ends(origin, destination)
        o, d = np.nonzero(ends.source >= 0)[0], np.nonzero(ends.target >= 0)[0]
        ways = search(ends.graph, unit, ends.source[o], ends.target[d], float(limit[o].max(initial=0.0)))
        o, d = o[ways.source], d[ways.target]
        walk = ends.walk_from[o] + ends.walk_to[d]
        by_road = Reach(o, d, ways.km + walk, ways.minutes + 60.0 * walk / self.settings.walking_kmh)
        found = _joined(by_road, self._on_foot(origin, destination, ends, limit, unit), unit)
        return _taken(found, found.cost(unit) <= limit[found.origin])

    def _on_foot(self, origin: Points, destination: Points, ends: _Ends, limit: Floats, unit: Unit) -> Reach:
        """Return the pairs within the limit that are walked between all the way."""
        walking = np.full(len(limit), self.settings.walking_kmh)
        found = within(origin, destination, limit if unit == "km" else limit * walking / 60.0, walking)
        walk = ends.walk_from[found.origin] + ends.walk_to[found.destination]
        found, walk = _taken(found, found.km <= walk), walk[found.km <= walk]
        km = np.full(len(walk), np.inf)
        near = np.nonzero(np.isfinite(walk))[0]
        round_trip = (walk + found.km)[near]
        km[near] = _looked_up(ends, found.origin[near], found.destination[near], float(round_trip.max(initial=0.0)))
        return _taken(found, _is_walked(found.km, walk, km))

    def _between(self, origin: Points, destination: Points) -> Floats:
        (_, first, o), (_, last, d) = (
            np.unique(points.number, return_index=True, return_inverse=True) for points in (origin, destination)
        )
        ends = self._ends(origin.take(first), destination.take(last))
        walk = ends.walk_from[o] + ends.walk_to[d]
        direct = straight_line(origin.plane, destination.plane, origin.detour)
        km = np.full(len(walk), np.inf)
        meet = _meet(ends.graph, ends.source[o], ends.target[d])
        for wider in _WIDER:
            left = np.nonzero(meet & np.isinf(km))[0]
            if len(left):
                limit = wider * (2.0 * float(direct[left].max()) + 1.0)
                km[left] = _looked_up(ends, o[left], d[left], limit)
        found = np.where(_is_walked(direct, walk, km), direct, walk + km)
        return np.where(np.isnan(direct), np.nan, found)


def _content(points: Points) -> tuple[object, ...]:
    return (points.table, points.number, points.plane, points.detour, points.kmh)


def _is_walked(direct: Floats, walk: Floats, by_road: Floats) -> Bools:
    """Return (n,) whether people walk straight: to a point without a road, or to one nearer than the roads.

    The roads must show that nothing lies between: from where the one steps onto them to where the other does they are
    no longer than the way round by the two points themselves. Across a river they are.

    Parameters
    ----------
    direct, walk, by_road : km from point to point on foot, of both to the roads, and between those places by road.
    """
    return np.isinf(walk) | ((direct <= walk) & (by_road <= walk + direct))


def _meet(graph: Graph, source: Ints, target: Ints) -> Bools:
    """Return (n,) whether two nodes lie on one part of a graph; -1 lies on none."""
    links = coo_matrix((np.ones(len(graph.tail)), (graph.tail, graph.head)), shape=(graph.nodes, graph.nodes))
    label = connected_components(links, directed=False)[1] if graph.nodes else np.zeros(1, dtype=np.int64)
    return np.asarray((source >= 0) & (target >= 0) & (label[source] == label[target]))


def _looked_up(ends: _Ends, o: Ints, d: Ints, limit: float) -> Floats:
    """Return (n,) km by road of the pairs (o, d) of origins and destinations, infinite beyond the limit."""
    froms, tos = np.unique(o), np.unique(d)
    ways = search(ends.graph, "km", ends.source[froms], ends.target[tos], limit, both=False)
    width = len(ends.target)
    key, wanted = froms[ways.source] * width + tos[ways.target], o * width + d
    at = np.minimum(np.searchsorted(key, wanted), max(len(key) - 1, 0))
    return np.where(key[at] == wanted, ways.km[at], np.inf) if len(key) else np.full(len(o), np.inf)


def _taken(found: Reach, chosen: Bools) -> Reach:
    return Reach(found.origin[chosen], found.destination[chosen], found.km[chosen], found.minutes[chosen])


def _joined(first: Reach, second: Reach, unit: Unit) -> Reach:
    """Return the pairs of both, each once with its better way, in the order of origins and destinations."""
    both = Reach(*(np.concatenate(pair) for pair in zip(vars(first).values(), vars(second).values(), strict=True)))
    order = np.lexsort((both.cost(unit), both.destination, both.origin))
    o, d = both.origin[order], both.destination[order]
    again = np.r_[False, (o[1:] == o[:-1]) & (d[1:] == d[:-1])] if len(o) else np.zeros(0, dtype=bool)
    return Reach(*(values[order][~again] for values in vars(both).values()))
