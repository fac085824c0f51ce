"""What locks cost: the objective with them less the objective without, each by solving the held model again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from planner.model.assembly import Model
from planner.model.build import costs_of
from planner.model.problem import Floats, Problem
from planner.solve.live import Change, LiveSolver
from planner.solve.outcome import Outcome, read_uses, term_values
from planner.solve.result import SolveResult
from planner.solve.run import SolveSettings
from planner.solve.weighted import judged, tightened

MOST_PRICED = 40
"""Locks priced one by one, those first that the plan without any lock would break: each takes a solve."""

_UNKNOWN = float("nan")


class Lock(NamedTuple):
    """A lock: its pair (-1: not eligible, nothing to forbid), its kind, and whether it alone opened the pair."""

    pair: int
    kind: Literal["require", "forbid"]
    opened: bool = False


@dataclass(frozen=True)
class LockPrices:
    """Prices in units of the weighted objective, persons-equivalent, never below zero.

    Attributes
    ----------
    together : of all locks at once, NaN where unknown.
    each : (K,) of each lock while the others hold, NaN where unknown.
    term : (K,) name of the term that loses most by each lock, "" where there is no measurable difference.
    resolution : what the proven gaps leave open; a price below it is no measurable difference.
    """

    together: float
    each: Floats
    term: list[str]
    resolution: float


def no_prices(count: int) -> LockPrices:
    """Return that nothing is known of so many locks."""
    return LockPrices(_UNKNOWN, np.full(count, _UNKNOWN), [""] * count, 0.0)


def lock_prices(  # noqa: PLR0913  the model, how it was solved, the locks, and who waits
    problem: Problem,
    model: Model,
    settings: SolveSettings,
    outcome: Outcome,
    locks: Sequence[Lock],
    tick: Callable[[float], None] = lambda _share: None,
) -> LockPrices:
    """Return the price of locks: objective with all of them less the objective without.

    All together: all locks are lifted. Each one: it alone is lifted. A pair that only a lock opened is closed when the
    lock is lifted. Every price is that of an optimum, solved in the model as it stands; nothing is known in the audit's
    mode, of plans that are not proven, and with other solvers than HiGHS.

    Parameters
    ----------
    model : of the problem, solved before. outcome : what that gave.
    tick : is told the share of the solves that is done.
    """
    known = settings.mode == "weighted" and outcome.status == "optimal" and settings.options.name.lower() == "highs"
    if not locks or not known:
        return no_prices(len(locks))
    search = _Search(problem, model, settings, LiveSolver(model.lp, model.columns), _rows(model))
    free = search.without(locks, start={})
    resolution = max(settings.options.gap_abs or 0.0, (outcome.gap_abs or 0.0) + (free.gap_abs or 0.0))
    together = _price(search, outcome, free)
    each, term = np.full(len(locks), _UNKNOWN), [""] * len(locks)
    each[[i for i, lock in enumerate(locks) if lock.pair < 0]] = 0.0
    if together <= resolution and not any(lock.opened for lock in locks):
        return LockPrices(
            together, np.zeros(len(locks)), term, resolution
        )  # a part of the locks costs no more than all
    chosen = _first_the_broken(search, locks, free)
    begun = search.decided(outcome)
    for done, i in enumerate(chosen, start=1):
        tick(done / (len(chosen) + 1))
        lifted = search.without([locks[i]], start=begun.values)
        each[i] = _price(search, outcome, lifted)
        term[i] = _dearest(search, outcome, lifted) if each[i] > resolution else ""
    return LockPrices(together, each, term, resolution)


@dataclass(frozen=True)
class _Search:
    """A model in the solver, and the number of each of its rows by name."""

    problem: Problem
    model: Model
    settings: SolveSettings
    live: LiveSolver
    row: dict[str, int]

    def without(self, locks: Sequence[Lock], start: Mapping[str, float]) -> SolveResult:
        """Solve the weighted problem without some locks."""
        rows = [self.row[f"{lock.kind}{lock.pair}"] for lock in locks if lock.pair >= 0]
        closed = self.model.x[[lock.pair for lock in locks if lock.opened]]
        change = Change(
            *costs_of(self.model, self.problem, self.settings.weights),
            columns=closed,
            values=np.zeros(len(closed)),
            rows=np.array(rows, dtype=np.int64),
        )
        return self.live.solve(tightened(self.settings.options), start=start, change=change)

    def decided(self, outcome: Outcome) -> SolveResult:
        """Return the values of all columns in the plan."""
        chosen = np.zeros(self.problem.n_pairs)
        chosen[self.problem.pair_number[np.arange(len(outcome.use)), outcome.use]] = 1.0
        exact = replace(self.settings.options, gap=0.0, gap_abs=None, time_limit_s=None)
        costs = costs_of(self.model, self.problem, self.settings.weights)
        return self.live.solve(exact, change=Change(*costs, columns=self.model.x, values=chosen))


def _rows(model: Model) -> dict[str, int]:
    named = ((row.name, number) for number, row in enumerate(model.lp.constraints()))
    return {name: number for name, number in named if name.startswith(("require", "forbid"))}


def _price(search: _Search, outcome: Outcome, without: SolveResult) -> float:
    if without.objective is None or judged(without, search.settings.options) != "optimal":
        return _UNKNOWN
    return max(0.0, outcome.objective - without.objective)


def _dearest(search: _Search, outcome: Outcome, without: SolveResult) -> str:
    """Return the name of the term of which a plan without the lock saves most, by weight."""
    values = term_values(search.model, without)
    return max(outcome.terms, key=lambda term: term.weight * (term.value - values[term.name])).name


def _first_the_broken(search: _Search, locks: Sequence[Lock], free: SolveResult) -> list[int]:
    """Return the locks to be priced one by one, those first that the plan without locks breaks."""
    eligible = [i for i, lock in enumerate(locks) if lock.pair >= 0]
    if not free.values:
        return eligible[:MOST_PRICED]
    uses, problem = read_uses(search.model, search.problem, free), search.problem

    def kept(i: int) -> bool:
        pair, kind, _ = locks[i]
        has = bool(uses[problem.pair_facility[pair]] == problem.pair_use[pair])
        return has == (kind == "require")

    return sorted(eligible, key=lambda i: (kept(i), i))[:MOST_PRICED]
