"""Checks of the communes table."""

from __future__ import annotations

import numpy as np
import shapely

from planner.checks.common import Check, findings, flag, growth_of, rows_where
from planner.errors import Record
from planner.inputs.places.resolve import in_metres
from planner.inputs.tables import Tables
from planner.scenario import Scenario

OVERLAP_SHARE = 0.01
"""Part of the smaller commune that may lie under a neighbour: boundaries are drawn and simplified apart."""

MOST_GROWTH = 0.1
"""A year; the fastest growing towns stay below."""

LEAST_GROWTH = 0.0005
"""A year; where no commune of a table reaches it, percentages were probably taken for parts of a hundred twice."""


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


def doubtful_growth(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report a growth that no commune has: percentages without a sign, or percentages divided twice."""
    about = findings("communes", tables, scenario)
    growth = tables.communes["growth_per_year"].to_numpy(float, na_value=np.nan)
    too_small = 0 < np.nanmax(np.abs(growth), initial=0.0) < LEAST_GROWTH
    return [
        about.cell(index, "growth_per_year", "growth-doubtful", "warning", percent=f"{growth[index]:.4%}")
        for index in rows_where((np.abs(growth) > MOST_GROWTH) | ((growth != 0) & ~np.isnan(growth) & too_small))
    ]


def unknown_base_year(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report communes that grow to the year asked for from a year that nobody stated."""
    asked = scenario.demand
    if asked.year is None or asked.base_year is not None:
        return []
    about = findings("communes", tables, scenario)
    grows = growth_of(tables, scenario) != 0
    return [
        about.cell(
            index, "population_year", "base-year-missing", "error", year=asked.year, name=about.text(index, "name")
        )
        for index in rows_where(grows & tables.communes["population_year"].isna())
    ]


def year_before_base(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report communes whose population is of a later year than demand is asked for."""
    year = scenario.demand.year
    if year is None:
        return []
    about = findings("communes", tables, scenario)
    return [
        about.cell(index, "population_year", "year-before-base", "error", year=year)
        for index in rows_where(tables.communes["population_year"] > year)
    ]


CHECKS: tuple[Check, ...] = (
    duplicate_codes,
    overlapping_polygons,
    missing_population,
    doubtful_growth,
    unknown_base_year,
    year_before_base,
)
