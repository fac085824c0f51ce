"""A valley: a river from west to east, a road on either bank, a bridge in the west, a ferry that rests in the rain."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
from shapely.geometry import LineString, box

from planner.catalogue.load import load_catalogue
from tests.tiny import Row, tiny_facilities, write_tiny

NORTH, SOUTH = 22.055, 22.045
BRIDGE, FERRY, EAST = 104.00, 104.05, 104.10
KM = {"lon": 103.2, "lat": 110.7}
"""Kilometres in a degree at this latitude."""

VILLAGES: dict[str, tuple[float, float, int]] = {"V-N": (FERRY, NORTH, 1000), "V-S": (104.06, SOUTH, 200)}
SCHOOLS: dict[str, tuple[float, float]] = {"F-S": (104.052, SOUTH), "F-N": (104.08, NORTH)}

SCENARIO = """\
limits = [{{ use = "primary", max = 1 }}]
[uses.primary]
existing = "none"
{limit}
{disabled}
[travel]
mode = "{mode}"
{travel}
"""


def valley_roads() -> gpd.GeoDataFrame:
    """Return the roads as a province would keep them; the banks' lines have a vertex at bridge and ferry."""
    rows = [
        ("Tỉnh lộ 151", "Tỉnh lộ", [(BRIDGE, NORTH), (FERRY, NORTH), (EAST, NORTH)], None, None, "no"),
        ("Đường bờ nam", "Đường xã", [(BRIDGE, SOUTH), (FERRY, SOUTH), (EAST, SOUTH)], None, None, "no"),
        ("Cầu Treo", "Đường xã", [(BRIDGE, NORTH), (BRIDGE, SOUTH)], "yes", None, "no"),
        ("Bến đò", None, [(FERRY, NORTH), (FERRY, SOUTH)], None, "mùa khô", "yes"),
    ]
    names = ("Tên đường", "Loại đường", "geometry", "Cầu", "Mùa", "Phà")
    table = [dict(zip(names, (*row[:2], LineString(row[2]), *row[3:]), strict=True)) for row in rows]
    return gpd.GeoDataFrame(table, geometry="geometry", crs="EPSG:4326")


def write_valley(
    folder: Path,
    mode: str,
    *,
    limit: str = "max_travel_km = { plain = 5.0, mountain = 5.0 }",
    travel: str = "",
    inputs: str = "",
    villages: dict[str, tuple[float, float, int]] | None = None,
) -> Path:
    """Write the valley's tables and scenario; return the path of the scenario."""
    villages = villages or VILLAGES
    folder.mkdir(parents=True, exist_ok=True)
    disabled = "\n".join(
        f"[uses.{key}]\nenabled = false"
        for key, use in load_catalogue().uses.items()
        if key != "primary" and use.family in ("service", "commune_wide", "by_unit", "office")
    )
    people = sum(village[2] for village in villages.values())
    commune = {"commune_code": "00901", "name": "Xã Thung Lũng", "province_code": "09", "population": people}
    commune |= {
        "area_km2": 75.0,
        "difficulty": "III",
        "mountainous": "yes",
        "geometry": box(103.98, 22.0, 104.12, 22.1),
    }
    services = [("E-1", "culture_house", "Nhà văn hóa", "00901", 104.01, NORTH, 1, "m2", "keeps")]
    names = ("service_id", "use", "name", "commune_code", "lon", "lat", "capacity", "capacity_unit", "status")
    scenario = write_tiny(
        folder,
        facilities=[_school(key, *at) for key, at in SCHOOLS.items()],
        communes=gpd.GeoDataFrame([commune], crs="EPSG:4326"),
        settlements=[_village(key, *at) for key, at in villages.items()],
        services=[dict(zip(names, row, strict=True)) for row in services],
        more="",
    )
    more = SCENARIO.format(mode=mode, travel=travel, limit=limit, disabled=disabled)
    text = scenario.read_text(encoding="utf-8").replace(
        'services = "services.csv"', f'services = "services.csv"\n{inputs}'
    )
    limits, _, rest = more.partition("\n")
    scenario.write_text(f"{limits}\n{text}\n{rest}", encoding="utf-8")
    return scenario


def _school(key: str, lon: float, lat: float) -> Row:
    row: dict[str, Any] = dict(tiny_facilities()[6])
    row |= {"facility_id": key, "name": f"Điểm trường {key}", "commune_code": "00901", "lon": lon, "lat": lat}
    return row | {"land_area_m2": 9000, "floor_area_m2": 2000, "rooms": 30}


def _village(key: str, lon: float, lat: float, people: int) -> Row:
    return {"settlement_id": key, "name": key, "commune_code": "00901", "lon": lon, "lat": lat, "population": people}


def by_road(start: tuple[float, float], end: tuple[float, float], *, ferry: bool) -> float:
    """Return km by road between two places on the banks, every way enumerated by hand."""
    along = abs(start[0] - end[0]) * KM["lon"]
    if start[1] == end[1]:
        return along
    crossings = [BRIDGE, FERRY] if ferry else [BRIDGE]
    across = (NORTH - SOUTH) * KM["lat"]
    return min(across + sum(abs(a - b) for a, b in pairwise((start[0], x, end[0]))) * KM["lon"] for x in crossings)


def best_school(limit_km: float, *, ferry: bool) -> str:
    """Return the one school that serves most people by road, then with least travel; found by trying each."""

    def worth(school: str) -> tuple[float, float]:
        ways = {v: by_road(at[:2], SCHOOLS[school], ferry=ferry) for v, at in VILLAGES.items()}
        served = [v for v, km in ways.items() if km <= limit_km]
        return sum(VILLAGES[v][2] for v in served), -sum(ways[v] * VILLAGES[v][2] for v in served)

    return max(SCHOOLS, key=worth)


def chosen(allocation: Any) -> str:
    """Return the one facility that becomes a primary school."""
    found = allocation.loc[np.asarray(allocation["new_use"] == "primary"), "facility_id"].tolist()
    assert len(found) == 1
    return str(found[0])
