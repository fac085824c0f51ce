"""Classical location problems that a scenario asks for beside the plan: what one use alone could be at best.

They know nothing of other uses, money or decisions taken: a yardstick, not a proposal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from planner.catalogue.columns import columns
from planner.catalogue.messages import message
from planner.errors import PlannerError, Record
from planner.inputs.tables import Inputs
from planner.model import (
    Solution,
    capacitated_p_median,
    cover,
    facility_location,
    p_center,
    p_median,
    set_cover,
)
from planner.problem.assemble import Case
from planner.problem.places import node_places
from planner.scenario import Scenario
from planner.sections import Classical

UNITS = {
    "set_cover": "sites",
    "cover": "persons",
    "p_median": "person_km",
    "capacitated_p_median": "person_km",
    "p_center": "km",
    "facility_location": "million_vnd",
}
"""Unit of each problem's objective."""

_FARTHER = 2.0
"""A pair without a way between counts as so many times the farthest pair that has one."""


@dataclass(frozen=True)
class _Data:
    """Demand (I,) persons; candidate facilities (J,) with places and million VND; travel (I, J) in km.

    `left_out` : persons whose place is unknown, or from whom no way leads anywhere.
    """

    demand: np.ndarray
    facility: np.ndarray
    km: np.ndarray
    capacity: np.ndarray
    cost: np.ndarray
    left_out: float


def make_classical(scenario: Scenario, inputs: Inputs, case: Case) -> pd.DataFrame:
    """Return one row for each site that a classical problem of the scenario chooses.

    Raises
    ------
    PlannerError : a problem has no candidates, no demand, or fewer candidates than sites asked for; all are listed.
    """
    studies = [(study, _data(study, case)) for study in scenario.classical]
    records = [found for i, (study, data) in enumerate(studies) for found in _impossible(i, study, data, scenario)]
    if records:
        raise PlannerError(records)
    rows = [row for i, (study, data) in enumerate(studies, 1) for row in _rows(i, study, data, inputs, scenario)]
    return pd.DataFrame(rows, columns=list(columns("classical")))


def _data(study: Classical, case: Case) -> _Data:
    """Return the data of a problem; nodes and candidates whose place is unknown are left out."""
    number = {use.key: u for u, use in enumerate(case.uses)}[study.use]
    rows, places = node_places(case.uses[number], case.needs, case.positions)
    demand = case.needs.nodes["demand"].to_numpy(float)[rows]
    facility = np.nonzero(case.problem.eligible[:, number])[0]
    sites = case.positions.facilities.take(facility)
    shape = (len(rows), len(facility))
    origin, destination = (index.ravel() for index in np.indices(shape))
    travel = case.positions.travel
    km = travel.between(places.points.take(origin), sites.points.take(destination)).reshape(shape)
    known_node, known_site = np.isfinite(km).any(axis=1), np.isfinite(km).any(axis=0)
    km = km[np.ix_(known_node, known_site)]
    farthest = km[np.isfinite(km)].max(initial=0.0)
    offers = case.offers[(case.offers["use"] == study.use) & (case.offers["service"] < 0)]
    room = offers.groupby("facility")["capacity"].sum().reindex(facility[known_site]).fillna(0.0)
    return _Data(
        demand=demand[known_node],
        facility=facility[known_site],
        km=np.where(np.isfinite(km), km, _FARTHER * farthest),
        capacity=room.to_numpy(float),
        cost=case.cost[:, facility[known_site], number].sum(axis=0),
        left_out=float(demand[~known_node].sum()),
    )


def _impossible(index: int, study: Classical, data: _Data, scenario: Scenario) -> list[Record]:
    short = study.p is not None and study.p > len(data.facility)
    if len(data.facility) and len(data.demand) and not short:
        return []
    words = {"use": study.use, "candidates": len(data.facility), "demand": len(data.demand), "p": study.p or 1}
    text = message("classical_impossible", scenario.language, **words)
    return [
        Record(
            table="scenario",
            rule="classical-impossible",
            severity="error",
            file=scenario.path.name,
            column=f"classical[{index}]",
            value=study.problem,
            message=text.text,
            fix=text.fix,
        )
    ]


def _solved(study: Classical, data: _Data, scenario: Scenario) -> Solution:
    limits: dict[str, Any] = {"gap": scenario.solver.gap or 0.0, "time_limit": scenario.solver.time_limit_s}
    p, radius = study.p or 1, study.radius_km or 0.0
    capacity = data.capacity if study.within_capacity else None
    ways: dict[str, Callable[[], Solution]] = {
        "set_cover": lambda: set_cover(data.km[(data.km <= radius).any(axis=1)], radius, **limits),
        "cover": lambda: cover(
            data.km, data.demand, radius, p, outer_radius=study.outer_radius_km, capacity=capacity, **limits
        ),
        "p_median": lambda: p_median(data.km, data.demand, p, **limits),
        "capacitated_p_median": lambda: capacitated_p_median(
            data.km, data.demand, data.capacity, p, single_source=False, **limits
        ),
        "p_center": lambda: p_center(data.km, p, **limits),
        "facility_location": lambda: facility_location(
            data.km * data.demand[:, None] * (study.vnd_per_person_km or 0.0) / 1e6,
            data.demand,
            capacity,
            data.cost,
            p=study.p,
            **limits,
        ),
    }
    return ways[study.problem]()


def _rows(index: int, study: Classical, data: _Data, inputs: Inputs, scenario: Scenario) -> list[dict[str, object]]:
    """Return a row for each site chosen; one without a site where nothing was found."""
    inside = (data.km <= (study.radius_km or 0.0)).any(axis=1) if study.problem == "set_cover" else data.demand >= 0
    solution = _solved(study, data, scenario)
    served = solution.assign * data.demand[inside, None]
    persons = served.sum(axis=0)
    travel = (served * data.km[inside]).sum(axis=0) / np.where(persons > 0, persons, np.nan)
    told: dict[str, object] = {
        "study": index,
        "problem": study.problem,
        "use": study.use,
        "sites": int(solution.open.sum()),
        "objective": solution.objective,
        "unit": UNITS[study.problem],
        "bound": solution.bound,
        "status": solution.status,
        "persons_left_out": data.left_out + float(data.demand[~inside].sum()),
    }
    facilities = inputs.facilities[["facility_id", "name", "commune_name"]]
    chosen = np.nonzero(solution.open)[0]
    rows = [
        told
        | facilities.iloc[data.facility[j]].to_dict()
        | {"persons": float(persons[j]), "mean_travel_km": float(travel[j])}
        for j in chosen
    ]
    return rows or [told]
