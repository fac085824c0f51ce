"""Lines of roads as a graph: nodes where lines share a vertex, points joined in at any place along a line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from planner.geography.travel import Bools, Floats, Ints

GRID_KM = 1e-3
"""Vertices that round to the same place on a grid this wide are one."""


@dataclass(frozen=True)
class Lines:
    """Lines that can be travelled.

    Attributes
    ----------
    shape : (L,) line strings in a plane of kilometres.
    kmh : (L,) speed.
    forward, backward : (L,) whether it can be travelled as drawn and against that.
    boarding : (L,) whether people step on and off anywhere along it: not on a ferry, bridge, tunnel or motorway.
    """

    shape: NDArray[np.object_]
    kmh: Floats
    forward: Bools
    backward: Bools
    boarding: Bools

    def take(self, chosen: Bools) -> Lines:
        """Return some of the lines."""
        return Lines(*(values[chosen] for values in vars(self).values()))


@dataclass(frozen=True)
class Network:
    """The stops of all lines: their ends and every vertex that they share; between two stops lies an edge.

    Attributes
    ----------
    lines : the lines.
    line, along, node : (S,) line of each stop, km along it, and node; in the order of the lines and along each.
    nodes : number of nodes.
    """

    lines: Lines
    line: Ints
    along: Floats
    node: Ints
    nodes: int


@dataclass(frozen=True)
class Graph:
    """Directed edges with km and minutes between numbered nodes."""

    tail: Ints
    head: Ints
    km: Floats
    minutes: Floats
    nodes: int


def make_network(lines: Lines) -> Network:
    """Return the network of some lines. Lines that cross without a common vertex (a bridge over a road) do not meet."""
    points, line = shapely.get_coordinates(lines.shape, return_index=True)
    if not len(points):
        empty = np.zeros(0, dtype=np.int64)
        return Network(lines, empty, np.zeros(0), empty, 0)
    starts = np.r_[True, line[1:] != line[:-1]]
    step = np.r_[0.0, np.hypot(*np.diff(points, axis=0).T)]
    run = np.cumsum(np.where(starts, 0.0, step))
    along = run - run[np.nonzero(starts)[0]][np.cumsum(starts) - 1]
    grid = np.round((points - points.min(axis=0)) / GRID_KM).astype(np.int64)
    _, place, count = np.unique(grid[:, 0] << 32 | grid[:, 1], return_inverse=True, return_counts=True)
    stop = starts | np.r_[starts[1:], True] | (count[place] > 1)
    names, node = np.unique(place[stop], return_inverse=True)
    return Network(lines, line[stop].astype(np.int64), along[stop], node.astype(np.int64), len(names))


def parts_of(network: Network) -> Ints:
    """Return (L,) the number of the connected part of each line, one-ways taken as open both ways."""
    if not network.nodes:
        return np.zeros(0, dtype=np.int64)
    same = network.line[1:] == network.line[:-1]
    tail, head = network.node[:-1][same], network.node[1:][same]
    shape = (network.nodes, network.nodes)
    _, label = connected_components(coo_matrix((np.ones(len(tail)), (tail, head)), shape=shape), directed=False)
    first = np.searchsorted(network.line, np.arange(len(network.lines.shape)))
    return np.asarray(label[network.node[first]], dtype=np.int64)


def join(network: Network, line: Ints, along: Floats) -> tuple[Graph, Ints]:
    """Return the graph of a network with points joined in, and the (p,) nodes of the points.

    Parameters
    ----------
    line, along : (p,) line on which each point steps onto the roads and km along it; -1 for a point that does not.
    """
    node = _stop_at(network, line, along)
    on = np.nonzero((line >= 0) & (node < 0))[0]
    node[on] = network.nodes + np.arange(len(on))
    lines, places = np.r_[network.line, line[on]], np.r_[network.along, along[on]]
    order = np.lexsort((places, lines))
    lines, places, stops = lines[order], places[order], np.r_[network.node, node[on]][order]
    same = lines[1:] == lines[:-1]
    tail, head, of = stops[:-1][same], stops[1:][same], lines[1:][same]
    km = np.maximum(np.diff(places)[same], 0.0)
    forward, backward = network.lines.forward[of], network.lines.backward[of]
    km = np.r_[km[forward], km[backward]]
    return Graph(
        tail=np.r_[tail[forward], head[backward]],
        head=np.r_[head[forward], tail[backward]],
        km=km,
        minutes=60.0 * km / network.lines.kmh[np.r_[of[forward], of[backward]]],
        nodes=network.nodes + len(on),
    ), node


def _stop_at(network: Network, line: Ints, along: Floats) -> Ints:
    """Return (p,) the node of the stop at which a point steps onto its line, -1 where none is that near."""
    node = np.full(len(line), -1, dtype=np.int64)
    wide = float(network.along.max(initial=0.0)) + 1.0  # puts all lines behind one another
    at, wanted = network.line * wide + network.along, line * wide + along
    after = np.searchsorted(at, wanted)
    for stop in (after - 1, np.minimum(after, len(at) - 1)):
        near = (line >= 0) & (stop >= 0)
        near[near] = (network.line[stop[near]] == line[near]) & (np.abs(at[stop[near]] - wanted[near]) < GRID_KM / 2)
        node[near] = network.node[stop[near]]
    return node


@dataclass(frozen=True)
class Access:
    """Where points step onto the roads: (p,) line (-1: too far from any), km along it, straight km to walk there."""

    line: Ints
    along: Floats
    km: Floats


def nearest_lines(lines: Lines, points: Floats, most_km: float) -> Access:
    """Return the nearest place on the nearest line that people may step onto, at most so far away.

    Parameters
    ----------
    points : (p, 2) plane coordinates in km, NaN where unknown.
    """
    line = np.full(len(points), -1, dtype=np.int64)
    along, km = np.zeros(len(points)), np.full(len(points), np.inf)
    open_lines = np.nonzero(lines.boarding)[0]
    known = np.nonzero(np.isfinite(points).all(axis=1))[0]
    if len(open_lines) and len(known):
        tree = shapely.STRtree(lines.shape[open_lines])
        places = shapely.points(points[known])
        (point, found), gap = tree.query_nearest(places, most_km, return_distance=True, all_matches=False)
        line[known[point]], km[known[point]] = open_lines[found], gap
        along[known[point]] = shapely.line_locate_point(lines.shape[open_lines[found]], places[point])
    return Access(line, along, km)
