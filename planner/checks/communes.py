"""Checks of the communes table."""

from __future__ import annotations

import numpy as np
import shapely

from planner.checks.common import Check, findings, flag
from planner.errors import Record
from planner.inputs.places.resolve import in_metres
from planner.inputs.tables import Tables
from planner.scenario import Scenario

OVERLAP_SHARE = 0.01
"""Part of the smaller commune that may lie under a neighbour: boundaries are drawn and simplified apart."""


def duplicate_codes(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report communes that share a code."""
    about = findings("communes", tables, scenario)
    codes = tables.communes["commune_code"].tolist()
    first = {code: index for index, code in reversed(list(enumerate(codes)))}
    return [
        about.cell(index, "commune_code", "duplicate-commune-code", "error", first=about.where(first[code]))
        for index, code in enumerate(codes)
        if isinstance(code, str) and first[code] != index
    ]


def overlapping_polygons(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report communes that share more land than drawing errors explain."""
    about = findings("communes", tables, scenario)
    shapes = in_metres(tables.communes.geometry.dropna())
    left, right = shapes.sindex.query(shapes, predicate="intersects")
    later = left > right
    left, right = left[later], right[later]
    polygons = shapes.to_numpy()
    shared = shapely.area(shapely.intersection(polygons[left], polygons[right]))
    smaller = np.minimum(shapely.area(polygons[left]), shapely.area(polygons[right]))
    return [
        about.cell(
            int(shapes.index[one]),
            "name",
            "polygons-overlap",
            "warning",
            other=tables.communes["name"].iloc[int(shapes.index[two])],
            share=f"{part:.1%}",
        )
        for one, two, part in zip(left, right, shared / smaller, strict=True)
        if part > OVERLAP_SHARE
    ]


def missing_population(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report communes without a population: their needs are unknown."""
    population = tables.communes["population"]
    unknown = population.isna() | (population <= 0)
    return flag(findings("communes", tables, scenario), unknown, "population", "missing-population", "warning")


CHECKS: tuple[Check, ...] = (duplicate_codes, overlapping_polygons, missing_population)
