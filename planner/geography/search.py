"""Shortest or quickest ways through a graph, from many sources and within a limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from planner.geography.network import Graph
from planner.geography.travel import Floats, Ints, Unit

_CELLS = 4_000_000
"""Nodes times sources that are searched at once: 48 MB."""


@dataclass(frozen=True)
class Ways:
    """Ways found: numbers of source and target, km and minutes along each, in the order of sources and targets."""

    source: Ints
    target: Ints
    km: Floats
    minutes: Floats


class _Matrix(NamedTuple):
    """A graph by one measure: its costs, the key (tail x nodes + head) and the other measure of each edge."""

    cost: csr_matrix
    key: Ints
    other: Floats


def search(  # noqa: PLR0913  a graph, two ends and a limit
    graph: Graph, unit: Unit, sources: Ints, targets: Ints, limit: float, *, both: bool = True
) -> Ways:
    """Return the ways that are shortest (`km`) or quickest (`min`) from sources to targets, none longer than the limit.

    Dijkstra's algorithm (1959) from whichever side has fewer nodes.

    Parameters
    ----------
    sources, targets : (n,), (m,) nodes. limit : in the unit; may be infinite.
    both : whether the other measure is summed along each way; it is NaN otherwise.
    """
    if len(targets) < len(sources):
        turned = Graph(graph.head, graph.tail, graph.km, graph.minutes, graph.nodes)
        back = search(turned, unit, targets, sources, limit, both=both)
        order = np.lexsort((back.source, back.target))
        return Ways(back.target[order], back.source[order], back.km[order], back.minutes[order])
    matrix = _matrix(graph, unit)
    size = max(1, _CELLS // max(graph.nodes, 1))
    parts = [
        _from(matrix, sources, slice(start, start + size), targets, limit, both=both)
        for start in range(0, len(sources), size)
    ]
    source, target, cost, other = (
        np.concatenate([np.zeros(0, kind), *(part[i] for part in parts)])
        for i, kind in enumerate((np.int64, np.int64, np.float64, np.float64))
    )
    return Ways(source, target, cost, other) if unit == "km" else Ways(source, target, other, cost)


def _matrix(graph: Graph, unit: Unit) -> _Matrix:
    """Of several edges between two nodes the shortest or quickest stays; an edge of length 0 is an edge."""
    cost, other = (graph.km, graph.minutes) if unit == "km" else (graph.minutes, graph.km)
    order = np.lexsort((cost, graph.head, graph.tail))
    order = order[graph.tail[order] != graph.head[order]]
    key = graph.tail[order] * graph.nodes + graph.head[order]
    first = np.r_[True, key[1:] != key[:-1]] if len(key) else np.zeros(0, dtype=bool)
    kept = order[first]
    ends = np.searchsorted(graph.tail[kept], np.arange(graph.nodes + 1))
    matrix = csr_matrix((cost[kept], graph.head[kept], ends), shape=(graph.nodes, graph.nodes))
    return _Matrix(matrix, key[first], other[kept])


def _from(  # noqa: PLR0913  as `search`
    matrix: _Matrix, sources: Ints, rows: slice, targets: Ints, limit: float, *, both: bool
) -> tuple[Ints, Ints, Floats, Floats]:
    found = dijkstra(matrix.cost, indices=sources[rows], limit=limit, return_predecessors=both)
    cost = (found[0] if both else found)[:, targets]
    row, column = np.nonzero(np.isfinite(cost))
    other = _along(matrix, found[1], row, targets[column]) if both else np.full(len(row), np.nan)
    return row + rows.start, column, cost[row, column], other


def _along(matrix: _Matrix, before: Ints, row: Ints, end: Ints) -> Floats:
    """Return (n,) the other measure along the ways to some nodes: all at once, one edge back at a time."""
    node, total = end.copy(), np.zeros(len(row))
    going = np.arange(len(row))
    while len(going):
        last = before[row[going], node[going]].astype(np.int64)
        going, last = going[last >= 0], last[last >= 0]
        total[going] += matrix.other[np.searchsorted(matrix.key, last * matrix.cost.shape[0] + node[going])]
        node[going] = last
    return total
