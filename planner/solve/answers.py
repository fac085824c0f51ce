"""What an answer could change: an answer about one facility makes another problem; is the planned use still best in it?

The worth of an answer is the expected-value-of-information question of Raiffa and Schlaifer (1961) for one answer:
worth = V(problem with the answer | the facility keeps its planned use) - V(problem with the answer).
Where the answer closes the planned use, keeping it means that the facility stands idle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

import numpy as np

from planner.model.build import build
from planner.model.problem import Ints, Problem
from planner.solve.examine import COUPLING
from planner.solve.live import LiveSolver
from planner.solve.program import Alteration, Optimum, Options, solve_program
from planner.solve.region import Landscape, Region
from planner.solve.run import SolveSettings
from planner.solve.tighten import tighten
from planner.solve.weighted import FAST

_GAP = 1e-3
_OPTIONS: dict[str, Options] = {
    "estimate": {"mip_abs_gap": _GAP, "mip_max_nodes": 5_000},
    "exact": {"mip_abs_gap": _GAP, **FAST},
}
_CHOSEN = 0.5


class Worth(NamedTuple):
    """What an answer changes.

    Attributes
    ----------
    gain : what deciding anew brings, in units of the weighted objective, at least 0.
    use : what the facility gets then. changed : decisions that differ from the plan, the facility's own among them.
    """

    gain: float
    use: int
    changed: int


def worths(
    problem: Problem,
    planned: Ints,
    settings: SolveSettings,
    facilities: Sequence[int],
    level: Literal["estimate", "exact"],
) -> list[Worth | None]:
    """Return what is changed by the answers about some facilities, None where the solver proved nothing.

    An estimate lets the facilities around decide anew, at the shadow price of money and limits; "exact" solves the whole
    problem again.

    Parameters
    ----------
    problem : with the answers, and with attainable shares filled in. planned : (F,) use of each facility in the plan.
    facilities : those about which something was answered; for estimates, so far apart that none is near another.
    """
    landscape = landscape_of(problem, planned, settings, facilities, level)
    return [None if landscape is None else _worth(problem, planned, landscape, f, level) for f in facilities]


def landscape_of(
    problem: Problem,
    planned: Ints,
    settings: SolveSettings,
    facilities: Sequence[int],
    level: Literal["estimate", "exact"] = "estimate",
) -> Landscape | None:
    """Return the whole program around a plan whose other facilities stay as planned; None where they cannot.

    Of the facilities named, one that may not have its planned use any more stands idle. Money and limits of the whole
    province need not hold: regions pay their price.
    """
    model = build(problem, settings.weights)
    live = LiveSolver(model.lp, model.columns)
    tighten(model, problem.service, live, settings.options)
    owner = np.full(len(model.columns), -1, dtype=np.int64)
    owner[model.x] = problem.pair_facility
    names = [row.name.rstrip("0123456789") for row in model.lp.constraints()]
    coupling = np.isin(names, COUPLING)
    program = live.program()
    bare = Landscape(program, np.zeros(len(names)), np.zeros(len(owner)), owner, coupling)
    if level == "exact":
        return bare
    live.solve(replace(settings.options, gap=0.0, gap_abs=None, time_limit_s=None, seed=1, relax=True))
    prices = np.where(coupling, live.row_duals(), 0.0)
    pairs = problem.pair_number[np.arange(len(planned)), planned]
    chosen = np.zeros(problem.n_pairs)
    chosen[pairs[pairs >= 0]] = 1.0
    idle = [f for f in facilities if pairs[f] < 0]
    freed = np.concatenate([np.nonzero(coupling)[0], *(bare.whole(f).deciding for f in idle)])
    decided = solve_program(program, Alteration(model.x, chosen, freed), {})
    return None if decided is None else replace(bare, prices=prices, values=decided.values)


def _worth(
    problem: Problem, planned: Ints, landscape: Landscape, facility: int, level: Literal["estimate", "exact"]
) -> Worth | None:
    region = landscape.around(facility) if level == "estimate" else landscape.whole(facility)
    options = _OPTIONS[level]
    best = solve_program(region.program, Alteration(), options)
    if best is None:
        return None
    use = _uses(problem, landscape, region, best)
    changed = int(sum(use[f] != planned[f] for f in use))
    if use[facility] == planned[facility]:
        return Worth(0.0, int(planned[facility]), changed)
    kept = solve_program(region.program, _keeping(problem, region, facility, int(planned[facility])), options)
    return None if kept is None else Worth(max(kept.objective - best.objective, 0.0), use[facility], changed)


def _keeping(problem: Problem, region: Region, facility: int, use: int) -> Alteration:
    """Return the facility with a use, or idle where it may not have it."""
    uses = problem.pair_use[problem.pair_facility == facility]
    if use in uses:
        return Alteration(region.own[uses == use], np.ones(1))
    return Alteration(region.own, np.zeros(len(region.own)), region.deciding)


def _uses(problem: Problem, landscape: Landscape, region: Region, found: Optimum) -> dict[int, int]:
    """Return the use of each facility that decides in a region."""
    inside = landscape.owner[region.columns] >= 0
    chosen = region.columns[inside & (found.values > _CHOSEN)]
    pairs = np.searchsorted(landscape.assignments, chosen)
    owners, uses = problem.pair_facility[pairs].tolist(), problem.pair_use[pairs].tolist()
    return dict(zip(owners, uses, strict=True))
