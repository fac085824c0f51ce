"""A variation: what differs from the scenario in one try, drawn by seed, and the case that comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

import numpy as np

from planner.catalogue import Catalogue
from planner.catalogue.load import Range
from planner.inputs.tables import Inputs
from planner.prepare import Prepared
from planner.problem import Case, make_case

Cell = tuple[str, str]
"""A cell of the inventory: facility_id and column."""


@dataclass(frozen=True)
class Variation:
    """What differs from the scenario in one try.

    Attributes
    ----------
    factors : by key of the catalogue's ranges. cells : what stands in cells of the inventory instead.
    """

    factors: Mapping[str, float] = field(default_factory=dict)
    cells: Mapping[Cell, float | str] = field(default_factory=dict)


def ranges_in_use(prepared: Prepared) -> dict[str, Range]:
    """Return the ranges of the catalogue that vary something here, by key in the catalogue's order."""
    facilities, floor = prepared.inputs.facilities, prepared.case.facilities["floor_assumed"]

    def touches(found: Range) -> bool:
        listed = any(facilities[column].notna().any() for column in found.columns)
        return bool(found.changes or listed or (found.unknown and floor.any()))

    return {key: found for key, found in prepared.catalogue.ranges.items() if found.varies and touches(found)}


def drawn(prepared: Prepared, seed: int, run: int) -> Variation:
    """Return the variation of one joint run: each factor log-uniform between the ends of its range, independently.

    The draws of a run depend on seed and run number only, not on how many runs there are.
    """
    rng = np.random.default_rng([seed, run])

    def draw(found: Range) -> float:
        return float(np.exp(rng.uniform(np.log(found.low), np.log(found.high))))

    ranges = ranges_in_use(prepared)
    factors = {key: draw(found) for key, found in ranges.items() if not found.unknown}
    cells = {
        cell: value * draw(found)
        for found in ranges.values()
        if found.unknown
        for cell, value in assumed_floors(prepared).items()
    }
    return Variation(factors, cells)


def alone(prepared: Prepared, key: str, factor: float) -> Variation:
    """Return the variation in which one range has a factor and everything else is as in the scenario."""
    if not prepared.catalogue.ranges[key].unknown:
        return Variation({key: factor})
    return Variation(cells={cell: value * factor for cell, value in assumed_floors(prepared).items()})


def assumed_floors(prepared: Prepared) -> dict[Cell, float]:
    """Return the floor area in m² of each facility whose area is assumed."""
    facts = prepared.case.facilities
    rows = facts[facts["floor_assumed"]]
    return {(name, "floor_area_m2"): area for name, area in zip(rows["facility_id"], rows["floor_m2"], strict=True)}


def varied_case(prepared: Prepared, variation: Variation) -> Case:
    """Return the case of the scenario with what differs; where everything lies and how one travels stays the same.

    Raises
    ------
    PlannerError : decisions no longer fit the rules under these values.
    """
    catalogue = _varied_catalogue(prepared.catalogue, variation.factors)
    inputs = _varied_inputs(prepared.inputs, prepared.catalogue, variation)
    return make_case(prepared.scenario, inputs, catalogue, positions=prepared.case.positions)


def _varied_catalogue(catalogue: Catalogue, factors: Mapping[str, float]) -> Catalogue:
    changes = [(path, factor, key) for key, factor in factors.items() for path in catalogue.ranges[key].changes]

    def one(known: Catalogue, change: tuple[str, float, str]) -> Catalogue:
        path, factor, key = change
        least = 1.0 if known.ranges[key].from_one else 0.0
        found: Catalogue = _changed(known, path.split("."), lambda value: least + factor * (value - least))
        return found

    return reduce(one, changes, catalogue)


def _changed(node: Any, path: list[str], change: Callable[[float], float]) -> Any:  # noqa: ANN401  any part of a tree
    """Return a tree of models and tables with one number of it changed."""
    if not path:
        return change(node)
    key, *rest = path
    if isinstance(node, Mapping):
        return {**node, key: _changed(node[key], rest, change)}
    return node.model_copy(update={key: _changed(getattr(node, key), rest, change)})


def _varied_inputs(inputs: Inputs, catalogue: Catalogue, variation: Variation) -> Inputs:
    scaled = [(column, factor) for key, factor in variation.factors.items() for column in catalogue.ranges[key].columns]
    if not scaled and not variation.cells:
        return inputs
    facilities = inputs.facilities.copy()
    row = dict(zip(facilities["facility_id"], facilities.index, strict=True))
    for column, factor in scaled:
        facilities[column] *= factor
    for (facility, column), value in variation.cells.items():
        facilities.at[row[facility], column] = value
    return replace(inputs, facilities=facilities)
