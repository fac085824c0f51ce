"""Match an inventory with an earlier one of the same office, row by row, and carry its codes over."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from typing import NamedTuple

import geopandas as gpd
import pandas as pd

from planner.inputs.places.resolve import in_metres
from planner.inputs.sameness.likeness import relation, typo_keys, words_of
from planner.inputs.sameness.twins import ClueKey, Rows

NEAR_M = 15.0
"""Positions of one house in two lists lie at most this far apart, in metres."""

_MADE = re.compile(r"F-[0-9a-f]{8}(-\d+)?")
_AREAS_MAY_DIFFER = 0.1


class Match(NamedTuple):
    """A facility in two lists: its position in the new and in the earlier one, and by what it was recognised."""

    new: int
    old: int
    by: ClueKey


def match_previous(new: gpd.GeoDataFrame, old: gpd.GeoDataFrame) -> list[Match]:
    """Return which rows of two lists are one facility, each row at most once, in the order of the new list.

    In turn, among the rows that are left: by code; by parcel; by certificate; by name in one commune; by address and
    use, unless names and areas both speak against it; by a name that differs in spelling only; by a like name less than
    15 m away. What several rows share on either side matches nothing.

    Parameters
    ----------
    new, old : facilities tables, placed in their communes; points in EPSG:4326.
    """
    crs = in_metres(pd.concat([old.geometry, new.geometry]).dropna()).crs
    later, earlier = Rows(new, crs), Rows(old, crs)
    found: list[Match] = []
    for by, keys, fits in _STAGES:
        mates = _partners(_left(later, {m.new for m in found}, keys), _left(earlier, {m.old for m in found}, keys))
        found += [Match(i, j, by) for i, j in mates if fits(later, i, earlier, j)]
    found += _near(later, earlier, {m.new for m in found}, {m.old for m in found})
    return sorted(found)


def carry_over(new: gpd.GeoDataFrame, old: gpd.GeoDataFrame, matches: list[Match]) -> gpd.GeoDataFrame:
    """Return the new list with the earlier codes of its rows; a code that the new list itself gives stays."""
    codes, earlier = new["facility_id"].tolist(), old["facility_id"].tolist()
    taken = set(codes)
    for match in matches:
        given, before = codes[match.new], earlier[match.old]
        if given != before and before not in taken and _MADE.fullmatch(given):
            codes[match.new] = before
            taken.add(before)
    carried = new.assign(facility_id=pd.array(codes, dtype="string"))
    carried.attrs = dict(new.attrs)
    return carried


Keys = Callable[[Rows, int], Iterator[Hashable]]
Fits = Callable[[Rows, int, Rows, int], bool]


def _left(rows: Rows, matched: set[int], keys: Keys) -> dict[Hashable, list[int]]:
    """Return the rows that are not matched yet by key."""
    found: dict[Hashable, list[int]] = {}
    for i in range(len(rows.code)):
        if i not in matched:
            for key in keys(rows, i):
                found.setdefault(key, []).append(i)
    return found


def _partners(new: dict[Hashable, list[int]], old: dict[Hashable, list[int]]) -> list[tuple[int, int]]:
    """Return the pairs that are alone with their key on both sides, and with no other key have another partner."""
    pairs = {(new[key][0], old[key][0]) for key in new.keys() & old.keys() if len(new[key]) == len(old[key]) == 1}
    ambiguous_new = _twice(i for i, _ in pairs)
    ambiguous_old = _twice(j for _, j in pairs)
    return sorted((i, j) for i, j in pairs if i not in ambiguous_new and j not in ambiguous_old)


def _twice(numbers: Iterator[int]) -> set[int]:
    return {number for number, times in Counter(numbers).items() if times > 1}


def _by_code(rows: Rows, i: int) -> Iterator[Hashable]:
    if rows.code[i]:
        yield rows.code[i]


def _by_parcel(rows: Rows, i: int) -> Iterator[Hashable]:
    if key := rows.parcel_key(i):
        yield key


def _by_certificate(rows: Rows, i: int) -> Iterator[Hashable]:
    if rows.certificate[i]:
        yield rows.certificate[i]


def _by_name(rows: Rows, i: int) -> Iterator[Hashable]:
    if rows.place[i] and (bag := words_of(rows.name[i]).bag):
        yield rows.place[i], bag


def _by_address(rows: Rows, i: int) -> Iterator[Hashable]:
    if rows.place[i] and rows.use[i] and rows.address[i].key:
        yield rows.place[i], rows.use[i], rows.address[i].key


def _by_spelling(rows: Rows, i: int) -> Iterator[Hashable]:
    if rows.place[i]:
        yield from ((rows.place[i], rows.use[i], key) for key in typo_keys(rows.name[i]))


def _always(rows: Rows, i: int, others: Rows, j: int) -> bool:  # noqa: ARG001  one shape for all
    return True


def _alike(rows: Rows, i: int, others: Rows, j: int) -> bool:
    return bool(relation(rows.name[i], others.name[j]))


def _not_another(rows: Rows, i: int, others: Rows, j: int) -> bool:
    """Return whether names or areas let two rows of one address be one facility."""
    areas = ((rows.land[i], others.land[j]), (rows.floor[i], others.floor[j]))
    known = [(a, b) for a, b in areas if a is not None and b is not None]
    agree = any(abs(a - b) <= _AREAS_MAY_DIFFER * max(a, b) for a, b in known)
    return _alike(rows, i, others, j) or agree or not known


_STAGES: tuple[tuple[ClueKey, Keys, Fits], ...] = (
    ("id", _by_code, _always),
    ("parcel", _by_parcel, _always),
    ("certificate", _by_certificate, _always),
    ("name", _by_name, _alike),
    ("address", _by_address, _not_another),
    ("spelling", _by_spelling, _alike),
)


def _near(later: Rows, earlier: Rows, new: set[int], old: set[int]) -> list[Match]:
    """Return rows that are left and lie close together under a like name, the closest first."""
    points, before = (rows.points[~rows.points.index.isin(matched)] for rows, matched in ((later, new), (earlier, old)))
    if points.empty or before.empty:
        return []
    left, right = before.sindex.query(points, predicate="dwithin", distance=NEAR_M)
    metres = points.iloc[left].distance(before.iloc[right], align=False)
    pairs = sorted(zip(metres, points.index[left], before.index[right], strict=True))
    found: list[Match] = []
    for _, i, j in pairs:
        if i not in new and j not in old and _alike(later, i, earlier, j):
            found.append(Match(int(i), int(j), "near"))
            new, old = new | {i}, old | {j}
    return found
