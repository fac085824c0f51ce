"""Examine a facility of a plan: what the best other use would cost, and what the plan would lose without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from planner.model.assembly import TERMS
from planner.model.build import build, costs_of
from planner.model.problem import Floats, Ints, Problem
from planner.solve.alike import alike
from planner.solve.live import Change, LiveSolver
from planner.solve.outcome import column_values
from planner.solve.program import Alteration, Optimum, Options, solve_program
from planner.solve.region import Landscape, Region
from planner.solve.run import SolveSettings
from planner.solve.tighten import tighten
from planner.solve.weighted import FAST

ALTERNATIVES = 2
"""Other uses that are looked at for each facility."""

COUPLING = ("limit", "money", "money_share")
"""Rows that bind the whole province together, by the prefix of their names."""

_GAP = 1e-3
_OPTIONS: dict[str, Options] = {
    "estimate": {"mip_abs_gap": _GAP, "mip_max_nodes": 5_000},
    "exact": {"mip_abs_gap": _GAP, **FAST},
}
_CHOSEN = 0.5


class Finding(NamedTuple):
    """What was found of one facility.

    Attributes
    ----------
    uses, losses : the best other uses by number, and what the plan loses with each.
    terms : (T,) by how much each term grows with the best of them, None where there is none.
    importance, importance_terms : the same without the facility; None where the solver proved nothing.
    """

    uses: list[int]
    losses: list[float]
    terms: Floats | None
    importance: float | None
    importance_terms: Floats | None


@dataclass(frozen=True, eq=False)
class Examiner:
    """A plan with everything needed to examine its facilities.

    Attributes
    ----------
    problem : as solved. use : (F,) the plan. landscape : the model around it.
    terms : (T, n) cost of each column in each term. weights : (T,) of the terms.
    """

    problem: Problem
    use: Ints
    landscape: Landscape
    terms: Floats
    weights: Floats

    def examine(self, facility: int, level: Literal["estimate", "exact"]) -> Finding | None:
        """Return the best other uses of a facility and the plan without it, or None where the solver proved nothing.

        An estimate lets the facilities around decide anew, at the shadow price of money and limits; "exact" solves the
        whole plan again. An earlier decision on the facility itself does not bind here.
        """
        region = self.landscape.around(facility) if level == "estimate" else self.landscape.whole(facility)
        options = _OPTIONS[level]
        base = self._base(region, options)
        if base is None:
            return None
        others = self._others(region, self._planned(region, facility), options)
        removed = solve_program(region.program, _without(region.own, region.deciding), options)
        terms = self.terms[:, region.columns]
        return Finding(
            uses=[self._use(region, optimum) for optimum in others],
            losses=[_loss(optimum, base) for optimum in others],
            terms=terms @ (others[0].values - base.values) if others else None,
            importance=None if removed is None else _loss(removed, base),
            importance_terms=None if removed is None else terms @ (removed.values - base.values),
        )

    def alike(self, facilities: Sequence[int]) -> list[Ints]:
        """Return the facilities in groups of identical ones."""
        return alike(self.landscape, self.problem, self.use, self.terms, facilities)

    def has_choice(self, facility: int) -> bool:
        """Return whether anything could be otherwise: another use is eligible, or something depends on the only one."""
        pairs = np.nonzero(self.problem.pair_facility == facility)[0]
        return len(pairs) > 1 or self.landscape.depends(facility, int(self.landscape.assignments[pairs[0]]))

    def _base(self, region: Region, options: Options) -> Optimum | None:
        """Return the best of the region as things are: the plan, or what is even better at the shadow prices."""
        values = self.landscape.values[region.columns]
        planned = Optimum(float(region.program.costs @ values), values)
        if len(values) == len(self.landscape.values):
            return planned
        found = solve_program(region.program, Alteration(), options)
        return found if found is None or found.objective < planned.objective - _GAP else planned

    def _planned(self, region: Region, facility: int) -> int:
        """Return where the planned assignment of the facility stands in its region."""
        pair = self.problem.pair_number[facility, self.use[facility]]
        return int(np.nonzero(region.columns == self.landscape.assignments[pair])[0][0])

    def _others(self, region: Region, planned: int, options: Options) -> list[Optimum]:
        """Return the optimum without the planned use, then without that optimum's use too."""
        taken, found = [planned], list[Optimum]()
        while len(found) < min(ALTERNATIVES, len(region.own) - 1):
            optimum = solve_program(region.program, _without(np.array(taken), region.locking), options)
            if optimum is None:
                break
            found.append(optimum)
            taken += region.own[optimum.values[region.own] > _CHOSEN].tolist()
        return found

    def _use(self, region: Region, optimum: Optimum) -> int:
        column = region.columns[region.own[optimum.values[region.own] > _CHOSEN][0]]
        return int(self.problem.pair_use[np.nonzero(self.landscape.assignments == column)[0][0]])


def _without(columns: Ints, freed: Ints) -> Alteration:
    return Alteration(columns, np.zeros(len(columns)), freed)


def _loss(other: Optimum, base: Optimum) -> float:
    return max(other.objective - base.objective, 0.0)


def examiner_of(problem: Problem, use: Ints, settings: SolveSettings) -> Examiner:
    """Return the examiner of a plan: the model around it, with the shadow prices of its linear relaxation.

    Parameters
    ----------
    problem : with the attainable shares filled in. use : (F,) number of the use of each facility.
    """
    options, weights = settings.options, settings.weights
    model = build(problem, weights)
    live = LiveSolver(model.lp, model.columns)
    tighten(model, problem.service, live, options)
    exact = replace(options, gap=0.0, gap_abs=None, time_limit_s=None, seed=1)
    live.solve(replace(exact, relax=True))
    duals = live.row_duals()
    chosen = np.zeros(problem.n_pairs)
    chosen[problem.pair_number[np.arange(len(use)), use]] = 1.0
    costs, offset = costs_of(model, problem, weights)
    planned = live.solve(exact, change=Change(costs, offset, columns=model.x, values=chosen))
    owner = np.full(len(model.columns), -1, dtype=np.int64)
    owner[model.x] = problem.pair_facility
    names = [row.name for row in model.lp.constraints()]
    coupling = np.array([name.rstrip("0123456789") in COUPLING for name in names], dtype=bool)
    landscape = Landscape(
        program=live.program(),
        prices=np.where(coupling, duals, 0.0),
        values=column_values(model, planned),
        owner=owner,
        coupling=coupling,
    )
    terms = np.array([model.costs(name) for name in TERMS])
    return Examiner(problem, use, landscape, terms, np.array([weights.get(name, 0.0) for name in TERMS]))
