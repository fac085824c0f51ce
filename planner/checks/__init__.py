"""Checks of the input tables: one function a rule, each returning records with the user's own sheet and row."""

from __future__ import annotations

from planner.checks import communes, decisions, facilities, receivers, sameness, scenario, services, settlements
from planner.checks.common import Check
from planner.errors import Record
from planner.inputs.tables import Tables
from planner.scenario import Scenario

CHECKS: tuple[Check, ...] = (
    *communes.CHECKS,
    *facilities.CHECKS,
    *sameness.CHECKS,
    *receivers.CHECKS,
    *settlements.CHECKS,
    *services.CHECKS,
    *decisions.CHECKS,
    *scenario.CHECKS,
)

OF_A_LIST: tuple[Check, ...] = (*facilities.CHECKS, *sameness.CHECKS)
"""What can be checked where no table of communes is given and they are known by their names only."""

__all__ = ["CHECKS", "OF_A_LIST", "run_checks"]


def run_checks(asked: Scenario, tables: Tables) -> list[Record]:
    """Return the records of all checks.

    Parameters
    ----------
    asked : the scenario; its language is the records' language.
    tables : the input tables, every facility, village and service already placed in its commune.
    """
    checks = CHECKS if asked.inputs.communes is not None else OF_A_LIST
    return [record for check in checks for record in check(tables, asked)]
