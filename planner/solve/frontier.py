"""What money buys: the scenario's objective solved again with other amounts of one source of money."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.model.assembly import TERMS, Model
from planner.model.build import build, costs_of
from planner.model.problem import Floats, Ints, Problem
from planner.solve.live import Change, LiveSolver
from planner.solve.outcome import column_values, read_uses, term_values
from planner.solve.result import SolveResult, Status
from planner.solve.run import SolveSettings
from planner.solve.tighten import tighten
from planner.solve.weighted import judged, tightened

NEEDS = ("mandatory", "fairness", "services")
"""The terms that say what people lack."""

_STEPS = 100
"""Amounts between the least and the most are whole numbers of the power of ten below this part of the range."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """The plan of one amount of money.

    Attributes
    ----------
    available, spent : million VND of the source.
    objective, bound, gap_abs, status : of the weighted objective less the unavoidable part, as in `Outcome`.
    missing : persons-equivalent by term, less what no plan can avoid. served : persons served by services.
    use : (F,) number of the use of each facility.
    """

    available: float
    spent: float
    objective: float
    bound: float | None
    gap_abs: float | None
    status: Status
    missing: Mapping[str, float]
    served: float
    use: Ints

    @property
    def lacking(self) -> float:
        """What people lack in all, persons-equivalent: the sum of the terms of needs without their weights."""
        return sum(self.missing.get(name, 0.0) for name in NEEDS)


def money_frontier(  # noqa: PLR0913  the problem, how it is solved, which points, and who waits
    problem: Problem,
    settings: SolveSettings,
    source: int,
    points: int,
    most: float = np.inf,
    tick: Callable[[float], None] = lambda _share: None,
) -> list[Point]:
    """Return plans by rising money: the optimum of the weighted objective with sum of c_fu x_fu <= B for each amount B.

    Each is the plan that the scenario itself would give with that money, so that a planner can adopt it. Because money
    has a price in the objective, no point is dominated: a plan that spends no more and is better in the rest of the
    objective would itself be the optimum at that amount (the epsilon-constraint method, Haimes et al. 1971, on the
    objective with its own price). Plans that spend more for less than the objective's price of money are not on it.
    Nothing is assumed of the curve's shape; with whole buildings it is not convex.

    The first amount is the least that any plan can spend, because of decisions already taken; the last is what a plan
    without limit spends, or `most`. Each further one halves the segment that is longest where money, mandatory needs,
    fairness and services are each measured as a share of their range. The model is built once. Each search begins with
    the plan of less money. HiGHS solves, in one steeply weighted objective, whatever solver and mode are named.

    Parameters
    ----------
    source : number of the source of money whose limit changes; the others keep theirs.
    points : how many plans, at least 2; fewer where amounts would lie closer than a step.
    most : million VND above which nothing is asked.
    tick : is told the share of the solves that is done.

    Returns
    -------
    The points; none where no plan exists with `most`, or the clock ended before the first or the last was found.
    """
    search = _Search.of(problem, settings, source)
    cheapest = search.cheapest()
    if cheapest is None or (least := math.ceil(cheapest.objective or 0.0)) > most:
        return []
    found = [point for amount in (least, most) if (point := search.at(amount, cheapest.values))]
    if len(found) < 2 or found[1].spent <= least:  # noqa: PLR2004
        return found[:1]
    found[1] = replace(found[1], available=min(most, math.ceil(found[1].spent)))
    step = 10.0 ** math.floor(math.log10(max((found[1].available - least) / _STEPS, 1.0)))
    while len(found) < points:
        tick(len(found) / points)
        i, amount = _next_amount(found, step)
        if not found[i].available < amount < found[i + 1].available:
            break
        if (point := search.at(amount, search.values[found[i].available])) is None:
            break
        found.insert(i + 1, point)
    return found


def _next_amount(found: Sequence[Point], step: float) -> tuple[int, float]:
    """Return the longest segment and the amount in its middle, a whole number of steps."""
    corners = np.array([[p.available, *(p.missing.get(name, 0.0) for name in NEEDS)] for p in found])
    spread = np.ptp(corners, axis=0)
    lengths = (np.abs(np.diff(corners, axis=0)) / np.where(spread > 0, spread, 1.0)).sum(axis=1)
    lengths[np.diff(corners[:, 0]) <= 2 * step] = 0.0
    i = int(lengths.argmax())
    return i, float(round((corners[i, 0] + corners[i + 1, 0]) / 2 / step) * step)


@dataclass(frozen=True)
class _Search:
    """A model in the solver, the row of the money, and the values of all columns by the amount they were found with."""

    problem: Problem
    model: Model
    settings: SolveSettings
    live: LiveSolver
    cost: Floats
    row: Ints
    values: dict[float, Mapping[str, float]]

    @classmethod
    def of(cls, problem: Problem, settings: SolveSettings, source: int) -> _Search:
        """Build the model with a limit on the source, whatever the scenario has."""
        cost = problem.budget.sources[source].cost
        sources = list(problem.budget.sources)
        limit = sources[source].limit
        sources[source] = replace(sources[source], limit=limit if np.isfinite(limit) else float(cost.sum()))
        limited = replace(problem, budget=replace(problem.budget, sources=tuple(sources)))
        model = build(limited, settings.weights)
        live = LiveSolver(model.lp, model.columns)
        tighten(model, limited.service, live, settings.options)
        row = [i for i, found in enumerate(model.lp.constraints()) if found.name == f"money{source}"]
        return cls(limited, model, settings, live, cost, np.array(row, dtype=np.int64), {})

    def cheapest(self) -> SolveResult | None:
        """Return the plan that spends least, None where there is no proven one."""
        costs = np.zeros(len(self.model.columns))
        costs[self.model.x] = self.cost
        result = self.live.solve(tightened(self.settings.options), change=self._limited(np.inf, costs, 0.0))
        return result if result.status == "optimal" else None

    def at(self, amount: float, start: Mapping[str, float]) -> Point | None:
        """Return the plan of an amount of money."""
        problem, model = self.problem, self.model
        change = self._limited(amount, *costs_of(model, problem, self.settings.weights))
        result = self.live.solve(tightened(self.settings.options), start=start, change=change)
        if result.objective is None:
            return None
        values, terms = column_values(model, result), term_values(model, result)
        spent = float(self.cost @ values[model.x])
        self.values[amount] = result.values
        return Point(
            available=amount,
            spent=spent,
            objective=result.objective,
            bound=result.bound,
            gap_abs=result.gap_abs,
            status=judged(result, self.settings.options),
            missing={name: max(0.0, terms[name] - model.unavoidable[name]) for name in TERMS},
            served=float((problem.service.demand - model.unserved.at(values)).sum()),
            use=read_uses(model, problem, result),
        )

    def _limited(self, amount: float, costs: Floats, offset: float) -> Change:
        return Change(costs, offset, limited=self.row, limits=np.full(len(self.row), amount))


def marginal_prices(points: Sequence[Point], gained: Sequence[float]) -> Floats:
    """Return (M,) million VND for one more of what is gained, each point against the one before.

    NaN at the first point, where nothing is gained, and where one of the two plans is not proven.
    """
    prices = np.full(len(points), np.nan)
    for i in range(1, len(points)):
        proven = points[i].status == points[i - 1].status == "optimal"
        more, money = gained[i] - gained[i - 1], points[i].spent - points[i - 1].spent
        if proven and more > _LEAST_GAIN and money >= 0:
            prices[i] = money / more
    return prices


_LEAST_GAIN = 1e-3
"""Of a person: less is the noise of flows."""
