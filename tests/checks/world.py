"""A small clean world that every check accepts; a case changes single columns of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
from shapely.geometry import Point, box

from planner.inputs.tables import LAYERS, Tables, make_table
from planner.scenario import Scenario

Values = dict[str, list[Any]]

FIRST_ROW = 5
HEADERS = {"floor_area_m2": "Diện tích sàn (m²)"}

WORLD: dict[str, Values] = {
    "communes": {
        "commune_code": ["00901", "00902"],
        "name": ["Xã An", "Xã Bình"],
        "population": [5000.0, 4000.0],
        "geometry": [box(104.0, 22.0, 104.1, 22.1), box(104.1, 22.0, 104.2, 22.1)],
    },
    "facilities": {
        "facility_id": ["F-1", "F-2", "F-3"],
        "site_id": ["S-1", "S-1", None],
        "name": ["Trụ sở UBND xã An", "Nhà kho", "Trường tiểu học Sa Pa"],
        "commune_code": ["00901", "00901", "00902"],
        "old_district": ["Huyện Bát Xát", "Huyện Bát Xát", None],
        "lon": [104.05, 104.05, 104.15],
        "lat": [22.05, 22.05, 22.05],
        "position_quality": ["surveyed"] * 3,
        "land_area_m2": [900.0, 900.0, 500.0],
        "floor_area_m2": [600.0, 80.0, 300.0],
        "storeys": [2.0, 1.0, 1.0],
        "built_year": [1998.0, None, 2012.0],
        "owner": ["commune", "commune", "district"],
        "status": ["proposed", None, "approved"],
        "approved_use": [None, None, "primary"],
        "decision_no": [None, None, "480/QĐ-UBND"],
        "decision_date": [None, None, "2026-01-23"],
        "confidential": [False, None, False],
    },
    "settlements": {
        "settlement_id": ["V-1", "V-2"],
        "commune_code": ["00901", "00902"],
        "lon": [104.04, 104.16],
        "lat": [22.04, 22.04],
        "population": [5000.0, 4100.0],
    },
    "services": {
        "service_id": ["E-1", "E-2"],
        "facility_id": [None, "F-3"],
        "use": ["health_station", "primary"],
        "lon": [104.03, 104.15],
        "lat": [22.03, 22.05],
        "capacity": [None, 120.0],
    },
    "needs": {"commune_code": ["00901"], "use": ["library_tradition"], "amount": [1.0]},
    "decisions": {
        "facility_id": ["F-1", "F-1", "F-2"],
        "verdict": ["release", "require", "forbid"],
        "use": [None, "culture_house", "preschool"],
        "date": [None, None, None],
    },
}


def make_tables(changes: Mapping[str, Mapping[str, list[Any]]] | None = None) -> Tables:
    """Return the world's tables with some columns replaced."""
    changes = changes or {}
    return Tables(**{name: _table(name, {**values, **changes.get(name, {})}) for name, values in WORLD.items()})


def _table(name: str, values: Values) -> Any:
    rows = len(next(iter(values.values())))
    numbers = {"file": [f"{name}.xlsx"] * rows, "row": list(range(FIRST_ROW, FIRST_ROW + rows))}
    shapes = values.get("geometry")
    table = make_table(name, {**{key: value for key, value in values.items() if key != "geometry"}, **numbers}, rows)
    if name in LAYERS:
        points = [
            None if lon is None else Point(lon, lat)
            for lon, lat in zip(values.get("lon", []), values.get("lat", []), strict=True)
        ]
        table = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes or points, crs="EPSG:4326"))
    table.attrs["headers"] = HEADERS
    return table


def make_scenario(**changes: Any) -> Scenario:
    """Return a scenario over the world's files, which nobody opens."""
    data = {"name": "thử", "inputs": {"facilities": "f.xlsx", "communes": "c.gpkg"}, "path": Path("thu.toml")}
    return Scenario.model_validate(data | changes)
