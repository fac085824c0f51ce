"""Branch and bound on the Lagrangian dual: a tree search for few sites, where linear relaxations are weak and slow."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from planner.model.classical._solution import BoolArray, FloatArray

_STEPS = 30
_PATIENCE = 10
_HEAVY, _SHRINK = 0.9, 0.7


@dataclass(frozen=True)
class _Node:
    """A part of the choices: sites that are open, sites that may be, and the prices of its parent."""

    price: FloatArray
    forced: BoolArray
    free: BoolArray


def search_tree(  # noqa: PLR0913 - the problem and where to end
    cost: FloatArray,
    p: int,
    price: FloatArray,
    *,
    target: Callable[[], float],
    offer: Callable[[BoolArray], None],
    nodes: int,
    deadline: float,
) -> bool:
    """Return whether no choice of p rows costs less than the target (Beasley 1985).

    Parameters
    ----------
    cost : (J, I) from the sites still in question. price : (I,) good prices of the root.
    target : what an answer must stay below to matter; it falls when a better answer is offered.
    offer : takes the rows of each whole choice that the tree meets.
    nodes, deadline : where to give up; the deadline is by `time.perf_counter`.
    """
    n_sites = len(cost)
    stack = [_Node(price, np.zeros(n_sites, dtype=bool), np.ones(n_sites, dtype=bool))]
    for _ in range(nodes):
        if not stack:
            return True
        if time.perf_counter() > deadline:
            return False
        stack += _children(cost, p, stack.pop(), target, offer)
    return not stack


def _children(
    cost: FloatArray, p: int, node: _Node, target: Callable[[], float], offer: Callable[[BoolArray], None]
) -> list[_Node]:
    """Bound a node and part it by its most useful site: none where the bound reaches the target."""
    bound, price, rho, chosen = _bounded(cost, p, node, target())
    offer(chosen)
    slack = target() - bound
    rest = p - int(node.forced.sum())
    if slack <= 0 or rest == 0:
        return []
    order = np.sort(rho[node.free])
    free = node.free & (rho - order[rest - 1] <= slack)
    forced = node.forced.copy()
    if len(order) > rest:
        forced |= node.free & chosen & (order[rest] - rho > slack)
    free &= ~forced
    rest = p - int(forced.sum())
    if rest == 0 or int(free.sum()) <= rest:
        offer(forced | free)
        return []
    best = np.zeros_like(free)
    best[np.where(free, rho, np.inf).argmin()] = True
    return [_Node(price, forced, free & ~best), _Node(price, forced | best, free & ~best)]


def _bounded(cost: FloatArray, p: int, node: _Node, target: float) -> tuple[float, FloatArray, FloatArray, BoolArray]:
    """Return the node's best bound, with its prices, ρ and chosen sites, after a short climb to the target."""
    sites = np.flatnonzero(node.free | node.forced)
    most = cost.max(axis=0)
    cost, free = cost[sites], np.flatnonzero(node.free[sites])
    rest = p - int(node.forced.sum())
    price, push, length, stalled = node.price, np.zeros(cost.shape[1]), 1.0, 0
    reduced, chosen = np.empty_like(cost), np.zeros(len(sites), dtype=bool)
    best = -np.inf, price, np.zeros(len(sites)), chosen
    for _ in range(_STEPS):
        np.minimum(np.subtract(cost, price, out=reduced), 0.0, out=reduced)
        rho, chosen = reduced.sum(axis=1), node.forced[sites]
        if rest:
            chosen[free[np.argpartition(rho[free], rest - 1)[:rest]]] = True
        bound = float(price.sum() + rho[chosen].sum())
        stalled = 0 if bound > best[0] else stalled + 1
        if bound > best[0]:
            best = bound, price, rho, chosen
        if stalled == _PATIENCE:
            length, stalled, push = length * _SHRINK, 0, np.zeros(cost.shape[1])
        push = 1.0 - (reduced[chosen] < 0).sum(axis=0) + _HEAVY * push
        size = float(push @ push)
        if best[0] >= target or size == 0:
            break
        price = np.clip(price + length * (target - bound) / size * push, 0.0, most)
    all_rho, all_chosen = np.zeros(len(node.free)), np.zeros_like(node.free)
    all_rho[sites], all_chosen[sites] = best[2], best[3]
    return best[0], best[1], all_rho, all_chosen
