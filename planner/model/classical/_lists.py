"""Lists of the sites nearest to each customer: what lies beyond them is one overflow at the next cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.model.classical._solution import BoolArray, FloatArray

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Lists:
    """The cheapest sites of each of I customers, cheapest first, out of J sites.

    A customer whom no open site on the list serves pays the overflow: at most what every other site costs, so that the
    problem on the lists is a relaxation, and an answer that uses no overflow is an answer to the whole.

    Attributes
    ----------
    site, cost : (I, W) number and cost; the last two columns and short rows are filled with the overflow, as site J.
    over : (I,) cost of the overflow. whole : (I,) bool, every site beyond the list costs exactly the overflow, or is
        never the cheapest open one.
    n_sites : J.
    """

    site: IntArray
    cost: FloatArray
    over: FloatArray
    whole: BoolArray
    n_sites: int


def nearest(cost: FloatArray, p: int, width: int) -> Lists:
    """Return lists of at most `width` sites; of the J − p + 1 cheapest sites at least one is open."""
    n_sites = cost.shape[1]
    enough = n_sites - p + 1
    if width >= enough:
        width = enough - 1
    part = np.argpartition(cost, width, axis=1)[:, : width + 1]
    part.sort(axis=1)
    some = np.take_along_axis(cost, part, axis=1)
    order = some.argsort(axis=1, kind="stable")
    site, some = np.take_along_axis(part, order, axis=1), np.take_along_axis(some, order, axis=1)
    over = some[:, -1]
    beyond = some >= over[:, None]
    longest = int((~beyond).sum(axis=1).max())
    fill = np.repeat(over[:, None], 2, axis=1)
    return Lists(
        site=np.hstack([np.where(beyond, n_sites, site)[:, :longest], np.full((len(cost), 2), n_sites)]),
        cost=np.hstack([some[:, :longest], fill]),
        over=over,
        whole=(over >= cost.max(axis=1)) | (width == enough - 1),
        n_sites=n_sites,
    )


@dataclass(frozen=True)
class Core:
    """What is left to decide: which sites, and each customer's list of them.

    Attributes
    ----------
    keep, forced : (J,) bool, sites that may be open, and those that are.
    allowed : (I, W) bool, the cells of the lists that may serve.
    end : (I,) cost where no site of the list is open; infinite where one must be.
    """

    keep: BoolArray
    forced: BoolArray
    allowed: BoolArray
    end: FloatArray


def core(lists: Lists, keep: BoolArray, forced: BoolArray, most: FloatArray, excess: FloatArray) -> Core:
    """Return what is left where only sites of `keep` may be open, those of `forced` are, and nobody pays over `most`.

    Parameters
    ----------
    most : (I,) the highest cost at which each customer may be served. excess : (J,) by how much less from a site.
    """
    always = np.append(forced, False)[lists.site]
    end = np.where(lists.over <= most, lists.over, np.inf)
    end = np.minimum(end, np.where(always, lists.cost, np.inf).min(axis=1))
    cheap = (lists.cost < end[:, None]) & (lists.cost + np.append(excess, 0.0)[lists.site] <= most[:, None])
    allowed = np.append(keep, False)[lists.site] & cheap
    return Core(keep, forced, allowed, end)
