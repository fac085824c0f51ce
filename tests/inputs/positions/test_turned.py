"""Degrees of villages and services that lie outside Viet Nam as they stand."""

from __future__ import annotations

import geopandas as gpd
import pytest
from shapely import box

from planner.inputs.positions.turned import resolve_degrees
from planner.inputs.tables import WGS84, make_table


def _layer(name: str, values: dict[str, list[object]], geometry: list[object]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(make_table(name, values, len(geometry)), geometry=geometry, crs=WGS84)


@pytest.mark.parametrize("name", ["settlements", "services"])
def test_degrees_are_turned_only_into_their_own_commune(name: str) -> None:
    communes = _layer("communes", {"commune_code": ["00901"], "name": ["Xã An"]}, [box(104.0, 22.4, 104.1, 22.5)])
    degrees = {"lon": [22.45, 22.9, 0.0, 22.45], "lat": [104.05, 104.9, 0.0, 104.05]}
    codes = {"commune_code": ["00901", "00901", "00901", None], "row": [2, 3, 4, 5]}
    table, records = resolve_degrees(name, _layer(name, degrees | codes, [None] * 4), communes, "en")
    assert [(record.rule, record.row) for record in records] == [
        ("position-read-as", 2),
        ("position-unreadable", 3),
        ("position-unreadable", 4),
    ]
    assert table.geometry.iloc[0].coords[0] == (104.05, 22.45)
    assert table.geometry.isna().tolist() == [False, True, True, True]
    assert table["lon"].isna().tolist() == [False, True, True, False]
