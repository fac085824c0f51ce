"""Bring every facility, village and service into a commune of today: by code, name, address or position."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import Point, STRtree

from planner.catalogue.load import Language, read_data
from planner.errors import Record
from planner.inputs.findings import Findings, shown
from planner.inputs.places.addresses import Gazetteer, make_gazetteer
from planner.inputs.places.hidden import hidden_address
from planner.inputs.places.placing import Found, Row, Texts, find_commune, proposals, settled_by_holder
from planner.inputs.places.proposals import MOST, Proposal, reason
from planner.inputs.places.units import communes_of_today, province_names
from planner.inputs.positions.crs import BOUNDS
from planner.inputs.tables import WGS84, make_table, text_of

BOUNDARY_TOLERANCE_M = 300.0
"""Boundaries are simplified: a point this near to a commune may belong to it."""

MOST_IN_ONE_PROVINCE = 0.9
"""Share of the rows placed that tells the province of a list."""

_FEWEST = 10
_NAMING_COLUMNS = ("commune_code", "commune_name", "old_commune", "address", "name")


def in_viet_nam(lon: Any, lat: Any) -> Any:  # noqa: ANN401  numbers or series of them
    """Return whether positions in degrees lie within the country's bounds; unknown ones do not."""
    west, south, east, north = BOUNDS
    return (west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)


