"""People and what they ask for: by age where ages are known, else by a norm; and what counts of what exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.catalogue import Catalogue, Use
from planner.catalogue.load import AGE_GROUPS, AgeGroup
from planner.inputs.tables import Inputs
from planner.scenario import Scenario


@dataclass(frozen=True)
class People:
    """The people of each settlement in the year for which demand is asked.

    Attributes
    ----------
    commune : (S,) number of the commune, -1 where it is not known.
    population : (S,) persons; 0 where nobody knows: such a settlement asks for nothing, which the checks tell.
    ages : (S,) persons of each age group, NaN where nobody knows.
    """

    commune: np.ndarray
    population: np.ndarray
    ages: Mapping[AgeGroup, np.ndarray]


def find_people(scenario: Scenario, inputs: Inputs, communes: pd.DataFrame, catalogue: Catalogue) -> People:
    """Return the people of every settlement: p (1 + g)^(year - base year), with g of its commune.

    Ages that the settlements table lacks are shares of the population where the scenario says `by_age`, else unknown.

    Parameters
    ----------
    communes : see `facts.commune_facts`, one row a commune in the order of `inputs.communes`.
    """
    settlements = inputs.settlements
    number = {code: i for i, code in enumerate(communes["commune_code"])}
    commune = settlements["commune_code"].map(number).fillna(-1).astype(int).to_numpy()
    growth = np.append(growth_factor(scenario, inputs.communes, catalogue), 1.0)[commune]  # -1, no commune: the last
    population = settlements["population"].fillna(0).to_numpy(float) * growth
    ages = {age: settlements[age].to_numpy(float, na_value=np.nan) * growth for age in AGE_GROUPS}
    if scenario.demand.by_age or scenario.demand.age_shares:
        mountain = np.append(communes["mountainous"].to_numpy(bool), [False])[commune]
        ages = {
            age: np.where(np.isnan(listed), population * _share(age, mountain, catalogue), listed)
            for age, listed in ages.items()
        }
    return People(commune, population, ages)


def _share(age: AgeGroup, mountain: np.ndarray, catalogue: Catalogue) -> np.ndarray:
    in_mountains, in_plain = (catalogue.coefficient(f"share_{age}_{terrain}") for terrain in ("mountain", "plain"))
    return np.where(mountain, in_mountains, in_plain)


def growth_factor(scenario: Scenario, communes: pd.DataFrame, catalogue: Catalogue) -> np.ndarray:
    """Return (C,) population of the target year as a multiple of today's; 1 where the scenario names no year.

    Growth and base year are those of the commune, else of the scenario; the checks see to it that a base year is known.
    """
    asked = scenario.demand
    if asked.year is None:
        return np.ones(len(communes))
    growth = communes["growth_per_year"].fillna(catalogue.coefficient("growth_per_year")).to_numpy(float)
    base = communes["population_year"].fillna(asked.base_year or asked.year).to_numpy(float)
    return np.asarray((1.0 + growth) ** (asked.year - base))


def demand_of(use: Use, people: People) -> np.ndarray:
    """Return (S,) persons who ask for a use: sum over its age groups of persons x enrolment, where all are known.

    Elsewhere, and for a use that is not by age: population x places_per_1000 / 1000.
    """
    by_norm = people.population * (use.norm("places_per_1000") or 0.0) / 1000.0
    if not use.enrolment:
        return by_norm
    by_age = np.sum([people.ages[age] * share for age, share in use.enrolment.items()], axis=0)
    return np.where(np.isnan(by_age), by_norm, by_age)


def capacity_share(condition: pd.Series, catalogue: Catalogue) -> np.ndarray:
    """Return (n,) the part of its capacity that counts of a service in that condition."""
    stated = condition.astype("string").fillna("unknown")
    shares = {key: catalogue.coefficient(f"capacity_share_{key}") for key in stated.unique()}
    return stated.map(shares).to_numpy(float)
