"""What an answer could change: with it the problem is another one, in which the plan may no longer be best.

The value of information (Raiffa and Schlaifer 1961) of one answer a about one facility:
gain = V(problem with a | all decisions as planned) - V(problem with a).
Where a closes the planned use, or nobody can pay for it any more, the facility stands idle in the plan as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from planner.model.build import build
from planner.model.problem import Floats, Ints, Problem
from planner.solve.examine import COUPLING
from planner.solve.live import LiveSolver
from planner.solve.program import Alteration, Optimum, Options, solve_program
from planner.solve.region import Landscape, Region
from planner.solve.run import SolveSettings
from planner.solve.tighten import tighten
from planner.solve.weighted import FAST

Level = Literal["estimate", "exact"]

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
    use : what the facility gets then. changed : decisions that differ from the plan.
    """

    gain: float
    use: int
    changed: int


@dataclass(frozen=True, eq=False)
class Known:
    """The plan before anything is answered.

    Attributes
    ----------
    use : (F,) use of each facility.
    taken : (K, F) what each takes, as planned, of money, shares and limits: one row a row of the model.
    near : by facility, those that decide anew in an estimate about it, as near as things are: an answer may close what
        links them.
    """

    use: Ints
    taken: Floats
    near: Mapping[int, Ints]


def known_of(problem: Problem, planned: Ints, settings: SolveSettings, facilities: Iterable[int]) -> Known:
    """Return what is known of a plan (F,) before anything is answered about some facilities."""
    landscape = _landscape(problem, planned, settings)
    return Known(planned, _taken(landscape, len(planned)), {f: landscape.near(f) for f in facilities})


def worths(
    problem: Problem, known: Known, settings: SolveSettings, facilities: Sequence[int], level: Level
) -> list[Worth | None]:
    """Return what is changed by the answers about some facilities, None where the solver proved nothing in time.

    "exact" solves the whole problem again. An estimate lets the facilities around decide anew, with the money and the
    room under limits that the plan of all others leaves them: it finds no more than there is.

    Parameters
    ----------
    problem : with the answers, and with attainable shares filled in.
    facilities : those about which something was answered; for estimates, so far apart that none is near another.
    """
    landscape: Landscape | None = _landscape(problem, known.use, settings)
    if level == "estimate" and landscape is not None:
        landscape = _with_flows(landscape, facilities)
    if landscape is None:
        return [None] * len(facilities)
    clock: Options = {} if settings.options.time_limit_s is None else {"time_limit": settings.options.time_limit_s}
    options = {**_OPTIONS[level], **clock}
    if level == "exact":
        return [_worth(problem, known.use, landscape, landscape.whole(f), options) for f in facilities]
    more = _taken(landscape, len(known.use)) - known.taken
    regions = [_alone(landscape, more, f).around(f, known.near[f], within=True) for f in facilities]
    return [_worth(problem, known.use, landscape, region, options) for region in regions]


def _landscape(problem: Problem, planned: Ints, settings: SolveSettings) -> Landscape:
    """Return the whole program with the decisions of a plan; a facility that may not have its use stands idle."""
    model = build(problem, settings.weights)
    live = LiveSolver(model.lp, model.columns)
    tighten(model, problem.service, live, settings.options)
    owner = np.full(len(model.columns), -1, dtype=np.int64)
    owner[model.x] = problem.pair_facility
    names = [row.name.rstrip("0123456789") for row in model.lp.constraints()]
    pairs = problem.pair_number[np.arange(len(planned)), planned]
    values = np.zeros(len(owner))
    values[model.x[pairs[pairs >= 0]]] = 1.0
    return Landscape(live.program(), np.zeros(len(names)), values, owner, np.isin(names, COUPLING))


def _taken(landscape: Landscape, count: int) -> Floats:
    """Return (K, F) what each facility takes of the rows that bind the whole province."""
    columns, rows = landscape.assignments, np.nonzero(landscape.coupling)[0]
    used = landscape.program.by_row[rows][:, columns].toarray() * landscape.values[columns]
    taken = np.zeros((count, len(rows)))
    np.add.at(taken, landscape.owner[columns], used.T)
    return taken.T


def _alone(landscape: Landscape, more: Floats, facility: int) -> Landscape:
    """Return the landscape as if nothing but what was answered about one facility touched money and limits.

    Parameters
    ----------
    more : (K, F) what each facility takes more than in the plan.
    """
    others = more.sum(axis=1) - more[:, facility]
    program, moved = landscape.program, np.zeros(len(landscape.coupling))
    moved[landscape.coupling] = others
    program = replace(program, row_lower=program.row_lower + moved, row_upper=program.row_upper + moved)
    return replace(landscape, program=program)


def _with_flows(landscape: Landscape, facilities: Sequence[int]) -> Landscape | None:
    """Return the landscape with the best flows for the plan's decisions."""
    columns, values = landscape.assignments, landscape.values[landscape.assignments]
    served = set(landscape.owner[columns[values > _CHOSEN]].tolist())
    freed = [landscape.whole(f).deciding for f in facilities if f not in served]
    fixed = Alteration(columns, values, np.concatenate([np.nonzero(landscape.coupling)[0], *freed]))
    decided = solve_program(landscape.program, fixed, {})
    return None if decided is None else replace(landscape, values=decided.values)


def _worth(problem: Problem, planned: Ints, landscape: Landscape, region: Region, options: Options) -> Worth | None:
    best = solve_program(region.program, Alteration(), options)
    if best is None:
        return None
    use = _uses(problem, landscape, region, best)
    changed = int(sum(use[f] != planned[f] for f in use))
    own = use[int(landscape.owner[region.columns[region.own[0]]])]
    if not changed:
        return Worth(0.0, own, 0)
    kept = _as_planned(landscape, region, options)
    return None if kept is None else Worth(max(kept.objective - best.objective, 0.0), own, changed)


def _as_planned(landscape: Landscape, region: Region, options: Options) -> Optimum | None:
    """Return the best with all decisions as planned, the facility idle where it cannot be as planned."""
    decisions = np.nonzero(landscape.owner[region.columns] >= 0)[0]
    values = landscape.values[region.columns][decisions]
    own = np.isin(decisions, region.own)
    if values[own].any():
        found = solve_program(region.program, Alteration(decisions, values), options)
        if found is not None:
            return found
    idle = Alteration(decisions, np.where(own, 0.0, values), region.deciding)
    return solve_program(region.program, idle, options)


def _uses(problem: Problem, landscape: Landscape, region: Region, found: Optimum) -> dict[int, int]:
    """Return the use of each facility that decides in a region."""
    inside = landscape.owner[region.columns] >= 0
    chosen = region.columns[inside & (found.values > _CHOSEN)]
    pairs = np.searchsorted(landscape.assignments, chosen)
    owners, uses = problem.pair_facility[pairs].tolist(), problem.pair_use[pairs].tolist()
    return dict(zip(owners, uses, strict=True))
