"""Checks of the settlements table."""

from __future__ import annotations

from planner.checks.common import Check, findings, flag
from planner.errors import Record
from planner.inputs.places.resolve import in_viet_nam
from planner.inputs.tables import Tables
from planner.scenario import Scenario

TOLERANCE = 0.05
"""Part by which the villages of a commune may differ from its population: the two are counted at different times."""


def missing_population(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report villages without people: they ask for nothing."""
    population = tables.settlements["population"]
    missing = population.isna() | (population <= 0)
    return flag(
        findings("settlements", tables, scenario), missing, "population", "missing-village-population", "warning"
    )


def population_differs(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report communes whose villages do not add up to their population."""
    about = findings("communes", tables, scenario)
    sums = tables.settlements.groupby("commune_code")["population"].sum()
    records = []
    for index, (code, population) in enumerate(zip(about.rows["commune_code"], about.rows["population"], strict=True)):
        total = float(sums.get(code, 0.0))
        if population > 0 and total and abs(total - population) > TOLERANCE * population:
            records.append(about.cell(index, "population", "population-differs", "warning", total=f"{total:.0f}"))
    return records


def outside_viet_nam(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report villages outside Viet Nam."""
    lon, lat = tables.settlements["lon"], tables.settlements["lat"]
    outside = lon.notna() & lat.notna() & ~in_viet_nam(lon, lat)
    return flag(findings("settlements", tables, scenario), outside, "lon", "point-outside-viet-nam", "error")


CHECKS: tuple[Check, ...] = (missing_population, population_differs, outside_viet_nam)
