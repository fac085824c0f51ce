"""Published instances solved to the published optimum, gap 0."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from planner.model import Solution, capacitated_p_median, facility_location, p_center, p_median
from tests.bench.readers import read_cap, read_optima, read_pmed, read_pmedcap, read_single_source

BENCH = Path(__file__).parents[3] / "shared" / "bench"
PMED = [f"pmed{k}" for k in (*range(1, 16), 18, 19, 20)]
LARGE = [f"pmed{k}" for k in (23, 24, 28, 33, 34, 37, 40)]
CAP = [f"cap{k}" for k in (41, 71, 72, 73, 74, 101, 102, 103, 104, 131, 132, 133, 134)]
SINGLE_SOURCE = [f"cap{k}" for k in (61, 62, 63, 64, 71, 72, 73, 74, 101, 102, 103, 104)]

pytestmark = pytest.mark.skipif(not BENCH.is_dir(), reason="the published instances are not at ../shared/bench")


def assert_published(solution: Solution, optimum: float, tolerance: float = 0.0) -> None:
    assert solution.status == "optimal"
    assert solution.gap == 0
    assert solution.objective == pytest.approx(optimum, rel=tolerance, abs=1e-3)


@pytest.mark.parametrize("name", PMED)
def test_p_median(name: str) -> None:
    distance, p = read_pmed(BENCH / "pmed" / f"{name}.txt")
    optimum = read_optima(BENCH / "pmed" / "pmedopt.txt")[name]
    assert_published(p_median(distance, np.ones(len(distance)), p), optimum)


@pytest.mark.parametrize("name", LARGE)
def test_large_p_median_within_a_proven_gap(name: str) -> None:
    distance, p = read_pmed(BENCH / "pmed" / f"{name}.txt")
    solution = p_median(distance, np.ones(len(distance)), p, gap=0.001)
    optimum = read_optima(BENCH / "pmed" / "pmedopt.txt")[name]
    assert solution.status == "optimal"
    assert solution.bound is not None
    assert solution.objective is not None
    assert solution.bound <= optimum <= solution.objective <= 1.001 * optimum


@pytest.mark.parametrize("number", range(6))
def test_capacitated_p_median(number: int) -> None:
    _, optimum, distance, demand, capacity, p = list(read_pmedcap(BENCH / "pmedcap" / "pmedcap1.txt"))[number]
    assert_published(capacitated_p_median(distance, demand, capacity, p), optimum)


@pytest.mark.parametrize("name", PMED[:10])
def test_p_center(name: str) -> None:
    distance, p = read_pmed(BENCH / "pmed" / f"{name}.txt")
    assert_published(p_center(distance, p), read_optima(BENCH / "pmed" / "kcenteropt.txt")[name])


@pytest.mark.parametrize("name", CAP)
def test_capacitated(name: str) -> None:
    optimum = read_optima(BENCH / "bounds_facility_location.txt")[name]
    assert_published(facility_location(*read_cap(BENCH / "cap" / f"{name}.txt")), optimum)


@pytest.mark.parametrize("name", SINGLE_SOURCE)
def test_single_source(name: str) -> None:
    """The published values are rounded to seven digits."""
    instance, optimum = read_single_source(BENCH / "sscflp_orlib" / name)
    assert_published(facility_location(*instance, single_source=True), optimum, tolerance=1e-6)
