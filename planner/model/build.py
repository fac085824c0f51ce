"""Build the model: one function a family, in one order, then the objective."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pulp

from planner.memory import collector_paused
from planner.model.area_share import add_area_share
from planner.model.assembly import Model
from planner.model.budget import add_budget
from planner.model.cascade import add_cascade
from planner.model.commune_wide import add_commune_wide
from planner.model.fairness import add_fairness
from planner.model.limits import add_limits
from planner.model.locks import add_locks
from planner.model.office import add_office
from planner.model.outcome import add_eligibility, add_outcome
from planner.model.planning import add_planning
from planner.model.problem import Floats, Problem
from planner.model.service import add_service
from planner.model.site import add_site
from planner.model.stability import add_stability

FAMILIES: dict[str, Callable[[Model, Problem], None]] = {
    "eligibility": add_eligibility,
    "outcome": add_outcome,
    "service": add_service,
    "office": add_office,
    "commune_wide": add_commune_wide,
    "planning": add_planning,
    "site": add_site,
    "budget": add_budget,
    "locks": add_locks,
    "fairness": add_fairness,
    "area_share": add_area_share,
    "limits": add_limits,
    "stability": add_stability,
    "cascade": add_cascade,
}


def build(problem: Problem, weights: Mapping[str, float]) -> Model:
    """Return the model of a problem with the weighted objective; it minimises.

    Parameters
    ----------
    problem : sets and arrays.
    weights : weight of each term of the objective.
    """
    model = Model(pulp.LpProblem("reallocation", pulp.LpMinimize))
    with collector_paused():
        for add in FAMILIES.values():
            add(model, problem)
        model.lp.setObjective(model.expression(*costs_of(model, problem, weights)))
    return model


def costs_of(model: Model, problem: Problem, weights: Mapping[str, float], *, tie: bool = True) -> tuple[Floats, float]:
    """Return the cost of each column in the weighted sum of the terms, and the objective's constant.

    The constant is what is known less what is unavoidable: without that a gap says how far the *choices* may be from
    the best. `tie` adds the tiny costs that make the optimum unique.
    """
    costs = np.zeros(len(model.columns))
    for name, weight in weights.items():
        costs += weight * model.costs(name)
    if tie and problem.tie is not None:
        costs[model.x] += problem.tie
    return costs, sum(weight * (model.known[name] - model.unavoidable[name]) for name, weight in weights.items())
