"""Travel by road: walk, ride, walk; and on foot alone where the roads are farther."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import Transformer

from planner.geography.roads import RoadSettings, RoadTravel
from planner.geography.travel import Points, local_projection, to_plane

DRY = RoadSettings("dry", {"commune": 30.0, "ferry": 10.0}, walking_kmh=4.0, snap_km=2.0, loose_part_km=3.0)
LON, LAT = 104.0, 22.0
CORNERS = gpd.GeoSeries(gpd.points_from_xy([LON - 0.1, LON + 0.1], [LAT - 0.1, LAT + 0.1]), crs="EPSG:4326")


def to_degrees(plane: list[tuple[float, float]] | np.ndarray, projection: Transformer) -> np.ndarray:
    return np.column_stack(projection.transform(*(1000.0 * np.asarray(plane, dtype=float)).T, direction="INVERSE"))


def travel(*lines: list[tuple[float, float]], settings: RoadSettings = DRY, **facts: list[Any]) -> RoadTravel:
    """Return travel by lines given in km around the centre."""
    projection = local_projection(CORNERS)
    usual: dict[str, Any] = {"class": "commune", "oneway": "both", "season": "all", "speed_kmh": np.nan}
    usual |= {"ferry": False, "bridge": False}
    shapes = [shapely.LineString(to_degrees(line, projection)) for line in lines]
    return RoadTravel(
        gpd.GeoDataFrame(usual | facts, geometry=shapes, crs="EPSG:4326", index=range(len(lines))), projection, settings
    )


def points(*places: tuple[float, float], detour: float = 1.0) -> Points:
    plane = np.array(places, dtype=float)
    return Points(
        "settlements", np.arange(len(places)), plane, np.full(len(places), detour), np.full(len(places), 12.0)
    )


def one(way: RoadTravel, start: tuple[float, float], end: tuple[float, float], **more: float) -> tuple[float, float]:
    """Return km of the shortest way and minutes along it."""
    found = way.within(points(start, **more), points(end, **more), np.array([1000.0]), "km")
    between = way.between(points(start, **more), points(end, **more))
    assert between == pytest.approx(found.km if len(found.km) else np.array([np.inf]))
    return (float(found.km[0]), float(found.minutes[0])) if len(found.km) else (np.inf, np.inf)


def test_people_walk_to_the_road_and_from_it() -> None:
    way = travel([(0, 0), (10, 0)])
    km, minutes = one(way, (1, 0.5), (9, -1), detour=1.4)
    assert km == pytest.approx(8 + 1.5 * 1.4, rel=1e-4)
    assert minutes == pytest.approx(8 / 30 * 60 + 1.5 * 1.4 / 4 * 60, rel=1e-4)


def test_neighbours_off_the_road_walk_straight() -> None:
    km, minutes = one(travel([(0, 0), (10, 0)]), (5, 1.5), (5.2, 1.5))
    assert (km, minutes) == pytest.approx((0.2, 3.0), rel=1e-4)


def test_nobody_walks_across_the_river_instead_of_taking_the_bridge() -> None:
    banks = [(0, 0), (10, 0)], [(0, 0.3), (10, 0.3)], [(0, 0), (0, 0.3)]
    assert one(travel(*banks), (5, 0), (5, 0.3))[0] == pytest.approx(10.3, rel=1e-4)


def test_a_river_parts_neighbours_who_are_nearer_to_each_other_than_to_the_roads() -> None:
    banks = [(0, 0), (10, 0)], [(0, 1), (10, 1)], [(0, 0), (0, 1)]
    assert one(travel(*banks), (5, 0.4), (5, 0.6))[0] == pytest.approx(11.8, rel=1e-4)
    assert one(travel(*banks[:2]), (5, 0.4), (5, 0.6))[0] == np.inf


def test_far_from_every_road_people_walk_all_the_way() -> None:
    km, minutes = one(travel([(0, 0), (10, 0)]), (5, 3), (5, 0), detour=1.4)
    assert km == pytest.approx(3 * 1.4, rel=1e-4)
    assert minutes == pytest.approx(3 * 1.4 / 4 * 60, rel=1e-4)


def test_between_loose_parts_no_way_leads() -> None:
    way = travel([(0, 0), (10, 0)], [(0, 5), (8, 5)])
    assert one(way, (1, 0), (1, 5)) == (np.inf, np.inf)
    assert one(way, (1, 5), (7, 5))[0] == pytest.approx(6.0, rel=1e-4)


def test_a_short_loose_part_is_no_road() -> None:
    """People beside it walk on to the road that leads somewhere."""
    way = travel([(0, 0), (10, 0)], [(1, 1), (2, 1)])
    assert one(way, (1, 1), (9, 0))[0] == pytest.approx(9.0, rel=1e-4)
    assert way.survey({"settlements": points((1, 1), (5, 3))}).used.tolist() == [True, False]


def test_the_season_closes_lines_and_slows_others() -> None:
    square = [(0, 0), (4, 0)], [(4, 0), (4, 3)], [(4, 3), (0, 3)], [(0, 3), (0, 0)]
    season = {"season": ["all", "all", "all", "dry"]}
    wet = RoadSettings("rainy", {"commune": 15.0}, 4.0, 2.0, 3.0)
    assert one(travel(*square, **season), (0, 0), (0, 3)) == pytest.approx((3.0, 6.0), rel=1e-4)
    assert one(travel(*square, settings=wet, **season), (0, 0), (0, 3)) == pytest.approx((11.0, 44.0), rel=1e-4)


def test_the_speed_of_a_line_wins_over_that_of_its_class() -> None:
    assert one(travel([(0, 0), (10, 0)], speed_kmh=[60.0]), (0, 0), (10, 0))[1] == pytest.approx(10.0, rel=1e-4)


def test_limits_bind_to_the_metre() -> None:
    way, origin, there = travel([(0, 0), (10, 0)]), points((0, 0), (1, 0)), points((4, 0), (9, 0))
    for limit, unit, pairs in ((4.01, "km", [(0, 0), (1, 0)]), (3.5, "km", [(1, 0)]), (8.1, "min", [(0, 0), (1, 0)])):
        found = way.within(origin, there, np.full(2, limit), unit)  # type: ignore[arg-type]
        assert list(zip(found.origin.tolist(), found.destination.tolist(), strict=True)) == pairs
    each = way.within(origin, there, np.array([3.9, 8.1]), "km")
    assert list(zip(each.origin.tolist(), each.destination.tolist(), strict=True)) == [(1, 0), (1, 1)]


def test_unknown_positions_stay_unknown() -> None:
    way = travel([(0, 0), (10, 0)])
    nowhere = points((np.nan, np.nan))
    assert np.isnan(way.between(nowhere, points((1, 0)))).all()
    assert len(way.within(nowhere, points((1, 0)), np.array([5.0]), "km").km) == 0


def test_random_networks_agree_with_brute_force() -> None:
    """Villages and schools on the crossings of random lanes: every pair as Floyd and Warshall find it."""
    rng = np.random.default_rng(7)
    for _ in range(20):
        side = 5
        at = rng.uniform(-0.2, 0.2, (side, side, 2)) + np.stack(
            np.meshgrid(range(side), range(side), indexing="ij"), -1
        )
        at, number = at.reshape(-1, 2), np.arange(side * side).reshape(side, side)
        pairs = np.r_[
            np.c_[number[:-1].ravel(), number[1:].ravel()], np.c_[number[:, :-1].ravel(), number[:, 1:].ravel()]
        ]
        pairs = pairs[rng.random(len(pairs)) < 0.75]
        way = rng.choice(["both", "forward", "backward"], len(pairs), p=[0.6, 0.2, 0.2])
        least = np.where(np.eye(side * side) > 0, 0.0, np.inf)
        for (a, b), oneway in zip(pairs, way, strict=True):
            km = np.hypot(*(at[a] - at[b]))
            least[a, b] = np.inf if oneway == "backward" else km
            least[b, a] = np.inf if oneway == "forward" else km
        for k in range(side * side):
            least = np.minimum(least, least[:, [k]] + least[[k], :])
        everything = RoadSettings("dry", {"commune": 30.0}, 4.0, 0.01, 0.0)
        roads = travel(*[[tuple(at[a]), tuple(at[b])] for a, b in pairs], settings=everything, oneway=list(way))
        used = np.unique(pairs)
        o, d = (grid.ravel() for grid in np.meshgrid(used, used, indexing="ij"))
        every = points(*at)
        np.testing.assert_allclose(roads.between(every.take(o), every.take(d)), least[o, d], rtol=1e-4, atol=2e-3)
        found = roads.within(every.take(used), every.take(used), np.full(len(used), 2.5), "km")
        expected = least[np.ix_(used, used)]
        clear = np.abs(expected - 2.5) > 1e-3  # a metre's rounding decides nothing else
        reached = np.zeros(expected.shape, dtype=bool)
        reached[found.origin, found.destination] = True
        np.testing.assert_array_equal(reached[clear], (expected <= 2.5)[clear])


def test_with_every_road_closed_people_walk() -> None:
    way = travel([(0, 0), (10, 0)], season=["rainy"])
    assert one(way, (1, 0), (3, 0))[0] == pytest.approx(2.0, rel=1e-4)
    assert way.survey({"settlements": points((1, 0))}).line["settlements"].tolist() == [-1]


def test_nobody_steps_onto_a_motorway_midway() -> None:
    way = travel(
        [(0, 0), (10, 0)], [(0, 1), (10, 1)], [(0, 0), (0, 1)], **{"class": ["motorway", "commune", "commune"]}
    )
    assert one(way, (5, 0.1), (5, 1))[0] == pytest.approx(0.9, rel=1e-3)


def test_kept_results_depend_on_every_fact(kept: Any) -> None:
    def files() -> int:
        return len(list(kept.glob("*.npz")))

    line, start, end = [(0.0, 0.0), (10.0, 0.0)], points((1, 0)), points((3, 0))
    limit = np.array([5.0])
    travel(line).within(start, end, limit, "km")
    travel(line).within(start, end, limit, "km")
    assert files() == 1
    variants = [
        travel([(0, 0), (10, 0.1)]),
        travel(line, season=["dry"]),
        travel(line, oneway=["forward"]),
        travel(line, speed_kmh=[20.0]),
        travel(line, settings=RoadSettings("rainy", DRY.kmh, 4.0, 2.0, 3.0)),
        travel(line, settings=RoadSettings("dry", {"commune": 31.0, "ferry": 10.0}, 4.0, 2.0, 3.0)),
    ]
    for variant in variants:
        variant.within(start, end, limit, "km")
    travel(line).within(start, end, limit + 1, "km")
    travel(line).within(start, points((3, 0.01)), limit, "km")
    travel(line).within(start, end, limit, "min")
    assert files() == 1 + len(variants) + 3


def test_degrees_become_kilometres() -> None:
    plane = to_plane(CORNERS, local_projection(CORNERS))
    assert np.ptp(plane, axis=0) == pytest.approx([20.65, 22.15], abs=0.02)
