"""All that a row's coordinates can mean, system by system, and how far each place lies from the row's commune."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from planner.catalogue.load import Language, read_data
from planner.inputs.places.resolve import Communes
from planner.inputs.places.units import old_communes
from planner.inputs.positions.crs import TM3_ZONES, crs_label, inside_bounds, is_geographic, known_crs, lon_lat
from planner.inputs.tables import WGS84

Numbers = NDArray[np.float64]

NEAR_M = 3000.0
"""Farther from its commune than this, a place is no candidate."""
LABEL_RADIUS_M = 12_000.0
"""Reach of a former commune's label where there are no polygons; meridians move a point by 26 km and more."""

WEB_MERCATOR = "EPSG:3857"
_NORTHINGS, _EASTINGS = (8e5, 2.7e6), (1e4, 1e6)
_KILOMETRES = (80.0, 3000.0)
_LATITUDES, _LONGITUDES = (8.0, 24.0), (102.0, 118.0)
_ZONE_DIGITS = 1e6
_METRES_PER_DEGREE = 111_320.0


class Reading(NamedTuple):
    """One way to read two numbers.

    Attributes
    ----------
    crs : system of the result, `EPSG:code`.
    swapped : whether the northing stands where the easting belongs.
    change : how the numbers are mended before, a key of `[changes]` in `meridians.toml`; empty where they are not.
    """

    crs: str
    swapped: bool = False
    change: str = ""

    def label(self, language: Language) -> str:
        """Return what the reading is called in messages."""
        changes = read_data("meridians")["changes"]
        parts = [key for key in ("swapped" if self.swapped else "", *self.change.split()) if key]
        return crs_label(self.crs) + "".join(changes[key][language] for key in parts)


@dataclass(frozen=True)
class Pairs:
    """Pairs of numbers to be read, as (m,) arrays.

    Attributes
    ----------
    rows : row of the table. columns : `lon` or `x`, where the pair stands.
    north, east : the numbers as their columns name them. declared : CRS named in the row, empty where none is.
    codes : the row's commune, empty where it is unknown.
    """

    rows: NDArray[np.int64]
    columns: NDArray[np.str_]
    north: Numbers
    east: Numbers
    declared: NDArray[np.str_]
    codes: NDArray[np.str_]

    def where(self, mask: NDArray[np.bool_]) -> Pairs:
        """Return the pairs for which the mask holds."""
        return Pairs(*(getattr(self, name)[mask] for name in self.__dataclass_fields__))


class Candidate(NamedTuple):
    """A place that a row's coordinates can mean: degrees in WGS 84 and metres from the row's commune, 0 inside.

    `plain` holds where nothing was done to the numbers but what the row itself says.
    """

    row: int
    column: str
    reading: Reading
    lon: float
    lat: float
    away: float
    plain: bool


def make_pairs(table: pd.DataFrame, rows: NDArray[np.int64]) -> Pairs:
    """Return the pairs of numbers of some rows: degrees from `lon` and `lat`, metres from `x` and `y`."""
    texts = {key: table[key].fillna("").to_numpy(dtype=str)[rows] for key in ("crs", "commune_code")}
    declared = np.array([known_crs(text) or "" for text in texts["crs"]], dtype=str)
    parts = []
    for column, north, east in (("lon", "lat", "lon"), ("x", "x", "y")):
        numbers = [table[key].to_numpy(dtype=float, na_value=np.nan)[rows] for key in (north, east)]
        given = ~np.isnan(numbers[0]) & ~np.isnan(numbers[1])
        named = np.full(int(given.sum()), column)
        said = declared[given] if column == "x" else np.full(len(named), WGS84)
        parts.append((rows[given], named, numbers[0][given], numbers[1][given], said, texts["commune_code"][given]))
    return Pairs(*(np.concatenate(column) for column in zip(*parts, strict=True)))


@cache
def usual_readings() -> tuple[Reading, ...]:
    """Return the readings that are tried first, what is likelier before what is not."""
    systems = (WGS84, *vn2000_systems(), *_utm("wgs84"), WEB_MERCATOR)
    return tuple(Reading(crs, swapped) for crs in systems for swapped in (False, True))


@cache
def unusual_readings() -> tuple[Reading, ...]:
    """Return the readings that are tried where no usual one lies in the commune: digits or marks were lost."""
    lost = [Reading(crs, change=f"leading_{digit}") for crs in vn2000_systems() for digit in (1, 2)]
    marks = [Reading(WGS84, swapped, change) for change in _DEGREES if change for swapped in (False, True)]
    return (*marks, *lost)


