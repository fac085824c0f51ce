"""Scenarios without a plan: the set that clashes, in the planner's words, and the ways out, each really taken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.errors import ExitCode, PlannerError, Record
from planner.inputs import read_inputs
from planner.inputs.tables import Inputs
from planner.model.build import build
from planner.plan import make_plan
from planner.plan.clashes import explain_clashes, opened_pairs
from planner.prepare import NoClock, Prepared, prepare
from planner.scenario import Scenario
from planner.solve import NoPlanError, SolveSettings, solve_problem
from planner.solve.clash import find_clashes
from planner.solve.hard import hard_members
from planner.solve.ways_out import price_ways, ways_out
from tests.tiny import tiny_facilities, write_csv, write_tiny

NEIGHBOURS = {"site_id": "S-2"}


@dataclass(frozen=True)
class Asked:
    """A scenario without a plan and what must be said of it.

    Attributes
    ----------
    more : TOML. decisions : facility, verdict, use. facilities : cells that differ, by facility.
    clashes : the expected sets, each as the places of its members: `file:row` or a key of the scenario.
    ways : the expected ways out, each as `place` of a lock or `key=number`.
    """

    clashes: list[set[str]]
    ways: list[set[str]]
    more: str = ""
    decisions: list[tuple[str, str, str]] = field(default_factory=list)
    facilities: dict[str, dict[str, object]] = field(default_factory=dict)


def limit(use: str, **numbers: object) -> str:
    rows = [f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}" for key, value in numbers.items()]
    return "\n".join(["[[limits]]", f'use = "{use}"', *rows, ""])


REQUIRED = [("T-06", "require", "preschool"), ("T-07", "require", "preschool"), ("T-05", "require", "culture_house")]

SCENARIOS = {
    "more is required than a limit allows": Asked(
        more=limit("preschool", max=1),
        decisions=REQUIRED,
        clashes=[{"d.csv:2", "d.csv:3", "limits[0].max"}],
        ways=[{"d.csv:2"}, {"d.csv:3"}, {"limits[0].max=2"}],
    ),
    "a limit asks for more than is eligible": Asked(
        more=limit("commune_police", min=50), clashes=[{"limits[0].min"}], ways=[{"limits[0].min=0"}]
    ),
    "a commune's number against the province's": Asked(
        more=limit("culture_house", equal=2, commune="00904") + limit("culture_house", max=1),
        facilities={"T-12": {"status": "Đề xuất"}},
        clashes=[{"limits[0].equal", "limits[1].max"}],
        ways=[{"limits[0].equal=1"}, {"limits[1].max=2"}],
    ),
    "an approved house against a limit of its district's owner": Asked(
        more=limit("culture_house", max=0, owner="commune"),
        clashes=[{"facilities.xlsx:15", "limits[0].max"}],
        ways=[{"facilities.xlsx:15"}, {"limits[0].max=1"}],
    ),
    "every use forbidden that a limit needs": Asked(
        more=limit("preschool", min=6),
        decisions=[("T-06", "forbid", "preschool")],
        clashes=[{"d.csv:2", "limits[0].min"}],
        ways=[{"d.csv:2"}, {"limits[0].min=5"}],
    ),
    "too little money for what is required": Asked(
        more="", decisions=REQUIRED, clashes=[], ways=[],
    ),
}
