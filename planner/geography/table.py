"""Travel from a ready-made table of pairs, as AccessMod, ArcGIS or r5 compute it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.geography.travel import Bools, Floats, Ints, Points, Reach, StraightLine, Unit


@dataclass(frozen=True)
class TableTravel:
    """Travel as a table says it. A pair of listed points that it leaves out is not reached.

    A point that the table does not list at all is reached by straight line.

    Attributes
    ----------
    pairs : rows of settlements and of the destinations, by table of destinations (facilities, services); in order.
    listed : whether each row is in the table, by table.
    """

    pairs: Mapping[str, Reach]
    listed: Mapping[str, Bools]

    def within(self, origin: Points, destination: Points, limit: Floats, unit: Unit) -> Reach:
        """Return the pairs within the origin's limit; see `Travel`."""
        pairs, end = self.pairs[destination.table], _places(destination.number, len(self.listed[destination.table]))
        first, last = (np.searchsorted(pairs.origin, origin.number, side) for side in ("left", "right"))
        start = np.repeat(np.arange(len(first)), last - first)
        row = np.arange(len(start)) - np.repeat(np.cumsum(last - first) - last, last - first)
        near = (pairs.cost(unit)[row] <= limit[start]) & (end[pairs.destination[row]] >= 0)
        start, row = start[near], row[near]
        listed = Reach(start, end[pairs.destination[row]], pairs.km[row], pairs.minutes[row])
        straight = StraightLine().within(origin, destination, limit, unit)
        others = _outside(straight, self.knows(origin), self.knows(destination))
        both = zip(vars(listed).values(), vars(others).values(), strict=True)
        return Reach(*(np.concatenate(pair) for pair in both))

    def between(self, origin: Points, destination: Points) -> Floats:
        """Return (n,) km pair by pair; see `Travel`."""
        pairs, width = self.pairs[destination.table], len(self.listed[destination.table])
        key, wanted = pairs.origin * width + pairs.destination, origin.number * width + destination.number
        at = np.minimum(np.searchsorted(key, wanted), max(len(key) - 1, 0))
        found = np.where(key[at] == wanted, pairs.km[at], np.nan) if len(key) else np.full(len(wanted), np.nan)
        both = self.knows(origin) & self.knows(destination)
        return np.where(both, found, StraightLine().between(origin, destination))

    def knows(self, points: Points) -> Bools:
        """Return (n,) whether the table lists a point, whatever is known of its position."""
        return self.listed[points.table][points.number]


def make_table_travel(travel: pd.DataFrame, ids: Mapping[str, Sequence[str]]) -> TableTravel:
    """Return travel from a table.

    Parameters
    ----------
    travel : origin, destination (ids), km, minutes; see `planner.inputs.travel_table`.
    ids : of settlements, facilities and services, in the order of their rows.
    """
    origin = _rows(travel["origin"], ids["settlements"])
    pairs = {name: _pairs(travel, origin, ids[name]) for name in ("facilities", "services")}
    listed = {name: np.isin(np.arange(len(ids[name])), found.destination) for name, found in pairs.items()}
    return TableTravel(pairs, listed | {"settlements": np.isin(np.arange(len(ids["settlements"])), origin)})


def _pairs(travel: pd.DataFrame, origin: Ints, ids: Sequence[str]) -> Reach:
    destination = _rows(travel["destination"], ids)
    known = np.nonzero((origin >= 0) & (destination >= 0))[0]
    known = known[np.lexsort((destination[known], origin[known]))]
    km, minutes = (travel[measure].to_numpy(float)[known] for measure in ("km", "minutes"))
    return Reach(origin[known], destination[known], km, minutes)


def _rows(names: pd.Series, ids: Sequence[str]) -> Ints:
    number = {name: row for row, name in reversed(list(enumerate(ids))) if name}
    return np.asarray(names.map(number).fillna(-1), dtype=np.int64)


def _places(numbers: Ints, rows: int) -> Ints:
    """Return (rows,) the place of each row of a table among some of them, -1 for none."""
    place = np.full(rows, -1, dtype=np.int64)
    place[numbers] = np.arange(len(numbers))
    return place


def _outside(found: Reach, origin: Bools, destination: Bools) -> Reach:
    """Return the pairs of which an end is not listed."""
    chosen = ~(origin[found.origin] & destination[found.destination])
    return Reach(*(values[chosen] for values in vars(found).values()))
