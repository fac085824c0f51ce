"""Checks of the settlements table."""

from __future__ import annotations

import pandas as pd

from planner.catalogue.columns import label
from planner.catalogue.load import AGE_GROUPS
from planner.catalogue.numbers import plain_digits
from planner.checks.common import Check, findings, flag, rows_where
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
    sums = tables.settlements[_listed(tables)].groupby("commune_code")["population"].sum()
    records = []
    for index, (code, population) in enumerate(zip(about.rows["commune_code"], about.rows["population"], strict=True)):
        total = float(sums.get(code, 0.0))
        if population > 0 and total and abs(total - population) > TOLERANCE * population:
            records.append(about.cell(index, "population", "population-differs", "warning", total=f"{total:.0f}"))
    return records


def commune_without_villages(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report communes of which no village is known: what their people need is not known either."""
    without = ~tables.communes["commune_code"].isin(tables.settlements["commune_code"])
    return flag(findings("communes", tables, scenario), without, "name", "commune-without-villages", "warning")


def ages_exceed_population(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report villages whose age groups hold more people than they have."""
    about = findings("settlements", tables, scenario)
    totals = tables.settlements[list(AGE_GROUPS)].fillna(0.0).sum(axis=1)
    return [
        about.cell(
            index, "population", "ages-exceed-population", "warning", total=plain_digits(float(totals.iloc[index]))
        )
        for index in rows_where(totals > tables.settlements["population"])
    ]


def missing_age(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report villages without the number of an age group that other villages of the list have."""
    about = findings("settlements", tables, scenario)
    known = tables.settlements[list(AGE_GROUPS)].notna()
    asked = [age for age in AGE_GROUPS if known[age].any()]
    names = {age: label("settlements", age, scenario.language) for age in asked}
    records = []
    for index in rows_where(_listed(tables) & ~known[asked].all(axis=1)):
        missing = [age for age in asked if not known[age].iloc[index]]
        words = ", ".join(names[age] for age in missing)
        records.append(about.cell(index, missing[0], "age-missing", "warning", names=words))
    return records


def _listed(tables: Tables) -> pd.Series:
    """Return whether a village stands in a list; points of a raster do not."""
    listed: pd.Series = (tables.settlements["position_quality"] != "grid").fillna(value=True)
    return listed


def outside_viet_nam(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report villages outside Viet Nam."""
    lon, lat = tables.settlements["lon"], tables.settlements["lat"]
    outside = lon.notna() & lat.notna() & ~in_viet_nam(lon, lat)
    return flag(findings("settlements", tables, scenario), outside, "lon", "point-outside-viet-nam", "error")


CHECKS: tuple[Check, ...] = (
    missing_population,
    population_differs,
    commune_without_villages,
    ages_exceed_population,
    missing_age,
    outside_viet_nam,
)
