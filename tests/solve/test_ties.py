"""Uses that two facilities may exchange freely stand where the ties say, whatever plan the solver found."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, permutations

import numpy as np
import pytest

from planner.model.build import build, costs_of
from planner.model.problem import CommuneWide, Locks, Problem
from planner.solve.live import LiveSolver
from planner.solve.ties import settle_ties

WEIGHTS = {"mandatory": 1.0, "cascade": 1.0}
STATION, CULTURE, SALE = 0, 1, 2


def two_needs() -> Problem:
    """Return four houses of one commune, of which one is to be a station and one a culture house, at equal cost."""
    base = Problem(eligible=np.ones((4, 3), dtype=np.bool_))
    counted = np.nonzero(base.pair_use != SALE)[0]
    needs = CommuneWide(
        group=np.zeros(2, dtype=np.int64),
        need=np.ones(2),
        existing=np.zeros(2),
        value=np.full(2, 100.0),
        mandatory=np.ones(2, dtype=np.bool_),
        pair=counted,
        pair_need=base.pair_use[counted],
        pair_amount=np.ones(len(counted)),
    )
    tie = np.random.default_rng(3).random(base.n_pairs) * 1e-9
    return replace(base, commune_wide=needs, cascade_cost=np.full(base.n_pairs, 5.0), tie=tie)


def settled(problem: Problem, uses: tuple[int, ...]) -> tuple[int, ...]:
    """Settle a plan of another solver: the live one has solved nothing yet."""
    model = build(problem, WEIGHTS)
    live = LiveSolver(model.lp, model.columns)
    costs = costs_of(model, problem, WEIGHTS, tie=False)[0][model.x]
    return tuple(settle_ties(problem, np.array(uses), live.rows_of(model.x), costs).tolist())


def ties(problem: Problem, plan: tuple[int, ...]) -> float:
    assert problem.tie is not None
    return float(sum(problem.tie[problem.pair_number[f, u]] for f, u in enumerate(plan)))


def test_no_free_exchange_of_two_uses_has_lower_ties() -> None:
    problem = two_needs()
    for plan in set(permutations((STATION, CULTURE, SALE, SALE))):
        found = settled(problem, plan)
        assert sorted(found) == sorted(plan)
        assert ties(problem, found) <= ties(problem, plan)
        for one, other in combinations(range(4), 2):
            swapped = list(found)
            swapped[one], swapped[other] = found[other], found[one]
            assert ties(problem, found) <= ties(problem, tuple(swapped))


def test_what_costs_more_elsewhere_stays_where_it_is() -> None:
    problem = two_needs()
    costs = problem.cascade_cost.copy()
    costs[problem.pair_number[1, CULTURE]] += 1e-3
    dearer = replace(problem, cascade_cost=costs)
    assert settled(dearer, (SALE, CULTURE, STATION, SALE))[1] == CULTURE
    assert settled(dearer, (CULTURE, SALE, STATION, SALE))[1] != CULTURE


@pytest.mark.parametrize("use", [STATION, CULTURE])
@pytest.mark.parametrize("facility", range(4))
def test_a_decision_that_is_locked_stays(facility: int, use: int) -> None:
    problem = two_needs()
    locked = replace(problem, locks=Locks(require=problem.pair_number[[facility], [use]]))
    for plan in set(permutations((STATION, CULTURE, SALE, SALE))):
        if plan[facility] == use:
            assert settled(locked, plan)[facility] == use
