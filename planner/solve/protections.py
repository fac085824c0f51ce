"""What each protection of the weak costs: the plan against the best plan without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from planner.model.area_share import missing_area
from planner.model.budget import missing_money
from planner.model.fairness import shortfall_price
from planner.model.problem import AreaShare, Floats, Problem
from planner.solve.outcome import Outcome
from planner.solve.run import SolveSettings, solve_problem
from planner.solve.weighted import NoPlanError

SHORTFALL, MONEY, AREA = "shortfall", "money_share", "area_share"
"""The convex shortfall below tau a, and the least shares of money and of area."""

_UNKNOWN = float("nan")


class Without(NamedTuple):
    """The best plan without a protection.

    Attributes
    ----------
    name : of the protection. outcome : None where no plan was found.
    price : what the protection costs the rest of the weighted objective, persons-equivalent, at least 0: the plan's
        objective less the protection's own charge, less the objective of the plan without. NaN where not both plans
        are proven; 0 where the difference is within their gaps.
    """

    name: str
    outcome: Outcome | None
    price: float


def in_force(problem: Problem) -> list[str]:
    """Return the names of the protections that a problem has."""
    has = {
        SHORTFALL: bool(np.any(problem.fairness.tau * problem.fairness.attainable > 0)),
        MONEY: problem.budget.group is not None and problem.budget.share_min > 0,
        AREA: problem.area_share.share_min > 0,
    }
    return [name for name, there in has.items() if there]


def lifted(problem: Problem, name: str) -> Problem:
    """Return the problem without a protection."""
    if name == SHORTFALL:
        return replace(problem, fairness=replace(problem.fairness, tau=0.0))
    if name == MONEY:
        return replace(problem, budget=replace(problem.budget, group=None))
    return replace(problem, area_share=AreaShare())


def charge(problem: Problem, outcome: Outcome, name: str) -> float:
    """Return what a protection itself adds to the fairness term in a plan, persons-equivalent."""
    if name == SHORTFALL:
        return shortfall_price(problem, outcome.unserved)
    chosen = np.zeros(problem.n_pairs)
    chosen[problem.pair_number[np.arange(len(outcome.use)), outcome.use]] = 1.0
    return (missing_money if name == MONEY else missing_area)(problem, chosen)


def protection_prices(
    problem: Problem,
    settings: SolveSettings,
    outcome: Outcome,
    names: Sequence[str],
    tick: Callable[[int], None] = lambda _done: None,
) -> list[Without]:
    """Return the best plan without each of some protections, the others in force, and what each costs.

    Parameters
    ----------
    outcome : the plan with all of them. tick : is told the number of solves done.
    """
    found = []
    for done, name in enumerate(names, start=1):
        without = solved(lifted(problem, name), settings)
        found.append(Without(name, without, price(problem, outcome, without, settings, name)))
        tick(done)
    return found


def with_tau(problem: Problem, tau: float) -> Problem:
    """Return the problem in which every group should reach the same share tau of its own best."""
    return replace(problem, fairness=replace(problem.fairness, tau=np.full(len(problem.fairness.attainable), tau)))


def price(problem: Problem, outcome: Outcome, without: Outcome | None, settings: SolveSettings, name: str) -> float:
    """Return what a protection costs the rest of the objective, see `Without`."""
    known = settings.mode == "weighted" and outcome.status == "optimal"
    if not known or without is None or without.status != "optimal":
        return _UNKNOWN
    weights = settings.weights
    own = weights.get("fairness", 0.0) * charge(problem, outcome, name)
    lost = cost(outcome, weights) - own - cost(without, weights)
    return lost if lost > resolution(settings, outcome, without) else 0.0


def resolution(settings: SolveSettings, *outcomes: Outcome) -> float:
    """Return below which difference of objectives nothing can be told apart."""
    gaps = sum(outcome.gap_abs or 0.0 for outcome in outcomes)
    return max(settings.options.gap_abs or 0.0, gaps)


def cost(outcome: Outcome, weights: Mapping[str, float]) -> float:
    """Return the weighted sum of the terms, the unavoidable part included."""
    return sum(weights[term.name] * term.value for term in outcome.terms)


def solved(problem: Problem, settings: SolveSettings) -> Outcome | None:
    """Return the outcome of a problem, None where none was found."""
    try:
        return solve_problem(problem, settings)
    except NoPlanError:
        return None


def differences(outcome: Outcome, without: Outcome, weights: Mapping[str, float]) -> Floats:
    """Return (T,) by how much each weighted term is more in the plan than without."""
    return np.array([weights[a.name] * (a.value - b.value) for a, b in zip(outcome.terms, without.terms, strict=True)])
