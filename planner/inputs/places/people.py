"""Where people live: villages as listed, a raster of people where they are not, old communes where there is neither."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Transformer
from scipy.spatial import cKDTree

from planner.inputs.origin import Origin
from planner.inputs.places.resolve import in_metres
from planner.inputs.places.villages import settlements_from_old_communes
from planner.inputs.tables import WGS84, make_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.catalogue.load import Language
    from planner.errors import Record
    from planner.inputs.places.raster import Cells

METRES = 1000.0
FAR = 10**8
"""More squares than lie between the equator and the pole."""
DECIMALS = 3
"""Of persons: parts of cells are no whole people."""


class Grid(NamedTuple):
    """How the cells of a raster become points: side of the squares that join them, fewest people of a point."""

    side_km: float
    least: float


def settle(
    listed: gpd.GeoDataFrame | None, communes: gpd.GeoDataFrame, cells: Cells | None, grid: Grid, language: Language
) -> tuple[gpd.GeoDataFrame, list[Record]]:
    """Return the settlements with people from a raster where the list has none, and what was assumed.

    In a commune with villages each cell goes to the nearest of them, and a village without a population takes what it
    gets. In a commune without villages the cells become points. Where neither villages nor cells are known and no list
    is given at all, the old communes stand in.

    Parameters
    ----------
    listed : the settlements table, placed in its communes; None where the scenario names no such file.
    communes : the communes table; polygons in EPSG:4326.
    cells : of the raster, by the communes' row; None without one.
    language : of the records.
    """
    place = Origin("settlements", "" if cells is None else cells.file, "", language)
    records = []
    parts = []
    known = np.zeros(len(communes), dtype=bool)
    if listed is not None:
        known = communes["commune_code"].isin(listed["commune_code"]).to_numpy(bool)
    if listed is not None and cells is not None:
        listed, count, people = _share_out(listed, communes, cells)
        if count:
            records.append(place.record("population-from-raster", "info", count=count, people=f"{people:.0f}"))
    if cells is not None and (cells.told & ~known).any():
        points = settlements_from_cells(cells, communes, ~known, grid)
        records.append(place.record("settlements-from-raster", "info", count=len(points), side=f"{grid.side_km:g}"))
        parts.append(points)
        known |= cells.told
    if listed is None and not known.all():
        points = settlements_from_old_communes(communes[~known])
        records.append(place.record("settlements-assumed", "info", count=len(points)))
        parts.append(points)
    return _joined(listed, parts), records


def _joined(listed: gpd.GeoDataFrame | None, parts: list[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    tables = [table for table in (listed, *parts) if table is not None]
    joined = pd.concat(tables, ignore_index=True) if len(tables) > 1 else tables[0]
    joined.attrs = {} if listed is None else dict(listed.attrs)
    return joined


def _share_out(
    listed: gpd.GeoDataFrame, communes: gpd.GeoDataFrame, cells: Cells
) -> tuple[gpd.GeoDataFrame, int, float]:
    """Give each village without a population the cells of its commune to which it is the nearest village."""
    asking = (listed["population"].isna() & listed.geometry.notna()).to_numpy(bool)
    crs = in_metres(communes.geometry).crs
    village = _plane(listed.geometry.x.to_numpy(), listed.geometry.y.to_numpy(), crs)
    cell = _plane(cells.lon, cells.lat, crs)
    population = listed["population"].to_numpy(float, na_value=np.nan)
    homes = listed["commune_code"].where(listed.geometry.notna())
    wanted = set(homes[asking].dropna())
    for number, code in enumerate(communes["commune_code"]):
        if code in wanted and cells.told[number]:
            there, inside = np.nonzero((homes == code).fillna(value=False))[0], cells.commune == number
            nearest = cKDTree(village[there]).query(cell[inside])[1]
            people = np.bincount(nearest, cells.people[inside], len(there)).round(DECIMALS)
            takes = asking[there]
            population[there[takes]] = people[takes]
    given = asking & ~np.isnan(population)
    filled = listed.assign(population=pd.Series(population, listed.index).astype("Float64"))
    filled.attrs = dict(listed.attrs)
    return filled, int(given.sum()), float(population[given].sum())


def settlements_from_cells(
    cells: Cells, communes: gpd.GeoDataFrame, chosen: NDArray[np.bool_], grid: Grid
) -> gpd.GeoDataFrame:
    """Return the people of the chosen communes (C,) as points, one for each square of the grid in each commune.

    A point lies in the middle of its square's people, inside their commune. Squares with fewer people than `grid.least`
    go to the nearest point of their commune, so that nobody is lost. Position quality `grid`.
    """
    crs = in_metres(communes.geometry).crs
    plane = _plane(cells.lon, cells.lat, crs)
    found = []
    for number in np.nonzero(chosen & np.isin(np.arange(len(communes)), cells.commune))[0].tolist():
        inside, code = cells.commune == number, communes["commune_code"].iloc[number]
        points = _points(plane[inside], cells.people[inside], grid)
        points["settlement_id"] = [f"{code}-{east}-{north}" for east, north in points.pop("square")]
        middles = gpd.GeoSeries.from_xy(points.pop("x"), points.pop("y"), crs=crs).to_crs(WGS84)
        points["geometry"] = _pulled_in(middles, communes.geometry.iloc[number])
        found.append(pd.DataFrame(points).assign(commune_code=code))
    every = pd.concat(found, ignore_index=True) if found else pd.DataFrame({"geometry": []})
    geometry = gpd.GeoSeries(every.pop("geometry"), crs=WGS84)
    values = {"lon": geometry.x, "lat": geometry.y, "position_quality": ["grid"] * len(every)}
    values |= {"file": [cells.file] * len(every), **every}
    return gpd.GeoDataFrame(make_table("settlements", values, len(every)), geometry=geometry)


def _points(plane: NDArray[np.float64], people: NDArray[np.float64], grid: Grid) -> dict[str, Any]:
    """Return the points (x, y in metres, population, square in grid steps) of the cells of one commune."""
    east, north = np.floor(plane / (grid.side_km * METRES)).astype(int).T
    squares, square = np.unique(east * FAR + north, return_inverse=True)
    total = np.bincount(square, people)
    middle = np.column_stack([np.bincount(square, people * plane[:, axis]) / total for axis in (0, 1)])
    kept = total >= min(grid.least, total.max())
    joins = cKDTree(middle[kept]).query(middle)[1]
    x, y = middle[kept].T
    return {
        "x": x,
        "y": y,
        "population": np.bincount(joins, total).round(DECIMALS),
        "square": [divmod(number, FAR) for number in squares[kept].tolist()],
    }


def _pulled_in(points: gpd.GeoSeries, commune: Any) -> NDArray[np.object_]:  # noqa: ANN401  a polygon
    """Return points, those outside the commune moved to the nearest place in it."""
    found = points.to_numpy()
    nearest = shapely.get_point(shapely.shortest_line(commune, found), 0)
    return np.asarray(np.where(shapely.covers(commune, found), found, nearest))


def _plane(lon: NDArray[np.float64], lat: NDArray[np.float64], crs: CRS) -> NDArray[np.float64]:
    """Return (n, 2) coordinates in metres; not finite where a point is missing."""
    return np.column_stack(Transformer.from_crs(WGS84, crs, always_xy=True).transform(lon, lat))