@cache
def vn2000_systems() -> tuple[str, ...]:
    """Return the VN-2000 systems in metres: TM-3 from west to east, then UTM."""
    return (*tm3_systems(), *_utm("vn2000"))


@cache
def tm3_systems() -> tuple[str, ...]:
    """Return the VN-2000 TM-3 systems from west to east."""
    return tuple(f"EPSG:{code}" for code in read_data("meridians")["tm3"].values())


def systems_of(datum: str) -> tuple[str, ...]:
    """Return the systems of a datum as `meridians.toml` names it, degrees and metres; none where it is not known."""
    return {"vn2000": vn2000_systems(), "wgs84": (WGS84, *_utm("wgs84"))}.get(datum, ())


def _utm(datum: str) -> tuple[str, ...]:
    return tuple(f"EPSG:{code}" for code in read_data("meridians")["utm"][datum].values())


def official_systems(code: str) -> frozenset[str]:
    """Return the TM-3 systems of the former provinces of a commune of today."""
    return _official().get(code, frozenset())


@cache
def _official() -> dict[str, frozenset[str]]:
    systems = defaultdict(set)
    for old in old_communes():
        systems[old.today[0]].add(province_system(old.province.key))
    return {code: frozenset(found - {""}) for code, found in systems.items()}


def province_system(key: str) -> str:
    """Return the TM-3 system of a former province by its name's key, as `laocai`; nothing where it is not known."""
    data = read_data("meridians")
    found = data["provinces"].get(key)
    return f"EPSG:{data['tm3'][found['meridian']]}" if found else ""


def find_candidates(pairs: Pairs, readings: Sequence[Reading], communes: Communes) -> list[Candidate]:
    """Return every place in Viet Nam, at most `NEAR_M` from its row's commune, that the pairs can mean."""
    found = []
    own = sorted({Reading(crs, swapped) for crs in set(pairs.declared.tolist()) - {""} for swapped in (False, True)})
    for reading in (*readings, *(reading for reading in own if reading not in readings)):
        asked = pairs if reading in readings else pairs.where(pairs.declared == reading.crs)
        lon, lat = located(reading, asked)
        inside = inside_bounds(lon, lat)
        asked, lon, lat = asked.where(inside), lon[inside], lat[inside]
        away = metres_away(lon, lat, asked.codes, communes)
        near = map(int, np.flatnonzero(away <= NEAR_M))
        found += [_candidate(asked, i, reading, (lon[i], lat[i]), away[i]) for i in near]
    return found


def _candidate(pairs: Pairs, i: int, reading: Reading, place: tuple[float, float], away: float) -> Candidate:
    change = reading.change
    if not is_geographic(reading.crs):
        east, north = (pairs.north[i], pairs.east[i]) if reading.swapped else (pairs.east[i], pairs.north[i])
        change += " kilometres" if _scaled(north) != north or _scaled(east) != east else ""
        change += " zone" if _is_zoned(reading.crs) and _scaled(east) >= _ZONE_DIGITS else ""
    read = reading._replace(change=change.strip())
    plain = read == Reading(str(pairs.declared[i]))
    lon, lat = map(float, place)
    return Candidate(int(pairs.rows[i]), str(pairs.columns[i]), read, lon, lat, float(away), plain)


