"""The sample province from end to end: every promise of a plan, held against figures counted here again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_array, eye_array, hstack, vstack

from benchmarks.audit import SAMPLE, audit, lines
from planner.inputs.tables import Inputs
from planner.model.problem import Problem
from planner.outputs.workbook import write_workbook
from planner.plan import Plan
from planner.plan.evaluate import evaluate_plan
from planner.plan.grounds import Grounds
from planner.plan.make import finish, grounds_of
from planner.plan.reasons import write_reasons
from planner.prepare import NoClock, prepare
from planner.problem import Case
from planner.scenario import Scenario
from planner.solve import Outcome, SolveSettings, solve_problem
from planner.solve.evidence import Evidence
from tests.model.oracle import capacities, chosen, fixed_terms, shortfall_lines

AUDIT_SECONDS_A_STAGE = 20
UNDECIDED = ("pending", "reserve")
EPSILON = 1e-2
"""Figures are rounded to three digits and summed."""


@dataclass(frozen=True)
class Sample:
    """One solve of the sample with everything between the scenario and the plan."""

    inputs: Inputs
    case: Case
    problem: Problem
    settings: SolveSettings
    outcome: Outcome
    grounds: Grounds
    plan: Plan


@pytest.fixture(scope="session")
def sample() -> Sample:
    """Return the sample, solved once in this process."""
    scenario = Scenario.load(SAMPLE)
    inputs = scenario.read()
    prepared = prepare(scenario, inputs, NoClock())
    outcome = solve_problem(prepared.problem, prepared.settings)
    evidence = Evidence()
    grounds, plan = grounds_of(prepared, outcome, evidence), finish(prepared, outcome, evidence, NoClock())
    return Sample(inputs, prepared.case, prepared.problem, prepared.settings, outcome, grounds, plan)


@pytest.fixture(scope="session")
def allocation(sample: Sample) -> pd.DataFrame:
    return sample.plan.allocation


def test_the_plan_is_optimal_within_the_absolute_gap(sample: Sample) -> None:
    summary = sample.plan.summary
    assert summary["status"] == "optimal"
    assert summary["gap_abs"] <= 0.02
    assert summary["unique"]
    assert summary["reproducible"]


def test_every_facility_gets_exactly_one_outcome_and_how_to_get_there(allocation: pd.DataFrame, sample: Sample) -> None:
    assert allocation["facility_id"].is_unique
    assert sorted(allocation["facility_id"]) == sorted(sample.inputs.facilities["facility_id"])
    everywhere = [
        "new_use",
        "next_step",
        "authority",
        "ministry_outcome",
        "decided_by",
        "planning_status",
        "status",
        "reason",
    ]
    assert allocation[everywhere].notna().all(axis=None)
    settled = ~allocation["new_use"].isin(UNDECIDED)
    assert allocation.loc[settled, ["handling_form", "legal_ground", "receiver"]].notna().all(axis=None)
    assert (allocation.loc[settled, "receiver"].str.len() > 0).all()
    assert allocation.loc[~settled, "handling_form"].isna().all()
    assert set(allocation["decided_by"]) <= {"law", "lock", "need", "cascade"}


def test_approved_decisions_stay(allocation: pd.DataFrame, sample: Sample) -> None:
    facilities = sample.inputs.facilities
    fixed = facilities["status"].isin(["approved", "handed_over", "in_use"]) & facilities["approved_use"].notna()
    kept = allocation.set_index("facility_id").loc[facilities.loc[fixed, "facility_id"]]
    assert len(kept) > 0
    assert kept["new_use"].tolist() == facilities.loc[fixed, "approved_use"].tolist()
    assert (kept["decided_by"] == "lock").all()
    assert kept["locked"].all()


def test_need_is_existing_plus_met_plus_unmet(sample: Sample) -> None:
    known = sample.plan.needs[sample.plan.needs["known"]]
    parts = known[["existing", "met", "unmet"]].astype(float)
    assert (parts >= -EPSILON).all(axis=None)
    assert np.allclose(parts.sum(axis=1), known["need"].astype(float), atol=EPSILON)
    unknown = sample.plan.needs[~sample.plan.needs["known"]]
    assert unknown[["need", "existing", "met", "unmet"]].isna().all(axis=None)


def test_needs_met_never_exceed_the_capacity_of_the_chosen_facilities(allocation: pd.DataFrame, sample: Sample) -> None:
    places = sample.case.offers[sample.case.offers["facility"] >= 0]
    chosen = {use: set(rows["facility_id"]) for use, rows in allocation.groupby("new_use")}
    ids = sample.case.facilities["facility_id"].to_numpy()
    kept = chosen.get("keep_current", set())
    for use, rows in places.groupby("use"):
        house = pd.Series(ids[rows["facility"].to_numpy(dtype=int)], index=rows.index)
        counts = np.where(rows["service"] >= 0, house.isin(kept), house.isin(chosen.get(str(use), set())))
        met = sample.plan.needs.loc[sample.plan.needs["use"] == use, "met"].astype(float).sum()
        assert met <= rows.loc[counts, "capacity"].sum() + EPSILON, use
    office = allocation.loc[allocation["new_use"] == "commune_office", ["commune_code", "facility_id"]]
    usable = office.assign(
        usable=office["facility_id"].map(dict(zip(ids, sample.case.facilities["usable_m2"], strict=True)))
    )
    needs = (
        sample.plan.needs[sample.plan.needs["use"] == "commune_office"].set_index("commune_code")["met"].astype(float)
    )
    brought = usable.groupby("commune_code")["usable"].sum().reindex(needs.index, fill_value=0.0)
    assert (needs <= brought + EPSILON).all()


def test_costs_stay_within_the_budget(allocation: pd.DataFrame, sample: Sample) -> None:
    limit = sample.plan.scenario.budget.renovation_million_vnd
    spent = allocation["renovation_cost_million_vnd"].sum()
    assert limit is not None
    assert 0 < spent <= limit + EPSILON
    row = sample.plan.budget.set_index("source").loc["renovation"]
    assert row["spent_million_vnd"] == pytest.approx(spent, abs=EPSILON)
    assert row["left_million_vnd"] == pytest.approx(limit - spent, abs=EPSILON)


def test_the_statistics_are_the_counts(allocation: pd.DataFrame, sample: Sample) -> None:
    counts = sample.plan.summary["counts"]
    assert counts["facilities"] == len(allocation)
    assert counts["read"]["facilities"] == counts["set_aside"]["facilities"] + len(allocation)
    for column in ("new_use", "handling_form", "ministry_outcome", "decided_by"):
        key = f"by_{column.removeprefix('new_')}"
        assert counts[key] == {str(k): int(n) for k, n in allocation[column].value_counts().items()}, key
    statistics = sample.plan.statistics
    for _, block in statistics.groupby("block"):
        assert block["ministry_outcome"].is_unique
        assert len(block) == 10
        assert block["sites"].sum() == counts["sites"]
        assert block["floor_m2"].sum() == pytest.approx(allocation["floor_area_m2"].astype(float).sum(), abs=1)
    site = allocation["site_id"].fillna(allocation["facility_id"])
    land = allocation.assign(site=site).drop_duplicates("site")["land_area_m2"].astype(float).sum()
    proposed = statistics[statistics["block"] == "proposed"]
    assert proposed["land_m2"].sum() == pytest.approx(land, abs=1)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_reason_is_a_sentence_without_open_fields(sample: Sample, language: str) -> None:
    reasons = write_reasons(replace(sample.grounds, language=language))  # type: ignore[arg-type]
    assert len(reasons) == len(sample.inputs.facilities)
    for reason in reasons:
        assert len(reason) > 20, reason
        assert reason.rstrip().endswith("."), reason
        assert not set("{}") & set(reason), reason
        assert "nan" not in reason.lower().split(), reason


# A plan made by hand -------------------------------------------------------------------------------------------------


def test_its_own_allocation_evaluated_has_its_own_figures(sample: Sample, tmp_path: Path) -> None:
    write_workbook(sample.plan, tmp_path / "allocation.xlsx")
    found = evaluate_plan(sample.plan.scenario, sample.inputs, tmp_path / "allocation.xlsx")
    assert found.summary["objective"] == pytest.approx(sample.plan.summary["objective"], rel=1e-9)
    for table in ("needs", "statistics", "budget", "equity", "purchases", "form_totals", "settlements_served"):
        pd.testing.assert_frame_equal(getattr(found, table), getattr(sample.plan, table))
    values = [[(t["name"], t["value"], t["unavoidable"]) for t in p.summary["terms"]] for p in (found, sample.plan)]
    assert values[0] == values[1]
    assert found.summary["violations"] == 0


def test_five_facilities_swapped_cost_what_arithmetic_says(sample: Sample, tmp_path: Path) -> None:
    uses = sample.outcome.use.copy()
    choices = np.nonzero(sample.problem.eligible.sum(axis=1) > 2)[0]
    for f in np.random.default_rng(7).choice(choices, 5, replace=False):
        uses[f] = next(u for u in np.nonzero(sample.problem.eligible[f])[0] if u != uses[f])
    keys = [use.key for use in sample.case.uses]
    rows = pd.DataFrame({"facility_id": sample.inputs.facilities["facility_id"], "new_use": [keys[u] for u in uses]})
    rows.to_csv(tmp_path / "hand.csv", index=False)
    found = evaluate_plan(sample.plan.scenario, sample.inputs, tmp_path / "hand.csv")

    weights, problem, terms = sample.settings.weights, sample.problem, found.summary["terms"]
    x = chosen(problem, tuple(uses.tolist()))
    flows = people_sparse(problem, x, services=weights["services"], fairness=weights["fairness"])
    whole = flows + sum(weights[name] * value for name, value in fixed_terms(problem, x).items())
    unavoidable = sum(t["weight"] * t["unavoidable"] for t in terms)
    assert problem.tie is not None
    assert found.summary["objective"] == pytest.approx(whole + float(problem.tie @ x) - unavoidable, rel=1e-9)
    assert [t["unavoidable"] for t in terms] == [t["unavoidable"] for t in sample.plan.summary["terms"]]
    better = found.summary["objective"] < sample.plan.summary["objective"] - 0.02
    assert not better or found.summary["violations"], "only a plan that breaks something beats the optimum"


def people_sparse(problem: Problem, x: np.ndarray, *, services: float, fairness: float) -> float:
    """Return the weighted price of the flow that costs least, by a linear program of its own over sparse rows."""
    service, arcs, nodes = problem.service, len(problem.service.arc_node), len(problem.service.demand)
    groups = len(problem.fairness.attainable)
    worth = service.value[service.arc_node]
    cost = np.concatenate(
        [
            services * service.travel_weight * worth * service.arc_travel,
            services * service.value,
            fairness * problem.fairness.value,
        ]
    )
    ones, places = np.ones(arcs), np.arange(arcs)
    balance = hstack(
        [
            csr_array((ones, (service.arc_node, places)), shape=(nodes, arcs)),
            eye_array(nodes),
            csr_array((nodes, groups)),
        ]
    )
    offers = len(service.offer_pair)
    within = csr_array((ones, (service.arc_offer, places)), shape=(offers, len(cost)))
    lines = list(shortfall_lines(problem, arcs, len(cost)))
    rows = vstack([within, csr_array(np.array([row for row, _ in lines]))])
    right = np.concatenate([capacities(problem, x), [most for _, most in lines]])
    answer = linprog(cost, A_ub=rows, b_ub=right, A_eq=balance, b_eq=service.demand, method="highs")
    assert answer.status == 0, answer.message
    return float(answer.fun)


def test_four_seeds_give_the_same_allocation(sample: Sample) -> None:
    for seed in (2, 3, 4):
        settings = replace(sample.settings, options=replace(sample.settings.options, seed=seed))
        again = solve_problem(sample.problem, settings)
        assert again.use.tolist() == sample.outcome.use.tolist(), seed
        assert again.main.tolist() == sample.outcome.main.tolist(), seed


def test_the_weighted_plan_stands_the_audit(sample: Sample, capsys: pytest.CaptureFixture[str]) -> None:
    options = replace(sample.settings.options, time_limit_s=AUDIT_SECONDS_A_STAGE)
    found = audit(sample.problem, replace(sample.settings, options=options), sample.outcome)
    with capsys.disabled():
        print("", *lines(found), sep="\n")  # noqa: T201
    assert [c.name for c in found if c.hard] == ["mandatory", "fairness"]
    assert all(c.holds for c in found)
