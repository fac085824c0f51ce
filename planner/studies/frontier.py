"""Coverage against money: one row an amount, each a plan that could be adopted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.catalogue.columns import columns
from planner.prepare import Clock, NoClock, Prepared
from planner.sections import Frontier
from planner.solve.frontier import Point, marginal_prices, money_frontier

SOURCE = "renovation"


def make_frontier(prepared: Prepared, asked: Frontier, clock: Clock | None = None) -> pd.DataFrame:
    """Return coverage against the money for renovation.

    Parameters
    ----------
    prepared : a scenario and its problem; its own limit on the money plays no part.
    asked : how many points, and the most money.

    Returns
    -------
    money, spent (million VND), persons served by services and how many more than the row before, what people lack by
    term (persons-equivalent, less what no plan can avoid), the price of one more person and of one person-equivalent
    against the row before (million VND, unknown where nothing is gained or not proven), objective, bound, gap, status.
    No rows where the clock ended before the first plan.
    """
    sources = [source.name for source in prepared.problem.budget.sources]
    most = np.inf if asked.most_million_vnd is None else asked.most_million_vnd
    tick = (clock or NoClock()).tick
    points = money_frontier(prepared.problem, prepared.settings, sources.index(SOURCE), asked.points, most, tick)
    return frontier_table(points)


def frontier_table(points: list[Point]) -> pd.DataFrame:
    """Return the points as a table; see `make_frontier`."""
    served = [point.served for point in points]
    lacking = [point.lacking for point in points]
    table = pd.DataFrame(
        {
            "money_million_vnd": [point.available for point in points],
            "spent_million_vnd": [round(point.spent, 3) for point in points],
            "persons_served": np.round(served, 3),
            "persons_more": np.round([np.nan, *np.diff(served)][: len(points)], 3),
            "mandatory": [round(point.missing["mandatory"], 3) for point in points],
            "fairness": [round(point.missing["fairness"], 3) for point in points],
            "services": [round(point.missing["services"], 3) for point in points],
            "lacking": np.round(lacking, 3),
            "person_million_vnd": np.round(marginal_prices(points, served), 6),
            "equivalent_million_vnd": np.round(marginal_prices(points, [-x for x in lacking]), 6),
            "objective": [round(point.objective, 6) for point in points],
            "bound": [None if point.bound is None else round(point.bound, 6) for point in points],
            "gap_abs": [point.gap_abs for point in points],
            "status": [point.status for point in points],
        }
    )
    return table[list(columns("frontier"))].astype({"bound": float, "gap_abs": float})
