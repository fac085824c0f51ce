"""Examine a facility of a plan: what the best other use would cost, and what the plan would lose without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from planner.model.assembly import TERMS, Model
from planner.model.budget import total_cost
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

EFFECTS = ("people", "person_km", "office_m2", "missing", "million_vnd")
"""What a reader counts: people not served, person-km to services, m² of office and counted needs that are missing, and
money."""

ALTERNATIVES = 2
"""Other uses that are looked at for each facility."""

COUPLING = ("limit", "money", "money_share", "area_share")
"""Rows that bind the whole province together, by the prefix of their names."""

_GAP = 1e-3
_OPTIONS: dict[str, Options] = {
    "estimate": {"mip_abs_gap": _GAP, "mip_max_nodes": 5_000},
    "exact": {"mip_abs_gap": _GAP, **FAST},
}
_CHOSEN = 0.5


class Decided(NamedTuple):
    """The plan to examine.

    Attributes
    ----------
    use : (F,) number of the use of each facility. gap_abs : its proven gap.
    undecided : uses by number that are no decision, and so no alternative.
    arc_km : (R,) travel in km on each arc of the service family, NaN where unknown.
    """

    use: Ints
    gap_abs: float | None
    undecided: Ints
    arc_km: Floats


class Consequence(NamedTuple):
    """What comes of another decision.

    Attributes
    ----------
    use : the other use by number, -1 without the facility. loss : what the weighted objective loses, at least 0.
    terms : (T,) by how much each term of the model grows. effects : (E,) by how much each of `EFFECTS` grows.
    """

    use: int
    loss: float
    terms: Floats
    effects: Floats


class Finding(NamedTuple):
    """What was found of one facility.

    Attributes
    ----------
    others : the best other uses, best first. removed : the plan without the facility, None where nothing was proved.
    """

    others: list[Consequence]
    removed: Consequence | None


@dataclass(frozen=True, eq=False)
class Examiner:
    """A plan with everything needed to examine its facilities.

    Attributes
    ----------
    problem : as solved. decided : the plan. landscape : the model around it.
    terms : (T, n) cost of each column in each term. effects : (E, n) of each column in each of `EFFECTS`.
    """

    problem: Problem
    decided: Decided
    landscape: Landscape
    terms: Floats
    effects: Floats

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
        others = self._others(region, facility, options)
        removed = solve_program(region.program, _without(region.own, region.deciding), options)
        if not others and removed is None:
            return None
        return Finding(
            others=[self._consequence(region, base, optimum) for optimum in others],
            removed=None if removed is None else self._consequence(region, base, removed),
        )

    def alike(self, facilities: Sequence[int]) -> list[Ints]:
        """Return the facilities in groups of identical ones."""
        return alike(self.landscape, self.problem, self.decided.use, self.terms, facilities)

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

    def _others(self, region: Region, facility: int, options: Options) -> list[Optimum]:
        """Return the optimum without the planned use, then without that optimum's use too."""
        uses = self.problem.pair_use[self.problem.pair_facility == facility]
        taken = region.own[(uses == self.decided.use[facility]) | np.isin(uses, self.decided.undecided)].tolist()
        found: list[Optimum] = []
        while len(found) < ALTERNATIVES and len(taken) < len(region.own):
            optimum = solve_program(region.program, _without(np.array(taken), region.locking), options)
            if optimum is None:
                break
            found.append(optimum)
            taken += region.own[optimum.values[region.own] > _CHOSEN].tolist()
        return found

    def _consequence(self, region: Region, base: Optimum, other: Optimum) -> Consequence:
        grown = other.values - base.values
        chosen = region.columns[region.own[other.values[region.own] > _CHOSEN]]
        pairs = np.nonzero(np.isin(self.landscape.assignments, chosen))[0]
        return Consequence(
            use=int(self.problem.pair_use[pairs[0]]) if len(pairs) else -1,
            loss=max(other.objective - base.objective, 0.0),
            terms=self.terms[:, region.columns] @ grown,
            effects=self.effects[:, region.columns] @ grown,
        )


def _without(columns: Ints, freed: Ints) -> Alteration:
    return Alteration(columns, np.zeros(len(columns)), freed)


def examiner_of(problem: Problem, decided: Decided, settings: SolveSettings) -> Examiner:
    """Return the examiner of a plan: the model around it, with the shadow prices of its linear relaxation.

    Parameters
    ----------
    problem : with the attainable shares filled in.
    """
    options, weights = settings.options, settings.weights
    model = build(problem, weights)
    live = LiveSolver(model.lp, model.columns)
    tighten(model, problem.service, live, options)
    exact = replace(options, gap=0.0, gap_abs=None, time_limit_s=None, seed=1)
    live.solve(replace(exact, relax=True))
    duals = live.row_duals()
    chosen = np.zeros(problem.n_pairs)
    chosen[problem.pair_number[np.arange(len(decided.use)), decided.use]] = 1.0
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
    return Examiner(problem, decided, landscape, terms, _effects(model, problem, decided.arc_km))


def _effects(model: Model, problem: Problem, arc_km: Floats) -> Floats:
    """Return (E, n) what each column adds to each of `EFFECTS`."""
    effects = np.zeros((len(EFFECTS), len(model.columns)))
    for name, amounts, weights in (
        ("people", model.unserved, np.ones(len(model.unserved))),
        ("person_km", model.flow, np.nan_to_num(arc_km)),
        ("missing", model.miss, np.ones(len(model.miss))),
    ):
        columns, coefficients, _ = amounts.total(weights)
        effects[EFFECTS.index(name), columns] = coefficients
    effects[EFFECTS.index("office_m2"), model.short] = 1.0
    effects[EFFECTS.index("million_vnd"), model.x] = total_cost(problem.budget)
    return effects
