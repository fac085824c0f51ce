"""Readers of the published location instances (OR-Library formats)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import shortest_path

FloatArray = NDArray[np.float64]


class Median(NamedTuple):
    """A p-median or p-center instance on the vertices of a graph."""

    distance: FloatArray
    p: int


class Location(NamedTuple):
    """A facility location instance; cost (I, J) is of serving all of i from j."""

    cost: FloatArray
    demand: FloatArray
    capacity: FloatArray
    fixed_cost: FloatArray


class CapacitatedMedian(NamedTuple):
    """A capacitated p-median instance on points, all sites of one capacity."""

    name: str
    optimum: float
    distance: FloatArray
    demand: FloatArray
    capacity: float
    p: int


def read_pmed(path: Path) -> Median:
    """Read a graph and return its shortest paths; of a repeated edge the last one counts."""
    numbers = np.fromstring(path.read_text(), sep=" ", dtype=int)
    n, _, p = numbers[:3]
    edges = np.full((n, n), np.inf)
    for i, j, length in numbers[3:].reshape(-1, 3):
        edges[i - 1, j - 1] = edges[j - 1, i - 1] = length
    return Median(shortest_path(edges, directed=False), int(p))


def read_cap(path: Path) -> Location:
    """Read a capacitated warehouse location instance: per customer its demand, then its cost from each site."""
    numbers = np.fromstring(path.read_text(), sep=" ")
    m, n = (int(number) for number in numbers[:2])
    sites = numbers[2 : 2 + 2 * m].reshape(m, 2)
    customers = numbers[2 + 2 * m :].reshape(n, m + 1)
    return Location(customers[:, 1:], customers[:, 0], sites[:, 0], sites[:, 1])


def read_pmedcap(path: Path) -> Iterator[CapacitatedMedian]:
    """Yield the capacitated p-median instances; distances are rounded down."""
    numbers = iter(np.fromstring(path.read_text(), sep=" "))
    for _ in range(int(next(numbers))):
        number, optimum, n, p, capacity = (next(numbers) for _ in range(5))
        points = np.array([next(numbers) for _ in range(4 * int(n))]).reshape(-1, 4)
        between = points[:, None, 1:3] - points[None, :, 1:3]
        distance = np.floor(np.hypot(between[..., 0], between[..., 1]))
        yield CapacitatedMedian(f"p{number:.0f}", optimum, distance, points[:, 3], capacity, int(p))


def read_single_source(path: Path) -> tuple[Location, float]:
    """Read a single-source instance (costs by site) and the optimum that ends the file."""
    numbers = np.fromstring(path.read_text(), sep=" ")
    m, n = (int(number) for number in numbers[:2])
    sites = numbers[2 : 2 + 2 * m].reshape(m, 2)
    start = 2 + 2 * m
    cost = numbers[start + n : -1].reshape(m, n).T
    return Location(cost, numbers[start : start + n], sites[:, 0], sites[:, 1]), float(numbers[-1])


def read_optima(path: Path) -> dict[str, float]:
    """Read a list of instance names with their optima; lines without a number are headings."""
    optima = {}
    for line in path.read_text().splitlines():
        words = line.split()
        if len(words) > 1 and words[-1].replace(".", "", 1).isdigit():
            optima[words[0]] = float(words[-1])
    return optima
