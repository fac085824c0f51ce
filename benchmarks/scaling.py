"""Provinces of growing size: seconds to build, hand over and solve, proven gap and memory at the peak.

Run with `python -m benchmarks.scaling [FACILITIES ...]`; villages are four times as many up to 2,000 facilities and
twice as many beyond. Each province is made from a fixed seed and solved in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from benchmarks.machine import peak_megabytes, tell
from planner.model.assembly import TERMS
from planner.model.build import build
from planner.model.problem import Budget, CommuneWide, Fairness, Floats, Ints, Office, Problem, Service, Source
from planner.solve import SolverOptions, SolveSettings, solve_problem, steep_weights, with_attainable

SIZES = ((250, 500), (500, 1_000), (1_000, 4_000), (2_000, 8_000), (4_000, 8_000), (8_000, 16_000))
GAP = 0.005
TIME_LIMIT_S = 300.0

OFFICE, STATION, CULTURE, PRESCHOOL, PRIMARY, SECONDARY, KEEP, SALE, LAND_FUND = range(9)
SCHOOLS = {PRESCHOOL: (0.04, 2.0, 8.0), PRIMARY: (0.09, 2.0, 6.0), SECONDARY: (0.06, 5.0, 6.0)}
"""Share of the people, travel limit in km and m² a place."""

FACILITIES_PER_KM2 = 0.125
VILLAGES_PER_COMMUNE = 25
FLOOR_M2 = (450.0, 0.7)
PEOPLE = (500.0, 0.5)
"""Median and spread of log-normal numbers."""

SERVED_ALREADY = 0.8
"""Share of the pupils for whom there is a place in a school that stays."""


@dataclass(frozen=True)
class Row:
    """A province and how it was solved: seconds, proven relative gap, MB at the peak."""

    facilities: int
    villages: int
    pairs: int
    arcs: int
    build: float
    solve: float
    status: str
    gap: float | None
    gap_abs: float | None
    megabytes: float


def province(facilities: int, villages: int, seed: int = 1) -> Problem:
    """Return a province: offices, stations and culture houses by commune, three levels of school by distance.

    Communes are the surroundings of seats spread over a square, villages and facilities lie around the seats. Eight
    facilities in ten may become a school, by their floor; there is money for a third of what all would cost.
    """
    draw = np.random.default_rng(seed)
    side = float(np.sqrt(facilities / FACILITIES_PER_KM2))
    seats = draw.uniform(0, side, (max(villages // VILLAGES_PER_COMMUNE, 1), 2))
    homes = _around(seats, villages, 3.0, draw)
    places = _around(seats, facilities, 2.5, draw)
    people = draw.lognormal(np.log(PEOPLE[0]), PEOPLE[1], villages)
    floor = draw.lognormal(np.log(FLOOR_M2[0]), FLOOR_M2[1], facilities)
    commune_of = cKDTree(seats).query(places)[1]
    home_of = cKDTree(seats).query(homes)[1]
    weight = draw.choice([1.0, 1.6, 2.0], len(seats), p=[0.4, 0.3, 0.3])
    eligible = draw.random((facilities, 9)) < np.array([0.4, 0.5, 0.5, 0.8, 0.8, 0.4, 1.0, 0.5, 0.5])
    base = Problem(eligible=eligible)
    cost = _cost(base, floor, draw)
    residents = np.bincount(home_of, people, len(seats))
    return Problem(
        eligible=eligible,
        service=_schools(base, Villages(homes, people, weight[home_of], home_of), places, floor, draw),
        office=_offices(base, commune_of, floor, residents * weight),
        commune_wide=_counted(base, commune_of, residents * weight),
        budget=Budget((Source("renovation", cost, float(cost.max(initial=0.0) and cost.sum() / 9)),)),
        fairness=Fairness(attainable=np.zeros(len(seats)), value=residents * weight),
        cascade_cost=np.array([0, 0, 0, 0, 0, 0, 0, 30, 60.0])[base.pair_use] + draw.integers(0, 9, base.n_pairs),
        tie=draw.permutation(base.n_pairs) * (1e-2 / base.n_pairs),
    )


def _around(seats: Floats, count: int, spread_km: float, draw: np.random.Generator) -> Floats:
    return np.asarray(seats[draw.integers(0, len(seats), count)] + draw.normal(0, spread_km, (count, 2)))


def _cost(base: Problem, floor: Floats, draw: np.random.Generator) -> Floats:
    """Return (A,) million VND: 3 a m² for a new public use, nothing for what stays or goes."""
    public = base.pair_use <= SECONDARY
    return np.where(public, 3.0 * floor[base.pair_facility] * draw.uniform(0.5, 1.5, base.n_pairs), 0.0)


class Villages(NamedTuple):
    """Villages: (V, 2) km, people, priority weight and commune."""

    homes: Floats
    people: Floats
    weight: Floats
    commune: Ints


def _schools(base: Problem, villages: Villages, places: Floats, floor: Floats, draw: np.random.Generator) -> Service:
    homes, people, weight, commune = villages
    parts = []
    for use, (share, limit, m2) in SCHOOLS.items():
        pair = base.pair_number[:, use][base.eligible[:, use]]
        demand = people * share
        standing = homes[draw.integers(0, len(homes), len(homes) // 3)] + draw.normal(0, 0.3, (len(homes) // 3, 2))
        room = draw.uniform(0.5, 1.5, len(standing))
        room *= SERVED_ALREADY * demand.sum() / room.sum()
        sites = np.concatenate([places[base.pair_facility[pair]], standing])
        found = cKDTree(sites).query_ball_point(homes, limit, return_sorted=True)
        node = np.repeat(np.arange(len(homes)), [len(hits) for hits in found])
        offer = np.concatenate([np.asarray(hits, dtype=np.int64) for hits in found])
        km = np.hypot(*(homes[node] - sites[offer]).T)
        offers = np.concatenate([pair, np.full(len(standing), -1)])
        capacity = np.concatenate([np.floor(floor[base.pair_facility[pair]] / m2), np.floor(room)])
        parts.append((demand, offers, capacity, node, offer, km / limit))
    nodes, offers_before = len(homes), np.cumsum([0, *(len(part[1]) for part in parts)])
    return Service(
        demand=np.concatenate([part[0] for part in parts]),
        value=np.tile(weight, len(parts)),
        group=np.tile(commune, len(parts)),
        offer_pair=np.concatenate([part[1] for part in parts]),
        offer_capacity=np.concatenate([part[2] for part in parts]),
        arc_node=np.concatenate([part[3] + i * nodes for i, part in enumerate(parts)]),
        arc_offer=np.concatenate([part[4] + offers_before[i] for i, part in enumerate(parts)]),
        arc_travel=np.concatenate([part[5] for part in parts]),
    )


def _offices(base: Problem, commune: Ints, floor: Floats, value: Floats) -> Office:
    pair = base.pair_number[:, OFFICE][base.eligible[:, OFFICE]]
    where, count = commune[base.pair_facility[pair]], len(value)
    return Office(
        group=np.arange(count),
        need=np.full(count, 900.0),
        kept=np.zeros(count),
        value=value,
        max_sites=np.full(count, 3),
        kept_sites=np.zeros(count, dtype=np.int64),
        kept_travel=np.zeros(count),
        none_cost=value / 10,
        pair=pair,
        pair_commune=where,
        pair_usable=floor[base.pair_facility[pair]] * 0.7,
        pair_travel=np.linspace(1, 50, len(pair)),
    )


def _counted(base: Problem, commune: Ints, value: Floats) -> CommuneWide:
    count = len(value)
    pairs = [base.pair_number[:, use][base.eligible[:, use]] for use in (STATION, CULTURE)]
    return CommuneWide(
        group=np.tile(np.arange(count), 2),
        need=np.ones(2 * count),
        existing=np.tile(np.arange(count) % 2, 2).astype(float),
        value=np.concatenate([value, value / 4]),
        mandatory=np.repeat([True, False], count),
        pair=np.concatenate(pairs),
        pair_need=np.concatenate([commune[base.pair_facility[pair]] + i * count for i, pair in enumerate(pairs)]),
        pair_amount=np.ones(sum(map(len, pairs))),
    )


def measure(facilities: int, villages: int) -> Row:
    """Build and solve one province."""
    problem = province(facilities, villages)
    options = SolverOptions(gap=GAP, time_limit_s=TIME_LIMIT_S)
    weights = steep_weights(TERMS, {})
    start = time.perf_counter()
    problem = with_attainable(problem, options)
    model = build(problem, weights)
    built = time.perf_counter()
    outcome = solve_problem(problem, SolveSettings("weighted", weights, options), model)
    return Row(
        facilities=facilities,
        villages=villages,
        pairs=problem.n_pairs,
        arcs=len(problem.service.arc_node),
        build=built - start,
        solve=time.perf_counter() - built,
        status=outcome.status,
        gap=outcome.gap,
        gap_abs=outcome.gap_abs,
        megabytes=peak_megabytes(),
    )


def lines(rows: list[Row]) -> list[str]:
    """Return the rows as a table of fixed columns."""
    head = f"{'facilities':>10} {'villages':>9} {'pairs':>7} {'arcs':>9} {'build s':>8} {'solve s':>8}"
    head += f" {'status':>9} {'gap':>9} {'MB':>6}"
    return [
        head,
        *(
            f"{r.facilities:>10,} {r.villages:>9,} {r.pairs:>7,} {r.arcs:>9,} {r.build:>8.1f} {r.solve:>8.1f} "
            f"{r.status:>9} {'–' if r.gap is None else f'{r.gap:.5%}':>9} {r.megabytes:>6,.0f}"
            for r in rows
        ),
    ]


def main(arguments: list[str]) -> None:
    """Measure the sizes asked for, each in its own process."""
    parser = argparse.ArgumentParser(description="Solve provinces of growing size.")
    parser.add_argument("facilities", nargs="*", type=int, help="sizes of the table; all without it")
    parser.add_argument("--one", nargs=2, type=int, metavar=("FACILITIES", "VILLAGES"), help="measure in this process")
    asked = parser.parse_args(arguments)
    if asked.one:
        sys.stdout.write(json.dumps(asdict(measure(*asked.one))) + "\n")
        return
    rows = []
    for size in SIZES:
        if not asked.facilities or size[0] in asked.facilities:
            command = [sys.executable, "-m", "benchmarks.scaling", "--one", *map(str, size)]
            printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603  own module
            rows.append(Row(**json.loads(printed.splitlines()[-1])))
            tell(lines(rows)[0 if len(rows) == 1 else -1])
            if len(rows) == 1:
                tell(lines(rows)[-1])


if __name__ == "__main__":
    main(sys.argv[1:])
