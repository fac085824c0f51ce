"""Bring every facility, village and service into a commune of today: by code, name, address or position."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from planner.catalogue.load import Language
from planner.errors import Record
from planner.inputs.addresses import Gazetteer, address_codes, hidden_address, make_gazetteer, name_codes
from planner.inputs.crs import BOUNDS
from planner.inputs.findings import Findings, shown
from planner.inputs.tables import WGS84, make_table
from planner.inputs.units import OldCommune, old_communes

Row = dict[Hashable, Any]
Means = Literal["code", "name", "address", "position"]

BOUNDARY_TOLERANCE_M = 300.0
"""Boundaries are simplified: a point this near to a commune may belong to it."""

_NAMING_COLUMNS = ("commune_code", "commune_name", "old_commune", "address", "name")
_MEANS: dict[str, Means] = {"commune_name": "name", "old_commune": "address", "address": "address", "name": "address"}


def in_viet_nam(lon: Any, lat: Any) -> Any:  # noqa: ANN401  numbers or series of them
    """Return whether positions in degrees lie within the country's bounds; unknown ones do not."""
    west, south, east, north = BOUNDS
    return (west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)


def in_metres(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return geometries (EPSG:4326) in the UTM zone of their middle, in metres."""
    west, _, east, _ = shapes.total_bounds if len(shapes) else (105.0, 0.0, 105.0, 0.0)
    zone = int(((west + east) / 2 + 180) // 6) + 1
    return shapes.to_crs(f"EPSG:{32600 + zone}")


@dataclass(frozen=True)
class Communes:
    """The communes table as places are looked up in it."""

    table: gpd.GeoDataFrame

    @cached_property
    def names(self) -> dict[str, str]:
        """Full name by code."""
        named = self.table.dropna(subset="commune_code").drop_duplicates("commune_code")
        return dict(zip(named["commune_code"], named["name"].fillna(""), strict=True))

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """Names, old and new, that an address can mean."""
        return make_gazetteer(self.names)

    @cached_property
    def polygons(self) -> gpd.GeoSeries:
        """Polygons by code, in metres."""
        named = self.table.dropna(subset="commune_code").drop_duplicates("commune_code")
        shapes = named.set_index("commune_code").geometry
        shapes = shapes[shapes.notna() & ~shapes.is_empty]
        return in_metres(shapes)

    def label(self, code: str) -> str:
        """Return name and code, as messages show a commune."""
        return f"{self.names[code]} ({code})"

    def at(self, points: gpd.GeoSeries) -> pd.Series[Any]:
        """Return the code of the commune at each point (EPSG:4326), NA where there is none within the tolerance."""
        codes = pd.Series(pd.NA, index=points.index, dtype="string")
        known = points[in_viet_nam(points.x, points.y)]
        if known.empty or self.polygons.empty:
            return codes
        places = gpd.GeoDataFrame(geometry=known.to_crs(self.polygons.crs))
        shapes = gpd.GeoDataFrame({"code": self.polygons.index}, geometry=self.polygons.array, crs=self.polygons.crs)
        near = places.sjoin_nearest(shapes, max_distance=BOUNDARY_TOLERANCE_M, distance_col="distance")
        first = near.sort_values(["distance", "code"], kind="stable").groupby(level=0)["code"].first()
        codes.loc[first.index] = first
        return codes

    def away(self, points: gpd.GeoSeries, codes: pd.Series[Any]) -> pd.Series[Any]:
        """Return whether each point (EPSG:4326) in Viet Nam lies farther from its commune than the tolerance."""
        both = in_viet_nam(points.x, points.y) & codes.isin(self.polygons.index)
        away = pd.Series(data=False, index=points.index)
        if both.any():
            own = gpd.GeoSeries(self.polygons.loc[codes[both]].array, index=points.index[both], crs=self.polygons.crs)
            away[both] = points[both].to_crs(own.crs).distance(own) > BOUNDARY_TOLERANCE_M
        return away


def mend_polygons(communes: gpd.GeoDataFrame, language: Language) -> tuple[gpd.GeoDataFrame, list[Record]]:
    """Return the communes with valid polygons and an `invalid-polygon` record for each one that was mended."""
    shapes = communes.geometry
    invalid = shapes.notna() & ~shapes.is_valid
    if not invalid.any():
        return communes, []
    mended = communes.set_geometry(shapes.where(~invalid, shapes.make_valid()))
    mended.attrs = dict(communes.attrs)
    about = Findings("communes", communes, language)
    return mended, [about.cell(int(index), "name", "invalid-polygon", "info") for index in np.flatnonzero(invalid)]


def place_facilities(
    facilities: gpd.GeoDataFrame, communes: gpd.GeoDataFrame, language: Language
) -> tuple[gpd.GeoDataFrame, list[Record]]:
    """Fill `commune_code`, `commune_name` and `position_quality` of the facilities.

    A commune's code counts before its name, its name before the address (in today's or in old units), the address
    before the position. An address that can mean several communes is settled by the position or by a holder who is
    named after one of them; otherwise the commune stays unknown.

    Parameters
    ----------
    facilities : the facilities table; points in EPSG:4326, None where unknown.
    communes : the communes table; polygons in EPSG:4326.
    language : of the records.

    Returns
    -------
    The table, and records: `placed-by` (how many by what), `commune-code-unknown`, `commune-differs`,
    `commune-ambiguous`, `commune-unresolved`, `position-elsewhere` and `position-outside` (the commune is kept, the
    position is no longer trusted), `coordinates-contradict` (an error).
    """
    known = Communes(communes)
    at = known.at(facilities.geometry)
    rows = facilities.to_dict("records")
    found = [_find(row, shown(point), known) for row, point in zip(rows, at, strict=True)]
    codes = pd.Series([item.code for item in found], index=facilities.index, dtype="string")
    away = known.away(facilities.geometry, codes)
    placed = facilities.assign(
        commune_code=codes,
        commune_name=codes.map(known.names).astype("string"),
        position_quality=_qualities(facilities).mask(away, "unknown"),
    )
    placed.attrs = dict(facilities.attrs)
    findings = Findings("facilities", facilities, language)
    records = [_count(found, findings)]
    for index, (row, item) in enumerate(zip(rows, found, strict=True)):
        records += _records(index, row, item, findings, known)
    return placed, records + _elsewhere(away, codes, at, findings, known)


def place_points(
    table: str, points: gpd.GeoDataFrame, communes: gpd.GeoDataFrame, language: Language
) -> tuple[gpd.GeoDataFrame, list[Record]]:
    """Fill `commune_code` of villages or services by code, otherwise by position; and the villages' `position_quality`.

    Parameters
    ----------
    table : `settlements` or `services`.
    points : the table; points in EPSG:4326.
    communes : the communes table; polygons in EPSG:4326.
    language : of the records.

    Returns
    -------
    The table and records as in `place_facilities`, without `placed-by`.
    """
    known = Communes(communes)
    at = known.at(points.geometry)
    given = points["commune_code"].where(points["commune_code"].isin(known.names))
    codes = given.fillna(at)
    away = known.away(points.geometry, codes)
    placed = points.assign(commune_code=codes)
    if "position_quality" in points:
        placed["position_quality"] = _qualities(points).mask(away, "unknown")
    placed.attrs = dict(points.attrs)
    findings = Findings(table, points, language)
    rows = points.to_dict("records")
    unresolved = [
        _unresolved(int(index), rows[index], Found(), findings, known) for index in np.flatnonzero(codes.isna())
    ]
    return placed, unresolved + _elsewhere(away, codes, at, findings, known)


@dataclass(frozen=True)
class Found:
    """A row's commune and how it was found.

    Attributes
    ----------
    by : by what it was found; empty where it is unknown.
    code : today's commune, None where it is unknown.
    candidates : what it may be where that is not certain.
    contradicting : columns that name another commune, with its code.
    """

    by: Means | Literal[""] = ""
    code: str | None = None
    candidates: tuple[str, ...] = ()
    contradicting: tuple[tuple[str, str], ...] = ()


def _find(row: Row, point: str, known: Communes) -> Found:
    text = {column: shown(row.get(column)) for column in (*_NAMING_COLUMNS, "old_district", "old_province", "holder")}
    readings = _readings(text, known.gazetteer)
    if text["commune_code"] in known.names:
        return Found("code", text["commune_code"], contradicting=_contradicting(text["commune_code"], readings))
    for column, codes in readings:
        if len(codes) == 1:
            return Found(_MEANS[column], codes[0], contradicting=_contradicting(codes[0], readings))
    unsure = next((codes for _, codes in readings if codes), ())
    if point and (not unsure or point in unsure):
        return Found("position", point)
    holder = address_codes(text["holder"], known.gazetteer)
    if len(holder) == 1 and holder[0] in unsure:
        return Found("address", holder[0])
    return Found(candidates=unsure or address_codes(text["name"], known.gazetteer))


def _readings(text: dict[str, str], gazetteer: Gazetteer) -> list[tuple[str, tuple[str, ...]]]:
    """Return columns with the communes that their texts can mean, the surest first."""
    parents = [text["old_district"], text["old_province"]]

    def beside_parents(first: str) -> str:
        return ", ".join(filter(None, (first, *parents)))

    readings: list[tuple[str, tuple[str, ...]]] = []
    if text["commune_name"]:
        readings.append(("commune_name", name_codes(text["commune_name"], gazetteer)))
        readings.append(("commune_name", address_codes(beside_parents(text["commune_name"]), gazetteer)))
    if text["old_commune"]:
        readings.append(("old_commune", address_codes(beside_parents(text["old_commune"]), gazetteer, old=True)))
    for column, address in (("address", text["address"]), ("name", hidden_address(text["name"]))):
        if address:
            readings.append((column, address_codes(address, gazetteer)))
            readings.append((column, address_codes(beside_parents(address), gazetteer)))
    return readings


def _contradicting(code: str, readings: list[tuple[str, tuple[str, ...]]]) -> tuple[tuple[str, str], ...]:
    agreeing = {column for column, codes in readings if code in codes}
    named = {column: codes[0] for column, codes in readings if len(codes) == 1}
    return tuple((column, other) for column, other in named.items() if column not in agreeing)


def _qualities(points: gpd.GeoDataFrame) -> pd.Series[Any]:
    """Return the quality given, `surveyed` for a point without one, `unknown` where there is no point."""
    given: pd.Series[Any] = points["position_quality"].fillna("surveyed")
    return given.where(points.geometry.notna(), "unknown").astype("string")


def _count(found: list[Found], findings: Findings) -> Record:
    counts = Counter(item.by for item in found)
    by: dict[str, int] = {means: counts[means] for means in ("code", "name", "address", "position")}
    return findings.whole("placed-by", "info", **by, unknown=counts[""], total=len(found))


def _records(index: int, row: Row, found: Found, findings: Findings, known: Communes) -> list[Record]:
    """Return what there is to say of how a row's commune was found."""
    if found.code is None:
        return [_unresolved(index, row, found, findings, known)]
    used = known.label(found.code)
    records = [
        findings.cell(index, column, "commune-differs", "warning", used=used, other=known.label(other))
        for column, other in found.contradicting
    ]
    if found.by != "code" and shown(row.get("commune_code")):
        records.append(findings.cell(index, "commune_code", "commune-code-unknown", "warning", used=used))
    return records


