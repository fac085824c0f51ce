"""Rows that tighten the relaxation cut off no plan, and bring its bound nearer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.model.build import build
from planner.model.problem import Problem, Service
from planner.model.service import add_links, link_pairs
from planner.solve import SolverOptions
from planner.solve.live import Change, LiveSolver
from planner.solve.tighten import WIDE_REACH, tighten

OPTIONS = SolverOptions(threads=1)
WEIGHTS = {"services": 1.0, "cascade": 1.0}
SEEDS = range(60)


def wide(seed: int) -> Problem:
    """Return buildings for two kinds of school or an exit, and villages that reach nearly all of them."""
    rng = np.random.default_rng(seed)
    buildings, villages, standing = int(rng.integers(5, 9)), int(rng.integers(4, 9)), 3
    base = Problem(eligible=np.ones((buildings, 3), dtype=np.bool_))
    parts = []
    for use in (0, 1):
        pairs = np.concatenate([base.pair_number[:, use], np.full(standing, -1)])
        room = rng.integers(5, 60, len(pairs)).astype(float)
        reaches = rng.random((villages, len(pairs))) < 0.8
        parts.append((rng.integers(5, 40, villages).astype(float), pairs, room, *np.nonzero(reaches)))
    offers = len(parts[0][1])
    service = Service(
        demand=np.concatenate([part[0] for part in parts]),
        value=rng.choice([1.0, 1.6, 2.0], 2 * villages),
        group=np.full(2 * villages, -1),
        offer_pair=np.concatenate([part[1] for part in parts]),
        offer_capacity=np.concatenate([part[2] for part in parts]),
        arc_node=np.concatenate([part[3] + i * villages for i, part in enumerate(parts)]),
        arc_offer=np.concatenate([part[4] + i * offers for i, part in enumerate(parts)]),
        arc_travel=rng.random(sum(len(part[3]) for part in parts)),
    )
    return replace(base, service=service, cascade_cost=rng.integers(0, 15, base.n_pairs).astype(float))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_best_plan_stays_the_best(seed: int) -> None:
    problem = wide(seed)
    plain = LiveSolver(build(problem, WEIGHTS).lp).solve(OPTIONS)
    model = build(problem, WEIGHTS)
    live = LiveSolver(model.lp, model.columns)
    tighten(model, problem.service, live, OPTIONS)
    found = live.solve(OPTIONS)
    assert found.status == plain.status == "optimal"
    assert found.objective == pytest.approx(plain.objective, abs=1e-5)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_plan_obeys_every_row(seed: int) -> None:
    """Each decision of some random plans stays as good as it was without the rows."""
    problem, rng = wide(seed), np.random.default_rng(seed)
    plain, tight = build(problem, WEIGHTS), build(problem, WEIGHTS)
    live, other = LiveSolver(plain.lp, plain.columns), LiveSolver(tight.lp, tight.columns)
    tighten(tight, problem.service, other, OPTIONS)
    for _ in range(8):
        uses = rng.integers(0, 3, problem.eligible.shape[0])
        chosen = np.zeros(problem.n_pairs)
        chosen[problem.pair_number[np.arange(len(uses)), uses]] = 1.0
        fixed = Change(columns=plain.x, values=chosen)
        assert other.solve(OPTIONS, change=fixed).objective == pytest.approx(
            live.solve(OPTIONS, change=fixed).objective
        )


def test_the_bound_of_the_relaxation_rises() -> None:
    gained, there = 0.0, 0.0
    for seed in SEEDS:
        problem = wide(seed)
        best = LiveSolver(build(problem, WEIGHTS).lp).solve(OPTIONS).objective
        model = build(problem, WEIGHTS)
        live, relaxed = LiveSolver(model.lp, model.columns), replace(OPTIONS, relax=True)
        before = live.solve(relaxed).objective
        assert tighten(model, problem.service, live, OPTIONS) >= 0
        after = live.solve(relaxed).objective
        assert best is not None
        assert before is not None
        assert after is not None
        assert before - 1e-6 <= after <= best + 1e-6
        gained += after - before
        there += best - before
    assert gained > 0.2 * there


def narrow(seed: int) -> Problem:
    """Return the same with villages that reach one building or two."""
    problem = wide(seed)
    near = (problem.service.arc_offer + problem.service.arc_node) % 5 == 0
    service = replace(
        problem.service,
        arc_node=problem.service.arc_node[near],
        arc_offer=problem.service.arc_offer[near],
        arc_travel=problem.service.arc_travel[near],
    )
    assert np.count_nonzero(link_pairs(service) >= 0) <= WIDE_REACH * len(service.demand)
    return replace(problem, service=service)


def test_where_reach_is_narrow_a_few_links_bring_the_bound_of_all() -> None:
    few, all_of_them, gained, there = 0, 0, 0.0, 0.0
    for seed in SEEDS:
        problem = narrow(seed)
        some, every = build(problem, WEIGHTS), build(problem, WEIGHTS)
        links = np.nonzero(link_pairs(problem.service) >= 0)[0]
        add_links(every, problem.service, links)
        live, relaxed = LiveSolver(some.lp, some.columns), replace(OPTIONS, relax=True)
        before, bound = live.solve(relaxed).objective, LiveSolver(every.lp).solve(relaxed).objective
        few += tighten(some, problem.service, live, OPTIONS)
        all_of_them += len(links)
        after = live.solve(relaxed).objective
        assert before is not None
        assert after is not None
        assert bound is not None
        assert before - 1e-6 <= after <= bound + 1e-6
        gained += after - before
        there += bound - before
    assert few < all_of_them / 2
    assert gained > 0.95 * there > 0
