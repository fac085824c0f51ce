"""Communes of today, the old communes they were made of, and approximate boundaries."""

import json
import math
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from importlib.resources import as_file, files
from itertools import groupby

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPoint, MultiPolygon, Point, Polygon

from sample import facts
from sample.draw import stream

KM_PER_DEGREE = 111.2
ORIGIN = (104.3, 22.1)
HULL_RATIO = 0.35
HULL_MARGIN_KM = 2.17
SCATTER_DEGREES = 0.004


@dataclass(frozen=True)
class OldCommune:
    """A commune of June 2025; `x`, `y` are its place in km east and north of `ORIGIN`."""

    code: str
    name: str
    district_code: str
    district: str
    province: str
    commune_code: str
    x: float
    y: float

    @property
    def urban(self) -> bool:
        """Whether it was a ward or a township."""
        return not self.name.startswith("Xã")

    @property
    def town(self) -> bool:
        """Whether the abolished district had its offices here."""
        return facts.DISTRICT_TOWNS[self.district_code] == self.name


@dataclass(frozen=True)
class Commune:
    """A commune of today with its old communes; `boundary` is in km, `staff` in posts."""

    code: str
    name: str
    population: int
    difficulty: str
    border: bool
    old: tuple[OldCommune, ...]
    boundary: Polygon
    staff: int

    @property
    def mountainous(self) -> bool:
        """Whether it lies in the mountains: all but the wards of the valley towns."""
        return self.code not in facts.VALLEY_WARDS


def bare(name: str) -> str:
    """Return a unit's name without its kind: "Thị trấn Bắc Hà" → "Bắc Hà"."""
    for kind in ("Xã ", "Phường ", "Thị trấn ", "Thị xã ", "Thành phố ", "Huyện "):
        name = name.removeprefix(kind)
    return name


def to_km(lon: float, lat: float) -> tuple[float, float]:
    """Return km east and north of `ORIGIN` for a position in degrees (WGS 84)."""
    return (lon - ORIGIN[0]) * KM_PER_DEGREE * math.cos(math.radians(ORIGIN[1])), (lat - ORIGIN[1]) * KM_PER_DEGREE


def to_degrees(x: float, y: float) -> tuple[float, float]:
    """Return longitude and latitude (WGS 84, 5 decimals) for km east and north of `ORIGIN`."""
    lon = ORIGIN[0] + x / (KM_PER_DEGREE * math.cos(math.radians(ORIGIN[1])))
    return round(lon, 5), round(ORIGIN[1] + y / KM_PER_DEGREE, 5)


def read_communes() -> list[Commune]:
    """Return the 99 communes in the order of their codes, with their old communes and boundaries."""
    old = _join_detached(_read_old_communes())
    boundaries = _smooth(_cells(old))
    placed = [_pulled_in(item, boundaries[item.commune_code]) for item in old]
    members = {code: tuple(group) for code, group in groupby(placed, key=lambda item: item.commune_code)}
    return [
        Commune(code, name, population, difficulty, border, members[code], boundaries[code], _staff(code, population))
        for code, name, population, difficulty, border in facts.COMMUNES
    ]


def _read_old_communes() -> list[OldCommune]:
    data = files("vietnamadminunits") / "data"
    converter = json.loads((data / "converter_2025.json").read_text(encoding="utf-8"))
    today = converter["DICT_PROVINCE_WARD_NO_DIVIDED"]["tinhlaocai"]
    with as_file(data / "dataset.db") as path, closing(sqlite3.connect(path)) as base:
        code_of = dict(base.execute("SELECT wardKey, wardCode FROM admin_units WHERE provinceCode = '15'"))
        rows = base.execute(
            "SELECT provinceKey || '_' || districtKey || '_' || wardKey, wardCode, ward, districtCode, district,"
            " province, wardLon, wardLat FROM admin_units_legacy WHERE provinceCode IN (?, ?)",
            facts.OLD_PROVINCE_CODES,
        ).fetchall()
    commune_of = {old_key: code_of[key] for key, old_keys in today.items() for old_key in old_keys}
    old = [
        OldCommune(code, name, district_code, district, province, commune_of[key], *_scattered(code, lon, lat))
        for key, code, name, district_code, district, province, lon, lat in rows
    ]
    return sorted(old, key=lambda item: (item.commune_code, item.code))


def _scattered(code: str, lon: float, lat: float) -> tuple[float, float]:
    """Round a place to 0.01 degree, then scatter it: the true position cannot be recovered."""
    rng = stream("place", code)
    east, north = (rng.uniform(-SCATTER_DEGREES, SCATTER_DEGREES) for _ in range(2))
    return to_km(round(lon, 2) + east, round(lat, 2) + north)


