"""Degrees of villages and services that lie outside Viet Nam as they stand: turned, or without a decimal point."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from planner.catalogue.load import Language, read_data
from planner.errors import Record
from planner.inputs.findings import Findings
from planner.inputs.places.resolve import Communes
from planner.inputs.positions.candidates import Pairs, Reading, find_candidates, unusual_readings
from planner.inputs.positions.evidence import distinct_places
from planner.inputs.tables import WGS84

_TURNED = Reading(WGS84, swapped=True)


def resolve_degrees(
    name: str, table: gpd.GeoDataFrame, communes: gpd.GeoDataFrame, language: Language
) -> tuple[gpd.GeoDataFrame, list[Record]]:
    """Find the position of rows whose degrees lie outside Viet Nam as they stand.

    Parameters
    ----------
    name, table : `settlements` or `services` after `place_points`.
    communes : the communes table; polygons in EPSG:4326.
    language : of the records.

    Returns
    -------
    The table, and a warning for each such row with a commune: `position-read-as` where one reading lies in the commune,
    `position-unreadable` where none or several do; the position then stays unknown. Others are left to the checks.
    """
    known, about = Communes(communes), Findings(name, table, language)
    given = table["lon"].notna() & table["lat"].notna() & table.geometry.isna() & table["commune_code"].notna()
    rows = np.flatnonzero(given)
    if not len(rows):
        return table, []
    lon, lat = (table[key].to_numpy(dtype=float, na_value=np.nan)[rows] for key in ("lon", "lat"))
    codes = np.array(table["commune_code"].iloc[rows].tolist(), dtype=str)
    pairs = Pairs(rows, np.full(len(rows), "lon"), lat, lon, np.full(len(rows), WGS84), codes)
    candidates = find_candidates(pairs, (_TURNED, *(item for item in unusual_readings() if item.crs == WGS84)), known)
    points, records = table.geometry.to_numpy().copy(), []
    for row, code in zip(rows.tolist(), codes, strict=True):
        places = distinct_places([found for found in candidates if found.row == row])
        fields = {"text": f"{about.text(row, 'lon')}, {about.text(row, 'lat')}", "commune": known.label(code)}
        if len(places) != 1:
            records.append(about.cell(row, "lon", "position-unreadable", "warning", **fields))
            continue
        points[row] = shapely.Point(places[0].lon, places[0].lat)
        why = read_data("meridians")["because"]["commune"][language].format(commune=fields["commune"])
        reading = places[0].reading.label(language)
        records.append(about.cell(row, "lon", "position-read-as", "warning", **fields, reading=reading, why=why))
    geometry = gpd.GeoSeries(points, index=table.index, crs=WGS84)
    values = {key: table[key].mask(given, part) for key, part in (("lon", geometry.x), ("lat", geometry.y))}
    if "position_quality" in table:
        values["position_quality"] = table["position_quality"].mask(given & geometry.notna(), "surveyed")
    resolved = table.assign(**values).set_geometry(geometry)
    resolved.attrs = dict(table.attrs)
    return resolved, records
