"""The one place where coordinates change their reference system: everything inside is WGS 84 (EPSG:4326)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError
from pyproj.transformer import Transformer, TransformerGroup

from planner.catalogue.load import read_data
from planner.inputs.tables import WGS84

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# Two operations lead from VN-2000 to WGS 84, 0.8 m apart; one is pinned so that every machine gives the same.
VN2000_OPERATION = "VN-2000 to WGS 84 (2)"
BOUNDS = (102.0, 8.0, 118.0, 24.0)
"""Longitude and latitude of Viet Nam with its islands: west, south, east, north."""

_CODE = re.compile(r"(?:EPSG\W*)?(\d{4,6})(?:\.0)?|.*EPSG\W*(\d{4,6})\b.*", re.DOTALL)
_MERIDIAN = re.compile(r"(?<!\d)(10[2-9]|111)(?:(\D{0,5}?)(\d{1,3})(?!\d)|(?!\d))")
_TM3_ZONE = re.compile(r"(?<!\d)(481|482|491)(?!\d)")
TM3_ZONES = {481: "102-00", 482: "105-00", 491: "108-00"}
"""Central meridian of the TM-3 zones that have a number."""
_UTM_ZONE = re.compile(r"(?<!\d)(1[89]|4[89])(?!\d)")
_SIX_DEGREES = re.compile(r"UTM|0[.,]9996|\b6\s?(?:°|ĐỘ|DO\b|DEG)|(?:MÚI|MUI|ZONE)\D{0,8}(?:6|48|49)\b")
_PROJECTION = re.compile(r"UTM|MÚI|MUI|TM\W?3")
_DECIMALS = {"": 0, "0": 0, "00": 0, "25": 15, "5": 30, "50": 30, "75": 45, "15": 15, "30": 30, "45": 45}
_MINUTES = {"": 0, "0": 0, "00": 0, "000": 0, "15": 15, "015": 15, "30": 30, "030": 30, "45": 45, "045": 45}
_DATUMS = {
    "wgs84": re.compile(r"WGS"),
    "hanoi1972": re.compile(r"(?:HN|H[ÀA] ?N[ỘO]I)\W*(?:19)?72"),
    "vn2000": re.compile(r"VN\W*2000"),
}


@cache
def transformer(crs: str) -> Transformer:
    """Return the transformer from a CRS, with x east and y north, to WGS 84 longitude and latitude.

    Raises
    ------
    CRSError : the CRS is not known.
    """
    group = TransformerGroup(CRS.from_user_input(crs), WGS84, always_xy=True)
    pinned = [found for found in group.transformers if VN2000_OPERATION in found.description]
    return (pinned or group.transformers)[0]


@lru_cache(maxsize=4096)
def known_crs(text: str) -> str | None:
    """Return a CRS as `EPSG:code` from what a cell or heading says, or None where it names none that is used here.

    Parameters
    ----------
    text : an EPSG code (`9208`, `EPSG:9208`), a central meridian (`KTT 104°45'`, `104.75`, `107045'`), a zone
        (`VN-2000 UTM 48N`) or a name (`WGS 84`). A UTM zone without a datum names none: the two are 225 m apart.
    """
    said = unicodedata.normalize("NFKC", text).upper().strip()
    code = _CODE.fullmatch(said)
    if code is not None and _is_used(int(code[1] or code[2])):
        return f"EPSG:{int(code[1] or code[2])}"
    datum = _datum(said)
    zone = _UTM_ZONE.search(said)
    meridian = _meridian(said)
    if datum == "hanoi1972" or _SIX_DEGREES.search(said):
        number = zone[1] if zone is not None else {"105-00": "48", "111-00": "49"}.get(meridian or "")
        found = read_data("meridians")["utm"].get(datum, {}).get(number)
    elif meridian is not None:
        found = read_data("meridians")["tm3"].get(meridian)
    else:
        found = 4326 if datum == "wgs84" else None
    return None if found is None else f"EPSG:{found}"


def names_system(text: str) -> bool:
    """Return whether a text names a datum or projection, be it without its zone: `VN-2000`, `múi 3`."""
    said = unicodedata.normalize("NFKC", text).upper()
    return bool(_datum(said)) or _PROJECTION.search(said) is not None


def named_datum(text: str) -> str:
    """Return the datum that a text names, as `meridians.toml` calls it (`vn2000`, `wgs84`, …), or nothing."""
    return _datum(unicodedata.normalize("NFKC", text).upper())


def _datum(said: str) -> str:
    return next((name for name, pattern in _DATUMS.items() if pattern.search(said)), "")


def _meridian(said: str) -> str | None:
    """Return the one central meridian that a text names, as `104-45`; a degree sign may have become a 0."""
    zone = _TM3_ZONE.search(said)
    if zone is not None:
        return TM3_ZONES[int(zone[1])]
    named = set()
    for degrees, between, minutes in _MERIDIAN.findall(said):
        known = (_DECIMALS if between in {".", ","} else _MINUTES).get(minutes)
        if known is not None:
            named.add(f"{degrees}-{known:02d}")
    return named.pop() if len(named) == 1 else None


def _is_used(code: int) -> bool:
    """Return whether there is a CRS with this EPSG code whose area touches Viet Nam."""
    try:
        area = CRS.from_epsg(code).area_of_use
    except CRSError:
        return False
    west, south, east, north = BOUNDS
    return area is not None and bool(
        area.west <= east and area.east >= west and area.south <= north and area.north >= south
    )


@cache
def crs_label(crs: str) -> str:
    """Return a CRS as messages show it: `VN-2000 / TM-3 104-45 (EPSG:9208)`."""
    meridians = {f"EPSG:{code}": meridian for meridian, code in read_data("meridians")["tm3"].items()}
    name = f"VN-2000 / TM-3 {meridians[crs]}" if crs in meridians else CRS.from_user_input(crs).name
    return f"{name} ({crs})"


@cache
def is_geographic(crs: str) -> bool:
    """Return whether the coordinates of a CRS are degrees."""
    return bool(CRS.from_user_input(crs).is_geographic)


def to_lon_lat(crs: str, easting: Sequence[float], northing: Sequence[float]) -> tuple[list[float], list[float]]:
    """Return longitudes and latitudes of points given by easting and northing in m (or degrees)."""
    lon, lat = lon_lat(crs, np.asarray(easting, float), np.asarray(northing, float))
    return lon.tolist(), lat.tolist()


def lon_lat(
    crs: str, easting: NDArray[np.float64], northing: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (n,) longitudes and latitudes of points given by easting and northing in m (or degrees)."""
    lon, lat = transformer(crs).transform(easting, northing)
    return lon, lat


