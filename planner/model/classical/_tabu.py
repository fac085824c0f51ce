"""Answers for single sources, found by tabu search: nothing is proven here."""

from __future__ import annotations

import math
import time

import numpy as np
from numpy.typing import NDArray

from planner.model.classical._assignment import Data
from planner.model.classical._solution import BoolArray, FloatArray

_PATIENCE, _KICK = 80, 4
"""Rounds without gain, in numbers of customers."""
_TENURE, _SHORT = 15, 3
"""Rounds that a customer may not go back: up to 15, and fewer where there are few customers."""
_DEARER, _CHEAPER, _RANGE = 1.03, 0.97, (1e-3, 10.0)
_START = 0.1


def search(
    data: Data, first: BoolArray, enough: float, seconds: float | None
) -> tuple[BoolArray, NDArray[np.intp]] | None:
    """Return the best answer met, as (J,) open sites and (I,) the site of each customer; None where all overfill one.

    Each round takes the best move that is not tabu: one customer to another site, or two customers change theirs;
    then one site moves with all its customers where that saves. Overfilled sites are allowed at a price that rises as
    long as there are any (Osman & Christofides 1994). After a while without gain a site is exchanged for another one
    and everybody goes to the nearest.

    Parameters
    ----------
    first : (J,) the sites to start from. enough : the search ends at this cost. seconds : or on this clock.
    """
    end = math.inf if seconds is None else time.perf_counter() + seconds
    return _Search(data, first).best(enough, end)


