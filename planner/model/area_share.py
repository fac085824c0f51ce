"""The share of the area given to public needs that disadvantaged communes must get."""

from __future__ import annotations

from planner.model.assembly import Model
from planner.model.problem import Floats, Problem
from planner.model.share import add_least_share, missing


def add_area_share(model: Model, problem: Problem) -> None:
    """Of the usable m² that the plan gives to public needs, a group must get a share, see `add_least_share`.

    Exits and houses that stay as they are give nothing to a need, so the share never holds back an exit.
    """
    share = problem.area_share
    if share.share_min > 0:
        add_least_share(model, "area", share.area, share.group, share.share_min, share.slack_weight)


def missing_area(problem: Problem, x: Floats) -> float:
    """Return what a plan with (A,) x is charged for the least share of area, persons-equivalent."""
    share = problem.area_share
    return share.slack_weight * missing(share.area, share.group, share.share_min, x) if share.share_min > 0 else 0.0