def has_crs(geometry: gpd.GeoSeries) -> bool:
    """Return whether a layer states a CRS on the Earth; GIS programs write "undefined" ones too."""
    return geometry.crs is not None and bool(geometry.crs.is_geographic or geometry.crs.is_projected)


def to_wgs84(geometry: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return plane geometries in WGS 84; a layer without a usable CRS is taken to be in it already."""
    flat = shapely.force_2d(geometry.to_numpy())
    if not has_crs(geometry) or geometry.crs == CRS.from_user_input(WGS84):
        return gpd.GeoSeries(flat, crs=WGS84)
    change = transformer(geometry.crs.to_wkt())

    def moved(points: np.ndarray) -> np.ndarray:
        return np.column_stack(change.transform(points[:, 0], points[:, 1]))

    return gpd.GeoSeries(shapely.transform(flat, moved), crs=WGS84)


def from_wgs84(geometry: gpd.GeoSeries, crs: str) -> gpd.GeoSeries:
    """Return geometries (EPSG:4326) in another CRS, x east and y north."""
    change = transformer(crs)

    def moved(points: np.ndarray) -> np.ndarray:
        return np.column_stack(change.transform(points[:, 0], points[:, 1], direction="INVERSE"))

    flat = shapely.force_2d(geometry.to_numpy())
    return gpd.GeoSeries(shapely.transform(flat, moved), index=geometry.index, crs=crs)


def inside_bounds(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return (n,) whether positions in degrees lie within the country's bounds; unknown ones do not."""
    west, south, east, north = BOUNDS
    return (west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)


def in_viet_nam(geometry: gpd.GeoSeries) -> bool:
    """Return whether at least half of the geometries (in degrees) lie within the country's bounds."""
    bounds = shapely.bounds(geometry[geometry.notna()].to_numpy())
    west, south, east, north = BOUNDS
    with np.errstate(invalid="ignore"):
        inside = (bounds[:, 0] >= west) & (bounds[:, 1] >= south) & (bounds[:, 2] <= east) & (bounds[:, 3] <= north)
    return not len(inside) or bool(inside.mean() >= 0.5)  # noqa: PLR2004  the half