def located(reading: Reading, pairs: Pairs) -> tuple[Numbers, Numbers]:
    """Return (m,) longitudes and latitudes of pairs under a reading; NaN where the numbers cannot be such."""
    north, east = (pairs.east, pairs.north) if reading.swapped else (pairs.north, pairs.east)
    mended = [key for key in reading.change.split() if key in _DEGREES or key.startswith("leading")]
    change = mended[0] if mended else ""
    if is_geographic(reading.crs):
        north, east = _DEGREES[change](north, _LATITUDES), _DEGREES[change](east, _LONGITUDES)
        fits = inside_bounds(east, north)
    else:
        north, east = _scaled(north), _scaled(east)
        if change:
            north = np.where(north < _ZONE_DIGITS, north + int(change[-1]) * _ZONE_DIGITS, np.nan)
        fits = np.isfinite(north) & np.isfinite(east)
        if _is_zoned(reading.crs):
            east = np.where(np.isin(east // _ZONE_DIGITS, _zones(reading.crs)), east % _ZONE_DIGITS, east)
            fits = _between(north, _NORTHINGS) & _between(east, _EASTINGS)
    lon, lat = np.full(len(north), np.nan), np.full(len(north), np.nan)
    lon[fits], lat[fits] = lon_lat(reading.crs, east[fits], north[fits])
    return lon, lat


@cache
def _zones(crs: str) -> tuple[int, ...]:
    """Return the zone numbers that can stand before the easting of a system; -1 where a system has none to write."""
    data = read_data("meridians")
    utm = {f"EPSG:{code}": int(zone) for datum in ("vn2000", "wgs84") for zone, code in data["utm"][datum].items()}
    if crs in utm:
        return utm[crs], utm[crs] - 30  # the zone of the older Gauss-Krüger grid
    tm3 = {f"EPSG:{data['tm3'][meridian]}": zone for zone, meridian in TM3_ZONES.items()}
    return (tm3.get(crs, -1),)


@cache
def _is_zoned(crs: str) -> bool:
    """Return whether a system has a false easting of 500 km, without the zone's number."""
    return crs in {*vn2000_systems(), *_utm("wgs84")}


def _between(values: Numbers, limits: tuple[float, float]) -> NDArray[np.bool_]:
    return (limits[0] <= values) & (values <= limits[1])


def _scaled(values: Numbers) -> Numbers:
    """Return metres; what can only be kilometres becomes metres."""
    return np.where(_between(values, _KILOMETRES), values * 1000, values)


def _as_they_are(values: Numbers, _limits: tuple[float, float]) -> Numbers:
    return values


def _with_point(values: Numbers, limits: tuple[float, float]) -> Numbers:
    """Return degrees whose decimal point was lost: 1058542 is 105.8542."""
    found = np.full(len(values), np.nan)
    for power in range(1, 13):
        moved = values / 10.0**power
        found = np.where(_between(moved, limits), moved, found)
    return found


def _unpacked(values: Numbers, _limits: tuple[float, float]) -> Numbers:
    """Return degrees from degrees, minutes and seconds run together: 1055112 is 105°51′12″."""
    degrees, minutes, seconds = values // 10_000, values // 100 % 100, values % 100
    return np.where((minutes < 60) & (seconds < 60), degrees + minutes / 60 + seconds / 3600, np.nan)  # noqa: PLR2004


_DEGREES = {"": _as_they_are, "decimal_point": _with_point, "packed": _unpacked}


def metres_away(lon: Numbers, lat: Numbers, codes: NDArray[np.str_], communes: Communes) -> Numbers:
    """Return (m,) metres from places in degrees to their communes, 0 inside; infinite beyond `NEAR_M` or unknown.

    A commune without a polygon reaches `LABEL_RADIUS_M` around the labels of the former communes it was made of.
    """
    shapes = communes.polygons
    number = shapes.index.get_indexer(pd.Index(codes, dtype=object))
    away = np.full(len(lon), np.inf)
    drawn = np.flatnonzero(number >= 0)
    if len(drawn):
        x, y = Transformer.from_crs(WGS84, shapes.crs, always_xy=True).transform(lon[drawn], lat[drawn])
        polygons = shapes.to_numpy()[number[drawn]]
        west, south, east, north = shapely.bounds(polygons).T
        near = _between(x, (west - NEAR_M, east + NEAR_M)) & _between(y, (south - NEAR_M, north + NEAR_M))
        away[drawn[near]] = shapely.distance(polygons[near], shapely.points(x[near], y[near]))
    for code in sorted(set(codes[number < 0])):
        if labels := _labels().get(code):
            here = (codes == code) & (number < 0)
            away[here] = np.maximum(_to_labels(lon[here], lat[here], np.array(labels)) - LABEL_RADIUS_M, 0)
    return away


@cache
def _labels() -> dict[str, list[tuple[float, float]]]:
    labels = defaultdict(list)
    for old in old_communes():
        for code in old.today:
            labels[code].append((old.lon, old.lat))
    return dict(labels)


def _to_labels(lon: Numbers, lat: Numbers, labels: Numbers) -> Numbers:
    east = (lon[:, None] - labels[:, 0]) * np.cos(np.radians(labels[:, 1]))
    degrees: Numbers = np.hypot(east, lat[:, None] - labels[:, 1]).min(axis=1)
    return degrees * _METRES_PER_DEGREE
