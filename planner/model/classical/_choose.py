"""Choose p sites: search, bound, what the bound leaves open, and a solver for that."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace

import numpy as np

from planner.model.classical._dual import Dual, Lagrangian
from planner.model.classical._exchange import Exchange, exchange, greedy
from planner.model.classical._lists import Core, Lists, core, nearest
from planner.model.classical._radius import solve_core
from planner.model.classical._reopen import reopen
from planner.model.classical._solution import BoolArray, FloatArray
from planner.model.classical._tree import search_tree
from planner.solve.solver import SolverOptions, Status, relative_gap

# The first lists hold _TIMES · J / p + _MORE sites. The dual climbs in _ROUNDS of _STEPS while a round closes a share
# _WORTHWHILE of the gap. More than _MANY undecided sites are worth searching neighbourhoods, for _SEARCH_SHARE of the
# time. Lists of more than _LONG sites suit the tree, up to _DENSE costs at a node and _TREE in all.
_TIMES, _MORE = 4, 10
_ROUNDS, _STEPS = 6, 200
_EXCHANGES = 100
_FRUITLESS = 100
_SEARCH_SHARE = 2 / 3
_MANY = 300
_LONG, _DENSE, _TREE = 20, 1e6, 4e9
_WORTHWHILE = 0.02
_NOISE, _WHOLE = 1e-9, 1e-6


@dataclass(frozen=True)
class Choice:
    """Open sites with the total cost, the proven bound of it (both with the constant) and what was proven."""

    open: BoolArray
    objective: float
    bound: float
    status: Status


def choose(cost: FloatArray, p: int, options: SolverOptions, constant: float = 0.0) -> Choice:
    """Open p of J sites at the least total cost, each customer paying for its cheapest open site.

    min constant + Σ_i min_{j open} c_ij. A local search and the Lagrangian dual bound the optimum from both sides; what
    costs more than the gap between the two by its reduced cost is settled (Beasley 1993; Avella, Sassano & Vasil'ev
    2007), and lists of nearest sites grow until the bound proves the rest needless. Where the lists stay long, a tree
    search on the dual decides the remainder; elsewhere the solver, after a search of neighbourhoods where it is large.

    Parameters
    ----------
    cost : (I, J), finite. options : its gap is relative to the cost with the constant.
    """
    return _Search(cost, p, options, constant).run()


class _Search:
    """The best answer so far, the bound so far, and the lists on which both rest."""

    def __init__(self, cost: FloatArray, p: int, options: SolverOptions, constant: float) -> None:
        self.cost, self.p, self.options, self.constant = cost, p, options, constant
        self.by_site = np.ascontiguousarray(cost.T)
        self.ends = time.perf_counter() + (math.inf if options.time_limit_s is None else options.time_limit_s)
        self.is_whole = bool((cost == np.rint(cost)).all()) and float(constant).is_integer()
        self.lists = nearest(cost, p, _TIMES * math.ceil(cost.shape[1] / p) + _MORE)
        self.open = greedy(self.lists, p)
        self.value = self.cost_of(self.open)
        self.bound = float(cost.min(axis=1).sum())

    def cost_of(self, is_open: BoolArray) -> float:
        """Return what all customers pay."""
        return float(self.by_site[is_open].min(axis=0).sum())

    def offer(self, is_open: BoolArray) -> None:
        """Keep these open sites where they cost less."""
        value = self.cost_of(is_open)
        if value < self.value:
            self.open, self.value = is_open, value

    def raise_bound(self, bound: float) -> None:
        """Keep a bound where it is higher; between whole costs nothing lies."""
        if self.is_whole:
            bound = math.ceil(bound - _WHOLE)
        self.bound = min(max(self.bound, bound), self.value)

    def is_proven(self) -> bool:
        """Return whether the gap is within what was asked for."""
        gap = relative_gap(self.value + self.constant, self.bound + self.constant)
        return gap is not None and gap <= self.options.gap

    def seconds_left(self) -> float:
        """Return what the clock leaves."""
        return self.ends - time.perf_counter()

    def run(self) -> Choice:
        """Search, bound, and solve what is left."""
        status: Status = "feasible"
        if self.seconds_left() > 0:
            self.offer(exchange(self.lists, self.open, _EXCHANGES))
            dual = self.bounded()
            if not self.is_proven() and self.seconds_left() > 0:
                left = self.left(dual)
                if left.allowed.sum() > _LONG * len(self.cost) and left.keep.sum() * len(self.cost) <= _DENSE:
                    self.tree(left, dual)
                if not self.is_proven() and _undecided(left) > _MANY:
                    left = self.improved(dual)
                if not self.is_proven() and self.seconds_left() > 0:
                    status = self.solved(self.left(dual))
        if self.is_proven():
            status = "optimal"
        return Choice(self.open, self.value + self.constant, self.bound + self.constant, status)

    def bounded(self) -> Dual:
        """Climb the dual; the sites that it chooses are where the next search begins. Lists grow where prices end."""
        search = Exchange(self.lists, self.open)
        price = (search.best + search.second) / 2
        best = Lagrangian(self.lists, self.p).ascend(price, self.value, _STEPS)
        for _ in range(_ROUNDS):
            self.raise_bound(best.bound)
            self.offer(exchange(self.lists, best.chosen, _EXCHANGES))
            if self.is_proven() or self.seconds_left() <= 0:
                break
            if ((best.price >= self.lists.over) & ~self.lists.whole).any():
                self.lists = self.longer()
            before = best.bound
            best = max(best, Lagrangian(self.lists, self.p).ascend(best.price, self.value, _STEPS), key=_bound)
            if best.bound - before < _WORTHWHILE * (self.value - before):
                break
        self.raise_bound(best.bound)
        return best

    def longer(self) -> Lists:
        """Return lists of twice the length."""
        return nearest(self.cost, self.p, 2 * self.lists.site.shape[1])

    def left(self, dual: Dual) -> Core:
        """Return what no bound has settled, with lists long enough for every answer that may be better."""
        slack = self.value - dual.bound + _NOISE * max(1.0, abs(self.value))
        order = np.sort(dual.reduced)
        excess = np.maximum(dual.reduced - order[self.p - 1], 0.0)
        keep = excess <= slack
        forced = dual.chosen & (order[self.p] - dual.reduced > slack) if self.p < len(order) else dual.chosen
        most = dual.price + slack
        while ((self.lists.over <= most) & ~self.lists.whole).any():
            self.lists = self.longer()
        return core(self.lists, keep, forced, most, excess)

    def improved(self, dual: Dual) -> Core:
        """Search neighbourhoods for a share of the time, since every better answer settles more."""
        ends = time.perf_counter() + self.seconds_left() * _SEARCH_SHARE
        found = reopen(
            self.lists,
            self.open,
            self.options,
            self.cost_of,
            enough=self.bound,
            fruitless=_FRUITLESS,
            deadline=ends,
        )
        self.offer(found)
        return self.left(dual)

    def target(self) -> float:
        """Return what an answer must cost less than to matter: one whole less where costs are whole."""
        allowed = self.options.gap * abs(self.value + self.constant)
        return self.value - max(allowed, 1.0 - _WHOLE if self.is_whole else _NOISE * max(1.0, abs(self.value)))

    def tree(self, left: Core, dual: Dual) -> None:
        """Search the tree of what is left as far as it is small."""
        sites = np.flatnonzero(left.keep)
        cost = self.by_site[sites]

        def offer(rows: BoolArray) -> None:
            is_open = np.zeros_like(self.open)
            is_open[sites[rows]] = True
            self.offer(is_open)

        nodes = int(_TREE / cost.size)
        if search_tree(cost, self.p, dual.price, target=self.target, offer=offer, nodes=nodes, deadline=self.ends):
            self.raise_bound(self.value if self.options.gap == 0 else self.target())

    def solved(self, left: Core) -> Status:
        """Let the solver decide what is left: an answer that it does not find costs no less than the one known."""
        limit = None if self.options.time_limit_s is None else max(0.0, self.seconds_left())
        options = replace(self.options, time_limit_s=limit)
        known = self.value
        if _undecided(left) > _MANY:  # the neighbourhoods have been searched: now the bound is wanted
            options = replace(options, highs={**options.highs, "mip_heuristic_effort": 0.0})
        result, found = solve_core(self.lists, left, self.p, options, self.open, self.constant)
        self.offer(found)
        if result.status == "infeasible":
            self.raise_bound(known)
        elif result.bound is not None:
            self.raise_bound(min(known, result.bound - self.constant))
        return "optimal" if result.status in {"optimal", "infeasible"} else "feasible"


def _undecided(left: Core) -> int:
    return int((left.keep & ~left.forced).sum())


def _bound(dual: Dual) -> float:
    return dual.bound
