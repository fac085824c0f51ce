"""Tuyên Quang of today with its real names and codes and made-up polygons: no file from outside is needed."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from planner.inputs.places.units import OldCommune, old_communes, todays_communes

PROVINCE = "tuyên quang"


class Commune(NamedTuple):
    """A commune of today: code, name with its kind, and the middle of the labels of its old communes."""

    code: str
    name: str
    lon: float
    lat: float


@cache
def communes() -> tuple[Commune, ...]:
    parts: dict[str, list[OldCommune]] = defaultdict(list)
    for item in old_communes():
        parts[item.today[0]].append(item)
    kinds = {"xa": "Xã", "phuong": "Phường"}
    return tuple(
        Commune(
            code,
            f"{kinds[name.kind]} {name.text.title()}",
            float(np.mean([part.lon for part in parts[code]])),
            float(np.mean([part.lat for part in parts[code]])),
        )
        for code, name, province in todays_communes()
        if province.text == PROVINCE
    )


def write_communes(path: Path) -> Path:
    """Write the communes as the cells of a Voronoi diagram around their points, in degrees."""
    points = shapely.MultiPoint([(c.lon, c.lat) for c in communes()])
    hull = points.convex_hull.buffer(0.05)
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=hull))
    tree = shapely.STRtree(cells)
    own = [shapely.intersection(cells[tree.nearest(shapely.Point(c.lon, c.lat))], hull) for c in communes()]
    frame = gpd.GeoDataFrame(
        {
            "commune_code": [c.code for c in communes()],
            "name": [c.name for c in communes()],
            "province_code": "08",
            "population": 9000,
            "area_km2": 60.0,
            "difficulty": "II",
            "border": False,
            "island": False,
            "atk": False,
            "mountainous": True,
        },
        geometry=own,
        crs="EPSG:4326",
    )
    frame.to_file(path, layer="communes", driver="GPKG")
    return path
