"""The plan as layers for a geographic information system."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyogrio

from planner.outputs.tables import visible

if TYPE_CHECKING:
    from pathlib import Path

    from planner.plan.result import Plan

CRS = "EPSG:4326"

# A GeoPackage records when it was written; GDAL takes that moment from this option, so equal plans give equal bytes.
_CLOCK, _WRITTEN_AT = "OGR_CURRENT_DATE", "2025-07-01T00:00:00.000Z"


def write_geopackage(plan: Plan, path: Path) -> None:
    """Write the layers facilities, communes, settlements and services.

    Parameters
    ----------
    plan : the plan; confidential sites are left out of a public run.
    path : the GeoPackage to write, EPSG:4326; an older file there is replaced.
    """
    path.unlink(missing_ok=True)
    with _fixed_clock():
        for name, layer in layers(plan).items():
            polygons = name == "communes"
            pyogrio.write_dataframe(
                layer,
                path,
                layer=name,
                driver="GPKG",
                geometry_type="MultiPolygon" if polygons else "Point",
                promote_to_multi=polygons,
                use_arrow=True,
            )


def layers(plan: Plan) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers by name, in EPSG:4326.

    The facilities have the columns and keys of `Plan.allocation`; one without a position is a row without a geometry.
    """
    shown = visible(plan)
    lon, lat = (shown.allocation[column].to_numpy(dtype=float, na_value=np.nan) for column in ("lon", "lat"))
    points = np.where(np.isnan(lon) | np.isnan(lat), None, gpd.points_from_xy(lon, lat))
    tables = {
        "facilities": gpd.GeoDataFrame(shown.allocation, geometry=points, crs=CRS),
        "communes": shown.inputs.communes,
        "settlements": shown.inputs.settlements,
        "services": shown.inputs.services,
    }
    return {name: _typed(table) for name, table in tables.items()}


def _typed(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give columns without a type of their own (empty ones, mostly) the type text, which every driver can write."""
    untyped = [column for column in table.columns if table[column].dtype == object]
    return table.astype(dict.fromkeys(untyped, "string"))


@contextmanager
def _fixed_clock() -> Iterator[None]:
    before = pyogrio.get_gdal_config_option(_CLOCK)
    pyogrio.set_gdal_config_options({_CLOCK: _WRITTEN_AT})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({_CLOCK: before})
