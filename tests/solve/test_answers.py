"""What an answer could change, against brute force: every answer, every plan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.model.problem import AreaShare, Problem, Stability
from planner.solve.answers import Known, known_of, worths
from planner.solve.result import SolverOptions
from planner.solve.run import SolveSettings
from tests.model import random_cases
from tests.model.oracle import Priced, plans

CASES = 60
UNUSED = np.zeros((0, 0))
NEAR = 3e-3
"""Twice the gap of an exact solve, and a little."""


def settings(weights: dict[str, float]) -> SolveSettings:
    return SolveSettings("weighted", weights, SolverOptions(gap=0.0, gap_abs=1e-6, threads=1))


def best(found: list[Priced]) -> Priced:
    return min(found, key=lambda plan: plan.cost)


def answered(problem: Problem, facility: int, rng: np.random.Generator) -> Problem:
    """Return the problem after an answer about one facility: its places, its office area and its costs are others."""
    own = problem.pair_facility == facility
    service, office, budget = problem.service, problem.office, problem.budget
    places, area, cost = rng.choice([0.3, 0.6, 1.5, 3.0], 3)
    offers = np.where((service.offer_pair >= 0) & own[service.offer_pair], places, 1.0)
    assert problem.cascade_cost is not None
    return replace(
        problem,
        service=replace(service, offer_capacity=np.ceil(service.offer_capacity * offers)),
        office=replace(office, pair_usable=np.where(own[office.pair], area, 1.0) * office.pair_usable),
        budget=replace(
            budget,
            sources=tuple(
                replace(source, cost=np.where(own, np.round(cost * source.cost), source.cost))
                for source in budget.sources
            ),
        ),
        cascade_cost=np.where(own, cost, 1.0) * problem.cascade_cost,
    )


def cases() -> list[tuple[Problem, dict[str, float], np.random.Generator]]:
    found = []
    for seed in range(CASES):
        rng = np.random.default_rng(seed)
        problem = random_cases.combined(rng)
        found.append((problem, random_cases.weights(rng), rng))
    return found


def test_the_worth_of_an_answer_and_the_rank_of_a_survey_agree_with_brute_force() -> None:
    ranked = changing = 0
    for problem, weights, rng in cases():
        every = plans(problem, weights)
        if not every:
            continue
        planned = np.array(best(every).uses)
        gains: list[tuple[float, float]] = []
        for f in range(len(planned)):
            worst = [0.0, 0.0]
            for _ in range(2):
                other = answered(problem, f, rng)
                possible = plans(other, weights)
                kept = [plan for plan in possible if plan.uses == tuple(planned)]
                if not kept:
                    continue
                (found,) = worths(other, Known(planned, UNUSED, {}), settings(weights), [f], "exact")
                brute = best(kept).cost - best(possible).cost
                assert found is not None
                assert found.gain == pytest.approx(brute, abs=NEAR)
                changing += brute > NEAR
                if brute > NEAR:
                    assert found.use == best(possible).uses[f]
                worst = [max(worst[0], brute), max(worst[1], found.gain)]
            gains.append((worst[0], worst[1]))
        by_brute, by_worth = (np.array(side) for side in zip(*gains, strict=True))
        order = np.argsort(-by_worth, kind="stable")
        assert (np.diff(by_brute[order]) <= 2 * NEAR).all()
        ranked += len(set(by_brute.round(2))) > 1
    assert ranked >= 10
    assert changing >= 20


def test_a_facility_that_loses_its_use_stands_idle_if_nothing_is_decided_anew() -> None:
    checked = 0
    for drawn, weights, _ in cases():
        problem = replace(drawn, stability=Stability())  # an idle facility has no other use that could differ
        f = len(problem.eligible) - 1
        closed = np.nonzero(~problem.eligible[f])[0]
        if not len(closed):
            continue
        possible, idle = plans(problem, weights), plans(with_idle(problem), weights)
        if not possible:
            continue
        planned = np.array(best(possible).uses)
        idle = [plan for plan in idle if plan.uses == (*planned[:-1], problem.eligible.shape[1])]
        planned[f] = closed[0]
        if not idle:
            continue
        (found,) = worths(problem, Known(planned, UNUSED, {}), settings(weights), [f], "exact")
        assert found is not None
        assert found.gain == pytest.approx(max(best(idle).cost - best(possible).cost, 0.0), abs=NEAR)
        assert found.use == best(possible).uses[f]
        checked += 1
    assert checked >= 5


def with_idle(problem: Problem) -> Problem:
    """Return the problem with one more use, "idle", which only the last facility may have and which costs nothing."""
    shape = problem.eligible.shape
    eligible = np.hstack([problem.eligible, np.arange(shape[0])[:, None] == shape[0] - 1])

    def longer(values: np.ndarray | None) -> np.ndarray | None:
        return None if values is None else np.append(values, np.zeros(1, dtype=values.dtype))

    budget, area = problem.budget, problem.area_share
    return replace(
        problem,
        eligible=eligible,
        budget=replace(
            budget,
            sources=tuple(replace(source, cost=np.append(source.cost, 0.0)) for source in budget.sources),
            group=longer(budget.group),
        ),
        area_share=replace(area, area=longer(area.area), group=longer(area.group)),
        cascade_cost=longer(problem.cascade_cost),
        planning_update=longer(problem.planning_update),
        tie=longer(problem.tie),
    )


def test_an_estimate_finds_what_there_is_where_everything_is_near_and_nothing_is_shared() -> None:
    checked = 0
    for problem, weights, rng in cases():
        loose = replace(problem, limits=(), budget=random_cases.Budget(), area_share=AreaShare())
        every = plans(loose, weights)
        if not every:
            continue
        planned = np.array(best(every).uses)
        known = known_of(loose, planned, settings(weights), [0])
        other = answered(loose, 0, rng)
        exact, estimate = (worths(other, known, settings(weights), [0], level)[0] for level in ("exact", "estimate"))
        assert exact is not None
        assert estimate is not None
        assert estimate.gain <= exact.gain + NEAR
        checked += exact.gain > NEAR and estimate.gain == pytest.approx(exact.gain, abs=NEAR)
    assert checked >= 3


def test_an_estimate_gains_nothing_where_nothing_is_learned() -> None:
    checked = 0
    for problem, weights, _ in cases():
        every = plans(problem, weights)
        if not every:
            continue
        planned = np.array(best(every).uses)
        known = known_of(problem, planned, settings(weights), range(len(planned)))
        for found in worths(problem, known, settings(weights), range(len(planned)), "estimate"):
            assert found is not None
            assert found.gain <= NEAR
            checked += 1
    assert checked >= 50
