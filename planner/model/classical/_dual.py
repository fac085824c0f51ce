"""A lower bound that scales: the Lagrangian dual of serving every customer, by subgradients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.model.classical._lists import Lists
from planner.model.classical._solution import BoolArray, FloatArray

_HEAVY = 0.9
_PATIENCE = 10
_SHRINK = 0.7
_LEAST_STEP = 1e-4


@dataclass(frozen=True)
class Dual:
    """Prices and the bound that they prove.

    Attributes
    ----------
    bound : lower limit of what any choice of p sites can cost.
    price : (I,) λ, what each customer pays at most. reduced : (J,) ρ_j = Σ_i min(0, c_ij − λ_i).
    chosen : (J,) bool, the p sites of least ρ.
    """

    bound: float
    price: FloatArray
    reduced: FloatArray
    chosen: BoolArray


class Lagrangian:
    """L(λ) = Σ_i λ_i + the p least of ρ_j = Σ_i min(0, c_ij − λ_i), with 0 ≤ λ ≤ overflow.

    A cost at or above the price changes nothing, so that the lists give the bound of all sites (Cornuéjols, Fisher &
    Nemhauser 1977).
    """

    def __init__(self, lists: Lists, p: int) -> None:
        self._customer, cell = np.nonzero(lists.site < lists.n_sites)
        self._site, self._cost = lists.site[self._customer, cell], lists.cost[self._customer, cell]
        self._over, self._n_sites, self._p = lists.over, lists.n_sites, p

    def at(self, price: FloatArray) -> tuple[Dual, FloatArray]:
        """Return the bound at these prices, and (I,) its slope: 1 less the number of chosen sites that would serve."""
        reduced = self._cost - price[self._customer]
        pays = np.flatnonzero(reduced < 0)
        rho = np.bincount(self._site[pays], reduced[pays], self._n_sites).astype(np.float64)
        chosen = np.zeros(self._n_sites, dtype=bool)
        chosen[np.argpartition(rho, self._p - 1)[: self._p]] = True
        served = np.bincount(self._customer[pays[chosen[self._site[pays]]]], minlength=len(price))
        slope = 1.0 - served.astype(np.float64)
        slope[((price >= self._over) & (slope > 0)) | ((price <= 0) & (slope < 0))] = 0.0
        return Dual(float(price.sum() + rho[chosen].sum()), price, rho, chosen), slope

    def ascend(self, start: FloatArray, target: float, steps: int) -> Dual:
        """Climb from these prices towards the cost of a known answer, with a heavy ball (Polyak 1964, 1969)."""
        price, best, stalled, length = start, None, 0, 1.0
        push = np.zeros(len(start))
        for _ in range(steps):
            dual, slope = self.at(price)
            if best is None or dual.bound > best.bound:
                stalled = 0 if best is None or dual.bound > best.bound + 1e-5 * abs(best.bound) else stalled + 1
                best = dual
            else:
                stalled += 1
            if stalled >= _PATIENCE:
                length, stalled = length * _SHRINK, 0
                push = np.zeros(len(start))
            push = slope + _HEAVY * push
            size = float(push @ push)
            if size == 0 or length < _LEAST_STEP or best.bound >= target:
                break
            price = np.clip(price + length * (target - dual.bound) / size * push, 0.0, self._over)
        if best is None:
            best = self.at(start)[0]
        return best