def _join_detached(old: list[OldCommune]) -> list[OldCommune]:
    """Move an old commune whose cell is cut off from its commune towards the rest of it."""
    for _ in range(12):
        moved: dict[str, OldCommune] = {}
        for code, cell in _cells(old).items():
            if not isinstance(cell, MultiPolygon):
                continue
            main = max(cell.geoms, key=lambda part: part.area)
            members = [item for item in old if item.commune_code == code]
            inside = [item for item in members if main.covers(Point(item.x, item.y))]
            x, y = (sum(values) / len(inside) for values in zip(*((item.x, item.y) for item in inside), strict=True))
            moved |= {
                item.code: replace(item, x=item.x + (x - item.x) / 3, y=item.y + (y - item.y) / 3)
                for item in members
                if item not in inside
            }
        if not moved:
            return old
        old = [moved.get(item.code, item) for item in old]
    message = "Some communes stay in several parts; move their places by hand."
    raise RuntimeError(message)


def _cells(old: list[OldCommune]) -> dict[str, Polygon | MultiPolygon]:
    """Return the Voronoi cells of the old communes, dissolved by commune and clipped to the hull, in km."""
    points = MultiPoint([(item.x, item.y) for item in old])
    hull = shapely.concave_hull(points, ratio=HULL_RATIO).buffer(HULL_MARGIN_KM)
    cells = shapely.voronoi_polygons(points, extend_to=hull, ordered=True).geoms
    codes = [item.commune_code for item in old]
    return {
        code: shapely.intersection(shapely.union_all([cells[i] for i in group]), hull)
        for code, group in groupby(range(len(old)), key=codes.__getitem__)
    }


def _smooth(cells: dict[str, Polygon | MultiPolygon]) -> dict[str, Polygon]:
    """Round the corners of shared edges once for both neighbours, so that no gap or overlap arises."""
    codes, shapes = list(cells), list(cells.values())
    edges = shapely.line_merge(shapely.union_all(shapely.boundary(shapes)))
    faces = shapely.get_parts(shapely.polygonize([_chaikin(edge) for edge in shapely.get_parts(edges)]))
    smooth = {codes[int(np.argmax(shapely.area(shapely.intersection(shapes, face))))]: face for face in faces}
    if len(faces) != len(codes) or len(smooth) != len(codes):
        message = f"Smoothing made {len(faces)} faces out of {len(codes)} communes."
        raise RuntimeError(message)
    return {code: shapely.normalize(smooth[code]) for code in codes}


def _chaikin(edge: LineString, times: int = 3) -> LineString:
    """Cut the corners of a line (Chaikin 1974), keeping its ends; vertices fall on the grid of 5 decimals."""
    points = shapely.get_coordinates(edge)
    for _ in range(times):
        near, far = 0.75 * points[:-1] + 0.25 * points[1:], 0.25 * points[:-1] + 0.75 * points[1:]
        cut = np.stack([near, far], axis=1).reshape(-1, 2)
        points = np.vstack([points[:1], cut[1:-1], points[-1:]])
    return LineString([to_km(*to_degrees(x, y)) for x, y in points])


def _pulled_in(old: OldCommune, boundary: Polygon) -> OldCommune:
    """Move a place that smoothing left outside its commune towards the middle until it is inside."""
    middle = boundary.representative_point()
    while not boundary.contains(Point(old.x, old.y)):
        old = replace(old, x=old.x + (middle.x - old.x) / 4, y=old.y + (middle.y - old.y) / 4)
    return old


def degrees(boundary: Polygon) -> Polygon:
    """Return a boundary in degrees (WGS 84)."""
    return Polygon([to_degrees(x, y) for x, y in boundary.exterior.coords])


def near(rng_key: Iterable[object], x: float, y: float, spread_km: float, inside: Polygon) -> tuple[float, float]:
    """Draw a place around (x, y) that lies inside a boundary.

    Parameters
    ----------
    rng_key
        What names the object that is placed.
    x, y
        Centre, km.
    spread_km
        Standard deviation in each direction.
    inside
        Boundary in km.

    Returns
    -------
    place
        km east and north of `ORIGIN`.
    """
    rng = stream("near", *rng_key)
    shapely.prepare(inside)
    while True:
        place = x + rng.gauss(0, spread_km), y + rng.gauss(0, spread_km)
        if inside.contains(Point(place)):
            return place
        spread_km *= 0.97


def _staff(code: str, population: int) -> int:
    """Return synthetic posts: 40 to 90, growing with the population."""
    drawn = 38 + 46 * math.sqrt(population / 45_000) + stream("staff", code).gauss(0, 4)
    return round(min(90.0, max(40.0, drawn)))
