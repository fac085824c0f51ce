"""Plans as good as the best that differ from it most: near-optimal alternatives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from planner.model.assembly import Model
from planner.model.build import build, costs_of
from planner.model.problem import Floats, Ints, Problem
from planner.solve.lexicographic import HARD_TOLERANCE
from planner.solve.live import Change, LiveSolver
from planner.solve.outcome import Outcome, column_values, read_uses, term_values
from planner.solve.result import SolveResult, SolverOptions
from planner.solve.run import SolveSettings
from planner.solve.tighten import tighten
from planner.solve.weighted import FAST

MOST_ROUNDS = 10
"""Rounds in which the prices of the terms rise until a plan keeps them all."""

_CLOSE = 0.5
"""Facilities: a search this near to its bound is ended, for a plan differs in a whole number of them."""

_NOISE = 1e-6


@dataclass(frozen=True, kw_only=True)
class OtherPlan:
    """A plan in which no term is worse than allowed.

    Attributes
    ----------
    use : (F,) number of the use of each facility. objective : weighted, less the unavoidable part.
    terms : value of each term. served : persons served by services.
    distance : least number of facilities decided otherwise than in the plan, and than in each alternative before.
    bound : proven: no plan within the same terms has a larger distance.
    """

    use: Ints
    objective: float
    terms: Mapping[str, float]
    served: float
    distance: int
    bound: int

    @property
    def proven(self) -> bool:
        """Whether no plan as good differs more."""
        return self.bound <= self.distance


def other_plans(  # noqa: PLR0913  the problem, how it was solved, what is asked, and who waits
    problem: Problem,
    settings: SolveSettings,
    outcome: Outcome,
    count: int,
    within: float,
    tick: Callable[[float], None] = lambda _share: None,
) -> list[OtherPlan]:
    """Return plans as good as the best, each as unlike it and the alternatives before as is found.

    As good: each term t_k of the objective, not only their weighted sum, is at most T_k = its value in the plan
    + `within` x what a planner could choose of it (value less unavoidable). In the weighted sum a little of the first
    term would pay for all of the last ones. Unlike: maximise z with z + sum over f of x_f,p(f) <= F for the plan and
    every alternative p before.

    The rows t_k <= T_k are dense and would keep a search from ending, so they get prices instead (Lagrangian
    relaxation): maximise z - sum over k of price_k x (t_k - T_k), first with the prices of the linear relaxation; a
    term that the plan found exceeds becomes dearer until one keeps them all. Each round proves a bound on z. Where
    prices lead to no new plan, the rows themselves are searched within the clock. A plan counts only if its terms, with
    the flows best for the objective, really are within. HiGHS solves, whatever is named.

    Parameters
    ----------
    outcome : the plan. count : how many alternatives at most. within : as a share, 0.01 for 1 %.
    tick : is told the share that is done.

    Returns
    -------
    The alternatives in the order found; fewer than `count` where no other plan as good was found.
    """
    search = _Search.of(problem, settings, outcome, within)
    known, found = [outcome.use], list[OtherPlan]()
    for number in range(count):
        tick(number / count)
        search.tell_apart(known[-1], number)
        if (other := search.farthest(known)) is None:
            break
        known.append(other.use)
        found.append(other)
    return found


@dataclass(frozen=True)
class _Search:
    """A model in the solver, its column z, and the most that each term may be."""

    problem: Problem
    model: Model
    settings: SolveSettings
    live: LiveSolver
    z: Ints
    most: Mapping[str, float]

    @classmethod
    def of(cls, problem: Problem, settings: SolveSettings, outcome: Outcome, within: float) -> _Search:
        model = build(problem, settings.weights)
        z = model.variables("different", 1, len(problem.eligible))
        live = LiveSolver(model.lp, model.columns)
        tighten(model, problem.service, live, settings.options)
        most = {
            term.name: term.value + within * max(term.value - term.unavoidable, 0.0) + HARD_TOLERANCE
            for term in outcome.terms
        }
        return cls(problem, model, settings, live, z, most)

    def tell_apart(self, use: Ints, number: int) -> None:
        """Add z + sum over f of x_f,p(f) <= F for one plan p."""
        same = self.model.x[self.problem.pair_number[np.arange(len(use)), use]]
        entries = [(number, self.z, 1.0), (number, same, 1.0)]
        self.model.rows("different", entries, "<=", np.full(number + 1, len(use)), np.array([number]))

    def farthest(self, known: list[Ints]) -> OtherPlan | None:
        """Return the first plan that keeps all terms while their prices rise, with the best bound of all rounds.

        Prices may lead back to a known plan, most likely in a small problem: then the rows themselves are searched.
        """
        options = replace(self.settings.options, gap=0.0, gap_abs=_CLOSE, highs=FAST)
        relaxed, prices = self._within_rows(replace(options, relax=True, time_limit_s=None))
        if relaxed.objective is None:
            return None
        bound = -relaxed.objective
        for _ in range(MOST_ROUNDS):
            result = self.live.solve(options, change=self._priced(prices))
            bound = min(bound, _bound(result))
            if result.objective is None:
                break
            other, over = self._judged(result, known, bound)
            if other is not None:
                return other
            if not over.any():
                break
            prices = np.where(over > 0, 2.0 * prices + 1.0 / np.maximum(over, HARD_TOLERANCE), prices)
        result, _ = self._within_rows(options)
        return None if result.objective is None else self._judged(result, known, min(bound, _bound(result)))[0]

    def _judged(self, result: SolveResult, known: list[Ints], bound: float) -> tuple[OtherPlan | None, Floats]:
        """Return the plan of a solve, None where it is known or exceeds a term, and by how much it exceeds each."""
        use = read_uses(self.model, self.problem, result)
        plan = self._decided(use)
        terms = term_values(self.model, plan)
        over = np.array([max(terms[name] - most, 0.0) for name, most in self.most.items()])
        distance = min(int((use != other).sum()) for other in known)
        if plan.objective is None or over.any() or not distance:
            return None, over
        unserved = self.model.unserved.at(column_values(self.model, plan))
        other = OtherPlan(
            use=use,
            objective=plan.objective,
            terms=terms,
            served=float((self.problem.service.demand - unserved).sum()),
            distance=distance,
            bound=max(distance, int(np.floor(bound + _NOISE))),
        )
        return other, over

    def _within_rows(self, options: SolverOptions) -> tuple[SolveResult, Floats]:
        """Maximise z with a row for each term; return also the price of each of these rows in a relaxation."""
        for name, most in self.most.items():
            self.live.hold(*self.model.at_most(name, most))
        costs = np.zeros(len(self.model.columns))
        costs[self.z] = -1.0
        result = self.live.solve(options, change=Change(costs))
        prices = np.maximum(-self.live.row_duals()[-len(self.most) :], 0.0) if options.relax else np.zeros(0)
        self.live.release()
        return result, prices

    def _priced(self, prices: Floats) -> Change:
        costs, offset = np.zeros(len(self.model.columns)), 0.0
        costs[self.z] = -1.0
        for price, (name, most) in zip(prices, self.most.items(), strict=True):
            priced, at_most = self.model.at_most(name, most)
            costs += price * priced
            offset -= price * at_most
        return Change(costs, offset)

    def _decided(self, use: Ints) -> SolveResult:
        """Return the plan of given uses, with the flows best for the scenario's objective."""
        chosen = np.zeros(self.problem.n_pairs)
        chosen[self.problem.pair_number[np.arange(len(use)), use]] = 1.0
        costs = costs_of(self.model, self.problem, self.settings.weights)
        exact = replace(self.settings.options, gap=0.0, gap_abs=None, time_limit_s=None, seed=1)
        return self.live.solve(exact, change=Change(*costs, columns=self.model.x, values=chosen))


def _bound(result: SolveResult) -> float:
    """Return the most that z can be by a solve that minimises -z."""
    return np.inf if result.bound is None else -result.bound