class _Search:
    """Who goes where (`at`), what each site holds (`held`), and what is tabu until which round."""

    def __init__(self, data: Data, first: BoolArray) -> None:
        self._cost, self._load, self._fixed = data.cost, data.load, data.fixed_cost
        limitless = np.full(data.cost.shape[1], np.inf)
        self._capacity, self._free = limitless if data.capacity is None else data.capacity, data.p is None
        self._rows, self._random = np.arange(len(data.cost)), np.random.default_rng(0)
        scale = float(data.cost.max() + data.fixed_cost.max()) / max(float(data.load.mean()), 1e-9)
        self._price, (low, high) = _START * scale, _RANGE
        self._least, self._most = low * scale, high * scale
        longest = min(_TENURE, max(_SHORT, len(data.cost) // _SHORT))
        self._tenure = (max(1, longest // _SHORT), longest)
        self._go(first)

    def best(self, enough: float, end: float) -> tuple[BoolArray, NDArray[np.intp]] | None:
        """Search until nothing was gained for long, the cost is enough, or the clock ends."""
        least, found, gained, turn = math.inf, None, 0, 0
        patience, kick = (n * len(self._rows) for n in (_PATIENCE, _KICK))
        while turn - gained < patience and least > enough and time.perf_counter() < end:
            turn += 1
            self._move(turn)
            self._move_site()
            cost = self._value()
            if cost < least:
                least, found, gained = cost, (self._used(), self._at.copy()), turn
            elif (turn - gained) % kick == 0:
                self._exchange(found)
        return found

    def _go(self, is_open: BoolArray) -> None:
        """Everybody goes to the nearest of the open sites, and nothing is tabu."""
        self._open = is_open.copy()
        self._at = np.where(is_open, self._cost, np.inf).argmin(axis=1)
        self._held = np.bincount(self._at, self._load[self._rows, self._at], len(is_open)).astype(float)
        self._tabu = np.zeros(self._cost.shape, dtype=int)

    def _value(self) -> float:
        """Return the cost, infinite where a site is overfilled, and let the price of overfilling follow."""
        if (self._held > self._capacity).any():
            self._price = min(self._price * _DEARER, self._most)
            return math.inf
        self._price = max(self._price * _CHEAPER, self._least)
        return float(self._cost[self._rows, self._at].sum() + self._fixed[self._used()].sum())

    def _used(self) -> BoolArray:
        """Return the sites that are paid for: those with customers, or those chosen where their number is given."""
        return np.bincount(self._at, minlength=len(self._held)) > 0 if self._free else self._open.copy()

    def _move(self, turn: int) -> None:
        tabu = self._tabu > turn
        alone, pairs = self._shifts(), self._swaps()
        alone[tabu] = np.inf
        barred = tabu[:, self._at]
        pairs[barred | barred.T] = np.inf
        i, j = np.unravel_index(alone.argmin(), alone.shape)
        k, m = np.unravel_index(pairs.argmin(), pairs.shape)
        moves = [(i, j)] if alone[i, j] <= pairs[k, m] else [(k, self._at[m]), (m, self._at[k])]
        if min(alone[i, j], pairs[k, m]) < math.inf:
            self._put(moves, turn)

    def _over(self, held: FloatArray, capacity: FloatArray) -> FloatArray:
        return self._price * np.maximum(held - capacity, 0.0)

    def _shifts(self) -> FloatArray:
        """Return (I, J) what it costs to send i to j instead; a random trifle tells equal moves apart."""
        rows, at, held, capacity = self._rows, self._at, self._held, self._capacity
        over, mine = self._over(held, capacity), self._load[rows, at]
        leave = self._over(held[at] - mine, capacity[at]) - over[at] - self._cost[rows, at]
        enter = self._over(held + self._load, capacity) - over + self._cost
        if self._free:
            count = np.bincount(at, minlength=len(held))
            leave = leave - np.where(count[at] == 1, self._fixed[at], 0.0)
            enter = enter + np.where(count == 0, self._fixed, 0.0)
        else:
            enter[:, ~self._open] = np.inf
        change: FloatArray = enter + leave[:, None] + self._random.random(self._cost.shape) * self._least
        change[rows, at] = np.inf
        return change

    def _swaps(self) -> FloatArray:
        """Return (I, I) what it costs that i and k change their sites."""
        rows, at, held, capacity = self._rows, self._at, self._held, self._capacity
        mine = self._load[rows, at]
        entering = self._load[:, at]
        new = (held[at] - mine)[:, None] + entering.T
        change: FloatArray = self._cost[:, at] - self._cost[rows, at][:, None]
        change += self._over(new, capacity[at][:, None]) - self._over(held[at], capacity[at])[:, None]
        change = change + change.T
        change[at[:, None] == at] = np.inf
        return change

    def _put(self, moves: list[tuple[np.intp, np.intp]], turn: int) -> None:
        for i, j in moves:
            old = self._at[i]
            self._held[old] -= self._load[i, old]
            self._held[j] += self._load[i, j]
            self._tabu[i, old] = turn + self._random.integers(*self._tenure)
            self._at[i] = j

    def _move_site(self) -> None:
        """Move the site that saves most by it, with all its customers, to one that is not open."""
        used = np.flatnonzero(np.bincount(self._at, minlength=len(self._held)))
        mine = (self._at == used[:, None]).astype(float)
        held = mine @ self._load
        value = mine @ self._cost + self._over(held, self._capacity) + self._fixed
        saved = value - value[np.arange(len(used)), used][:, None]
        taken = self._open.copy()
        taken[used] = True
        saved[:, taken] = np.inf
        k, j = np.unravel_index(saved.argmin(), saved.shape)
        if saved[k, j] < 0:
            moved = self._at == used[k]
            self._at[moved] = j
            self._held[used[k]], self._held[j] = 0.0, held[k, j]
            self._open[used[k]], self._open[j] = False, True

    def _exchange(self, found: tuple[BoolArray, NDArray[np.intp]] | None) -> None:
        """Go on from here, or from the best so far, with one site exchanged for another."""
        if found is not None and self._random.random() < 0.5:  # noqa: PLR2004 - as often as not
            self._open, self._at = found[0].copy(), found[1].copy()
        is_open = self._used()
        if not is_open.all():
            closed, opened = (self._random.choice(np.flatnonzero(x)) for x in (is_open, ~is_open))
            is_open[[closed, opened]] = False, True
        self._go(is_open)
