"""Why a group stays far below its own best: what the plan would have to give up to lift it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np

from planner.model.assembly import Model
from planner.model.build import costs_of
from planner.model.fairness import own_best, shares
from planner.model.problem import Floats, Ints, Problem
from planner.solve.live import Change, LiveSolver
from planner.solve.outcome import Outcome, column_values, term_values
from planner.solve.result import SolveResult
from planner.solve.run import SolveSettings
from planner.solve.weighted import judged, tightened

Why = Literal["others", "free", "money", "walls", "unknown"]
"""What lifting a group meets: a price that others pay; no measurable price; no plan within the money; no plan even
with more money (locks, limits, whole sites); nothing was proven."""

_ROOM = 1e-9
_LEAST = 1e-3


class Lifted(NamedTuple):
    """What it would take to lift a group.

    Attributes
    ----------
    group : its number. why : see `Why`. price : what the weighted objective loses; NaN where no plan was proven.
    term : the term that loses most, "" for none. unserved : (N,) persons in the plan that lifts it, None for none.
    lost : (G,) persons-equivalent that each group loses of its needs. loser : who loses most by weight, -1 for none.
    spent : by how much more money that plan spends, million VND.
    """

    group: int
    why: Why
    price: float
    term: str
    unserved: Floats | None
    lost: Floats
    loser: int
    spent: float


def below(problem: Problem, outcome: Outcome, least: float) -> Ints:
    """Return the groups below a share of their own best, lowest first; hopeless ones are not among them."""
    reached = own_best(problem.fairness, shares(problem.service, len(problem.fairness.attainable), outcome.unserved))
    found = np.nonzero(reached < least - _ROOM)[0]
    return found[np.argsort(reached[found], kind="stable")]


@dataclass(frozen=True)
class Lifter:
    """A solved model in which single groups can be lifted.

    Attributes
    ----------
    problem, model : as solved. settings : how. outcome : what that gave, proven.
    """

    problem: Problem
    model: Model
    settings: SolveSettings
    outcome: Outcome

    def lift(self, group: int, least: float) -> Lifted:
        """Return what a plan costs in which a group reaches at least a share of its own best, everything else free.

        A row is added:  sum of value v / sum of value q <= 1 - least x a  over the group's nodes. Where it leaves no
        plan, it is tried again without limits on money.
        """
        self._live.hold(*self._row(group, least))
        try:
            found = self._solve(np.zeros(0, dtype=np.int64))
            richer = self._solve(self._money_rows()) if found.status == "infeasible" else None
        finally:
            self._live.release()
        if richer is not None:
            if richer.status == "infeasible":
                return _nothing(group, "walls")
            if judged(richer, self.settings.options) != "optimal":
                return _nothing(group, "unknown")
            return self._read(group, "money", richer)
        if judged(found, self.settings.options) != "optimal":
            return _nothing(group, "unknown")
        return self._read(group, "others", found)

    def _row(self, group: int, least: float) -> tuple[Floats, float]:
        service, nodes = self.problem.service, np.nonzero(self.problem.service.group == group)[0]
        asked = float(service.value[nodes] @ service.demand[nodes])
        shares = np.zeros(len(service.demand))
        shares[nodes] = service.value[nodes] / asked
        row = np.zeros(len(self.model.columns))
        columns, coefficients, known = self.model.unserved.total(shares)
        row[columns] = coefficients
        return row, 1.0 - known - least * float(self.problem.fairness.attainable[group]) + _ROOM

    @cached_property
    def _live(self) -> LiveSolver:
        return LiveSolver(self.model.lp, self.model.columns)

    def _solve(self, freed: Ints) -> SolveResult:
        costs = costs_of(self.model, self.problem, self.settings.weights)
        return self._live.solve(tightened(self.settings.options), change=Change(*costs, rows=freed))

    def _money_rows(self) -> Ints:
        names = [row.name.rstrip("0123456789") for row in self.model.lp.constraints()]
        return np.nonzero(np.array(names) == "money")[0]

    def _read(self, group: int, why: Why, found: SolveResult) -> Lifted:
        values, weights = term_values(self.model, found), self.settings.weights
        grown = {term.name: weights[term.name] * (values[term.name] - term.value) for term in self.outcome.terms}
        lost_all = (found.objective or 0.0) - self.outcome.objective
        gaps = (found.gap_abs or 0.0) + (self.outcome.gap_abs or 0.0)
        if why == "others" and lost_all <= max(self.settings.options.gap_abs or 0.0, gaps):
            why, lost_all = "free", 0.0
        then = column_values(self.model, found)
        grown_x = (then - self._planned)[self.model.x]
        money = sum(float(source.cost @ grown_x) for source in self.problem.budget.sources)
        lost, loser = self._losses(then)
        term = max(grown, key=lambda name: grown[name]) if why == "others" else ""
        price = lost_all if why in ("others", "free") else float("nan")
        return Lifted(group, why, price, term, self.model.unserved.at(then), lost, loser, money)

    def _losses(self, then: Floats) -> tuple[Floats, int]:
        """Return (G,) what each group loses of its needs, and which loses most where the terms weigh."""
        problem, model, now = self.problem, self.model, self._planned
        service, office, counted = problem.service, problem.office, problem.commune_wide
        group = np.concatenate([service.group, office.group, counted.group])
        grown = np.concatenate(
            [
                service.value * (model.unserved.at(then) - model.unserved.at(now)),
                (model.costs("mandatory") * (then - now))[model.short],
                counted.value * (model.miss.at(then) - model.miss.at(now)),
            ]
        )
        mandatory = np.concatenate([np.zeros(len(service.group)), np.ones(len(office.group)), counted.mandatory])
        weight = np.where(mandatory > 0, *(self.settings.weights.get(name, 0.0) for name in ("mandatory", "services")))
        count = max(len(problem.fairness.attainable), int(group.max(initial=-1)) + 1)
        inside = group >= 0
        lost, weighed = (
            np.bincount(group[inside], part[inside], count).astype(float) for part in (grown, weight * grown)
        )
        return lost, int(np.argmax(weighed)) if weighed.max(initial=0.0) > _LEAST else -1

    @cached_property
    def _planned(self) -> Floats:
        """(n,) the plan's own values, its flows the best for its decisions."""
        chosen = np.zeros(self.problem.n_pairs)
        chosen[self.problem.pair_number[np.arange(len(self.outcome.use)), self.outcome.use]] = 1.0
        exact = replace(self.settings.options, gap=0.0, gap_abs=None, time_limit_s=None, seed=1)
        costs = costs_of(self.model, self.problem, self.settings.weights)
        found = self._live.solve(exact, change=Change(*costs, columns=self.model.x, values=chosen))
        return column_values(self.model, found)


def _nothing(group: int, why: Why) -> Lifted:
    return Lifted(group, why, float("nan"), "", None, np.zeros(0), -1, float("nan"))
