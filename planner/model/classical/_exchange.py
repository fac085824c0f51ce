"""Local search: open the site that gains most, close the one that is missed least, and do not turn back at once."""

from __future__ import annotations

import numpy as np

from planner.model.classical._lists import IntArray, Lists
from planner.model.classical._solution import BoolArray


class Exchange:
    """Open sites with what opening or closing each one would change (Whitaker 1983; Resende & Werneck 2007).

    Each customer remembers its cheapest and second cheapest open site. `gain` (J + 1,) is what opening a site saves,
    `loss` (J + 1,) what closing it costs; both follow every change at the price of the customers it touches.
    """

    def __init__(self, lists: Lists, is_open: BoolArray) -> None:
        self.lists = lists
        n_customers, cells = len(lists.over), lists.site.ravel()
        order = cells.argsort(kind="stable")
        self._customer, self._cost = order // lists.site.shape[1], lists.cost.ravel()[order]
        self._start = np.searchsorted(cells[order], np.arange(lists.n_sites + 2))
        self.open = np.append(is_open, True)
        self.gain, self.loss = np.zeros((2, lists.n_sites + 1))
        self.best, self.second = lists.over.copy(), lists.over.copy()
        self._by = np.full(n_customers, lists.n_sites)
        self._saved = np.zeros(lists.site.shape)
        self._refresh(np.arange(n_customers))

    def flip(self, site: int) -> None:
        """Open a closed site or close an open one."""
        here = slice(self._start[site], self._start[site + 1])
        customers = self._customer[here]
        self.open[site] = not self.open[site]
        self._refresh(customers[self._cost[here] <= self.second[customers]])

    def _refresh(self, rows: IntArray) -> None:
        """Find the two cheapest open sites of these customers anew, and correct gain and loss."""
        sites, costs, each = self.lists.site[rows], self.lists.cost[rows], np.arange(len(rows))
        length = len(self.gain)
        self.loss -= np.bincount(self._by[rows], self.second[rows] - self.best[rows], length)
        is_open = self.open[sites]
        first = is_open.argmax(axis=1)
        is_open[each, first] = False
        self._by[rows] = sites[each, first]
        self.best[rows] = costs[each, first]
        self.second[rows] = costs[each, is_open.argmax(axis=1)]
        saved = np.maximum(self.best[rows, None] - costs, 0.0)
        self.gain += np.bincount(sites.ravel(), (saved - self._saved[rows]).ravel(), length)
        self._saved[rows] = saved
        self.loss += np.bincount(self._by[rows], self.second[rows] - self.best[rows], length)


def greedy(lists: Lists, p: int) -> BoolArray:
    """Return p sites, each the one that then saves most."""
    search = Exchange(lists, np.zeros(lists.n_sites, dtype=bool))
    for _ in range(p):
        search.flip(int(np.where(search.open, -np.inf, search.gain).argmax()))
    return search.open[:-1]


def exchange(lists: Lists, is_open: BoolArray, steps: int) -> BoolArray:
    """Return the best of `steps` exchanges from these open sites: a tabu search (Glover 1989) of one seed."""
    n_open = int(is_open.sum())
    n_closed = len(is_open) - n_open
    if n_closed == 0:
        return is_open
    stays = np.random.default_rng(1).integers(0, [min(10, n_open), min(20, n_closed)], (steps, 2))
    search = Exchange(lists, is_open)
    best, least = is_open, float(search.best.sum())
    until = np.zeros(lists.n_sites + 1, dtype=int)
    until[-1] = steps
    for step, stay in enumerate(stays):
        opened = int(np.where(search.open | (until > step), -np.inf, search.gain).argmax())
        search.flip(opened)
        until[opened] = step + 1
        closed = int(np.where(search.open & (until <= step), search.loss, np.inf).argmin())
        search.flip(closed)
        until[[opened, closed]] += stay
        value = float(search.best.sum())
        if value < least:
            best, least = search.open[:-1].copy(), value
    return best
