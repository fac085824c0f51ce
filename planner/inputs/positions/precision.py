"""Judge how exact positions are: points at the middle of a commune and rounded degrees only stand for an address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from planner.catalogue.load import Language
from planner.errors import Record, Severity
from planner.inputs.findings import Findings, shown
from planner.inputs.places.resolve import Communes, in_viet_nam
from planner.inputs.places.units import old_communes
from planner.inputs.tables import WGS84
from planner.inputs.text import fold

CENTRE_M = 30.0
LEAST_AT_ONE_POINT = 3
"""So many sites of different addresses at one point stand at the place of a label, not each at its own."""
LEAST_JUDGED = 4
"""Decimals are judged against those of the other rows, from this many rows on."""
_SKETCH = 0.95  # of its envelope: a commune drawn as a rectangle has a middle, but nobody's label stands there
_METRES_PER_DEGREE = 111_320.0
_ROUNDED = 1e-6


def judge_precision(
    facilities: gpd.GeoDataFrame, known: Communes, language: Language
) -> tuple[gpd.GeoDataFrame, list[Record]]:
    """Lower the quality of positions that are less exact than they look.

    Parameters
    ----------
    facilities : the table; points in EPSG:4326, `position_quality` filled. known : the communes.
    language : of the records.

    Returns
    -------
    The table and records: `position-is-centre` (within 30 m of a commune's middle or of the label of a former commune,
    or three sites and more of different addresses at one point; quality `commune`), `position-shared` (two such sites;
    quality `address`), `position-rounded` (at most two decimals or whole minutes in a list whose other positions are
    finer; quality `address`).
    """
    quality = facilities["position_quality"].fillna("unknown")
    inside = in_viet_nam(facilities.geometry.x, facilities.geometry.y)
    rows = np.flatnonzero(inside & (quality == "surveyed"))
    about = Findings("facilities", facilities, language)
    shared = _at_one_point(facilities, rows)
    lowered = dict.fromkeys(_rounded(facilities, rows), ("position-rounded", "address"))
    lowered |= {row: ("position-shared", "address") for row, sites in shared.items() if sites < LEAST_AT_ONE_POINT}
    centres = {row for row, sites in shared.items() if sites >= LEAST_AT_ONE_POINT} | _at_labels(
        facilities, rows, known
    )
    lowered |= dict.fromkeys(centres, ("position-is-centre", "commune"))
    records = [
        about.cell(row, _column(about, row), rule, _severity(rule, row in shared), count=shared.get(row, 1))
        for row, (rule, _) in sorted(lowered.items())
    ]
    if not lowered:
        return facilities, []
    quality = quality.astype("string")
    quality.iloc[list(lowered)] = [lower for _, lower in lowered.values()]
    judged = facilities.assign(position_quality=quality)
    judged.attrs = dict(facilities.attrs)
    return judged, records


def _severity(rule: str, shared: bool) -> Severity:  # noqa: FBT001  the reader sees what it is
    return "info" if rule == "position-is-centre" and not shared else "warning"


def _column(about: Findings, row: int) -> str:
    """Return the column in which the file gives the row's position."""
    return next((key for key in ("coordinates", "x", "lon") if about.text(row, key)), "lon")


def _at_one_point(table: gpd.GeoDataFrame, rows: NDArray[np.int64]) -> dict[int, int]:
    """Return the rows at whose point other sites with other addresses stand, with how many sites there are.

    Where no address is known, three holders and more at one point do not share a house.
    """
    points = pd.DataFrame(shapely.get_coordinates(table.geometry.iloc[rows].to_numpy()).round(6))
    twice = points.duplicated(keep=False).to_numpy()
    shared: dict[tuple[float, ...], list[int]] = defaultdict(list)
    for row, lon, lat in zip(rows[twice].tolist(), *points[twice].to_numpy().T, strict=True):
        shared[lon, lat].append(row)
    found: dict[int, int] = {}
    for together in shared.values():
        sites = {_site(table, row) for row in together}
        addresses, holders = (_texts(table, key, together) for key in ("address", "holder"))
        nowhere = not addresses and len(holders) >= LEAST_AT_ONE_POINT
        if len(sites) > 1 and (len(addresses) > 1 or nowhere):
            found |= dict.fromkeys(together, len(sites))
    return found


def _texts(table: pd.DataFrame, column: str, rows: list[int]) -> set[str]:
    return {fold(text) for row in rows if (text := shown(table[column].iloc[row]))}


def _site(table: pd.DataFrame, row: int) -> Hashable:
    return shown(table["site_id"].iloc[row]) or row


def _at_labels(table: gpd.GeoDataFrame, rows: NDArray[np.int64], known: Communes) -> set[int]:
    """Return the rows within 30 m of the middle of their commune or of a label of a former commune."""
    places = shapely.get_coordinates(table.geometry.iloc[rows].to_numpy())
    middles = shapely.STRtree(_middles(known, set(table["commune_code"].iloc[rows].dropna())))
    found: set[int] = set()
    # A degree of longitude is shorter than one of latitude: the circle of degrees holds that of metres.
    reach = CENTRE_M / _METRES_PER_DEGREE / np.cos(np.radians(24))
    for tree in (_labels(), middles):
        ones, others = tree.query(shapely.points(places), predicate="dwithin", distance=reach)
        apart = shapely.get_coordinates(tree.geometries[others]) - places[ones]
        apart[:, 0] *= np.cos(np.radians(places[ones, 1]))
        found |= set(rows[ones[np.hypot(*apart.T) * _METRES_PER_DEGREE <= CENTRE_M]].tolist())
    return found


@cache
def _labels() -> shapely.STRtree:
    return shapely.STRtree(shapely.points([(old.lon, old.lat) for old in old_communes()]))


def _middles(known: Communes, codes: set[str]) -> NDArray[np.object_]:
    """Return the centroids and representative points of communes, in EPSG:4326."""
    shapes = known.polygons[known.polygons.index.isin(codes)]
    shapes = shapes[shapes.area < _SKETCH * shapes.envelope.area]
    points = pd.concat([shapes.centroid, shapes.representative_point()]).to_crs(WGS84)
    return np.asarray(points.to_numpy(), dtype=object)


def _rounded(table: gpd.GeoDataFrame, rows: NDArray[np.int64]) -> list[int]:
    """Return the rows of rounded degrees in lists in which most positions are not rounded."""
    degrees = table["x"].isna().to_numpy()[rows]
    rows = rows[degrees]
    places = shapely.get_coordinates(table.geometry.iloc[rows].to_numpy())
    rounded = _on_grid(places, 100) | _on_grid(places, 60)
    if not rounded.any():
        return []
    lists = pd.Series(list(zip(table["file"].iloc[rows], table["sheet"].iloc[rows], strict=True)), dtype=object)
    share = pd.Series(rounded).groupby(lists).agg(["mean", "size"])
    fine = lists.map((share["mean"] < 0.5) & (share["size"] >= LEAST_JUDGED)).to_numpy(dtype=bool)  # noqa: PLR2004
    return [int(row) for row in rows[rounded & fine]]


def _on_grid(places: NDArray[np.float64], parts: int) -> NDArray[np.bool_]:
    """Return whether both degrees are whole multiples of a part of a degree."""
    steps = places * parts
    return np.asarray((np.abs(steps - steps.round()) < _ROUNDED * parts).all(axis=1))
