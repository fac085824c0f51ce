"""Old communes that stand in for villages where there is no list of them."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd

from planner.inputs.places.units import OldCommune, old_communes
from planner.inputs.tables import WGS84, make_table


def settlements_from_old_communes(communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the old communes of each commune as villages that share its population equally.

    Parameters
    ----------
    communes : the communes table; polygons in EPSG:4326. A commune without a known old commune gets its middle.

    Returns
    -------
    The settlements table, points in EPSG:4326, position quality `commune`; whole persons that add up to each commune's.
    """
    parts: dict[str, list[OldCommune]] = {}
    for item in old_communes():
        parts.setdefault(item.today[0], []).append(item)
    rows = [row for commune in communes.itertuples() for row in _villages(commune, parts.get(commune.commune_code, []))]
    columns = ("settlement_id", "name", "commune_code", "lon", "lat", "population", "position_quality")
    table = make_table("settlements", dict(zip(columns, zip(*rows, strict=True), strict=False)), len(rows))
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs=WGS84)


def _villages(commune: Any, parts: list[OldCommune]) -> list[tuple[object, ...]]:  # noqa: ANN401  a named tuple
    code = commune.commune_code
    if not parts:
        middle = commune.geometry.representative_point()
        return [(code, commune.name, code, middle.x, middle.y, commune.population, "commune")]
    people = _shares(commune.population, len(parts))
    return [
        (f"{code}-{part.code}", part.full_name, code, part.lon, part.lat, persons, "commune")
        for part, persons in zip(parts, people, strict=True)
    ]


def _shares(population: Any, count: int) -> list[int | None]:  # noqa: ANN401  a number or NA
    if pd.isna(population):
        return [None] * count
    each, rest = divmod(round(population), count)
    return [each + (index < rest) for index in range(count)]
