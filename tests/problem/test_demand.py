"""Demand by age where ages are known, by norm elsewhere; grown to a year; and what counts of what exists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.catalogue.load import AGE_GROUPS, load_catalogue
from planner.errors import PlannerError
from planner.inputs.tables import Inputs
from planner.problem.assemble import make_case
from planner.problem.demand import People, demand_of
from planner.problem.needs import Needs
from planner.scenario import Scenario
from tests.tiny import Row, tiny_communes, tiny_services, tiny_settlements, write_tiny

CATALOGUE = load_catalogue()
PRESCHOOL, PRIMARY = CATALOGUE.uses["preschool"], CATALOGUE.uses["primary"]


def villages(**changes: object) -> list[Row]:
    """Return the tiny villages with columns added to all, or to the first of them where a list is given."""
    rows = tiny_settlements()
    for key, values in changes.items():
        for i, row in enumerate(rows):
            row[key] = (values[i] if i < len(values) else None) if isinstance(values, list) else values
    return rows


def communes(**changes: object) -> gpd.GeoDataFrame:
    return tiny_communes().assign(**changes)


def needs_of(folder: Path, tables: dict[str, Any], **overrides: Any) -> tuple[Needs, Inputs]:
    scenario = Scenario.load(write_tiny(folder, **tables), **overrides)
    inputs = scenario.read()
    return make_case(scenario, inputs, scenario.load_catalogue()).needs, inputs


def demand(folder: Path, use: str, tables: dict[str, Any], **overrides: Any) -> list[float]:
    """Return the demand of each village for a use."""
    needs, inputs = needs_of(folder, tables, **overrides)
    members = needs.members[needs.members["use"] == use].set_index("settlement")["demand"]
    return members.reindex(range(len(inputs.settlements)), fill_value=0.0).tolist()


def by_norm(use: str) -> list[float]:
    norm = CATALOGUE.uses[use].norm("places_per_1000") or 0.0
    return [row["population"] * norm / 1000 for row in tiny_settlements()]


# ---------------------------------------------------------------- ages


def test_without_ages_demand_is_the_norm(tmp_path: Path) -> None:
    assert demand(tmp_path, "preschool", {}) == pytest.approx(by_norm("preschool"))


def test_people_of_the_age_of_a_use_ask_for_it_by_enrolment(tmp_path: Path) -> None:
    tables = {"settlements": villages(age_3_5=[200, 0], age_0_2=100)}
    expected = by_norm("preschool")
    expected[:2] = [200 * 0.93, 0.0]  # nobody of that age asks for nothing; unknown goes by the norm
    assert demand(tmp_path, "preschool", tables) == pytest.approx(expected)
    assert demand(tmp_path, "primary", tables) == pytest.approx(by_norm("primary"))


def test_children_of_nursery_age_count_where_the_scenario_says_so(tmp_path: Path) -> None:
    tables = {"settlements": villages(age_3_5=[200], age_0_2=[100])}
    found = demand(tmp_path, "preschool", tables, uses__preschool={"enrolment_age_0_2": 0.3})
    assert found[0] == pytest.approx(200 * 0.93 + 100 * 0.3)


def test_vietnamese_headings_name_the_age_groups(tmp_path: Path) -> None:
    rows = villages()
    for row in rows:
        row["Trẻ 3-5 tuổi"], row["Từ 6 đến 10 tuổi"], row["60 tuổi trở lên"] = 60, 110, 90
    _, inputs = needs_of(tmp_path, {"settlements": rows})
    assert inputs.settlements["age_3_5"].tolist() == [60.0] * 12
    assert inputs.settlements["age_6_10"].tolist() == [110.0] * 12
    assert inputs.settlements["age_60_plus"].tolist() == [90.0] * 12
    assert inputs.settlements["age_11_14"].isna().all()


def test_shares_of_the_population_stand_in_for_ages_where_asked(tmp_path: Path) -> None:
    tables = {"settlements": villages(age_6_10=[123]), "communes": communes(mountainous=["yes", "no", "no", "no"])}
    found = demand(tmp_path, "primary", tables, demand__by_age=True)
    share = [CATALOGUE.coefficient(f"share_age_6_10_{t}") for t in ("mountain", "plain")]
    people = [row["population"] for row in tiny_settlements()]
    assert found == pytest.approx([123, *(n * share[0] for n in people[1:3]), *(n * share[1] for n in people[3:])])


def test_a_scenario_gives_its_own_shares_for_one_terrain_or_both(tmp_path: Path) -> None:
    shares = {"age_3_5": 0.1, "age_6_10": {"plain": 0.0, "mountain": 0.2}}
    needs, _ = needs_of(tmp_path, {}, demand__age_shares=shares)
    total = needs.nodes.groupby("use")["demand"].sum()
    assert total["preschool"] == pytest.approx(15_000 * 0.1 * 0.93)
    assert total["primary"] == pytest.approx(15_000 * 0.2)
    scenario = Scenario.load(write_tiny(tmp_path / "again"), demand__age_shares=shares)
    changed = scenario.load_catalogue().coefficients["share_age_3_5_plain"]
    assert (changed.value, changed.source) == (0.1, "scenario")


@pytest.mark.parametrize(
    ("key", "value"),
    [("demand.age_shares", {"age_5_9": 0.1}), ("demand.age_shares.age_3_5", 1.5), ("demand.growth_per_year", 1.2)],
)
def test_impossible_settings_name_their_key(tmp_path: Path, key: str, value: object) -> None:
    with pytest.raises(PlannerError, match=key.rpartition(".")[2]):
        Scenario.load(write_tiny(tmp_path), **{key.replace(".", "__"): value})


def test_a_listed_need_is_shared_by_population_whatever_the_ages(tmp_path: Path) -> None:
    pd.DataFrame({"commune_code": ["00901"], "use": ["preschool"], "amount": [100]}).to_csv(tmp_path / "needs.csv")
    tables = {"settlements": villages(age_3_5=50)}
    found = demand(tmp_path, "preschool", tables, inputs__needs=str(tmp_path / "needs.csv"), demand__year=2030)
    assert found[:3] == pytest.approx([50.0, 25.0, 25.0])


persons = st.one_of(st.none(), st.floats(0, 1e5))


@given(rows=st.lists(st.tuples(st.floats(0, 1e5), persons, persons), min_size=1, max_size=30))
def test_demand_is_known_for_every_village_and_never_more_than_its_people(
    rows: list[tuple[float, float | None, float | None]],
) -> None:
    population = np.array([row[0] for row in rows])
    ages = {age: np.full(len(rows), np.nan) for age in AGE_GROUPS}
    ages["age_3_5"] = np.array([np.nan if row[1] is None else min(row[1], row[0]) for row in rows])
    ages["age_6_10"] = np.array([np.nan if row[2] is None else min(row[2], row[0]) for row in rows])
    people = People(np.zeros(len(rows), int), population, ages)
    for use, age in ((PRESCHOOL, "age_3_5"), (PRIMARY, "age_6_10")):
        found, listed = demand_of(use, people), ~np.isnan(ages[age])
        assert np.isfinite(found).all()
        assert (found <= population + 1e-9).all()
        expected = np.nansum(ages[age]) * use.enrolment[age]
        expected += population[~listed].sum() * (use.norm("places_per_1000") or 0.0) / 1000
        assert found.sum() == pytest.approx(expected)


# ---------------------------------------------------------------- growth


def test_demand_grows_from_the_base_year_to_the_year_asked_for(tmp_path: Path) -> None:
    asked = {"demand__year": 2030, "demand__base_year": 2025, "demand__growth_per_year": 0.02}
    expected = np.array(by_norm("primary")) * 1.02**5
    assert demand(tmp_path, "primary", {}, **asked) == pytest.approx(expected.tolist())
    grown = demand(tmp_path, "primary", {"settlements": villages(age_6_10=100)}, **asked)
    assert grown == pytest.approx([100 * 1.02**5] * 12)


def test_a_commune_grows_by_its_own_rate_from_its_own_year(tmp_path: Path) -> None:
    table = communes(growth_per_year=[0.01, -0.01, None, 0.0], population_year=[2020, 2024, None, None])
    found = demand(tmp_path, "primary", {"communes": table}, demand__year=2030, demand__base_year=2025)
    factor = np.repeat([1.01**10, 0.99**6, 1.0, 1.0], 3)
    assert found == pytest.approx((np.array(by_norm("primary")) * factor).tolist())


def test_percentages_are_read_as_such(tmp_path: Path) -> None:
    table = communes(**{"Tỷ lệ tăng dân số (%)": [1.2, 0.8, 0.0, -0.5]})
    _, inputs = needs_of(tmp_path, {"communes": table})
    assert inputs.communes["growth_per_year"].tolist() == pytest.approx([0.012, 0.008, 0.0, -0.005])
    table = communes(growth_per_year=["1,2%", "0,8 %", "0", "-0,5%"])
    _, inputs = needs_of(tmp_path / "text", {"communes": table})
    assert inputs.communes["growth_per_year"].tolist() == pytest.approx([0.012, 0.008, 0.0, -0.005])


def test_a_year_without_a_known_base_is_an_error_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(PlannerError) as caught:
        needs_of(tmp_path, {"communes": communes(growth_per_year=0.01)}, demand__year=2030)
    record = caught.value.records[0]
    assert (record.rule, record.file, record.row) == ("base-year-missing", "communes.gpkg", 1)
    assert "[demand] base_year" in record.fix


# ---------------------------------------------------------------- what exists


def services(**condition: str) -> list[Row]:
    return [row | {"condition": condition.get(row["service_id"].replace("-", ""), "")} for row in tiny_services()]


def test_capacity_counts_by_the_condition_of_the_building(tmp_path: Path) -> None:
    path = write_tiny(tmp_path, services=services(E2="Tốt", E3="Xuống cấp", E4="Nguy hiểm"))
    scenario = Scenario.load(path)
    case = make_case(scenario, scenario.read(), scenario.load_catalogue())
    offers = case.offers[case.offers["service"] >= 0]
    assert offers.loc[offers["use"] == "preschool", "capacity"].tolist() == [200.0]
    assert offers.loc[offers["use"] == "primary", "capacity"].tolist() == [300 * 0.8]  # the unsafe school counts none


def test_a_scenario_may_count_an_unsafe_school(tmp_path: Path) -> None:
    path = write_tiny(tmp_path, services=services(E4="Nguy hiểm"))
    scenario = Scenario.load(path, catalogue__coefficients__capacity_share_unsafe=0.5)
    inputs = scenario.read()
    case = make_case(scenario, inputs, scenario.load_catalogue())
    offers = case.offers[(case.offers["service"] >= 0) & (case.offers["use"] == "primary")]
    assert sorted(offers["capacity"]) == [30.0, 300.0]
    (record,) = inputs.checks[inputs.checks["rule"] == "capacity-reduced"].to_dict("records")
    assert (record["value"], record["row"]) == ("unsafe", 5)


def test_an_unsafe_health_station_or_office_is_none(tmp_path: Path) -> None:
    needs, _ = needs_of(tmp_path, {"services": services(E1="Không an toàn", E6="Dở dang")})
    rows = needs.commune_needs[needs.commune_needs["commune"] == 0].set_index("use")
    assert rows.loc["health_station", "existing"] == 0
    assert (rows.loc["commune_office", "existing"], rows.loc["commune_office", "existing_sites"]) == (0, 0)
    needs, _ = needs_of(tmp_path / "worn", {"services": services(E1="Xuống cấp", E6="Xuống cấp")})
    rows = needs.commune_needs[needs.commune_needs["commune"] == 0].set_index("use")
    assert rows.loc["health_station", "existing"] == 1  # a count stays whole
    assert rows.loc["commune_office", "existing"] == 400 * 0.8