def _unresolved(index: int, row: Row, found: Found, findings: Findings, known: Communes) -> Record:
    column = next((column for column in _NAMING_COLUMNS[:-1] if shown(row.get(column))), "address")
    if found.candidates:
        candidates = "; ".join(map(known.label, found.candidates))
        return findings.cell(index, column, "commune-ambiguous", "warning", candidates=candidates)
    if row["geometry"] is not None and in_viet_nam(row["geometry"].x, row["geometry"].y) and len(known.polygons):
        place = f"{row['geometry'].x:.5f}, {row['geometry'].y:.5f}"
        return findings.cell(index, "lon", "coordinates-contradict", "error", place=place)
    return findings.cell(index, column, "commune-unresolved", "warning")


def _elsewhere(
    away: pd.Series[bool], codes: pd.Series[str], at: pd.Series[str], findings: Findings, known: Communes
) -> list[Record]:
    """Return a record for each point that lies away from the commune that was kept."""
    records = []
    for index in map(int, np.flatnonzero(away)):
        kept, there = known.label(codes.iloc[index]), shown(at.iloc[index])
        rule = "position-elsewhere" if there else "position-outside"
        place = known.label(there) if there else ""
        records.append(findings.cell(index, "commune_code", rule, "warning", kept=kept, there=place))
    return records


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
