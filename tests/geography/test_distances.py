"""Layers of places into a matrix of distances, and the refusal of degrees."""

from __future__ import annotations

import geopandas as gpd
import pytest
from shapely.geometry import Point, box

from planner.geography.distances import distances

UTM, FEET = 32648, 2225


def layer(*points: tuple[float, float], crs: int | None = UTM) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(*zip(*points, strict=True)), crs=crs)


def test_metres_become_kilometres() -> None:
    found = distances(layer((500_000, 2_400_000), (503_000, 2_404_000)), layer((500_000, 2_400_000)))
    assert found.tolist() == [[0.0], [5.0]]


def test_a_plane_in_feet_is_turned_into_kilometres() -> None:
    assert distances(layer((0, 0), crs=FEET), layer((0, 3937), crs=FEET)) == pytest.approx(1.2)


def test_an_area_counts_with_its_centroid() -> None:
    sites = gpd.GeoDataFrame(geometry=[box(0, 0, 2000, 2000)], crs=UTM)
    assert distances(layer((1000, 0)), sites).tolist() == [[1.0]]


@pytest.mark.parametrize(
    ("customers", "sites", "message"),
    [
        (layer((103.9, 22.3), crs=4326), layer((0, 0)), r"customers is in longitude and latitude .*EPSG:32648"),
        (layer((0, 0)), layer((103.9, 22.3), crs=4326), "sites is in longitude and latitude"),
        (layer((0, 0), crs=None), layer((0, 0)), "customers has no CRS; set the one"),
        (layer((0, 0)), layer((0, 0), crs=32649), "in different CRS .*; use sites.to_crs"),
        (gpd.GeoDataFrame(geometry=[None, Point(0, 0)], crs=UTM), layer((0, 0)), "customers has no place in row 0"),
    ],
)
def test_what_has_no_distance_is_refused(customers: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        distances(customers, sites)
