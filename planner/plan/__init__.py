"""The plan: decisions with form, reason and figures."""

from planner.plan.make import make_plan
from planner.plan.result import Plan

__all__ = ["Plan", "make_plan"]
