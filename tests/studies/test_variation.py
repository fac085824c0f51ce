"""How sure a plan is: what is drawn, what a try gives, what is counted, and that processes change nothing."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from planner.catalogue.load import load_catalogue, number_at
from planner.plan import make_plan
from planner.plan.result import Plan
from planner.prepare import NoClock, Prepared, prepare
from planner.scenario import Scenario
from planner.solve import solve_problem
from planner.studies.parallel import each
from planner.studies.sensitivity import Run, carry_out, make_holds, make_sensitivity, tries
from planner.studies.variation import Variation, alone, assumed_floors, drawn, ranges_in_use, varied_case
from tests.tiny import write_tiny

ASKED = "[studies.sensitivity]\nruns = 4\nseed = 3\nworkers = {workers}\none_at_a_time = false\nsurveys = false\n"


def prepared_in(folder: Path, more: str = "") -> Prepared:
    scenario = Scenario.load(write_tiny(folder, more=more))
    return prepare(scenario, scenario.read(), NoClock())


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepared_in(tmp_path_factory.mktemp("varied"))


def planned(folder: Path, workers: int) -> Plan:
    scenario = Scenario.load(write_tiny(folder, more=ASKED.format(workers=workers)))
    return make_plan(scenario, scenario.read())


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return planned(tmp_path_factory.mktemp("one"), workers=1)


# ---------------------------------------------------------------- what is drawn


def test_a_run_is_drawn_from_seed_and_number_alone(prepared: Prepared) -> None:
    assert drawn(prepared, 1, 3) == drawn(prepared, 1, 3)
    assert drawn(prepared, 1, 3) != drawn(prepared, 1, 4)
    assert drawn(prepared, 1, 3) != drawn(prepared, 2, 3)


def test_factors_stay_within_their_ranges_and_reach_towards_both_ends(prepared: Prepared) -> None:
    runs = [drawn(prepared, 1, n).factors for n in range(200)]
    for key, known in ranges_in_use(prepared).items():
        if known.unknown:
            continue
        found = np.array([run[key] for run in runs])
        assert known.low <= found.min() < known.low ** (2 / 3)
        assert known.high ** (2 / 3) < found.max() <= known.high


def test_every_unknown_area_has_a_factor_of_its_own(prepared: Prepared) -> None:
    assumed, cells = assumed_floors(prepared), drawn(prepared, 1, 1).cells
    known = prepared.catalogue.ranges["unknown_floor"]
    assert assumed
    assert set(cells) == set(assumed)
    assert all(known.low <= float(cells[cell]) / area <= known.high for cell, area in assumed.items())


def test_a_range_from_one_to_one_is_not_varied(tmp_path: Path) -> None:
    still = prepared_in(tmp_path, "[catalogue.ranges.money_price]\nlow = 1\nhigh = 1\n")
    assert "money_price" not in ranges_in_use(still)
    assert still.catalogue.ranges["money_price"].source == "scenario"


def test_costs_that_nobody_reported_are_not_varied(prepared: Prepared) -> None:
    assert "given_costs" not in ranges_in_use(prepared)


def test_a_range_of_something_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"uses\.preschool\.norms\.nothing\.value"):
        load_catalogue({"ranges": {"office_area": {"changes": ("uses.preschool.norms.nothing.value",)}}})


# ---------------------------------------------------------------- what differs in a try


@pytest.mark.parametrize("key", [key for key, known in load_catalogue().ranges.items() if known.changes])
def test_one_range_alone_changes_its_numbers_and_no_others(prepared: Prepared, key: str) -> None:
    from planner.studies.variation import _varied_catalogue

    known = prepared.catalogue.ranges[key]
    varied = _varied_catalogue(prepared.catalogue, alone(prepared, key, known.high).factors)
    every = {path for found in prepared.catalogue.ranges.values() for path in found.changes}
    for path in every:
        before, after = number_at(prepared.catalogue, path), number_at(varied, path)
        assert before is not None
        if path not in known.changes:
            assert after == before
        elif known.from_one:
            assert after == pytest.approx(1 + known.high * (before - 1))
        else:
            assert after == pytest.approx(known.high * before)


def test_only_the_named_ranges_vary_alone(tmp_path: Path) -> None:
    named = '[studies.sensitivity]\nruns = 1\none_at_a_time = ["office_area", "renovation_cost"]\n'
    asked = [(tried.kind, tried.key) for tried in tries(prepared_in(tmp_path, named))]
    ends = [(kind, key) for key in ("office_area", "renovation_cost") for kind in ("low", "high")]
    assert asked == [("joint", ""), *ends]


def test_nothing_varied_is_the_scenario_itself(prepared: Prepared) -> None:
    case = varied_case(prepared, Variation())
    assert (case.problem.eligible == prepared.case.problem.eligible).all()
    assert (case.problem.service.demand == prepared.case.problem.service.demand).all()
    assert (carry_out(prepared, Variation()).use == solve_problem(prepared.problem, prepared.settings).use).all()


def test_dearer_renovation_is_dearer_in_every_pair(prepared: Prepared) -> None:
    case = varied_case(prepared, alone(prepared, "renovation_cost", 1.4))
    assert case.cost[0] == pytest.approx(
        np.where(prepared.case.cost[0] < case.cost[0], 1.4, 1.0) * prepared.case.cost[0]
    )
    assert (case.cost[0] > prepared.case.cost[0]).any()


def test_a_stated_area_takes_the_place_of_the_assumed_one(prepared: Prepared) -> None:
    case = varied_case(prepared, Variation(cells={("T-06", "floor_area_m2"): 321.0}))
    row = case.facilities.set_index("facility_id").loc["T-06"]
    assert (row["floor_m2"], row["floor_assumed"]) == (321.0, False)


# ---------------------------------------------------------------- what is counted


def test_a_try_without_a_plan_is_a_status_and_no_figure(tmp_path: Path) -> None:
    asked = prepared_in(tmp_path, '[[limits]]\nuse = "commune_office"\ncommune = "00903"\nmin = 1\n')
    assert carry_out(asked, Variation()).proven
    small = {("T-05", "floor_area_m2"): 100.0, ("T-07", "floor_area_m2"): 100.0}
    run = carry_out(asked, Variation(cells=small))
    assert run.status == "infeasible"
    assert not len(run.use)
    assert np.isnan([run.served, run.unserved, run.million_vnd, run.objective]).all()


def test_decisions_hold_over_proven_runs_only(prepared: Prepared) -> None:
    use = solve_problem(prepared.problem, prepared.settings).use
    other = use.copy()
    other[2] = (use[2] + 1) % len(prepared.case.uses)
    none = np.zeros(0, dtype=np.int64)
    runs = [Run("optimal", use), Run("optimal", other), Run("feasible", other), Run("infeasible", none)]
    holds = make_holds(prepared, Run("optimal", use), runs)
    first = holds.iloc[0]
    assert (first["facility_id"], first["holds"], first["runs"], first["holds_share"]) == ("T-03", 1, 2, 0.5)
    assert (first["other_use"], first["other"]) == (prepared.case.uses[other[2]].key, 1)
    assert (holds["holds_share"].iloc[1:] == 1).all()
    assert not len(make_holds(prepared, Run("optimal", use), runs[2:]))


def test_a_range_s_ends_are_unknown_where_nothing_is_proven(tmp_path: Path) -> None:
    asked = prepared_in(tmp_path, "[studies.sensitivity]\nruns = 0\n")
    every = [t for t in tries(asked) if t.key in {"renovation_cost", "class_size"}]
    plan = carry_out(asked, Variation())
    other = Run("optimal", np.roll(plan.use, 1), plan.served + 5, 0.0, 0.0, plan.objective - 2)
    stopped = Run("feasible", other.use, 1.0, 1.0, 1.0, 1.0)
    table = make_sensitivity(asked, plan, every, [plan, plan, other, stopped])
    assert table["parameter"].tolist() == ["renovation_cost", "class_size"]
    row = table.iloc[0]
    assert (row["served_low"], row["objective_low"], row["status_high"]) == (5, -2, "feasible")
    assert row["changed_low"] == (np.roll(plan.use, 1) != plan.use).sum()
    assert pd.isna([row["changed_high"], row["served_high"], row["objective_high"]]).all()


# ---------------------------------------------------------------- processes


def _late_first(base: list[float], task: int) -> float:
    time.sleep(base[task])
    return base[task] + task


def test_results_keep_their_order_whichever_ends_first() -> None:
    waits, told = [0.6, 0.3, 0.0, 0.1], list[float]()
    assert each(_late_first, waits, [0, 1, 2, 3], 2, told.append) == [0.6, 1.3, 2.0, 3.1]
    assert told == [0.25, 0.5, 0.75, 1.0]


def test_processes_change_nothing(plan: Plan, tmp_path: Path) -> None:
    other = planned(tmp_path, workers=2)
    for name, table in vars(plan.studies).items():
        pd.testing.assert_frame_equal(getattr(other.studies, name), table)


# ---------------------------------------------------------------- what is shown


def test_every_decision_carries_the_share_of_runs_in_which_it_holds(plan: Plan) -> None:
    holds = plan.studies.holds.set_index("facility_id")
    assert (plan.studies.variation_runs["status"].iloc[1:] == "optimal").all()
    assert set(holds["runs"]) == {4}
    shares = plan.allocation.set_index("facility_id")["holds_share"]
    assert (shares == holds["holds_share"][shares.index]).all()
    assert (shares < 1).any()
    loosest = plan.studies.holds.iloc[0]
    said = plan.explain(loosest["facility_id"])["reason"]
    assert f"giữ nguyên trong {loosest['holds']} trên 4 lần thử" in said["vi"]
    assert f"holds in {loosest['holds']} of 4 tries" in said["en"]


def test_all_that_is_varied_is_shown_with_its_span_and_ground(plan: Plan) -> None:
    ranges, draws = plan.studies.variation_ranges, plan.studies.variation_draws
    assert set(draws["parameter"]) <= set(ranges["parameter"])
    assert ranges[["name", "low", "high", "varied", "source", "legal_basis", "confidence"]].notna().all(axis=None)
    assert set(ranges["confidence"]) == {"assumed"}


def test_without_the_study_nothing_is_claimed(tmp_path: Path) -> None:
    scenario = Scenario.load(write_tiny(tmp_path))
    bare = make_plan(scenario, scenario.read())
    assert bare.allocation["holds_share"].isna().all()
    assert not len(bare.studies.holds)
    assert "lần thử" not in bare.allocation["reason"].str.cat()
