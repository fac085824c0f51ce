"""The classical problems against brute force on tiny random cases, and their refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pytest

from planner.model import Solution, capacitated_p_median, cover, facility_location, p_center, p_median, set_cover
from tests.model.brute_force import (
    CASES,
    FloatArray,
    assert_proven,
    nearest_cost,
    single_source_cost,
    site_sets,
    split_cost,
    tiny_distances,
)


@pytest.mark.parametrize("seed", range(CASES))
def test_p_median(seed: int) -> None:
    rng = np.random.default_rng(seed)
    distance = tiny_distances(rng)
    weight = rng.integers(0, 4, len(distance)).astype(float)
    p = int(rng.integers(1, distance.shape[1] + 1))
    best = min(weight @ distance[:, sites].min(axis=1) for sites in site_sets(distance.shape[1], p))
    solution = p_median(distance, weight, p)
    assert_proven(solution, best, p)
    assert (solution.assign.sum(axis=1) == 1).all()
    assert weight @ (distance * solution.assign).sum(axis=1) == pytest.approx(best)


@pytest.mark.parametrize("seed", range(CASES))
def test_cover(seed: int) -> None:
    rng = np.random.default_rng(seed)
    distance = tiny_distances(rng)
    weight = rng.integers(0, 4, len(distance)).astype(float)
    p = int(rng.integers(1, distance.shape[1] + 1))
    radius = float(rng.integers(0, 4))
    best = max(weight @ (distance[:, sites] <= radius).any(axis=1) for sites in site_sets(distance.shape[1], p))
    solution = cover(distance, weight, radius, p)
    assert_proven(solution, best, p)
    assert weight @ solution.assign.sum(axis=1) == pytest.approx(best)
    assert (distance[solution.assign > 0] <= radius).all()


@pytest.mark.parametrize("seed", range(CASES))
def test_p_center(seed: int) -> None:
    rng = np.random.default_rng(seed)
    distance = tiny_distances(rng)
    p = int(rng.integers(1, distance.shape[1] + 1))
    best = min(distance[:, sites].min(axis=1).max() for sites in site_sets(distance.shape[1], p))
    solution = p_center(distance, p)
    assert_proven(solution, best, p)
    assert (distance * solution.assign).max() == best


@pytest.mark.parametrize("seed", range(CASES))
@pytest.mark.parametrize("kind", ["split", "single_source", "uncapacitated"])
def test_facility_location(kind: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = (int(rng.integers(1, 5)), int(rng.integers(1, 4)))
    cost = rng.integers(0, 10, shape).astype(float)
    fixed_cost = rng.integers(0, 10, shape[1]).astype(float)
    demand = rng.integers(0, 5, shape if rng.random() < 0.5 else shape[0]).astype(float)
    capacity = rng.integers(0, 9, shape[1]).astype(float)
    p = int(rng.integers(1, shape[1] + 1)) if rng.random() < 0.5 else None
    load = np.broadcast_to(demand if demand.ndim == 2 else demand[:, None], shape)
    solve_fixed = {"split": split_cost, "single_source": single_source_cost, "uncapacitated": nearest_cost}[kind]
    best = min(
        (fixed_cost[sites].sum() + solve_fixed(cost[:, sites], load[:, sites], capacity[sites]))
        for sites in site_sets(shape[1], p)
    )
    solution = facility_location(
        cost,
        demand,
        None if kind == "uncapacitated" else capacity,
        fixed_cost,
        single_source=kind == "single_source",
        p=p,
    )
    if np.isinf(best):
        assert (solution.status, solution.objective, solution.gap) == ("infeasible", None, None)
        assert not solution.open.any()
        assert not solution.assign.any()
        return
    assert_proven(solution, best, p)
    assert solution.assign.sum(axis=1) == pytest.approx(np.ones(shape[0]))
    if kind != "uncapacitated":
        assert ((load * solution.assign).sum(axis=0) <= capacity + 1e-6).all()
    if kind == "single_source":
        assert set(np.unique(solution.assign)) <= {0.0, 1.0}


D = [[0.0, 2.0], [3.0, 1.0], [2.0, 2.0]]
LONGITUDE_LATITUDE = np.array([[103.9, 22.3], [104.1, 22.5], [103.7, 21.9]])
PLACES = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*LONGITUDE_LATITUDE.T), crs=4326)


def test_a_named_case() -> None:
    solution = p_median(D, [10, 1, 1], 1)
    assert solution.objective == 5
    assert solution.open.tolist() == [True, False]
    assert p_median(D, [10, 1, 1], 2).assign.tolist() == [[1, 0], [0, 1], [1, 0]]


def test_cover_leaves_out_whom_it_cannot_reach() -> None:
    solution = cover(D, [1, 1, 1], 1, 1)
    assert solution.objective == 1
    assert solution.assign.sum() == 1


def hard_instance() -> FloatArray:
    points = np.random.default_rng(0).uniform(0, 1, (150, 2))
    distance: FloatArray = np.linalg.norm(points[:, None] - points[None], axis=2)
    return distance


@pytest.mark.parametrize(
    "run",
    [
        lambda d: p_median(d, np.ones(len(d)), 7, time_limit=0),
        lambda d: cover(d, np.ones(len(d)), 0.05, 30, time_limit=0),
        lambda d: facility_location(d, np.ones(len(d)), np.full(len(d), 9.5), np.full(len(d), 0.3), time_limit=0),
        lambda d: p_center(d, 7, time_limit=0),
    ],
    ids=["p_median", "cover", "facility_location", "p_center"],
)
def test_without_time_nothing_is_optimal(run: Callable[[FloatArray], Solution]) -> None:
    solution = run(hard_instance())
    assert solution.status in {"feasible", "no_plan"}
    if solution.objective is None:
        assert not solution.open.any()


def test_p_center_keeps_its_start_and_a_bound_when_the_clock_ends() -> None:
    solution = p_center(hard_instance(), 7, time_limit=0)
    assert solution.status == "feasible"
    assert solution.objective is not None
    assert solution.bound is not None
    assert solution.bound < solution.objective
    assert solution.open.sum() == 7


def test_a_gap_ends_p_center_early() -> None:
    solution = p_center(hard_instance(), 7, gap=0.3)
    assert solution.status == "optimal"
    assert solution.gap is not None
    assert solution.gap <= 0.3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: p_median([1, 2], [1], 1), r"distance has shape \(2,\); give a matrix"),
        (lambda: p_median(np.zeros((0, 2)), [], 1), "distance has shape"),
        (lambda: p_median(D, [1, 1], 1), r"weight has shape \(2,\); give one number per customer"),
        (lambda: p_median(D, [1, -1, 1], 1), r"weight holds -1.0 at index \(1,\)"),
        (lambda: p_median([[0.0, np.nan]], [1], 1), r"distance holds nan at index \(0, 1\)"),
        (lambda: p_median([[0.0, np.inf]], [1], 1), "distance holds inf"),
        (lambda: p_median(D, [1, 1, 1], 0), "p is 0; choose between 1 and the 2 candidate sites"),
        (lambda: p_center(D, 3), "p is 3; choose between 1 and the 2"),
        (lambda: p_center(D, 1, gap=-1), "gap is -1"),
        (lambda: cover(D, [1, 1, 1], -2, 1), "radius is -2"),
        (lambda: cover(D, [1, 1, 1], np.nan, 1), "radius is nan"),
        (lambda: cover(D, [1, 1, 1], 1, 1, time_limit=-5), "time_limit_s is -5"),
        (lambda: cover(D, [1, 1, 1], 2, 1, outer_radius=1), "outer_radius is 1, below the radius of 2"),
        (lambda: cover(D, [1, 1, 1], 2, 1, outer_radius=np.inf), "outer_radius is inf"),
        (lambda: cover(D, [1, 1, 1], 2, 1, capacity=[1]), r"capacity has shape \(1,\); give one number per site"),
        (lambda: set_cover(D, 1), "no site reaches customer 2 within 1; leave them out or choose a larger radius"),
        (lambda: set_cover(np.ones((12, 1)), 0), "customer 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more within 0"),
        (lambda: set_cover(D, -1), "radius is -1"),
        (lambda: set_cover(D, 3, cost=[1]), r"cost has shape \(1,\); give one number per site"),
        (lambda: capacitated_p_median(D, [1, 1], 3, 1), r"demand has shape \(2,\); give one number per customer"),
        (lambda: capacitated_p_median(D, [1, 1, 1], [3], 1), r"capacity has shape \(1,\); give one number per site"),
        (lambda: capacitated_p_median(D, [1, 1, 1], 3, 3), "p is 3"),
        (lambda: p_median(LONGITUDE_LATITUDE, [1, 1, 1], 1), "looks like a table of longitudes and latitudes"),
        (lambda: p_center(LONGITUDE_LATITUDE[:, ::-1], 1), "looks like a table of longitudes and latitudes"),
        (lambda: cover(PLACES, [1, 1, 1], 1, 1), "distance is a GeoDataFrame of places; give a matrix of distances"),
        (lambda: facility_location(D, [1, 1, 1], [1], [1, 1]), r"capacity has shape \(1,\); give one number per site"),
        (lambda: facility_location(D, [1, 1, 1], [9, np.inf], [1, 1]), "capacity holds inf"),
        (lambda: facility_location(D, np.ones((3, 3)), [9, 9], [1, 1]), r"demand has shape \(3, 3\)"),
        (lambda: facility_location(D, [1, 1, 1], None, [1]), "fixed_cost has shape"),
        (lambda: facility_location(D, [1, 1, 1], None, [1, 1], p=5), "p is 5"),
        (lambda: p_median(D, [1, 1, 1], 1, solver="nobody"), "no solver 'nobody' on this machine"),
    ],
)
def test_bad_input_is_refused_with_what_to_change(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("p", [1.5, "2", None])
def test_p_must_be_a_whole_number(p: Any) -> None:
    with pytest.raises(TypeError, match="give a whole number of sites"):
        p_median(D, [1, 1, 1], p)