def in_metres(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return geometries (EPSG:4326) in the UTM zone of their middle, in metres."""
    west, _, east, _ = shapes.total_bounds if shapes.notna().any() else (105.0, 0.0, 105.0, 0.0)
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
        places = known.to_crs(self.polygons.crs)
        # Prepared polygons ask for their points, which takes a tenth of the time of asking for each point's nearest.
        shape, inside = STRtree(places.array).query(self.polygons.array, predicate="intersects")
        held = pd.Series(self.polygons.index[shape], index=places.index[inside]).groupby(level=0).min()
        codes.loc[held.index] = held
        outside = gpd.GeoDataFrame(geometry=places[~places.index.isin(held.index)])
        shapes = gpd.GeoDataFrame({"code": self.polygons.index}, geometry=self.polygons.array, crs=self.polygons.crs)
        near = outside.sjoin_nearest(shapes, max_distance=BOUNDARY_TOLERANCE_M, distance_col="distance")
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


def communes_by_name(province_code: str | None = None) -> gpd.GeoDataFrame:
    """Return today's communes by code and name alone, for a list that is checked without a map.

    Parameters
    ----------
    province_code : two digits; None for the whole country.

    Returns
    -------
    The communes table, geometry None; without rows where no province has the code.
    """
    rows = [row for row in communes_of_today() if province_code in (None, row.province_code)]
    values = {
        "commune_code": [row.code for row in rows],
        "name": [row.full_name for row in rows],
        "province_code": [row.province_code for row in rows],
    }
    return gpd.GeoDataFrame(make_table("communes", values, len(rows)), geometry=[None] * len(rows), crs=WGS84)


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
    rows = _rows(facilities, at)
    found = _found(rows, known)
    findings = Findings("facilities", facilities, language)
    found, records = _inside_one_province(found, rows, findings, known)
    codes = pd.Series([item.code for item in found], index=facilities.index, dtype="string")
    away = known.away(facilities.geometry, codes)
    placed = facilities.assign(
        commune_code=codes,
        commune_name=codes.map(known.names).astype("string"),
        position_quality=_qualities(facilities).mask(away, "unknown"),
    )
    placed.attrs = dict(facilities.attrs)
    records = _count(found, findings) + records
    for index, (item, row) in enumerate(zip(found, rows, strict=True)):
        if item.code is None:
            records.append(_unsettled(index, item, row, findings, known))
        else:
            records += _doubts(index, row.texts, item, findings, known)
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
    shapes = points.geometry.tolist()
    unresolved = [
        _contradicting(index, shapes[index], findings)
        if shapes[index] is not None and _on_the_map(shapes[index], known)
        else _unresolved(index, (), findings, known)
        for index in map(int, np.flatnonzero(codes.isna()))
    ]
    return placed, unresolved + _elsewhere(away, codes, at, findings, known)


def _rows(facilities: gpd.GeoDataFrame, at: pd.Series[Any]) -> list[Row]:
    columns = {key: text_of(facilities, key) for key in Texts._fields}
    hidden = columns | {"name": [hidden_address(name) for name in columns["name"]]}
    said = map(Texts, *hidden.values())
    points = facilities.geometry.tolist()
    return list(map(Row, said, columns["name"], text_of(facilities, "holder"), at.fillna("").tolist(), points))


def _found(rows: list[Row], known: Communes) -> list[Found]:
    distinct = dict.fromkeys((row.texts, row.at) for row in rows)
    found = {key: find_commune(*key, known.names, known.gazetteer) for key in distinct}
    return [settled_by_holder(found[row.texts, row.at], row.holder, known.gazetteer) for row in rows]


def _inside_one_province(
    found: list[Found], rows: list[Row], findings: Findings, known: Communes
) -> tuple[list[Found], list[Record]]:
    """Read names that several provinces have as of the province in which nearly all other rows lie."""
    province_of = known.gazetteer.province_of
    counts = Counter(province_of[item.code] for item in found if item.code and item.code in province_of)
    if len(set(province_of.values())) == 1 or counts.total() < _FEWEST:
        return found, []
    ((province, most),) = counts.most_common(1)
    if most < MOST_IN_ONE_PROVINCE * counts.total():
        return found, []
    own = known.table["commune_code"].isin([code for code, key in province_of.items() if key == province])
    doubted = [i for i, item in enumerate(found) if item.by != "code" and province_of.get(item.code or "") != province]
    inside = _found([rows[i] for i in doubted], Communes(known.table[own]))
    settled = {i: item for i, item in zip(doubted, inside, strict=True) if item.code}
    name = province_names()[province]
    records = [findings.whole("province-inferred", "info", province=name, count=len(settled), most=most)]
    return [settled.get(i, item) for i, item in enumerate(found)], records if settled else []


def _qualities(points: gpd.GeoDataFrame) -> pd.Series[Any]:
    """Return the quality given, `surveyed` for a point without one, `unknown` where there is no point."""
    given: pd.Series[Any] = points["position_quality"].fillna("surveyed")
    return given.where(points.geometry.notna(), "unknown").astype("string")


def _count(found: list[Found], findings: Findings) -> list[Record]:
    """Return how many communes were found by what, where not every row has its code."""
    counts = Counter(item.by for item in found)
    if counts["code"] == len(found):
        return []
    by: dict[str, int] = {means: counts[means] for means in ("code", "name", "address", "position")}
    return [findings.whole("placed-by", "info", **by, unknown=counts[""], total=len(found))]


def _doubts(index: int, texts: Texts, found: Found, findings: Findings, known: Communes) -> list[Record]:
    """Return what there is to say of how a row's commune was found."""
    used = known.label(str(found.code))
    records = [
        findings.cell(index, column, "commune-differs", "warning", used=used, other=known.label(other))
        for column, other in found.contradicting
    ]
    if found.misspelt:
        records.append(findings.cell(index, found.misspelt, "commune-misspelt", "warning", used=used))
    if found.unread:
        records.append(findings.cell(index, found.unread, "district-unread", "warning", used=used))
    if found.by != "code" and texts.commune_code:
        records.append(findings.cell(index, "commune_code", "commune-code-unknown", "warning", used=used))
    return records


def _unsettled(index: int, found: Found, row: Row, findings: Findings, known: Communes) -> Record:
    """Return the record about a row whose commune stays unknown, with the communes it may be."""
    if not found.candidates and row.point is not None and _on_the_map(row.point, known):
        return _contradicting(index, row.point, findings)
    proposed = proposals(row, known.gazetteer)
    if not found.candidates:
        return _unresolved(index, proposed, findings, known)
    kept = tuple(item for item in proposed if item.code in found.candidates)
    return findings.cell(
        index,
        _naming_column(index, findings),
        "commune-ambiguous",
        "warning",
        candidates=_listed(kept, findings, known),
    )


def _on_the_map(point: Point, known: Communes) -> bool:
    """Return whether a map should hold a point: it lies in Viet Nam, and there are polygons."""
    return bool(in_viet_nam(point.x, point.y)) and len(known.polygons) > 0


def _contradicting(index: int, point: Point, findings: Findings) -> Record:
    place = f"{point.x:.5f}, {point.y:.5f}"
    return findings.cell(index, "lon", "coordinates-contradict", "error", place=place)


def _unresolved(index: int, proposed: tuple[Proposal, ...], findings: Findings, known: Communes) -> Record:
    question = str(read_data("places")["texts"]["did_you_mean"][findings.language])
    nearest = question.format(candidates=_listed(proposed, findings, known)) if proposed else ""
    return findings.cell(index, _naming_column(index, findings), "commune-unresolved", "warning", nearest=nearest)


def _naming_column(index: int, findings: Findings) -> str:
    return next((column for column in _NAMING_COLUMNS if findings.text(index, column)), "address")


def _listed(proposed: tuple[Proposal, ...], findings: Findings, known: Communes) -> str:
    named = [f"{known.label(item.code)}: {reason(item, findings.language)}" for item in proposed[:MOST]]
    return "; ".join([*named, f"… (+{len(proposed) - MOST})"] if len(proposed) > MOST else named)


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
