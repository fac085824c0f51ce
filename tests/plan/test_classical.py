"""Classical problems from a scenario, held against every choice of sites."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from planner.errors import PlannerError
from planner.plan.classical import make_classical
from planner.problem import make_case
from planner.problem.places import node_places
from planner.scenario import Scenario
from tests.tiny import write_tiny

USE = "primary"


def studied(folder: Path, *studies: dict[str, object]) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Return the table, and demand and travel of the use for the choices to be tried one by one."""
    scenario = Scenario.load(write_tiny(folder), classical=[{"use": USE, **study} for study in studies])
    inputs = scenario.read()
    case = make_case(scenario, inputs, scenario.load_catalogue())
    number = [use.key for use in case.uses].index(USE)
    rows, places = node_places(case.uses[number], case.needs, case.positions)
    facility = np.nonzero(case.problem.eligible[:, number])[0]
    sites = case.positions.facilities.take(facility)
    origin, destination = (index.ravel() for index in np.indices((len(rows), len(facility))))
    km = case.positions.travel.between(places.points.take(origin), sites.points.take(destination))
    demand = case.needs.nodes["demand"].to_numpy(float)[rows]
    return make_classical(scenario, inputs, case), demand, km.reshape(len(rows), len(facility))


def nearest(km: np.ndarray, p: int) -> list[np.ndarray]:
    return [km[:, list(sites)].min(axis=1) for sites in combinations(range(km.shape[1]), p)]


def test_the_sites_are_the_best_of_all_choices(tmp_path: Path) -> None:
    found, demand, km = studied(
        tmp_path,
        {"problem": "p_median", "p": 2},
        {"problem": "cover", "p": 1, "radius_km": 3.0},
        {"problem": "p_center", "p": 2},
    )
    best = found.groupby("study")["objective"].first()
    assert best[1] == pytest.approx(min(demand @ near for near in nearest(km, 2)))
    assert best[2] == pytest.approx(max(demand @ (near <= 3.0) for near in nearest(km, 1)))
    assert best[3] == pytest.approx(min(near.max() for near in nearest(km, 2)))
    assert found.groupby("study").size().tolist() == [2, 1, 2]
    assert set(found["status"]) == {"optimal"}


def test_persons_and_travel_of_the_sites_add_up(tmp_path: Path) -> None:
    found, demand, _ = studied(tmp_path, {"problem": "p_median", "p": 2})
    assert found["persons"].sum() == pytest.approx(demand.sum())
    assert (found["persons"] * found["mean_travel_km"].fillna(0)).sum() == pytest.approx(found["objective"].iloc[0])


def test_who_no_site_reaches_is_counted(tmp_path: Path) -> None:
    found, demand, km = studied(tmp_path, {"problem": "set_cover", "radius_km": 2.0})
    beyond = demand[km.min(axis=1) > 2.0].sum()
    assert found["persons_left_out"].iloc[0] == pytest.approx(beyond)
    assert found["persons"].sum() == pytest.approx(demand.sum() - beyond)


def test_more_sites_than_candidates_are_refused_with_their_numbers(tmp_path: Path) -> None:
    with pytest.raises(PlannerError) as refused:
        studied(tmp_path, {"problem": "p_median", "p": 99}, {"problem": "p_center", "p": 98})
    assert [record.column for record in refused.value.records] == ["classical[0]", "classical[1]"]
    assert all(record.rule == "classical-impossible" for record in refused.value.records)


@pytest.mark.parametrize(
    "study",
    [{"problem": "p_median"}, {"problem": "cover", "p": 2}, {"problem": "set_cover"}, {"problem": "facility_location"}],
)
def test_a_problem_without_its_numbers_is_refused(tmp_path: Path, study: dict[str, object]) -> None:
    with pytest.raises(PlannerError) as refused:
        Scenario.load(write_tiny(tmp_path), classical=[{"use": USE, **study}])
    assert refused.value.records[0].column.startswith("classical.0")


def test_a_use_that_nobody_travels_to_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlannerError) as refused:
        Scenario.load(write_tiny(tmp_path), classical=[{"use": "auction_or_lease", "problem": "p_center", "p": 1}])
    assert refused.value.records[0].column == "classical[0].use"
