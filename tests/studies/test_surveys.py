"""Surveys by what their answer could change: what is asked, what is tried, and how the list is ranked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from planner.plan import make_plan
from planner.plan.result import Plan
from planner.prepare import NoClock, Prepared, prepare
from planner.scenario import Scenario
from planner.solve import solve_problem
from planner.solve.answers import known_of
from planner.studies.sensitivity import settings_of_tries
from planner.studies.surveys import Answer, Batch, Planned, examine, open_answers
from planner.studies.variation import Variation, varied_case
from tests.tiny import write_tiny

ASKED = "[studies.sensitivity]\nruns = 0\nworkers = 1\none_at_a_time = false\nexact_surveys = 2\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("surveys")


@pytest.fixture(scope="module")
def prepared(folder: Path) -> Prepared:
    scenario = Scenario.load(write_tiny(folder, more=ASKED))
    return prepare(scenario, scenario.read(), NoClock())


@pytest.fixture(scope="module")
def plan(prepared: Prepared) -> Plan:
    return make_plan(prepared.scenario, prepared.inputs)


def test_only_what_the_inventory_leaves_open_is_asked(prepared: Prepared) -> None:
    asked = {(prepared.case.facilities["facility_id"].iat[a.facility], a.column) for a in open_answers(prepared)}
    assert {("T-06", "floor_area_m2"), ("T-09", "rooms"), ("T-11", "consent")} <= asked
    assert ("T-07", "floor_area_m2") not in asked  # stated
    assert ("T-10", "consent") not in asked  # the commune's own
    assert not any(column in {"condition", "owner"} for _, column in asked)


def test_a_number_of_rooms_follows_from_the_usable_area(prepared: Prepared) -> None:
    rooms = {a.value for a in open_answers(prepared) if (a.facility, a.column) == (8, "rooms")}
    assert rooms == {round(220 * 0.7 / m2) for m2 in prepared.catalogue.questions["rooms"].m2_per_room}


@pytest.mark.parametrize(
    ("facility", "column", "value"), [(7, "hazard", "flood"), (10, "consent", "given"), (5, "floor_area_m2", 105.0)]
)
def test_the_gain_is_that_of_solving_with_and_without_the_plan_s_decisions(
    prepared: Prepared, facility: int, column: str, value: float | str
) -> None:
    outcome = solve_problem(prepared.problem, prepared.settings)
    known = known_of(prepared.problem, outcome.use, settings_of_tries(prepared), [facility])
    (found,) = examine(Planned(prepared, known), Batch("exact", (Answer(facility, column, value),)))
    assert found is not None
    name = prepared.case.facilities["facility_id"].iat[facility]
    case = varied_case(prepared, Variation(cells={(name, column): value}))
    fairness = replace(case.problem.fairness, attainable=prepared.problem.fairness.attainable)
    problem = replace(case.problem, fairness=fairness)
    free = solve_problem(problem, prepared.settings)
    assert found.use == free.use[facility]
    assert found.changed == (free.use != outcome.use).sum()
    pairs = problem.pair_number[np.arange(len(outcome.use)), outcome.use]
    if (pairs >= 0).all():
        locks = replace(problem.locks, require=np.union1d(problem.locks.require, pairs))
        kept = solve_problem(replace(problem, locks=locks), prepared.settings)
        assert found.gain == pytest.approx(kept.objective - free.objective, rel=1e-6, abs=0.01)
    else:
        assert found.gain > 0


def test_surveys_are_ranked_by_what_they_could_gain_and_the_first_are_exact(plan: Plan) -> None:
    surveys = plan.studies.surveys
    assert surveys["gain"].is_monotonic_decreasing
    assert surveys["rank"].is_monotonic_increasing
    assert surveys["evidence"].tolist()[:2] == ["exact", "exact"]
    assert (surveys["gain_mean"] <= surveys["gain"]).all()
    assert (surveys["changes_if"].notna() == (surveys["gain"] > 0)).all()
    first = surveys.iloc[0]
    assert (first["facility_id"], first["unknown"]) == ("T-06", "Diện tích sàn (m²)")


def test_what_is_decided_already_cannot_be_changed_by_a_survey(plan: Plan) -> None:
    locked = plan.studies.surveys[plan.studies.surveys["facility_id"] == "T-12"]
    assert len(locked)
    assert (locked["gain"] == 0).all()


def test_processes_change_no_rank(plan: Plan, tmp_path: Path) -> None:
    scenario = Scenario.load(write_tiny(tmp_path, more=ASKED.replace("workers = 1", "workers = 2")))
    other = make_plan(scenario, scenario.read())
    assert other.studies.surveys.equals(plan.studies.surveys)
