"""A bound for single sources: the Lagrangian dual whose sites each fill a knapsack."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.model.classical._solution import BoolArray, FloatArray

_STEPS, _PATIENCE = 400, 15
_HEAVY, _SHRINK = 0.7, 0.7
_AHEAD = 0.03


@dataclass(frozen=True)
class Packed:
    """A bound and what it says of each pair.

    Attributes
    ----------
    bound : lower limit of the whole problem. extra : (I, J) by how much the bound rises where i is served from j.
    sites : (J,) bool, those that counted at the best bound, where answers may be looked for.
    """

    bound: float
    extra: FloatArray
    sites: BoolArray


class KnapsackDual:
    """L(λ) = Σ_i λ_i + Σ over the sites of v_j = f_j + min {Σ_i (c_ij − λ_i) y_i : Σ_i q_i y_i ≤ k_j, y binary}.

    The p least v_j count where p is given, all negative ones otherwise (Barcelo & Casanovas 1984; Pirkul 1987). All
    knapsacks are filled at once, by dynamic programming over whole units of capacity.

    Parameters
    ----------
    cost : (I, J). demand : (I,) and capacity : (J,), whole numbers. fixed_cost : (J,).
    """

    def __init__(
        self, cost: FloatArray, demand: FloatArray, capacity: FloatArray, fixed_cost: FloatArray, p: int | None
    ) -> None:
        self._cost, self._demand, self._fixed, self._p = cost, demand.astype(int), fixed_cost, p
        self._room = np.minimum(capacity, demand.sum()).astype(int)

    def ascend(self) -> Packed:
        """Climb from the second least costs towards a little above the bound, and return the best bound found."""
        price = np.sort(self._cost, axis=1)[:, :2].mean(axis=1)
        most = 2.0 * float(self._cost.max() + self._fixed.max())
        best, length, stalled = self._at(price)[0], 1.0, 0
        prices, push = price, np.zeros(len(price))
        for _ in range(_STEPS):
            bound, _, slope, _ = self._at(price)
            stalled = 0 if bound > best else stalled + 1
            if bound > best:
                best, prices = bound, price
            if stalled == _PATIENCE:
                length, stalled, push, price = length * _SHRINK, 0, np.zeros(len(price)), prices
                continue
            push = slope + _HEAVY * push
            size = float(push @ push)
            if size == 0:
                break
            price = np.clip(price + length * (_AHEAD * abs(best) + best - bound) / size * push, -most, most)
        bound, extra, _, sites = self._at(prices)
        return Packed(bound, extra, sites)

    def _at(self, price: FloatArray) -> tuple[float, FloatArray, FloatArray, BoolArray]:
        """Return the bound, what pairs add to it, (I,) its slope (1 less the knapsacks with i), and the sites."""
        reduced = self._cost - price[:, None]
        sites, units = np.arange(len(self._room)), int(self._room.max()) + 1
        worth = np.zeros((len(sites), units))
        taken = np.zeros((len(price), len(sites), units), dtype=bool)
        for i in np.flatnonzero((reduced < 0).any(axis=1)):
            need = int(self._demand[i])
            if need >= units:
                continue
            filled = worth[:, : units - need] + np.minimum(reduced[i], 0.0)[:, None]
            better = filled < worth[:, need:]
            taken[i, :, need:] = better
            worth[:, need:] = np.where(better, filled, worth[:, need:])
        value = self._fixed + worth[sites, self._room]
        chosen, limit = self._chosen(value)
        served, room = np.zeros(len(price)), self._room.copy()
        for last in range(len(price) - 1, -1, -1):
            inside = taken[last, sites, room]
            room = room - self._demand[last] * inside
            served[last] = inside[chosen].sum()
        bound = float(price.sum() + value[chosen].sum())
        left = self._room[None, :] - self._demand[:, None]
        beside = self._fixed + worth[sites, np.maximum(left, 0)] + reduced
        extra = np.where(reduced > 0, beside - np.where(chosen, value, limit), np.maximum(value - limit, 0.0))
        return bound, np.where(left < 0, np.inf, np.maximum(extra, 0.0)), 1.0 - served, chosen

    def _chosen(self, value: FloatArray) -> tuple[BoolArray, float]:
        """Return the sites that count, and the value below which another one would take a place."""
        if self._p is None:
            return value < 0, 0.0
        chosen = np.zeros(len(value), dtype=bool)
        order = np.argsort(value, kind="stable")
        chosen[order[: self._p]] = True
        return chosen, float(value[order[self._p - 1]])
