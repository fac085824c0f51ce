"""Large neighbourhood search (Shaw 1998): decide the sites of one neighbourhood anew, keep all others as they are."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy import sparse

from planner.model.classical._lists import Lists, core
from planner.model.classical._radius import solve_core
from planner.model.classical._solution import BoolArray
from planner.solve.solver import SolverOptions

_NODES, _SECONDS = 30, 1.0
_FIRST, _LEAST, _MOST = 120.0, 20.0, 150.0
_GROW, _SHRINK = 1.01, 0.95


def reopen(  # noqa: PLR0913 - the problem, its start and where to end
    lists: Lists,
    is_open: BoolArray,
    options: SolverOptions,
    value: Callable[[BoolArray], float],
    *,
    enough: float,
    fruitless: int,
    deadline: float,
) -> BoolArray:
    """Return open sites that cost no more, after `fruitless` neighbourhoods without gain in a row or at the deadline.

    Neighbourhoods grow while they are solved to the end, and shrink where they are not.

    Parameters
    ----------
    value : cost of open sites. enough : a cost with which the search is content. deadline : by `time.perf_counter`,
        infinite for none.
    """
    shared = _shared(lists)
    rng = np.random.default_rng(1)
    least, idle, size = value(is_open), 0, _FIRST
    most, excess = np.full(len(lists.over), np.inf), np.zeros(lists.n_sites)
    while least > enough and idle < fruitless and (left := deadline - time.perf_counter()) > 0:
        free = _around(shared, rng, int(size))
        seconds = None if math.isinf(left) else min(left, _SECONDS)  # without a clock every run searches the same
        limited = replace(options, gap=0.0, time_limit_s=seconds, highs={**options.highs, "mip_max_nodes": _NODES})
        neighbourhood = core(lists, keep=free | is_open, forced=is_open & ~free, most=most, excess=excess)
        result, found = solve_core(lists, neighbourhood, int(is_open.sum()), limited, is_open)
        size = min(max(size * (_GROW if result.status == "optimal" else _SHRINK), _LEAST), _MOST)
        cost = value(found)
        idle = 0 if cost < least else idle + 1
        if cost <= least:
            is_open, least = found, cost
    return is_open


def _shared(lists: Lists) -> sparse.csr_array:
    """Return (J, J) how many customers have both sites on their lists."""
    customer, cell = np.nonzero(lists.site < lists.n_sites)
    shape = (len(lists.over), lists.n_sites)
    on_list = sparse.csr_array((np.ones(len(cell)), (customer, lists.site[customer, cell])), shape=shape)
    return sparse.csr_array(on_list.T @ on_list)


def _around(shared: sparse.csr_array, rng: np.random.Generator, size: int) -> BoolArray:
    """Return `size` sites around a random one: those that share customers with it, those with them, then any."""
    around = np.zeros(shared.shape[0], dtype=bool)
    around[rng.integers(len(around))] = True
    while (missing := min(size, len(around)) - int(around.sum())) > 0:
        beside = np.flatnonzero((shared @ around.astype(float) > 0) & ~around)
        if not len(beside):
            beside = np.flatnonzero(~around)
        around[rng.permutation(beside)[:missing]] = True
    return around
